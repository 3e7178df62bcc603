"""Whole processes beside one another: from their start to their first line and to their end."""

from __future__ import annotations

import json
import multiprocessing
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import ParamSpec, TypeVar

import albumdedup
from albumdedup.evaluation.bench.peak import peak_bytes
from albumdedup.system.program import own_command

P = ParamSpec("P")
T = TypeVar("T")

PROGRAM = "albumdedup"
CHILD = "albumdedup.evaluation.bench.child"


@dataclass(frozen=True, slots=True)
class Ran:
    """A process that ended well. ``first_line`` is when the first line of its output came."""

    seconds: float
    first_line: float
    output: str


@dataclass(frozen=True, slots=True)
class Watched:
    """A run of the program that told its memory (None: not on this platform) and imports."""

    ran: Ran
    peak: int | None
    imported: tuple[str, ...]


def run_module(
    module: str, arguments: Sequence[str], environment: Mapping[str, str] | None = None
) -> Ran:
    """``python -m module …`` with this interpreter, or so much of a bundle. Raises RuntimeError
    where it fails."""
    return run([*own_command(module), *arguments], environment)


def run(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Ran:
    """Output is read to its end. Raises RuntimeError with the errors where it fails."""
    own = str(Path(albumdedup.__file__).parents[1])
    paths = [own, *filter(None, [os.environ.get("PYTHONPATH")])]
    known = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), **(environment or {})}
    started = time.perf_counter()
    with (
        tempfile.TemporaryFile() as errors,
        subprocess.Popen(
            command, env=known, stdout=subprocess.PIPE, stderr=errors,
            encoding="utf-8", errors="replace",
        ) as process,
    ):  # fmt: skip
        assert process.stdout is not None
        first = process.stdout.readline()
        first_line = time.perf_counter() - started
        output = process.stdout.read()
        process.wait()
        seconds = time.perf_counter() - started
        if process.returncode:
            errors.seek(0)
            told = errors.read().decode("utf-8", "replace")[-2000:]
            raise RuntimeError(f"{' '.join(command)}: {process.returncode}: {told}")
    return Ran(seconds, first_line, first + output)


def run_watched(arguments: Sequence[str], report: Path) -> Watched:
    """The program with these words, in a process that writes ``report`` (a new file)."""
    ran = run_module(CHILD, [str(report), *arguments])
    told = json.loads(report.read_text(encoding="utf-8"))
    return Watched(ran, told["peak"], tuple(told["imported"]))


def in_child(do: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> tuple[T, int | None]:
    """Call a function of a module in a process of its own: what it gave, and its peak memory."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn) as pool:
        return pool.submit(_watched, do, args, kwargs).result()


def _watched(
    do: Callable[..., T], args: Sequence[object], kwargs: Mapping[str, object]
) -> tuple[T, int | None]:
    return do(*args, **kwargs), peak_bytes()
