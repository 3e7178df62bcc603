"""Libraries from before anyone looked for films and maps inside of photos: no copy of theirs goes
unseen, and a scan looks."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from fakes import HistogramExtractor, MemoryVectorStore
from inside_files import film, jpeg, motion_photo
from pictures import scene

from albumdedup.assembly import build
from albumdedup.cli.main import main
from albumdedup.core.control import Control, Stage
from albumdedup.core.decoder.door import Door
from albumdedup.core.errors import Cancelled
from albumdedup.core.executors import InlineExecutor
from albumdedup.core.paths import AppPaths
from albumdedup.core.settings import Settings
from albumdedup.core.types import Inside, InsideKind, PhotoMetadata, Role, Tier, View
from albumdedup.store.catalog import MIGRATIONS
from albumdedup.store.contents import MARK_UNSEEN
from albumdedup.store.rows import metadata_json, metadata_of

SIZE = (800, 600)
UNSEEN = Inside(InsideKind.UNSEEN)
VIEW = View(frozenset({Tier.IDENTICAL, Tier.SAME}), 0.95)


class Desk:
    """A library whose program can be replaced by a newer one."""

    def __init__(self, root: Path) -> None:
        self.paths = AppPaths(root / "library")
        self.album = root / "album"
        self.album.mkdir()
        self._vectors = MemoryVectorStore()
        self.open()

    def open(self) -> None:
        settings = Settings(batch=4, commit_seconds=0.0)
        self.library = build(
            self.paths, settings, InlineExecutor(), extractor=HistogramExtractor,
            vectors=lambda: self._vectors,
        ).library  # fmt: skip

    def as_before_films_were_known(self) -> None:
        """What the program of the schema before wrote."""
        self.library.close()
        with closing(sqlite3.connect(self.paths.catalog)) as connection:
            connection.execute("DROP INDEX contents_unseen")
            rows = connection.execute("SELECT id, metadata FROM contents").fetchall()
            for row, metadata in rows:
                bare = replace(metadata_of(metadata), inside=())
                connection.execute(
                    "UPDATE contents SET metadata = ? WHERE id = ?", (metadata_json(bare), row)
                )
            connection.execute(f"PRAGMA user_version = {MIGRATIONS.index(MARK_UNSEEN)}")
            connection.commit()
        self.open()

    def roles(self) -> dict[str, tuple[Role, str]]:
        groups = self.library.find_groups(VIEW, self.library.snapshot())
        return {
            Path(m.photo.path).name: (m.role, m.note) for group in groups for m in group.members
        }

    def inside(self, name: str) -> tuple[Inside, ...]:
        photos = self.library.snapshot().photos
        return next(p.metadata.inside for p in photos if Path(p.path).name == name)


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path)
    first, second = scene(3, SIZE), scene(8, SIZE)
    files = {
        "kept.jpg": jpeg(first, quality=97),
        "moves.jpg": motion_photo(jpeg(first.resize((640, 480))), film()),
        "plain.jpg": jpeg(second, quality=97),
        "smaller.jpg": jpeg(second, quality=80),
        "alone.jpg": jpeg(scene(21, SIZE)),
        "twin-1.jpg": (twin := jpeg(scene(34, SIZE))),
        "twin-2.jpg": twin,
    }
    for name, data in files.items():
        (desk.album / name).write_bytes(data)
    desk.library.index([str(desk.album)])
    yield desk
    desk.library.close()


def test_the_album_is_one_where_it_matters(desk):
    """By the newest program: the copy with the film stays, the other copies go."""
    roles = desk.roles()
    assert roles["moves.jpg"][0] is Role.REVIEW
    assert "film" in roles["moves.jpg"][1]
    assert roles["smaller.jpg"][0] is Role.REMOVE
    assert not desk.library.has_work()


def test_nothing_goes_that_nobody_looked_into(desk):
    desk.as_before_films_were_known()
    assert desk.inside("moves.jpg") == desk.inside("alone.jpg") == (UNSEEN,)
    roles = desk.roles()
    for name in ("moves.jpg", "smaller.jpg"):
        assert roles[name][0] is Role.REVIEW
        assert "scan again to know" in roles[name][1]
    assert sorted((roles["twin-1.jpg"][0], roles["twin-2.jpg"][0])) == [Role.KEEP, Role.REMOVE], (
        "the same bytes hold the same"
    )
    plan = desk.library.plan(desk.library.find_groups(VIEW, desk.library.snapshot()))
    assert {Path(one.victim.path).name for one in plan.photos} <= {"twin-1.jpg", "twin-2.jpg"}


def test_the_command_line_says_what_stays_and_why(desk, capsys):
    desk.as_before_films_were_known()
    desk.library.close()
    assert main(["clean", "--library", str(desk.paths.root)]) == 0
    listed = capsys.readouterr().out.splitlines()
    for name in ("moves.jpg", "smaller.jpg"):
        at = listed.index(f"left for you to look at: {desk.album / name}")
        assert "scan again to know" in listed[at + 1]
    assert main(["clean", "--json", "--library", str(desk.paths.root)]) == 0
    left = json.loads(capsys.readouterr().out)["left"]
    assert [(Path(one["path"]).name, one["tier"]) for one in left] == [
        ("moves.jpg", "same"), ("smaller.jpg", "same"),
    ]  # fmt: skip
    desk.open()


@pytest.mark.parametrize("named", [True, False])
def test_a_scan_with_folders_or_without_looks_and_tells(desk, named):
    """A window takes it up by itself, without any folder."""
    before = desk.roles()
    desk.as_before_films_were_known()
    assert desk.library.has_work()
    told = []
    summary = desk.library.index([str(desk.album)] if named else [], sink=told.append)
    assert (summary.looked_inside, summary.unseen, summary.decoded) == (4, 0, 0)
    assert (Stage.LOOKING_INSIDE, 4, 4) in {(one.stage, one.done, one.total) for one in told}
    assert desk.inside("moves.jpg")[0].kind is InsideKind.FILM
    assert desk.inside("smaller.jpg") == ()
    assert desk.inside("alone.jpg") == (UNSEEN,), "what has no copy is not read again"
    assert desk.roles() == before
    assert not desk.library.has_work()
    assert desk.library.index([str(desk.album)]).looked_inside == 0


def test_what_is_unplugged_waits_and_nothing_of_it_goes(desk):
    desk.as_before_films_were_known()
    away = desk.album.with_name("away")
    desk.album.rename(away)
    summary = desk.library.index([])
    assert (summary.looked_inside, summary.unseen) == (0, 4)
    assert desk.roles()["smaller.jpg"][0] is Role.REVIEW
    away.rename(desk.album)
    assert desk.library.index([]).looked_inside == 4
    assert desk.roles()["smaller.jpg"][0] is Role.REMOVE


def test_another_file_at_the_path_says_nothing(desk):
    """The facts are of a content, not of a name."""
    desk.as_before_films_were_known()
    place = desk.album / "moves.jpg"
    place.write_bytes((desk.album / "smaller.jpg").read_bytes())
    assert desk.library.index([]).unseen == 1
    assert desk.inside("moves.jpg") == (UNSEEN,)


def test_a_new_copy_of_an_old_photo_makes_it_be_looked_into(desk):
    desk.as_before_films_were_known()
    desk.library.index([str(desk.album)])
    (desk.album / "copy.jpg").write_bytes(jpeg(scene(21, SIZE), quality=60))
    summary = desk.library.index([str(desk.album)])
    assert (summary.new, summary.looked_inside) == (1, 1)
    assert desk.inside("alone.jpg") == ()
    assert desk.roles()["copy.jpg"][0] is Role.REMOVE


def test_a_scan_that_is_stopped_keeps_what_was_looked_into(desk, monkeypatch):
    desk.as_before_films_were_known()
    control, really, asked = Control(), Door.read_file, []

    def read_two_and_stop(self, found, *rest):
        if len(asked) == 2:
            control.cancel()
        asked.append(found.path)
        return really(self, found, *rest)

    monkeypatch.setattr(Door, "read_file", read_two_and_stop)
    with pytest.raises(Cancelled):
        desk.library.index([], control)
    monkeypatch.undo()
    assert 0 < desk.library.index([]).looked_inside < 4
    assert not desk.library.has_work()


@pytest.mark.parametrize(
    "known",
    [
        PhotoMetadata(),
        PhotoMetadata(camera='An "inside": camera', tags=3),
        PhotoMetadata(inside=(Inside(InsideKind.DEPTH),), orientation=6),
    ],
)
def test_marking_changes_nothing_else(tmp_path, known):
    with closing(sqlite3.connect(tmp_path / "x.sqlite")) as connection:
        connection.execute("CREATE TABLE contents (id INTEGER PRIMARY KEY, metadata, format)")
        connection.executemany(
            "INSERT INTO contents (metadata, format) VALUES (?, ?)",
            [(metadata_json(known), "JPEG"), (metadata_json(known), "BMP")],
        )
        connection.executescript(MARK_UNSEEN)
        rows = connection.execute("SELECT metadata FROM contents ORDER BY id").fetchall()
    marked, bitmap = (metadata_of(row) for (row,) in rows)
    assert bitmap == known
    assert marked == (known if known.inside else replace(known, inside=(UNSEEN,)))
