"""One picture in every format that can be written here: every two of them meet as Same photo,
through the real program. And camera RAW, which never goes for a picture made of it."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import cv2
import numpy as np
import pytest
from commands import Program
from pictures import scene
from PIL import Image
from raw_files import MAKERS, dng, jpeg

from albumdedup.core.decoder.raw import LEAST_EDGE
from albumdedup.core.formats import can_open_jpeg_xl, register
from albumdedup.core.paths import AppPaths
from albumdedup.core.types import Tier
from albumdedup.store.catalog import open_catalog

SIZE = (640, 480)
TAKEN = "2021:06:05 14:13:12"


def colours(folder: Path, picture: Image.Image) -> None:
    """Every container and every way of storing colour in it."""
    sixteen = np.asarray(picture).astype(np.uint16)[:, :, ::-1] * 257
    light = np.asarray(picture, np.float32)[:, :, ::-1] / 255
    alpha = picture.convert("RGBA")
    save = {
        "q95.jpg": {"quality": 95}, "progressive.jpg": {"quality": 90, "progressive": True},
        "q80.jpg": {"quality": 80}, "8.png": {}, "lossy.webp": {"quality": 92},
        "lossless.webp": {"lossless": True}, "a.avif": {"quality": 80},
        "a.heic": {"quality": 85}, "8.tif": {}, "lzw.tif": {"compression": "tiff_lzw"},
        "jpeg.tif": {"compression": "jpeg", "quality": 92}, "big.tif": {"big_tiff": True},
        "a.bmp": {}, "lossy.jp2": {"quality_mode": "dB", "quality_layers": [45]},
        "lossless.jp2": {},
    }  # fmt: skip
    if can_open_jpeg_xl():
        save["a.jxl"] = {"quality": 90}
    for name, options in save.items():
        picture.save(folder / name, **options)
    for name in ("alpha.png", "alpha.webp", "alpha.avif", "alpha.tif"):
        alpha.save(folder / name, quality=92)
    picture.convert("CMYK").save(folder / "cmyk.jpg", quality=95)
    picture.convert("CMYK").save(folder / "cmyk.tif")
    (folder / "interlaced.png").write_bytes(interlaced(picture))
    (folder / "tiled.tif").write_bytes(tiled(picture))
    cv2.imwrite(str(folder / "16.png"), sixteen)
    cv2.imwrite(str(folder / "16.tif"), sixteen)
    cv2.imwrite(str(folder / "float.tif"), light)
    for maker in ("nef", "cr3"):
        (folder / f"a.{maker}").write_bytes(
            MAKERS[maker](jpeg(large(picture)), (1280, 960), None, 1)
        )


def large(picture: Image.Image) -> Image.Image:
    return picture.resize((960, 720), Image.Resampling.LANCZOS)


def greys(folder: Path, picture: Image.Image) -> None:
    grey = picture.convert("L")
    values = np.asarray(grey)
    for name in ("grey.jpg", "grey.png", "grey.jp2", "grey.tif", "grey.webp", "grey.gif"):
        grey.save(folder / name, quality=95)
    grey.convert("LA").save(folder / "alpha.png")
    Image.fromarray(values.astype(np.uint16) * 257).save(folder / "16.png")
    Image.fromarray(values.astype(np.uint16) * 257).save(folder / "16.tif")
    Image.fromarray(values.astype(np.float32) / 255).save(folder / "float.tif")
    Image.fromarray(values.astype(np.int32) * 257).save(folder / "32.tif")


def palettes(folder: Path, picture: Image.Image) -> None:
    """A picture of 256 colours, which every format can hold. One of more, reduced to so many, is
    another picture where it was not dithered well: see docs/formats.md."""
    few = picture.quantize(256)
    for name in ("palette.png", "palette.gif", "palette.tif", "palette.bmp"):
        few.save(folder / name)
    few.save(folder / "interlaced.gif", interlace=True)
    whole = few.convert("RGB")
    for name, options in {
        "a.png": {}, "a.bmp": {}, "a.tif": {}, "a.webp": {"lossless": True},
        "a.jpg": {"quality": 95}, "a.jp2": {},
    }.items():  # fmt: skip
        whole.save(folder / name, **options)


def interlaced(picture: Image.Image) -> bytes:
    """Adam7, which nothing here can write: seven pictures of every so-manieth pixel."""
    import struct
    import zlib

    pixels = np.asarray(picture)
    body = b""
    for x, y, across, down in (
        (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
        (0, 1, 1, 2),
    ):  # fmt: skip
        body += b"".join(b"\0" + row.tobytes() for row in pixels[y::down, x::across])

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    head = struct.pack(">IIBBBBB", *picture.size, 8, 2, 0, 0, 1)
    data = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(body)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + data


def tiled(picture: Image.Image, edge: int = 160) -> bytes:
    from raw_files import LONG, SHORT, Tiff

    file, pixels = Tiff("<"), np.asarray(picture)
    places = tuple(
        file.blob(pixels[y : y + edge, x : x + edge].tobytes())
        for y in range(0, picture.height, edge)
        for x in range(0, picture.width, edge)
    )
    return file.done(
        file.directory(
            {
                0x0100: (LONG, picture.width), 0x0101: (LONG, picture.height),
                0x0102: (SHORT, (8, 8, 8)), 0x0103: (SHORT, 1), 0x0106: (SHORT, 2),
                0x0115: (SHORT, 3), 0x0142: (LONG, edge), 0x0143: (LONG, edge),
                0x0144: (LONG, places), 0x0145: (LONG, (edge * edge * 3,) * len(places)),
            }
        )
    )  # fmt: skip


@pytest.mark.parametrize("make", [colours, greys, palettes])
def test_every_two_formats_of_one_picture_meet(program: Program, tmp_path: Path, make) -> None:
    register()
    album = tmp_path / "album"
    album.mkdir()
    whole = scene(41, (1280, 960))  # made smaller, so that its grain is a photo's
    make(album, whole.resize(SIZE, Image.Resampling.LANCZOS))
    program.ok("scan", album)
    report = program.report()
    assert report["unreadable"] == []
    catalog, _mended = open_catalog(AppPaths(program.library).catalog)
    with closing(catalog):
        names = {photo.content: Path(photo.path).name for photo in catalog.photos()}
        tiers = {frozenset((m.a, m.b)): m for m in catalog.matches()}
    contents = sorted(names, key=names.__getitem__)
    apart = []
    for number, one in enumerate(contents):
        for two in contents[number + 1 :]:
            match = tiers.get(frozenset((one, two)))
            if match is None or match.tier is not Tier.SAME:
                note = "no pair" if match is None else f"{match.tier} {match.evidence}"
                apart.append(f"{names[one]} and {names[two]}: {note}")
    assert apart == [], "\n".join(apart)


def test_a_raw_never_goes_for_a_picture_made_of_it(program: Program, tmp_path: Path) -> None:
    """A RAW with its JPEG is one photo; alone it is one of its own. It goes for its own bytes
    only: neither for a JPEG, nor for another RAW that shows the same picture."""
    shot = scene(7, (960, 640))
    exif = Image.Exif()
    exif[0x0110] = "Test camera"
    exif.get_ifd(0x8769)[0x9003] = TAKEN
    developed, raw = jpeg(shot, 95, exif=exif), MAKERS["nef"](jpeg(shot), (960, 640), TAKEN, 1)
    files = {
        "pair/A.jpg": developed, "pair/A.nef": raw, "jpeg/A.jpg": developed,
        "raw/A.nef": raw, "again/A.nef": raw, "other/A.dng": dng(jpeg(shot), (960, 640), TAKEN, 1),
    }  # fmt: skip
    album = tmp_path / "album"
    for name, data in files.items():
        (album / name).parent.mkdir(parents=True, exist_ok=True)
        (album / name).write_bytes(data)
    program.ok("scan", album)
    for rule in ("best", "newest", "smallest", "largest"):
        report = program.report("--keep", rule)
        assert report["unreadable"] == []
        members = {
            Path(one["path"]).relative_to(album).as_posix(): one
            for group in report["groups"]
            for one in group["members"]
        }
        assert "pair/A.nef" not in members  # a part of its JPEG's photo
        going = {name for name, one in members.items() if one["role"] == "remove"}
        assert going <= {"jpeg/A.jpg", "pair/A.jpg", "raw/A.nef", "again/A.nef"}
        assert not {"raw/A.nef", "again/A.nef"} <= going
        assert not {"jpeg/A.jpg", "pair/A.jpg"} <= going
        assert members["other/A.dng"]["role"] in ("keep", "review")
    before = {path: path.read_bytes() for path in album.rglob("*.*")}
    program.ok("clean", "--keep", "best", "--apply", "--to", tmp_path / "out")
    left = {path.read_bytes() for path in album.rglob("*.*")}
    assert set(before.values()) == left  # every content is still there


def test_frames_of_a_burst_as_raw_are_never_the_same(
    program: Program, tmp_path: Path, shared_data: Path
) -> None:
    """Without a date to tell them apart: what the previews show has to."""
    scenes = sorted(path for path in (shared_data / "sequences").iterdir() if path.is_dir())
    for folder in scenes:
        for number, path in enumerate(sorted(folder.iterdir())[:2]):
            with Image.open(path) as opened:
                frame = opened.convert("RGB")
            frame.thumbnail((1200, 1200))
            if max(frame.size) < LEAST_EDGE:
                continue
            made = tmp_path / "album" / folder.name / f"{number}.nef"
            made.parent.mkdir(parents=True, exist_ok=True)
            made.write_bytes(MAKERS["nef"](jpeg(frame), frame.size, None, 1))
    program.ok("scan", tmp_path / "album")
    report = program.report()
    assert report["summary"]["photos"] >= 10, "too few photos that are large enough"
    tiers = {one["tier"] for group in report["groups"] for one in group["members"][1:]}
    assert tiers <= {"similar", "edited"}
