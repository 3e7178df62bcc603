"""Drives that do not answer: the walk and the reading of sidecars go on without them."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest
from albums import write

from albumdedup.core import companions
from albumdedup.core.companions import updating
from albumdedup.core.control import Control
from albumdedup.core.errors import Cancelled
from albumdedup.core.executors import InlineExecutor
from albumdedup.core.i18n import describe_problem
from albumdedup.core.patience import MOST_STUCK, Patience
from albumdedup.core.scanner import found_file, looking, scan
from albumdedup.core.types import Reason

JPEG_HEAD = b"\xff\xd8\xff\xe0" + b"\0" * 40


class Silence:
    """A drive that is asked, and does not answer until the end of the test."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.back = threading.Event()
        self.asked: list[str] = []
        self._patch = monkeypatch

    def over(self, module: object, name: str, word: str) -> None:
        """Calls of this function whose first argument holds the word do not come back."""
        real = getattr(module, name)

        def silent(path, *arguments, **options):
            if word in str(getattr(path, "path", path)):
                self.asked.append(str(path))
                self.back.wait()
            return real(path, *arguments, **options)

        self._patch.setattr(module, name, silent)


@pytest.fixture
def silence(monkeypatch):
    made = Silence(monkeypatch)
    before = set(threading.enumerate())
    yield made
    made.back.set()
    deadline = time.monotonic() + 30
    while not set(threading.enumerate()) <= before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert set(threading.enumerate()) <= before  # what was left behind comes home by itself


def walk_of(*roots: Path, control: Control | None = None, seconds: float = 0.2):
    patience = Patience(seconds, tick=0.02)
    walk = scan([str(root) for root in roots], control or Control(), patience=patience)
    return [os.path.basename(found.path) for found in walk], walk


def told(walk) -> list[tuple[str, Reason]]:
    return [(os.path.basename(problem.path), problem.reason) for problem in walk.problems]


def test_a_folder_that_does_not_answer_is_listed_and_the_rest_is_walked(tmp_path, silence):
    for name in ("a", "hung", "z"):
        write(tmp_path / name / f"{name}.jpg", JPEG_HEAD)
    silence.over(os, "scandir", "/hung")
    found, walk = walk_of(tmp_path)
    assert found == ["a.jpg", "z.jpg"]
    assert told(walk) == [("hung", Reason.NO_ANSWER)]
    assert walk.uncertain(str(tmp_path / "hung" / "deep" / "a.jpg"))
    assert not walk.uncertain(str(tmp_path / "a" / "gone.jpg"))
    assert "did not answer" in describe_problem(walk.problems[0])


def test_a_root_that_does_not_answer_hinders_no_other_one(tmp_path, silence):
    roots = [tmp_path / name for name in ("hung 1", "hung 2", "hung 3", "z")]
    for root in roots:
        write(root / "a.jpg", JPEG_HEAD)
    silence.over(os, "stat", "hung")
    found, walk = walk_of(*roots)
    assert found == ["a.jpg"]
    assert told(walk) == [(f"hung {n}", Reason.NO_ANSWER) for n in (1, 2, 3)]
    assert walk.missing_roots == []
    assert walk.uncertain(str(roots[0] / "a.jpg"))


def test_a_silence_among_the_files_of_a_folder_ends_that_folder_alone(tmp_path, silence):
    for name in ("a", "b"):
        write(tmp_path / name / "1.jpg", JPEG_HEAD)
    real = looking.with_status

    def asked(entries, tell):
        if entries[0].path.startswith(str(tmp_path / "a")):
            silence.back.wait()
        real(entries, tell)

    silence._patch.setattr("albumdedup.core.scanner.with_status", asked)
    write(tmp_path / "a" / "deep" / "2.jpg", JPEG_HEAD)
    found, walk = walk_of(tmp_path)
    assert found == ["1.jpg"]
    assert told(walk) == [("a", Reason.NO_ANSWER)]
    assert walk.uncertain(str(tmp_path / "a" / "deep" / "2.jpg"))


