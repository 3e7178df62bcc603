"""``albumdedup``: the window, unless a command is given."""

from __future__ import annotations

import os
import sys

from albumdedup.core.languages import of_environment, speak

COMMANDS = frozenset(
    {
        "scan", "report", "clean", "undo", "history", "search", "doctor", "bench",
        "not-duplicates", "protect", "prefer", "forget", "card", "folders", "evaluate", "vectors",
    }
)  # fmt: skip


def main() -> int:
    speak(of_environment(os.environ))
    arguments = sys.argv[1:]
    if any(word in COMMANDS or word in ("-h", "--help", "--version") for word in arguments):
        from albumdedup.cli.main import main as run_command

        return run_command(arguments)
    from albumdedup.gui.app import run as run_window

    return run_window(arguments)


if __name__ == "__main__":
    sys.exit(main())
