"""Runs targets of the Makefile one after another and sums up what became of each.

    python tools/nightly.py TARGET …        what they say goes to build/nightly/TARGET.log

A target that fails does not keep the next one from running. Exit code: how many failed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOGS = ROOT / "build" / "nightly"
LAST_LINES = 5


@dataclass(frozen=True, slots=True)
class Outcome:
    target: str
    code: int
    seconds: float
    log: Path

    @property
    def line(self) -> str:
        word = "ok" if self.code == 0 else f"failed ({self.code})"
        return f"{self.target:<18} {word:<12} {self.seconds / 60:>7.1f} min   {self.log}"

    @property
    def end(self) -> list[str]:
        """The last that it said."""
        return self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-LAST_LINES:]


def run(target: str, make: Sequence[str], logs: Path) -> Outcome:
    """One target from beginning to end. Ctrl-C ends all."""
    log = logs / f"{target}.log"
    begun = time.monotonic()
    with log.open("wb") as file:
        code = subprocess.run([*make, target], stdout=file, stderr=file, check=False).returncode
    return Outcome(target, code, time.monotonic() - begun, log)


def run_all(targets: Sequence[str], make: Sequence[str], logs: Path) -> list[Outcome]:
    logs.mkdir(parents=True, exist_ok=True)
    outcomes = []
    for target in targets:
        print(f"{time.strftime('%H:%M')}  make {target} …", flush=True)
        outcomes.append(run(target, make, logs))
        if outcomes[-1].code:
            print(*(f"    {line}" for line in outcomes[-1].end), sep="\n", flush=True)
    return outcomes


def main(targets: Sequence[str], make: Sequence[str] = (), logs: Path = LOGS) -> int:
    command = make or (os.environ.get("MAKE", "make"), "--directory", str(ROOT))
    outcomes = run_all(targets, command, logs)
    print("", *(outcome.line for outcome in outcomes), sep="\n")
    return sum(outcome.code != 0 for outcome in outcomes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
