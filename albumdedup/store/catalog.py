"""The catalog: what was found where, on SQLite. A cache; the photos themselves are the truth."""

from __future__ import annotations

import json
import logging
import os
import sqlite3
import threading
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from albumdedup.core.errors import AlbumError
from albumdedup.core.family import Holding, Place
from albumdedup.core.pairs import NeighbourPairs
from albumdedup.core.ports import ContentRecord, FileRecord, KnownFile
from albumdedup.core.types import (
    Companion,
    ContentId,
    Danger,
    Descriptors,
    FoundFile,
    Inside,
    Match,
    Photo,
    PhotoMetadata,
    Problem,
    Space,
    SpaceUse,
    Stamp,
)
from albumdedup.store import (
    companions,
    contents,
    dangers,
    drawers,
    family,
    files,
    pairs,
    unread,
    vectors,
)
from albumdedup.store.database import Database, damage_note, damaged, set_aside
from albumdedup.store.drawers import SqliteDrawer
from albumdedup.store.rows import below, path_bytes, path_text

_log = logging.getLogger(__name__)

_FILE_COLUMNS = """
  path BLOB NOT NULL UNIQUE, size NOT NULL, mtime_ns NOT NULL, volume NOT NULL,
  file_id NOT NULL, birth_ns, content INTEGER, reason TEXT, detail BLOB,
  wall TEXT, date_offset INTEGER, precision INTEGER, source TEXT, grade TEXT
"""

MIGRATIONS = (
    f"""
    CREATE TABLE contents (
      id INTEGER PRIMARY KEY AUTOINCREMENT, content BLOB NOT NULL UNIQUE, state INTEGER NOT NULL,
      width INTEGER NOT NULL, height INTEGER NOT NULL, format TEXT NOT NULL,
      plain INTEGER NOT NULL, metadata TEXT NOT NULL
    );
    CREATE INDEX contents_unfinished ON contents (state) WHERE state < 2;
    CREATE TABLE broken (
      content BLOB PRIMARY KEY, path BLOB NOT NULL, reason TEXT NOT NULL, detail BLOB NOT NULL
    );
    CREATE TABLE files (id INTEGER PRIMARY KEY AUTOINCREMENT, {_FILE_COLUMNS});
    CREATE INDEX files_content ON files (content);
    CREATE INDEX files_problem ON files (path) WHERE reason IS NOT NULL;
    CREATE TABLE removed (id INTEGER PRIMARY KEY, {_FILE_COLUMNS});
    CREATE INDEX removed_content ON removed (content);
    CREATE TABLE pairs (
      a INTEGER NOT NULL, b INTEGER NOT NULL, similarity REAL NOT NULL, tier INTEGER NOT NULL,
      evidence TEXT, PRIMARY KEY (a, b)
    ) WITHOUT ROWID;
    CREATE INDEX pairs_b ON pairs (b);
    CREATE INDEX pairs_open ON pairs (similarity) WHERE evidence IS NULL;
    CREATE TABLE scans (id INTEGER PRIMARY KEY AUTOINCREMENT, skipped TEXT NOT NULL);
    CREATE TABLE roots (path BLOB PRIMARY KEY, scan INTEGER NOT NULL);
    """,
    """
    CREATE TABLE companions (
      path BLOB PRIMARY KEY, size NOT NULL, mtime_ns NOT NULL, volume NOT NULL, file_id NOT NULL,
      kind TEXT NOT NULL, facts TEXT NOT NULL, removed INTEGER NOT NULL DEFAULT 0
    );
    """,
    "ALTER TABLE contents ADD COLUMN inner_vector BLOB;",
    """
    CREATE TABLE vectors (
      id INTEGER PRIMARY KEY REFERENCES contents (id) ON DELETE CASCADE,
      vector BLOB NOT NULL, delivered INTEGER NOT NULL
    );
    CREATE INDEX vectors_waiting ON vectors (id) WHERE NOT delivered;
    CREATE TABLE vector_store (space TEXT NOT NULL, place TEXT NOT NULL);
    INSERT INTO vector_store VALUES ('', '');
    """,
    """
    CREATE TABLE notes (id INTEGER PRIMARY KEY, note TEXT NOT NULL UNIQUE);
    CREATE TABLE small_pairs (
      a INTEGER NOT NULL, b INTEGER NOT NULL, steps INTEGER NOT NULL, tier INTEGER NOT NULL,
      evidence, PRIMARY KEY (a, b)
    ) WITHOUT ROWID;
    INSERT INTO small_pairs
      SELECT a, b, CAST(round(similarity * 10000) AS INTEGER), tier, evidence FROM pairs;
    DROP TABLE pairs;
    ALTER TABLE small_pairs RENAME TO pairs;
    CREATE INDEX pairs_b ON pairs (b);
    CREATE INDEX pairs_open ON pairs (steps) WHERE evidence IS NULL;
    """,
    family.TABLES,
    dangers.SCHEMA,
    """
    CREATE TABLE spaces (
      id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, extractor TEXT NOT NULL,
      dim INTEGER NOT NULL, floor REAL NOT NULL, similar REAL NOT NULL, source TEXT NOT NULL,
      whiten INTEGER NOT NULL
    );
    ALTER TABLE vector_store ADD COLUMN answering TEXT NOT NULL DEFAULT '';
    """,
    unread.TABLES,
    contents.MARK_UNSEEN,
)


