"""``search`` as a user of the terminal has it: examples, filters, pages, pictures of the answer."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from commands import Program
from pictures import save, scene, small_album
from PIL import Image

from albumdedup.cli.main import main


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A scanned album of 14 photos, its library beside it."""
    place = tmp_path_factory.mktemp("search")
    small_album(place / "album", 6)
    save(scene(40), place / "album" / '夏天 "a%\\b' / "odd.jpg", taken="2021:07:01 10:00:00")
    both = Image.new("RGB", (1280, 480))
    both.paste(scene(1), (0, 0))
    both.paste(scene(3), (640, 0))
    save(both, place / "both.jpg")
    Program(place / "library", place / "home").ok("scan", place / "album")
    return place


@pytest.fixture
def search(place: Path, capsys: pytest.CaptureFixture[str]):
    """Runs it here; returns the code, and what stood on stdout and stderr."""

    def run(*words: object) -> tuple[int, str, str]:
        code = main(["search", *map(str, words), "--library", str(place / "library")])
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


def names(out: str) -> list[str]:
    return [Path(hit["path"]).name for hit in json.loads(out)]


def test_several_pictures_a_part_and_a_file_address(place: Path, search) -> None:
    pictures = place / "album" / "Pictures"
    _code, out, _err = search(
        (pictures / "IMG_0001.jpg").as_uri(), pictures / "IMG_0003.jpg", "--top", 2, "--json"
    )
    assert set(names(out)) == {"IMG_0001.jpg", "IMG_0003.jpg"}
    for crop, name in (("0,0,.5,1", "IMG_0001.jpg"), ("640,0,640,480", "IMG_0003.jpg")):
        _code, out, _err = search(place / "both.jpg", "--crop", crop, "--top", 1, "--json")
        assert names(out) == [name]
    _code, out, _err = search(
        place / "both.jpg", "--not", pictures / "IMG_0001.jpg", "--not-weight", 0.5,
        "--top", 99, "--json",
    )  # fmt: skip
    assert names(out)[0] == "IMG_0003.jpg"
    assert "IMG_0001.jpg" not in names(out)
    first = json.loads(out)[0]
    assert set(first) == {
        "path", "similarity", "content", "cosine_distance", "l2_distance", "bytes", "width",
        "height", "format", "taken", "camera",
    }  # fmt: skip
    assert first["cosine_distance"] == pytest.approx(1 - first["similarity"], abs=1e-4)
    assert first["l2_distance"] ** 2 == pytest.approx(2 * first["cosine_distance"], abs=1e-3)
    assert first["camera"] == "Test camera"
    assert first["taken"].startswith("2019-05-04T12:03:03")


def test_filters_and_pages(place: Path, search) -> None:
    image = place / "album" / "Pictures" / "IMG_0002.jpg"
    _code, out, _err = search(image, "--folder", place / "album" / "Messenger", "--json")
    assert names(out) == ["IMG_0002.jpg", *names(out)[1:]]
    assert len(names(out)) == 3
    _code, out, _err = search(image, "--folder", place / "album" / '夏天 "a%\\b', "--json")
    assert names(out) == ["odd.jpg"]
    _code, out, _err = search(image, "--from", "2019-05-02", "--to", "2019-05-02", "--json")
    assert names(out) == ["IMG_0001.jpg"]
    _code, out, _err = search(image, "--from", 2021, "--camera", "TEST", "--json")
    assert names(out) == ["odd.jpg"]
    _code, out, _err = search(image, "--min-similarity", 0.9, "--json")
    assert names(out) == ["IMG_0002.jpg"] * 3
    _code, whole, _err = search(image, "--top", 99, "--json")
    pages = [search(image, "--top", 5, "--offset", start, "--json")[1] for start in (0, 5, 10)]
    assert [hit for page in pages for hit in json.loads(page)] == json.loads(whole)
    code, out, err = search(image, "--camera", "no such")
    assert (code, out) == (0, "")
    assert "No photo of the library passes" in err


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["http://example.org/a.jpg"], 2, "nothing is downloaded"),
        (["file://nas/a.jpg"], 2, "nothing is downloaded"),
        (["both.jpg", "--crop", "0.5,0,0.6,1"], 2, "does not lie inside the picture"),
        (["both.jpg", "--crop", "0,0,1281,480"], 2, "1280 × 480"),
        (["both.jpg", "--crop", "0,0,1,1", "--crop", "0,0,1,1"], 2, "more rectangles"),
        (["both.jpg", "--not", "both.jpg", "--not-weight", "1"], 2, "nothing is left"),
        (["both.jpg", "--from", "2020", "--to", "2019"], 2, "later day"),
        (["both.jpg", "--offset", "-1"], 2, "--offset"),
        (["both.jpg", "nowhere.jpg"], 3, "nowhere.jpg is not there"),
        (["both.jpg", "--plot", "both.jpg"], 5, "could not be written"),
        (["both.jpg", "--plot", "new.gif"], 5, ".png / .html"),
        (["both.jpg", "--plot", "album/new.png"], 5, "inside a scanned folder"),
        (["both.jpg", "--plot", "no/such/new.png"], 5, "could not be written"),
    ],
)
def test_what_cannot_be_is_a_sentence_and_a_code(
    place: Path, search, monkeypatch: pytest.MonkeyPatch, words, code: int, sentence: str
) -> None:
    monkeypatch.chdir(place)
    before = (place / "both.jpg").read_bytes()
    told, out, err = search(*words)
    assert (told, out) == (code, "")
    assert sentence in err
    assert (place / "both.jpg").read_bytes() == before
    assert not list((place / "album").glob("new*"))


@pytest.mark.parametrize("option", [("--crop", "1,2,3"), ("--from", "soon"), ("--not-weight", "2")])
def test_what_is_written_wrong_is_usage(place: Path, search, option) -> None:
    with pytest.raises(SystemExit) as ended:
        search(place / "both.jpg", *option)
    assert ended.value.code == 2


def test_the_answer_is_drawn(place: Path, search, tmp_path: Path) -> None:
    picture, page = tmp_path / "answer.png", tmp_path / "answer.html"
    odd = place / "album" / '夏天 "a%\\b' / "odd.jpg"
    for out in (picture, page):
        code, _out, err = search(odd, "--crop", "0,0,.5,.5", "--not", place / "both.jpg",
                                 "--top", 7, "--plot", out)  # fmt: skip
        assert code == 0, err
    text = page.read_text(encoding="utf-8")
    assert text.count("<figure") == 2 + 7
    assert text.count("data:image/jpeg;base64,") == 9
    assert "夏天 &quot;a%\\b" in text
    assert 'src="http' not in text
    with Image.open(picture) as opened:
        pixels = np.asarray(opened.convert("RGB"))
    first = pixels[60:330, 12:240].reshape(-1, 3)
    assert len(np.unique(first, axis=0)) > 1000
    assert (first == (31, 138, 76)).all(axis=1).any()  # the words above, the rectangle on it
    # seven answers in rows of five: the end of the last row stays empty
    assert (pixels[-150:-20, -200:-20] == (246, 246, 247)).all()
