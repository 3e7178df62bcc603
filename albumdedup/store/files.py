"""File rows of the catalog: what lies where, and what was found there."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence

from albumdedup.core.ports import FileRecord, KnownFile
from albumdedup.core.types import (
    ContentId,
    FoundFile,
    Photo,
    Problem,
    Reason,
)
from albumdedup.store.contents import PENDING
from albumdedup.store.rows import (
    below,
    content_bytes,
    content_id,
    metadata_of,
    number,
    path_bytes,
    path_text,
    plain_text,
    stamp_columns,
    stamp_of,
    taken_columns,
    taken_of,
    text,
)

PASSING = frozenset(
    {
        Reason.NO_RIGHTS,
        Reason.VANISHED,
        Reason.CHANGED,
        Reason.READ_ERROR,
        Reason.PLACEHOLDER,
        Reason.NO_ANSWER,
        Reason.NO_WORKER,
        Reason.PATH_TOO_LONG,
    }
)
"""Reasons that may be gone at the next scan though the file's stamp is the same."""

UNLIKE_ANY = KnownFile(-1, -1, -1, -1)
"""What is told of a file that is to be read again: no file is like it. Its problem may have passed,
or a crash came between its row and its descriptor."""

_COLUMNS = (
    "path, size, mtime_ns, volume, file_id, birth_ns, content, reason, detail, "
    "wall, date_offset, precision, source, grade"
)

_PHOTO = """
SELECT f.id, f.path, f.size, f.mtime_ns, f.volume, f.file_id, c.id, c.content, c.width, c.height,
       c.format, c.plain, c.metadata, f.birth_ns,
       f.wall, f.date_offset, f.precision, f.source, f.grade
FROM files AS f JOIN contents AS c ON c.id = f.content
WHERE c.state >= 1
"""

VARIABLES = 500
"""How many values go into one ``IN (…)``."""


def chunks(values: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    for start in range(0, len(values), VARIABLES):
        yield values[start : start + VARIABLES]


def marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))


_KNOWN = "SELECT path, size, mtime_ns, volume, file_id FROM files WHERE path >= ? AND path < ?"

_TO_READ_AGAIN = (
    "SELECT path, reason FROM files WHERE reason IS NOT NULL AND path >= ? AND path < ?",
    "SELECT path, NULL FROM files WHERE path >= ? AND path < ? "
    f"AND content IN (SELECT id FROM contents WHERE state < 2 AND state = {PENDING})",
)


def known(connection: sqlite3.Connection, roots: Sequence[str]) -> dict[str, KnownFile]:
    passing = {None, *(reason.value for reason in PASSING)}
    found: dict[str, KnownFile] = {}
    for root in roots:
        for path, size, mtime, volume, file in connection.execute(_KNOWN, below(root)):
            if type(file) is str or type(mtime) is str or type(size) is str or type(volume) is str:
                one = KnownFile(int(size), int(mtime), int(volume), int(file))  # see ``number``
            else:
                one = KnownFile(size, mtime, volume, file)
            found[path_text(path)] = one
        for query in _TO_READ_AGAIN:
            for path, reason in connection.execute(query, below(root)):
                if reason in passing:
                    found[path_text(path)] = UNLIKE_ANY
    return found


def save(connection: sqlite3.Connection, records: Iterable[FileRecord]) -> None:
    """Insert or replace by path. A record whose content has no row (it was forgotten
    meanwhile) is not kept: the next scan reads it again."""
    upsert = (
        f"INSERT INTO files ({_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?) "
        "ON CONFLICT (path) DO UPDATE SET "
        + ", ".join(f"{name}=excluded.{name}" for name in _COLUMNS.split(", ")[1:])
    )
    for record in records:
        content = None
        if record.content is not None and record.problem is None:
            row = connection.execute(
                "SELECT id FROM contents WHERE content = ?", (content_bytes(record.content),)
            ).fetchone()
            if row is None:
                remove(connection, [record.found.path])
                continue
            content = row[0]
        connection.execute(upsert, (*_found_columns(record.found), content, *_outcome(record)))
        if record.content is not None and record.problem is not None:
            _remember_broken(connection, record.content, record.problem)


def _found_columns(found: FoundFile) -> tuple[object, ...]:
    birth = None if found.birth_ns is None else number(found.birth_ns)
    return (path_bytes(found.path), *stamp_columns(found.stamp), birth)


