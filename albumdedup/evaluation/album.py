"""Make an album whose truth is known: originals with copies as they lie about at home."""

from __future__ import annotations

import os
import random
import re
import shutil
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image

from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.formats import register
from albumdedup.core.types import Tier
from albumdedup.evaluation.copies import COPIES, STRIPPED, CopyKind, Original
from albumdedup.evaluation.edits import chance_of
from albumdedup.evaluation.geometry import IDENTITY, Matrix
from albumdedup.evaluation.truth import DISTRACTOR, FRAME, ORIGINAL, TrueFile, Truth, write

FIRST_TIME = 1_556_700_000
"""File time of the first original (2019-05-01); copies are days younger."""

PHOTO_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".heic", ".webp"})

_EXIF_IFD, _TAKEN = 0x8769, 0x9003

Told = Callable[[int, int], None]
"""Called with the photos done and the photos in all."""


def _photos(folder: Path, leave_out: Collection[str]) -> list[Path]:
    return sorted(
        p for p in folder.rglob("*")
        if p.suffix.lower() in PHOTO_SUFFIXES and p.name not in leave_out
    )  # fmt: skip


def make_album(
    source: Path,
    out: Path,
    *,
    seed: int,
    sequences: Path | None = None,
    distractors: Path | None = None,
    strip_sequences: bool = False,
    copies_per_photo: int | None = None,
    limit: int | None = None,
    leave_out: Collection[str] = (),
    kinds: Sequence[CopyKind] = COPIES,
    told: Told = lambda done, total: None,
) -> list[TrueFile]:
    """Write the album to ``out`` (which must not exist) and its truth to ``truth.json``.

    Each original gets ``copies_per_photo`` of the kinds, chosen by ``seed``, or all of them.
    Frames of ``sequences`` (a folder per scene, or several that differ in a number at the end)
    are added as they are, each a shot of its own, and with ``strip_sequences`` once more without
    metadata, as a friend sends them. The pictures of ``distractors`` are added as they are and
    have nothing to do with anything. Files with a name in ``leave_out`` are passed over: those
    that show a scene of another file would make the truth wrong. Raises
    AlbumError(NOT_THERE, NOT_A_FOLDER, NOTHING_TO_COPY, TARGET_UNUSABLE).
    """
    for folder in (source, sequences, distractors):
        if folder is not None and not folder.is_dir():
            code = ErrorCode.NOT_A_FOLDER if folder.exists() else ErrorCode.NOT_THERE
            raise AlbumError(code, path=str(folder))
    photos = _photos(source, leave_out)[:limit]
    if not photos:
        raise AlbumError(ErrorCode.NOTHING_TO_COPY, path=str(source))
    try:
        out.mkdir(parents=True)
    except OSError as error:
        detail = error.strerror or str(error)
        raise AlbumError(ErrorCode.TARGET_UNUSABLE, path=str(out), detail=detail) from error
    maker = _Maker(out, seed)
    chance = random.Random(seed)
    for number, photo in enumerate(photos):
        told(number, len(photos))
        chosen = list(kinds)
        if copies_per_photo is not None:
            chosen = chance.sample(chosen, min(copies_per_photo, len(chosen)))
        maker.photo(photo, photo.relative_to(source).as_posix(), number, chosen)
    told(len(photos), len(photos))
    for photo in _photos(sequences, leave_out) if sequences else ():
        maker.frame(photo, photo.relative_to(sequences or photo), strip_sequences)
    for photo in _photos(distractors, leave_out) if distractors else ():
        maker.distractor(photo, photo.relative_to(distractors or photo))
    truth = Truth(seed, tuple(sorted(maker.files, key=lambda row: row.path)))
    write(truth, out)
    return list(truth.files)


class _Maker:
    """Places files in the album and remembers the truth of each."""

    def __init__(self, out: Path, seed: int) -> None:
        self._out = out
        self._seed = seed
        self.files: list[TrueFile] = []

    def photo(self, photo: Path, name: str, number: int, kinds: Sequence[CopyKind]) -> None:
        home = self._out / "Pictures" / str(2015 + number % 8) / photo.parent.name[:12]
        time = FIRST_TIME + number * 60
        self._add(self._as_it_is(photo, home / photo.name, time), name, ORIGINAL)
        if kinds:
            original = Original(photo)
            for kind in kinds:
                self._copy(original, name, number, kind)

    def frame(self, photo: Path, place: Path, strip: bool) -> None:
        target = self._out / "Pictures" / "Series" / place
        name, series = f"sequence/{place.as_posix()}", scene_of(place)
        self._add(self._as_it_is(photo, target, FIRST_TIME), name, FRAME, series=series)
        if strip:
            target = self._free(self._out / "From friends" / "Series" / place.with_suffix(".jpg"))
            STRIPPED.make(Original(photo), target, chance_of(self._seed, name, STRIPPED.name))
            _set_time(target, FIRST_TIME + 86_400)
            self._add(target, name, STRIPPED.name, STRIPPED.tier, series=series)

    def distractor(self, photo: Path, place: Path) -> None:
        target = self._out / "Downloads" / "Other" / place
        self._add(
            self._as_it_is(photo, target, FIRST_TIME), f"distractor/{place.as_posix()}", DISTRACTOR
        )

    def _copy(self, original: Original, name: str, number: int, kind: CopyKind) -> None:
        seconds = FIRST_TIME + 86_400 * (1 + number)
        chance = chance_of(self._seed, name, kind.name)
        sent = datetime.fromtimestamp(seconds + chance.randint(0, 36_000), UTC)
        stem = kind.named.format(
            stem=original.path.stem, number=number, day=f"{sent:%Y%m%d}", clock=f"{sent:%H%M%S}"
        )
        target = self._free(
            self._out / kind.folder / f"{stem}{kind.suffix or original.path.suffix}"
        )
        matrix = kind.make(original, target, chance)
        _set_time(target, seconds)
        self._add(target, name, kind.name, kind.tier, matrix)

    def _as_it_is(self, photo: Path, wanted: Path, when: int) -> Path:
        target = self._free(wanted)
        shutil.copyfile(photo, target)
        _set_time(target, when)
        return target

    def _free(self, wanted: Path) -> Path:
        """The path, or a numbered one where it is taken: sources repeat their names."""
        wanted.parent.mkdir(parents=True, exist_ok=True)
        target, count = wanted, 1
        while target.exists():
            count += 1
            target = wanted.with_name(f"{wanted.stem} ({count}){wanted.suffix}")
        return target

    def _add(
        self,
        path: Path,
        original: str,
        kind: str,
        tier: Tier = Tier.IDENTICAL,
        matrix: Matrix = IDENTITY,
        series: str = "",
    ) -> None:
        place, dated = path.relative_to(self._out).as_posix(), _has_capture_time(path)
        self.files.append(TrueFile(place, original, kind, tier, matrix, series, dated))


def scene_of(place: Path) -> str:
    """The scene of a frame by its folder: ``noah_0`` and ``noah_1`` are one."""
    return re.sub(r"_\d+$", "", place.parent.as_posix()) or "."


def _has_capture_time(path: Path) -> bool:
    register()
    with Image.open(path) as image:
        return bool(image.getexif().get_ifd(_EXIF_IFD).get(_TAKEN))


def _set_time(path: Path, seconds: int) -> None:
    os.utime(path, (seconds, seconds))
