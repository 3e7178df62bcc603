"""The page is self-contained and shows nasty names as text."""

from __future__ import annotations

import io
import re

from pictures import save, scene

from albumdedup.core.types import Tier
from albumdedup.evaluation.figures import Evaluation, Example, Fault, Row, SystemFigures
from albumdedup.evaluation.metrics import Score
from albumdedup.evaluation.page import write_page
from albumdedup.evaluation.table import lines, share

NASTY = "<script>alert('1')</script>&\".jpg"
GONE = "gone \udcff.jpg"


def evaluation() -> Evaluation:
    rows = (Row("<b>crop</b>", 1, Score(0.5, None), Score(1.0, 1.0)),)
    system = SystemFigures("<i>hash</i>", "distance < 3", rows, 0, 0.0)
    example = Example(Fault.MISSED, NASTY.replace("/", ""), GONE, "crop", 0.5, Tier.SIMILAR, "<u>")
    return Evaluation(1, 2, 1, 1, system, (), (), (system,), ("czkawka",), (), (example,))


def test_names_are_text_and_pictures_are_inside(tmp_path):
    save(scene(1, (80, 60)), tmp_path / NASTY.replace("/", ""))
    page = io.StringIO()
    write_page(evaluation(), tmp_path, page)
    html = page.getvalue()
    assert not re.search("<(script|b|i|u)>", html)
    assert "&lt;script&gt;" in html
    assert html.count("data:image/jpeg;base64,") == 1
    assert "gone \\xff.jpg" in html
    assert not re.search(r'(src|href)="(?!data:)', html)
    html.encode("utf-8")


def test_what_is_not_installed_is_said():
    text = list(lines(evaluation()))
    assert text[-1] == "czkawka: not installed"
    assert text[0] == "2 files: 1 copies against 1 that are none; seed 1"


def test_one_stands_only_where_nothing_is_lacking():
    assert [share(v) for v in (1.0, 0.99996, 0.5, 0.0, None)] == [
        "1.000", "0.999", "0.500", "0.000", "–"
    ]  # fmt: skip