def _outcome(record: FileRecord) -> tuple[object, ...]:
    problem = record.problem
    told = (None, None) if problem is None else (problem.reason.value, text(problem.detail))
    return (*told, *taken_columns(record.taken))


def _remember_broken(connection: sqlite3.Connection, content: ContentId, problem: Problem) -> None:
    if problem.reason not in PASSING:
        connection.execute(
            "INSERT OR REPLACE INTO broken (content, path, reason, detail) VALUES (?,?,?,?)",
            (
                content_bytes(content),
                path_bytes(problem.path),
                problem.reason.value,
                text(problem.detail),
            ),
        )


def broken(connection: sqlite3.Connection) -> dict[ContentId, Problem]:
    return {
        content_id(content): Problem(path_text(path), Reason(reason), plain_text(detail))
        for content, path, reason, detail in connection.execute(
            "SELECT content, path, reason, detail FROM broken"
        )
    }


def problems(connection: sqlite3.Connection) -> list[Problem]:
    return [
        Problem(path_text(path), Reason(reason), plain_text(detail))
        for path, reason, detail in connection.execute(
            "SELECT path, reason, detail FROM files WHERE reason IS NOT NULL ORDER BY path"
        )
    ]


def photos(connection: sqlite3.Connection) -> list[Photo]:
    return [_photo(row) for row in connection.execute(_PHOTO + "ORDER BY f.path")]


def photos_of(connection: sqlite3.Connection, contents: Sequence[ContentId]) -> list[Photo]:
    stored = [content_bytes(content) for content in dict.fromkeys(contents)]
    rows = [
        row
        for chunk in chunks(stored)
        for row in connection.execute(f"{_PHOTO} AND c.content IN ({marks(chunk)})", chunk)
    ]
    rows.sort(key=lambda row: row[1])
    return [_photo(row) for row in rows]


def _photo(row: tuple) -> Photo:  # type: ignore[type-arg]
    (
        file, path, size, mtime_ns, volume, file_id, _, content, width, height, kind, plain,
        metadata, birth, wall, offset, precision, source, grade,
    ) = row  # fmt: skip
    return Photo(
        file,
        path_text(path),
        stamp_of(size, mtime_ns, volume, file_id),
        content_id(content),
        width,
        height,
        kind,
        taken_of(wall, offset, precision, source, grade),
        metadata_of(metadata),
        bool(plain),
        None if birth is None else int(birth),
    )


def restamp(connection: sqlite3.Connection, found: Sequence[FoundFile]) -> None:
    connection.executemany(
        "UPDATE files SET size = ?, mtime_ns = ?, volume = ?, file_id = ? WHERE path = ?",
        [(*stamp_columns(file.stamp), path_bytes(file.path)) for file in found],
    )


def remove(connection: sqlite3.Connection, paths: Sequence[str]) -> None:
    """Lay the rows by, so that files which come back from a trash are known at once."""
    stored = [(path_bytes(path),) for path in paths]
    connection.executemany(
        f"INSERT OR REPLACE INTO removed (id, {_COLUMNS}) "
        f"SELECT id, {_COLUMNS} FROM files WHERE path = ?",
        stored,
    )
    connection.executemany("DELETE FROM files WHERE path = ?", stored)


def restore(connection: sqlite3.Connection, moved: Mapping[str, str]) -> None:
    """Bring rows back under their new path. A file that lies there now is the restored one, so
    that its row replaces what was known of that path."""
    others = ", ".join(_COLUMNS.split(", ")[1:])
    for old, new in moved.items():
        before, after = path_bytes(old), path_bytes(new)
        row = connection.execute(
            f"SELECT {others}, id FROM removed WHERE path = ?", (before,)
        ).fetchone()
        if row is None:
            continue
        connection.execute("DELETE FROM files WHERE path = ?", (after,))
        connection.execute(
            f"INSERT INTO files (path, {others}, id) VALUES ({marks((after, *row))})",
            (after, *row),
        )
        connection.execute("DELETE FROM removed WHERE path = ?", (before,))


def forget_below(connection: sqlite3.Connection, folder: str) -> int:
    """Delete the rows below a folder for good; returns how many files were known there."""
    count = connection.execute(
        "DELETE FROM files WHERE path >= ? AND path < ?", below(folder)
    ).rowcount
    connection.execute("DELETE FROM removed WHERE path >= ? AND path < ?", below(folder))
    connection.execute("DELETE FROM broken WHERE path >= ? AND path < ?", below(folder))
    return count
