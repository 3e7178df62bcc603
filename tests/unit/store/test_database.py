"""SQLite as the library uses it: migrations, transactions, and what goes wrong on disks."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.i18n import describe
from albumdedup.core.paths import AppPaths
from albumdedup.store import database as module
from albumdedup.store.database import Database, set_aside, statements
from albumdedup.store.lock import LibraryLock

ONE = "CREATE TABLE words (word TEXT UNIQUE NOT NULL);"
TWO = "ALTER TABLE words ADD COLUMN length INTEGER; UPDATE words SET length = length(word);"
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "file.sqlite"


@pytest.fixture
def database(place: Path) -> Iterator[Database]:
    opened = Database(place, [ONE])
    yield opened
    opened.close()


def words(database: Database) -> list[str]:
    with database.read() as connection:
        return [word for (word,) in connection.execute("SELECT word FROM words ORDER BY word")]


def add(database: Database, word: str) -> None:
    with database.write() as connection:
        connection.execute("INSERT INTO words (word) VALUES (?)", (word,))


def version(place: Path) -> int:
    with closing(sqlite3.connect(place)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


# --- migrations -----------------------------------------------------------------------------


def test_statements_are_split_where_they_end() -> None:
    script = """
    CREATE TABLE a (x TEXT DEFAULT ';'); -- a comment; with a semicolon
    CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET x = ';'; DELETE FROM a; END;
    /* another; */ INSERT INTO a VALUES ('it''s; "so"');;
    """
    parts = list(statements(script))
    assert [part.split("\n")[-1].split()[0] for part in parts][:1] == ["CREATE"]
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        for part in parts:
            connection.execute(part)
        names = connection.execute("SELECT name FROM sqlite_master ORDER BY name").fetchall()
        assert names == [("a",), ("t",)]
    with pytest.raises(ValueError, match="unfinished"):
        list(statements("SELECT 1; SELECT 'x;"))


def test_an_old_file_is_brought_to_the_newest_schema(place: Path) -> None:
    old = Database(place, [ONE])
    add(old, "photo")
    old.close()
    new = Database(place, [ONE, TWO])
    with new.read() as connection:
        assert connection.execute("SELECT word, length FROM words").fetchall() == [("photo", 5)]
    new.close()
    assert version(place) == 2


def test_a_migration_that_fails_leaves_the_file_as_it_was(place: Path) -> None:
    old = Database(place, [ONE])
    add(old, "photo")
    old.close()
    with pytest.raises(AlbumError) as refused:
        Database(place, [ONE, TWO, "CREATE TABLE more (x); INSERT INTO nowhere VALUES (1);"])
    assert refused.value.code is ErrorCode.LIBRARY_UNUSABLE
    assert version(place) == 1
    again = Database(place, [ONE])
    assert words(again) == ["photo"]
    again.close()


def test_a_newer_file_is_refused_and_untouched(place: Path) -> None:
    Database(place, [ONE, TWO]).close()
    before = place.read_bytes()
    with pytest.raises(AlbumError) as refused:
        Database(place, [ONE])
    assert refused.value.code is ErrorCode.LIBRARY_NEWER
    assert place.read_bytes() == before


# --- transactions ---------------------------------------------------------------------------


@pytest.mark.parametrize("error", [KeyError, KeyboardInterrupt, GeneratorExit])
def test_an_exception_rolls_back(database: Database, error: type[BaseException]) -> None:
    def broken_off() -> None:
        with database.write() as connection:
            connection.execute("INSERT INTO words VALUES ('lost')")
            raise error

    with pytest.raises(error):
        broken_off()
    add(database, "kept")
    assert words(database) == ["kept"]


def test_a_bug_of_ours_is_not_told_as_a_damaged_library(database: Database) -> None:
    add(database, "once")
    with pytest.raises(sqlite3.IntegrityError):
        add(database, "once")
    assert words(database) == ["once"]


def test_a_commit_that_fails_keeps_nothing_and_the_next_one_works(database: Database) -> None:
    """SQLite's own limit on the number of pages stands for a disk without space."""
    with database.write() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 2}")

    def too_much() -> None:
        with database.write() as connection:
            connection.execute("INSERT INTO words VALUES ('first')")
            connection.execute("INSERT INTO words VALUES (?)", ("x" * 100_000,))

    with pytest.raises(AlbumError) as full:
        too_much()
    assert full.value.code is ErrorCode.DISK_FULL
    assert "full" in describe(full.value)
    assert words(database) == []
    add(database, "small")
    assert words(database) == ["small"]


