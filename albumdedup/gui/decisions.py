"""Decisions on their way to the store: they follow one another quickly and none may be lost."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal

from albumdedup.core.ports import Lane
from albumdedup.core.types import ContentId, Group
from albumdedup.gui.choices import Choices
from albumdedup.gui.errands import Errands
from albumdedup.gui.jobs import JobKind


class Decisions(QObject):
    """Stores what was decided, in order; what comes meanwhile goes with the next batch."""

    stored = Signal()

    def __init__(self, errands: Errands, choices: Choices, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._errands = errands
        self._choices = choices
        self._waiting: list[Callable[[], object]] = []
        errands.take(JobKind.DECIDE, self._on_stored)

    @property
    def pending(self) -> bool:
        return bool(self._waiting) or self._errands.jobs.is_running(JobKind.DECIDE)

    def not_duplicates(self, which: Group, on: bool = True) -> None:
        """Remember that these photos are different ones; the card leaves at once."""
        contents: list[ContentId] = [member.photo.content for member in which.members]
        self._choices.hide(which, on)
        self._decide("add_not_duplicates" if on else "remove_not_duplicates", contents)

    def protect(self, folder: str) -> None:
        self._decide("protect", folder)

    def prefer(self, folders: list[str]) -> None:
        """These first, in this order."""
        self._decide("prefer", folders)

    def forget(self, folder: str) -> None:
        library = self._errands.library
        if library is not None:
            self._add(partial(library.forget, folder))

    def _decide(self, verb: str, argument: object) -> None:
        library = self._errands.library
        if library is not None:
            self._add(partial(getattr(library.decisions, verb), argument))

    def _add(self, decide: Callable[[], object]) -> None:
        self._waiting.append(decide)
        self._store()

    def _store(self) -> None:
        if self._waiting and not self._errands.jobs.is_running(JobKind.DECIDE):
            batch, self._waiting = self._waiting, []
            self._errands.start(
                JobKind.DECIDE, Lane.FILES, lambda c, s: [decide() for decide in batch]
            )

    def _on_stored(self, _answer: object) -> None:
        self._store()
        self.stored.emit()
