"""The compare panel: puts its parts together and answers its keys."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from albumdedup.core.compare.placing import Matrix, aligned_by_proof, places
from albumdedup.core.compare.rows import differing_rows, sharpness_row
from albumdedup.core.types import Group, Photo, Pixels, Problem, Reason
from albumdedup.gui.album import Album
from albumdedup.gui.compare.bars import Head, Tools, VerdictBar, WipeBar
from albumdedup.gui.compare.canvas import Canvas
from albumdedup.gui.compare.choosing import MOST, chosen, member_of, relation, still
from albumdedup.gui.compare.closeups import CloseUps
from albumdedup.gui.compare.darkroom import Darkroom
from albumdedup.gui.compare.details import Details
from albumdedup.gui.compare.developer import Developer
from albumdedup.gui.compare.keys import answer, verbs
from albumdedup.gui.compare.slots import Mode, Scene
from albumdedup.gui.compare.slots import Slot as Shown
from albumdedup.gui.compare.verdicts import Verdicts
from albumdedup.gui.theme import LIGHT, Tokens
from albumdedup.gui.thumb_loader import ThumbLoader

TALL_ENOUGH = 470
"""Below this height the close-ups give their place to the photos."""


class ComparePanel(QWidget):
    """Two to four photos of one group."""

    closed = Signal()
    step_wanted = Signal(int)
    group_wanted = Signal(str)  # id of a group to look at
    not_duplicates = Signal(object)  # Group
    said = Signal(str)

    def __init__(self, album: Album, loader: ThumbLoader, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("compare")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumWidth(380)
        self.tokens: Tokens = LIGHT
        self.group: Group | None = None
        self.scene = Scene()
        self._album = album
        self._loader = loader
        self._most = 2
        self._verdicts = Verdicts(album)
        self.darkroom = Darkroom(loader.executor, loader.bridge, self._read, parent=self)
        self._developer = Developer(self.darkroom, loader)
        self.head, self.tools, self.verdict_bar = Head(), Tools(), VerdictBar()
        self.canvas, self.closeups, self.details = Canvas(), CloseUps(), Details()
        self.wipe_bar = WipeBar()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.head)
        column.addWidget(self.tools)
        column.addWidget(self.canvas, 5)
        column.addWidget(self.wipe_bar)
        column.addWidget(self.closeups)
        column.addWidget(self.details, 2)
        column.addWidget(self.verdict_bar)
        self._connect()
        self._keys = verbs(self)
        for child in self.findChildren(QWidget):
            if child.focusPolicy() != Qt.FocusPolicy.NoFocus:
                child.installEventFilter(self)
        self.hide()

    def _read(self, photo: Photo, edge: int) -> Pixels | Problem:
        """In a worker, for a group that an open library gave."""
        library = self._album.library
        if library is None:
            return Problem(photo.path, Reason.VANISHED)
        return library.door.read_photo(photo, edge)

    def _connect(self) -> None:
        self.head.step_wanted.connect(self.step_wanted)
        self.head.close_wanted.connect(self.close_panel)
        self.tools.mode_wanted.connect(self.set_mode)
        self.tools.full_size_wanted.connect(self.full_size)
        self.tools.aligned_wanted.connect(self._set_aligned)
        self.tools.more_wanted.connect(self._show_more)
        self.wipe_bar.wiped.connect(self.canvas.set_wipe)
        self.canvas.wiped.connect(self.wipe_bar.show_wipe)
        self.canvas.looked.connect(self._on_look)
        self.closeups.wanted.connect(self.canvas.look_at)
        self.verdict_bar.keep_wanted.connect(self.keep)
        self.verdict_bar.keep_all_wanted.connect(self.keep_all)
        self.verdict_bar.different_wanted.connect(self.say_different)
        self.verdict_bar.undo_wanted.connect(self.take_back)
        self.darkroom.arrived.connect(self._on_arrival)
        self._loader.ready.connect(self._on_thumbnail)

    def set_tokens(self, tokens: Tokens) -> None:
        self.tokens = self.canvas.tokens = tokens
        self._developer.warm = tokens.goes
        for part in (self.head, self.verdict_bar, self.closeups, self.details):
            part.set_tokens(tokens)
        self.canvas.update()
        if self.group is not None:
            self._develop()

    # --- what is shown ------------------------------------------------------------------

    def show_group(
        self, group: Group, member: int, place: tuple[int, int], ahead: Sequence[Photo] = ()
    ) -> None:
        """Look at a group, set against ``member``. ``place`` is its row and the number of rows;
        ``ahead`` are photos that are likely to be looked at next."""
        paths, other = chosen(group, member, self._most)
        same = self.group is not None and [s.photo.path for s in self.scene.slots] == paths
        self.group = group
        self.head.show_position(*place)
        if not same:
            self._fill(group, paths)
        self.scene.other = other
        if not self.isVisible():
            screen = self.screen().size() * self.devicePixelRatioF()
            self.darkroom.edge = max(1024, min(2560, max(screen.width(), screen.height())))
            self.show()
        self.darkroom.show([slot.photo for slot in self.scene.slots], ahead)
        self.canvas.show_scene(self.scene, anew=not same)
        self._tell()
        self._develop()

    def refresh(self) -> bool:
        """The groups changed: roles anew, the photos where they are. False where the group is
        no more."""
        if self.group is None:
            return True
        paths = [slot.photo.path for slot in self.scene.slots]
        now = still(self._album.shown, self.group.id, paths)
        if now is None:
            return False
        self.group = now
        for slot in self.scene.slots:
            slot.member = member_of(now, slot.photo.path) or slot.member
        self._tell()
        self.canvas.update()
        return True

    @Slot()
    def close_panel(self) -> None:
        self.group = None
        self.scene = Scene(mode=self.scene.mode, wipe=self.scene.wipe)
        self.canvas.show_scene(self.scene, anew=True)
        self.darkroom.rest()
        self.hide()
        self.closed.emit()

    def _fill(self, group: Group, paths: Sequence[str]) -> None:
        members = [found for path in paths if (found := member_of(group, path)) is not None]
        placed = self._places([member.photo for member in members])
        self.scene = Scene(
            [Shown(n, m, p) for n, (m, p) in enumerate(zip(members, placed, strict=True), 1)],
            mode=self.scene.mode if len(members) > 1 else Mode.SIDE,
            wipe=self.scene.wipe,
        )

    def _places(self, photos: Sequence[Photo]) -> list[Matrix]:
        assert self.group is not None
        ruled = self._album.choices.ruled(self.group)
        proof = aligned_by_proof(ruled, photos)
        self.tools.aligned.setVisible(proof)
        self.tools.aligned.setChecked(proof and self._developer.aligned)
        return places(ruled, photos, aligned=self._developer.aligned)

    def _tell(self) -> None:
        """Words, table and buttons."""
        scene, group = self.scene, self.group
        if group is None or not scene.slots:
            return
        pair = scene.pair
        told = pair[1] if pair is not None else scene.slots[0]
        if told.photo.path == group.keeper.path and pair is not None:
            told = pair[0]
        self.head.relation.set_text(relation(self._album.choices.ruled(group), told.member))
        self.tools.show_mode(scene.mode, pair=pair is not None)
        self.wipe_bar.show_wipe(scene.wipe)
        self.wipe_bar.setVisible(scene.mode is Mode.WIPE)
        self.tools.more.setVisible(len(group.members) > 2)
        self.verdict_bar.show_count(len(scene.slots), len(group.members))
        rows = differing_rows([slot.photo for slot in scene.slots])
        sharp = sharpness_row(self._developer.sharpness(scene))
        numbers = [slot.number for slot in scene.slots]
        self.details.show_rows([*([sharp] if sharp else []), *rows], numbers)

    # --- pictures -----------------------------------------------------------------------

    @Slot()
    def _on_arrival(self) -> None:
        if self.group is not None:
            self._develop()
            self._tell()

    @Slot(object)
    def _on_thumbnail(self, content: object) -> None:
        if any(slot.photo.content == content for slot in self.scene.slots):
            self._develop()

    def _develop(self) -> None:
        """Show what is there."""
        self._developer.develop(self.scene)
        tall = self.height() >= TALL_ENOUGH
        self.closeups.setVisible(tall and self.scene.heat is not None)
        self.closeups.show_scene(self.scene)
        self.details.histograms.show_bins(self._developer.bins(self.scene))
        self.canvas.refresh()

    @Slot()
    def _on_look(self) -> None:
        self.tools.full_size.setChecked(self.canvas.is_full_size())
        self._developer.want_pixels(self.scene, self.canvas.look, self.devicePixelRatioF())

    # --- verbs --------------------------------------------------------------------------

    @Slot(object)
    def set_mode(self, mode: Mode) -> None:
        """A mode that is on already goes back to side by side."""
        if self.scene.pair is not None:
            self.scene.mode = mode if self.scene.mode is not mode else Mode.SIDE
            self._tell()
            self.canvas.refresh()

    @Slot(int)
    def keep(self, number: int) -> None:
        if self.group is None or number > len(self.scene.slots) or self._album.moving:
            return
        paths = [slot.photo.path for slot in self.scene.slots]
        self.said.emit(self._verdicts.keep(self.group, paths[number - 1], paths))

    @Slot()
    def keep_all(self) -> None:
        if self.group is not None and not self._album.moving:
            self.said.emit(self._verdicts.keep_all(self.group))

    @Slot()
    def say_different(self) -> None:
        if self.group is not None and not self._album.moving:
            group = self.group
            self._verdicts.not_duplicates(group)
            self.not_duplicates.emit(group)

    @Slot()
    def take_back(self) -> None:
        group_id = None if self._album.moving else self._verdicts.take_back()
        if group_id is not None:
            self.group_wanted.emit(group_id)

    def set_against(self, step: int) -> None:
        """Set the first photo against the next one, or the one before."""
        if self.group is None or len(self.group.members) < 3:
            return
        paths = [one.photo.path for one in self.group.members]
        pair = self.scene.pair
        now = paths.index(pair[1].photo.path) if pair and pair[1].photo.path in paths else 0
        member = (now - 1 + step) % (len(paths) - 1) + 1
        chosen_paths, other = chosen(self.group, member, self._most)
        if [slot.photo.path for slot in self.scene.slots] != chosen_paths:
            self._fill(self.group, chosen_paths)
            self.darkroom.show([slot.photo for slot in self.scene.slots])
            self.canvas.show_scene(self.scene, anew=True)
        self.scene.other = other
        self._develop()
        self._tell()

    @Slot(bool)
    def _show_more(self, on: bool) -> None:
        """Two photos, or up to four at once."""
        self._most = MOST if on else 2
        self.set_against(0)

    def toggle_aligned(self) -> None:
        if not self.tools.aligned.isHidden():
            self.tools.aligned.click()

    @Slot(bool)
    def _set_aligned(self, on: bool) -> None:
        self._developer.aligned = on
        for slot, place in zip(
            self.scene.slots, self._places([s.photo for s in self.scene.slots]), strict=True
        ):
            slot.place = place
        self.canvas.fit()
        self._develop()

    @Slot()
    def full_size(self) -> None:
        self.canvas.at_full_size()

    # --- keys ---------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The keys work wherever the focus is; a slider keeps its arrows."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            arrows = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)
            if not (watched is self.wipe_bar.slider and event.key() in arrows):
                return answer(self._keys, event)
        return super().eventFilter(watched, event)
