"""The list of cards: only what is on screen is painted, and the eye's place never moves."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QListView, QToolTip, QWidget

from albumdedup.core.edit_words import edit_words, notes_of_scene
from albumdedup.core.i18n import _
from albumdedup.core.types import Group, Member
from albumdedup.gui.card_layout import CardLayout
from albumdedup.gui.group_delegate import CardState, GroupDelegate
from albumdedup.gui.group_model import GroupModel, SortOrder
from albumdedup.gui.texts import shown
from albumdedup.gui.theme import Tokens
from albumdedup.gui.thumb_loader import ThumbLoader, unique

Index = QModelIndex | QPersistentModelIndex

AHEAD = 600
"""Pixels below and above the screen whose thumbnails are wanted too."""


class GroupView(QListView):
    """Cards with mouse and keyboard. Tells what the user wants; changes nothing itself."""

    member_clicked = Signal(object, int)  # Group, place of the member
    keep_this = Signal(object, int)
    keep_all = Signal(object)
    by_rule = Signal(object)
    not_duplicates = Signal(object)
    compare_wanted = Signal(object, int)
    looked_at = Signal(object, int)
    menu_wanted = Signal(object, int, object)  # Group, member (-1: none), global QPoint

    def __init__(
        self, model: GroupModel, loader: ThumbLoader, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._loader = loader
        self._delegate = GroupDelegate(loader, self)
        self._member = 0
        self._opened = False
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMouseTracking(True)
        self.verticalScrollBar().setSingleStep(40)
        self.setAccessibleName(_("Groups of photos"))
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._ask_for_thumbnails)
        self.verticalScrollBar().valueChanged.connect(self._on_scroll)
        loader.ready.connect(self._on_thumbnail)
        model.rowsInserted.connect(self._soon.start)
        model.rowsRemoved.connect(self._soon.start)
        model.layoutChanged.connect(self._soon.start)
        model.dataChanged.connect(self._soon.start)
        model.modelReset.connect(self._soon.start)

    def set_tokens(self, tokens: Tokens) -> None:
        self._delegate.set_tokens(tokens)
        self.viewport().update()

    def show_groups(self, groups: Sequence[Group], *, growing: bool = False) -> None:
        """New state, the same place: the card at the top of the screen stays there."""
        anchor, current, member = self._anchor(), self.current_group(), self._member
        self._model.show(groups, growing=growing)
        if current is not None and not self.currentIndex().isValid():
            row = self._row_of(current.id, current.keeper.path)
            if row is not None:  # after a reset
                self.setCurrentIndex(self._model.index(row))
                self._set_member(min(member, len(self._model.group(row).members) - 1))
        self._restore(anchor)

    def set_order(self, order: SortOrder) -> None:
        self._model.set_order(order)
        self.scrollToTop()

    def current_group(self) -> Group | None:
        index = self.currentIndex()
        return self._model.group(index.row()) if index.isValid() else None

    def go_to(self, path: str) -> bool:
        """Make the card that shows this photo the current one; tells whether there is one."""
        for row, group in enumerate(self._model.groups()):
            if any(member.photo.path == path for member in group.members):
                self.setCurrentIndex(self._model.index(row))
                return True
        return False

    @property
    def current_member(self) -> int:
        return self._member

    def card_rect(self, row: int) -> tuple[QRect, CardLayout]:
        """Where a row lies in the viewport, and its layout; for tests and for clicks."""
        layout = self._delegate.layout_of(self._model.group(row))
        return self.visualRect(self._model.index(row)), layout

    # --- place --------------------------------------------------------------------------

    def _anchor(self) -> tuple[str, str, int] | None:
        index = self.indexAt(QPoint(4, 4))
        if not index.isValid() or self.verticalScrollBar().value() == 0:
            return None
        group = self._model.group(index.row())
        return group.id, group.keeper.path, self.visualRect(index).top()

    def _restore(self, anchor: tuple[str, str, int] | None) -> None:
        if anchor is None:
            return
        group_id, keeper, top = anchor
        row = self._row_of(group_id, keeper)
        if row is not None:
            self.executeDelayedItemsLayout()
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + self.visualRect(self._model.index(row)).top() - top)

    def _row_of(self, group_id: str, keeper: str) -> int | None:
        row = self._model.row_of(group_id)
        if row is not None:
            return row
        groups = enumerate(self._model.groups())
        return next((number for number, group in groups if group.keeper.path == keeper), None)

    # --- thumbnails ---------------------------------------------------------------------

    @Slot()
    def _on_scroll(self) -> None:
        """Not the timer's own start: that would take the place for a number of milliseconds."""
        self._soon.start()

    @Slot()
    def _ask_for_thumbnails(self) -> None:
        rows = self._visible_rows()
        photos = [m.photo for row in rows for m in self._shown_members(row)]
        self._loader.want(unique(photos))

    def _shown_members(self, row: int) -> list[Member]:
        group = self._model.group(row)
        layout = self._delegate.layout_of(group)
        return [group.members[tile.member] for tile in layout.tiles]

    def _visible_rows(self) -> list[int]:
        """On screen first, then what is just below and above."""
        count = self._model.rowCount()
        first = self.indexAt(QPoint(4, 4))
        if not count or not first.isValid():
            return list(range(min(count, 4)))
        rows, y, row = [], self.visualRect(first).top(), first.row()
        while row < count and y < self.viewport().height() + AHEAD:
            rows.append(row)
            y += self.visualRect(self._model.index(row)).height()
            row += 1
        above = [first.row() - 1, first.row() - 2]
        return rows + [r for r in above if r >= 0]

    @Slot(object)
    def _on_thumbnail(self, content: object) -> None:
        self.viewport().update()

    # --- mouse --------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        hit = self._hit(event.position().toPoint())
        if hit is not None and event.button() == Qt.MouseButton.LeftButton:
            index, layout, inside = hit
            self.setCurrentIndex(index)
            for rect in (layout.not_duplicates, layout.keep_all):
                if rect.contains(inside):
                    self._delegate.state = CardState(pressed=rect, current_member=self._member)
            tile = layout.tile_at(inside)
            if tile is not None:
                self._set_member(tile.member)
            self.viewport().update()
            event.accept()
            return
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        hit = self._hit(event.position().toPoint())
        tile = hit[1].tile_at(hit[2]) if hit else None
        if hit is None or tile is None or event.button() != Qt.MouseButton.LeftButton:
            self.mousePressEvent(event)
            return
        self._opened = True
        self.compare_wanted.emit(self._model.group(hit[0].row()), tile.member)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._opened:  # the second click of two that opened the comparison
            self._opened = False
            return
        hit = self._hit(event.position().toPoint())
        pressed = self._delegate.state.pressed
        self._delegate.state = CardState(current_member=self._member)
        self.viewport().update()
        if hit is None or event.button() != Qt.MouseButton.LeftButton:
            super().mouseReleaseEvent(event)
            return
        index, layout, inside = hit
        group = self._model.group(index.row())
        if pressed is not None:
            if pressed.contains(inside):
                signal = self.keep_all if pressed == layout.keep_all else self.not_duplicates
                signal.emit(group)
            return
        tile = layout.tile_at(inside)
        if tile is not None:
            self.member_clicked.emit(group, tile.member)
        elif layout.more is not None and layout.more.contains(inside):
            self.unfold(group)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        hit = self._hit(event.position().toPoint())
        self._hover(hit[0].row() if hit else -1)
        over = bool(
            hit
            and (
                hit[1].tile_at(hit[2])
                or any(r.contains(hit[2]) for r in (hit[1].not_duplicates, hit[1].keep_all))
                or (hit[1].more is not None and hit[1].more.contains(hit[2]))
            )
        )
        self.viewport().setCursor(
            Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor
        )

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(-1)
        super().leaveEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            group = self.current_group()
            if group is not None:
                at = self.visualRect(self.currentIndex()).center()
                self.menu_wanted.emit(group, self._member, self.viewport().mapToGlobal(at))
            return
        hit = self._hit(event.pos())
        if hit is not None:
            self.setCurrentIndex(hit[0])
            tile = hit[1].tile_at(hit[2])
            if tile is not None:
                self._set_member(tile.member)
            group = self._model.group(hit[0].row())
            self.menu_wanted.emit(group, tile.member if tile else -1, event.globalPos())

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            hit = self._hit(event.pos())
            tile = hit[1].tile_at(hit[2]) if hit else None
            if hit is None or tile is None:
                QToolTip.hideText()
            else:
                group = self._model.group(hit[0].row())
                member = group.members[tile.member]
                remarks = (edit_words(group.keeper, member), notes_of_scene(member), member.note)
                lines = [shown(member.photo.path), *(remark for remark in remarks if remark)]
                QToolTip.showText(event.globalPos(), "\n".join(lines), self)
            return True
        return super().viewportEvent(event)

    def _hover(self, row: int) -> None:
        if row != self._delegate.hovered_row:
            self._delegate.hovered_row = row
            self.viewport().update()

    def _hit(self, point: QPoint) -> tuple[QModelIndex, CardLayout, QPoint] | None:
        index = self.indexAt(point)
        if not index.isValid():
            return None
        layout = self._delegate.layout_of(self._model.group(index.row()))
        inside = point - self.visualRect(index).topLeft()
        return (index, layout, inside) if layout.card.contains(inside) else None

    # --- keyboard -----------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        group = self.current_group()
        key = event.key()
        if group is None:
            super().keyPressEvent(event)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            step = 1 if key == Qt.Key.Key_Right else -1
            self._set_member(max(0, min(len(group.members) - 1, self._member + step)))
        elif key == Qt.Key.Key_Space:
            self.member_clicked.emit(group, self._member)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not _held(event):
            self.compare_wanted.emit(group, self._member)
        elif key == Qt.Key.Key_K and not event.modifiers():
            self.keep_this.emit(group, self._member)
        elif key == Qt.Key.Key_B and not event.modifiers():
            self.keep_all.emit(group)
        elif key == Qt.Key.Key_N and not event.modifiers():
            self.not_duplicates.emit(group)
        else:
            super().keyPressEvent(event)

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        self._set_member(0)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self._model.rowCount():
            self.setCurrentIndex(self._model.index(0))

    def _set_member(self, member: int) -> None:
        self._member = member
        group = self.current_group()
        if group is not None:
            hidden = self._delegate.layout_of(group).hidden
            if hidden and member >= len(group.members) - hidden:
                self.unfold(group)
        self._delegate.state = CardState(
            current_member=member, pressed=self._delegate.state.pressed
        )
        self.viewport().update()
        if group is not None:
            self.looked_at.emit(group, member)

    def unfold(self, group: Group) -> None:
        """Show all photos of a card."""
        self._delegate.unfolded.add(group.id)
        self.scheduleDelayedItemsLayout()
        self._soon.start()

    # --- size ---------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        if self.viewport().width() != self._delegate.width:
            self._delegate.width = self.viewport().width()
            self.scheduleDelayedItemsLayout()
        super().resizeEvent(event)
        self._soon.start()

    def sizeHint(self) -> QSize:
        return QSize(700, 500)


def _held(event: QKeyEvent) -> bool:
    """Whether a modifier is held; the key pad's Enter counts as one of its own."""
    return bool(event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier)
