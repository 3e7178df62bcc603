"""Edited copies and second shots, through the real program."""

from __future__ import annotations

import os
import random

import numpy as np
import pytest
from pictures import save, scene
from PIL import Image, ImageFilter

from albumdedup.evaluation.edits import EDIT_FUNCTIONS

EDITS = ("screenshot", "crop50", "grey", "rotated_90", "mirror", "polaroid", "caption")


@pytest.fixture
def album(tmp_path):
    folder = tmp_path / "album"
    photo = scene(31, (1500, 1125))
    save(photo, folder / "IMG_0031.jpg", taken="2019:05:01 12:03:04")
    save(photo.resize((1000, 750)), folder / "small.jpg", taken="2019:05:01 12:03:04")
    for name in EDITS:
        edited, _matrix = EDIT_FUNCTIONS[name](photo, random.Random(name))
        save(edited, folder / f"{name}.jpg")
    for number in range(6):
        save(scene(100 + number, (1500, 1125)), folder / f"other_{number}.jpg")
    smooth = scene(50, (1500, 1125)).filter(ImageFilter.GaussianBlur(3))
    view = np.asarray(smooth, np.float64)
    for number in (1, 2):  # a tripod: the same view, other noise
        noise = np.random.default_rng(number).normal(0, 4, view.shape)
        frame = Image.fromarray(np.clip(view + noise, 0, 255).astype(np.uint8))
        save(frame, folder / f"tripod_{number}.jpg")
    return folder


def test_edits_are_edited_copies_are_the_same_and_second_shots_are_neither(program, album):
    program.ok("scan", album)
    groups = {
        os.path.basename(group["keeper"]): {
            os.path.basename(member["path"]): member for member in group["members"][1:]
        }
        for group in program.report("--similarity", "0.9")["groups"]
    }
    tiers = {name: member["tier"] for name, member in groups.pop("IMG_0031.jpg").items()}
    assert tiers == {"small.jpg": "same", **{f"{name}.jpg": "edited" for name in EDITS}}
    ((keeper, others),) = groups.items()
    assert {keeper, *others} == {"tripod_1.jpg", "tripod_2.jpg"}
    assert [m["tier"] for m in others.values()] == ["similar"]
    assert [m["evidence"]["note"] for m in others.values()] == ["noise_differs"]


def test_an_edit_that_comes_later_finds_its_original(program, album, tmp_path):
    """The descriptor of the box inside a frame is kept for the next scan."""
    later = tmp_path / "later"
    later.mkdir()
    os.rename(album / "IMG_0031.jpg", later / "IMG_0031.jpg")
    os.remove(album / "small.jpg")
    program.ok("scan", album)
    program.ok("scan", later)
    (group,) = (
        g
        for g in program.report("--tiers", "edited")["groups"]
        if any(m["path"].endswith("IMG_0031.jpg") for m in g["members"])
    )
    assert {os.path.basename(m["path"]) for m in group["members"]} >= {
        "IMG_0031.jpg", "screenshot.jpg", "polaroid.jpg",
    }  # fmt: skip
