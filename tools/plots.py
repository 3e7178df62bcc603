"""The pictures of the documents that are made of figures: plots, and the layers of the program.

    python tools/plots.py [--check]

Plots are drawn from docs/figures.json, whose figures stand in a page in words as well; the layers
from the contract in pyproject.toml. With ``--check`` nothing is written.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from drawing import Drawing

ROOT = Path(__file__).resolve().parents[1]

PICTURES = ROOT / "docs" / "images" / "plots"
FIGURES = ROOT / "docs" / "figures.json"

WIDTH, LEFT, RIGHT, TOP, ROW = 720, 210, 150, 64, 30
Chart = Mapping[str, Any]

JOBS = {
    "__main__": "chooses between window and command",
    "gui": "the window",
    "cli": "one module per command",
    "api": "for scripts and notebooks",
    "service": "over HTTP, on this computer",
    "evaluation": "what is found, how fast: measured",
    "assembly": "picks the classes that fulfil the ports",
    "ml": "descriptors (torch)",
    "store": "catalog, journal, vectors",
    "system": "trash, moves, processes",
    "core": "all that decides; no Qt, torch, Milvus or SQLite",
}
"""What stands in the box of each layer."""


def pictures() -> dict[str, str]:
    """Name of each picture → its SVG."""
    charts = json.loads(FIGURES.read_text(encoding="utf-8"))["charts"]
    drawn = {f"{chart['name']}.svg": KINDS[chart["kind"]](chart) for chart in charts}
    return {**drawn, "layers.svg": layers()}


def bars(chart: Chart) -> str:
    rows = chart["rows"]
    height = TOP + ROW * len(rows) + 40
    drawing = _begun(chart, height)
    most = chart.get("top") or max(
        max(row.get("high", 0), row.get("goal", 0), row["value"]) for row in rows
    )
    scale = (WIDTH - LEFT - RIGHT) / most
    for number, row in enumerate(rows):
        y = TOP + number * ROW
        drawing.text(LEFT - 10, y + 15, row["label"], anchor="end")
        drawing.box(LEFT, y + 3, row["value"] * scale, 16, "one")
        end = row.get("high", row["value"])
        if end > row["value"]:
            drawing.box(LEFT, y + 3, end * scale, 16, "range")
        if goal := row.get("goal"):
            drawing.line([(LEFT + goal * scale, y - 1), (LEFT + goal * scale, y + 23)], "goal")
        after = max(end, row.get("goal", 0)) * scale
        drawing.text(LEFT + after + 8, y + 15, _told(row, chart["unit"]))
    drawing.line([(LEFT, TOP - 4), (LEFT, TOP + ROW * len(rows))], "line")
    _measured(drawing, chart, height)
    return drawing.written()


def _told(row: Mapping[str, Any], unit: str) -> str:
    values = [row[name] for name in ("value", "high") if name in row]
    places = max(len(f"{value:g}".partition(".")[2]) for value in values)
    numbers = [f"{value:,.{places}f}" for value in values]
    words = " ".join([" to ".join(numbers), unit]).strip()
    return f"{words} · {row['beside']}" if "beside" in row else words


def lines(chart: Chart) -> str:
    """Both axes by powers of ten."""
    height, low, high = 356, 300, TOP + 10
    drawing = _begun(chart, height)
    left, right = 80, WIDTH - 190
    xs = [row["at"] for row in chart["rows"]]
    values = [value for row in chart["rows"] for value in row["values"]]
    across = _powers(xs), (left, right)
    up = _powers(values), (low - 20, high)
    for power in range(up[0][0], up[0][1] + 1):
        y = _placed(10**power, *up)
        drawing.line([(left, y), (right, y)], "line")
        drawing.text(left - 8, y + 4, f"{_number(10.0**power)} {chart['unit']}", "quiet", "end")
    for at in xs:
        drawing.text(_placed(at, *across), low, f"{at:,}", "quiet", "middle")
    for number, name in enumerate(chart["lines"]):
        look = ("one", "two")[number]
        points = [
            (_placed(row["at"], *across), _placed(row["values"][number], *up))
            for row in chart["rows"]
        ]
        drawing.line(points, f"stroke-{look}")
        for x, y in points:
            drawing.dot(x, y, look)
        x, y = points[-1]
        last = f"{name}: {_number(chart['rows'][-1]['values'][number])} {chart['unit']}"
        drawing.text(x + 10, y + (0 if number == 0 else 14), last)
    drawing.text(right + 12, low, chart["across"], "quiet")
    _measured(drawing, chart, height)
    return drawing.written()


KINDS = {"bars": bars, "lines": lines}


def layers() -> str:
    """One row of boxes for each layer; imports point downwards."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    rows = next(one for one in contracts if one["name"] == "Layers")["layers"]
    height, gap = 56, 22
    drawing = Drawing(WIDTH, len(rows) * (height + gap) + 46, "The layers of the program")
    for number, row in enumerate(rows):
        y = 10 + number * (height + gap)
        names = [name.strip() for name in row.split("|")]
        width = (WIDTH - 20 - 12 * (len(names) - 1)) / len(names)
        for place, name in enumerate(names):
            x = 10 + place * (width + 12)
            drawing.box(x, y, width, height, "box")
            drawing.text(x + width / 2, y + 24, name, "title", "middle")
            drawing.text(x + width / 2, y + 43, JOBS[name], "quiet", "middle")
        if number < len(rows) - 1:
            _arrow(drawing, WIDTH / 2, y + height + 3, gap - 6)
    words = "Imports point downwards only; boxes of one row do not know each other."
    drawing.text(WIDTH / 2, len(rows) * (height + gap) + 22, words, "quiet", "middle")
    return drawing.written()


def _arrow(drawing: Drawing, x: float, y: float, length: float) -> None:
    drawing.line([(x, y), (x, y + length - 5)], "flow")
    drawing.area([(x - 5, y + length - 7), (x + 5, y + length - 7), (x, y + length)], "arrow")


def _begun(chart: Chart, height: int) -> Drawing:
    drawing = Drawing(WIDTH, height, chart["title"])
    drawing.text(10, 22, chart["title"], "title")
    drawing.text(10, 42, chart["note"], "quiet")
    return drawing


def _measured(drawing: Drawing, chart: Chart, height: int) -> None:
    drawing.text(10, height - 24, chart["how"], "quiet")
    drawing.text(10, height - 8, f"{chart['where']}; {chart['when']}", "quiet")


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:g}"


def _powers(values: Sequence[float]) -> tuple[int, int]:
    return math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))


def _placed(value: float, powers: tuple[int, int], pixels: tuple[float, float]) -> float:
    share = (math.log10(value) - powers[0]) / (powers[1] - powers[0])
    return pixels[0] + share * (pixels[1] - pixels[0])


def differing(drawn: Mapping[str, str]) -> list[str]:
    there = {path.name: path.read_text(encoding="utf-8") for path in PICTURES.glob("*.svg")}
    return sorted(name for name in {*drawn, *there} if drawn.get(name) != there.get(name))


def main(arguments: Sequence[str] | None = None) -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--check", action="store_true", help="change nothing")
    given = options.parse_args(arguments)
    drawn = pictures()
    stale = differing(drawn)
    for name in stale:
        print(f"docs/images/plots/{name} is not up to date: make reference")
        if not given.check and name in drawn:
            PICTURES.mkdir(parents=True, exist_ok=True)
            (PICTURES / name).write_text(drawn[name], encoding="utf-8")
        elif not given.check:
            (PICTURES / name).unlink()
    return 1 if stale and given.check else 0


if __name__ == "__main__":
    sys.exit(main())
