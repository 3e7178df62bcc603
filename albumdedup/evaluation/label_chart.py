"""Which classes are taken for which, as a picture: SVG or PNG, without a plotting library."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from albumdedup.core.i18n import _
from albumdedup.core.lettering import Lettering
from albumdedup.evaluation.bench.index_chart import Box, Chart, Shape, Text
from albumdedup.evaluation.metrics import Labels
from albumdedup.evaluation.table import share

_TOP, _LEFT, _EDGE, _SIDE = 112, 190, 24, 1600
_CELL, _LETTERED, _COUNTED, _NAME = 30, 14, 22, 160
"""A cell in pixels; the least that has room for a name beside it, and for a count in it; the
room of a number and a name."""
_INK, _QUIET, _PAPER, _GRID = "#1c1c1e", "#6b6b70", "#ffffff", "#f1f1f4"
_RIGHT, _WRONG = (47, 111, 235), (200, 62, 40)


def confusion_chart(headline: str, classes: Sequence[str], confusion: Labels) -> Chart:
    """``confusion`` int64[classes, classes + 1] as ``labels.confusion_of`` makes it: a row for each
    class that asks, a column for each that was found nearest. Columns bear the numbers that stand
    before the names of the rows; the last one, *none*, is there where a query found nothing."""
    count = len(classes)
    columns = count + int(confusion[:, count].any())
    cell = max(3, min(_CELL, _SIDE // count))
    width = max(_LEFT + columns * cell + _EDGE, 560)
    height = _TOP + count * cell + _EDGE
    shapes: list[Shape] = [
        Box(0, 0, width, height, _PAPER),
        Text(16, 30, headline, 16, _INK),
        Text(16, 54, _("Rows: the class of the query. Columns: that of its nearest."), 12, _QUIET),
    ]
    shapes += _names(classes, columns, cell)
    for row in range(count):
        for column in range(columns):
            shapes += _square(confusion, row, column, cell)
    return Chart(width, height, tuple(shapes))


def _names(classes: Sequence[str], columns: int, cell: int) -> Iterator[Shape]:
    step = 1 if cell >= _LETTERED else -(-_LETTERED // cell)
    size = min(12, max(9, cell - 4))
    for number in range(0, len(classes), step):
        y = _TOP + number * cell + (cell + size) / 2 - 1
        words = f"{number + 1}  {_visible(classes[number])}"
        yield Text(16, y, shortened(words, size, _NAME), size, _INK)
    apart = 1 if cell >= _COUNTED else max(step, -(-_COUNTED // cell))
    for number in range(0, columns, apart):
        if number < len(classes):
            yield Text(_LEFT + number * cell + 3, _TOP - 8, str(number + 1), 11, _QUIET)
    if columns > len(classes):
        yield Text(_LEFT + len(classes) * cell + 1, _TOP - 24, _("none"), 11, _QUIET)


def shortened(text: str, size: int, width: float) -> str:
    """As much as has room; the middle goes, as beginning and end tell names apart."""
    letters = Lettering(size)
    shown, left = text, len(text)
    while letters.width(shown) > width and left > 2:
        left -= 1
        shown = f"{text[: left - left // 2]}…{text[len(text) - left // 2 :]}"
    return shown


def _visible(name: str) -> str:
    safe = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in safe)


def _square(confusion: Labels, row: int, column: int, cell: int) -> Iterator[Shape]:
    amount, asked = int(confusion[row, column]), int(confusion[row].sum())
    x, y = _LEFT + column * cell, _TOP + row * cell
    gap = 1 if cell > 6 else 0
    part = amount / asked if asked else 0.0
    colour = _shade(_RIGHT if row == column else _WRONG, part) if amount else _GRID
    yield Box(x, y, cell - gap - 1, cell - gap - 1, colour)
    if amount and cell >= _COUNTED:
        ink = _PAPER if part > 0.45 else _INK
        words = str(amount)
        yield Text(x + cell / 2 - 3.5 * len(words) - 1, y + cell / 2 + 4, words, 12, ink)


def _shade(full: tuple[int, int, int], part: float) -> str:
    """From a fifth of the colour on, so that one query of many is seen."""
    much = 0.2 + 0.8 * part
    return "#" + "".join(f"{round(255 - (255 - part_of) * much):02x}" for part_of in full)


def headline(name: str, top1: float) -> str:
    return _("{name}: nearest of the same class {share}").format(name=name, share=share(top1))
