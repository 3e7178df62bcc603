"""Camera RAW as tests make it: the containers of ten makers around a JPEG, without sensor data.

The layouts are those that ``core.decoder.raw`` reads; nothing is taken from a real camera's file.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Mapping

from PIL import Image

BYTE, ASCII, SHORT, LONG, RATIONAL, UNDEFINED = 1, 2, 3, 4, 5, 7
Entry = tuple[int, object]
CANON = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")
CANON_PREVIEW = bytes.fromhex("eaf42b5e1c984b88b9fbb7dc406e4d16")


def jpeg(image: Image.Image, quality: int = 92, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, **options)
    return out.getvalue()


class Tiff:
    """A TIFF that is written from its end to its beginning: what is pointed at comes first."""

    def __init__(self, order: str = "<", magic: bytes | None = None, head: bytes = b"") -> None:
        self.order = order
        self._magic = magic or (b"II*\0" if order == "<" else b"MM\0*")
        self._out = bytearray(8 + len(head))
        self._out[8:] = head

    def blob(self, data: bytes) -> int:
        at = len(self._out)
        self._out += data + b"\0" * (len(data) % 2)
        return at

    def directory(self, entries: Mapping[int, Entry], following: int = 0) -> int:
        rows = []
        for tag, (kind, value) in sorted(entries.items()):
            data, count = self._packed(kind, value)
            place = data.ljust(4, b"\0") if len(data) <= 4 else self._number(self.blob(data))
            rows.append(struct.pack(self.order + "HHI", tag, kind, count) + place)
        head = struct.pack(self.order + "H", len(rows))
        return self.blob(head + b"".join(rows) + self._number(following))

    def done(self, first: int) -> bytes:
        self._out[:8] = self._magic + self._number(first)
        return bytes(self._out)

    def _number(self, value: int) -> bytes:
        return struct.pack(self.order + "I", value)

    def _packed(self, kind: int, value: object) -> tuple[bytes, int]:
        if isinstance(value, bytes):
            return value, len(value)
        if isinstance(value, str):
            text = value.encode() + b"\0"
            return text, len(text)
        values = value if isinstance(value, tuple) else (value,)
        letter = {BYTE: "B", SHORT: "H", LONG: "I", RATIONAL: "I"}[kind]
        data = struct.pack(f"{self.order}{len(values)}{letter}", *values)
        return data, len(values) // 2 if kind == RATIONAL else len(values)


def shot_tags(
    file: Tiff, size: tuple[int, int], taken: str | None, orientation: int
) -> dict[int, Entry]:
    """What the main directory says of a shot, with its Exif directory."""
    detail: dict[int, Entry] = {0xA002: (LONG, size[0]), 0xA003: (LONG, size[1])}
    if taken is not None:
        detail |= {0x9003: (ASCII, taken), 0x9291: (ASCII, "12")}
    return {
        0x010F: (ASCII, "Test"), 0x0110: (ASCII, "Test camera"), 0x0112: (SHORT, orientation),
        0x8769: (LONG, file.directory(detail)),
    }  # fmt: skip


def sensor(size: tuple[int, int], at: int) -> dict[int, Entry]:
    """The directory of what the sensor saw: a few lines more than the picture."""
    return {
        0x00FE: (LONG, 0), 0x0100: (LONG, size[0] + 16), 0x0101: (LONG, size[1] + 12),
        0x0103: (SHORT, 1), 0x0106: (SHORT, 32803), 0x0111: (LONG, at), 0x0117: (LONG, 16),
    }  # fmt: skip


Maker = Callable[[bytes, tuple[int, int], str | None, int], bytes]
"""A JPEG, the size of the photo, when it was taken and how the camera was held → a file."""


def nef(data: bytes, size: tuple[int, int], taken: str | None, orientation: int) -> bytes:
    """A thumbnail in the main directory, the preview and the sensor's data below it."""
    file = Tiff(">")
    preview = file.directory({0x0201: (LONG, file.blob(data)), 0x0202: (LONG, len(data))})
    raw = file.directory(sensor(size, file.blob(b"raw" * 6)))
    small = file.blob(bytes(160 * 120 * 3))
    return file.done(
        file.directory(
            shot_tags(file, size, taken, orientation)
            | {
                0x00FE: (LONG, 1), 0x0100: (LONG, 160), 0x0101: (LONG, 120),
                0x0102: (SHORT, (8, 8, 8)), 0x0103: (SHORT, 1), 0x0106: (SHORT, 2),
                0x0111: (LONG, small), 0x0115: (SHORT, 3), 0x0116: (LONG, 120),
                0x0117: (LONG, 160 * 120 * 3), 0x014A: (LONG, (preview, raw)),
            }
        )
    )  # fmt: skip


