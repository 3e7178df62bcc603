"""Camera RAW is shown by the picture in it: the right one, turned once, dated by its container."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from pictures import scene
from PIL import Image
from raw_files import LONG, MAKERS, SHORT, Tiff, dng, jpeg, nef, shot_tags

from albumdedup.core.decoder import opening, read_file, read_upright
from albumdedup.core.decoder.raw import find_preview
from albumdedup.core.scanner import found_file
from albumdedup.core.types import Problem, Reason

EDGE = 128
FULL = (2400, 1600)
SHOWN = (1200, 800)
TAKEN = "2021:06:05 14:13:12"
UNDO = {
    1: None, 2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_270,
}  # fmt: skip


@pytest.fixture(scope="module")
def upright() -> Image.Image:
    return scene(31, SHOWN)


@pytest.fixture(autouse=True)
def nothing_develops(monkeypatch):
    """What these tests see comes from previews, whether or not LibRaw is installed."""
    monkeypatch.setattr(opening, "can_develop", lambda: False)


def read(path: Path):
    return read_file(found_file(str(path)), EDGE, lambda content: True)


def distance(a, b) -> float:
    return float(np.abs(np.asarray(a, float) - np.asarray(b, float)).mean())


@pytest.mark.parametrize("maker", sorted(MAKERS))
@pytest.mark.parametrize("orientation", [1, 6])
def test_the_picture_in_it_is_shown_upright_once(tmp_path, upright, maker, orientation):
    turn = UNDO[orientation]
    stored = upright if turn is None else upright.transpose(turn)
    size = FULL if turn is None else FULL[::-1]
    path = tmp_path / f"a.{maker}"
    path.write_bytes(MAKERS[maker](jpeg(stored), size, TAKEN, orientation))
    result = read(path)
    assert result.problem is None
    assert result.picture.format == "RAW"
    assert (result.picture.width, result.picture.height) == FULL
    assert result.picture.metadata.original == TAKEN
    assert result.picture.metadata.original_subsec == "12"
    assert result.picture.metadata.camera.endswith("Test camera")
    shown = read_upright(str(path), 600)
    assert shown.shape == (400, 600, 3)
    assert distance(shown, upright.resize((600, 400), Image.Resampling.BOX)) < 3


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation(tmp_path, upright, orientation):
    turn = UNDO[orientation]
    stored = upright if turn is None else upright.transpose(turn)
    size = FULL if orientation < 5 else FULL[::-1]
    (tmp_path / "a.dng").write_bytes(dng(jpeg(stored), size, TAKEN, orientation))
    shown = read_upright(str(tmp_path / "a.dng"), 600)
    assert distance(shown, upright.resize((600, 400), Image.Resampling.BOX)) < 3


def test_the_previews_own_orientation_does_not_turn_it_again(tmp_path, upright):
    exif = Image.Exif()
    exif[0x0112] = 6
    stored = upright.transpose(UNDO[6])
    (tmp_path / "a.nef").write_bytes(nef(jpeg(stored, exif=exif), FULL[::-1], TAKEN, 6))
    assert read_upright(str(tmp_path / "a.nef"), 600).shape == (400, 600, 3)


def test_a_preview_that_the_camera_turned_already_stays(tmp_path, upright):
    portrait = upright.transpose(Image.Transpose.ROTATE_90)
    (tmp_path / "a.nef").write_bytes(nef(jpeg(portrait), FULL, TAKEN, 6))
    picture = read(tmp_path / "a.nef").picture
    assert (picture.width, picture.height) == FULL[::-1]
    shown = read_upright(str(tmp_path / "a.nef"), 600)
    assert distance(shown, portrait.resize((400, 600), Image.Resampling.BOX)) < 3


def test_a_preview_with_bars_is_not_the_photo(tmp_path, upright):
    barred = Image.new("RGB", (1200, 900))
    barred.paste(upright, (0, 50))
    (tmp_path / "a.nef").write_bytes(nef(jpeg(barred), FULL, TAKEN, 1))
    assert read(tmp_path / "a.nef").problem.reason is Reason.NO_PREVIEW


def test_a_thumbnail_is_too_little_to_judge_by(tmp_path, upright):
    (tmp_path / "a.nef").write_bytes(nef(jpeg(upright.resize((570, 380))), FULL, TAKEN, 1))
    assert read(tmp_path / "a.nef").problem.reason is Reason.NO_PREVIEW
    assert isinstance(read_upright(str(tmp_path / "a.nef"), 600), Problem)


def test_the_largest_preview_is_taken(upright):
    data = MAKERS["cr3"](jpeg(upright.resize((2400, 1600))), FULL, TAKEN, 1)
    assert find_preview(data).size == FULL
    with Image.open(__import__("io").BytesIO(find_preview(data).data)) as image:
        assert image.size == FULL


def test_masks_of_a_phone_are_not_the_photo(tmp_path, upright):
    """They are JPEG too, of the photo's shape, and their interpretation says what they are."""
    file = Tiff("<")
    data = jpeg(upright.convert("L").resize(FULL))
    mask = file.directory(
        {
            0x0103: (SHORT, 7), 0x0106: (SHORT, 52527),
            0x0111: (LONG, file.blob(data)), 0x0117: (LONG, len(data)),
        }
    )  # fmt: skip
    main = shot_tags(file, FULL, TAKEN, 1) | {0x014A: (LONG, mask), 0xC612: (1, (1, 6, 0, 0))}
    assert find_preview(file.done(file.directory(main))) is None


