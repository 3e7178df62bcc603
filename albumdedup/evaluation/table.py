"""An evaluation as plain text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from albumdedup.core.i18n import _
from albumdedup.evaluation.figures import (
    CalledFigures,
    Evaluation,
    Goal,
    RankedFigures,
    SystemFigures,
)

Cells = Sequence[str]


def lines(evaluation: Evaluation) -> Iterator[str]:
    """The whole evaluation, line by line."""
    words = _("{files} files: {copies} copies against {references} that are none; seed {seed}")
    yield words.format(
        files=evaluation.files,
        copies=evaluation.copies,
        references=evaluation.references,
        seed=evaluation.seed,
    )
    for title, head, rows in tables(evaluation):
        yield ""
        yield title
        yield from _aligned(head, rows)
    for name in evaluation.missing:
        yield _("{name}: not installed").format(name=name)


def tables(evaluation: Evaluation) -> Iterator[tuple[str, Cells, list[Cells]]]:
    """Title, head and rows of each table; the first cell of a row is its name."""
    yield _("Goals"), ("", _("goal"), _("measured"), ""), [
        (goal.text, goal.wanted, goal.measured, verdict(goal)) for goal in evaluation.goals
    ]  # fmt: skip
    yield (
        _("The product at default settings: pairs and groups"),
        _HEAD_SYSTEM,
        list(_system_rows(evaluation.product)),
    )
    yield _("What the product calls a copy beside its original"), _HEAD_CALLED, [
        _called_row(row) for row in evaluation.called
    ]  # fmt: skip
    yield _("Different shots of one scene"), _HEAD_SERIES, [
        (
            _("with EXIF") if row.with_exif else _("without EXIF"),
            str(row.pairs),
            *(share(part / row.pairs if row.pairs else None)
              for part in (row.same, row.edited, row.similar)),
        )
        for row in evaluation.series
    ]  # fmt: skip
    everyone = [evaluation.product, *evaluation.baselines]
    yield (
        _("All systems"),
        _HEAD_WHOLE,
        [_whole_row(number, system) for number, system in enumerate(everyone, 1)],
    )
    yield (
        _("Pairs found by each system, edit by edit"),
        ("", *(str(number) for number in range(1, len(everyone) + 1))),
        [
            (row.name, *(share(system.rows[n].pairs.recall) for system in everyone))
            for n, row in enumerate(evaluation.product.rows)
        ],
    )
    for system in evaluation.baselines:
        title = f"{system.name} ({system.rule})"
        yield (
            title,
            (*_HEAD_SYSTEM, *_HEAD_RANKED[: 3 if system.ranked else 0]),
            list(_system_rows(system)),
        )


_HEAD_SYSTEM = ("", "n", "pair R", "pair P", "group R", "group P")
_HEAD_RANKED = ("µAP", "R@P.99", "R@P.999")
_HEAD_CALLED = ("", "n", "identical", "same", "edited", "similar", "found", "right")
_HEAD_SERIES = ("", "pairs", "same", "edited", "similar")
_HEAD_WHOLE = (
    "", "rule", "pair R", "pair P", "group R", "group P", "µAP", "R@P.99", "R@P.999", "unrelated",
)  # fmt: skip


def verdict(goal: Goal) -> str:
    if goal.met is None:
        return _("not measured")
    return _("met") if goal.met else _("missed")


def share(value: float | None) -> str:
    """A share with three digits, so that 1.000 stands only where nothing is lacking."""
    if value is None:
        return "–"
    return f"{min(value, 0.999):.3f}" if 0.9995 <= value < 1 else f"{value:.3f}"


def _system_rows(system: SystemFigures) -> Iterator[Cells]:
    for number, row in enumerate(system.rows):
        cells = (
            row.name, str(row.copies), share(row.pairs.recall), share(row.pairs.precision),
            share(row.groups.recall), share(row.groups.precision),
        )  # fmt: skip
        yield (*cells, *_ranked_cells(system.ranked[number])) if system.ranked else cells


def _ranked_cells(ranked: RankedFigures) -> Cells:
    return (
        share(ranked.average_precision),
        share(ranked.recall_at_99),
        share(ranked.recall_at_999),
    )


def _called_row(row: CalledFigures) -> Cells:
    shares = (row.identical, row.same, row.edited, row.similar, row.found)
    return (row.name, str(row.copies), *map(share, shares), share(row.right))


def _whole_row(number: int, system: SystemFigures) -> Cells:
    whole = system.whole
    ranked = _ranked_cells(system.ranked[-1]) if system.ranked else ("", "", "")
    return (
        f"{number} {system.name}", system.rule,
        share(whole.pairs.recall), share(whole.pairs.precision),
        share(whole.groups.recall), share(whole.groups.precision), *ranked, str(system.unrelated),
    )  # fmt: skip


def _aligned(head: Cells, rows: Sequence[Cells]) -> Iterator[str]:
    widths = [max(len(cell) for cell in column) for column in zip(head, *rows, strict=True)]
    for cells in (head, *rows):
        texts = [
            cell.ljust(width) if number == 0 else cell.rjust(width)
            for number, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ]
        yield "  ".join(texts).rstrip()
