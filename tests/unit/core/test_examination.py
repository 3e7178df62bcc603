"""``doctor FILE``: each step says what is so, and nothing is opened that must not be."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from fakes import HistogramExtractor, MemoryVectorStore
from pictures import save, scene
from PIL import Image, ImageCms

from albumdedup.assembly import build
from albumdedup.cli.explain import as_json
from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.executors import InlineExecutor
from albumdedup.core.languages import CHINESE, speak
from albumdedup.core.paths import AppPaths
from albumdedup.core.settings import Settings
from albumdedup.core.types import View


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("examined")


@pytest.fixture(scope="module")
def album(place) -> Path:
    folder = place / "album"
    original = save(scene(1), folder / "a.jpg", taken="2019:05:01 12:03:04")
    (folder / "a.xmp").write_text("<x:xmpmeta xmlns:x='adobe:ns:meta/'/>", encoding="utf-8")
    shutil.copy(original, folder / "copy of a.jpg")
    save(scene(2), folder / "alone.png")
    cut = original.read_bytes()
    (folder / "cut.jpg").write_bytes(cut[: len(cut) // 3])
    (folder / "empty.jpg").touch()
    (folder / "text.jpg").write_text("Dear diary " * 20)
    (folder / ".IMG_1.HEIC.icloud").write_bytes(b"bplist00")
    (folder / "protected").mkdir()
    save(scene(3), folder / "protected" / "b.jpg")
    (folder / "@eaDir").mkdir()
    shutil.copy(original, folder / "@eaDir" / "small.jpg")
    return folder


@pytest.fixture(scope="module")
def library(place, album):
    opened = build(
        AppPaths(place / "library"), Settings(commit_seconds=0.0), InlineExecutor(),
        extractor=HistogramExtractor, vectors=MemoryVectorStore,
    ).library  # fmt: skip
    opened.index([str(album)])
    opened.decisions.protect(str(album / "protected"))
    yield opened
    opened.close()


def steps(library, path):
    return {step.name: step for step in library.examine(str(path), View())}


def test_a_photo_with_a_copy_is_explained_to_the_end(library, album):
    told = steps(library, album / "copy of a.jpg")
    assert list(told) == [
        "file", "content", "opening", "dates", "metadata", "library", "neighbours", "group",
        "clean_up",
    ]  # fmt: skip
    assert told["file"].facts["folder"] == str(album)
    assert told["content"].facts["format"] == "JPEG"
    assert told["opening"].facts["width"] == 640
    counts = [d for d in told["dates"].facts["dates"] if d["counts"]]
    assert [(d["source"], d["taken"], d["grade"]) for d in counts] == [
        ("exif_original", "2019-05-01T12:03:04", "A")
    ]
    assert {d["source"] for d in told["dates"].facts["dates"]} >= {"exif_original", "file_time"}
    assert told["metadata"].facts["camera"] == "Test camera"
    assert told["library"].facts["copies"] == [str(album / "a.jpg")]
    assert told["group"].facts["keeper"] == str(album / "a.jpg")
    assert told["clean_up"].facts["goes"] is True
    kept = steps(library, album / "a.jpg")
    assert kept["clean_up"].facts == {"goes": False, "role": "keep", "note": ""}


def test_what_belongs_to_a_photo_is_explained_with_it(library, album):
    told = steps(library, album / "a.xmp")
    assert told["unit"].facts["photo"] == str(album / "a.jpg")
    assert told["clean_up"].facts["role"] == "keep"


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("cut.jpg", "truncated", "ends too early"), ("empty.jpg", "empty", "is empty"),
        ("text.jpg", "not_a_picture", "not a picture"),
    ],
)  # fmt: skip
def test_a_broken_file_is_explained(library, album, name, code, words):
    told = steps(library, album / name)
    assert told["opening"].facts["code"] == code
    assert words in told["opening"].lines[0]
    assert told["library"].facts["problem"] == code
    assert "neighbours" not in told


def test_what_is_only_in_the_cloud_is_not_opened(library, album, monkeypatch):
    monkeypatch.setattr("builtins.open", lambda *a, **k: pytest.fail("a file was opened"))
    told = steps(library, album / ".IMG_1.HEIC.icloud")
    assert list(told) == ["file"]
    assert told["file"].facts["placeholder"] is True


@pytest.mark.parametrize(
    ("path", "kind"), [("@eaDir/small.jpg", "made_by_a_program"), ("alone.png", None)]
)
def test_why_scans_pass_a_file_over(library, album, path, kind):
    assert steps(library, album / path)["file"].facts["passed_over"] == kind


def test_a_protected_folder_is_named(library, album):
    told = steps(library, album / "protected" / "b.jpg")
    assert told["file"].facts["protected"] == str(album / "protected")


def test_a_file_outside_of_the_library_has_neighbours_too(library, album, place):
    outside = save(scene(1).resize((320, 240)), place / "outside.jpg")
    told = steps(library, outside)
    assert told["file"].facts["folder"] is None
    assert told["library"].facts["known"] is False
    assert told["neighbours"].facts["neighbours"][0]["path"] == str(album / "a.jpg")
    copy = shutil.copy(album / "a.jpg", place / "same bytes.jpg")
    assert steps(library, copy)["library"].facts["copies"] == [
        str(album / "a.jpg"), str(album / "copy of a.jpg")
    ]  # fmt: skip


def test_profile_orientation_and_a_name_that_lies(library, place):
    exif = Image.Exif()
    exif[0x0112] = 6
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    path = place / "lies.png"
    scene(4).save(path, "JPEG", exif=exif, icc_profile=profile)
    told = steps(library, path)
    assert (told["content"].facts["format"], told["content"].facts["named"]) == ("JPEG", "PNG")
    opening = told["opening"].facts
    assert (opening["orientation"], opening["width"], opening["height"]) == (6, 480, 640)
    assert "sRGB" in opening["profile"]


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_links_and_pipes_are_told_and_not_opened(library, album, place):
    link, pipe, lost = place / "link.jpg", place / "pipe.jpg", place / "lost.jpg"
    link.symlink_to(album / "a.jpg")
    lost.symlink_to(place / "nowhere")
    os.mkfifo(pipe)
    assert steps(library, link)["file"].facts["kind"] == "link"
    assert "not there" in steps(library, lost)["file"].lines[1]
    assert list(steps(library, pipe)) == ["file"]


def test_a_folder_and_what_is_not_there_are_refused(library, album):
    for path, code in (
        (album, ErrorCode.NOT_A_FILE),
        (album / "nowhere.jpg", ErrorCode.NOT_THERE),
        (album / ("x" * 300 + ".jpg"), ErrorCode.NOT_THERE),
        (album / "a.jpg" / "b.jpg", ErrorCode.NOT_THERE),
    ):
        with pytest.raises(AlbumError) as caught:
            library.examine(str(path), View())
        assert caught.value.code is code


def test_as_json_and_in_chinese(library, album):
    told = json.loads(as_json(library.examine(str(album / "cut.jpg"), View())))
    assert told["path"] == str(album / "cut.jpg")
    assert told["steps"]["opening"]["code"] == "truncated"
    speak(CHINESE)
    assert steps(library, album / "cut.jpg")["file"].title == "文件"
