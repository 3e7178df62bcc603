"""How this program begins itself once more, as a process of its own."""

from __future__ import annotations

import sys

MODULE = "--module"
"""In a bundle: the argument that a module of ours follows, which is run instead of the program."""


def own_command(module: str = "albumdedup") -> tuple[str, ...]:
    """What to start for ``python -m module``; its arguments follow. A bundle has no interpreter to
    ask, only itself. ``-P``: what lies in the folder where the program was started, photos perhaps
    and a ``PIL`` of somebody's, is not imported."""
    if getattr(sys, "frozen", False):
        return (sys.executable,) if module == "albumdedup" else (sys.executable, MODULE, module)
    return (sys.executable, "-P", "-m", module)


def bare_command() -> tuple[str, ...]:
    """What to start for an interpreter that ends at once, to measure beside."""
    if getattr(sys, "frozen", False):
        return (sys.executable, MODULE)
    return (sys.executable, "-c", "pass")
