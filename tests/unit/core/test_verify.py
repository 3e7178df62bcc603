"""What pixels prove: copies of one shot, and never two shots."""

from __future__ import annotations

import io
from dataclasses import dataclass, field

import cv2
import numpy as np
import pytest
from PIL import Image, ImageFilter, ImageOps

from albumdedup.core.types import PhotoMetadata, Tier
from albumdedup.core.verify import COMPARE_EDGE, could_be_same, turn, verify


@dataclass(frozen=True)
class Facts:
    width: int
    height: int
    plain: bool = False
    metadata: PhotoMetadata = field(default=PhotoMetadata())


def scene(width=1400, height=1000, seed=5):
    """A detailed picture: soft large shapes, edges, texture and sensor noise; sRGB."""
    rng = np.random.default_rng(seed)
    picture = np.zeros((height, width, 3), np.float32)
    for cells, weight in ((4, 70), (12, 45), (60, 30), (250, 14)):
        coarse = rng.normal(size=(cells, cells, 3)).astype(np.float32)
        picture += weight * cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    for _ in range(60):
        x, y = int(rng.integers(0, width)), int(rng.integers(0, height))
        colour = [float(v) for v in rng.integers(-90, 90, 3)]
        cv2.circle(picture, (x, y), int(rng.integers(8, 60)), colour, -1, cv2.LINE_AA)
    picture += 120 + rng.normal(scale=2.5, size=picture.shape)
    return np.clip(picture, 0, 255).astype(np.uint8)


def saved(picture, **options):
    """Encode and decode, as a program that saves a copy does."""
    image = Image.fromarray(picture)
    edge = options.pop("edge", None)
    if edge:
        image.thumbnail((edge, edge), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    image.save(buffer, options.pop("format", "JPEG"), **options)
    with Image.open(buffer) as again:
        return np.asarray(again.convert("RGB"))


def seen(picture):
    """As verification gets it: at most COMPARE_EDGE px, with the facts of the whole."""
    height, width = picture.shape[:2]
    scale = min(1, COMPARE_EDGE / max(width, height))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA), Facts(width, height)


def judge(one, other, **options):
    (first, a), (second, b) = seen(one), seen(other)
    tier, evidence = verify(first, second, a, b, **options)
    back, reverse = verify(second, first, b, a, **options)
    assert (back, reverse.note) == (tier, evidence.note)
    luma = [cv2.cvtColor(p, cv2.COLOR_RGB2GRAY) for p in (first, second)]
    if evidence.note != "colours_differ":
        assert verify(luma[0], luma[1], a, b, **options)[0] is tier
    return tier, evidence


@pytest.fixture(scope="module")
def original():
    return scene()


@pytest.mark.parametrize(
    "options",
    [
        {"quality": 95},
        {"quality": 60},
        {"quality": 40},
        {"quality": 85, "progressive": True, "subsampling": 0},
        {"format": "PNG"},
        {"format": "WEBP", "quality": 80},
        {"edge": 1024, "quality": 85},
        {"edge": 700, "quality": 85},
        {"edge": 320, "quality": 85},
    ],
    ids=str,
)
def test_copies_are_the_same_photo(original, options):
    tier, evidence = judge(original, saved(original, **options))
    assert tier is Tier.SAME, evidence
    assert evidence.orientation == 1
    assert evidence.note in ("pixels_agree", "pixels_equal")
    assert evidence.compared_edge == min(COMPARE_EDGE, options.get("edge", COMPARE_EDGE))


def test_messenger_chain_is_the_same_photo(original):
    once = saved(original, edge=1300, quality=70)
    assert judge(original, saved(once, edge=1024, quality=60))[0] is Tier.SAME


