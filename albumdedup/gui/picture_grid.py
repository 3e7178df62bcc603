"""A grid of small pictures with a badge and two lines under each: for any list of photos."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QContextMenuEvent, QKeyEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from albumdedup.core.i18n import listed
from albumdedup.core.types import ContentId
from albumdedup.gui import icons
from albumdedup.gui.lettering import draw_line, draw_path
from albumdedup.gui.sharp import draw_fitted
from albumdedup.gui.theme import CAPTION, LIGHT, RADIUS_PHOTO, Tokens, font
from albumdedup.gui.thumb_loader import ThumbLoader

Index = QModelIndex | QPersistentModelIndex

EDGE, LINE, MARGIN = 128, 17, 8
CELL = QSize(EDGE + 2 * MARGIN, EDGE + 3 * LINE + 2 * MARGIN + 4)
AHEAD = 2
"""Rows below the screen whose pictures are wanted too."""
PICTURE_ROLE = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True, slots=True)
class Picture:
    """One tile. ``path`` is where the pixels can be read now; without ``content`` there are none.
    ``badge`` stands above the picture in the colour ``tone`` (a name of ``Tokens``)."""

    key: str
    path: str
    content: ContentId | None
    badge: str = ""
    tone: str = "quiet"
    caption: str = ""
    below: str = ""
    tooltip: str = ""

    @property
    def spoken(self) -> str:
        return listed(words for words in (self.badge, self.caption, self.below) if words)


@dataclass(frozen=True, slots=True)
class _Wanted:
    content: ContentId
    path: str


class PictureModel(QAbstractListModel):
    """The tiles; a new list replaces the old one."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.pictures: tuple[Picture, ...] = ()

    def show(self, pictures: Sequence[Picture]) -> None:
        self.beginResetModel()
        self.pictures = tuple(pictures)
        self.endResetModel()

    def add(self, pictures: Sequence[Picture]) -> None:
        """More of them, after the others."""
        if pictures:
            count = len(self.pictures)
            self.beginInsertRows(QModelIndex(), count, count + len(pictures) - 1)
            self.pictures = (*self.pictures, *pictures)
            self.endInsertRows()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.pictures)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        picture = self.pictures[index.row()]
        if role == PICTURE_ROLE:
            return picture
        if role == Qt.ItemDataRole.DisplayRole:
            return picture.caption
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return picture.spoken
        return picture.tooltip or None if role == Qt.ItemDataRole.ToolTipRole else None


