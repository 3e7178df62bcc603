"""The training pack: tar files of small pictures → squares in one memory-mapped file."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from albumdedup.core.errors import AlbumError, ErrorCode

EDGE = 160
"""Edge of the cached squares: a little more than the network takes, so that crops have detail."""

_SUFFIXES = (".webp", ".jpg", ".jpeg", ".png")


@dataclass(frozen=True)
class Pack:
    """All pictures of a pack in the order of their names.

    ``squares`` is uint8[n, EDGE, EDGE, 3], sRGB, the aspect ratio not kept; ``aspects`` is
    float32[n], width divided by height as it was.
    """

    names: tuple[str, ...]
    squares: NDArray[np.uint8]
    aspects: NDArray[np.float32]

    def split(self, held_out: int, seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Row numbers to train on, and ``held_out`` ones that no training may touch."""
        order = np.random.default_rng(seed).permutation(len(self.names))
        return np.sort(order[held_out:]), np.sort(order[:held_out])


def open_pack(folder: Path, cache: Path) -> Pack:
    """Decode the pack in ``folder`` once; later calls map what lies in ``cache``.

    Raises AlbumError(NOT_THERE), or AlbumError(PACK_UNUSABLE) for a tar file that is cut short
    or no tar file, a member that is no picture, and a folder without any.
    """
    tars = _tars(folder)
    place = cache / f"train-{_fingerprint(tars)}-{EDGE}"
    if not (place / "names.txt").is_file():
        _decode(tars, folder, place)
    names = tuple((place / "names.txt").read_text("utf-8").splitlines())
    squares = np.memmap(place / "squares.u8", np.uint8, "r", shape=(len(names), EDGE, EDGE, 3))
    return Pack(names, squares, np.load(place / "aspects.npy"))


def _tars(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise AlbumError(ErrorCode.NOT_THERE, path=str(folder))
    tars = sorted(folder.glob("*.tar"))
    if not tars:
        raise AlbumError(ErrorCode.PACK_UNUSABLE, path=str(folder), detail="no tar file in it")
    return tars


def _fingerprint(tars: list[Path]) -> str:
    facts = [f"{tar.name} {tar.stat().st_size} {tar.stat().st_mtime_ns}" for tar in tars]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:16]


def _decode(tars: list[Path], folder: Path, place: Path) -> None:
    """Squares are appended as they come; ``names.txt`` is written last and proves wholeness."""
    place.mkdir(parents=True, exist_ok=True)
    found: list[tuple[str, float, int]] = []
    raw = place / f"squares.{os.getpid()}.part"
    with raw.open("wb") as out:
        for tar in tars:
            for name, image in _pictures(tar):
                found.append((name, image.width / image.height, len(found)))
                out.write(
                    image.resize((EDGE, EDGE), Image.Resampling.BOX, reducing_gap=None).tobytes()
                )
    if not found:
        raw.unlink()
        raise AlbumError(ErrorCode.PACK_UNUSABLE, path=str(folder), detail="no pictures in it")
    found.sort()
    unsorted = np.memmap(raw, np.uint8, "r", shape=(len(found), EDGE, EDGE, 3))
    with (place / "squares.u8").open("wb") as out:
        for _, _, row in found:
            out.write(unsorted[row].tobytes())
    del unsorted
    raw.unlink()
    np.save(place / "aspects.npy", np.array([aspect for _, aspect, _ in found], np.float32))
    names = place / f"names.{os.getpid()}.part"
    names.write_text("".join(f"{name}\n" for name, _, _ in found), "utf-8")
    os.replace(names, place / "names.txt")


def _pictures(tar: Path) -> Iterator[tuple[str, Image.Image]]:
    try:
        with tarfile.open(tar, "r:") as archive:
            for member in archive:
                if member.isfile() and member.name.lower().endswith(_SUFFIXES):
                    content = archive.extractfile(member)
                    assert content is not None  # it is a file
                    yield member.name, _picture(tar, member, content.read())
            _refuse_cut(tar, archive.offset)
    except (tarfile.TarError, EOFError, OSError) as error:
        raise AlbumError(ErrorCode.PACK_UNUSABLE, path=str(tar), detail=str(error)) from error


def _picture(tar: Path, member: tarfile.TarInfo, content: bytes) -> Image.Image:
    detail = f"{member.name} is cut short" if len(content) < member.size else ""
    try:
        if not detail:
            return Image.open(io.BytesIO(content)).convert("RGB")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        detail = f"{member.name}: {error}"
    raise AlbumError(ErrorCode.PACK_UNUSABLE, path=str(tar), detail=detail)


def _refuse_cut(tar: Path, end: int) -> None:
    """A tar file ends in blocks of zeros; one cut between two members would else go unseen."""
    with tar.open("rb") as file:
        file.seek(end)
        if file.read(tarfile.BLOCKSIZE) != bytes(tarfile.BLOCKSIZE):
            raise tarfile.ReadError("the end is missing")
