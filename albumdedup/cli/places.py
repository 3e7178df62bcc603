"""Which library a command works on."""

from __future__ import annotations

import os
from argparse import Namespace
from pathlib import Path

from albumdedup.core.paths import LIBRARY_VARIABLE, AppPaths


def chosen_paths(arguments: Namespace) -> AppPaths:
    """``--library`` before the environment variable before the platform's place."""
    named = getattr(arguments, "library", None) or os.environ.get(LIBRARY_VARIABLE)
    return AppPaths(Path(named).absolute()) if named else AppPaths.default()