class SqliteCatalog:
    """The ``Catalog`` port. Every method is one transaction; safe on any thread."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._drawers: dict[str, SqliteDrawer] = {}
        self._drawers_lock = threading.Lock()
        self.vectors_state = 0

    @property
    def state(self) -> int:
        return self._database.writes

    # --- files ------------------------------------------------------------------------------

    def known_files(self, roots: Sequence[str]) -> dict[str, KnownFile]:
        """All remembered files below these folders. One that is to be read again has a stamp
        that no file has: its problem may pass by itself (no rights, vanished), or it is pending
        since a crash."""
        with self._database.read() as connection:
            return files.known(connection, roots)

    def save(self, found: Sequence[FileRecord], decoded: Sequence[ContentRecord]) -> None:
        with self._database.write() as connection:
            contents.save(connection, decoded)
            files.save(connection, found)

    def photos(self) -> list[Photo]:
        with self._database.read() as connection:
            return files.photos(connection)

    def photos_of(self, wanted: Sequence[ContentId]) -> list[Photo]:
        with self._database.read() as connection:
            return files.photos_of(connection, wanted)

    def problems(self) -> list[Problem]:
        with self._database.read() as connection:
            found = {p.path: p for p in unread.problems(connection)}
            found |= {p.path: p for p in files.problems(connection)}
        return sorted(found.values(), key=lambda problem: path_bytes(problem.path))

    def use_decoders(self, stamp: str) -> None:
        """Note what this program can open. Where that has changed, all that could not be read is
        read again by the next scan."""
        with self._database.read() as connection:
            if unread.decoders(connection) == stamp:
                return
        with self._database.write() as connection:
            unread.retry(connection, stamp)

    def dangers(self) -> dict[ContentId, Danger]:
        with self._database.read() as connection:
            return dangers.listed(connection)

    def note_danger(self, content: ContentId, danger: Danger) -> None:
        with self._database.write() as connection:
            dangers.note(connection, content, danger)

    def suspect(self, in_hand: Sequence[ContentId], version: str) -> None:
        """Decode these in a process of their own: one of them may have ended the last one."""
        if in_hand:
            with self._database.write() as connection:
                dangers.suspect(connection, in_hand, version)

    def clear_danger(self, content: ContentId) -> None:
        with self._database.write() as connection:
            dangers.clear(connection, content)

    def retry_dangers(self, version: str) -> None:
        if any(danger.version != version for danger in self.dangers().values()):
            with self._database.write() as connection:
                dangers.retry(connection, version)

    def restamp(self, found: Sequence[FoundFile]) -> None:
        with self._database.write() as connection:
            files.restamp(connection, found)

    def remove_files(self, paths: Sequence[str]) -> None:
        if paths:
            with self._database.write() as connection:
                files.remove(connection, paths)
                companions.lay_by(connection, paths)

    def restore_files(self, moved: Mapping[str, str]) -> None:
        if moved:
            with self._database.write() as connection:
                files.restore(connection, moved)
                companions.restore(connection, moved)

    # --- companions -------------------------------------------------------------------------

    def known_companions(self, roots: Sequence[str]) -> dict[str, Stamp]:
        with self._database.read() as connection:
            return companions.known(connection, roots)

    def save_companions(self, found: Sequence[Companion]) -> None:
        if found:
            with self._database.write() as connection:
                companions.save(connection, found)

    def remove_companions(self, paths: Sequence[str]) -> None:
        if paths:
            with self._database.write() as connection:
                companions.lay_by(connection, paths)

    def companions(self) -> list[Companion]:
        with self._database.read() as connection:
            return companions.listed(connection)

    # --- contents ---------------------------------------------------------------------------

    def known_contents(self) -> dict[ContentId, PhotoMetadata]:
        with self._database.read() as connection:
            return contents.known(connection)

    def unseen_copies(self) -> list[ContentId]:
        with self._database.read() as connection:
            other = drawers.answering(connection)
            tables = ["pairs"] if other is None else ["pairs", f"drawer_{other[0]}_pairs"]
            return contents.unseen(connection, tables)

    def save_inside(self, seen: Mapping[ContentId, tuple[Inside, ...]]) -> None:
        if seen:
            with self._database.write() as connection:
                contents.save_inside(connection, seen)

    def broken_contents(self) -> dict[ContentId, Problem]:
        with self._database.read() as connection:
            return files.broken(connection)

    def save_inner(self, saved: Sequence[ContentId], vectors: Descriptors) -> None:
        if saved:
            with self._database.write() as connection:
                contents.save_inner(connection, saved, vectors)

    def inner_vectors(self) -> tuple[list[ContentId], Descriptors]:
        with self._database.read() as connection:
            return contents.inner_vectors(connection)

    # --- descriptors ------------------------------------------------------------------------

    def save_vectors(self, saved: Sequence[ContentId], rows: Descriptors) -> None:
        if saved:
            with self._database.write() as connection:
                vectors.save(connection, saved, rows)
            self.vectors_state += 1

    def vectors(
        self, wanted: Sequence[ContentId] | None = None
    ) -> tuple[list[ContentId], Descriptors]:
        with self._database.read() as connection:
            if wanted is None:
                return vectors.everything(connection)
            return vectors.read(connection, wanted)

    def vectorless_contents(self) -> list[ContentId]:
        return self._contents("state >= 1 AND id NOT IN (SELECT id FROM vectors)")

    def waiting_vectors(self, most: int | None = None) -> list[ContentId]:
        with self._database.read() as connection:
            return vectors.waiting(connection, most)

    def mark_delivered(self, taken: Sequence[ContentId]) -> None:
        with self._database.write() as connection:
            vectors.mark_delivered(connection, taken)

    def vector_space(self) -> str:
        with self._database.read() as connection:
            return vectors.space(connection)

    def set_vector_space(self, space: str) -> None:
        with self._database.write() as connection:
            vectors.set_space(connection, space)

    def use_vector_place(self, place: str) -> None:
        with self._database.read() as connection:
            if vectors.place(connection) == place:
                return
        with self._database.write() as connection:
            vectors.use_place(connection, place)

    # --- other embeddings -------------------------------------------------------------------

    def spaces(self) -> list[SpaceUse]:
        with self._database.read() as connection:
            return drawers.used(connection)

    def drawer(self, space: Space) -> SqliteDrawer:
        with self._drawers_lock:
            if space.name not in self._drawers:
                with self._database.write() as connection:
                    number = drawers.make(connection, space)
                self._drawers[space.name] = SqliteDrawer(self._database, number)
            return self._drawers[space.name]

    def undescribed(self, space: Space) -> list[ContentId]:
        with self._database.read() as connection:
            return drawers.undescribed(connection, space.name)

    def answering(self) -> Space | None:
        with self._database.read() as connection:
            found = drawers.answering(connection)
        return None if found is None else found[1]

    def answer_from(self, space: Space | None) -> None:
        with self._database.write() as connection:
            vectors.set_answering(connection, "" if space is None else space.name)

    def promote(self, space: Space) -> None:
        with self._drawers_lock, self._database.write() as connection:
            drawers.promote(connection, space.name)
            self._drawers.pop(space.name, None)
        self.vectors_state += 1

    def compare_again(self, late: Sequence[ContentId]) -> None:
        with self._database.write() as connection:
            contents.mark(connection, late, contents.MATCHED, contents.INDEXED)

    def drop_spaces(self, names: Sequence[str]) -> None:
        with self._drawers_lock, self._database.write() as connection:
            for name in names:
                drawers.drop(connection, name)
                self._drawers.pop(name, None)

    def compact(self) -> None:
        self._database.compact()

    # --- the family -------------------------------------------------------------------------

    def use_family_place(self, place: Place | None) -> None:
        with self._database.read() as connection:
            if family.place(connection) == place:
                return
        with self._database.write() as connection:
            family.set_place(connection, place)

    def holdings(self) -> list[Holding]:
        with self._database.read() as connection:
            return family.holdings(connection)

    def untold(self) -> tuple[list[Holding], list[ContentId]]:
        with self._database.read() as connection:
            return family.untold(connection)

    def has_untold(self) -> bool:
        with self._database.read() as connection:
            return family.has_untold(connection)

    def told(self) -> list[ContentId]:
        with self._database.read() as connection:
            return family.told(connection)

    def note_told(self, new: Sequence[Holding]) -> None:
        with self._database.write() as connection:
            family.note_told(connection, new)

    def note_taken(self, gone: Sequence[ContentId]) -> None:
        with self._database.write() as connection:
            family.note_taken(connection, gone)

    # --- states -----------------------------------------------------------------------------

    def mark_indexed(self, stored: Sequence[ContentId]) -> None:
        with self._database.write() as connection:
            contents.mark(connection, stored, contents.PENDING, contents.INDEXED)

    def pending_contents(self) -> list[ContentId]:
        return self._contents("state < 2 AND state = 0")  # the first term names the index

    def indexed_contents(self) -> list[ContentId]:
        return self._contents("state >= 1")

    def has_indexed(self) -> bool:
        with self._database.read() as connection:
            return contents.has_any(connection, "state >= 1")

    def unmatched_contents(self) -> list[ContentId]:
        return self._contents("state < 2 AND state = 1")

    def plain_contents(self) -> set[ContentId]:
        return set(self._contents("plain"))

    def _contents(self, condition: str) -> list[ContentId]:
        with self._database.read() as connection:
            return contents.listed(connection, condition)

    def forget_contents(self, gone: Sequence[ContentId]) -> None:
        if gone:
            with self._database.write() as connection:
                contents.forget(connection, gone)
            self.vectors_state += 1

    # --- pairs ------------------------------------------------------------------------------

    def save_matches(
        self, compared: Sequence[ContentId], found: NeighbourPairs, dropped: NeighbourPairs
    ) -> None:
        with self._database.write() as connection:
            pairs.save(connection, found)
            pairs.drop(connection, dropped)
            contents.mark(connection, compared, contents.INDEXED, contents.MATCHED)

    def neighbour_pairs(self) -> NeighbourPairs:
        with self._database.read() as connection:
            return pairs.numbered(connection)

    def unverified(self, floor: float) -> list[Match]:
        with self._database.read() as connection:
            return pairs.listed(connection, unverified_from=floor)

    def save_verdicts(self, matches: Iterable[Match]) -> None:
        with self._database.write() as connection:
            pairs.save_verdicts(connection, matches)

    def matches(self) -> list[Match]:
        with self._database.read() as connection:
            return pairs.listed(connection)

    def answers(self) -> list[Match]:
        with self._database.read() as connection:
            other = drawers.answering(connection)
            if other is None:
                return pairs.listed(connection)
            return pairs.answers(connection, f"drawer_{other[0]}_pairs")

    # --- scans ------------------------------------------------------------------------------

    def roots(self) -> list[str]:
        """The scanned folders, none inside another, ordered."""
        with self._database.read() as connection:
            rows = connection.execute("SELECT path FROM roots ORDER BY path")
            return [path_text(path) for (path,) in rows]

    def save_scan(
        self,
        roots: Sequence[str],
        skipped: Mapping[str, int],
        unwalked: Sequence[Problem] = (),
    ) -> None:
        """Remember a scan. A folder inside a remembered one is part of it; one around
        remembered ones takes their place."""
        with self._database.write() as connection:
            scan = connection.execute(
                "INSERT INTO scans (skipped) VALUES (?)", (json.dumps(dict(skipped)),)
            ).lastrowid
            for root in roots:
                if not _inside_another(connection, root):
                    connection.execute(
                        "DELETE FROM roots WHERE path >= ? AND path < ?", below(root)
                    )
                    connection.execute(
                        "INSERT OR REPLACE INTO roots (path, scan) VALUES (?, ?)",
                        (path_bytes(os.path.normpath(root)), scan),
                    )
            _drop_old_scans(connection)
            unread.save(connection, roots, unwalked)

    def skipped(self) -> dict[str, int]:
        """What the latest scans passed over, by kind. A scan of several folders counts as long
        as one of them has not been scanned again."""
        total: dict[str, int] = {}
        with self._database.read() as connection:
            for (stored,) in connection.execute("SELECT skipped FROM scans ORDER BY id"):
                for kind, count in json.loads(stored).items():
                    total[kind] = total.get(kind, 0) + count
        return total

    def forget_folder(self, folder: str) -> int:
        """Forget all files below a folder, and what belongs to nothing else; returns how many
        files. Nothing on the disk is touched."""
        with self._database.write() as connection:
            count = files.forget_below(connection, folder)
            companions.forget_below(connection, folder)
            unread.forget_below(connection, folder)
            contents.forget_unused(connection)
            connection.execute("DELETE FROM roots WHERE path >= ? AND path < ?", below(folder))
            connection.execute(
                "DELETE FROM roots WHERE path = ?", (path_bytes(os.path.normpath(folder)),)
            )
            _drop_old_scans(connection)
        return count

    def close(self) -> None:
        self._database.close()


def _inside_another(connection: sqlite3.Connection, root: str) -> bool:
    stored = path_bytes(os.path.normpath(root))
    others = connection.execute("SELECT path FROM roots WHERE path < ?", (stored,))
    for (other,) in others:
        low, high = below(path_text(other))
        if low <= stored < high:
            return True
    return False


def _drop_old_scans(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM scans WHERE id NOT IN (SELECT scan FROM roots)")


def open_catalog(path: Path) -> tuple[SqliteCatalog, bool]:
    """Open, or make, the catalog; True where a damaged one was set aside and a new one begun.

    Raises AlbumError: LIBRARY_READ_ONLY, LIBRARY_NEWER, LIBRARY_BUSY, LIBRARY_UNUSABLE,
    DISK_FULL.
    """
    if not damage_note(path).exists():
        try:
            return SqliteCatalog(Database(path, MIGRATIONS)), False
        except AlbumError as error:
            if not damaged(error):
                raise
    aside = set_aside(path, datetime.now().strftime("%Y%m%d-%H%M%S"))
    _log.warning("The catalog was damaged and is begun anew; the old one is %s", aside)
    return SqliteCatalog(Database(path, MIGRATIONS)), True
