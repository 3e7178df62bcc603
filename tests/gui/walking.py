"""Walks over the widgets of a window as keys, ears and eyes do."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QImage, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QMenuBar,
    QScrollBar,
    QWidget,
)

SCALE = 3
"""Text is looked at so much enlarged, so that thin strokes show their ink."""

USED = (QAbstractButton, QAbstractSlider, QComboBox, QLineEdit)


def inner(widget: QWidget) -> bool:
    """A part that Qt makes inside another: a bar of a scroll area, the line of a combo box, what
    a combo box or menu opens."""
    if isinstance(widget, QScrollBar | QHeaderView | QMenu | QMenuBar):
        return True
    above = widget.parentWidget()
    while above is not None:
        if isinstance(above, QComboBox | QHeaderView | QMenuBar):
            return True
        above = above.parentWidget()
    owner = widget.parentWidget()
    viewport = isinstance(owner, QAbstractScrollArea) and widget is owner.viewport()
    return viewport or widget.objectName().startswith("qt_") or widget.isWindow()


def interactive(top: QWidget) -> list[QWidget]:
    """What below ``top`` can take the focus or be clicked, hidden or not."""
    return [
        widget
        for widget in top.findChildren(QWidget)
        if not inner(widget)
        and (widget.focusPolicy() != Qt.FocusPolicy.NoFocus or isinstance(widget, USED))
    ]


def at_hand(top: QWidget) -> list[QWidget]:
    """Those that can be used now."""
    return [widget for widget in interactive(top) if widget.isVisible() and widget.isEnabled()]


def name_of(widget: QWidget) -> str:
    """What a screen reader says first."""
    interface = QAccessible.queryAccessibleInterface(widget)
    return interface.text(QAccessible.Text.Name) if interface else ""


def told(widget: QWidget) -> str:
    """How a failure names a widget."""
    words = getattr(widget, "text", lambda: "")()
    above = type(widget.parentWidget()).__name__
    return f"{type(widget).__name__} “{name_of(widget) or words}” in {above}"


def tab_stops(top: QWidget, most: int = 200) -> set[QWidget]:
    """All that Tab reaches from where the focus is, until it comes round."""
    reached: set[QWidget] = set()
    order: list[QWidget] = []
    for _step in range(most):
        focused = QApplication.focusWidget()
        if focused is None or (len(order) > 1 and focused is order[0]):
            break
        order.append(focused)
        reached.add(focused)
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    return reached


def by_arrows(widget: QWidget, reached: set[QWidget]) -> bool:
    """Of buttons of which one is chosen Tab reaches the chosen one, and arrows the others."""
    group = widget.group() if isinstance(widget, QAbstractButton) else None
    return group is not None and group.exclusive() and bool(reached & set(group.buttons()))


def picture(window: QWidget) -> QImage:
    drawn = QPixmap(window.size() * SCALE)
    drawn.setDevicePixelRatio(SCALE)
    window.render(drawn)
    return drawn.toImage().convertToFormat(QImage.Format.Format_RGB888)


def lettered(top: QWidget) -> list[QWidget]:
    """What shows words of its own now."""
    kinds = (QLabel, QAbstractButton, QLineEdit, QComboBox)
    return [
        widget
        for widget in top.findChildren(QWidget)
        if isinstance(widget, kinds)
        and widget.isVisible()
        and widget.isEnabled()
        and not inner(widget)
        and not widget.visibleRegion().isEmpty()
        and (widget.currentText() if isinstance(widget, QComboBox) else widget.text()).strip()
    ]


def ink(image: QImage, widget: QWidget) -> float:
    """The contrast between a widget's ground (its most frequent colour) and its ink (the colour
    farthest from that)."""
    seen = widget.visibleRegion().boundingRect().adjusted(3, 3, -3, -3)
    place = QRect(widget.mapTo(widget.window(), QPoint()) + seen.topLeft(), seen.size())
    return _contrast(image, place)


def _contrast(image: QImage, place: QRect) -> float:
    pixels = _pixels(image)[
        place.top() * SCALE : (place.bottom() + 1) * SCALE,
        place.left() * SCALE : (place.right() + 1) * SCALE,
    ].reshape(-1, 3)
    if not len(pixels):
        return 21.0
    parts = pixels.astype(np.int32)  # as one number each they sort thirty times as fast
    numbers, counts = np.unique(
        parts[:, 0] << 16 | parts[:, 1] << 8 | parts[:, 2], return_counts=True
    )
    light = _luminance(np.stack([numbers >> 16, numbers >> 8 & 255, numbers & 255], axis=1))
    ground = light[counts.argmax()]
    high, low = np.maximum(light, ground), np.minimum(light, ground)
    return float(((high + 0.05) / (low + 0.05)).max())


def ink_at_ends(image: QImage, widget: QWidget, width: int = 28) -> tuple[float, float]:
    """The contrast within the first and the last pixels of a widget."""
    whole = QRect(widget.mapTo(widget.window(), QPoint()), widget.size()).adjusted(3, 3, -3, -3)
    first, last = QRect(whole), QRect(whole)
    first.setWidth(width)
    last.setLeft(whole.right() - width)
    return _contrast(image, first), _contrast(image, last)


def _pixels(image: QImage) -> NDArray[np.uint8]:
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width() * 3].reshape(image.height(), image.width(), 3)


def _luminance(colours: NDArray[np.integer]) -> NDArray[np.float64]:
    value = colours / 255
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    return linear @ np.array([0.2126, 0.7152, 0.0722])


def all_told(widgets: Iterable[QWidget]) -> list[str]:
    return sorted(told(widget) for widget in widgets)
