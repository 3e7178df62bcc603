"""Where photos lie in one another, how they are looked at in step, and what differs."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest
from pictures import scene
from PIL import Image

from albumdedup.core.compare.arranging import arrange
from albumdedup.core.compare.looking import (
    Box,
    Look,
    at_pixels,
    bounds,
    density,
    image_to_screen,
    limits,
    moved,
    plane_to_screen,
    whole,
    zoomed,
)
from albumdedup.core.compare.measuring import differing, histogram
from albumdedup.core.compare.placing import outline, places
from albumdedup.core.compare.rows import NOTHING, differing_rows, sharpness_row
from albumdedup.core.types import (
    ContentId,
    DateSource,
    Evidence,
    FileIdentity,
    Grade,
    Group,
    Member,
    Photo,
    PhotoMetadata,
    Role,
    Stamp,
    TakenDate,
    Tier,
    Transform,
)
from albumdedup.core.verify.alignment import project
from albumdedup.core.verify.judge import turn

PANE = (400.0, 300.0)


def photo(content: str, size: tuple[int, int], **facts) -> Photo:
    made = Photo(
        1, f"/a/{content}.jpg", Stamp(1000, 10**18, FileIdentity(1, ord(content[0]))),
        ContentId(content), *size, "JPEG", None, PhotoMetadata(),
    )  # fmt: skip
    return replace(made, **facts)


def group(keeper: Photo, *others: tuple[Photo, Evidence | None]) -> Group:
    members = [Member(keeper, Tier.IDENTICAL, Role.KEEP, 1.0)]
    members += [Member(p, Tier.EDITED, Role.REVIEW, 0.95, e) for p, e in others]
    return Group("g", tuple(members), "")


def crop(left: float, top: float, right: float, bottom: float) -> Transform:
    """The first picture's box fills the second one."""
    across, down = right - left, bottom - top
    matrix = (1 / across, 0, -left / across, 0, 1 / down, -top / down, 0, 0, 1)
    return Transform(matrix, across * down, 1.0, 0.98)


# --- places and looks ---------------------------------------------------------------------


def test_a_crop_lies_where_it_was_cut_out() -> None:
    keeper, copy = photo("a", (4000, 3000)), photo("b", (1000, 600))
    evidence = Evidence("", transform=crop(0.5, 0.2, 0.75, 0.4))
    found = places(group(keeper, (copy, evidence)), [keeper, copy])
    assert outline(found[0]) == pytest.approx(np.array(((0, 0), (1, 0), (1, 1), (0, 1))))
    box = outline(found[1])
    assert box.min(axis=0) == pytest.approx((0.5, 0.2))
    assert box.max(axis=0) == pytest.approx((0.75, 0.4))


def test_transforms_lead_from_the_lower_content_whichever_photo_stays() -> None:
    first, second = photo("a", (1000, 600)), photo("b", (4000, 3000))
    lies = np.linalg.inv(np.array(crop(0.5, 0.2, 0.75, 0.4).matrix).reshape(3, 3))
    evidence = Evidence("", transform=Transform(tuple((lies / lies[2, 2]).ravel()), 1, 0.05, 0.9))
    found = places(group(second, (first, evidence)), [second, first])
    assert outline(found[1]).min(axis=0) == pytest.approx((0.5, 0.2), abs=1e-4)


def test_the_order_of_the_panes_may_be_another_than_the_groups() -> None:
    keeper, copy = photo("a", (4000, 3000)), photo("b", (1000, 600))
    evidence = Evidence("", transform=crop(0.5, 0.2, 0.75, 0.4))
    found = places(group(keeper, (copy, evidence)), [copy, keeper])
    assert project(found[1], np.array(((0.5, 0.5),)))[0] == pytest.approx((0.625, 0.3))


@pytest.mark.parametrize("orientation", range(2, 9))
def test_a_turned_copy_lies_as_its_pixels_do(orientation: int) -> None:
    first = np.asarray(scene(3, (80, 60)))
    second = turn(first, orientation)  # turned by the inverse it is the first one again
    back = {6: 8, 8: 6}.get(orientation, orientation)
    assert np.array_equal(turn(second, back), first)
    one, two = photo("a", (80, 60)), photo("b", (second.shape[1], second.shape[0]))
    place = places(group(one, (two, Evidence("turned", back))), [one, two])[1]
    for x, y in ((5, 7), (70, 3), (33, 51)):
        at = project(place, np.array((((x + 0.5) / 80, (y + 0.5) / 60),)))[0]
        column, row = int(at[0] * second.shape[1]), int(at[1] * second.shape[0])
        assert np.array_equal(second[row, column], first[y, x])


