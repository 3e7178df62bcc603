"""``evaluate labels`` as a user of the terminal runs it."""

from __future__ import annotations

import json

import pytest
from pictures import save, scene
from random_weights import save_random

from albumdedup.cli.main import main
from albumdedup.core.control import Control
from albumdedup.core.errors import Cancelled
from albumdedup.core.settings import Settings
from albumdedup.evaluation.label_run import evaluate_labels
from albumdedup.evaluation.recipes import recipes

SMALL = "mobilenet_v3_small"


@pytest.fixture(scope="module")
def labelled(tmp_path_factory):
    """Three scenes in four variations, one class of a single photo, and what is left out."""
    folder = tmp_path_factory.mktemp("labelled")
    for number, name in enumerate(("castle", "dünen", "harbour")):
        whole = scene(70 + number, (400, 300))
        for shift in range(4):
            part = whole.crop((shift * 8, shift * 5, 360 + shift * 8, 280 + shift * 5))
            save(part, folder / name / f"{shift}.jpg", quality=90 - 10 * shift)
    save(scene(99, (400, 300)), folder / "single" / "1.jpg")
    save(scene(98, (400, 300)), folder / "loose.jpg")
    (folder / "castle" / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 no picture")
    return folder


def test_ours_beside_another_and_those_that_are_not_here(program, labelled, tmp_path):
    program.ok("models", "import", save_random(SMALL, tmp_path / "net.pth"))
    figures, plot = tmp_path / "figures.json", tmp_path / "confused.png"
    asked = ("evaluate", "labels", labelled, "--query-share", 0.5, "--pca", 4)
    done = program.run(*asked, "--json", figures, "--plot", plot)
    assert done.returncode == 0, done.stderr
    text = done.stdout
    assert text.startswith("13 photos of 4 classes: 6 ask, 7 answer; seed 1\n")
    for words in (
        "1 class has a single photo", "1 photo cannot be read", "1 photo lies in no folder",
        f"{SMALL}: measured with weights that are not torchvision's own.",
        "COSINE ≥ 0.60  weights not here: albumdedup models download vgg19",
    ):  # fmt: skip
        assert words in text
    found = json.loads(figures.read_text())
    rows = {row["name"]: row for row in found["rows"]}
    assert found["classes"] == ["castle", "dünen", "harbour", "single"]
    ours = rows["album"]
    assert (ours["top1"], ours["top5"], ours["dim"], ours["metric"]) == (1, 1, 128, "IP")
    assert ours["map"] > 0.9
    assert ours["confusion"][1] == [0, 2, 0, 0, 0]
    assert ours["seconds_per_photo"] > 0
    assert (rows[SMALL]["dim"], rows[SMALL]["problem"]) == (576, None)
    assert rows[f"{SMALL}-pca4"]["dim"] == 4
    assert [rows[name]["weights_foreign"] for name in ("album", "vgg16", SMALL)] == [0, 0, 1]
    assert rows["vgg16"]["weights_missing"] is True
    assert [rows["vgg16"][key] for key in ("top1", "top5", "map", "confusion")] == [None] * 4
    drawn = sorted(path.name for path in tmp_path.glob("confused*"))
    measured = sorted(f"confused-{name}.png" for name, row in rows.items() if row["confusion"])
    assert drawn == measured
    assert len(drawn) == 4
    again = json.loads(program.ok(*asked, "--json", "-"))
    for row in (*again["rows"], *found["rows"]):
        row.pop("seconds_per_photo")
    assert again == found, "the same seed gives the same figures"
    done = program.run(*asked, "--plot", plot)
    assert done.returncode == 5
    assert "confused-album.png" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (("{tmp}/nowhere",), 3, "is not there"),
        (("{labelled}/loose.jpg",), 3, "is not a folder"),
        (("{tmp}",), 3, "no folder in it holds a photo"),
        (("{labelled}/castle",), 3, "no folder of classes"),
        (("{labelled}", "--extractors", "resnet81"), 2, "did you mean resnet18?"),
        (("{labelled}", "--extractors", "vgg16"), 6, "models download vgg16"),
        (("{labelled}", "--query-share", "1"), 2, "between 0 and 1"),
        (("{labelled}", "--json", "{tmp}/nowhere/x.json"), 5, "x.json could not be written"),
        (("{labelled}", "--plot", "{labelled}/x.png"), 5, "inside a scanned folder"),
        (("{labelled}", "--plot", "{tmp}/x.gif"), 5, "x-album.gif"),
    ],
)
def test_bad_labels_are_one_sentence_and_a_code(
    labelled, tmp_path, temporary_home, monkeypatch, capsys, arguments, code, word
):
    monkeypatch.setenv("ALBUMDEDUP_LIBRARY", str(tmp_path / "library"))
    filled = [a.format(tmp=tmp_path, labelled=labelled) for a in arguments]
    try:
        ended = main(["evaluate", "labels", *filled])
    except SystemExit as usage:
        ended = usage.code
    told = capsys.readouterr()
    assert ended == code, told.err
    assert word in " ".join(told.err.split())
    assert not told.out


def test_it_stops_between_two_photos(labelled, tmp_path):
    control, seen = Control(), []

    def told(name: str, done: int, total: int) -> None:
        seen.append((name, done, total))
        control.cancel()

    with pytest.raises(Cancelled):
        evaluate_labels(
            labelled, recipes(["album"]), Settings(), tmp_path, share=0.5, seed=1,
            control=control, told=told,
        )  # fmt: skip
    assert seen == [("album", 1, 14)], "not even what is read already is described"
