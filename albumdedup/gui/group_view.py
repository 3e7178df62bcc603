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

from albumdedup.core.i18n import _
from albumdedup.core.types import Group
from albumdedup.gui.card_hits import Hit, Part, hit_at
from albumdedup.gui.card_layout import CardLayout
from albumdedup.gui.group_delegate import CardState, GroupDelegate
from albumdedup.gui.group_model import GroupModel, SortOrder
from albumdedup.gui.kept_place import KeptPlace
from albumdedup.gui.theme import Tokens
from albumdedup.gui.thumb_loader import ThumbLoader
from albumdedup.gui.wanted_ahead import WantedAhead

Index = QModelIndex | QPersistentModelIndex


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
        self._delegate = GroupDelegate(loader, model.group, self)
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
        self._ahead = WantedAhead(self, model, self._delegate, loader)
        loader.ready.connect(self._on_thumbnail)
        self._take_direction()

    def set_tokens(self, tokens: Tokens) -> None:
        self._delegate.set_tokens(tokens)
        self.viewport().update()

    def show_groups(self, groups: Sequence[Group], *, growing: bool = False) -> None:
        """New state, the same place: what one looks at stays there."""
        place, current = KeptPlace(self, self._model), self.current_group()
        member = self._member
        self._model.show(groups, growing=growing)
        if current is not None and not self.currentIndex().isValid():
            row = self._model.row_of_card(current.id, current.keeper.path)
            if row is not None:  # after a reset
                self.setCurrentIndex(self._model.index(row))
                self._set_member(min(member, len(self._model.group(row).members) - 1))
        place.restore()

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

    @Slot(object)
    def _on_thumbnail(self, content: object) -> None:
        self.viewport().update()

    # --- mouse --------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        hit = self._hit(event.position().toPoint())
        if hit is not None and event.button() == Qt.MouseButton.LeftButton:
            self.setCurrentIndex(hit.index)
            if hit.part in (Part.NOT_DUPLICATES, Part.KEEP_ALL):
                self._delegate.state = CardState(pressed=hit.rect, current_member=self._member)
            if hit.part is Part.PHOTO:
                self._set_member(hit.member)
            self.viewport().update()
            event.accept()
            return
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        hit = self._hit(event.position().toPoint())
        left = event.button() == Qt.MouseButton.LeftButton
        if hit is None or hit.part is not Part.PHOTO or not left:
            self.mousePressEvent(event)
            return
        self._opened = True
        self.compare_wanted.emit(hit.group, hit.member)

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
        elif pressed is not None:
            if hit.rect == pressed:
                keep = hit.part is Part.KEEP_ALL
                (self.keep_all if keep else self.not_duplicates).emit(hit.group)
        elif hit.part is Part.PHOTO:
            self.member_clicked.emit(hit.group, hit.member)
        elif hit.part is Part.MORE:
            self.unfold(hit.group)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        hit = self._hit(event.position().toPoint())
        self._hover(hit.index.row() if hit else -1)
        over = hit is not None and hit.part is not Part.REST
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
            self.setCurrentIndex(hit.index)
            if hit.part is Part.PHOTO:
                self._set_member(hit.member)
            self.menu_wanted.emit(hit.group, hit.member, event.globalPos())

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            hit = self._hit(event.pos())
            if hit is None or not hit.tip:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), hit.tip, self)
            return True
        return super().viewportEvent(event)

    def _hover(self, row: int) -> None:
        if row != self._delegate.hovered_row:
            self._delegate.hovered_row = row
            self.viewport().update()

    def _hit(self, point: QPoint) -> Hit | None:
        return hit_at(self, self._delegate, point)

    # --- keyboard -----------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        group = self.current_group()
        key = event.key()
        if group is None:
            super().keyPressEvent(event)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            onward = Qt.Key.Key_Left if self.isRightToLeft() else Qt.Key.Key_Right
            step = 1 if key == onward else -1
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
        self._ahead.ask_soon()

    # --- size and direction -------------------------------------------------------------

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange:
            self._take_direction()

    def _take_direction(self) -> None:
        self._delegate.backwards = self.isRightToLeft()
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        if self.viewport().width() != self._delegate.width:
            self._delegate.width = self.viewport().width()
            self.scheduleDelayedItemsLayout()
        super().resizeEvent(event)
        self._ahead.ask_soon()

    def sizeHint(self) -> QSize:
        return QSize(700, 500)


def _held(event: QKeyEvent) -> bool:
    """Whether a modifier is held; the key pad's Enter counts as one of its own."""
    return bool(event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier)
