"""Libraries that every earlier version wrote are opened with all that is in them; what a newer one
wrote is left alone. The samples were written by the old programs themselves (old_libraries.py)."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from fakes import HistogramExtractor, MemoryVectorStore
from old_libraries import HERE, album, album_of, restore

from albumdedup.assembly import build
from albumdedup.cli.main import main
from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.executors import InlineExecutor
from albumdedup.core.paths import AppPaths
from albumdedup.core.recovery import recover
from albumdedup.core.settings import Settings
from albumdedup.core.types import ItemState, Tier, View
from albumdedup.store import catalog, decisions
from albumdedup.store.decisions import SqliteDecisions, open_decisions
from albumdedup.store.journal import SqliteJournal
from albumdedup.system.trash import open_trash

WRITTEN_TOGETHER = (
    (1, 1), (2, 1), (2, 2), (2, 3), (3, 3), (4, 4), (5, 4), (6, 5), (7, 5), (8, 5), (9, 5),
    (10, 5),
)  # fmt: skip
"""Schema versions of catalog and decisions that stood in one program."""


@dataclass(frozen=True)
class Old:
    """A library, its album, and what the old program moved out of it."""

    root: Path
    files: dict[str, bytes]

    @property
    def paths(self) -> AppPaths:
        return AppPaths(self.root / "library")

    def path(self, name: str) -> str:
        return str(self.root / "album" / name)

    def kept(self) -> dict[str, bytes]:
        """Everything outside of the library's folder, and the decisions in it."""
        places = [
            p for p in self.root.rglob("*") if p.is_file() and self.paths.root not in p.parents
        ]
        return {str(p): p.read_bytes() for p in (*places, self.paths.decisions)}


def made(root: Path, of_catalog: int, of_decisions: int) -> Old:
    paths = AppPaths(root / "library")
    paths.root.mkdir()
    restore(HERE / f"catalog-{of_catalog}.sql", paths.catalog, root)
    restore(HERE / f"decisions-{of_decisions}.sql", paths.decisions, root)
    files = album(root)
    with closing(sqlite3.connect(paths.decisions)) as connection:
        (place,) = connection.execute("SELECT place FROM items WHERE state = 'moved'").fetchone()
    gone = Path(place.decode())
    gone.parent.mkdir(parents=True)
    Path(root / "album" / "backup" / "one.bmp").rename(gone)
    return Old(root, files)


def opened(old: Old):
    vectors = MemoryVectorStore()
    settings = Settings(batch=4, commit_seconds=0.0)
    return build(
        old.paths, settings, InlineExecutor(), extractor=HistogramExtractor,
        vectors=lambda: vectors,
    )  # fmt: skip


def groups(library, old: Old) -> list[tuple[str, list[str]]]:
    """What the one click would clean up, by tier and name."""
    root, view = old.root / "album", View(frozenset({Tier.IDENTICAL, Tier.SAME}), 0.95)
    return sorted(
        (
            group.members[1].tier.value,
            sorted(Path(m.photo.path).relative_to(root).as_posix() for m in group.members),
        )
        for group in library.find_groups(view, library.snapshot())
    )


FOUR = ("identical", ["kept/four.bmp", "phone/four.bmp"])
ONE = ("identical", ["backup/one.bmp", "phone/one.bmp"])
TWO = ("same", ["phone/two.bmp", "small/two.bmp"])


def test_there_is_a_sample_of_every_schema():
    """Whoever adds a migration adds the library of the new schema: old_libraries.py says how."""
    for name, migrations in (("catalog", catalog.MIGRATIONS), ("decisions", decisions.MIGRATIONS)):
        stored = {path.name for path in HERE.glob(f"{name}-*.sql")}
        assert stored == {f"{name}-{n}.sql" for n in range(1, len(migrations) + 1)}
    assert WRITTEN_TOGETHER[-1] == (len(catalog.MIGRATIONS), len(decisions.MIGRATIONS))


