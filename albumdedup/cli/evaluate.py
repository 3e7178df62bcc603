"""``albumdedup evaluate make SRC OUT``, ``… run DIR`` and ``… labels DIR``"""

from __future__ import annotations

import errno
import os
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from albumdedup.cli.console import ConsoleReporter, Told, printable, say, stopping
from albumdedup.cli.exits import Exit
from albumdedup.cli.labels import PlotFiles, label_lines
from albumdedup.cli.places import chosen_paths
from albumdedup.cli.session import chosen_settings
from albumdedup.core.control import Control
from albumdedup.core.errors import AlbumError, Cancelled, ErrorCode
from albumdedup.core.i18n import _
from albumdedup.evaluation.album import make_album
from albumdedup.evaluation.edits import KINDS
from albumdedup.evaluation.label_run import evaluate_labels
from albumdedup.evaluation.label_table import as_json
from albumdedup.evaluation.page import write_page
from albumdedup.evaluation.recipes import recipes
from albumdedup.evaluation.run import evaluate, write_json
from albumdedup.evaluation.table import lines


def run(arguments: Namespace) -> Exit:
    return {"make": _make, "run": _run, "labels": _labels}[arguments.what](arguments)


def _make(arguments: Namespace) -> Exit:
    told = Told()
    made = make_album(
        Path(arguments.source),
        Path(arguments.out),
        seed=arguments.seed,
        sequences=_path(arguments.sequences),
        distractors=_path(arguments.distractors),
        strip_sequences=arguments.strip_sequences,
        copies_per_photo=arguments.copies,
        limit=arguments.limit,
        leave_out=arguments.leave_out,
        kinds=KINDS,
        told=lambda done, total: told(_("Making copies"), done, total),
    )
    print(_("{files} files in {folder}").format(files=len(made), folder=printable(arguments.out)))
    return Exit.DONE


def _run(arguments: Namespace) -> Exit:
    paths = chosen_paths(arguments)
    settings = chosen_settings(arguments, paths)
    control, reporter, told = Control(), ConsoleReporter(), Told()
    album = Path(arguments.folder)
    with stopping(control):
        try:
            evaluation = evaluate(
                album,
                settings,
                limit=arguments.limit,
                copies=arguments.copies,
                seed=arguments.seed,
                extractors=arguments.beside,
                models=paths.models,
                control=control,
                sink=reporter,
                told=told,
            )
        except Cancelled:
            say(_("Stopped; nothing was measured."))
            return Exit.INTERRUPTED
        finally:
            reporter.end()
    for line in lines(evaluation):
        print(line)
    if arguments.json:
        _write(arguments.json, lambda file: write_json(evaluation, file))
    if arguments.html:
        _write(arguments.html, lambda file: write_page(evaluation, album, file))
    return Exit.DONE


def _labels(arguments: Namespace) -> Exit:
    paths = chosen_paths(arguments)
    settings = chosen_settings(arguments, paths)
    chosen = recipes(
        [n.strip() for n in arguments.extractors.split(",") if n.strip()], arguments.reduced
    )
    _refuse_json(arguments.json)
    plots = PlotFiles(arguments.plot, arguments.folder, chosen)
    control = Control()
    with stopping(control):
        try:
            bench = evaluate_labels(
                Path(arguments.folder), chosen, settings, paths.models,
                share=arguments.query_share, seed=arguments.seed, control=control, told=Told(),
            )  # fmt: skip
        except Cancelled:
            say(_("Stopped; nothing was measured."))
            return Exit.INTERRUPTED
    if arguments.json == "-":
        print(as_json(bench))
    else:
        for line in label_lines(bench):
            print(printable(line))
    if arguments.json and arguments.json != "-":
        _write(arguments.json, lambda file: file.write(as_json(bench) + "\n"))
    for path in plots.draw(bench):
        say(_("Written: {path}").format(path=path))
    return Exit.DONE


def _refuse_json(path: str | None) -> None:
    """Before hours of describing. Raises AlbumError(NOT_WRITTEN)."""
    if path is None or path == "-":
        return
    code = errno.EISDIR if os.path.isdir(path) else errno.ENOENT
    if code == errno.EISDIR or not os.path.isdir(os.path.dirname(path) or "."):
        raise AlbumError(ErrorCode.NOT_WRITTEN, path=path, detail=os.strerror(code))


def _path(text: str | None) -> Path | None:
    return Path(text) if text is not None else None


def _write(path: str, write: Callable[[TextIO], object]) -> None:
    try:
        with open(path, "w", encoding="utf-8", errors="surrogateescape") as file:
            write(file)
    except OSError as error:
        detail = error.strerror or str(error)
        raise AlbumError(ErrorCode.NOT_WRITTEN, path=path, detail=detail) from error
    say(_("Written: {path}").format(path=path))
