"""The review place: filters at the left, the groups, and what stands there while there are none."""

from __future__ import annotations

import os

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from albumdedup.core.i18n import _, human_bytes, ngettext
from albumdedup.gui.album import Album
from albumdedup.gui.clear_banner import ClearBanner
from albumdedup.gui.compare.panel import ComparePanel
from albumdedup.gui.compare.side import CompareSide
from albumdedup.gui.empty_state import ThreeBecomeOne
from albumdedup.gui.filter_panel import FilterPanel
from albumdedup.gui.group_model import GroupModel, SortOrder
from albumdedup.gui.group_view import GroupView
from albumdedup.gui.icons import icon
from albumdedup.gui.jobs import JobKind, JobProgress
from albumdedup.gui.narrow_bar import NarrowBar
from albumdedup.gui.passing import Passing, newest
from albumdedup.gui.texts import shown
from albumdedup.gui.theme import Tokens
from albumdedup.gui.thumb_loader import ThumbLoader
from albumdedup.gui.widgets import Choice, label, page, tool

NARROW = 900


def order_name(order: SortOrder) -> str:
    return {
        SortOrder.FOUND: _("Most space first"),
        SortOrder.COUNT: _("Most copies first"),
        SortOrder.DATE: _("Oldest first"),
        SortOrder.DOUBT: _("Least certain first"),
    }[order]


