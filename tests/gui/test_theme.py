"""Colours can be read in both themes, and icons and pages follow them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize

from albumdedup.gui import icons, theme


@pytest.mark.parametrize("tokens", [theme.LIGHT, theme.DARK], ids=lambda t: t.name)
@pytest.mark.parametrize("pair", theme.TEXT_PAIRS, ids=lambda p: f"{p[0]} on {p[1]}")
def test_text_stands_out(tokens: theme.Tokens, pair: tuple[str, str]) -> None:
    assert theme.contrast(getattr(tokens, pair[0]), getattr(tokens, pair[1])) >= 4.5


@pytest.mark.parametrize("tokens", [theme.LIGHT, theme.DARK], ids=lambda t: t.name)
def test_colours_that_tell_apart_stand_out_and_differ(tokens: theme.Tokens) -> None:
    assert len(set(tokens.series)) == len(tokens.series)
    assert all(theme.contrast(colour, tokens.card) >= 3 for colour in tokens.series)


def test_contrast_is_that_of_the_standard(qapp) -> None:
    assert theme.contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert theme.contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("name", sorted(icons.ICONS))
def test_every_icon_draws_something_in_its_colour(qapp, name: str) -> None:
    image = icons.icon(name, "#FF0000").pixmap(QSize(20, 20)).toImage()
    inked = [
        image.pixelColor(x, y)
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y).alpha() > 100
    ]
    assert len(inked) > 8
    assert all(colour.red() > 200 and colour.blue() < 60 for colour in inked)
