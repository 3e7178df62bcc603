"""Starts the processes that read mutants, watches them, and says what they died of."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WALL_SECONDS = 60.0
"""A case that neither ends nor computes; other programs may keep the processor busy."""
_RENEWED = 2000
"""Cases after which a process is replaced by a fresh one."""


@dataclass(frozen=True)
class Failure:
    """``kind``: crash, hang, memory, exception, printed or scan."""

    kind: str
    case: int
    made_of: str
    detail: str
    suffix: str
    data: bytes

    @property
    def place(self) -> str:
        """Two failures at one place are one finding."""
        lines = [line.strip() for line in self.detail.splitlines() if line.strip()]
        files = [line for line in lines if line.startswith("File ") and "fuzzing" not in line]
        if self.kind in ("crash", "hang"):
            return f"{self.kind} {' < '.join(files[:3])}"
        return f"{self.kind} {' < '.join(files[-2:])} {lines[-1][:60] if lines else ''}"


@dataclass(frozen=True)
class Ended:
    case: int
    printed: str


def command(*words: object) -> list[str]:
    return [sys.executable, "-m", "fuzzing.child", *map(str, words)]


def environment() -> dict[str, str]:
    paths = [str(ROOT), str(ROOT / "tools"), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}


def cases(corpus: Path | None, seed: int, first: int, work: Path) -> Iterator[Ended | Failure]:
    """Endless: the cases from ``first`` on, whatever their processes die of."""
    while True:
        fresh, words = first, ("run", corpus or "", seed, first, 1, work)
        process = subprocess.Popen(
            command(*words), stdout=subprocess.PIPE, env=environment(), cwd=ROOT
        )
        assert process.stdout is not None
        begun: dict[str, object] = {}
        try:
            for word, told in _said(process):
                if word == "begun":
                    begun = told
                    continue
                first = int(str(begun["case"])) + 1
                yield _judged(begun, told, work)
                if first % _RENEWED == 0:
                    begun = {}
                    break
                begun = {}
            if begun:
                first = int(str(begun["case"])) + 1
                yield _death(process, begun, work)
            elif first == fresh:
                said = (work / "console").read_text(errors="replace")[-2000:]
                raise RuntimeError(f"no case could be read: {said}")
        finally:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    assert process.stdout is not None
    process.kill()
    process.stdout.close()
    process.wait()


def _said(process: subprocess.Popen[bytes]) -> Iterator[tuple[str, dict[str, object]]]:
    assert process.stdout is not None
    while True:
        ready, _, _ = select.select([process.stdout], [], [], WALL_SECONDS)
        line = process.stdout.readline() if ready else b""
        if not line.endswith(b"\n"):
            return
        word, _, rest = line.decode().partition(" ")
        yield word, json.loads(rest)


def _judged(begun: dict[str, object], told: dict[str, object], work: Path) -> Ended | Failure:
    text = str(told["failure"])
    if not text:
        return Ended(int(str(begun["case"])), str(told["printed"]))
    kind = text.split(":")[0] if text.startswith(("memory", "printed")) else "exception"
    return _failure(kind, begun, text, work)


def _death(process: subprocess.Popen[bytes], begun: dict[str, object], work: Path) -> Failure:
    try:
        code = process.wait(timeout=2)
    except subprocess.TimeoutExpired:
        return _failure("hang", begun, f"no answer within {WALL_SECONDS:.0f} s", work)
    said = (work / "console").read_text(errors="replace")[-4000:]
    kind = "hang" if code == -signal.SIGPROF else "crash"
    return _failure(kind, begun, f"exit code {code}\n{said}", work)


def _failure(kind: str, begun: dict[str, object], detail: str, work: Path) -> Failure:
    path = work / str(begun["file"])
    data = path.read_bytes() if path.exists() else b""
    return Failure(kind, int(str(begun["case"])), str(begun["made_of"]), detail, path.suffix, data)


def repeated(path: Path, work: Path) -> Failure | None:
    """One saved file through all entry points, in a process of its own."""
    process = subprocess.Popen(
        command("once", path.resolve(), work), stdout=subprocess.PIPE, env=environment(), cwd=ROOT
    )
    begun: dict[str, object] = {"case": 0, "file": path.name, "made_of": path.name}
    try:
        for _word, told in _said(process):
            found = _judged(begun, told, path.parent)
            return found if isinstance(found, Failure) else None
        died = _death(process, begun, work)
        return Failure(died.kind, 0, path.name, died.detail, path.suffix, path.read_bytes())
    finally:
        _end(process)
