"""The comparison of indexes as a picture: bars, as SVG or PNG, without a plotting library."""

from __future__ import annotations

import html
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from albumdedup.core.i18n import _
from albumdedup.core.lettering import Lettering
from albumdedup.evaluation.bench.figures import Unit
from albumdedup.evaluation.bench.index import IndexBench, IndexRow
from albumdedup.evaluation.bench.table import value

_WIDTH, _LEFT, _BAR, _STEP, _TOP, _TITLE = 220, 150, 16, 26, 84, 20
_INK, _QUIET, _PAPER, _ACCENT = "#1c1c1e", "#6b6b70", "#ffffff", "#2f6feb"


@dataclass(frozen=True, slots=True)
class Box:
    x: float
    y: float
    width: float
    height: float
    colour: str


@dataclass(frozen=True, slots=True)
class Text:
    """``y`` is that of the base line."""

    x: float
    y: float
    words: str
    size: int
    colour: str


Shape = Box | Text


@dataclass(frozen=True, slots=True)
class Chart:
    width: int
    height: int
    shapes: tuple[Shape, ...]

    def svg(self) -> str:
        drawn = "\n".join(_svg(shape) for shape in self.shapes)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.width}" height="{self.height}" '
            f'viewBox="0 0 {self.width} {self.height}" font-family="system-ui, sans-serif">\n'
            f"{drawn}\n</svg>\n"
        )

    def png(self) -> bytes:
        from PIL import Image, ImageDraw

        image = Image.new("RGB", (self.width, self.height), _PAPER)
        draw = ImageDraw.Draw(image)
        for shape in self.shapes:
            if isinstance(shape, Box):
                corner = (shape.x + shape.width, shape.y + shape.height)
                draw.rectangle((shape.x, shape.y, *corner), shape.colour)
            else:
                place = (shape.x, shape.y)
                Lettering(shape.size).draw(draw, place, shape.words, shape.colour)
        written = io.BytesIO()
        image.save(written, "PNG")
        return written.getvalue()


def chart(bench: IndexBench, headline: str) -> Chart:
    """A column of bars for each figure, a row for each index."""
    columns: Sequence[tuple[str, Unit, Callable[[IndexRow], float | None]]] = (
        (_("recall of the first ten"), Unit.SHARE, lambda row: row.recall),
        (_("search p50"), Unit.SECONDS, lambda row: row.p50),
        (_("search p99"), Unit.SECONDS, lambda row: row.p99),
        (_("open and build"), Unit.SECONDS, lambda row: row.build),
        (_("size on disk"), Unit.BYTES, lambda row: row.bytes),
    )
    width = _LEFT + len(columns) * _WIDTH
    height = _TOP + len(bench.rows) * _STEP + 20
    shapes: list[Shape] = [
        Box(0, 0, width, height, _PAPER),
        Text(16, 30, headline, _TITLE - 4, _INK),
    ]
    for number, row in enumerate(bench.rows):
        y = _TOP + number * _STEP
        shapes.append(Text(16, y + 12, row.kind, 13, _INK))
        if row.problem:
            shapes.append(Text(_LEFT, y + 12, _("refused by this store"), 12, _QUIET))
    for place, (title, unit, of) in enumerate(columns):
        x = _LEFT + place * _WIDTH
        shapes.append(Text(x, _TOP - 14, title, 12, _QUIET))
        known = [of(row) or 0.0 for row in bench.rows if not row.problem]
        most = 1.0 if unit is Unit.SHARE else max(known, default=0.0)
        for number, row in enumerate(bench.rows):
            shapes += _bar(row, of(row), unit, most, (x, _TOP + number * _STEP))
    return Chart(width, height, tuple(shapes))


def _bar(
    row: IndexRow, amount: float | None, unit: Unit, most: float, place: tuple[float, float]
) -> list[Shape]:
    if row.problem or amount is None or not most:
        return []
    x, y = place
    length = max(1.0, (_WIDTH - 96) * amount / most)
    said = Text(x + length + 6, y + 12, value(amount, unit), 12, _INK)
    return [Box(x, y, length, _BAR, _ACCENT), said]


def _svg(shape: Shape) -> str:
    if isinstance(shape, Box):
        return (
            f'<rect x="{shape.x:.1f}" y="{shape.y:.1f}" width="{shape.width:.1f}" '
            f'height="{shape.height:.1f}" fill="{shape.colour}"/>'
        )
    return (
        f'<text x="{shape.x:.1f}" y="{shape.y:.1f}" font-size="{shape.size}" '
        f'fill="{shape.colour}">{html.escape(shape.words)}</text>'
    )
