"""A made album holds what its truth says, and a truth that does not fit is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pictures import save, scene
from PIL import Image

from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.i18n import describe
from albumdedup.core.types import Tier
from albumdedup.evaluation.album import make_album, scene_of
from albumdedup.evaluation.edits import KINDS
from albumdedup.evaluation.truth import read

TAKEN = "2019:05:01 12:03:04"
FEW = [kind for kind in KINDS if kind.name in ("identical", "messenger", "crop75", "screenshot")]


@pytest.fixture(scope="module")
def album(tmp_path_factory):
    place = tmp_path_factory.mktemp("made")
    for folder, seed in (("a", 1), ("b", 2)):  # the same name twice, as of two cameras
        save(scene(seed, (320, 240)), place / "source" / folder / "IMG_1.jpg", taken=TAKEN)
    for number in range(2):
        save(scene(5, (320, 240)), place / "series" / "castle" / f"{number}.jpg", taken=TAKEN)
    for name in ("logo.jpg", "logo again.jpg"):
        save(scene(9, (320, 240)), place / "other" / name)
    make_album(
        place / "source", place / "album", seed=7, sequences=place / "series",
        distractors=place / "other", strip_sequences=True, kinds=FEW,
        leave_out=["logo again.jpg"],
    )  # fmt: skip
    return place / "album"


def test_the_album_holds_what_its_truth_says(album):
    truth = read(album)
    assert truth.seed == 7
    assert len(truth.files) == 2 * (1 + len(FEW)) + 2 * 2 + 1
    on_disk = {p.relative_to(album).as_posix() for p in album.rglob("*") if p.is_file()}
    assert {row.path for row in truth.files} == on_disk - {"truth.json"}
    assert {row.tier for row in truth.files if row.kind == "crop75"} == {Tier.EDITED}
    assert {row.tier for row in truth.files if row.kind == "messenger"} == {Tier.SAME}


def test_exif_stays_where_editors_keep_it_and_goes_where_apps_strip_it(album):
    kept = {row.kind: row.exif for row in read(album).files}
    assert {kind for kind, exif in kept.items() if exif} == {
        "original", "identical", "crop75", "frame"
    }  # fmt: skip
    frames = [row for row in read(album).files if row.series]
    assert {(row.series, row.kind) for row in frames} == {
        ("castle", "frame"), ("castle", "stripped")
    }  # fmt: skip
    with Image.open(album / next(r.path for r in read(album).files if r.kind == "crop75")) as crop:
        assert crop.size != (320, 240)


def test_the_same_seed_makes_the_same_files(album, tmp_path):
    make_album(album.parent / "source", tmp_path / "again", seed=7, kinds=FEW)
    for row in read(tmp_path / "again").files:
        assert (tmp_path / "again" / row.path).read_bytes() == (album / row.path).read_bytes()


def refusal(album) -> AlbumError:
    with pytest.raises(AlbumError) as caught:
        read(album)
    assert describe(caught.value).endswith(".")
    return caught.value


def test_an_album_without_truth_is_refused(tmp_path):
    assert refusal(tmp_path).code is ErrorCode.NO_TRUTH
    assert refusal(tmp_path / "nowhere").code is ErrorCode.NOT_THERE
    (tmp_path / "file").write_text("x")
    assert refusal(tmp_path / "file").code is ErrorCode.NOT_A_FOLDER


def entry(**changes):
    row = {"path": "a.jpg", "original": "a", "kind": "original", "tier": "identical",
           "matrix": [1, 0, 0, 0, 1, 0, 0, 0, 1], "series": "", "exif": False}  # fmt: skip
    return {**row, **changes}


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("no json", "JSON"),
        ("[" * 100_000, "JSON"),
        ("[]", "schema"),
        ('{"schema": 1, "seed": 1, "files": []}', "schema"),
        ('{"schema": 2, "seed": 1, "files": []}', "no files"),
        ('{"schema": 2, "seed": 1, "files": [3]}', "entry 1"),
        (json.dumps({"schema": 2, "seed": 1, "files": [entry(tier="close")]}), "unknown tier"),
        (json.dumps({"schema": 2, "seed": 1, "files": [entry(path="../b.jpg")]}), "outside"),
        (json.dumps({"schema": 2, "seed": 1, "files": [entry(matrix=[1, 2])]}), "nine numbers"),
        (json.dumps({"schema": 2, "seed": 1, "files": [entry(matrix=["1"] * 9)]}), "nine"),
        (json.dumps({"schema": 2, "seed": 1, "files": [entry(original="b")]}), ""),
        (json.dumps({"schema": 2, "seed": 1, "files": [entry(), entry()]}), "twice"),
        (json.dumps({"schema": 2, "seed": 1, "files": [entry(path="gone.jpg")]}), "gone.jpg"),
        (json.dumps({"schema": 2, "seed": 1, "files": [entry(kind="crop", original="z")]}),
         "original of a.jpg"),
    ],
)  # fmt: skip
def test_a_truth_that_does_not_fit_is_one_sentence(tmp_path, text, word):
    (tmp_path / "a.jpg").write_bytes(b"x")
    (tmp_path / "truth.json").write_text(text)
    if not word:
        assert read(tmp_path).files
        return
    error = refusal(tmp_path)
    assert error.code is ErrorCode.TRUTH_UNUSABLE
    assert word in describe(error)


def test_a_folder_without_photos_makes_no_album(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(AlbumError) as caught:
        make_album(tmp_path / "empty", tmp_path / "out", seed=1)
    assert caught.value.code is ErrorCode.NOTHING_TO_COPY
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("place", "scene"), [("noah_0/1.jpg", "noah"), ("lund/2.jpg", "lund"), ("3.jpg", ".")]
)
def test_folders_that_differ_in_a_number_are_one_scene(place, scene):
    assert scene_of(Path(place)) == scene