class PictureDelegate(QStyledItemDelegate):
    """Paints one tile from what is ready."""

    def __init__(self, loader: ThumbLoader, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._loader = loader
        self.tokens: Tokens = LIGHT
        self._small, self._bold = font(CAPTION), font(CAPTION, bold=True)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return CELL

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        picture: Picture = index.data(PICTURE_ROLE)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        t = self.tokens
        painter.save()
        painter.setLayoutDirection(option.direction)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        cell = option.rect.adjusted(2, 2, -2, -2)
        if selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(t.mat))
            painter.drawRoundedRect(cell, RADIUS_PHOTO, RADIUS_PHOTO)
        if focused:
            painter.setPen(QPen(QColor(t.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(cell).adjusted(1, 1, -1, -1), RADIUS_PHOTO, RADIUS_PHOTO)
        left, top = option.rect.left() + MARGIN, option.rect.top() + MARGIN
        badge = QRect(left, top, EDGE, LINE)
        mat = QRect(left, top + LINE, EDGE, EDGE)
        painter.setPen(QColor(getattr(t, picture.tone)))
        painter.setFont(self._bold)
        draw_line(painter, badge, picture.badge)
        self._paint_picture(painter, mat, picture, selected=selected)
        below = mat.translated(0, EDGE + 4)
        below.setHeight(LINE)
        painter.setPen(QColor(t.text))
        painter.setFont(self._small)
        draw_path(painter, below, picture.caption, Qt.TextElideMode.ElideMiddle)
        painter.setPen(QColor(t.quiet))
        draw_line(painter, below.translated(0, LINE), picture.below, Qt.TextElideMode.ElideLeft)
        painter.restore()

    def _paint_picture(
        self, painter: QPainter, mat: QRect, picture: Picture, *, selected: bool
    ) -> None:
        t = self.tokens
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(t.window if selected else t.mat))
        painter.drawRoundedRect(QRectF(mat), RADIUS_PHOTO, RADIUS_PHOTO)
        pixmap = self._loader.pixmap(picture.content) if picture.content else None
        if pixmap is not None:
            draw_fitted(painter, mat.adjusted(4, 4, -4, -4), pixmap)
        elif picture.content is None or self._loader.failed(picture.content):
            middle = QRectF(0, 0, 24, 24)
            middle.moveCenter(QRectF(mat).center())
            icons.draw(painter, "file", middle, QColor(t.quiet))


class PictureGrid(QListView):
    """Tiles in rows; one is current. Mouse, arrow keys, Enter, and a context menu."""

    opened = Signal(object)  # Picture: double click or Enter
    current_changed = Signal(object)  # Picture, or None
    menu_wanted = Signal(object, object)  # Picture, global QPoint
    end_near = Signal()  # what lies below the screen will soon be at its end

    def __init__(self, name: str, loader: ThumbLoader, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._loader = loader
        self._model = PictureModel(self)
        self._delegate = PictureDelegate(loader, self)
        self.setModel(self._model)
        self.setItemDelegate(self._delegate)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().setSingleStep(40)
        self.setTabKeyNavigation(False)
        self.setMinimumSize(CELL.width() + 16, CELL.height() + 4)
        self.setAccessibleName(name)
        self.setProperty("boxed", "true")
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._ask)
        self.verticalScrollBar().valueChanged.connect(self._soon.start)
        loader.ready.connect(self._on_thumbnail)
        self.doubleClicked.connect(self._open)

    def set_tokens(self, tokens: Tokens) -> None:
        self._delegate.tokens = tokens
        self.viewport().update()

    @property
    def pictures(self) -> tuple[Picture, ...]:
        return self._model.pictures

    @property
    def current(self) -> Picture | None:
        index = self.currentIndex()
        return self._model.pictures[index.row()] if index.isValid() else None

    def show_pictures(self, pictures: Sequence[Picture], *, keep: bool = False) -> None:
        """Show these, the first one current; with ``keep`` the one that was, and its place."""
        current = self.current if keep else None
        place = self.verticalScrollBar().value() if keep else 0
        self._model.show(pictures)
        keys = [picture.key for picture in pictures]
        row = keys.index(current.key) if current is not None and current.key in keys else 0
        if keys:
            self.setCurrentIndex(self._model.index(row))
        else:
            self.current_changed.emit(None)
        self.verticalScrollBar().setValue(place)
        self._soon.start()

    def add_pictures(self, pictures: Sequence[Picture]) -> None:
        """More below; nothing moves."""
        self._model.add(pictures)
        self._soon.start()

    def select(self, row: int) -> None:
        self.setCurrentIndex(self._model.index(row))

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        self.current_changed.emit(self.current)

    def moveCursor(
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """Qt counts tiles from the left; the arrows go where they point."""
        move = QAbstractItemView.CursorAction
        if self.isRightToLeft():
            turned = {move.MoveLeft: move.MoveRight, move.MoveRight: move.MoveLeft}
            action = turned.get(action, action)
        return super().moveCursor(action, modifiers)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current is not None:
            self.opened.emit(self.current)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        keyboard = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if keyboard else self.indexAt(event.pos())
        if index.isValid():
            self.setCurrentIndex(index)
            inside = self.visualRect(index).center() if keyboard else event.pos()
            at = self.viewport().mapToGlobal(inside)
            self.menu_wanted.emit(self._model.pictures[index.row()], at)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._soon.start()

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex) -> None:
        self.opened.emit(self._model.pictures[index.row()])

    # --- pictures -----------------------------------------------------------------------

    @Slot()
    def _ask(self) -> None:
        """Those on screen first, then some rows below."""
        if not self.isVisible():
            return
        per_row = max(1, self.viewport().width() // CELL.width())
        first = self.verticalScrollBar().value() // CELL.height() * per_row
        rows = self.viewport().height() // CELL.height() + 2 + AHEAD
        near = self._model.pictures[first : first + rows * per_row]
        self._loader.want([_Wanted(p.content, p.path) for p in near if p.content is not None])
        if near and first + rows * per_row >= len(self._model.pictures):
            self.end_near.emit()

    @Slot(object)
    def _on_thumbnail(self, content: object) -> None:
        if self.isVisible():
            self.viewport().update()
            if not self._loader.loading:  # another view may have wanted others meanwhile
                self._soon.start()
