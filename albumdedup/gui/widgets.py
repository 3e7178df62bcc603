"""Small makers that give every control its name, its words and its properties."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, SignalInstance
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import (
    QComboBox,
    QLabel,
    QPushButton,
    QStyle,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

Slotted = Callable[..., object] | SignalInstance | None
"""What a click may be connected to: a method, or another signal."""


class Words(QLabel):
    """A label whose words stand where reading begins in the window, whatever script they are in:
    Qt's own label would put a path or a number at the other side."""

    def __init__(self, words: str, parent: QWidget | None = None) -> None:
        super().__init__(words, parent)
        self.setAlignment(Qt.AlignmentFlag.AlignVCenter)

    def setAlignment(self, alignment: Qt.AlignmentFlag) -> None:
        horizontal = alignment & Qt.AlignmentFlag.AlignHorizontal_Mask
        if not horizontal & (Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignRight):
            vertical = alignment & Qt.AlignmentFlag.AlignVertical_Mask
            start = QStyle.visualAlignment(self.layoutDirection(), Qt.AlignmentFlag.AlignLeft)
            alignment = start | vertical | Qt.AlignmentFlag.AlignAbsolute
        super().setAlignment(alignment)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        turned = event.type() == QEvent.Type.LayoutDirectionChange
        if turned and self.alignment() & Qt.AlignmentFlag.AlignAbsolute:
            self.setAlignment(self.alignment() & Qt.AlignmentFlag.AlignVertical_Mask)


def label(words: str = "", *, wrap: bool = False, **properties: object) -> QLabel:
    """A label; properties name its style (``quiet``, ``caption``, ``section``, ``headline``,
    ``tone``)."""
    made = Words(words)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(wrap)
    for name, value in properties.items():
        made.setProperty(name, value if isinstance(value, str) else "true")
    return made


def button(
    words: str,
    slot: Slotted = None,
    *,
    primary: bool = False,
    link: bool = False,
) -> QPushButton:
    made = QPushButton(words)
    made.setAccessibleName(words)
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    made.setAutoDefault(True)  # Enter presses it as well
    if primary:
        made.setProperty("primary", "true")
    if link:
        made.setProperty("link", "true")
    if slot is not None:
        made.clicked.connect(slot)
    return made


def tool(name: str, slot: Slotted = None, *, words: str = "") -> QToolButton:
    """A flat button; ``name`` is what a screen reader says and what the tooltip shows."""
    made = QToolButton()
    made.setAccessibleName(name)
    made.setToolTip(name)
    made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    made.setIconSize(QSize(20, 20))
    if words:
        made.setText(words)
        made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    if slot is not None:
        made.clicked.connect(slot)
    return made


def retitle(made: QPushButton, words: str) -> None:
    made.setText(words)
    made.setAccessibleName(words)


def page(parent: QWidget | None = None) -> QWidget:
    made = QWidget(parent)
    made.setObjectName("page")
    made.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    return made


class Choice(QComboBox):
    """A combo box with our own chevron: a style sheet can only show one from a file."""

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(self.palette().color(QPalette.ColorRole.Text), 1.5)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        backwards = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        x, y = 16 if backwards else self.width() - 16, self.height() / 2 + 0.5
        painter.drawPolyline(
            QPolygonF([QPointF(x - 4, y - 2), QPointF(x, y + 2), QPointF(x + 4, y - 2)])
        )
        painter.end()


def stacked(rows: Sequence[QWidget], spacing: int) -> QWidget:
    """Rows of a sheet's list, one beneath the other, for a scroll area."""
    inside = QWidget()
    inside.setObjectName("sheetlist")
    column = QVBoxLayout(inside)
    column.setContentsMargins(0, 0, 8, 0)
    column.setSpacing(spacing)
    for row in rows:
        column.addWidget(row)
    column.addStretch()
    return inside
