"""Czkawka's core on the same files with as many threads, where the package ``czkawka`` is."""

from __future__ import annotations

import importlib.util
import json
import os
import tempfile
from collections.abc import Sequence

from albumdedup.evaluation.bench.process import Ran, run_module

CHILD = "albumdedup.evaluation.bench.peer_child"


def installed() -> bool:
    return importlib.util.find_spec("czkawka") is not None


def search(folders: Sequence[str], threads: int) -> tuple[Ran, float]:
    """The whole process, and the seconds of its search alone. It finds no cache of before.
    Raises RuntimeError where it fails."""
    with tempfile.TemporaryDirectory() as home:
        ran = run_module(
            CHILD,
            [os.path.abspath(folder) for folder in folders],
            {
                "RAYON_NUM_THREADS": str(threads),
                "HOME": home,
                "XDG_CACHE_HOME": home,
                "XDG_CONFIG_HOME": home,
                "LOCALAPPDATA": home,
            },
        )
    return ran, float(json.loads(ran.output)["seconds"])
