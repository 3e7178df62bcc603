"""A benchmark as lines of text, and as a table for a page of Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from albumdedup.core.i18n import _, human_bytes
from albumdedup.evaluation.bench.figures import Benchmark, Figure, Unit
from albumdedup.evaluation.bench.words import word

Cells = tuple[str, ...]


def head() -> Cells:
    return ("", _("median"), _("least to most"), _("beside"))


def rows(benchmark: Benchmark) -> list[Cells]:
    return [
        (word(figure.name), value(figure.median, figure.unit), _spread(figure), _beside(figure))
        for figure in benchmark.figures
    ]


def facts(benchmark: Benchmark) -> str:
    runs = len(benchmark.figures[0].values) if benchmark.figures else 0
    told = [_("{bench}, runs: {n}").format(bench=benchmark.what, n=runs)]
    told += [f"{word(name)}: {_fact(name, fact)}" for name, fact in benchmark.facts.items()]
    return " · ".join(told)


def markdown(benchmark: Benchmark) -> Iterator[str]:
    yield facts(benchmark)
    yield ""
    yield _line(head())
    yield _line(("---", "---:", "---:", "---:"))
    for cells in rows(benchmark):
        yield _line(cells)
    for line in missing(benchmark):
        yield ""
        yield line


def missing(benchmark: Benchmark) -> Iterator[str]:
    for name in benchmark.missing:
        yield _("{name}: could not be measured here").format(name=word(name))


def value(amount: float, unit: Unit) -> str:
    """Three figures that count; bytes as people write them."""
    match unit:
        case Unit.BYTES:
            return human_bytes(round(amount))
        case Unit.COUNT:
            return f"{amount:,.0f}"
        case Unit.SHARE:
            return f"{amount:.4f}"
        case Unit.PER_SECOND:
            return _("{n} per second").format(n=_three(amount))
    if amount < 1:
        return _("{n} ms").format(n=_three(amount * 1000))
    return _("{n} s").format(n=_three(amount))


def _three(amount: float) -> str:
    if amount >= 100:
        return f"{amount:,.0f}"
    return f"{amount:.1f}" if amount >= 10 else f"{amount:.2f}"


def _fact(name: str, fact: int | str) -> str:
    if isinstance(fact, str):
        return fact or _("none")
    return human_bytes(fact) if name == "bytes" else f"{fact:,}"


def _spread(figure: Figure) -> str:
    least, most = value(min(figure.values), figure.unit), value(max(figure.values), figure.unit)
    return least if least == most else f"{least} – {most}"


def _beside(figure: Figure) -> str:
    if figure.ratio is None:
        return ""
    words = _("{ratio} × {baseline}")
    return words.format(ratio=_three(figure.ratio), baseline=word(figure.baseline))


def _line(cells: Cells) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
