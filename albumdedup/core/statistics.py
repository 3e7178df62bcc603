"""What a library holds, counted by year, camera and folder. Pure; a moment for 100,000 photos."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from albumdedup.core.types import Photo


@dataclass(frozen=True, slots=True)
class Share:
    """A part of the library. ``name`` is a year, a camera or a folder; empty: nobody knows.
    ``copies`` could go, ``copy_bytes`` is what that would free."""

    name: str = ""
    photos: int = 0
    bytes: int = 0
    copies: int = 0
    copy_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Statistics:
    """``by_year`` goes through time, the others have the largest part first; what nobody knows
    stands last."""

    total: Share
    by_year: tuple[Share, ...]
    by_camera: tuple[Share, ...]
    by_folder: tuple[Share, ...]
    by_root: tuple[Share, ...]


def statistics(
    photos: Sequence[Photo], going: Collection[str], roots: Sequence[str] = ()
) -> Statistics:
    """``going`` are the paths of the copies that could go, ``roots`` the scanned folders."""
    return Statistics(
        _share("", photos, going),
        tuple(sorted(_by(photos, going, _year), key=lambda share: share.name or "9999")),
        _largest_first(_by(photos, going, lambda photo: photo.metadata.camera or "")),
        _largest_first(_by(photos, going, lambda photo: os.path.dirname(photo.path))),
        tuple(_share(root, _below(photos, root), going) for root in roots),
    )


def _year(photo: Photo) -> str:
    return f"{photo.taken.wall.year:04d}" if photo.taken else ""


def _by(
    photos: Iterable[Photo], going: Collection[str], name_of: Callable[[Photo], str]
) -> list[Share]:
    parts: dict[str, list[Photo]] = {}
    for photo in photos:
        parts.setdefault(name_of(photo), []).append(photo)
    return [_share(name, some, going) for name, some in parts.items()]


def _share(name: str, photos: Iterable[Photo], going: Collection[str]) -> Share:
    count = size = copies = freed = 0
    for photo in photos:
        count += 1
        size += photo.unit_bytes
        if photo.path in going:
            copies += 1
            freed += photo.unit_bytes
    return Share(name, count, size, copies, freed)


def _largest_first(shares: list[Share]) -> tuple[Share, ...]:
    return tuple(sorted(shares, key=lambda one: (not one.name, -one.photos, -one.bytes, one.name)))


def _below(photos: Iterable[Photo], root: str) -> list[Photo]:
    start = os.path.join(root, "")
    return [photo for photo in photos if photo.path.startswith(start)]
