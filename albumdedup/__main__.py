"""``albumdedup``: the window, unless a command is given."""

from __future__ import annotations

import gc
import os
import sys

from albumdedup.core.languages import of_environment, speak

SERVE = "serve"
COMMANDS = frozenset(
    {
        "scan", "report", "clean", "undo", "history", "search", "doctor", "bench",
        "not-duplicates", "protect", "prefer", "forget", "card", "folders", "evaluate", "vectors",
        "family", "elsewhere", "models", "pca", SERVE,
    }
)  # fmt: skip

DECODE_WORKER = "--decode-worker"
"""As ``system.isolation.worker.WORD``, which the window imports after its first paint."""

OBJECTS_BETWEEN_COLLECTIONS = (50_000, 20, 100)
"""What a command makes by the 100,000 are photos and groups, which are no garbage: going through
them again and again took as long as reading them."""


def main() -> int:
    arguments = sys.argv[1:]
    if arguments[:1] == [DECODE_WORKER]:
        from albumdedup.system.isolation.worker import main as run_worker

        return run_worker()
    speak(of_environment(os.environ))
    if SERVE in arguments:
        # Threads of OpenBLAS wait for one another by spinning: of a service under load they took
        # half of all time. It reads this when numpy is loaded, which is not yet.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if any(word in COMMANDS or word in ("-h", "--help", "--version") for word in arguments):
        from albumdedup.cli.main import main as run_command

        gc.set_threshold(*OBJECTS_BETWEEN_COLLECTIONS)
        return run_command(arguments)
    from albumdedup.gui.app import run as run_window

    return run_window(arguments)


if __name__ == "__main__":
    sys.exit(main())
