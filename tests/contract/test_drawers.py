"""The embeddings beside the first one, on SQLite; and libraries of before there were any."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from albumdedup.core.errors import AlbumError
from albumdedup.core.pairs import no_pairs, numbered
from albumdedup.core.ports import ContentRecord, FileRecord
from albumdedup.core.types import (
    ContentId,
    Evidence,
    FileIdentity,
    FoundFile,
    Match,
    PhotoMetadata,
    Space,
    Stamp,
    Tier,
    Transform,
)
from albumdedup.store import database
from albumdedup.store.catalog import MIGRATIONS, SqliteCatalog, open_catalog
from albumdedup.store.database import Database

A, B, C, D = (ContentId(letter * 64) for letter in "abcd")
ONE, TWO = Space("one_8", "one", 8), Space("two_4", "two", 4, 0.3, 0.7, source="one_8", whiten=True)


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[SqliteCatalog]:
    opened, _ = open_catalog(tmp_path / "catalog.sqlite")
    save(opened, A, B, C, D)
    yield opened
    opened.close()


def save(catalog: SqliteCatalog, *contents: ContentId) -> None:
    catalog.save(
        [
            FileRecord(FoundFile(f"/p/{c}.jpg", Stamp(1, 2, FileIdentity(3, 4))), c, None)
            for c in contents
        ],
        [ContentRecord(c, 10, 10, "PNG", PhotoMetadata(), False) for c in contents],
    )
    catalog.save_vectors(contents, np.zeros((len(contents), 4), np.float32))
    catalog.mark_indexed(contents)


def rows(count: int, dim: int = 8, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((count, dim)).astype(np.float32)


def test_a_drawer_is_made_once_and_found_again(catalog: SqliteCatalog, tmp_path: Path) -> None:
    assert catalog.spaces() == []
    assert catalog.drawer(ONE) is catalog.drawer(ONE)
    catalog.drawer(TWO).save_vectors([A], rows(1, 4))
    catalog.close()
    again, _ = open_catalog(tmp_path / "catalog.sqlite")
    assert [use.space for use in again.spaces()] == [ONE, TWO]
    assert [(use.described, use.bytes) for use in again.spaces()] == [(0, 0), (1, 16)]
    assert again.drawer(TWO).vectors()[0] == [A]
    again.close()


def test_descriptors_of_each_embedding_are_its_own(catalog: SqliteCatalog) -> None:
    drawer, vectors = catalog.drawer(ONE), rows(3)
    assert catalog.undescribed(ONE) == [A, B, C, D]
    drawer.save_inner([B], vectors[1:2])
    drawer.save_vectors([C, A, B], vectors)
    ids, found = drawer.vectors()
    assert ids == [A, B, C]
    np.testing.assert_array_equal(found, vectors[[1, 2, 0]])
    np.testing.assert_array_equal(drawer.vectors([C, D])[1], vectors[:1])
    np.testing.assert_array_equal(drawer.inner_vectors()[1], vectors[1:2])
    assert drawer.indexed_contents() == drawer.unmatched_contents() == [A, B, C]
    assert (catalog.undescribed(ONE), catalog.undescribed(TWO)) == ([D], [A, B, C, D])
    assert catalog.drawer(TWO).vectors()[0] == []
    assert catalog.vectors()[1].shape == (4, 4)


def test_each_waits_for_the_vector_store_by_itself(catalog: SqliteCatalog) -> None:
    drawer = catalog.drawer(ONE)
    drawer.save_vectors([A, B], rows(2))
    catalog.mark_delivered([A, B, C, D])
    assert drawer.waiting_vectors() == [A, B]
    drawer.mark_delivered([A])
    assert drawer.waiting_vectors(5) == [B]
    assert catalog.waiting_vectors() == []
    catalog.use_vector_place("http://nas:19530")
    assert (len(drawer.waiting_vectors()), len(catalog.waiting_vectors())) == (2, 4)


def test_content_that_is_forgotten_leaves_every_drawer(catalog: SqliteCatalog) -> None:
    drawer = catalog.drawer(ONE)
    drawer.save_vectors([A, B, C], rows(3))
    drawer.save_inner([A], rows(1))
    drawer.save_matches([A, B, C], numbered([Match(A, B, 0.8), Match(B, C, 0.7)]), no_pairs())
    catalog.forget_contents([A])
    assert drawer.vectors()[0] == [B, C]
    assert drawer.inner_vectors()[0] == []
    assert len(drawer.neighbour_pairs()) == 1


def test_who_loses_one_of_many_neighbours_is_compared_again_there(catalog: SqliteCatalog) -> None:
    crowd = [ContentId(f"{number:064x}") for number in range(42)]
    save(catalog, *crowd)
    drawer = catalog.drawer(ONE)
    drawer.save_vectors(crowd, rows(42))
    near = numbered([Match(crowd[0], other, 0.95) for other in crowd[1:]])
    drawer.save_matches(crowd, near, no_pairs())
    assert drawer.unmatched_contents() == []
    catalog.forget_contents([crowd[7]])
    assert drawer.unmatched_contents() == [crowd[0]]
    assert crowd[0] in catalog.unmatched_contents()  # it was never compared in the first one


def test_the_answers_are_what_is_proven_and_what_is_near_there(catalog: SqliteCatalog) -> None:
    lies = Transform((1.0, 0, 0, 0, 1.0, 0, 0, 0, 1.0), 1.0, 1.0, 0.95)
    proven = Match(A, B, 0.99, Tier.SAME, Evidence("pixels_agree"))
    placed = Match(A, C, 0.95, Tier.SIMILAR, Evidence("noise_differs", transform=lies))
    noted = Match(B, C, 0.91, Tier.SIMILAR, Evidence("not_compared"))
    catalog.save_matches(
        [A, B, C, D], numbered([proven, placed, noted, Match(C, D, 0.8)]), no_pairs()
    )
    catalog.save_verdicts([proven, placed, noted])
    assert [m.similarity for m in catalog.answers()] == [0.99, 0.95, 0.91, 0.8]
    drawer = catalog.drawer(ONE)
    drawer.save_matches([], numbered([Match(B, C, 0.77), Match(B, D, 0.66)]), no_pairs())
    assert catalog.answering() is None
    catalog.answer_from(ONE)
    assert catalog.answering() == ONE
    assert catalog.answers() == [
        proven,
        Match(A, C, 0.60, Tier.SIMILAR, placed.evidence),  # not near there, but the same view
        Match(B, C, 0.77, Tier.SIMILAR, noted.evidence),
        Match(B, D, 0.66, Tier.SIMILAR, None),
    ]
    assert catalog.matches()[0] == proven
    assert [m.similarity for m in catalog.matches()] == [0.99, 0.95, 0.91, 0.8]
    catalog.answer_from(None)
    assert len(catalog.answers()) == 4


def test_a_dropped_embedding_takes_its_tables_along_and_the_first_answers(
    catalog: SqliteCatalog,
) -> None:
    drawer = catalog.drawer(ONE)
    drawer.save_vectors([A], rows(1))
    catalog.drawer(TWO)
    catalog.answer_from(ONE)
    catalog.drop_spaces([ONE.name, "unknown"])
    assert ([use.space for use in catalog.spaces()], catalog.answering()) == ([TWO], None)
    with catalog._database.read() as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE name LIKE 'drawer_1%'")
        assert tables.fetchall() == []
    assert catalog.drawer(ONE) is not drawer
    assert catalog.drawer(ONE).vectors()[0] == []
    catalog.forget_contents([B])  # the drawer that went is not asked


def test_a_library_of_before_keeps_all_it_has(tmp_path: Path) -> None:
    place = tmp_path / "older.sqlite"
    older = SqliteCatalog(Database(place, MIGRATIONS[:5]))
    with older._database.write() as connection:
        for number, letter in enumerate("ab", 1):
            connection.execute(
                "INSERT INTO contents (id, content, state, width, height, format, plain, metadata) "
                "VALUES (?, ?, 2, 9, 9, 'PNG', 0, '')",
                (number, bytes.fromhex(letter * 64)),
            )
            connection.execute(
                "INSERT INTO vectors (id, vector, delivered) VALUES (?, ?, 1)",
                (number, np.full(4, number, "<f4").tobytes()),
            )
        connection.execute('INSERT INTO pairs VALUES (1, 2, 9912, 1, \'{"note":"x"}\')')
        connection.execute("UPDATE vector_store SET space = 'album_old', place = 'here'")
    older.close()
    newer, rebuilt = open_catalog(place)
    assert not rebuilt
    assert newer.vectors()[0] == newer.indexed_contents() == [A, B]
    np.testing.assert_array_equal(newer.vectors()[1], [[1] * 4, [2] * 4])
    assert newer.waiting_vectors() == newer.unmatched_contents() == []
    (match,) = newer.answers()
    assert (match.similarity, match.tier, match.evidence) == (0.9912, Tier.SAME, Evidence("x"))
    assert (newer.vector_space(), newer.answering(), newer.spaces()) == ("album_old", None, [])
    newer.close()


def test_a_write_to_a_drawer_that_went_meanwhile_is_no_silence(catalog: SqliteCatalog) -> None:
    drawer = catalog.drawer(ONE)
    catalog.drop_spaces([ONE.name])
    with pytest.raises(AlbumError):
        drawer.save_vectors([A], rows(1))


def test_what_is_dropped_gives_its_room_back_to_the_disk(
    catalog: SqliteCatalog, tmp_path: Path
) -> None:
    large = Space("large", "large", 200_000)
    catalog.drawer(large).save_vectors([A, B, C, D], rows(4, large.dim))
    catalog.compact()
    full = (tmp_path / "catalog.sqlite").stat().st_size
    assert full > 4 * 4 * large.dim
    catalog.drop_spaces([large.name])
    catalog.compact()
    assert (tmp_path / "catalog.sqlite").stat().st_size < full - 4 * 4 * large.dim + 100_000
    assert catalog.indexed_contents() == [A, B, C, D]


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.5)


def test_a_reader_keeps_the_file_as_large_as_it_is_and_nothing_fails(
    hasty: None, catalog: SqliteCatalog
) -> None:
    catalog.drawer(ONE)
    with catalog._database.read() as connection:
        connection.execute("SELECT count(*) FROM contents").fetchone()
        catalog.drop_spaces([ONE.name])
        catalog.compact()
    assert catalog.spaces() == []
