"""How a command ends: at once where torch was loaded, with all that it said and registered."""

from __future__ import annotations

import subprocess
import sys

import pytest

ENDING = """
import atexit, sys, threading
sys.modules["torch"] = object()
from albumdedup import __main__ as program
atexit.register(lambda: print("registered", flush=True))
class Late:
    def __del__(self): print("taken apart", flush=True)
kept = Late()
program.main = lambda: print("said", end=" ") or {code}
{more}
program.program()
"""
WAITED_FOR = "threading.Timer(0.2, lambda: print('waited for', flush=True)).start()"


def ended(code: int, more: str = "") -> tuple[int, str]:
    script = ENDING.format(code=code, more=more)
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


@pytest.mark.parametrize("code", [0, 6])
def test_what_was_said_and_registered_comes_first(code):
    assert ended(code) == (code, "said registered\n")


@pytest.mark.parametrize(
    ("more", "between"),
    [(WAITED_FOR, "waited for\nregistered\n"), ("del sys.modules['torch']", "registered\n")],
)
def test_otherwise_it_ends_as_any_interpreter(more, between):
    assert ended(3, more) == (3, f"said {between}taken apart\n")


CLOSED = """
import sys
sys.modules["torch"] = object()
from albumdedup import __main__ as program
program.main = lambda: sys.stdout.close() or 5
program.program()
"""


def test_a_closed_stream_does_not_change_the_code():
    assert subprocess.run([sys.executable, "-c", CLOSED], check=False).returncode == 5
