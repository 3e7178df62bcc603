"""The table and the pictures of ``albumdedup evaluate labels``."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from albumdedup.cli.columns import columns, padded
from albumdedup.cli.plots import refuse_plot, write_new
from albumdedup.evaluation.label_chart import confusion_chart, headline
from albumdedup.evaluation.label_run import LabelBench
from albumdedup.evaluation.label_table import cells, head, notes, sentences
from albumdedup.evaluation.recipes import Recipe

SUFFIXES = (".png", ".svg")

_NUMBERS = frozenset({2, 4, 5, 6, 7})
"""The columns of numbers, which stand right."""


def label_lines(bench: LabelBench) -> Iterator[str]:
    yield from sentences(bench)
    yield ""
    table = [head(), *(cells(row) for row in bench.rows)]
    widths = [0] * len(table[0])
    for line in table:
        told = line[:-1] if len(line) < len(widths) else line  # a reason takes all the room left
        for place, cell in enumerate(told):
            widths[place] = max(widths[place], columns(cell))
    for line in table:
        yield "  ".join(_placed(line, place, widths) for place in range(len(line))).rstrip()
    yield from notes(bench)


def _placed(line: Sequence[str], place: int, widths: Sequence[int]) -> str:
    cell = line[place]
    reason = len(line) < len(widths) and place == len(line) - 1
    if place in _NUMBERS and not reason:
        return " " * (widths[place] - columns(cell)) + cell
    return padded(cell, widths[place])


class PlotFiles:
    """A picture for each extractor that was measured: of the name given where only one is asked
    for, else with the extractor's name before the suffix."""

    def __init__(self, path: str | None, folder: str, chosen: Sequence[Recipe]) -> None:
        """Raises AlbumError as ``plots.refuse_plot``, before anything is computed."""
        self._path, self._alone = path, len(chosen) == 1
        for recipe in chosen if path else ():
            refuse_plot(self._named(recipe.name), (folder,), SUFFIXES)

    def _named(self, name: str) -> str:
        assert self._path is not None
        stem, suffix = os.path.splitext(self._path)
        return self._path if self._alone else f"{stem}-{name}{suffix}"

    def draw(self, bench: LabelBench) -> Iterator[str]:
        """The paths that were written. Raises AlbumError(NOT_WRITTEN)."""
        for row in bench.measured if self._path else ():
            assert row.judged is not None
            title = headline(row.recipe.name, row.judged.top1)
            drawn = confusion_chart(title, bench.classes, row.judged.confusion)
            path = self._named(row.recipe.name)
            as_svg = path.lower().endswith(".svg")
            write_new(path, drawn.svg().encode("utf-8") if as_svg else drawn.png())
            yield path
