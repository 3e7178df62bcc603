"""Reading ahead: what it proves, and all that it must not."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest
from albums import photo, write

from albumdedup.core import ahead, batches
from albumdedup.core.ahead import read_ahead, settled
from albumdedup.core.control import Control
from albumdedup.core.errors import Cancelled
from albumdedup.core.executors import InlineExecutor, ThreadExecutor
from albumdedup.core.ports import Lane
from albumdedup.core.types import FileProof, ItemState, JournalItem, PlanItem, Tier

pytestmark = pytest.mark.skipif(os.name == "nt", reason="there is no change time on Windows")


@pytest.fixture(autouse=True)
def settled_at_once(monkeypatch):
    """Files made just now count as old."""
    monkeypatch.setattr(ahead, "FAT_STEP_NS", 0)


def proof(path: Path) -> FileProof:
    found = photo(path)
    return FileProof(found.path, found.stamp, found.content)


def item(victim: Path, survivor: Path, tier: Tier = Tier.IDENTICAL) -> PlanItem:
    return PlanItem(proof(victim), proof(survivor), tier, "g", "")


@pytest.fixture
def pair(tmp_path):
    data = os.urandom(2_500_000)
    return write(tmp_path / "stays.jpg", data), write(tmp_path / "goes.jpg", data)


def found(items, known=None) -> set[str]:
    proved = read_ahead(items, known or {}, InlineExecutor(), Control())
    for one in items:
        for each in (one.victim, one.survivor):
            times = proved.get(each.stamp.identity)
            if times is not None:
                status = os.lstat(each.path)
                assert times == (status.st_mtime_ns, status.st_ctime_ns)
    names = {each.stamp.identity: os.path.basename(each.path)
             for one in items for each in (one.victim, one.survivor)}  # fmt: skip
    return {names[identity] for identity in proved}


def test_equal_files_are_proved_together(pair):
    assert found([item(pair[1], pair[0])]) == {"stays.jpg", "goes.jpg"}


def test_many_copies_of_one_survivor_in_threads(tmp_path, pair):
    copies = [write(tmp_path / f"{n}.jpg", pair[0].read_bytes()) for n in range(30)]
    executor = ThreadExecutor({Lane.DECODE: 3})
    items = [item(copy, pair[0]) for copy in copies]
    assert len(read_ahead(items, {}, executor, Control())) == 31
    executor.close()


@pytest.mark.parametrize("spoil", [0, 1_200_000, -1])
def test_one_other_byte_and_the_copy_is_not_proved(pair, spoil):
    one = item(pair[1], pair[0])
    data = bytearray(pair[1].read_bytes())
    data[spoil] ^= 1
    status = pair[1].stat()
    pair[1].write_bytes(bytes(data))
    os.utime(pair[1], ns=(status.st_atime_ns, status.st_mtime_ns))
    assert found([one]) == {"stays.jpg"}


def test_a_spoilt_survivor_proves_nothing(pair):
    one = item(pair[1], pair[0])
    status = pair[0].stat()
    for path in pair:  # both in the same way: equal to each other, but not what was scanned
        path.write_bytes(b"x" * status.st_size)
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert found([one]) == set()


def test_a_known_survivor_is_compared_and_not_hashed_again(pair, monkeypatch):
    one = item(pair[1], pair[0])
    status = os.lstat(pair[0])
    known = {one.survivor.stamp.identity: (status.st_mtime_ns, status.st_ctime_ns)}
    monkeypatch.setattr(ahead.hashlib, "sha256", None)
    assert found([one], known) == {"stays.jpg", "goes.jpg"}


def test_a_survivor_that_was_touched_since_is_hashed_again(pair):
    one = item(pair[1], pair[0])
    known = {one.survivor.stamp.identity: (1, 1)}
    assert found([one], known) == {"stays.jpg", "goes.jpg"}


def test_contents_that_differ_are_hashed_each(tmp_path):
    small, large = write(tmp_path / "small.jpg", b"s" * 9), write(tmp_path / "large.jpg", b"l" * 99)
    assert found([item(small, large, Tier.SAME)]) == {"small.jpg", "large.jpg"}
    status = os.lstat(large)
    known = {proof(large).stamp.identity: (status.st_mtime_ns, status.st_ctime_ns)}
    assert found([item(small, large, Tier.SAME)], known) == {"small.jpg"}


@pytest.mark.parametrize("tier", [Tier.IDENTICAL, Tier.SAME])
@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("how", ["gone", "link", "another", "grown", "folder", "fifo"])
def test_what_is_not_the_file_of_the_plan_is_left_out(tmp_path, which, how, tier):
    paths = [write(tmp_path / "a", b"x" * 50), write(tmp_path / "b", b"x" * 50)]
    if tier is Tier.SAME:
        write(paths[1], b"y" * 40)
    one = item(paths[1], paths[0], tier)
    path = paths[which]
    if how == "grown":
        path.write_bytes(b"x" * 51)
    else:
        os.rename(path, tmp_path / "old")
    if how == "link":
        path.symlink_to(tmp_path / "old")
    if how == "another":
        write(path, b"x" * 50)
    if how == "folder":
        path.mkdir()
    if how == "fifo":
        os.mkfifo(path)
    assert path.name not in found([one])


def test_a_file_that_changed_just_now_or_in_the_future_is_read_again(pair, monkeypatch):
    monkeypatch.setattr(ahead, "FAT_STEP_NS", 2_000_000_000)
    assert found([item(pair[1], pair[0])]) == set()
    now = time.time_ns()
    assert not settled(os.lstat(pair[0]))
    monkeypatch.setattr(ahead.time, "time_ns", lambda: now + 3_000_000_000)
    assert settled(os.lstat(pair[0]))
    monkeypatch.setattr(ahead.time, "time_ns", lambda: now - 10**18)
    assert not settled(os.lstat(pair[0]))


def test_a_file_that_changes_while_it_is_read_is_left_out(pair, monkeypatch):
    real = os.fstat
    calls = []

    def touched(handle):
        calls.append(handle)
        if len(calls) == 7:
            os.utime(pair[1], (1, 1))
        return real(handle)

    monkeypatch.setattr(ahead.os, "fstat", touched)
    assert "goes.jpg" not in found([item(pair[1], pair[0])])


def test_cancelling_ends_it(pair):
    control = Control()
    control.cancel()
    with pytest.raises(Cancelled):
        read_ahead([item(pair[1], pair[0])], {}, InlineExecutor(), control)


def test_threads_do_the_reading(pair):
    seen = set()

    class Watched(ThreadExecutor):
        def submit(self, lane, fn, /, *args):
            return super().submit(
                lane, lambda *a: (seen.add(threading.get_ident()), fn(*a))[1], *args
            )

    executor = Watched({Lane.DECODE: 2})
    read_ahead([item(pair[1], pair[0])], {}, executor, Control())
    executor.close()
    assert seen
    assert threading.get_ident() not in seen


def test_batches_hold_whole_units_and_end_at_files_or_bytes(tmp_path, monkeypatch):
    monkeypatch.setattr(batches, "BATCH", 3)
    monkeypatch.setattr(batches, "BATCH_BYTES", 100)
    path = write(tmp_path / "a", b"x" * 30)
    entry = JournalItem(1, item(path, path), ItemState.PLANNED)
    sizes = [1, 1, 2, 4, 1, 1]
    units = [[entry] * size for size in sizes]
    assert [[len(u) for u in b] for b in batches.batches_of(units)] == [[1, 1], [2], [4], [1, 1]]
    monkeypatch.setattr(batches, "BATCH_BYTES", 60)
    assert [[len(u) for u in b] for b in batches.batches_of(units[:3])] == [[1, 1], [2]]
    monkeypatch.setattr(batches, "BATCH_BYTES", 59)
    assert [[len(u) for u in b] for b in batches.batches_of(units[:3])] == [[1], [1], [2]]
    assert [len(b) for b in batches.batches_of([[entry]] * 5)] == [1] * 5
    monkeypatch.setattr(batches, "BATCH_BYTES", 90)
    assert [len(b) for b in batches.batches_of([[entry]] * 7)] == [3, 3, 1]
    monkeypatch.setattr(batches, "BATCH", 99)
    assert [len(b) for b in batches.batches_of([[entry]] * 7)] == [3, 3, 1]
    monkeypatch.setattr(batches, "BATCH", 3)
    monkeypatch.setattr(batches, "BATCH_BYTES", 9_999)
    assert [len(b) for b in batches.batches_of([[entry]] * 7)] == [3, 3, 1]
    assert list(batches.batches_of([])) == []


@pytest.mark.parametrize("which", ["stays.jpg", "goes.jpg"])
def test_a_disk_that_cannot_be_read_proves_nothing_and_stops_nothing(pair, monkeypatch, which):
    """The check right before the move reads again, and says what is wrong."""
    real = ahead.open_regular

    class Broken:
        def __init__(self, file):
            self._file = file
            self.fileno = file.fileno

        def read(self, size):
            raise OSError(5, "Input/output error")

        def __enter__(self):
            return self

        def __exit__(self, *_error):
            self._file.close()

    def opened(path):
        file = real(path)
        return Broken(file) if os.path.basename(path) == which else file

    monkeypatch.setattr(ahead, "open_regular", opened)
    assert found([item(pair[1], pair[0])]) == set()


def test_a_file_that_is_touched_while_it_is_read_alone_proves_nothing(pair, monkeypatch):
    """Other bytes may have come after the last one was read."""
    survivor, victim = pair
    write(victim, os.urandom(1000))  # not equal: each is proved alone
    pairs = [item(victim, survivor, Tier.SAME)]
    assert found(pairs) == {"stays.jpg", "goes.jpg"}
    prove = ahead.prove

    def touched(one, **named):
        status = prove(one, **named)
        if one.path == str(victim):
            os.utime(victim, ns=(status.st_atime_ns, status.st_mtime_ns - 1))
        return status

    monkeypatch.setattr(ahead, "prove", touched)
    assert found(pairs) == {"stays.jpg"}
