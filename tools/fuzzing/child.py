"""A process that reads mutants one by one, and says on its pipe which it has begun and ended.

It may die: its parent sees that and starts another. What its libraries print goes to a file.
"""

from __future__ import annotations

import faulthandler
import json
import os
import random
import resource
import signal
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from fuzzing import entries
from fuzzing.corpus import Source, sources
from fuzzing.mutating import chance_of, mutant

CPU_SECONDS = 10.0
MEGABYTES = 1024
_GUARD = 8 << 30
"""Bytes of address space beyond which the machine itself would suffer."""


def run(corpus: Path | None, seed: int, first: int, step: int, work: Path) -> None:
    """Cases ``first``, ``first + step`` … until the parent closes the pipe."""
    talk, console = _apart(work)
    found = sources(corpus)
    for number in range(first, 1 << 62, step):
        one = mutant(found, seed, number)
        path = work / f"case{one.suffix}"
        path.write_bytes(one.data)
        told = {"case": number, "file": path.name, "made_of": one.made_of}
        talk.write("begun " + json.dumps(told) + "\n")
        names = entries.of(one.is_companion)
        chance = chance_of(seed, number)
        talk.write("ended " + json.dumps(attempt(path, names, chance, console)) + "\n")
        path.unlink()


def once(path: Path, work: Path) -> None:
    """All entry points on one saved file."""
    talk, console = _apart(work)
    names = entries.of(Source("", path.suffix, b"").is_companion)
    talk.write("ended " + json.dumps(attempt(path, names, Always(), console)) + "\n")


class Always(random.Random):
    """What is done now and then, is done."""

    def random(self) -> float:
        return 0.0


def attempt(
    path: Path, names: Sequence[str], chance: random.Random, console: Path
) -> dict[str, object]:
    """What went wrong, and what was printed."""
    failure = ""
    printed, before = console.stat().st_size, _megabytes(reset=True)
    signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
    try:
        for name in names:
            entries.ENTRIES[name](path, chance)
    except BaseException:
        failure = traceback.format_exc()
    signal.setitimer(signal.ITIMER_PROF, 0)
    grown = _megabytes() - before
    if not failure and grown > MEGABYTES:
        failure = f"memory: {grown} MB"
    sys.stderr.flush()
    with console.open("rb") as file:
        file.seek(printed)
        said = file.read(4000).decode("utf-8", "replace")
    if not failure and any(word in said for word in ("Traceback", "Exception", "Warning:")):
        failure = f"printed: {said}"
    return {"failure": failure, "printed": said[:300], "megabytes": grown}


def _apart(work: Path) -> tuple[TextIO, Path]:
    """The pipe to the parent, and the file in which stdout and stderr end up from now on."""
    talk = os.fdopen(os.dup(1), "w", buffering=1)
    console = work / "console"
    number = os.open(console, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND)
    os.dup2(number, 1)
    os.dup2(number, 2)
    resource.setrlimit(resource.RLIMIT_AS, (_GUARD, _GUARD))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    faulthandler.enable()
    faulthandler.register(signal.SIGPROF, chain=True)  # says where, then dies of it
    return talk, console


def _megabytes(*, reset: bool = False) -> int:
    """The most memory that was used since the last reset; 0 where Linux does not tell."""
    try:
        if reset:
            Path("/proc/self/clear_refs").write_text("5")
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return 0
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) // 1024


if __name__ == "__main__":
    what, *rest = sys.argv[1:]
    if what == "once":
        once(Path(rest[0]), Path(rest[1]))
    else:
        run(Path(rest[0]) if rest[0] else None, int(rest[1]), int(rest[2]), int(rest[3]),
            Path(rest[4]))  # fmt: skip
