"""Which of the groups a person wants to see: by words, year and size. No Qt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from albumdedup.core.types import Group


@dataclass(frozen=True, slots=True)
class Narrowing:
    """``words`` must each occur in the folders, names or cameras of a group; ``year`` is one in
    which a photo of it was taken; ``least_bytes`` what its largest photo has at least."""

    words: str = ""
    year: int | None = None
    least_bytes: int = 0

    @property
    def nothing(self) -> bool:
        return not (self.words.strip() or self.year or self.least_bytes)


class Narrower:
    """Remembers what each group says of itself, so that typing stays quick. Groups are known by
    their id, which names their photos."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}

    def holds(self, group: Group, narrowing: Narrowing) -> bool:
        if narrowing.least_bytes and narrowing.least_bytes > max(
            member.photo.stamp.size for member in group.members
        ):
            return False
        if narrowing.year is not None and narrowing.year not in years([group]):
            return False
        words = narrowing.words.casefold().split()
        return not words or all(word in self._text(group) for word in words)

    def forget(self) -> None:
        self._texts.clear()

    def _text(self, group: Group) -> str:
        known = self._texts.get(group.id)
        if known is None:
            said = {member.photo.path for member in group.members}
            said |= {member.photo.metadata.camera or "" for member in group.members}
            known = self._texts[group.id] = "\n".join(sorted(said)).casefold()
        return known


def years(groups: Iterable[Group]) -> set[int]:
    """In which years their photos were taken, as far as that is known."""
    return {
        member.photo.taken.wall.year
        for group in groups
        for member in group.members
        if member.photo.taken is not None
    }
