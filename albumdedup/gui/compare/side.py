"""Ties the compare panel to the list: opening, following, the next group, and its width."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QSplitter, QWidget

from albumdedup.core.types import Group
from albumdedup.gui.album import Album
from albumdedup.gui.compare.panel import ComparePanel
from albumdedup.gui.group_model import GroupModel
from albumdedup.gui.group_view import GroupView
from albumdedup.gui.overrides import Overrides

HALF = 0.5
GRIP = 5
"""Width of the edge that is dragged."""


class CompareSide(QObject):
    """``splitter`` holds the page of the cards and the panel, on the ``whole`` review page."""

    toggled = Signal()

    def __init__(
        self,
        album: Album,
        model: GroupModel,
        cards: GroupView,
        panel: ComparePanel,
        cards_page: QWidget,
        whole: QWidget,
    ) -> None:
        super().__init__(whole)
        self._whole = whole
        self._album, self._model, self._cards = album, model, cards
        self.panel = panel
        self.share = HALF
        self._clicked: tuple[Group, Overrides] | None = None
        self._wanted: str | None = None
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(GRIP)
        self.splitter.addWidget(cards_page)
        self.splitter.addWidget(panel)
        for number in range(2):
            self.splitter.setStretchFactor(number, 1)
        self.splitter.splitterMoved.connect(self._on_moved)
        cards.compare_wanted.connect(self._on_wanted)
        cards.member_clicked.connect(self._on_click)
        cards.looked_at.connect(self._follow)
        panel.closed.connect(self._on_closed)
        panel.step_wanted.connect(self.step)
        panel.group_wanted.connect(self._go_to)
        panel.not_duplicates.connect(cards.not_duplicates)

    def remember(self, share: object) -> None:
        """The share of the width that it had; ``share`` is what a settings file holds."""
        try:
            self.share = min(0.8, max(0.2, float(str(share))))
        except ValueError:
            self.share = HALF

    @property
    def width(self) -> int:
        """What the panel takes of the window."""
        return 0 if self.panel.isHidden() else round(self.share * self._whole.width())

    @Slot()
    def toggle(self) -> None:
        """Compare the current group, or close the panel."""
        if not self.panel.isHidden():
            self.panel.close_panel()
            return
        if not self._cards.currentIndex().isValid() and self._model.rowCount():
            self._cards.setCurrentIndex(self._model.index(0))
        group = self._cards.current_group()
        if group is not None:
            self.open(group, self._cards.current_member)

    def open(self, group: Group, member: int) -> None:
        opening = self.panel.isHidden()
        self._show(group, member)
        if opening:
            self.toggled.emit()  # the filters may leave
            self._take_share()
            self._cards.scrollTo(self._cards.currentIndex())
        self.panel.canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    def _take_share(self) -> None:
        layout = self._whole.layout()
        if layout is not None:
            layout.activate()
        whole = self.splitter.width()
        taken = round(whole * self.share)
        self.splitter.setSizes([whole - GRIP - taken, taken])

    @Slot(int)
    def step(self, step: int) -> None:
        """The next group, or the one before; the list goes along."""
        row = self._cards.currentIndex().row() + step
        if 0 <= row < self._model.rowCount():
            self._cards.setCurrentIndex(self._model.index(row))

    def refresh(self) -> None:
        """The list shows other groups: keep looking at the same one, or at its neighbour."""
        if self.panel.isHidden():
            return
        if self._wanted is not None and self._model.row_of(self._wanted) is not None:
            self._go_to(self._wanted)
        elif not self.panel.refresh():
            group = self._cards.current_group()
            if group is None:
                self.panel.close_panel()
            else:
                self._show(group, self._cards.current_member)

    def _show(self, group: Group, member: int) -> None:
        row = self._model.row_of(group.id) or 0
        after = row + 1
        ahead = self._model.group(after).members[:2] if after < self._model.rowCount() else ()
        photos = [one.photo for one in ahead]
        self.panel.show_group(group, member, (row, self._model.rowCount()), photos)

    @Slot(object, int)
    def _on_wanted(self, group: Group, member: int) -> None:
        if self._clicked is not None and self._clicked[0].id == group.id:
            self._album.choices.restore(*self._clicked)  # the first of two clicks is no choice
        self._clicked = None
        self.open(group, member)

    @Slot(object, int)
    def _on_click(self, group: Group, member: int) -> None:
        self._clicked = (group, self._album.choices.by_hand(group))

    @Slot(object, int)
    def _follow(self, group: Group, member: int) -> None:
        self._clicked = None if self._clicked and self._clicked[0].id != group.id else self._clicked
        if not self.panel.isHidden():
            self._show(group, member)

    @Slot(str)
    def _go_to(self, group_id: str) -> None:
        """To a group that may come back only when the library has been read again."""
        row = self._model.row_of(group_id)
        self._wanted = group_id if row is None else None
        if row is not None:
            self._cards.setCurrentIndex(self._model.index(row))
            self.panel.refresh()

    @Slot()
    def _on_closed(self) -> None:
        self._wanted = None
        self._cards.setFocus(Qt.FocusReason.OtherFocusReason)
        self.toggled.emit()

    @Slot()
    def _on_moved(self) -> None:
        if self.splitter.width():
            self.share = min(0.8, max(0.2, self.panel.width() / self.splitter.width()))
