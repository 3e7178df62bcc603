"""A copy whose film, gain map or frames would be lost never goes by the one click."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commands import Program
from inside_files import film, jpeg, motion_photo, samsung, ultra_hdr
from pictures import scene

SIZE = (640, 480)


@pytest.fixture
def album(tmp_path: Path) -> Path:
    """Each photo twice: as it was taken, and as a messenger or editor leaves it."""
    folder = tmp_path / "album"
    folder.mkdir()
    makers = {"google": motion_photo, "samsung": samsung}
    for number, (name, make) in enumerate(makers.items()):
        still = jpeg(scene(20 + number, SIZE))
        (folder / f"{name}-whole.jpg").write_bytes(make(still, film()))
        (folder / f"{name}-bare.jpg").write_bytes(still)
    still = jpeg(scene(30, SIZE))
    (folder / "hdr-whole.jpg").write_bytes(ultra_hdr(still, jpeg(scene(31, (160, 120)))))
    (folder / "hdr-bare.jpg").write_bytes(still)
    frames = [scene(n, SIZE) for n in (40, 41)]
    frames[0].save(folder / "moving-whole.webp", save_all=True, append_images=frames[1:],
                   lossless=True)  # fmt: skip
    frames[0].save(folder / "moving-bare.webp", lossless=True)
    return folder


def test_only_what_holds_less_goes(program: Program, album: Path) -> None:
    scanned = program.run("scan", album, "--json")
    assert scanned.returncode == 0, scanned.stderr
    assert json.loads(scanned.stdout)["unreadable"] == 0
    for rule in ("smallest", "best"):
        told = json.loads(program.run("report", "--format", "json", "--keep", rule).stdout)
        members = [one for group in told["groups"] for one in group["members"]]
        assert len(told["groups"]) == 4
        assert {one["tier"] for one in members if one["role"] != "keep"} == {"same"}
        going = {Path(one["path"]).stem for one in members if one["role"] == "remove"}
        kept = {Path(one["path"]).stem for one in members if one["role"] == "keep"}
        assert not {name for name in going if name.endswith("whole")}
        if rule == "best":
            assert {name for name in kept if name.endswith("whole")} == kept
            assert len(going) == 4
        else:
            assert going == set()
            held = [one["note"] for one in members if one["role"] == "review"]
            assert len(held) == 4
            assert sum("film inside the photo" in note for note in held) == 2
            assert sum("HDR screens" in note for note in held) == 1
            assert sum("further frames" in note for note in held) == 1
