"""``albumdedup bench index``: which index suits this library, and which store takes which."""

from __future__ import annotations

import json
from argparse import Namespace

from albumdedup.cli.columns import columns, padded
from albumdedup.cli.console import say, stopping
from albumdedup.cli.exits import Exit
from albumdedup.cli.places import chosen_paths
from albumdedup.cli.plots import refuse_plot, write_new
from albumdedup.cli.session import chosen_settings, open_session
from albumdedup.core.control import Control
from albumdedup.core.i18n import _, human_bytes
from albumdedup.core.types import ContentId, Descriptors
from albumdedup.evaluation.bench.figures import Unit
from albumdedup.evaluation.bench.index import IndexBench, IndexRow, bench_index
from albumdedup.evaluation.bench.index_chart import chart
from albumdedup.evaluation.bench.store import Server
from albumdedup.evaluation.bench.synthetic import whole
from albumdedup.evaluation.bench.table import value
from albumdedup.evaluation.bench.words import word
from albumdedup.store.vector_index import indexing, kinds

SUFFIXES = (".png", ".svg")


def run(arguments: Namespace) -> Exit:
    settings = chosen_settings(arguments, chosen_paths(arguments))
    choices, metric = kinds(settings), indexing(settings).metric
    if arguments.plot and arguments.photos:
        refuse_plot(arguments.plot, (), SUFFIXES)
    table = _table(arguments)
    if not table[0]:
        say(
            _(
                "There is nothing to index: the library is empty. Scan a folder of photos first, "
                "or measure on a made library with --photos N."
            )
        )
        return Exit.UNUSABLE
    server = Server(arguments.uri, arguments.token, arguments.certificate)
    control = Control()
    with stopping(control):
        bench = bench_index(
            table, choices, metric=metric, server=server, seed=arguments.seed, control=control
        )
    if arguments.plot:
        drawn = chart(bench, _headline(bench))
        as_svg = arguments.plot.lower().endswith(".svg")
        write_new(arguments.plot, drawn.svg().encode("utf-8") if as_svg else drawn.png())
    _print(bench, arguments)
    return Exit.DONE


def _table(arguments: Namespace) -> tuple[list[ContentId], Descriptors]:
    if arguments.photos:
        return whole(arguments.photos, arguments.seed)
    with open_session(arguments) as session:
        if arguments.plot:
            refuse_plot(arguments.plot, session.library.roots(), SUFFIXES)
        return session.library.descriptors()


def _headline(bench: IndexBench) -> str:
    told = (f"{word(name)}: {fact}" for name, fact in bench.facts.items())
    return " · ".join(("index", *told))


def _cells(row: IndexRow) -> tuple[str, ...]:
    if row.problem:
        return (row.name, "–", "–", "–", "–", "–")
    return (
        row.name,
        value(row.recall, Unit.SHARE),
        value(row.p50, Unit.SECONDS),
        value(row.p99, Unit.SECONDS),
        value(row.build, Unit.SECONDS),
        "–" if row.bytes is None else human_bytes(row.bytes),
    )


def _print(bench: IndexBench, arguments: Namespace) -> None:
    if arguments.json:
        print(json.dumps(bench.as_json(), indent=1))
        return
    print(_headline(bench))
    head = (
        "", _("recall of the first ten"), _("search p50"), _("search p99"), _("open and build"),
        _("size on disk"),
    )  # fmt: skip
    lines = [head, *(_cells(row) for row in bench.rows)]
    if arguments.markdown:
        rules = ("---", *("---:" for _column in head[1:]))
        for cells in (lines[0], rules, *lines[1:]):
            print("| " + " | ".join(cells) + " |")
    else:
        widths = [max(columns(line[number]) for line in lines) for number in range(len(head))]
        for line in lines:
            row = [padded(cell, width) for cell, width in zip(line, widths, strict=True)]
            print(f"  {'  '.join(row)}".rstrip())
    for refused in bench.rows:
        if refused.problem:
            say(refused.problem)
