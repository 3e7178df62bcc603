"""What a clean-up would take, whole, before anything moves. There is no "are you sure?"."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QFileDialog, QHBoxLayout, QStackedWidget, QWidget

from albumdedup.core.folder_names import told_apart
from albumdedup.core.i18n import _, human_bytes, ngettext, synced_sentence, tier_name
from albumdedup.core.outlook import NOTHING, Amount, FolderOutlook, Outlook
from albumdedup.core.ports import Lane
from albumdedup.core.report import write_plan_csv
from albumdedup.core.types import Plan, PlanItem
from albumdedup.gui.album import Album
from albumdedup.gui.deliberate import Deliberate
from albumdedup.gui.jobs import JobKind
from albumdedup.gui.opening import show_in_folder
from albumdedup.gui.row_table import Column, Row, RowModel, RowTable
from albumdedup.gui.saving import ask_where, write_new
from albumdedup.gui.sheet import Sheet
from albumdedup.gui.texts import paths_told_apart, short_path, shown, tier_mark
from albumdedup.gui.tick_box import TickBox
from albumdedup.gui.widgets import Choice, button, label, retitle, tool


def photos_words(amount: Amount) -> str:
    words = ngettext("{n} photo · {size}", "{n} photos · {size}", amount.photos)
    return words.format(n=f"{amount.photos:,}", size=human_bytes(amount.bytes))


def _item_row(item: PlanItem) -> Row:
    goes, stays = shown(item.victim.path), shown(item.survivor.path)
    short, short_stays = paths_told_apart(item.victim.path, item.survivor.path)
    return Row(
        (
            short,
            tier_name(item.tier),
            short_stays,
            human_bytes(item.victim.stamp.size),
        ),
        (goes, item.reason, stays, goes),
        _("{goes} goes. {stays} stays. {reason}").format(
            goes=goes, stays=stays, reason=item.reason
        ),
    )


def _folder_row(names: Mapping[str, str], one: FolderOutlook) -> Row:
    folder = shown(one.folder)
    left = photos_words(one.after) if one.after.photos else _("no photo stays here")
    return Row(
        (shown(names.get(one.folder, one.folder)), photos_words(one.going), left),
        (folder, folder, folder),
        _("{folder}: {going} go; afterwards: {after}.").format(
            folder=folder, going=photos_words(one.going), after=left
        ),
    )


class CleanupSheet(Sheet):
    """List, sums, the album afterwards, where to, and one button."""

    clean_wanted = Signal(object)  # Plan
    target_chosen = Signal(object)  # folder path, or None for the trash
    carry_chosen = Signal(bool)

    def __init__(self, parent: QWidget, album: Album) -> None:
        super().__init__(_("Clean up"), parent, width=860, tall=True)
        self._album = album
        self._plan: Plan | None = None
        self.outlook: Outlook = NOTHING
        self._folder_names: dict[str, str] = {}
        self.summary = label("")
        self.afterwards = label("", quiet=True)
        self.model = RowModel(
            (Column(_("Goes"), wide=True), Column(_("Why")), Column(_("Stays"), wide=True),
             Column(_("Size"), number=True)), _item_row, self,
        )  # fmt: skip
        self.list = RowTable(_("Photos that go"), self.model)
        self.folders_model = RowModel(
            (Column(_("Folder"), wide=True), Column(_("Goes"), number=True),
             Column(_("In it afterwards"), number=True)),
            partial(_folder_row, self._folder_names), self,
        )  # fmt: skip
        self.folders = RowTable(_("Folders that photos go from"), self.folders_model)
        self.stack = QStackedWidget()
        self.stack.setMinimumHeight(220)
        self.detail = label("", caption=True, wrap=True)
        self.detail.setMinimumHeight(32)
        self.detail.setAlignment(Qt.AlignmentFlag.AlignTop)
        for table in (self.list, self.folders):
            self.stack.addWidget(table)
            table.told.connect(self.detail.setText)
        self.saved = label("", quiet=True)
        self.show_saved = button(_("Show the folder"), self._on_show_saved, link=True)
        self._saved_at = ""
        self.carry = TickBox()
        self.carry.clicked.connect(self.carry_chosen)
        self._build_target()
        self.save = button(_("Save list…"), self._on_save)
        self.go = button("", self._on_go, primary=True)
        self.deliberate = Deliberate(self.go)
        self.later = button(_("Not now"), self.dismiss)
        self.body.addWidget(self.summary)
        self.body.addLayout(self._tabs())
        self.body.addWidget(self.stack, 1)
        self.body.addWidget(self.detail)
        self.body.addWidget(self.carry)
        self._add_bottom()
        album.failed.connect(self._on_failed)

    def _tabs(self) -> QHBoxLayout:
        row, group = QHBoxLayout(), QButtonGroup(self)
        row.setSpacing(4)
        self.by_photo = tool(_("Photo by photo"), words=_("Photo by photo"))
        self.by_folder = tool(_("Folder by folder"), words=_("Folder by folder"))
        for number, made in enumerate((self.by_photo, self.by_folder)):
            made.setCheckable(True)
            made.clicked.connect(partial(self._show_table, number))
            group.addButton(made)
            row.addWidget(made)
        self.by_photo.setChecked(True)
        row.addStretch()
        row.addWidget(self.afterwards)
        return row

    def _build_target(self) -> None:
        self.target = Choice()
        self.target.setAccessibleName(_("Where the photos go"))
        self.target.addItem(_("To the trash"), None)
        self.target.addItem(_("Into a folder…"), "")
        self.target.activated.connect(self._on_target)
        self.promise = label(_("Everything can be put back afterwards."), quiet=True)
        self.synced = label("", wrap=True)
        self.synced.hide()

    def _add_bottom(self) -> None:
        self.body.addWidget(self.synced)
        told, row = QHBoxLayout(), QHBoxLayout()
        told.addWidget(self.promise)
        told.addStretch()
        told.addWidget(self.saved)
        told.addWidget(self.show_saved)
        row.setSpacing(12)
        row.addWidget(self.target)
        row.addWidget(self.save)
        row.addStretch()
        row.addWidget(self.later)
        row.addWidget(self.go)
        self.body.addLayout(told)
        self.body.addLayout(row)

    def show_plan(self, plan: Plan, afterwards: Outlook = NOTHING) -> None:
        self._plan, self.outlook = plan, afterwards
        self.model.show(plan.photos)
        folders = [one.folder for one in afterwards.folders]
        self._folder_names.clear()
        self._folder_names.update(zip(folders, told_apart(folders), strict=True))
        self.folders_model.show(afterwards.folders)
        count, size = len(plan.photos), human_bytes(plan.bytes)
        self.title.setText(ngettext("{n} copy goes", "{n} copies go", count).format(n=f"{count:,}"))
        tiers = " · ".join(
            f"{tier_mark(tier)} {tier_name(tier)} {amount.photos:,}, {human_bytes(amount.bytes)}"
            for tier, amount in sorted(afterwards.tiers.items(), key=lambda one: one[0].rank)
        )
        sentence = _("{size} in all. Every one of them has a copy that stays.").format(size=size)
        self.summary.setText(f"{sentence}   {tiers}" if tiers else sentence)
        self.afterwards.setText(
            _("The album afterwards: {n} of {before} photos · {size}").format(
                n=f"{afterwards.after.photos:,}",
                before=f"{afterwards.before.photos:,}",
                size=human_bytes(afterwards.after.bytes),
            )
        )
        self._show_carry(afterwards.held_back)
        self.synced.setText("\n".join(synced_sentence(shown(root)) for root in afterwards.synced))
        self.synced.setVisible(bool(afterwards.synced))
        words = ngettext("Move {n} copy", "Move {n} copies", count).format(n=f"{count:,}")
        retitle(self.go, words)
        self.go.setEnabled(count > 0)
        self.save.setEnabled(count > 0)
        self._tell_saved("")
        self._show_target(plan.target)
        self.detail.setText("")
        if not self.isVisible():
            self.deliberate.appear()
        self.present(self.go)

    def _show_carry(self, count: int) -> None:
        words = ngettext(
            "Also {n} copy that knows more, such as the place: that is kept in a new file beside "
            "the photo that stays",
            "Also {n} copies that know more, such as the place: that is kept in new files beside "
            "the photos that stay",
            count,
        ).format(n=f"{count:,}")
        self.carry.setText(words)
        self.carry.setAccessibleName(words)
        self.carry.setVisible(count > 0)

    def _show_table(self, number: int) -> None:
        self.stack.setCurrentIndex(number)
        self.detail.setText("")

    def _show_target(self, target: str | None) -> None:
        self.target.blockSignals(True)
        while self.target.count() > 2:
            self.target.removeItem(1)
        if target is not None:
            words = _("To {folder}").format(folder=shown(short_path(target)))
            self.target.insertItem(1, words, target)
        self.target.setCurrentIndex(0 if target is None else 1)
        self.target.blockSignals(False)

    def _on_target(self, index: int) -> None:
        chosen = self.target.itemData(index)
        if chosen == "":
            self._show_target(self._plan.target if self._plan else None)
            dialog = QFileDialog(self, _("Folder for the removed photos"))
            dialog.setFileMode(QFileDialog.FileMode.Directory)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.fileSelected.connect(self.target_chosen)
            dialog.open()
        else:
            self.target_chosen.emit(chosen)

    def _on_go(self) -> None:
        if self._plan is not None:
            plan, self._plan = self._plan, None
            self.hide()
            self.clean_wanted.emit(plan)

    # --- the list as a file ---------------------------------------------------------------

    @Slot()
    def _on_save(self) -> None:
        ask_where(self, _("Save the list"), _("clean-up list") + ".csv", self.save_list)

    @Slot(str)
    def save_list(self, path: str) -> None:
        plan = self._plan
        if plan is not None:
            self._album.ask(
                JobKind.SAVE, Lane.FILES,
                lambda library, control, sink: write_new(path, partial(write_plan_csv, plan)),
                self._tell_saved,
            )  # fmt: skip

    def _tell_saved(self, path: str) -> None:
        self._saved_at = path
        words = _("The list is saved as {name}.").format(name=shown(os.path.basename(path)))
        self.saved.setText(words if path else "")
        self.saved.setToolTip(shown(path))
        self.show_saved.setVisible(bool(path))

    def _on_show_saved(self) -> None:
        show_in_folder(self._saved_at)

    @Slot(object, str)
    def _on_failed(self, kind: JobKind, sentence: str) -> None:
        if kind is JobKind.SAVE and self.isVisible():
            self.saved.setText(sentence)
