"""Processes that decode and may die: whatever happens in one is an outcome here."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from pictures import scene
from PIL import Image
from poisoned_worker import ABORT, BOMB, COMMAND, DEAF, EXIT, HANG, KILL, LOUD, SEGV, poison

from albumdedup.core.decoder import decode_here
from albumdedup.core.errors import Cancelled
from albumdedup.core.types import DecodeTask, Picture, Reason, Refusal
from albumdedup.system.isolation.pool import Workers
from albumdedup.system.isolation.process import worker_command

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the deeds are signals")
PATIENCE = 60.0


def never() -> bool:
    return False


def task_of(path: Path, *, whole: bool = True, edge: int = 64) -> DecodeTask:
    return DecodeTask(path.read_bytes(), str(path), edge, whole)


@pytest.fixture(scope="module")
def shared():
    """Two real workers and their poisoned decoders; replaced when they die."""
    pool = Workers(2, command=COMMAND, seconds=PATIENCE)
    yield pool
    pool.close()


@pytest.fixture(scope="module")
def fine(tmp_path_factory) -> DecodeTask:
    path = tmp_path_factory.mktemp("fine") / "fine.tif"
    scene(3).save(path, "TIFF")
    return task_of(path)


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")")[1].split()[0] == "Z"
    except OSError:
        return True


def wait_until(true) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("deed", "how"),
    [(SEGV, "SIGSEGV"), (KILL, "SIGKILL"), (ABORT, "SIGABRT"), (EXIT, "3")],
    ids=["segv", "kill", "abort", "exit"],
)
def test_a_file_that_ends_its_worker_is_refused_and_the_next_is_decoded(
    shared, fine, tmp_path, deed, how
):
    outcome = shared.run(task_of(poison(tmp_path / "a.tif", deed)), never)
    assert outcome == Refusal(Reason.STOPPED_DECODER, how)
    assert isinstance(shared.run(fine, never), Picture)


def test_many_deaths_in_a_row_are_many_verdicts(shared, fine, tmp_path):
    deadly = task_of(poison(tmp_path / "a.tif", SEGV))
    outcomes = [shared.run(deadly, never) for _ in range(3)]
    assert {outcome.reason for outcome in outcomes} == {Reason.STOPPED_DECODER}
    assert isinstance(shared.run(fine, never), Picture)


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is limited on Linux")
def test_a_file_that_takes_all_memory_is_refused(shared, fine, tmp_path, monkeypatch):
    monkeypatch.setattr("albumdedup.system.isolation.pool.ALONE_BYTES", 1)
    outcome = shared.run(task_of(poison(tmp_path / "a.tif", BOMB)), never)
    assert outcome == Refusal(Reason.TOO_MUCH_MEMORY)
    assert isinstance(shared.run(fine, never), Picture)


@pytest.mark.parametrize("deed", [HANG, DEAF], ids=["sleeps", "holds the lock"])
def test_a_file_that_never_ends_is_given_up(fine, tmp_path, deed):
    pool = Workers(1, command=COMMAND, seconds=PATIENCE)
    try:
        assert isinstance(pool.run(fine, never), Picture)  # it is up: what follows is decoding
        (pid,) = pool.alive
        pool._seconds = 0.5
        outcome = pool.run(task_of(poison(tmp_path / "a.tif", deed)), never)
        assert outcome == Refusal(Reason.TOO_SLOW)
        assert gone(pid)
        pool._seconds = PATIENCE
        assert isinstance(pool.run(fine, never), Picture)
    finally:
        pool.close()


def test_what_comes_back_is_what_this_process_decodes(tmp_path):
    """The real command, and all that a picture has: preview, inner square, dates."""
    framed = Image.new("RGB", (400, 700), "white")
    framed.paste(scene(5).resize((360, 270)), (20, 200))
    exif = Image.Exif()
    exif[0x010F], exif[0x0132], exif[0x0112] = "Makér", "2019:05:01 12:03:04", 6
    path = tmp_path / "a.tif"
    framed.save(path, "TIFF", exif=exif)
    pool = Workers(1)
    try:
        for whole, edge in ((True, 64), (False, 300)):
            task = task_of(path, whole=whole, edge=edge)
            here, there = decode_here(task), pool.run(task, never)
            if not whole:
                assert np.array_equal(here, there)
                continue
            assert (here.preview is None, here.inner is None) == (False, False)
            for name in ("pixels", "preview", "inner"):
                assert np.array_equal(getattr(here, name), getattr(there, name))
            for name in ("width", "height", "format", "metadata", "plain"):
                assert getattr(here, name) == getattr(there, name)
        damaged = DecodeTask(path.read_bytes()[:3000], "ä\udcff.tif", 64, True)
        assert pool.run(damaged, never).reason in (Reason.TRUNCATED, Reason.DAMAGED)
        assert len(pool.alive) == 1
    finally:
        pool.close()


def test_a_worker_imports_neither_torch_nor_qt_nor_a_stranger(tmp_path):
    (tmp_path / "PIL.py").write_text("raise SystemExit('a stranger was imported')")
    code = "import sys, albumdedup.system.isolation.worker as w; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
    )  # fmt: skip
    loaded = set(done.stdout.split())
    assert not loaded & {"torch", "PySide6", "pymilvus", "sqlite3"}
    here = Path.cwd()
    pool = Workers(1)
    try:
        os.chdir(tmp_path)  # where somebody's photos and programs lie
        stream = io.BytesIO()
        scene(1).save(stream, "TIFF")
        assert isinstance(
            pool.run(DecodeTask(stream.getvalue(), "a.tif", 64, True), never), Picture
        )
    finally:
        os.chdir(here)
        pool.close()


def test_what_a_library_prints_disturbs_nothing(shared, tmp_path):
    assert isinstance(shared.run(task_of(poison(tmp_path / "a.tif", LOUD)), never), Picture)


def test_two_tasks_at_once_keep_two_workers_that_are_used_again(fine):
    pool = Workers(2, command=COMMAND)
    try:
        threads = [threading.Thread(target=pool.run, args=(fine, never)) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        before = set(pool.alive)
        assert 1 <= len(before) <= 2
        pool.run(fine, never)
        assert set(pool.alive) == before
    finally:
        pool.close()
    assert all(gone(pid) for pid in before)
    assert pool.alive == ()


def test_idle_workers_go_home(fine):
    pool = Workers(1, command=COMMAND, idle_seconds=0.2)
    try:
        pool.run(fine, never)
        wait_until(lambda: not pool.alive)
        assert isinstance(pool.run(fine, never), Picture)
    finally:
        pool.close()


@pytest.mark.parametrize("how", ["stopped", "closed"])
def test_cancel_and_close_end_a_decode_at_once(fine, tmp_path, how):
    pool = Workers(1, command=COMMAND, seconds=600)
    pool.run(fine, never)
    stop, outcome = threading.Event(), []

    def work() -> None:
        try:
            outcome.append(pool.run(task_of(poison(tmp_path / "a.tif", HANG)), stop.is_set))
        except Cancelled as error:
            outcome.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    wait_until(lambda: pool._shifts)
    if how == "stopped":
        stop.set()
    else:
        pool.close()
    thread.join(PATIENCE)
    assert not thread.is_alive()
    assert isinstance(outcome[0], Cancelled)
    pool.close()
    with pytest.raises(Cancelled):
        pool.run(fine, never)


@pytest.mark.parametrize(
    "command", [("/no/such/program",), (sys.executable, "-c", "print('hello')")]
)
def test_where_no_worker_comes_up_files_are_not_called_dangerous(fine, command):
    pool = Workers(1, command=command)
    try:
        outcomes = [pool.run(fine, never) for _ in range(5)]
        assert outcomes == [Refusal(Reason.NO_WORKER)] * 5
    finally:
        pool.close()


def test_a_worker_that_does_not_start_at_once_is_started_again(fine, tmp_path):
    mark = tmp_path / "tried"
    code = (
        "import os, sys; from pathlib import Path; mark = Path(sys.argv[1]);"
        "mark.exists() or (mark.touch(), sys.exit(1));"
        "os.execv(sys.argv[2], sys.argv[2:])"
    )
    pool = Workers(1, command=(sys.executable, "-c", code, str(mark), *worker_command()))
    try:
        assert not isinstance(pool.run(fine, never), Refusal)
        assert mark.exists()
    finally:
        pool.close()


@pytest.mark.parametrize("deed", ["HANG", "DEAF"])
def test_a_worker_does_not_outlive_its_parent(tmp_path, deed):
    """The parent is killed with SIGKILL while its worker decodes. One that never lets Python have
    a turn ends by the system's clock."""
    path = poison(tmp_path / "a.tif", {"HANG": HANG, "DEAF": DEAF}[deed])
    code = f"""
from poisoned_worker import COMMAND
from albumdedup.core.types import DecodeTask
from albumdedup.system.isolation.pool import Workers
workers = Workers(1, command=COMMAND)
workers.run(DecodeTask(b"II*", "a.tif", 64, True), lambda: False)
workers._seconds = {600.0 if deed == "HANG" else 5.0}
print(*workers.alive, flush=True)
workers.run(DecodeTask(open({str(path)!r}, "rb").read(), "a.tif", 64, True), lambda: False)
"""
    places = os.pathsep.join([str(Path(__file__).parents[2]), *filter(None, sys.path)])
    note = tmp_path / "at work"
    parent = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": places, "POISON_NOTE": str(note)},
    )  # fmt: skip
    with parent:
        pid = int(parent.stdout.readline())
        wait_until(note.exists)
        assert not gone(pid)
        os.kill(parent.pid, signal.SIGKILL)
    wait_until(lambda: gone(pid))


def test_the_frozen_program_starts_itself(monkeypatch):
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert worker_command() == (sys.executable, "--decode-worker")
