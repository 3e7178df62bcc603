"""``albumdedup``: the window, unless a command is given."""

from __future__ import annotations

import sys

COMMANDS = frozenset(
    {
        "scan", "report", "clean", "undo", "history", "search", "doctor", "bench",
        "not-duplicates", "protect", "prefer", "forget", "card", "folders", "evaluate",
    }
)  # fmt: skip


def main() -> int:
    arguments = sys.argv[1:]
    if any(word in COMMANDS or word in ("-h", "--help", "--version") for word in arguments):
        from albumdedup.cli.main import main as run_command

        return run_command(arguments)
    from albumdedup.gui.app import run as run_window

    return run_window(arguments)


if __name__ == "__main__":
    sys.exit(main())
