"""Now and then the whole program: a folder of mutants, scanned as a person would."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from fuzzing.corpus import Source
from fuzzing.mutating import mutant
from fuzzing.parent import ROOT, Failure, environment

_FILES = 60
_EXPLAINED = 3
_SECONDS = 300
_CODES = frozenset({0, 5})
"""Done; done, but for some files."""


def scanned(found: Sequence[Source], seed: int, first: int, work: Path) -> Failure | None:
    """Mutants beside some sound ones; they go into a new folder below ``work``."""
    folder, library = work / f"album-{first}", work / f"library-{first}"
    folder.mkdir()
    for number in range(first, first + _FILES):
        one = mutant(found, seed, number)
        stem = f"IMG_{number // 2:05}"  # so that companions find photos
        (folder / f"{stem}{one.suffix}").write_bytes(one.data)
    for one in found[:10]:
        (folder / Path(one.name).name).write_bytes(one.data)
    looked_at = sorted(folder.iterdir())[:_EXPLAINED]
    for words in (
        ("scan", folder),
        ("report", "--format", "html", "--out", work / "page.html"),
        ("clean",),
        *(("doctor", path) for path in looked_at),
    ):
        problem = _run([*map(str, words)], library)
        if problem:
            return Failure("scan", first, str(folder), problem, "", b"")
    return None


def _run(words: list[str], library: Path) -> str:
    """What is wrong with how the program ended; empty where nothing is."""
    line = [sys.executable, "-m", "albumdedup", *words, "--library", str(library)]
    try:
        done = subprocess.run(
            line, cwd=ROOT, env=environment(), capture_output=True, text=True, errors="replace",
            timeout=_SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"{words[0]}: no end within {_SECONDS} s"
    said = done.stdout + done.stderr
    if done.returncode not in _CODES or "Traceback" in said or "Warning:" in said:
        return f"{words[0]}: exit code {done.returncode}\n{said[-3000:]}"
    return ""
