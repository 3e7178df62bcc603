"""Run the real program as a user of the terminal does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import forks


class Program:
    """The command line on one library; every call is a process of its own. What ``run`` runs to
    its end is a fork, where that can be, which saves most of its time (``forks``)."""

    def __init__(self, library: Path, home: Path, *, forked: bool = forks.POSSIBLE) -> None:
        self.library = library
        self._forked = forked
        self._environment = {
            **os.environ,
            "HOME": str(home),
            "XDG_DATA_HOME": str(home / ".local" / "share"),
            "ALBUMDEDUP_LIBRARY": str(library),
            "QT_QPA_PLATFORM": "offscreen",
        }

    def start(self, *arguments: object) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "albumdedup", *map(str, arguments)],
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
            errors="backslashreplace",
        )

    def run(self, *arguments: object, timeout: float = 240) -> subprocess.CompletedProcess[str]:
        if self._forked:
            return forks.forks().run([*map(str, arguments)], self._environment, timeout)
        process = self.start(*arguments)
        out, err = process.communicate(timeout=timeout)
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    def ok(self, *arguments: object) -> str:
        """Run, expect code 0, return what stood on stdout."""
        done = self.run(*arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def report(self, *arguments: object) -> dict[str, Any]:
        return json.loads(self.ok("report", "--format", "json", *arguments))