def test_without_proof_the_photos_stand_in_the_middle_of_one_another() -> None:
    wide, tall = photo("a", (4000, 3000)), photo("b", (3000, 4000))
    found = places(group(wide, (tall, None)), [wide, tall])
    box = outline(found[1]) * (4000, 3000)
    assert box.min(axis=0) == pytest.approx((875, 0))
    assert box.max(axis=0) == pytest.approx((3125, 3000))
    smaller = photo("c", (1000, 751))
    assert np.array_equal(places(group(wide, (smaller, None)), [wide, smaller])[1], np.eye(3))


@pytest.mark.parametrize("look", [Look(2000, 1500, 0.1), Look(2550, 800, 2.0)])
def test_the_same_detail_is_at_the_same_place_in_both_panes(look: Look) -> None:
    keeper, copy = photo("a", (4000, 3000)), photo("b", (500, 300))
    evidence = Evidence("", transform=crop(0.5, 0.2, 0.75, 0.4))
    one, two = places(group(keeper, (copy, evidence)), [keeper, copy])
    first = (4000.0, 3000.0)
    in_keeper = image_to_screen(look, PANE, first, one, (2000, 1500))
    in_copy = image_to_screen(look, PANE, first, two, (500, 300))
    for x, y in ((0.5, 0.2), (0.6, 0.3), (0.75, 0.4)):
        left = project(in_keeper, np.array(((x * 2000, y * 1500),)))
        inside = np.array((((x - 0.5) / 0.25 * 500, (y - 0.2) / 0.2 * 300),))
        assert project(in_copy, inside) == pytest.approx(left, abs=1e-6)


def test_zooming_keeps_the_detail_under_the_pointer_and_has_ends() -> None:
    box = Box(0, 0, 4000, 3000)
    allowed = limits(box, PANE, 1.0, 1.0)
    look = whole(box, PANE)
    assert look == Look(2000, 1500, 0.1)
    at = (310.0, 80.0)
    before = project(np.linalg.inv(plane_to_screen(look, PANE)), np.array((at,)))
    near = zoomed(look, 5.0, at, PANE, allowed)
    assert near.scale == pytest.approx(0.5)
    after = project(np.linalg.inv(plane_to_screen(near, PANE)), np.array((at,)))
    assert after == pytest.approx(before)
    assert zoomed(look, 1e9, at, PANE, allowed).scale == 16.0
    assert zoomed(look, 1e-9, at, PANE, allowed).scale == pytest.approx(0.05)


def test_panning_follows_the_pointer_and_stays_on_the_photos() -> None:
    allowed = limits(Box(0, 0, 4000, 3000), PANE, 1.0, 1.0)
    assert moved(Look(2000, 1500, 0.5), 10, -20, allowed) == Look(1980, 1540, 0.5)
    assert moved(Look(2000, 1500, 0.5), 1e6, -1e6, allowed) == Look(0, 3000, 0.5)


def test_at_full_size_the_finest_photo_has_a_pixel_for_a_pixel() -> None:
    keeper, copy = photo("a", (1000, 750)), photo("b", (4000, 3000))
    one, two = places(group(keeper, (copy, None)), [keeper, copy])
    first = (1000.0, 750.0)
    assert density(one, first, first, (500, 375)) == pytest.approx(1.0)
    finest = density(two, first, (4000, 3000), (500, 375))
    assert finest == pytest.approx(4.0)
    look = at_pixels(Look(500, 375, 0.3), finest, 2.0)
    to_screen = image_to_screen(look, PANE, first, two, (4000, 3000))
    assert to_screen[0, 0] == pytest.approx(0.5)  # a screen with two pixels a point


def test_the_bounds_hold_a_copy_with_a_frame_around_it() -> None:
    keeper, framed = photo("a", (1000, 1000)), photo("b", (2000, 2000))
    evidence = Evidence("", transform=Transform((0.5, 0, 0.25, 0, 0.5, 0.25, 0, 0, 1), 1, 0.25, 1))
    found = places(group(keeper, (framed, evidence)), [keeper, framed])
    assert bounds((1000.0, 1000.0), found) == Box(-500, -500, 1500, 1500)


def test_panes_are_arranged_so_that_photos_are_largest() -> None:
    side = arrange(2, 1000, 600, 1.0)
    assert [r.x for r in side] == [0, 501]
    above = arrange(2, 600, 600, 1.5)
    assert [r.y for r in above] == [0, 301]
    four = arrange(4, 800, 600, 4 / 3)
    assert sorted({r.x for r in four}) == [0, 401]
    assert sorted({r.y for r in four}) == [0, 301]


# --- what differs -------------------------------------------------------------------------


def test_nothing_differs_in_a_smaller_copy_of_lower_quality(tmp_path) -> None:
    image = scene(5, (900, 600))
    image.resize((600, 400), Image.Resampling.LANCZOS).save(tmp_path / "b.jpg", quality=80)
    with Image.open(tmp_path / "b.jpg") as small:
        found = differing(np.asarray(image), np.asarray(small), np.eye(3))
    assert found.share < 0.02
    assert found.ground_is_second
    assert found.strength.shape == (400, 600)


