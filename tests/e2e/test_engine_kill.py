"""kill -9 at every kind of line of the engine: no photo is ever in neither place.

Each kill is a real SIGKILL of a real process on a real trash and a real journal; then fresh
objects recover, and everything is put back and compared byte by byte and time by time.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import random
import signal
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import engine_worker
import pytest
from albums import Kept, write

from albumdedup.core import operations, recovery
from albumdedup.core.control import Control, Reporter
from albumdedup.core.types import ItemState
from albumdedup.store.decisions import open_decisions
from albumdedup.store.journal import SqliteJournal
from albumdedup.system.trash import open_trash

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL and a fork server")


@pytest.fixture(scope="module")
def processes():
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["engine_worker"])
    return context


@pytest.fixture(params=["trash", "folder", "other_volume"])
def target(request, tmp_path) -> Iterator[str | None]:
    """Where removed photos go."""
    if request.param == "trash":
        yield None
    elif request.param == "folder":
        yield str(tmp_path / "removed")
    else:
        shm = Path("/dev/shm")
        if not shm.is_dir() or shm.stat().st_dev == tmp_path.stat().st_dev:
            pytest.skip("needs a second volume at /dev/shm")
        with tempfile.TemporaryDirectory(dir=shm) as folder:
            yield os.path.join(folder, "removed")


@pytest.fixture(params=[2, 256])
def batch(request) -> int:
    """How many files are journalled at once: several batches, or one."""
    return int(request.param)


def plain_copies(album: Path) -> None:
    """Three photos, each with two copies."""
    for number in range(3):
        content = f"photo {number} ".encode() * 300
        write(album / f"{number}.jpg", content, 1_400_000_000 + number)
        write(album / "backup" / "photo.jpg" / f"{number}.jpg", content, 1_500_000_000)
        write(album / "old" / "a.jpg" / f"{number}.jpg", content, 1_600_000_000)
    os.link(album / "0.jpg", album.parent / "elsewhere.jpg")


def units(album: Path) -> None:
    """RAW + JPEG, a photo with a film and somebody's XMP sidecar, a photo alone; two copies of
    each. The keepers without a sidecar get one of ours."""
    for number, suffixes in enumerate(((".CR2",), (".MOV", ".xmp"), ())):
        for place, folder in enumerate((album, album / "backup", album / "old")):
            for suffix in (".jpg", *suffixes):
                content = f"{suffix} of {number} ".encode() * 300
                write(folder / f"{number}{suffix}", content, 1_400_000_000 + 1000 * place + number)


@pytest.fixture(params=[plain_copies, units], ids=["copies", "units"])
def make(request):
    return request.param


class Scene:
    """An album of copies with everything that belongs to it below one folder."""

    def __init__(
        self, place: Path, target: str | None, processes, monkeypatch, batch: int, make
    ) -> None:
        self.place, self.target, self._processes = place, target, processes
        self.batch, self.carry = batch, make is units
        monkeypatch.setenv("XDG_DATA_HOME", str(place / "data"))
        make(place / "album")
        self.whole = Kept.below(place / "album")
        self.ours = {hashlib.sha256(data).hexdigest() for data in (b"", engine_worker.SIDECAR)}

    def process(self, verb: str, die_at: int = 0) -> int:
        """Run one verb; 0, or -SIGKILL when it died at that line."""
        worker = self._processes.Process(
            target=engine_worker.work,
            args=(verb, str(self.place), self.target, die_at, self.batch, self.carry),
        )
        worker.start()
        worker.join(60)
        assert worker.exitcode is not None
        return worker.exitcode

    def lines(self, verb: str) -> int:
        assert self.process(verb) == 0
        return int((self.place / "lines").read_text())

    def check_and_put_back(self) -> None:
        with closing(open_decisions(self.place / "decisions.sqlite")) as database:
            journal = SqliteJournal(database)
            recovery.recover(journal, open_trash)
            assert journal.unfinished() == []
            self._check_places(journal)
            for operation in journal.operations():
                if operation.moved or any(one.there for one in operation.sidecars):
                    report = operations.undo(
                        operation, journal, open_trash(self.target), Control(), Reporter()
                    )
                    assert report.skipped == ()
        assert Kept.below(self.place / "album") == self.whole
        assert self._left_behind() == []

    def _check_places(self, journal: SqliteJournal) -> None:
        """Each file at its path or, as the journal says, in the trash; survivors at theirs."""
        trashed: dict[str, list[str]] = {}
        for operation in journal.operations():
            for entry in operation.items:
                assert entry.state not in (ItemState.FAILED, ItemState.GONE), entry.problem
                if entry.state is ItemState.MOVED:
                    trashed.setdefault(entry.item.victim.path, []).append(str(entry.place))
        here = Kept.below(self.place / "album")
        for path, (content, _time) in self.whole.files.items():
            if path in here.files:
                assert here.files[path][0] == content
            else:
                places = [Path(place) for place in trashed[path]]
                assert content in {hashlib.sha256(p.read_bytes()).hexdigest() for p in places}
                self._check_unit(Path(path), here, trashed)
        assert here.contents - self.whole.contents <= self.ours
        assert here.contents >= self.whole.contents  # the survivors, with all that is theirs
        for path in here.files.keys() - self.whole.files.keys():
            assert path in {one.sidecar.path for o in journal.operations() for one in o.sidecars}

    def _check_unit(self, gone: Path, here: Kept, trashed: dict[str, list[str]]) -> None:
        """What went first was not the photo, and where the photo went, all of its unit did."""
        if gone.suffix == ".jpg":
            for suffix in engine_worker.KINDS:
                assert str(gone.with_suffix(suffix)) not in here.files
        else:
            photo = str(gone.with_suffix(".jpg"))
            assert photo in here.files or photo in trashed

    def _left_behind(self) -> list[str]:
        """Tries and unfinished copies of ours, and what is still in the trash."""
        trash = self.place / "data" / "Trash"
        folders = [self.place / "album", *([Path(self.target)] if self.target else [])]
        ours = [p for folder in folders for p in folder.rglob(".albumdedup-*")]
        left = [p for p in ours if p.name != ".albumdedup-removed"]
        left += [p for p in trash.glob("files/*") if self._content(p) not in self.ours]
        notes = trash.glob("info/*")
        left += [p for p in notes if not (trash / "files" / p.name[: -len(".trashinfo")]).exists()]
        return [str(p) for p in left]

    @staticmethod
    def _content(path: Path) -> str:
        return hashlib.sha256(path.read_bytes()).hexdigest()


def moments(lines: int, count: int) -> list[int]:
    """Spread over the whole run, with chance, the same ones each time."""
    chance = random.Random(lines * 1000 + count)
    step = lines / count
    return [1 + int(number * step + chance.random() * step) for number in range(count)]


def check(scene: Scene, kills: int) -> None:
    clean_lines = scene.lines("clean")
    assert (scene.place / "album" / "0.jpg.xmp").exists() == scene.carry
    undo_lines = scene.lines("undo")
    scene.check_and_put_back()
    died = 0
    for at in moments(clean_lines, kills):
        died += scene.process("clean", at) == -signal.SIGKILL
        scene.check_and_put_back()
    for at in moments(undo_lines, kills):
        assert scene.process("clean") == 0
        died += scene.process("undo", at) == -signal.SIGKILL
        scene.check_and_put_back()
    assert died >= 2 * kills - 2  # names get longer numbers, so the last lines may differ


def test_kills_at_lines_all_over_the_engine(tmp_path, target, processes, monkeypatch, batch, make):
    check(Scene(tmp_path, target, processes, monkeypatch, batch, make), kills=4)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_very_many_kills(tmp_path, target, processes, monkeypatch, batch, make):
    check(Scene(tmp_path, target, processes, monkeypatch, batch, make), kills=42)


def test_kills_while_it_recovers(tmp_path, target, processes, monkeypatch, batch, make):
    scene = Scene(tmp_path, target, processes, monkeypatch, batch, make)
    half = scene.lines("clean") // 2
    scene.check_and_put_back()
    for at in (1, 6, 15, 28):
        assert scene.process("clean", half + 7 * at) == -signal.SIGKILL
        scene.process("recover", at)
        scene.check_and_put_back()
