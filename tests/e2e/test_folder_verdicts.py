"""`card`, `folders` and `clean --from` on real files."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from pictures import save, scene
from PIL import Image


def test_card_folders_and_clean_from(program, tmp_path: Path):
    album, card = tmp_path / "album", tmp_path / "card"
    for number in range(4):
        shot = save(scene(number), album / f"{number}.jpg", taken="2019:05:01 12:03:04")
        (card / "DCIM").mkdir(parents=True, exist_ok=True)
        if number < 2:
            shutil.copy2(shot, card / "DCIM")
        elif number == 2:  # stored again, as large
            again = scene(number)
            save(again, card / "DCIM" / "2.jpg", quality=80, taken="2019:05:01 12:03:04")
        else:  # the album has the smaller one
            small = scene(number).resize((480, 360))
            shutil.move(shot, card / "DCIM" / "3.jpg")
            save(small, album / "3.jpg", quality=80, taken="2019:05:01 12:03:04")
    save(scene(9), card / "DCIM" / "9.jpg")
    program.ok("scan", album)

    done = program.run("card", "--json", card)
    assert done.returncode == 5, done.stderr
    told = json.loads(done.stdout)
    assert {Path(one["path"]).name: one["standing"] for one in told["rest"]} == {
        "3.jpg": "only_smaller",
        "9.jpg": "alone",
    }
    assert {Path(one["path"]).name for one in told["held"]} == {"0.jpg", "1.jpg", "2.jpg"}
    (card / "DCIM" / "3.jpg").unlink()
    (card / "DCIM" / "9.jpg").unlink()
    assert "is safe to erase" in program.ok("card", card)
    kept = json.loads(program.ok("clean", "--json"))
    assert kept["items"] == []  # what is about to be erased cannot be the copy that stays

    program.ok("scan", card)
    assert "is safe to erase" in program.ok("card", card)

    (folders,) = json.loads(program.ok("folders", "--json"))["folders"]
    assert (folders["folder"], folders["other"]) == (str(card / "DCIM"), str(album))
    assert "3 of 3 are in" in program.ok("folders")

    listed = json.loads(program.ok("clean", "--from", card, "--json", "--keep", "smallest"))
    assert {Path(item["path"]).parent for item in listed["items"]} == {card / "DCIM"}
    assert len(listed["items"]) == 3
    assert program.run("clean", "--from", tmp_path / "nowhere").returncode == 3
    assert program.run("card", tmp_path / "nowhere").returncode == 3


def test_chains_and_carrying_on_the_command_line(program, tmp_path: Path):
    album = tmp_path / "album"
    image = scene(1)
    save(image, album / "a" / "x.jpg", taken="2019:05:01 12:03:04")
    exif = Image.Exif()
    exif[0x4746] = 4
    exif.get_ifd(0x8769)[0x9003] = "2019:05:01 12:03:04"
    (album / "b").mkdir()
    image.resize((480, 360)).save(album / "b" / "x.jpg", quality=85, exif=exif)
    program.ok("scan", album)
    program.ok("prefer", album / "a")

    report = program.report("--keep", "preferred,oldest", "--explain")
    (group,) = report["groups"]
    assert [step["rule"] for step in group["steps"]] == ["preferred"]
    assert group["members"][1]["role"] == "review"
    assert program.run("report", "--keep", "oldest,prettiest").returncode == 2

    listed = json.loads(program.ok("clean", "--keep", "best", "--carry-metadata", "--json"))
    assert [one["kinds"] for one in listed["sidecars"]] == [["rating"]]
    assert not (album / "a" / "x.jpg.xmp").exists()
    program.ok("clean", "--keep", "best", "--carry-metadata", "--apply")
    assert b'xmp:Rating="4"' in (album / "a" / "x.jpg.xmp").read_bytes()
    assert not (album / "b" / "x.jpg").exists()
    program.ok("undo")
    assert not (album / "a" / "x.jpg.xmp").exists()
    assert (album / "b" / "x.jpg").exists()


def test_not_duplicates_are_listed_and_can_be_taken_back(program, tmp_path: Path):
    one = save(scene(1), tmp_path / "album" / "one.jpg")
    two = save(scene(1).resize((480, 360)), tmp_path / "album" / "two.jpg")
    program.ok("scan", tmp_path / "album")
    assert "No photos were marked" in program.ok("not-duplicates")
    program.ok("not-duplicates", one, two)
    assert f"{one} is no duplicate of {two}" in program.ok("not-duplicates")
    assert program.report()["summary"]["groups"] == 0
    program.ok("not-duplicates", "--off", one, two)
    assert program.report()["summary"]["groups"] == 1
