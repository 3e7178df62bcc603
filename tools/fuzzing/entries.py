"""The entry points that meet a file's bytes, and what must hold of their answers."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import numpy as np

from albumdedup.core.carrying.packet import packet
from albumdedup.core.carrying.reading import values_of
from albumdedup.core.companions import read_companion
from albumdedup.core.companions.raw import read_raw_date
from albumdedup.core.dates import Beside, as_iso, compare, different_shots, taken
from albumdedup.core.decoder import read_file, read_upright
from albumdedup.core.decoder.colour import colour_of
from albumdedup.core.decoder.jxl import jxl_size
from albumdedup.core.decoder.raw import exif_of, find_preview, is_plain_tiff, is_raw_tiff
from albumdedup.core.formats import HEAD_BYTES, companion_kind, sniff
from albumdedup.core.metadata.values import packet_values
from albumdedup.core.metadata.xmp import read_packet
from albumdedup.core.scanner import found_file
from albumdedup.core.types import (
    Companion,
    CompanionFacts,
    CompanionKind,
    Photo,
    PhotoMetadata,
    Pixels,
    Problem,
)  # fmt: skip
from albumdedup.core.units import assemble
from albumdedup.core.verify import Sight, could_be_edited, judge_edit, verify
from fuzzing.answers import Broken
from fuzzing.apart import apart

NOW = datetime(2026, 1, 1)
_EDGE = 256


def picture(path: Path, chance: random.Random) -> None:
    """Decode, metadata, dates, values to carry over; now and then verification."""
    photo = _photo(path)
    if photo is not None:
        _dates(photo.metadata, path.name)
        _carried(photo)
    shown = read_upright(str(path), 800)
    if not isinstance(shown, Problem):
        _pixels(shown, None)
        if photo is not None and chance.random() < 0.2:
            other = np.roll(shown, 3, axis=1)
            _verified(shown, other, photo)


def structures(path: Path, _chance: random.Random) -> None:
    """Our own readers of bytes, whether or not a decoder gets that far."""
    data = path.read_bytes()
    sniff(data[:HEAD_BYTES], path.suffix)
    for read in (find_preview, exif_of, is_plain_tiff, is_raw_tiff, colour_of, jxl_size):
        _within(f"structures: {read.__name__}", lambda r=read: r(data))  # type: ignore[misc]
    with path.open("rb") as file:
        _within("structures: read_raw_date", lambda: _sound(read_raw_date(file)))
    _within("structures: read_packet", lambda: _sound(asdict_of(read_packet(data))))


def companion(path: Path, _chance: random.Random) -> None:
    kind = companion_kind(path.name) or CompanionKind.OTHER
    found = read_companion(found_file(str(path)), kind)
    one = found or Companion(str(path), found_file(str(path)).stamp, kind, CompanionFacts())
    _sound(asdict(one.facts))
    photo = _blank(str(path.with_suffix(".jpg")), (one,))
    _dates(photo.metadata, path.name, one.facts.date)
    _carried(photo)
    units = assemble([photo], [one], [], NOW)
    if len(units.photos) != 1:
        raise Broken(f"{len(units.photos)} units of one photo")


ENTRIES: Mapping[str, Callable[[Path, random.Random], None]] = {
    "picture": picture, "structures": structures, "apart": apart, "companion": companion,
}  # fmt: skip


def of(is_companion: bool) -> tuple[str, ...]:
    return ("companion", "structures") if is_companion else ("picture", "structures", "apart")


def asdict_of(told: object) -> object:
    return list(told) if isinstance(told, tuple) else told


def _within(name: str, act: Callable[[], object]) -> None:
    """What reads no pixels has a second at most; a busy machine's minutes do not count."""
    started = time.process_time()
    act()
    spent = time.process_time() - started
    if spent > 1.0:
        raise Broken(f"{name} took {spent:.1f} s")


def _photo(path: Path) -> Photo | None:
    found = found_file(str(path))
    read = read_file(found, _EDGE, lambda content: True)
    if read.content is None:
        raise Broken("no content of a file that was read")
    if (read.picture is None) == (read.problem is None):
        raise Broken(f"picture and problem: {read.problem}")
    if read.problem is not None:
        _sound(read.problem.detail)
        return None
    shown = read.picture
    assert shown is not None
    _pixels(shown.pixels, (_EDGE, _EDGE))
    if min(shown.width, shown.height) < 1 or not 1 <= shown.metadata.orientation <= 8:
        raise Broken(f"{shown.width} × {shown.height}, orientation {shown.metadata.orientation}")
    _sound(asdict(shown.metadata))
    return Photo(
        1, str(path), found.stamp, read.content, shown.width, shown.height, shown.format, None,
        shown.metadata, shown.plain,
    )  # fmt: skip


def _blank(path: str, companions: tuple[Companion, ...]) -> Photo:
    stamp = companions[0].stamp
    return Photo(
        1, path, stamp, "0" * 64, 640, 480, "JPEG", None, PhotoMetadata(),  # type: ignore[arg-type]
        companions=companions,
    )  # fmt: skip


def _pixels(pixels: Pixels, size: tuple[int, int] | None) -> None:
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3:
        raise Broken(f"pixels {pixels.dtype} {pixels.shape}")
    if min(pixels.shape) < 1 or max(pixels.shape) > 800 or size not in (None, pixels.shape[:2]):
        raise Broken(f"pixels of {pixels.shape}")


def _sound(told: object) -> None:
    """Text that a database and a report can hold: no halves of surrogate pairs."""
    json.dumps(told, ensure_ascii=False, default=str).encode("utf-8")


def _dates(metadata: PhotoMetadata, name: str, beside: str | None = None) -> None:
    date = taken(metadata, name, 1_600_000_000_000_000_000, None, NOW, Beside(beside, beside, None))
    if date is not None:
        as_iso(date)
        compare(date, date)
    different_shots(metadata, metadata)


def _carried(photo: Photo) -> None:
    values = values_of(photo)
    _sound(asdict(values))
    again = packet_values(packet(values))
    if set(values.kinds()) - set(again.kinds()):
        raise Broken(f"carried over, but not read again: {values} → {again}")


def _verified(one: Pixels, two: Pixels, photo: Photo) -> None:
    verify(one, one, photo, photo)
    verify(one, two, photo, photo)
    if could_be_edited(photo, photo) is None:
        judge_edit(Sight(one), Sight(two))
