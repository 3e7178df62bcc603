"""What a search may ask: rectangles, addresses, days; several pictures as one descriptor."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from albumdedup.core.asking import (
    Crop,
    Fact,
    Sieve,
    Told,
    crop_of,
    first_day,
    last_day,
    local_path,
)
from albumdedup.core.decoder import read_file, read_upright
from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.examples import combined, part_of
from albumdedup.core.scanner import found_file
from albumdedup.core.types import ContentId
from tests.pictures import save, scene


def unit(*values: float) -> np.ndarray:
    row = np.array(values, np.float32)
    return row / np.linalg.norm(row)


def test_a_rectangle_is_in_fractions_or_in_pixels() -> None:
    assert crop_of("0.5,0,.5,1") == Crop(0.5, 0, 0.5, 1, shares=True)
    assert crop_of("100,50,200,100").within(400, 200) == (0.25, 0.25, 0.75, 0.75)
    assert crop_of("0.333333,0.333333,0.666667,0.666667").within(9, 9)[2:] == (1.0, 1.0)


@pytest.mark.parametrize(
    "text", ["", "1,2,3", "a,b,c,d", "0,0,0,1", "-1,0,1,1", "0,0,nan,1", "0,0,inf,1"]
)
def test_what_is_no_rectangle_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        crop_of(text)


@pytest.mark.parametrize("text", ["0.5,0.5,0.6,0.4", "300,0,200,100", "0,0,401,10"])
def test_a_rectangle_outside_the_picture_is_told(text: str) -> None:
    with pytest.raises(AlbumError) as told:
        crop_of(text).within(400, 200)
    assert told.value.code is ErrorCode.CROP_UNFIT


def test_a_file_address_is_a_path_and_others_are_refused(tmp_path: Path) -> None:
    odd = tmp_path / "夏 天%20#1.jpg"
    assert local_path(odd.as_uri()) == str(odd)
    assert local_path("file://localhost" + odd.as_uri()[7:]) == str(odd)
    assert local_path(str(odd)) == str(odd)
    for address in ("http://a.org/b.jpg", "https://a/b", "file://nas/b.jpg", "ftp://x/y"):
        with pytest.raises(AlbumError) as told:
            local_path(address)
        assert told.value.code is ErrorCode.WEB_ADDRESS


def test_days_of_years_and_months() -> None:
    assert first_day("2020") == date(2020, 1, 1)
    assert last_day("2020") == date(2020, 12, 31)
    assert last_day("2020-02") == date(2020, 2, 29)
    assert first_day("2020-2-3") == last_day("2020-02-03") == date(2020, 2, 3)
    for wrong in ("", "2020-13", "2020-00", "2020-02-30", "20", "0000", "2020-05-00", "2020-1-1-1"):
        for read in (first_day, last_day):
            with pytest.raises(ValueError):  # noqa: PT011
                read(wrong)


def test_a_sieve_of_a_month_lets_through_what_may_be_of_it() -> None:
    may = Fact(ContentId("a"), "/a/b/x.jpg", date(2019, 5, 1), date(2019, 5, 31), "Canon EOS 5D")
    assert Sieve(first=date(2019, 5, 31)).admits(may)
    assert not Sieve(first=date(2019, 6, 1)).admits(may)
    assert Sieve(last=date(2019, 5, 1)).admits(may)
    assert not Sieve(first=date(2019, 1, 1)).admits(may._replace(first=None, last=None))
    assert Sieve(folder="/a/b").admits(may)
    assert Sieve(folder="/").admits(may)
    assert not Sieve(folder="/a/bc").admits(may)
    assert not Sieve(folder="/a/b/x.jpg").admits(may)
    assert Sieve(camera=" eos ").admits(may)
    assert not Sieve(camera="nikon").admits(may._replace(camera=""))


def test_other_facts_have_another_mark() -> None:
    some = [Told(), Told(("a",)), Told(("a",), 1), Told(("a",), None, 1), Told((), camera="a")]
    assert len({one.mark for one in some}) == len(some)


def test_examples_are_one_descriptor_of_norm_one() -> None:
    a, b, c = unit(1, 0, 0), unit(0, 1, 0), unit(0, 0, 1)
    np.testing.assert_allclose(combined(np.array([a, b]), np.empty((0, 3)), 0.2), unit(1, 1, 0))
    np.testing.assert_allclose(
        combined(np.array([a, b]), np.array([c, c]), 0.5), unit(0.5, 0.5, -0.5), atol=1e-7
    )
    assert combined(np.array([a]), np.array([a, c]), 0.5) @ c < 0
    with pytest.raises(AlbumError) as told:
        combined(np.array([a]), np.array([a]), 1.0)
    assert told.value.code is ErrorCode.EXAMPLES_CANCEL


def test_a_part_of_a_turned_picture_is_the_upright_part(tmp_path: Path) -> None:
    """Orientation 6: the camera lay on its side. The upper half of what one sees is cut out."""
    upright = scene(3, (480, 640))
    half = upright.crop((0, 0, 480, 320))
    turned = tmp_path / "turned.png"
    exif = upright.getexif()
    exif[0x0112] = 6
    upright.transpose(4 - 2).save(turned, exif=exif)  # ROTATE_90, as a viewer turns it back
    plain = tmp_path / "half.png"
    half.save(plain)
    part = part_of(read_upright, str(turned), (0.0, 0.0, 1.0, 0.5), (480, 640), 96)
    whole = read_file(found_file(str(plain)), 96, lambda content: True).picture
    assert isinstance(part, np.ndarray)
    assert whole is not None
    assert part.shape == (96, 96, 3)
    assert np.abs(part.astype(int) - whole.pixels.astype(int)).mean() < 3


def test_the_whole_as_a_rectangle_is_the_whole(tmp_path: Path) -> None:
    path = str(save(scene(4, (1600, 1200)), tmp_path / "a.jpg"))
    whole = read_file(found_file(path), 128, lambda content: True).picture
    part = part_of(read_upright, path, (0.0, 0.0, 1.0, 1.0), (1600, 1200), 128)
    assert whole is not None
    assert isinstance(part, np.ndarray)
    assert np.abs(part.astype(int) - whole.pixels.astype(int)).mean() < 2
    corner = part_of(read_upright, path, (0.999, 0.999, 1.0, 1.0), (1600, 1200), 8)
    assert corner.shape == (8, 8, 3)  # type: ignore[union-attr]
