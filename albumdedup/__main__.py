"""``albumdedup``: the window, unless a command is given."""

from __future__ import annotations

import atexit
import gc
import os
import sys
import threading

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

OWN_MODULE = "--module"
"""As ``system.program.MODULE``, for the same reason."""

OBJECTS_BETWEEN_COLLECTIONS = (50_000, 20, 100)
"""What a command makes by the 100,000 are photos and groups, which are no garbage: going through
them again and again took as long as reading them."""


def main() -> int:
    if getattr(sys, "frozen", False) and (code := _part_of_bundle()) is not None:
        return code
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


def program() -> None:
    """What the command ``albumdedup`` is: ``main``, and the end of the process."""
    code = main()
    if "torch" in sys.modules and "PySide6" not in sys.modules and not _others():
        _leave(code)
    sys.exit(code)


def _others() -> bool:
    """Whether a thread is left that an ending interpreter would wait for."""
    return any(
        not one.daemon for one in threading.enumerate() if one is not threading.main_thread()
    )


def _leave(code: int) -> None:
    """Taking torch apart, module by module, costs a second of every scan and gives nothing back
    that the system does not take anyway. What was registered for the end is done."""
    atexit._run_exitfuncs()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):
        return  # nobody reads, or closed already: an ending interpreter knows what to do
    os._exit(code)


def _part_of_bundle() -> int | None:
    """A bundle has no interpreter beside it: what would be ``python -m MODULE …`` is the program
    with an argument. None where it was started as the program."""
    from multiprocessing import freeze_support

    freeze_support()  # does not come back in a process that multiprocessing began
    if sys.argv[1:2] != [OWN_MODULE]:
        return None
    name = "".join(sys.argv[2:3])
    if name.startswith("albumdedup."):
        import runpy

        sys.argv = [sys.argv[0], *sys.argv[3:]]
        runpy.run_module(name, run_name="__main__", alter_sys=True)
    return 0


if __name__ == "__main__":
    program()
