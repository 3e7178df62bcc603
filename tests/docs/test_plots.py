"""The drawn pictures: as their figures are now, and no figure that does not stand in a page."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

import pytest
from doc_pages import ROOT
from plots import FIGURES, PICTURES, differing, pictures

CHARTS = json.loads(FIGURES.read_text(encoding="utf-8"))["charts"]
NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+|\d*\.\d+|\d+")


def test_the_pictures_are_up_to_date() -> None:
    assert differing(pictures()) == [], "make reference brings them up to date"


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart["name"])
def test_every_figure_stands_in_the_page_that_is_named(chart) -> None:
    page = (ROOT / "docs" / chart["page"]).read_text(encoding="utf-8")
    assert f"images/plots/{chart['name']}.svg" in page
    for word in ("when", "how", "where"):
        assert chart[word], "who measured what, when and on what"
    for row in chart["rows"]:
        assert row["says"] in page
        stand = {float(number.replace(",", "")) for number in NUMBER.findall(row["says"])}
        drawn = {row[name] for name in ("value", "high", "goal", "at") if name in row}
        beside = {float(n.replace(",", "")) for n in NUMBER.findall(row.get("beside", ""))}
        assert drawn | beside | set(row.get("values", ())) <= stand, row


def test_every_picture_is_shown_and_loads_nothing() -> None:
    pages = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "docs").rglob("*.md"))
    for path in PICTURES.glob("*.svg"):
        assert f"images/plots/{path.name}" in pages
        root = ElementTree.fromstring(path.read_text(encoding="utf-8"))
        assert root.find("{http://www.w3.org/2000/svg}title") is not None
        assert not re.search(r"href|url\(|@import", path.read_text(encoding="utf-8"))
