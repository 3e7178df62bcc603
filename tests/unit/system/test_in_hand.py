"""What a process decodes outlives it, in a file of a few kilobytes."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys

import pytest

from albumdedup.system.isolation.in_hand import InHandFile

A, B = (hashlib.sha256(name).hexdigest() for name in (b"a", b"b"))


def test_what_is_done_is_not_left(tmp_path):
    one = InHandFile(tmp_path / "in-hand")
    assert one.left == ()
    one.forget()
    with one.hold(A), one.hold(B):
        pass
    one.close()
    assert InHandFile(tmp_path / "in-hand").left == ()


def test_a_failure_leaves_nothing(tmp_path):
    one = InHandFile(tmp_path / "in-hand")
    with pytest.raises(ValueError, match="bad"), one.hold(A):
        raise ValueError("bad")
    assert InHandFile(tmp_path / "in-hand").left == ()


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_a_killed_process_leaves_what_it_had_in_hand(tmp_path):
    code = f"""
import os, signal
from pathlib import Path
from albumdedup.system.isolation.in_hand import InHandFile
one = InHandFile(Path({str(tmp_path / "in-hand")!r}))
one.forget()
with one.hold({A!r}):
    with one.hold({B!r}):
        os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run([sys.executable, "-c", code], check=False)
    assert done.returncode == -signal.SIGKILL
    one = InHandFile(tmp_path / "in-hand")
    assert set(one.left) == {A, B}
    one.forget()
    assert InHandFile(tmp_path / "in-hand").left == ()
    assert os.path.getsize(tmp_path / "in-hand") < 10_000


def test_without_a_file_it_goes_without(tmp_path):
    one = InHandFile(tmp_path / "no folder" / "in-hand")
    one.forget()
    with one.hold(A):
        assert one.left == ()
    one.close()


@pytest.mark.parametrize("stored", [b"", b"short", b"x" * 33, bytes(32) + b"y" * 32])
def test_a_damaged_file_is_no_harm(tmp_path, stored):
    (tmp_path / "in-hand").write_bytes(stored)
    one = InHandFile(tmp_path / "in-hand")
    assert all(len(content) == 64 for content in one.left)
    one.forget()
    assert InHandFile(tmp_path / "in-hand").left == ()