def test_a_file_without_a_telling_name_that_does_not_answer_is_listed(tmp_path, silence):
    for name in ("a", "hung", "z"):
        write(tmp_path / name, JPEG_HEAD)
    silence._patch.setattr(looking, "open", open, raising=False)
    silence.over(looking, "open", "hung")
    found, walk = walk_of(tmp_path)
    assert found == ["a", "z"]
    assert told(walk) == [("hung", Reason.NO_ANSWER)]


def test_a_volume_that_hangs_is_not_asked_for_every_folder(tmp_path, silence):
    for number in range(6):
        write(tmp_path / f"hung {number}" / "a.jpg", JPEG_HEAD)
    silence.over(os, "scandir", "/hung")
    found, walk = walk_of(tmp_path)
    assert found == []
    assert len(silence.asked) == MOST_STUCK
    assert {reason for _name, reason in told(walk)} == {Reason.NO_ANSWER}
    assert len(walk.problems) == 6


def test_cancel_waits_for_no_folder(tmp_path, silence):
    write(tmp_path / "hung" / "a.jpg", JPEG_HEAD)
    silence.over(os, "scandir", "/hung")
    control = Control()
    walk = scan([str(tmp_path)], control, patience=Patience(600, tick=0.02))
    threading.Timer(0.1, control.cancel).start()
    with pytest.raises(Cancelled):
        list(walk)


def test_a_slow_folder_that_goes_on_is_waited_for(tmp_path, silence):
    for number in range(8):
        write(tmp_path / f"{number}.jpg", JPEG_HEAD)
    silence._patch.setattr(looking, "_STEP", 1)
    real = os.scandir

    class Slow:
        def __init__(self, path):
            self.listing = real(path)

        def __enter__(self):
            return self

        def __iter__(self):
            for entry in self.listing:
                time.sleep(0.1)
                yield entry

        def __exit__(self, *exc):
            self.listing.close()

    silence._patch.setattr(os, "scandir", Slow)
    found, walk = walk_of(tmp_path, seconds=0.4)
    assert len(found) == 8
    assert walk.problems == []


def test_a_walk_leaves_no_thread(tmp_path):
    write(tmp_path / "a.jpg", JPEG_HEAD)
    before = set(threading.enumerate())
    found, _walk = walk_of(tmp_path)
    assert found == ["a.jpg"]
    assert set(threading.enumerate()) <= before


class Shelf:
    """What ``update`` asks of a catalog."""

    def __init__(self) -> None:
        self.saved = {}

    def known_companions(self, roots):
        return {path: one.stamp for path, one in self.saved.items()}

    def remove_companions(self, gone):
        for path in gone:
            del self.saved[path]

    def save_companions(self, batch):
        self.saved |= {one.path: one for one in batch}


def test_a_sidecar_that_does_not_answer_is_listed_and_read_by_the_next_scan(tmp_path, silence):
    for name in ("a", "hung"):
        write(tmp_path / f"{name}.jpg", JPEG_HEAD)
        (tmp_path / f"{name}.xmp").write_text("<x/>")
    real = updating.read_companion

    def read(found, kind):
        if "hung" in found.path:
            silence.back.wait()
        return real(found, kind)

    silence._patch.setattr(updating, "read_companion", read)
    shelf = Shelf()
    for patience in (Patience(0.2, tick=0.02), Patience(30, tick=0.02)):
        _found, walk = walk_of(tmp_path)
        companions.update(walk, [str(tmp_path)], shelf, InlineExecutor(), Control(), patience)
        first = patience is not None and not silence.back.is_set()
        assert told(walk) == ([("hung.xmp", Reason.NO_ANSWER)] if first else [])
        hung = shelf.saved[str(tmp_path / "hung.xmp")]
        there = found_file(str(tmp_path / "hung.xmp")).stamp
        assert (hung.stamp == there) is not first  # no unit moves with what nobody has read
        silence.back.set()
