"""Is a photo held, whole, by another file? Direct proof only: the same bytes, or Same photo."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from albumdedup.core.i18n import _
from albumdedup.core.keeper import extra_names, is_raw, lacks
from albumdedup.core.scanner import inside_bin
from albumdedup.core.types import ContentId, FileIdentity, Photo, Snapshot, Tier


class Standing(StrEnum):
    """How a file stands to the rest of the library, the best first."""

    SAFE = "safe"
    COPY_GONE = "copy_gone"
    COPY_LACKS = "copy_lacks"
    ONLY_SMALLER = "only_smaller"
    ONLY_EDITED = "only_edited"
    ALONE = "alone"
    UNREADABLE = "unreadable"
    NOT_READ = "not_read"
    NOT_A_PHOTO = "not_a_photo"
    SPLIT = "split"


_ORDER = {standing: place for place, standing in enumerate(Standing)}


@dataclass(frozen=True, slots=True)
class FileVerdict:
    """One file: how it stands, the ``copy`` that this rests on, and one sentence."""

    path: str
    standing: Standing
    sentence: str
    copy: str | None = None


Eligible = Callable[[Photo], bool]
"""Whether a file lies where a copy must lie to count (outside a folder, on another drive …)."""

MANY = 64
"""Of more files with the same bytes, the first and the last by path are looked at."""


class Ties:
    """One snapshot, ready to be asked. Files in bins never count as copies."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.photos = sorted(snapshot.photos, key=lambda photo: (photo.path, photo.id))
        self._files: dict[ContentId, list[Photo]] = {}
        for photo in self.photos:
            if not inside_bin(photo.path):
                self._files.setdefault(photo.content, []).append(photo)
        self._tied: dict[ContentId, list[tuple[Tier, ContentId]]] = {}
        apart = snapshot.not_duplicates
        for match in snapshot.matches:
            if match.tier is Tier.SIMILAR or match.a == match.b:
                continue
            if (match.a, match.b) in apart or (match.b, match.a) in apart:
                continue
            self._tied.setdefault(match.a, []).append((match.tier, match.b))
            self._tied.setdefault(match.b, []).append((match.tier, match.a))
        for tied in self._tied.values():
            tied.sort()

    def holders(self, photo: Photo) -> Iterator[Photo]:
        """The other files that hold this photo whole, wherever they lie."""
        for other, standing in self._others(photo):
            if standing is Standing.SAFE:
                yield other

    def judge(
        self, photo: Photo, eligible: Eligible, there: Eligible = lambda photo: True
    ) -> FileVerdict:
        """The best that can be said of a photo. ``there`` tells whether a copy is, on disk and
        now, as the library knows it; one that is not there does not count."""
        best, copy = Standing.ALONE, None
        for other, found in self._others(photo):
            if not eligible(other) or _ORDER[found] >= _ORDER[best]:
                continue
            standing = found if there(other) else Standing.COPY_GONE
            if _ORDER[standing] < _ORDER[best]:
                best, copy = standing, other
            if best is Standing.SAFE:
                break
        return FileVerdict(
            photo.path, best, _sentence(best, photo, copy), copy.path if copy else None
        )

    def _others(self, photo: Photo) -> Iterator[tuple[Photo, Standing]]:
        for other in self._some(photo.content, photo.stamp.identity):
            yield other, Standing.COPY_LACKS if lacks(other, photo) else Standing.SAFE
        for tier, content in self._tied.get(photo.content, ()):
            for other in self._some(content, photo.stamp.identity):
                yield other, _of(tier, photo, other)

    def _some(self, content: ContentId, but: FileIdentity) -> Iterator[Photo]:
        files = self._files.get(content, [])
        chosen = files if len(files) <= MANY else [*files[: MANY // 2], *files[-MANY // 2 :]]
        return itertools.filterfalse(lambda other: other.stamp.identity == but, chosen)


def _of(tier: Tier, photo: Photo, other: Photo) -> Standing:
    if tier not in (Tier.SAME, Tier.IDENTICAL):
        return Standing.ONLY_EDITED
    if is_raw(photo) and not is_raw(other):
        return Standing.ONLY_EDITED
    if other.pixels < photo.pixels:
        return Standing.ONLY_SMALLER
    return Standing.COPY_LACKS if lacks(other, photo) else Standing.SAFE


def _sentence(standing: Standing, photo: Photo, copy: Photo | None) -> str:
    if copy is None:
        return _("It is nowhere else in the library.")
    facts = {"path": copy.path, "name": os.path.basename(copy.path)}
    match standing:
        case Standing.SAFE if copy.content == photo.content:
            return _("The same bytes lie at {path}.").format(**facts)
        case Standing.SAFE:
            return _("The same photo, stored again, lies at {path}.").format(**facts)
        case Standing.COPY_LACKS:
            return _("The copy {path} lacks its {extras}.").format(
                extras=extra_names(lacks(copy, photo)), **facts
            )
        case Standing.ONLY_SMALLER:
            return _("Only a smaller copy is kept: {path} has {theirs} of its {mine}.").format(
                theirs=f"{copy.width} × {copy.height}", mine=f"{photo.width} × {photo.height}",
                **facts,
            )  # fmt: skip
        case Standing.COPY_GONE:
            return _(
                "The copy {path} is not there as it was scanned; scan its folder again."
            ).format(**facts)
        case _:
            return _("Only an edited copy is kept: {path}.").format(**facts)
