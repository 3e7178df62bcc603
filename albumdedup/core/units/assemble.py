"""Files → what a person calls one photo. Each file comes to be in one unit, or stays alone."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from albumdedup.core.dates import Beside, moments_agree, taken
from albumdedup.core.formats import RAW_SUFFIXES
from albumdedup.core.types import (
    Companion,
    CompanionFacts,
    CompanionKind,
    Loose,
    Photo,
    Problem,
    TakenDate,
)
from albumdedup.core.units.names import (
    TakeoutNames,
    burst,
    key,
    original_of,
    sidecar_stem,
    stem,
    suffix,
)

LONGEST_LIVE = 6.0
"""Seconds: the film of a Live Photo lasts about three; a longer one is a film of its own."""

_STILLS = frozenset({".jpg", ".jpeg", ".jpe", ".heic", ".heif", ".hif", ".avif"})
_BURST_SECONDS = 60
_SHOT_SECONDS = 1
_LIVE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Units:
    """``photos`` are the entries of every list, with what belongs to each; ``unreadable`` those
    problems that are no part of one; ``loose`` what could belong to several."""

    photos: tuple[Photo, ...]
    unreadable: tuple[Problem, ...]
    loose: tuple[Loose, ...]


def assemble(
    photos: Sequence[Photo],
    companions: Sequence[Companion],
    unreadable: Sequence[Problem],
    now: datetime,
) -> Units:
    """Pure: the same files give the same units in any order. ``now`` tells impossible dates."""
    folders: dict[str, _Folder] = {}
    alone: list[Photo] = []
    for one in companions:
        folder, name = os.path.split(one.path)
        folders.setdefault(folder, _Folder(now)).companions[name] = one
    for photo in photos:
        if _may_be_cover(photo.path):
            folders.setdefault(os.path.dirname(photo.path), _Folder(now))
    for photo in photos:
        folder, name = os.path.split(photo.path)
        place = folders.get(folder)
        if place is None:
            alone.append(photo)
        else:
            place.photos[name] = photo
    for problem in unreadable:
        folder, name = os.path.split(problem.path)
        if folder in folders:
            folders[folder].broken[name] = problem
    loose: list[Loose] = []
    taken_in: set[str] = set()
    for folder, place in sorted(folders.items()):
        alone += place.units()
        loose += [
            Loose(os.path.join(folder, name), place.companions[name].kind,
                  tuple(os.path.join(folder, home) for home in homes))
            for name, homes in sorted(place.loose.items())
        ]  # fmt: skip
        taken_in |= {os.path.join(folder, name) for name in place.home}
    alone.sort(key=lambda photo: (photo.path, photo.id))
    rest = [problem for problem in unreadable if problem.path not in taken_in]
    rest.sort(key=lambda problem: problem.path)
    return Units(tuple(alone), tuple(rest), tuple(loose))


def _may_be_cover(path: str) -> bool:
    return "cover" in path[-24:].lower()


@dataclass
class _Folder:
    """The files of one folder by name. ``home`` says, of each that belongs to another, to which."""

    now: datetime
    photos: dict[str, Photo] = field(default_factory=dict)
    companions: dict[str, Companion] = field(default_factory=dict)
    broken: dict[str, Problem] = field(default_factory=dict)
    home: dict[str, str] = field(default_factory=dict)
    loose: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def units(self) -> list[Photo]:
        self._stems: dict[str, list[str]] = {}
        for name in sorted({*self.photos, *self.broken}):
            self._stems.setdefault(stem(name), []).append(name)
        self._bursts()
        self._raw()
        self._films()
        self._sidecars()
        self._takeout()
        self._apple_doubles()
        members: dict[str, list[str]] = {}
        for name, home in sorted(self.home.items()):
            if home in self.photos:
                members.setdefault(home, []).append(name)
        return [
            self._unit(photo, members.get(name, ()))
            for name, photo in self.photos.items()
            if name not in self.home
        ]

    # --- who belongs to whom ----------------------------------------------------------------

    def _give(self, name: str, candidates: Iterable[str]) -> None:
        """To the one candidate; where there are several it stays alone, and that is told."""
        homes = sorted({self.home.get(home, home) for home in candidates} - {name})
        if len(homes) == 1:
            if homes[0] in self.photos:
                self.home[name] = homes[0]
        elif homes and name in self.companions:
            self.loose[name] = tuple(homes)

    def _bursts(self) -> None:
        """The frames of a burst belong to its cover, where there is one."""
        frames: dict[str, list[str]] = {}
        covers: dict[str, list[str]] = {}
        raw = [n for n, one in self.companions.items() if one.kind is CompanionKind.RAW]
        for name in sorted({*self.photos, *raw}):
            found = burst(name)
            if found is not None:
                (covers if found.cover else frames).setdefault(found.id, []).append(name)
        for name_of, cover in covers.items():
            if len(cover) == 1 and cover[0] in self.photos:
                for frame in frames.get(name_of, ()):
                    if self._near(frame, cover[0], _BURST_SECONDS):
                        self.home[frame] = cover[0]

    def _raw(self) -> None:
        for name in sorted({*self.photos, *self.companions, *self.broken}):
            if suffix(name) not in RAW_SUFFIXES or name in self.home:
                continue
            if not (name in self.photos or name in self.companions):
                continue  # scanned by an earlier version: the next scan tells more
            stills = [
                other
                for other in self._stems.get(stem(name), ())
                if suffix(other) in _STILLS and self._near(name, other, _SHOT_SECONDS)
            ]
            self._give(name, stills)

    def _films(self) -> None:
        by_id: dict[str, list[str]] = {}
        for name, photo in sorted(self.photos.items()):
            if photo.metadata.live_id is not None:
                by_id.setdefault(photo.metadata.live_id, []).append(name)
        for name, film in sorted(self.companions.items()):
            if film.kind is not CompanionKind.FILM:
                continue
            beside = [n for n in self._stems.get(stem(name), ()) if suffix(n) in _STILLS]
            tied = by_id.get(film.facts.live_id, []) if film.facts.live_id else []
            if tied:
                self._give(name, set(tied) & set(beside) or tied)
                continue
            if film.facts.seconds is not None and film.facts.seconds > LONGEST_LIVE:
                continue
            self._give(name, [n for n in beside if self._live(film, n)])

    def _live(self, film: Companion, name: str) -> bool:
        """Whether a still and a film of one name may be one Live Photo."""
        photo = self.photos.get(name)
        if photo is None:
            return True
        other = photo.metadata.live_id
        if other is not None and film.facts.live_id is not None:
            return False
        return self._near(os.path.basename(film.path), name, _LIVE_SECONDS)

    def _sidecars(self) -> None:
        """``IMG_1.jpg.xmp`` names its photo whole, ``IMG_1.xmp`` by its stem."""
        kinds = (CompanionKind.XMP, CompanionKind.EDITS, CompanionKind.OTHER)
        if not any(one.kind in kinds for one in self.companions.values()):
            return
        names = {*self.photos, *self.broken, *self.home}
        whole: dict[str, list[str]] = {}
        for name in sorted(names):
            whole.setdefault(key(name), []).append(name)
        stems: dict[str, list[str]] = {}
        for name in sorted(names):
            stems.setdefault(stem(name), []).append(name)
        for name, one in sorted(self.companions.items()):
            if one.kind in kinds:
                found = whole.get(stem(name)) or stems.get(sidecar_stem(name), [])
                self._give(name, found)

    def _takeout(self) -> None:
        told = {
            name: one
            for name, one in self.companions.items()
            if one.kind is CompanionKind.TAKEOUT and one.facts.title is not None
        }
        if not told:
            return
        names = TakeoutNames(sorted({*self.photos, *self.broken, *self.home}))
        for name, one in sorted(told.items()):
            found = names.of(name)
            homes = {self.home.get(home, home) for home in found}
            if len(homes) > 1:
                titled = [n for n in found if key(n) == key(one.facts.title or "")]
                found = titled or found
            self._give(name, found)

    def _apple_doubles(self) -> None:
        everything = {*self.photos, *self.broken, *self.home}
        for name, one in sorted(self.companions.items()):
            if one.kind is CompanionKind.APPLE_DOUBLE and name[2:] in everything:
                self._give(name, [name[2:]])

    # --- dates ------------------------------------------------------------------------------

    def _near(self, one: str, two: str, seconds: float) -> bool:
        """Whether the dates that two files tell, where both do, allow that they are one shot."""
        return moments_agree(self._date(one), self._date(two), seconds)

    def _date(self, name: str) -> str | None:
        photo = self.photos.get(name)
        if photo is not None:
            date = photo.metadata.original
            zone = photo.metadata.original_offset or ""
            return None if date is None else date + zone
        companion = self.companions.get(name)
        return None if companion is None else companion.facts.date

    # --- the unit ---------------------------------------------------------------------------

    def _unit(self, photo: Photo, members: Sequence[str]) -> Photo:
        own = tuple(self._companion(name) for name in members)
        date = self._taken(photo, own)
        if not own and date is photo.taken:
            return photo
        return replace(photo, companions=own, taken=date)

    def _companion(self, name: str) -> Companion:
        photo = self.photos.get(name)
        known = self.companions.get(name)
        if photo is None:
            assert known is not None
            return known
        kind = CompanionKind.RAW if suffix(name) in RAW_SUFFIXES else CompanionKind.FRAME
        facts = CompanionFacts(extras=photo.metadata.extras, sample=photo.content, whole=True)
        return Companion(photo.path, photo.stamp, kind, facts)

    def _taken(self, photo: Photo, own: Sequence[Companion]) -> TakenDate | None:
        """The date once more, where something beside the photo tells one too."""
        dated = {c.kind: c.facts.date for c in reversed(own) if c.facts.date is not None}
        takeout = dated.get(CompanionKind.TAKEOUT) or self._inherited(photo)
        beside = Beside(dated.get(CompanionKind.XMP), dated.get(CompanionKind.FILM), takeout)
        if beside == Beside():
            return photo.taken
        folder, name = os.path.split(photo.path)
        return taken(
            photo.metadata, name, photo.stamp.mtime_ns, photo.birth_ns, self.now, beside, folder
        )

    def _inherited(self, photo: Photo) -> str | None:
        """Takeout gives an edited copy no file of its own: it has its original's date."""
        original = original_of(os.path.basename(photo.path))
        if original is None:
            return None
        for name, home in sorted(self.home.items()):
            one = self.companions.get(name)
            if one is not None and one.kind is CompanionKind.TAKEOUT and key(home) == original:
                return one.facts.date
        return None