def srw(data: bytes, size: tuple[int, int], taken: str | None, orientation: int) -> bytes:
    return nef(data, size, taken, orientation)


def dng(data: bytes, size: tuple[int, int], taken: str | None, orientation: int) -> bytes:
    """The preview as the one strip of a directory below."""
    file = Tiff("<")
    preview = file.directory(
        {
            0x00FE: (LONG, 1), 0x0103: (SHORT, 7), 0x0106: (SHORT, 6),
            0x0111: (LONG, file.blob(data)), 0x0117: (LONG, len(data)),
        }
    )  # fmt: skip
    raw = sensor(size, file.blob(b"raw" * 6)) | {0xC620: (LONG, size)}
    below = (file.directory(raw), preview)
    main = shot_tags(file, size, taken, orientation)
    main |= {0x00FE: (LONG, 1), 0x014A: (LONG, below), 0xC612: (BYTE, (1, 4, 0, 0))}
    return file.done(file.directory(main))


def cr2(data: bytes, size: tuple[int, int], taken: str | None, orientation: int) -> bytes:
    """The preview as the strip of the main directory; the sensor's data is a lossless JPEG."""
    file = Tiff("<", head=b"CR\x02\0\0\0\0\0")
    lossless = (
        b"\xff\xd8\xff\xc3\0\x0b\x0e" + struct.pack(">HH", size[1], size[0]) + b"\x01\x01\x11\0"
    )
    raw = {0x0103: (SHORT, 6), 0x0111: (LONG, file.blob(lossless)), 0x0117: (LONG, len(lossless))}
    main = shot_tags(file, size, taken, orientation)
    main |= {0x0103: (SHORT, 6), 0x0111: (LONG, file.blob(data)), 0x0117: (LONG, len(data))}
    return file.done(file.directory(main, file.directory(raw)))


def arw(data: bytes, size: tuple[int, int], taken: str | None, orientation: int) -> bytes:
    """The preview named by the main directory, a thumbnail by the next, the sensor's below."""
    file = Tiff("<")
    small = jpeg(Image.open(io.BytesIO(data)).resize((160, 120)))
    thumb = file.directory({0x0201: (LONG, file.blob(small)), 0x0202: (LONG, len(small))})
    main = shot_tags(file, size, taken, orientation) | {
        0x00FE: (LONG, 1), 0x0201: (LONG, file.blob(data)), 0x0202: (LONG, len(data)),
        0x014A: (LONG, file.directory(sensor(size, file.blob(b"raw" * 6)))),
    }  # fmt: skip
    return file.done(file.directory(main, thumb))


def pef(data: bytes, size: tuple[int, int], taken: str | None, orientation: int) -> bytes:
    """The sensor's data in the main directory, the preview in the last of a chain."""
    file = Tiff(">")
    last = file.directory({0x0201: (LONG, file.blob(data)), 0x0202: (LONG, len(data))})
    main = shot_tags(file, size, taken, orientation) | sensor(size, file.blob(b"raw" * 6))
    return file.done(file.directory(main, file.directory({0x0103: (SHORT, 6)}, last)))


