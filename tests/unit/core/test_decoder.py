"""One file, read once: every outcome is a value."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from pictures import scene
from PIL import Image, ImageCms, TiffImagePlugin
from raw_files import LONG, SHORT, Tiff

from albumdedup.core import decoder
from albumdedup.core.checking import PREVIEW_BYTES, Previews
from albumdedup.core.control import Control
from albumdedup.core.decoder import PREVIEW_EDGE, opening, read_file, read_upright, reading
from albumdedup.core.errors import Cancelled
from albumdedup.core.formats import can_open_jpeg_xl, register
from albumdedup.core.scanner import found_file, scan
from albumdedup.core.types import ContentId, Problem, Reason
from albumdedup.core.verify import COMPARE_EDGE

EDGE = 128
ORIENTATION = 0x0112


def read(path: Path, wanted=lambda content: True):
    return read_file(found_file(str(path)), EDGE, wanted)


def save(image: Image.Image, path: Path, form: str = "JPEG", **options) -> Path:
    register()
    image.save(path, form, **options)
    return path


def distance(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.abs(a.astype(float) - b.astype(float)).mean())


def reason_of(path: Path) -> Reason:
    result = read(path)
    assert result.picture is None
    assert result.problem is not None
    assert result.problem.path == str(path)
    return result.problem.reason


def test_a_photo_gives_content_pixels_and_size(tmp_path):
    path = save(scene(1), tmp_path / "a.jpg", quality=95)
    result = read(path)
    assert result.content == hashlib.sha256(path.read_bytes()).hexdigest()
    assert result.picture.pixels.shape == (EDGE, EDGE, 3)
    assert result.picture.pixels.dtype == np.uint8
    assert (result.picture.width, result.picture.height) == (640, 480)
    assert result.picture.format == "JPEG"
    assert not result.picture.plain
    assert min(result.timing.read, result.timing.hash, result.timing.decode) > 0
    whole = np.asarray(scene(1).resize((EDGE, EDGE), Image.Resampling.BOX))
    assert distance(result.picture.pixels, whole) < 3


def test_a_content_that_is_not_wanted_is_hashed_and_not_decoded(tmp_path, monkeypatch):
    path = save(scene(1), tmp_path / "a.jpg")
    monkeypatch.setattr(decoder, "_picture", lambda *a: pytest.fail("decoded"))
    result = read(path, lambda content: False)
    assert result.content == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (result.picture, result.problem) == (None, None)


@pytest.mark.parametrize(
    ("form", "name"),
    [
        ("JPEG", "JPEG"), ("PNG", "PNG"), ("WEBP", "WEBP"), ("AVIF", "AVIF"), ("HEIF", "HEIF"),
        ("TIFF", "TIFF"), ("BMP", "BMP"), ("JPEG2000", "JPEG2000"),
    ],
)  # fmt: skip
def test_every_format_gives_the_same_picture_whatever_its_suffix(tmp_path, form, name):
    result = read(save(scene(2), tmp_path / "photo.jpg", form))
    assert result.picture.format == name
    assert (
        distance(
            result.picture.pixels, read(save(scene(2), tmp_path / "b.png", "PNG")).picture.pixels
        )
        < 4
    )


UNDO = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_270,
}  # fmt: skip


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF", "JXL", "float"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_is_applied_once_in_every_container(tmp_path, form, orientation):
    if form == "JXL" and not can_open_jpeg_xl():
        pytest.skip("needs the extra jxl")
    upright = scene(3, (320, 200))
    stored = upright.transpose(UNDO[orientation]) if orientation in UNDO else upright
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    path = tmp_path / "a"
    if form == "float":
        path.write_bytes(float_tiff(stored, orientation))
    elif form == "JXL":
        # Its decoder turns by a field of its own, which no encoder here writes: EXIF is passed by.
        save(upright, path, form, quality=95, exif=exif.tobytes())
    else:
        stored.info["exif"] = exif.tobytes()  # HEIF and AVIF make properties of the item of it
        options = {"lossless": True} if form == "WEBP" else {"quality": 95}
        save(stored, path, form, exif=exif.tobytes(), **options)
    assert (
        form != "HEIF"
        or orientation == 1
        or b"irot" in path.read_bytes()
        or b"imir" in path.read_bytes()
    )
    straight = save(upright, tmp_path / "b.png", "PNG")
    result = read(path)
    assert (result.picture.width, result.picture.height) == (320, 200)
    assert distance(result.picture.pixels, read(straight).picture.pixels) < 3
    larger = read_upright(str(path), 160)
    assert larger.shape == (100, 160, 3)
    assert distance(larger, read_upright(str(straight), 160)) < 4


def float_tiff(image: Image.Image, orientation: int, top: float = 1.0) -> bytes:
    """Colour in floating point, which Pillow passes by."""
    file, values = Tiff("<"), np.asarray(image, np.float32) / 255 * top
    data = values.astype("<f4").tobytes()
    return file.done(
        file.directory(
            {
                0x0100: (LONG, image.width), 0x0101: (LONG, image.height),
                0x0102: (SHORT, (32, 32, 32)), 0x0103: (SHORT, 1), 0x0106: (SHORT, 2),
                0x0111: (LONG, file.blob(data)), 0x0112: (SHORT, orientation),
                0x0115: (SHORT, 3), 0x0116: (LONG, image.height), 0x0117: (LONG, len(data)),
                0x0153: (SHORT, (3, 3, 3)),
            }
        )
    )  # fmt: skip


def profile_of(red: str, green: str, blue: str) -> bytes:
    """A matrix profile with the gamma of 2.2 whose primaries are those of sRGB, as named."""
    primaries = {
        "red": (0.4361, 0.2225, 0.0139), "green": (0.3851, 0.7169, 0.0971),
        "blue": (0.1431, 0.0606, 0.7139), "white": (0.9642, 1.0, 0.8249),
    }  # fmt: skip

    def xyz(name: str) -> bytes:
        values = (struct.pack(">i", round(v * 65536)) for v in primaries[name])
        return b"XYZ \0\0\0\0" + b"".join(values)

    curve = b"curv" + struct.pack(">IIH", 0, 1, round(2.2 * 256)) + b"\0\0"
    text = b"text\0\0\0\0none\0\0\0\0"
    name = b"desc" + struct.pack(">II", 0, 5) + b"test\0" + b"\0" * 79
    tags = {
        b"rXYZ": xyz(red), b"gXYZ": xyz(green), b"bXYZ": xyz(blue), b"wtpt": xyz("white"),
        b"rTRC": curve, b"gTRC": curve, b"bTRC": curve, b"cprt": text, b"desc": name,
    }  # fmt: skip
    table, body = struct.pack(">I", len(tags)), b""
    for tag, data in tags.items():
        table += tag + struct.pack(">II", 132 + 12 * len(tags) + len(body), len(data))
        body += data + b"\0" * (-len(data) % 4)
    size = 132 + 12 * len(tags) + len(body) - 4
    head = struct.pack(">I4sI4s4s4s", size + 4, b"none", 0x02400000, b"mntr", b"RGB ", b"XYZ ")
    head += struct.pack(">6H4s", 2020, 1, 1, 0, 0, 0, b"acsp") + b"\0" * 28
    head += b"".join(struct.pack(">i", round(v * 65536)) for v in primaries["white"])
    return head.ljust(128, b"\0") + table + body


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_a_colour_profile_is_applied(tmp_path, form):
    red = Image.new("RGB", (200, 200), (220, 10, 10))
    plain = read(save(red, tmp_path / "a", form)).picture.pixels[64, 64]
    usual = profile_of("red", "green", "blue")
    kept = read(save(red, tmp_path / "b", form, icc_profile=usual)).picture.pixels[64, 64]
    assert np.abs(plain.astype(int) - kept.astype(int)).max() <= 8
    swapped = profile_of("blue", "green", "red")
    seen = read(save(red, tmp_path / "c", form, icc_profile=swapped)).picture.pixels[64, 64]
    assert seen[2] > 180
    assert seen[0] < 60


def test_a_damaged_profile_does_not_cost_the_photo(tmp_path):
    path = save(scene(5), tmp_path / "a.jpg", icc_profile=b"this is no profile" * 20)
    assert read(path).picture is not None


@pytest.mark.parametrize("mode", ["L", "LA", "RGBA", "P", "1", "CMYK", "I;16"])
def test_every_mode_becomes_rgb(tmp_path, mode):
    if mode == "I;16":
        image = Image.fromarray(np.asarray(scene(6).convert("L")).astype(np.uint16) * 257)
    else:
        image = scene(6).convert(mode)
    form = "TIFF" if mode == "CMYK" else "PNG"
    result = read(save(image, tmp_path / "a", form))
    assert result.problem is None
    grey = np.asarray(scene(6).convert("L").resize((EDGE, EDGE), Image.Resampling.BOX))
    luma = np.asarray(Image.fromarray(result.picture.pixels).convert("L"))
    assert distance(luma, grey) < 25


def test_transparent_parts_are_mid_grey(tmp_path):
    """Over white, two white drawings would be one blank picture."""
    picture = Image.new("RGBA", (100, 100), (255, 255, 255, 0))
    picture.paste((255, 255, 255, 255), (20, 20, 60, 60))
    for form in ("PNG", "WEBP", "TIFF"):
        pixels = read(save(picture, tmp_path / form, form)).picture.pixels
        assert np.abs(pixels[:8, :8].astype(int) - 128).max() <= 1
        assert pixels[50, 50].min() >= 254


def test_alpha_that_leaves_nothing_to_see_is_passed_over(tmp_path):
    picture = scene(6)
    picture.putalpha(0)
    path = save(picture, tmp_path / "a.png", "PNG")
    plain = save(scene(6), tmp_path / "b.png", "PNG")
    assert distance(read(path).picture.pixels, read(plain).picture.pixels) == 0


@pytest.mark.parametrize("bits", [12, 16])
def test_deep_greys_are_scaled_by_their_bits_and_not_black(tmp_path, bits):
    grey = np.asarray(scene(6).convert("L"), np.uint16)
    values = (grey.astype(np.uint32) * ((1 << bits) - 1) // 255).astype(np.uint16)
    if bits == 12:
        pairs = values.reshape(-1, 2)
        packed = np.stack(
            [pairs[:, 0] >> 4, (pairs[:, 0] & 15) << 4 | pairs[:, 1] >> 8, pairs[:, 1] & 255], 1
        )
        data = packed.astype(np.uint8).tobytes()
    else:
        data = values.astype("<u2").tobytes()
    file = Tiff("<")
    tags = {
        0x0100: (LONG, 640), 0x0101: (LONG, 480), 0x0102: (SHORT, bits), 0x0103: (SHORT, 1),
        0x0106: (SHORT, 1), 0x0111: (LONG, file.blob(data)), 0x0115: (SHORT, 1),
        0x0116: (LONG, 480), 0x0117: (LONG, len(data)),
    }  # fmt: skip
    (tmp_path / "a.tif").write_bytes(file.done(file.directory(tags)))
    expected = save(Image.fromarray(grey.astype(np.uint8)), tmp_path / "b.png", "PNG")
    found, wanted = read(tmp_path / "a.tif").picture, read(expected).picture
    assert distance(found.pixels, wanted.pixels) < 1.5


@pytest.mark.parametrize("top", [1.0, 255.0, 65535.0])
def test_floating_point_colour_is_seen_in_its_own_range(tmp_path, top):
    (tmp_path / "a.tif").write_bytes(float_tiff(scene(6), 1, top))
    expected = read(save(scene(6), tmp_path / "b.png", "PNG")).picture.pixels
    assert distance(read(tmp_path / "a.tif").picture.pixels, expected) < 1.5


def test_hdr_is_shown_as_a_usual_screen_would(tmp_path):
    """PQ codes for light up to 203 nits come out as the sRGB picture that they were made of."""
    srgb = np.asarray(scene(6), np.float64) / 255
    light = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    power = (light * 0.7 * 203 / 10_000) ** 0.1593017578125
    code = ((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power)) ** 78.84375
    plain = save(Image.fromarray(np.round(code * 255).astype(np.uint8)), tmp_path / "p.png", "PNG")
    data = plain.read_bytes()
    told = b"cICP" + bytes((1, 16, 0, 1))
    chunk = struct.pack(">I", 4) + told + struct.pack(">I", zlib.crc32(told))
    (tmp_path / "hdr.png").write_bytes(data[:33] + chunk + data[33:])
    dim = np.where(light * 0.7 <= 0.0031308, 12.92 * light * 0.7,
                   1.055 * (light * 0.7) ** (1 / 2.4) - 0.055)  # fmt: skip
    wanted = save(Image.fromarray((dim * 255).astype(np.uint8)), tmp_path / "w.png", "PNG")
    shown, expected = (read(p).picture.pixels for p in (tmp_path / "hdr.png", wanted))
    assert distance(shown, expected) < 4
    assert distance(read(plain).picture.pixels, expected) > 15


def test_jpeg_of_twelve_bits_is_refused_in_words(tmp_path):
    data = save(scene(1), tmp_path / "a.jpg").read_bytes()
    at = data.index(b"\xff\xc0") + 4
    (tmp_path / "b.jpg").write_bytes(data[:at] + b"\x0c" + data[at + 1 :])
    problem = read(tmp_path / "b.jpg").problem
    assert (problem.reason, problem.detail) == (Reason.UNSUPPORTED, "JPEG, 12 bits")


def test_jpeg_xl_without_its_decoder_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(opening, "can_open_jpeg_xl", lambda: False)
    (tmp_path / "a.jxl").write_bytes(b"\xff\x0a" + bytes(20))
    assert reason_of(tmp_path / "a.jxl") is Reason.NO_JPEG_XL


def test_jpeg_xl_that_claims_too_many_pixels_is_not_decoded(tmp_path, monkeypatch):
    monkeypatch.setattr(opening, "can_open_jpeg_xl", lambda: True)
    size = (59_999 << 3 | 2 << 1) | (59_999 << 26 | 2 << 24)  # no ratio between
    (tmp_path / "a.jxl").write_bytes(b"\xff\x0a" + size.to_bytes(8, "little") + bytes(20))
    assert reason_of(tmp_path / "a.jxl") is Reason.TOO_MANY_PIXELS


@pytest.mark.parametrize("mode", ["I;16", "L", "P", "RGB"])
def test_a_transparent_colour_does_not_hinder(tmp_path, mode):
    image = Image.new("L", (200, 150), 90) if mode == "I;16" else scene(6).convert(mode)
    if mode == "I;16":
        image = Image.fromarray(np.full((150, 200), 23_000, np.uint16))
    key = (1, 2, 3) if mode == "RGB" else 0
    assert read(save(image, tmp_path / "a.png", "PNG", transparency=key)).problem is None


@pytest.mark.parametrize("top", [1.0, 255.0, 65535.0])
def test_floating_point_greys_are_seen_in_their_own_range(tmp_path, top):
    grey = np.asarray(scene(6).convert("L"), np.float32)
    values = grey / 255 * top
    values[0, 0] = np.nan
    values[0, 1] = top
    result = read(save(Image.fromarray(values), tmp_path / "a.tif", "TIFF"))
    expected = np.asarray(Image.fromarray(grey.astype(np.uint8)).resize((EDGE, EDGE), Image.BOX))
    assert distance(result.picture.pixels[:, :, 0], expected) < 4


def test_lab_is_shown_in_its_colours(tmp_path):
    scene(6).save(tmp_path / "rgb.png")
    lab = ImageCms.applyTransform(
        scene(6),
        ImageCms.buildTransform(
            ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB"
        ),
    )
    seen = read(save(lab, tmp_path / "lab.tif", "TIFF")).picture.pixels
    assert distance(seen, read(tmp_path / "rgb.png").picture.pixels) < 4


def test_orientation_that_stands_after_the_pixels_of_a_png_is_applied(tmp_path):
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    path = save(scene(3, (320, 200)), tmp_path / "a.png", "PNG", exif=exif)
    data = path.read_bytes()
    at = data.index(b"eXIf") - 4
    end = at + 12 + int.from_bytes(data[at : at + 4], "big")
    last = data.index(b"IEND") - 4
    path.write_bytes(data[:at] + data[end:last] + data[at:end] + data[last:])
    assert (read(path).picture.width, read(path).picture.height) == (200, 320)
    assert read_upright(str(path), 160).shape == (160, 100, 3)


def test_the_first_frame_of_an_animation_counts(tmp_path):
    frames = [scene(n, (120, 90)) for n in (7, 8)]
    path = tmp_path / "a.webp"
    frames[0].save(path, "WEBP", save_all=True, append_images=frames[1:], lossless=True)
    still = save(frames[0], tmp_path / "b.png", "PNG")
    assert distance(read(path).picture.pixels, read(still).picture.pixels) < 1


# --- bad input ------------------------------------------------------------------------------


def test_an_empty_file(tmp_path):
    (tmp_path / "a.jpg").touch()
    assert reason_of(tmp_path / "a.jpg") is Reason.EMPTY


def test_a_text_named_jpg(tmp_path):
    (tmp_path / "a.jpg").write_text("Dear diary, today I took a photo.")
    assert reason_of(tmp_path / "a.jpg") is Reason.NOT_A_PICTURE


@pytest.mark.parametrize("share", [0.1, 0.5, 0.95])
def test_a_truncated_jpeg_is_no_half_grey_photo(tmp_path, share):
    whole = save(scene(9, (1600, 1200)), tmp_path / "a.jpg").read_bytes()
    (tmp_path / "b.jpg").write_bytes(whole[: int(len(whole) * share)])
    assert reason_of(tmp_path / "b.jpg") is Reason.TRUNCATED


def test_a_damaged_png(tmp_path):
    data = bytearray(save(scene(9), tmp_path / "a.png", "PNG").read_bytes())
    data[200:260] = b"\0" * 60
    (tmp_path / "b.png").write_bytes(data)
    assert reason_of(tmp_path / "b.png") in (Reason.DAMAGED, Reason.TRUNCATED)


def test_a_picture_that_claims_too_many_pixels(tmp_path):
    def chunk(kind, body):
        check = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + check

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 99))
    (tmp_path / "a.png").write_bytes(bomb + chunk(b"IEND", b""))
    assert reason_of(tmp_path / "a.png") is Reason.TOO_MANY_PIXELS
    assert isinstance(read_upright(str(tmp_path / "a.png"), 100), Problem)


def test_camera_raw_without_a_preview_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(opening, "can_develop", lambda: False)
    save(scene(9), tmp_path / "a.nef", "TIFF")
    assert reason_of(tmp_path / "a.nef") is Reason.NO_PREVIEW


@pytest.mark.parametrize("marks", [{50706: b"\1\4\0\0"}, {254: 1, 330: 8}])
def test_camera_raw_named_tif_is_not_taken_for_its_thumbnail(tmp_path, monkeypatch, marks):
    monkeypatch.setattr(opening, "can_develop", lambda: False)
    plain = save(scene(9, (160, 120)), tmp_path / "a.tif", "TIFF")
    assert read(plain).problem is None
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    for tag, value in marks.items():
        tags[tag] = value
        tags.tagtype[tag] = 1 if isinstance(value, bytes) else 4
    path = save(scene(9, (160, 120)), tmp_path / "b.tif", "TIFF", tiffinfo=tags)
    assert reason_of(path) is Reason.NO_PREVIEW


def test_a_heif_coding_that_the_decoder_lacks_is_unsupported_and_not_damaged(tmp_path):
    data = save(scene(9), tmp_path / "a.heic", "HEIF").read_bytes()
    (tmp_path / "b.heic").write_bytes(data.replace(b"hvc1", b"vvc1"))
    assert reason_of(tmp_path / "b.heic") is Reason.UNSUPPORTED
    (tmp_path / "c.heic").write_bytes(data[: len(data) // 2])
    assert reason_of(tmp_path / "c.heic") is Reason.TRUNCATED


def test_what_a_decoder_raises_is_a_value(tmp_path, monkeypatch):
    path = save(scene(1), tmp_path / "a.jpg")

    class Strange(Exception):
        pass

    def fail(*args):
        raise Strange("no such thing")

    monkeypatch.setattr(decoder, "decode_small", fail)
    assert read(path).problem == Problem(str(path), Reason.DAMAGED, "no such thing")


def test_cancel_passes_through(tmp_path, monkeypatch):
    path = save(scene(1), tmp_path / "a.jpg")

    def stop(*args):
        raise Cancelled

    monkeypatch.setattr(decoder, "decode_small", stop)
    with pytest.raises(Cancelled):
        read(path)


def test_giants_that_decode_only_whole_go_one_at_a_time(tmp_path, monkeypatch):
    monkeypatch.setattr(opening, "GIANT_PIXELS", 1000)
    alone = []
    real = decoder.decode_small

    def watched(opened, size):
        alone.append(opening._alone.locked())
        return real(opened, size)

    monkeypatch.setattr(decoder, "decode_small", watched)
    assert read(save(scene(1), tmp_path / "a.png", "PNG")).problem is None
    assert read(save(scene(1), tmp_path / "b.jpg")).problem is None
    assert read(save(scene(1), tmp_path / "c.jpg", progressive=True)).problem is None
    assert alone == [True, False, True]
    assert not opening._alone.locked()


def test_a_file_that_vanished(tmp_path):
    found = found_file(str(save(scene(1), tmp_path / "a.jpg")))
    os.unlink(found.path)
    assert read_file(found, EDGE, lambda c: True).problem.reason is Reason.VANISHED


def test_a_file_that_changed_since_the_walk(tmp_path):
    path = save(scene(1), tmp_path / "a.jpg")
    found = found_file(str(path))
    with open(path, "ab") as file:
        file.write(b"more")
    assert read_file(found, EDGE, lambda c: True).problem.reason is Reason.CHANGED


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (PermissionError(errno.EACCES, "no"), Reason.NO_RIGHTS),
        (OSError(errno.EIO, "Input/output error"), Reason.READ_ERROR),
    ],
)
def test_a_file_that_cannot_be_read(tmp_path, monkeypatch, error, reason):
    path = save(scene(1), tmp_path / "a.jpg")

    def refuse(*args, **kwargs):
        raise error

    found = found_file(str(path))
    monkeypatch.setattr(os, "open", refuse)
    result = read_file(found, EDGE, lambda c: True)
    assert (result.content, result.picture, result.problem.reason) == (None, None, reason)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything; see the test above")
def test_a_file_without_rights(tmp_path):
    path = save(scene(1), tmp_path / "a.jpg")
    path.chmod(0)
    assert reason_of(path) is Reason.NO_RIGHTS
    assert read_upright(str(path), 100).reason is Reason.NO_RIGHTS


def test_a_file_that_changes_while_it_is_read(tmp_path, monkeypatch):
    path = save(scene(1), tmp_path / "a.jpg")
    found = found_file(str(path))
    real = os.fstat
    asked = []

    def fstat(number):
        status = real(number)
        if len(asked) == 2:  # opened, judged, and read: now somebody writes
            return real(number)
        asked.append(number)
        if len(asked) == 2:
            with open(path, "r+b") as file:
                file.write(b"x")
            os.utime(path, ns=(1, found.stamp.mtime_ns + 1))
        return status

    monkeypatch.setattr(os, "fstat", fstat)
    result = read_file(found, EDGE, lambda c: True)
    assert (result.content, result.problem.reason) == (None, Reason.CHANGED)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_in_the_place_of_a_photo_is_not_waited_for(tmp_path):
    path = save(scene(1), tmp_path / "a.jpg")
    found = found_file(str(path))
    path.unlink()
    os.mkfifo(path)
    assert read_file(found, EDGE, lambda c: True).problem.reason is Reason.CHANGED
    assert read_upright(str(path), 100).reason is Reason.CHANGED


def test_a_giant_is_hashed_and_not_decoded(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "MAX_BYTES", 1000)
    path = save(scene(1), tmp_path / "a.jpg")
    result = read(path)
    assert result.content == hashlib.sha256(path.read_bytes()).hexdigest()
    assert result.problem.reason is Reason.TOO_LARGE


def test_no_memory_is_a_listed_value(tmp_path, monkeypatch):
    def exhausted(*args):
        raise MemoryError

    monkeypatch.setattr(decoder, "_picture", exhausted)
    assert reason_of(save(scene(1), tmp_path / "a.jpg")) is Reason.TOO_MUCH_MEMORY


@pytest.mark.parametrize(
    ("image", "plain"),
    [
        (Image.new("RGB", (400, 300), "black"), True),
        (Image.new("RGB", (400, 300), "white"), True),
        (scene(1, (63, 200)), True),
        (scene(1, (1300, 100)), True),
        (scene(1, (400, 300)), False),
    ],
)
def test_plain_pictures_are_marked(tmp_path, image, plain):
    assert read(save(image, tmp_path / "a.png", "PNG")).picture.plain is plain


# --- previews -------------------------------------------------------------------------------


def test_what_decodes_only_whole_keeps_the_picture_that_a_second_decode_would_give(tmp_path):
    assert PREVIEW_EDGE == COMPARE_EDGE
    big = scene(10, (1800, 1200))
    heic = save(big, tmp_path / "a.heic", "HEIF")
    kept = read(heic).picture.preview
    assert kept.shape == (533, 800, 3)
    assert np.array_equal(kept, read_upright(str(heic), PREVIEW_EDGE))
    assert read(save(big, tmp_path / "a.jpg")).picture.preview is None


def test_previews_make_room():
    picture = np.zeros((100, 100, 3), np.uint8)
    previews = Previews(limit=3 * picture.nbytes)
    for number in range(5):
        previews.keep(ContentId(str(number)), picture)
    assert [previews.get(ContentId(str(n))) is not None for n in range(5)] == [
        False, False, True, True, True,
    ]  # fmt: skip
    assert PREVIEW_BYTES >= 100 * 800 * 800 * 3


# --- the zoo --------------------------------------------------------------------------------


def pillow_can_read(path: str) -> bool:
    """Whether Pillow, asked without any of our care, decodes a file of bearable size."""
    try:
        with Image.open(io.BytesIO(Path(path).read_bytes())) as image:
            image.load()
            return image.width * image.height <= decoder.MAX_PIXELS
    except Exception:
        return False


@pytest.mark.photos
def test_odd_rare_and_hostile_files_give_values_and_nothing_decodable_is_refused(shared_data):
    register()
    refused = []
    count = 0
    for found in scan([str(shared_data / "formats")], Control()):
        result = read_file(found, EDGE, lambda content: True)
        count += 1
        assert (result.picture is None) != (result.problem is None), found.path
        if result.problem is None or result.problem.reason in (Reason.UNSUPPORTED, Reason.EMPTY):
            continue
        if pillow_can_read(found.path):
            refused.append(found.path)
    assert count > 900
    assert refused == []
