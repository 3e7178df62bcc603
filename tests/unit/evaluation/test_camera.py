"""Camera-like photos: the same again, all different, with what a camera writes."""

from __future__ import annotations

import hashlib

import pytest
from pictures import save, scene
from PIL import Image

from albumdedup.core.decoder import read_file
from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.scanner import found_file
from albumdedup.evaluation.bench.camera import SIZES, make_photos
from albumdedup.evaluation.bench.pictures import painted, small_album

SMALL = ((300, 200), (320, 240))


def files(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


def contents(folder):
    return [hashlib.sha256(path.read_bytes()).hexdigest() for path in files(folder)]


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    folder = tmp_path_factory.mktemp("source")
    for number, size in enumerate(((1300, 1000), (1000, 1400), (300, 200))):
        save(scene(number, size), folder / f"{number}.jpg")
    return folder


@pytest.mark.parametrize("painted_only", [True, False])
def test_the_same_seed_makes_the_same_photos_all_different(tmp_path, source, painted_only):
    origin = None if painted_only else source
    make_photos(tmp_path / "one", 6, origin, seed=4, sizes=SMALL)
    make_photos(tmp_path / "two", 6, origin, seed=4, sizes=SMALL)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    assert len(set(contents(tmp_path / "one"))) == 6
    make_photos(tmp_path / "other", 6, origin, seed=5, sizes=SMALL)
    assert not set(contents(tmp_path / "one")) & set(contents(tmp_path / "other"))


def test_they_carry_what_a_camera_writes(tmp_path, source):
    make_photos(tmp_path, 3, source, sizes=SMALL)
    taken = set()
    for path in files(tmp_path):
        with Image.open(path) as image:
            assert image.size in SMALL
            assert image.format == "JPEG"
        picture = read_file(found_file(str(path)), 64, lambda content: True).picture
        assert picture is not None
        metadata = picture.metadata
        assert metadata.camera
        assert metadata.exposure
        taken.add(metadata.original)
    assert len(taken) == 3
    assert None not in taken


def test_sizes_are_those_of_cameras():
    assert all(6 <= width * height / 1e6 <= 12.2 for width, height in SIZES)


def test_no_file_is_replaced(tmp_path, source):
    make_photos(tmp_path, 1, source, sizes=SMALL)
    before = contents(tmp_path)
    with pytest.raises(FileExistsError):
        make_photos(tmp_path, 1, source, seed=9, sizes=SMALL)
    assert contents(tmp_path) == before


def test_photos_that_are_too_small_are_no_source(tmp_path):
    save(scene(1, (320, 240)), tmp_path / "source" / "small.jpg")
    (tmp_path / "source" / "broken.jpg").write_bytes(b"\xff\xd8\xff no picture")
    with pytest.raises(AlbumError) as caught:
        make_photos(tmp_path / "out", 1, tmp_path / "source", sizes=SMALL)
    assert caught.value.code is ErrorCode.NOTHING_TO_COPY
    with pytest.raises(AlbumError) as caught:
        make_photos(tmp_path / "out", 1, tmp_path / "nowhere", sizes=SMALL)
    assert caught.value.code is ErrorCode.NOT_THERE


def test_a_damaged_source_is_passed_over(tmp_path):
    good = save(scene(1, (1100, 1000)), tmp_path / "source" / "good.jpg")
    whole = good.read_bytes()
    (tmp_path / "source" / "cut.jpg").write_bytes(whole[: len(whole) // 3])
    make_photos(tmp_path / "out", 3, tmp_path / "source", sizes=SMALL)
    assert len(set(contents(tmp_path / "out"))) == 3
    good.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(AlbumError) as caught:
        make_photos(tmp_path / "none", 3, tmp_path / "source", sizes=SMALL)
    assert caught.value.code is ErrorCode.NOTHING_TO_COPY


def test_small_albums(tmp_path):
    small_album(tmp_path / "all", 7, seed=1)
    assert len(set(contents(tmp_path / "all"))) == 7
    small_album(tmp_path / "few", 7, seed=1, distinct=3)
    assert len(contents(tmp_path / "few")) == 7
    assert len(set(contents(tmp_path / "few"))) == 3
    assert painted(1, (40, 30)).tobytes() == painted(1, (40, 30)).tobytes()