def test_raw_under_a_tiffs_name_is_known(tmp_path, upright):
    for number, make in enumerate((nef, dng)):
        path = tmp_path / f"{number}.tif"
        path.write_bytes(make(jpeg(upright), FULL, TAKEN, 1))
        assert read(path).picture.format == "RAW"


def test_a_tiff_under_the_name_of_a_raw_is_a_tiff(tmp_path, upright):
    upright.save(tmp_path / "scan.nef", "TIFF")
    assert read(tmp_path / "scan.nef").picture.format == "TIFF"


# --- hostile ---------------------------------------------------------------------------------


def test_directories_that_point_at_each_other_end(tmp_path):
    loop = bytearray(struct.pack("<2sHI", b"II", 42, 8))
    loop += struct.pack("<H", 2) + struct.pack("<HHII", 0x014A, LONG, 1, 8)
    loop += struct.pack("<HHII", 0x8769, LONG, 1, 8) + struct.pack("<I", 8)
    assert find_preview(bytes(loop)) is None
    (tmp_path / "a.nef").write_bytes(loop)
    assert read(tmp_path / "a.nef").problem.reason is Reason.NO_PREVIEW


@pytest.mark.parametrize("maker", sorted(MAKERS))
def test_no_damage_gets_past_the_parser(tmp_path, maker):
    """Cut anywhere and with bytes turned over, seeds fixed: found or not, but never an error."""
    data = MAKERS[maker](jpeg(scene(5, (900, 600)), 50), FULL, TAKEN, 1)
    chance = np.random.default_rng(11)
    for cut in chance.integers(0, len(data), 60):
        find_preview(data[: int(cut)])
    tail = min(len(data), 4000)
    for _number in range(150):
        broken = bytearray(data)
        for _byte in range(int(chance.integers(1, 12))):
            place = int(chance.integers(0, tail))
            place = place if chance.random() < 0.5 else len(data) - 1 - place
            broken[place] = int(chance.choice((0, 1, 0x7F, 0xFF)))
        find_preview(bytes(broken))


def test_a_damaged_preview_is_a_value(tmp_path, upright):
    data = jpeg(upright)
    (tmp_path / "a.nef").write_bytes(nef(data[: len(data) // 3], FULL, TAKEN, 1))
    assert read(tmp_path / "a.nef").problem.reason in (Reason.TRUNCATED, Reason.DAMAGED)