def test_what_was_painted_over_in_a_crop_is_found_where_it_lies() -> None:
    image = scene(6, (900, 600))
    copy = image.crop((300, 150, 900, 600))
    copy.paste((250, 40, 40), (120, 90, 200, 160))  # 420…500, 240…310 of the whole
    place = np.array(((1.5, 0, -0.5), (0, 600 / 450, -150 / 450), (0, 0, 1)))
    found = differing(np.asarray(image), np.asarray(copy), place)
    box = found.regions[0].box
    assert box.left * 900 <= 440 < 480 <= box.right * 900
    assert box.top * 600 <= 260 < 290 <= box.bottom * 600
    assert 0.01 < found.share < 0.1


def test_equal_photos_show_their_finest_detail() -> None:
    image = np.asarray(scene(7, (600, 400)))
    found = differing(image, image.copy(), np.eye(3))
    assert found.share == 0
    assert len(found.regions) == 1
    assert found.sharpness == pytest.approx(1.0)


def test_a_blurred_copy_is_less_sharp() -> None:
    from PIL import ImageFilter

    image = scene(8, (900, 600))
    soft = np.asarray(image.filter(ImageFilter.GaussianBlur(3)))
    assert differing(np.asarray(image), soft, np.eye(3)).sharpness < 0.7
    assert differing(soft, np.asarray(image), np.eye(3)).sharpness > 1.4


def test_photos_that_do_not_overlap_have_no_difference() -> None:
    image = np.asarray(scene(9, (300, 200)))
    assert differing(image, image, np.array(((1, 0, 5.0), (0, 1, 0), (0, 0, 1)))) is None


def test_a_histogram_tells_dark_from_bright() -> None:
    picture = np.zeros((10, 10, 3), np.uint8)
    picture[:4] = 255
    found = histogram(picture)
    assert found[0] == pytest.approx(0.6)
    assert found[-1] == pytest.approx(0.4)
    assert sum(found) == pytest.approx(1)


def camera_date(**change) -> TakenDate:
    moment = datetime(2019, 5, 1, 12, 3, 4)
    date = TakenDate(moment, None, DateSource.EXIF_ORIGINAL, Grade.A, timedelta(seconds=1))
    return replace(date, **change)


def by_name(*photos: Photo) -> dict:
    return {row.name: row.cells for row in differing_rows(photos)}


def test_only_rows_that_differ_are_shown_and_the_better_value_is_marked() -> None:
    one = photo("a", (4000, 3000), taken=camera_date())
    guess = camera_date(source=DateSource.FILE_TIME, grade=Grade.D)
    two = photo("b", (1600, 1200), taken=guess, metadata=PhotoMetadata(camera="Test"))
    rows = by_name(one, two)
    assert "Exposure" not in rows
    assert "Format" not in rows or rows["Format"][1].better
    assert [c.text for c in rows["Pixels"]] == ["4000 × 3000", "1600 × 1200"]
    assert [c.better for c in rows["Pixels"]] == [True, False]
    assert [c.remark for c in rows["Taken"]] == ["camera date", "file time"]
    assert [c.better for c in rows["Taken"]] == [True, False]
    assert [c.text for c in rows["Camera"]] == [NOTHING, "Test"]


def test_a_larger_file_is_better_only_where_all_else_is_equal() -> None:
    one = photo("a", (400, 300))
    heavy = photo("b", (400, 300), stamp=Stamp(9000, 10**18, FileIdentity(1, 2)))
    assert [c.better for c in by_name(one, heavy)["File size"]] == [False, True]
    smaller = replace(heavy, width=200, height=150)
    assert [c.better for c in by_name(one, smaller)["File size"]] == [False, False]


def test_copies_in_two_folders_differ_in_nothing_else() -> None:
    one = photo("a", (400, 300))
    two = replace(one, path="/b/c/a.jpg")
    assert list(by_name(one, two)) == ["Folder"]


def test_extras_and_exposure_in_words() -> None:
    one = photo("a", (4, 3), metadata=PhotoMetadata(extras=("place",), exposure="0.004 200 -0.7"))
    two = photo("b", (4, 3), metadata=PhotoMetadata(exposure="0.5 100 0"))
    rows = by_name(one, two)
    assert [c.text for c in rows["Place"]] == ["yes", NOTHING]
    assert [c.text for c in rows["Exposure"]] == ["1/250 s, ISO 200, -0.7 EV", "0.5 s, ISO 100"]


def test_sharpness_is_a_row_only_where_it_could_be_seen() -> None:
    assert sharpness_row([1.0, 0.97]) is None
    assert sharpness_row([1.0, None]) is None
    row = sharpness_row([1.0, 1.6, None])
    assert [c.text for c in row.cells] == ["62 % of the sharpest", "sharpest", NOTHING]
    assert [c.better for c in row.cells] == [False, True, False]