def orf(data: bytes, size: tuple[int, int], taken: str | None, orientation: int) -> bytes:
    """The preview told of by the maker's note, by offsets that count from it."""
    file = Tiff("<", b"IIRO")
    note = b"OLYMPUS\0II\x03\0"
    rows = struct.pack("<H", 1) + struct.pack("<HHII", 0x2020, 13, 1, 12 + 18) + bytes(4)
    below = struct.pack("<H", 2)
    below += struct.pack("<HHII", 0x0101, LONG, 1, 12 + 18 + 30)
    below += struct.pack("<HHII", 0x0102, LONG, 1, len(data)) + bytes(4)
    detail: dict[int, Entry] = {0x927C: (UNDEFINED, note + rows + below + data)}
    detail |= {0xA002: (LONG, size[0]), 0xA003: (LONG, size[1])}
    if taken is not None:
        detail |= {0x9003: (ASCII, taken), 0x9291: (ASCII, "12")}
    main: dict[int, Entry] = {
        0x0110: (ASCII, "Test camera"), 0x0112: (SHORT, orientation),
        0x8769: (LONG, file.directory(detail)),
    }  # fmt: skip
    return file.done(file.directory(main))


def _with_exif(data: bytes, taken: str | None, orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x0110], exif[0x0112] = "Test camera", orientation
    if taken is not None:
        exif.get_ifd(0x8769).update({0x9003: taken, 0x9291: "12"})
    packet = b"Exif\0\0" + exif.tobytes().removeprefix(b"Exif\0\0")
    return data[:2] + b"\xff\xe1" + struct.pack(">H", len(packet) + 2) + packet + data[2:]


def rw2(data: bytes, size: tuple[int, int], taken: str | None, orientation: int) -> bytes:
    """The preview as the value of a tag, with the EXIF of the shot in it."""
    file = Tiff("<", b"IIU\0")
    main: dict[int, Entry] = {
        4: (SHORT, 8), 5: (SHORT, 8), 6: (SHORT, 8 + size[1]), 7: (SHORT, 8 + size[0]),
        0x2E: (UNDEFINED, _with_exif(data, taken, orientation)), 0x0112: (SHORT, orientation),
    }  # fmt: skip
    return file.done(file.directory(main))


def raf(data: bytes, size: tuple[int, int], taken: str | None, orientation: int) -> bytes:
    """A header that points at the preview and at a table of the sensor's."""
    picture = _with_exif(data, taken, orientation)
    table = struct.pack(">I4H", 1, 0x0111, 4, size[1], size[0])
    head = b"FUJIFILMCCD-RAW 0201FF000000TestCamera".ljust(84, b"\0")
    head += struct.pack(">III", 160, len(picture), 160 + len(picture))
    return head.ljust(160, b"\0") + picture + table


def box(kind: bytes, *body: bytes) -> bytes:
    data = b"".join(body)
    return struct.pack(">I", len(data) + 8) + kind + data


def cr3(data: bytes, size: tuple[int, int], taken: str | None, orientation: int) -> bytes:
    """The full JPEG as the sample of a track, a smaller one in a box of Canon's."""
    main, detail = Tiff("<"), Tiff("<")
    one = main.done(main.directory({0x0110: (ASCII, "Test camera"), 0x0112: (SHORT, orientation)}))
    told: dict[int, Entry] = {0xA002: (LONG, size[0]), 0xA003: (LONG, size[1])}
    if taken is not None:
        told |= {0x9003: (ASCII, taken), 0x9291: (ASCII, "12")}
    two = detail.done(detail.directory(told))
    brand = box(b"ftyp", b"crx \0\0\0\1crx isom")
    table = box(
        b"stbl",
        box(b"stsz", struct.pack(">III", 0, len(data), 1)),
        box(b"co64", struct.pack(">IIQ", 0, 1, len(brand) + 8)),
    )
    canon = box(b"uuid", CANON, box(b"CMT1", one), box(b"CMT2", two))
    movie = box(b"moov", canon, box(b"trak", box(b"mdia", box(b"minf", table))))
    picture = Image.open(io.BytesIO(data))
    small = jpeg(picture.resize((picture.width // 3, picture.height // 3)))
    told_size = struct.pack(">IHHHHI", 0, 1, picture.width // 3, picture.height // 3, 1, len(small))
    preview = box(b"uuid", CANON_PREVIEW, bytes(8), box(b"PRVW", told_size, small))
    return brand + box(b"mdat", data) + movie + preview


MAKERS: Mapping[str, Maker] = {
    "cr2": cr2, "cr3": cr3, "nef": nef, "arw": arw, "dng": dng,
    "raf": raf, "orf": orf, "rw2": rw2, "pef": pef, "srw": srw,
}  # fmt: skip
