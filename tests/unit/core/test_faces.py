"""Faces come first among the places that differ, on real portraits."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from albumdedup.core.compare.faces import eyes_of, faces_of
from albumdedup.core.compare.looking import Box
from albumdedup.core.compare.measuring import Shows, differing

ORIGINALS = Path(__file__).resolve().parents[4] / "shared" / "data" / "originals"
PORTRAIT = ORIGINALS / "Aminizle__Bilal-last-expression-photography" / "1bee3932_13.jpg"
CROWD = ORIGINALS / "Aminizle__Bilal-last-expression-photography" / "7d2f5a99_03.jpg"


def opened(path: Path, edge: int = 1200) -> Image.Image:
    if not path.is_file():
        pytest.skip(f"{path.name} is not here: photos are no part of the repository")
    with Image.open(path) as image:
        small = image.convert("RGB")
    small.thumbnail((edge, edge))
    return small


def box_of(image: Image.Image) -> Box:
    grey = np.asarray(image.convert("L"))
    return faces_of(grey, grey)[0]


def in_pixels(box: Box, image: Image.Image) -> tuple[int, int, int, int]:
    return (
        round(box.left * image.width), round(box.top * image.height),
        round(box.right * image.width), round(box.bottom * image.height),
    )  # fmt: skip


def holds(box: Box, other: Box) -> bool:
    x, y = other.middle
    return box.left <= x <= box.right and box.top <= y <= box.bottom


def test_closed_eyes_are_shown_before_a_larger_change_elsewhere() -> None:
    image = opened(PORTRAIT)
    face = box_of(image)
    changed = image.copy()
    pen = ImageDraw.Draw(changed)
    left, top, right, bottom = in_pixels(eyes_of(face), image)
    third = (bottom - top) // 3
    skin = image.getpixel(((left + right) // 2, bottom))
    pen.rectangle((left, top + third, right, bottom - third), fill=skin)
    pen.rectangle((0, image.height - 200, 260, image.height), fill=(200, 40, 40))
    found = differing(np.asarray(image), np.asarray(changed), np.eye(3))
    assert found is not None
    assert [region.shows for region in found.regions[:2]] == [Shows.EYES, Shows.PLACE]
    assert holds(face, found.regions[0].box)
    assert found.regions[1].box.left < 0.2
    assert found.regions[1].box.bottom > 0.8


def test_a_turned_head_is_a_face_that_differs() -> None:
    image = opened(PORTRAIT)
    box = in_pixels(box_of(image), image)
    changed = image.copy()
    changed.paste(image.crop(box).filter(ImageFilter.GaussianBlur(9)), box[:2])
    found = differing(np.asarray(image), np.asarray(changed), np.eye(3))
    assert found is not None
    assert found.regions[0].shows in (Shows.FACE, Shows.EYES)


def test_equal_portraits_show_the_face() -> None:
    image = opened(PORTRAIT)
    found = differing(np.asarray(image), np.asarray(image), np.eye(3))
    assert found is not None
    assert [region.shows for region in found.regions] == [Shows.FACE]


def test_at_most_two_of_three_places_are_faces() -> None:
    image = opened(CROWD)
    grey = np.asarray(image.convert("L"))
    assert len(faces_of(grey, grey)) > 3
    soft = image.filter(ImageFilter.GaussianBlur(4))
    found = differing(np.asarray(image), np.asarray(soft), np.eye(3))
    assert found is not None
    kinds = [region.shows for region in found.regions]
    assert len(kinds) == 3
    assert kinds[2] is Shows.PLACE


def test_the_face_of_a_crop_lies_where_the_whole_photo_has_it() -> None:
    image = opened(PORTRAIT)
    face = box_of(image)
    left, top, right, bottom = in_pixels(face, image)
    room = (max(0, left - 150), max(0, top - 150), right + 150, bottom + 150)
    crop = image.crop(room)
    width, height = image.size
    place = np.array((
        (width / crop.width, 0, -room[0] / crop.width),
        (0, height / crop.height, -room[1] / crop.height),
        (0, 0, 1),
    ))  # fmt: skip
    found = differing(np.asarray(image), np.asarray(crop), place)
    assert found is not None
    shown = found.regions[0]
    assert shown.shows is Shows.FACE
    assert holds(shown.box, face)


def test_nature_has_no_face() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (600, 900), dtype=np.uint8)
    assert faces_of(noise, noise) == []


def test_eyes_lie_in_the_upper_half_of_a_face() -> None:
    eyes = eyes_of(Box(0.2, 0.2, 0.6, 0.6))
    assert eyes.middle == pytest.approx((0.4, 0.36))
    assert eyes.left > 0.2
    assert eyes.bottom < 0.6