def test_a_reader_sees_one_state(database: Database) -> None:
    add(database, "one")
    with database.read() as connection:
        first = connection.execute("SELECT count(*) FROM words").fetchone()
        add(database, "two")
        assert connection.execute("SELECT count(*) FROM words").fetchone() == first == (1,)
    assert words(database) == ["one", "two"]


def test_a_file_that_another_program_holds_is_busy(database: Database, place: Path) -> None:
    with closing(sqlite3.connect(place, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with database.read() as connection:  # the one connection that write() will be lent
            connection.execute("PRAGMA busy_timeout = 1")
        with pytest.raises(AlbumError) as refused:
            add(database, "waits")
        other.execute("ROLLBACK")
    assert refused.value.code is ErrorCode.LIBRARY_BUSY
    add(database, "now")
    assert words(database) == ["now"]


# --- files that cannot be used --------------------------------------------------------------


def test_a_file_that_is_no_database(place: Path) -> None:
    place.write_bytes(b"nonsense" * 1000)
    with pytest.raises(AlbumError) as refused:
        Database(place, [ONE])
    assert refused.value.code is ErrorCode.LIBRARY_UNUSABLE
    assert refused.value.facts["path"] == str(place)
    assert module.damaged(refused.value)


def test_a_folder_in_the_place_of_the_file(place: Path) -> None:
    place.mkdir()
    with pytest.raises(AlbumError) as refused:
        Database(place, [ONE])
    assert refused.value.code is ErrorCode.LIBRARY_UNUSABLE
    assert not module.damaged(refused.value)


def test_sound_tells_damage_inside(place: Path) -> None:
    database = Database(place, [ONE])
    assert database.sound()
    for number in range(500):
        add(database, f"word {number} " + "x" * 100)
    assert database.sound()
    database.close()
    whole = place.read_bytes()
    place.write_bytes(whole[:8192] + bytes([0x5A]) * (len(whole) - 8192))
    database = Database(place, [ONE])
    assert not database.sound()
    database.close()


def test_set_aside_takes_the_log_along_and_never_replaces(place: Path) -> None:
    for content in (b"first", b"second"):
        place.write_bytes(content)
        place.with_name(place.name + "-wal").write_bytes(content)
        set_aside(place, "20240501-120000")
        assert not list(place.parent.glob("file.sqlite"))
        assert not list(place.parent.glob("file.sqlite-wal"))
    kept = sorted(path.read_bytes() for path in place.parent.iterdir() if path.is_file())
    assert kept == [b"first", b"first", b"second", b"second"]


OPEN = """
import os, sys
from pathlib import Path
from albumdedup.core.errors import AlbumError
from albumdedup.core.paths import AppPaths
from albumdedup.store.database import Database
from albumdedup.store.lock import LibraryLock
if os.geteuid() == 0:  # root may write everywhere: be nobody
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
root, what = Path(sys.argv[1]), sys.argv[2]
try:
    if what == "lock":
        with LibraryLock(AppPaths(root)):
            pass
    else:
        Database(root / "file.sqlite", ["CREATE TABLE words (word TEXT);"]).close()
except AlbumError as error:
    print(error.code.value, error.facts["path"])
"""


def without_rights(folder: Path, what: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", OPEN, str(folder), what],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def read_only() -> Iterator[Path]:
    """A folder that may be entered and not written, outside pytest's own private one."""
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder, "library")
        library.mkdir()
        os.chmod(folder, 0o755)
        yield library
        os.chmod(library, 0o755)


@pytest.mark.skipif(os.name != "posix", reason="rights by mode are POSIX's")
@pytest.mark.parametrize("what", ["lock", "database"])
@pytest.mark.parametrize("filled", [False, True])
def test_a_read_only_library_is_told(read_only: Path, what: str, filled: bool) -> None:
    if filled:
        Database(read_only / "file.sqlite", [ONE]).close()
        with LibraryLock(AppPaths(read_only)):
            pass
        for part in read_only.iterdir():
            part.chmod(stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH)
    read_only.chmod(0o555)
    told = without_rights(read_only, what)
    name = read_only if what == "lock" else read_only / "file.sqlite"
    assert told == f"library_read_only {name}"


FILL = """
import resource, signal, sys
from pathlib import Path
from albumdedup.core.errors import AlbumError
from albumdedup.store.database import Database
path = Path(sys.argv[1])
database = Database(path, ["CREATE TABLE words (word TEXT);"], synchronous=sys.argv[2])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with database.write() as connection:
    connection.execute("INSERT INTO words VALUES ('kept')")
resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))
try:
    for number in range(50):
        with database.write() as connection:
            connection.execute("INSERT INTO words VALUES ('half')")
            connection.execute("INSERT INTO words VALUES (?)", ("x" * 20_000,))
except AlbumError as error:
    print(error.code.value, number)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="needs a limit on the size of files")
@pytest.mark.parametrize("synchronous", ["NORMAL", "FULL"])
def test_a_disk_that_fills_up_is_told_and_leaves_whole_commits(
    place: Path, synchronous: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FILL, str(place), synchronous],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    code, commits = done.stdout.split()
    assert code == "disk_full"
    database = Database(place, ["CREATE TABLE words (word TEXT);"])
    found = words(database)
    assert database.sound()
    database.close()
    assert found.count("kept") == 1
    assert found.count("half") == int(commits)
    assert len(found) == 1 + 2 * int(commits)


# --- one process per library ----------------------------------------------------------------

HOLD = """
import sys
from pathlib import Path
from albumdedup.core.paths import AppPaths
from albumdedup.store.lock import LibraryLock
lock = LibraryLock(AppPaths(Path(sys.argv[1])))
lock.acquire()
print("held", flush=True)
sys.stdin.read()
"""


def test_a_second_process_is_told_that_the_library_is_in_use(tmp_path: Path) -> None:
    root = tmp_path / "new" / "library"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(root)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as holder:  # fmt: skip
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(AlbumError) as refused:
            LibraryLock(AppPaths(root)).acquire()
        holder.kill()
        holder.wait()
    assert refused.value.code is ErrorCode.LIBRARY_BUSY
    assert refused.value.facts["path"] == str(root)
    with LibraryLock(AppPaths(root)):
        pass


def test_a_lock_that_is_let_go_a_moment_later_is_waited_for(tmp_path: Path) -> None:
    """As by a child of a killed program that has not begun yet."""
    first, second = LibraryLock(AppPaths(tmp_path)), LibraryLock(AppPaths(tmp_path))
    first.acquire()
    soon = threading.Timer(0.1, first.release)
    soon.start()
    second.acquire()
    soon.join()
    second.release()


def test_a_library_is_held_once_in_a_process_too(tmp_path: Path) -> None:
    first, second = LibraryLock(AppPaths(tmp_path)), LibraryLock(AppPaths(tmp_path))
    first.acquire()
    with pytest.raises(AlbumError) as refused:
        second.acquire()
    assert refused.value.code is ErrorCode.LIBRARY_BUSY
    first.release()
    second.acquire()
    second.release()


def test_a_library_cannot_be_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for root in (tmp_path / "file", tmp_path / "file" / "inside"):
        with pytest.raises(AlbumError) as refused:
            LibraryLock(AppPaths(root)).acquire()
        assert refused.value.code is ErrorCode.LIBRARY_UNUSABLE
