"""Camera RAW by the picture for viewing that the camera put into it.

Nothing is developed here: a preview is a JPEG of the same shot, and shows what the owner knows
of it. Where there is none that is large enough, LibRaw develops one (``develop``), if installed.
"""

from __future__ import annotations

from dataclasses import dataclass

from albumdedup.core.decoder.raw import jpeg
from albumdedup.core.decoder.raw.containers import Shot, Size, is_sensor, read_shot
from albumdedup.core.metadata.tiff import SUB_IFDS, Tree, read_tree, write_exif

__all__ = ["LEAST_EDGE", "Preview", "exif_of", "find_preview", "is_plain_tiff", "is_raw_tiff"]

LEAST_EDGE = 800
"""Longer side of the smallest preview that is taken, in pixels: that at which verification
compares. Two frames of a burst may look the same on a thumbnail."""
_ASPECT = 0.04
"""How far the aspect of a preview may be from that of the photo: sensors have a few lines more
than pictures. A preview with black bars, 4:3 for 3:2, is farther off."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A JPEG stream with the EXIF of the shot, its orientation included, and the size of the
    photo that it stands for (neither turned)."""

    data: bytes
    size: Size


def find_preview(data: bytes) -> Preview | None:
    """The largest picture for viewing in a camera RAW; None where there is none that is large
    enough and of the photo's aspect. Never raises."""
    shot = read_shot(data)
    if shot is None:
        return None
    found: list[tuple[int, int, jpeg.Frame]] = []
    for at, length in dict.fromkeys(shot.spans):
        frame = jpeg.frame(data, at) if 0 < at < len(data) and length > 0 else None
        if frame is not None and frame.decodable and max(frame.width, frame.height) >= LEAST_EDGE:
            found.append((at, min(length, len(data) - at), frame))
    found.sort(key=lambda one: (-one[2].width * one[2].height, one[0]))
    for at, length, frame in found:
        placed = _placed((frame.width, frame.height), shot)
        if placed is not None:
            size, orientation = placed
            return Preview(_stream(data[at : at + length], shot, orientation), size)
    return None


def _placed(size: Size, shot: Shot) -> tuple[Size, int | None] | None:
    """The size of the photo that a preview shows, and how the preview has to be turned (None: as
    its own EXIF says); None for a picture that is of another shape than the photo."""
    for claimed in shot.sizes:
        if _alike(size, claimed):
            return (claimed if claimed >= size else size), shot.orientation
        if (shot.orientation or 1) >= 5 and _alike(size, claimed[::-1]):
            return claimed[::-1], 1  # the camera turned it already
    return None if shot.sizes else (size, shot.orientation)


def _alike(one: Size, two: Size) -> bool:
    first, second = one[0] * two[1], two[0] * one[1]
    return abs(first - second) <= _ASPECT * max(first, second)


def _stream(data: bytes, shot: Shot, orientation: int | None) -> bytes:
    tree = shot.tree
    if not tree.directories:
        return data
    exif = write_exif(tree.main, tree.exif, tree.gps, orientation or 1)
    return jpeg.with_metadata(data, exif, shot.xmp)


_DNG_VERSION, _SUBFILE_TYPE, _WIDTH = 0xC612, 0x00FE, 0x0100


def is_raw_tiff(data: bytes) -> bool:
    """Camera RAW under a TIFF's name: what its first directory shows is a thumbnail, the photo
    lies in a directory below."""
    return _is_raw(read_tree(data))


def is_plain_tiff(data: bytes) -> bool:
    """A TIFF under the name of a camera RAW, as scanners' programs write them."""
    tree = read_tree(data) if data[:4] in (b"II*\0", b"MM\0*") and data[8:10] != b"CR" else None
    if tree is None or tree.main.number(_WIDTH) < LEAST_EDGE or SUB_IFDS in tree.main.fields:
        return False
    return not _is_raw(tree) and not any(is_sensor(one) for one in tree.directories)


def _is_raw(tree: Tree) -> bool:
    main = tree.main
    below = main.number(_SUBFILE_TYPE) == 1 and SUB_IFDS in main.fields
    return below or _DNG_VERSION in main.fields


def exif_of(data: bytes) -> bytes:
    """The EXIF packet of a container, with its mark, for a picture that is turned already; empty
    for a container without one of its own."""
    shot = read_shot(data)
    if shot is None or not shot.tree.directories:
        return b""
    tree = shot.tree
    return b"Exif\0\0" + write_exif(tree.main, tree.exif, tree.gps, 1)
