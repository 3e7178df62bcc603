"""The real service in a process of its own, as ``albumdedup serve`` starts it."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
from pathlib import Path

import httpx

PATIENCE = 120.0


class Service:
    """Started at any free port; ``link`` is what it printed first."""

    def __init__(self, library: Path, home: Path, *arguments: object) -> None:
        environment = {
            **os.environ, "HOME": str(home), "XDG_DATA_HOME": str(home / ".local" / "share"),
            "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
        }  # fmt: skip
        words = ["serve", "--library", str(library), "--port", "0", *map(str, arguments)]
        self.library = library
        self._said: str | None = None
        self.process = subprocess.Popen(
            [sys.executable, "-m", "albumdedup", *words], env=environment, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        self.link = self._first_line()
        self.url = self.link.partition("/?")[0]
        self.token = (library / "service-token").read_text() if "?" in self.link else ""

    def _first_line(self) -> str:
        """Never waits for a process that says nothing."""
        lines: queue.Queue[str] = queue.Queue()
        assert self.process.stdout is not None
        reader = threading.Thread(
            target=lambda: lines.put(self.process.stdout.readline()), daemon=True
        )
        reader.start()
        line = lines.get(timeout=PATIENCE).strip()
        assert line, self.process.communicate()[1]
        return line

    def client(self, token: str | None = None, **headers: str) -> httpx.Client:
        token = self.token if token is None else token
        known = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.Client(base_url=self.url, headers={**known, **headers}, timeout=PATIENCE)

    def __enter__(self) -> Service:
        return self

    def __exit__(self, *error: object) -> None:
        """What a failing test leaves behind goes too."""
        self.stop()

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        """The exit code, and what it said beside its results; once more, the same."""
        if self._said is None:
            self.process.send_signal(number)
            self._said = self.process.communicate(timeout=PATIENCE)[1]
        return self.process.returncode, self._said