def close_an_eye(picture, x=600, y=400):
    """Paint over 1.5 % of the width."""
    changed = picture.copy()
    tone = int(changed[y, x].mean())
    shade = [min(255, tone + 60)] * 3 if tone < 128 else [tone - 60] * 3
    cv2.ellipse(changed, (x, y), (picture.shape[1] * 15 // 2000, 6), 0, 0, 360, shade, -1)
    return changed


def move_a_thing(picture):
    changed = picture.copy()
    changed[500:560, 500:560] = picture[200:260, 300:360]
    return changed


def stamp_the_date(picture):
    changed = picture.copy()
    cv2.putText(changed, "2019 05 01", (1050, 950), cv2.FONT_HERSHEY_PLAIN, 3, (255, 150, 30), 3)
    return changed


def caption(picture):
    changed = picture.copy()
    changed[-110:] = 0
    return changed


def sticker(picture):
    changed = picture.copy()
    cv2.circle(changed, (900, 300), 70, (250, 220, 40), -1)
    return changed


def next_shot(picture):
    """The hand moved by a pixel and a half, the light by nothing."""
    matrix = np.float32([[1, 0, 1.6], [0, 1, 2.2]])
    size = picture.shape[1::-1]
    return cv2.warpAffine(picture, matrix, size, borderMode=cv2.BORDER_REFLECT)


def brighter(picture):
    return np.clip(picture.astype(np.float32) * 1.15, 0, 255).astype(np.uint8)


def more_contrast(picture):
    return np.clip((picture.astype(np.float32) - 120) * 1.2 + 120, 0, 255).astype(np.uint8)


def softened(picture):
    return np.asarray(Image.fromarray(picture).filter(ImageFilter.GaussianBlur(4)))


def trimmed(picture):
    return picture[10:-10, 14:-14]


def greyed(picture):
    return np.asarray(ImageOps.grayscale(Image.fromarray(picture)).convert("RGB"))


CHANGES = [
    close_an_eye, move_a_thing, stamp_the_date, caption, sticker, next_shot, brighter,
    more_contrast, softened, trimmed, greyed,
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("options", [{"quality": 90}, {"edge": 1024, "quality": 70}], ids=str)
def test_changes_are_never_the_same_photo(original, change, options):
    tier, evidence = judge(original, saved(change(original), **options))
    assert tier is Tier.SIMILAR, evidence


def test_closed_eye_shows_in_a_small_copy(original):
    assert judge(close_an_eye(original), saved(original, edge=640, quality=85))[0] is Tier.SIMILAR


def test_a_thumbnail_cannot_prove_anything(original):
    tier, evidence = judge(original, saved(original, edge=160, quality=90))
    assert tier is Tier.SIMILAR
    assert evidence.note == "too_small_to_tell"


def test_a_narrow_strip_cannot_prove_anything(original):
    strip = original[:40]
    tier, evidence = judge(strip, saved(strip, quality=90))
    assert (tier, evidence.note) == (Tier.SIMILAR, "too_small_to_tell")


@pytest.mark.parametrize("orientation", range(2, 9))
def test_turned_copies_are_edited(original, orientation):
    turned = saved(turn(original, orientation), quality=88)
    (first, a), (second, b) = seen(original), seen(turned)
    tier, evidence = verify(first, second, a, b)
    assert (tier, evidence.note) == (Tier.EDITED, "turned")
    back = turn(turned, evidence.orientation).astype(int)
    assert np.abs(back - original).mean() < 6
    tier, reverse = verify(second, first, b, a)
    assert tier is Tier.EDITED
    assert np.abs(turn(original, reverse.orientation).astype(int) - turned).mean() < 6


def test_a_turned_other_shot_is_not_edited(original):
    turned = turn(close_an_eye(original), 6)
    assert judge(original, saved(turned, quality=90))[0] is Tier.SIMILAR


def test_turn_does_what_pillow_does():
    picture = scene(60, 40)
    for orientation in range(1, 9):
        image = Image.fromarray(picture)
        image.getexif()[0x0112] = orientation
        np.testing.assert_array_equal(
            turn(picture, orientation), np.asarray(ImageOps.exif_transpose(image))
        )


def test_a_descriptor_that_differs_forbids_same(original):
    copy = saved(original, quality=90)
    assert judge(original, copy, similarity=0.999)[0] is Tier.SAME
    tier, evidence = judge(original, copy, similarity=0.93)
    assert (tier, evidence.note) == (Tier.SIMILAR, "descriptors_differ")
    luma = cv2.cvtColor(seen(original)[0], cv2.COLOR_RGB2GRAY)
    facts = Facts(1400, 1000)
    assert verify(luma, luma, facts, facts, similarity=0.93)[0] is Tier.SIMILAR


# --- capture instants --------------------------------------------------------------------

EARLY = PhotoMetadata(original="2019:05:01 12:03:04", camera="Canon EOS")
LATE = PhotoMetadata(original="2019:05:01 12:03:09", camera="Canon EOS")


def test_capture_instants_that_differ_forbid_same(original):
    first, _ = seen(original)
    second, _ = seen(saved(original, quality=95))
    a, b = Facts(1400, 1000, metadata=EARLY), Facts(1400, 1000, metadata=LATE)
    assert could_be_same(a, b) == "capture_times_differ"
    tier, evidence = verify(first, second, a, b)
    assert (tier, evidence.note) == (Tier.SIMILAR, "capture_times_differ")


def test_equal_pixels_outweigh_capture_instants(original):
    first, _ = seen(original)
    a, b = Facts(1400, 1000, metadata=EARLY), Facts(1400, 1000, metadata=LATE)
    assert could_be_same(a, b, similarity=1.0) is None
    assert verify(first, first.copy(), a, b)[0] is Tier.SAME
    assert could_be_same(a, Facts(700, 500, metadata=LATE), similarity=1.0) is not None


@pytest.mark.parametrize(
    ("a", "b", "note"),
    [
        ((4000, 3000), (1024, 768), None),
        ((4000, 3000), (768, 1024), None),
        ((4032, 3024), (320, 240), None),
        ((1372, 768), (300, 168), None),
        ((1280, 938), (300, 220), None),
        ((4000, 3000), (1024, 683), "shapes_differ"),
        ((4000, 3000), (1000, 1000), "shapes_differ"),
        ((4000, 3000), (3900, 3000), "shapes_differ"),
    ],
)
def test_shapes_are_compared_before_anything_is_decoded(a, b, note):
    assert could_be_same(Facts(*a), Facts(*b)) == note
    assert could_be_same(Facts(*b), Facts(*a)) == note


# --- plain pictures ----------------------------------------------------------------------


def plain(level, width=400, height=300):
    picture = np.full((height, width), level, np.uint8)
    return picture, Facts(width, height, plain=True)


def test_plain_pictures_match_on_equal_pixels_only():
    black, facts = plain(0)
    nearly, _ = plain(1)
    white, _ = plain(255)
    dotted = black.copy()
    dotted[100:104, 100:104] = 40
    small, small_facts = plain(0, 200, 150)
    assert verify(black, black.copy(), facts, facts)[0] is Tier.SAME
    assert verify(black, nearly, facts, facts)[0] is Tier.SAME
    for other, other_facts in ((white, facts), (dotted, facts), (small, small_facts)):
        tier, evidence = verify(black, other, facts, other_facts)
        assert (tier, evidence.note) == (Tier.SIMILAR, "plain")


@pytest.mark.parametrize("shape", [(1, 1), (1, 4000), (16, 16), (3, 300)])
def test_strange_shapes_prove_only_what_is_equal(shape):
    rng = np.random.default_rng(1)
    one, other = (rng.integers(0, 256, shape, np.uint8) for _ in range(2))
    facts = Facts(shape[1], shape[0])
    assert verify(one, other, facts, facts)[0] is Tier.SIMILAR
    assert verify(one, one.copy(), facts, facts)[0] is Tier.SAME


# --- real photos -------------------------------------------------------------------------


def load(path):
    with Image.open(path) as image:
        image.draft("RGB", (COMPARE_EDGE, COMPARE_EDGE))
        upright = np.asarray(ImageOps.exif_transpose(image).convert("RGB"))
        size = image.size
    picture, _ = seen(upright)
    return picture, Facts(*size)


@pytest.mark.photos
def test_copies_found_on_web_sites_are_the_same_photo(shared_data):
    missed, pairs = [], 0
    for group in sorted((shared_data / "natural_dups").iterdir()):
        names = [p for p in sorted(group.glob("*_same_*")) if "_2" not in p.name[1:4]]
        loaded = [(p.name, *load(p)) for p in names]
        for i, (one, first, a) in enumerate(loaded):
            for other, second, b in loaded[i + 1 :]:
                if min(max(a.width, a.height), max(b.width, b.height)) < 256:
                    continue
                pairs += 1
                if verify(first, second, a, b)[0] is not Tier.SAME:
                    missed.append((group.name, one, other))
    assert pairs > 100
    assert missed == []


@pytest.mark.photos
def test_crops_are_not_the_same_photo(shared_data):
    for group in sorted((shared_data / "natural_dups").iterdir()):
        first, a = load(next(group.glob("0_same_*")))
        for crop in group.glob("*_crop_*"):
            second, b = load(crop)
            assert verify(first, second, a, b)[0] is Tier.SIMILAR, crop.name


HARD = {"noah_0", "noah_1", "cmc", "pcb", "pcb_depth"}


@pytest.mark.photos
@pytest.mark.parametrize("edge", [None, 320])
def test_frames_of_a_sequence_are_not_the_same_photo(shared_data, edge):
    """Frame against frame, and frame against a small copy of another frame."""
    wrong = []
    for place in sorted((shared_data / "sequences").iterdir()):
        if place.name in HARD and edge is not None:
            continue
        frames = [(p.name, *load(p)) for p in sorted(place.iterdir())]
        for one, first, a in frames:
            for other, second, b in frames:
                if one == other or (edge is None and one > other):
                    continue
                if edge is not None:
                    second, b = seen(saved(second, edge=edge, quality=85))
                if verify(first, second, a, b)[0] is Tier.SAME:
                    wrong.append((place.name, one, other))
    assert wrong == []