class Waiting(QWidget):
    """A headline and a sentence in the middle: looking, or nothing found."""

    def __init__(self, loader: ThumbLoader, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.passing = Passing(loader)
        self.headline = label("", headline=True)
        self.facts = label("", quiet=True)
        self.pictures = QHBoxLayout()
        self.pictures.setSpacing(12)
        self.shots = (QLabel(), QLabel())
        self.pictures.addStretch()
        for shot in self.shots:
            shot.setAccessibleName(_("The closest pair"))
            self.pictures.addWidget(shot)
        self.pictures.addStretch()
        self.below = label("", quiet=True)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        self.drawing = ThreeBecomeOne()
        column.addStretch(3)
        column.addWidget(self.drawing, 0, Qt.AlignmentFlag.AlignHCenter)
        for widget in (self.headline, self.facts):
            widget.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(widget)
        column.addSpacing(8)
        column.addWidget(self.passing, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addLayout(self.pictures)
        self.below.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.below)
        column.addStretch(4)

    def say(self, headline: str, facts: str = "", below: str = "") -> None:
        """Where ``below`` speaks of the closest pair its two pictures stand above it."""
        self.drawing.setVisible(not below)
        self.headline.setText(headline)
        self.facts.setText(facts)
        self.below.setText(below)
        if not below:
            for shot in self.shots:
                shot.clear()


class ReviewPage(QWidget):
    """Filter panel and list; the header line sums up."""

    order_chosen = Signal(object)

    def __init__(
        self, album: Album, model: GroupModel, loader: ThumbLoader, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._album = album
        self._loader = loader
        self.filter = FilterPanel(album.view)
        self.list = GroupView(model, loader)
        self.waiting = Waiting(loader)
        self.summary = label("")
        self.hidden_note = label("", caption=True)
        self.order = Choice()
        self.order.setAccessibleName(_("Order of the groups"))
        for order in SortOrder:
            self.order.addItem(order_name(order), order.value)
        self.order.currentIndexChanged.connect(self._on_order)
        self.compare = tool(_("Compare the photos of this group (Enter)"), words=_("Compare"))
        self.narrow = NarrowBar()
        self.narrow.changed.connect(album.choices.narrow)
        self.stack = QStackedWidget()
        self.stack.addWidget(self._groups_page())
        self.stack.addWidget(self.waiting)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.filter)
        self.banner = ClearBanner(album)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self.banner)
        panel = ComparePanel(album, loader)
        self.side = CompareSide(album, model, self.list, panel, self.stack, self)
        self.compare.clicked.connect(self.side.toggle)
        self.side.toggled.connect(self._on_compare)
        right.addWidget(self.side.splitter, 1)
        row.addLayout(right, 1)
        self.filter.edited_go_changed.connect(album.set_edited_go)
        album.snapshot_changed.connect(self._on_snapshot)
        album.groups_changed.connect(self._on_groups)
        album.progressed.connect(self._on_progress)
        album.busy_changed.connect(self._on_busy)
        album.failed.connect(self._on_failed)
        loader.ready.connect(self._on_thumbnail)

    def _groups_page(self) -> QWidget:
        head = QHBoxLayout()
        head.setContentsMargins(16, 10, 28, 6)
        head.setSpacing(10)
        head.addWidget(self.summary)
        head.addWidget(self.hidden_note)
        head.addStretch()
        head.addWidget(self.compare)
        head.addWidget(self.order)
        groups = page()
        column = QVBoxLayout(groups)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.narrow)
        column.addWidget(self.list, 1)
        return groups

    def set_tokens(self, tokens: Tokens) -> None:
        self.filter.set_tokens(tokens)
        self.list.set_tokens(tokens)
        self.side.panel.set_tokens(tokens)
        self.compare.setIcon(icon("compare", tokens.text))
        self.waiting.drawing.tokens = tokens
        self.waiting.passing.tokens = tokens

    def show_summary(self, groups: int, count: int, size: int, hidden: int) -> None:
        words = ngettext("{n} group", "{n} groups", groups).format(n=f"{groups:,}")
        if count:
            going = ngettext(
                "{groups} · {n} copy could go · {size}",
                "{groups} · {n} copies could go · {size}",
                count,
            )
            words = going.format(groups=words, n=f"{count:,}", size=human_bytes(size))
        self.summary.setText(words)
        self.hidden_note.setText(
            ngettext("{n} photo hidden", "{n} photos hidden", hidden).format(n=f"{hidden:,}")
            if hidden
            else ""
        )

    def show_waiting(self, headline: str, facts: str = "", below: str = "") -> None:
        self.waiting.say(headline, facts, below)
        if not self._album.scanning:
            self.waiting.passing.clear()
        self.stack.setCurrentIndex(1)

    @Slot()
    def ask_words(self) -> None:
        """Let a person type which groups they look for."""
        self.narrow.words.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.narrow.words.selectAll()

    def _on_order(self) -> None:
        self.order_chosen.emit(SortOrder(self.order.currentData()))

    @Slot()
    def _on_compare(self) -> None:
        self.compare.setVisible(self.side.panel.isHidden())

    @Slot()
    def _on_snapshot(self) -> None:
        self.filter.show_errors(len(self._album.snapshot.unreadable))
        if self._album.scanning and self.stack.currentWidget() is self.waiting:
            self.waiting.passing.show_photos(newest(self._album.snapshot.photos))
        if self._album.held is not None:
            self.filter.histogram.show_bins(self._album.held.histogram)

    @Slot()
    def _on_groups(self) -> None:
        album, grouped, hidden = self._album, self._album.grouped, 0
        self.list.show_groups(album.shown, growing=album.scanning)
        if grouped is not None:
            self.filter.show_tallies(grouped.tallies)
            self.filter.keep.show_decided(grouped.decided)
            self.narrow.show_years(grouped.years)
            hidden = sum(
                tally.photos
                for tier, tally in grouped.tallies.items()
                if tier not in grouped.view.tiers
            )
        count, size = album.removable()
        self.show_summary(len(album.shown), count, size, hidden)
        if album.choices.passed_over:
            words = ngettext(
                "{n} group passed over", "{n} groups passed over", album.choices.passed_over
            )
            self.hidden_note.setText(words.format(n=f"{album.choices.passed_over:,}"))
        if album.shown or album.choices.passed_over:
            self.stack.setCurrentIndex(0)
        elif not album.scanning:
            self._show_nothing_found(hidden)
        self.side.refresh()

    @Slot(object)
    def _on_progress(self, news: JobProgress) -> None:
        if news.kind is JobKind.INDEX and not self._album.shown:
            name = shown(os.path.basename(news.progress.current))
            self.show_waiting(_("Looking at your photos…"), name)

    @Slot()
    def _on_busy(self) -> None:
        for part in (self.filter, self.list, self.side.panel):
            part.setEnabled(not self._album.moving)

    @Slot()
    def _on_failed(self) -> None:
        if not self._album.shown and not self._album.scanning:
            self._show_nothing_found(0)

    def _show_nothing_found(self, hidden: int) -> None:
        photos, held = len(self._album.snapshot.photos), self._album.held
        if not photos:
            self.show_waiting(
                _("No photos yet"), _("Drop folders of photos anywhere on this window.")
            )
            return
        facts = ngettext(
            "{n} photo was looked at.", "{n} photos were looked at and compared.", photos
        ).format(n=f"{photos:,}")
        if hidden:
            facts = _("{facts} {n} are hidden by the boxes at the left.").format(
                facts=facts, n=f"{hidden:,}"
            )
        closest = held.closest if held is not None else None
        if closest is None:
            self.show_waiting(_("No duplicates here"), facts)
            return
        percent = round(closest[0].similarity * 100)
        below = _("This is the closest pair: {n} % alike.").format(n=percent)
        self.show_waiting(_("No duplicates here"), facts, below)
        self._loader.want(list(closest[1:]))
        self._show_closest()

    def _show_closest(self) -> None:
        held = self._album.held
        if held is None or held.closest is None:
            return
        for shot, photo in zip(self.waiting.shots, held.closest[1:], strict=True):
            pixmap = self._loader.pixmap(photo.content)
            if pixmap is not None:
                sharp = QPixmap(pixmap)
                sharp.setDevicePixelRatio(self.devicePixelRatioF())
                shot.setPixmap(sharp)
            shot.setToolTip(shown(photo.path))

    @Slot()
    def _on_thumbnail(self) -> None:
        if self.stack.currentIndex() == 1 and self.waiting.below.text():
            self._show_closest()
