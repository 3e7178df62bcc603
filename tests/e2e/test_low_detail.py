"""Pictures in which a descriptor sees nothing, and is never trusted alone."""

from __future__ import annotations

import numpy as np
import pytest
from pictures import scene
from PIL import Image, ImageDraw


def page(seed: int) -> Image.Image:
    """A white page with lines of text."""
    chance = np.random.default_rng(seed)
    image = Image.new("RGB", (900, 1200), "white")
    draw = ImageDraw.Draw(image)
    letters = "abcdefghijklmnopqrstuvwxyz      "
    for row in range(50):
        line = "".join(chance.choice(list(letters), 70))
        draw.text((60, 80 + row * 21), line, fill="black", font_size=16)
    return image


def checkerboard(cell: int) -> Image.Image:
    rows, columns = np.ogrid[:600, :800]
    board = ((rows // cell + columns // cell) % 2 * 255).astype(np.uint8)
    return Image.fromarray(board).convert("RGB")


def noisy(level: int, seed: int) -> Image.Image:
    grain = np.random.default_rng(seed).normal(level, 1.5, (480, 640, 3))
    return Image.fromarray(np.clip(grain, 0, 255).astype(np.uint8))


@pytest.fixture
def album(tmp_path):
    folder = tmp_path / "album"
    folder.mkdir()
    pictures = {
        "black_1": Image.new("RGB", (800, 600)),
        "black_2": Image.new("RGB", (640, 480)),
        "night_1": noisy(6, 1),
        "night_2": noisy(6, 2),
        "page_1": page(1),
        "page_2": page(2),
        "board_20": checkerboard(20),
        "board_25": checkerboard(25),
        "strip_1": scene(1, (4000, 24)).crop((0, 0, 4000, 1)),
        "strip_2": scene(2, (4000, 24)).crop((0, 0, 4000, 1)),
        "icon_1": scene(1).resize((16, 16)),
        "icon_2": scene(2).resize((16, 16)),
        "photo": scene(7),
    }
    for name, picture in pictures.items():
        picture.save(folder / f"{name}.png")
    return folder


def test_nothing_is_grouped_by_the_descriptor_alone(album, program):
    program.ok("scan", album)
    groups = program.report("--similarity", "0.85")["groups"]
    assert [[member["path"] for member in group["members"]] for group in groups] == []