@pytest.mark.parametrize(("of_catalog", "of_decisions"), WRITTEN_TOGETHER)
def test_an_old_library_answers_as_before_scans_and_gives_back(tmp_path, of_catalog, of_decisions):
    old = made(tmp_path, of_catalog, of_decisions)
    with closing(sqlite3.connect(old.paths.catalog)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (of_catalog,)
    found = opened(old)
    library = found.library
    try:
        assert (found.catalog_rebuilt, found.interrupted) == (False, ())
        # what it knew, before anything is read again
        known = {Path(photo.path).name for photo in library.snapshot().photos}
        assert known == {"one.bmp", "two.bmp", "three.bmp", "four.bmp"}
        assert [Path(p.path).name for p in library.snapshot().unreadable] == ["broken.bmp"]
        assert groups(library, old) == [FOUR]
        # what the person had decided
        kept = library._parts.decisions
        assert kept.protected() == (old.path("kept"),)
        assert kept.preferred() == (old.path("phone"),)
        ((a, b),) = kept.not_duplicates()
        kept.remove_not_duplicates([a, b])
        assert groups(library, old) == [FOUR, TWO]  # that the two agree is still known
        kept.add_not_duplicates([a, b])
        # what it had moved comes back, with its bytes
        assert [one.id for one in library.history()] == [2, 1]
        states = [[item.state for item in one.items] for one in library.history()]
        assert states == [[ItemState.MOVED], [ItemState.RESTORED]]
        library.undo()
        assert album_of(tmp_path) == old.files
        # and the next scan ends with what a new library would find
        summary = library.index([str(tmp_path / "album")])
        assert (summary.files, summary.unreadable) == (8, 1)
        assert groups(library, old) == [ONE, FOUR]
        assert album_of(tmp_path) == old.files
    finally:
        library.close()
    again = opened(old)
    try:
        assert not again.catalog_rebuilt
        assert groups(again.library, old) == [ONE, FOUR]
    finally:
        again.library.close()


@pytest.mark.parametrize("version", range(1, len(decisions.MIGRATIONS) + 1))
def test_a_clean_up_that_an_old_program_left_half_way_is_settled(tmp_path, version):
    old = made(tmp_path, len(catalog.MIGRATIONS), version)
    with closing(sqlite3.connect(old.paths.decisions)) as connection:
        connection.execute("UPDATE items SET state = 'moving' WHERE operation = 2")
        connection.execute("UPDATE operations SET finished = 0 WHERE id = 2")
        connection.commit()
    with closing(open_decisions(old.paths.decisions)) as database:
        journal = SqliteJournal(database)
        (settled,) = recover(journal, open_trash)
        assert (settled.id, [item.state for item in settled.items]) == (2, [ItemState.MOVED])
        assert SqliteDecisions(database).protected() == (old.path("kept"),)


VERBS = (
    ("scan", "{album}"), ("clean", "--apply"), ("report",), ("undo",), ("history",), ("folders",),
    ("protect", "{album}"), ("not-duplicates", "{album}/phone/one.bmp", "{album}/phone/two.bmp"),
    ("forget", "{album}"), ("search", "{album}/phone/one.bmp"),
)  # fmt: skip


@pytest.mark.parametrize("which", ["catalog", "decisions"])
def test_a_library_of_a_newer_program_is_refused_in_words_and_left_as_it_is(
    tmp_path, capsys, which
):
    old = made(tmp_path, *WRITTEN_TOGETHER[-1])
    newer = getattr(old.paths, which)
    with closing(sqlite3.connect(newer)) as connection:
        connection.execute("PRAGMA user_version = 999")
        connection.execute("CREATE TABLE of_tomorrow (x)")
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before, written = old.kept(), newer.read_bytes()
    for verb, *arguments in VERBS:
        named = [one.format(album=tmp_path / "album") for one in arguments]
        assert main([verb, "--library", str(old.paths.root), *named]) == 6, verb
        said = capsys.readouterr()
        assert said.err == (
            f"The library file {newer} was made by a newer version of this program; install that "
            "version, or choose another library with --library.\n"
        )
        assert said.out == ""
        assert (old.kept(), newer.read_bytes()) == (before, written), verb
    with pytest.raises(AlbumError) as refused:
        opened(old)
    assert refused.value.code is ErrorCode.LIBRARY_NEWER
    assert not list(old.paths.root.glob("*damaged*"))
    assert (old.kept(), newer.read_bytes()) == (before, written)
