"""What a click on a card does, and the sentence that follows it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from albumdedup.core.i18n import _
from albumdedup.core.types import Group
from albumdedup.gui.album import Album
from albumdedup.gui.bars import BottomBar


class CardVerbs(QObject):
    """Verbs that have something to say."""

    def __init__(self, album: Album, bottom: BottomBar, parent: QObject) -> None:
        super().__init__(parent)
        self._album = album
        self._bottom = bottom

    @Slot(object, int)
    def swap(self, group: Group, member: int) -> None:
        """Swap stays and goes of one photo."""
        sentence = self._album.choices.toggle(group, member)
        if sentence:
            self._bottom.say(sentence)

    @Slot(object)
    def not_duplicates(self, group: Group) -> None:
        self._album.not_duplicates(group)
        self._bottom.say(
            _("Remembered: these are different photos."),
            _("Undo"),
            lambda: self._album.not_duplicates(group, on=False),
        )
