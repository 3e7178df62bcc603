"""The family is told what is here: once, in the end, whatever came between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from albumdedup.core import telling
from albumdedup.core.control import Control, Reporter
from albumdedup.core.errors import AlbumError, Cancelled, ErrorCode
from albumdedup.core.family import Holding, Place
from albumdedup.core.ports import ContentRecord, FileRecord
from albumdedup.core.relatives import Relatives
from albumdedup.core.telling import Family
from albumdedup.core.types import (
    ContentId,
    Descriptors,
    FileIdentity,
    FoundFile,
    PhotoMetadata,
    Stamp,
)
from albumdedup.store.catalog import SqliteCatalog, open_catalog
from albumdedup.store.decisions import open_decisions
from albumdedup.store.family import SqliteFamilyBook
from tests.fakes import FamilyRows, MemoryFamily

HOME = Place("http://nas:19530", "home", "space")
WORK = Place("http://nas:19530", "work", "space")
ME, NAS = "a" * 12, "b" * 12


class Moody(MemoryFamily):
    """Fails after ``patience`` puts, while it has a mood."""

    mood: ErrorCode | None = None
    patience = 0

    def put(self, holdings: Sequence[Holding], vectors: Descriptors) -> None:
        if Moody.mood is not None:
            if Moody.patience == 0:
                raise AlbumError(Moody.mood, path=HOME.uri, detail="away")
            Moody.patience -= 1
        super().put(holdings, vectors)

    def introduce(self, label: str, when: datetime) -> None:
        if Moody.mood is not None and Moody.patience == 0:
            raise AlbumError(Moody.mood, path=HOME.uri, detail="away")
        super().introduce(label, when)


class Home:
    """A library with a family for each place, which others write to as well."""

    def __init__(self, folder: Path) -> None:
        self.catalog: SqliteCatalog = open_catalog(folder / "catalog.sqlite")[0]
        self.database = open_decisions(folder / "decisions.sqlite")
        self.servers: dict[Place, FamilyRows] = {}
        self.family = Family(HOME, ME, "Laptop", self._open, SqliteFamilyBook(self.database))
        self.opened = 0

    def _open(self, place: Place) -> Moody:
        self.opened += 1
        return Moody(self.servers.setdefault(place, FamilyRows()), ME)

    def add(self, *numbers: int, folder: str = "/photos", known: bool = False) -> None:
        ids = [ContentId(f"{number:064x}") for number in numbers]
        records = [] if known else [
            ContentRecord(one, 40, 30, "JPEG", PhotoMetadata(), number % 5 == 0)
            for number, one in zip(numbers, ids, strict=True)
        ]  # fmt: skip
        files = [
            FileRecord(
                FoundFile(f"{folder}/{n}.jpg", Stamp(100 + n, 1, FileIdentity(1, n))), one, None
            )
            for n, one in zip(numbers, ids, strict=True)
        ]
        self.catalog.save(files, records)
        if not known:
            rows = np.eye(32, dtype=np.float32)[list(numbers)]
            self.catalog.save_vectors(ids, rows)
            self.catalog.mark_indexed(ids)

    def tell(self, control: Control | None = None) -> AlbumError | None:
        return telling.tell(self.catalog, self.family, control or Control(), Reporter(None))

    @property
    def due(self) -> bool:
        return telling.due(self.catalog, self.family)

    def there(self, place: Place = HOME) -> dict[int, Holding]:
        rows = self.servers[place].held
        return {int(c, 16): one for (library, c), (one, _v) in rows.items() if library == ME}

    def in_step(self) -> bool:
        told = {one.content: one for one in self.there().values()}
        return told == {one.content: one for one in self.catalog.holdings()}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    monkeypatch.setattr(telling, "PAGE", 2)
    monkeypatch.setattr(Moody, "mood", None)
    monkeypatch.setattr(Moody, "patience", 0)
    made = Home(tmp_path)
    yield made
    made.catalog.close()
    made.database.close()


def test_all_is_told_once(home: Home) -> None:
    home.add(*range(1, 8))
    assert home.due
    assert home.tell() is None
    assert home.in_step()
    assert home.there()[5] == Holding(
        ContentId(f"{5:064x}"), 1, "/photos/5.jpg", 105, 40, 30, None, plain=True
    )
    assert home.servers[HOME].cards[ME][0] == "Laptop"
    assert not home.due
    before = dict(home.servers[HOME].held)
    assert home.tell() is None
    assert home.servers[HOME].held == before


def test_nothing_is_opened_where_nothing_is_due(home: Home) -> None:
    home.add(1, 2)
    home.tell()
    opened = home.opened
    assert Relatives(home.catalog, home.family).tell() is None
    assert home.opened == opened


def test_what_comes_goes_and_moves_is_followed(home: Home) -> None:
    home.add(1, 2, 3, 4)
    home.add(2, folder="/backup", known=True)
    home.tell()
    assert (home.there()[2].files, home.there()[2].path) == (2, "/backup/2.jpg")
    home.catalog.remove_files(["/backup/2.jpg", "/photos/3.jpg"])  # a clean-up
    assert home.due
    home.tell()
    assert (home.there()[2].files, home.there()[2].path) == (1, "/photos/2.jpg")
    assert set(home.there()) == {1, 2, 4}
    home.catalog.restore_files({"/photos/3.jpg": "/photos/3 (1).jpg"})  # put back
    home.tell()
    assert home.there()[3].path == "/photos/3 (1).jpg"
    home.catalog.forget_folder("/photos")
    home.tell()
    assert home.there() == {}
    assert not home.due


def test_a_server_that_goes_in_the_middle_is_told_the_rest(home: Home) -> None:
    home.add(*range(1, 8))
    Moody.mood, Moody.patience = ErrorCode.SERVER_SILENT, 2
    trouble = home.tell()
    assert trouble is not None
    assert trouble.code is ErrorCode.SERVER_SILENT
    assert len(home.there()) == 4
    assert home.due
    Moody.mood = None
    assert home.tell() is None
    assert home.in_step()


def test_it_can_be_stopped_and_goes_on(home: Home) -> None:
    home.add(*range(1, 8))
    control = Control()
    control.cancel()
    with pytest.raises(Cancelled):
        home.tell(control)
    assert home.tell() is None
    assert home.in_step()


def test_what_the_server_lost_is_told_again_and_what_is_too_much_goes(home: Home) -> None:
    home.add(*range(1, 8))
    home.tell()
    rows = home.servers[HOME].held
    for number in (2, 3, 4):
        del rows[ME, ContentId(f"{number:064x}")]
    stray = ContentId("f" * 64)
    rows[ME, stray] = (replace(home.there()[1], content=stray), np.zeros(32, np.float32))
    other = rows[NAS, stray] = rows[ME, stray]
    home.add(9)
    home.tell()
    assert home.in_step()
    assert rows[NAS, stray] is other


def test_a_new_catalog_tells_all_again_and_leaves_nothing_behind(
    home: Home, tmp_path: Path
) -> None:
    home.add(*range(1, 8))
    home.tell()
    home.catalog.close()
    home.catalog = open_catalog(tmp_path / "another.sqlite")[0]
    home.add(1, 2, 20)
    assert home.due
    home.tell()
    assert set(home.there()) == {1, 2, 20}
    assert home.in_step()


def test_another_family_is_joined_and_the_first_left(home: Home) -> None:
    home.add(1, 2, 3)
    home.tell()
    home.family = replace(home.family, here=WORK)
    assert home.due
    assert home.tell() is None
    assert set(home.there(WORK)) == {1, 2, 3}
    assert home.there(HOME) == {}
    assert ME not in home.servers[HOME].cards
    assert home.family.book.places() == [WORK]
    assert not home.due


def test_a_setting_that_is_emptied_takes_the_rows_away(home: Home) -> None:
    home.add(1, 2, 3)
    home.tell()
    home.servers[HOME].cards[NAS] = ("NAS", home.servers[HOME].cards[ME][1])
    home.family = replace(home.family, here=None)
    assert home.due
    assert home.tell() is None
    assert home.there() == {}
    assert list(home.servers[HOME].cards) == [NAS]
    assert not home.due
    home.family = replace(home.family, here=HOME)  # and back
    home.tell()
    assert home.in_step()


def test_leaving_by_a_verb(home: Home) -> None:
    home.add(1, 2, 3)
    home.tell()
    assert Relatives(home.catalog, home.family).leave() == 3
    assert home.there() == {}
    assert home.family.book.places() == []


def test_a_family_whose_server_is_gone_can_be_given_up(home: Home, monkeypatch) -> None:
    home.add(1)
    home.tell()

    def away(self: Moody, library: str = "") -> int:
        raise AlbumError(ErrorCode.SERVER_SILENT, path=HOME.uri)

    monkeypatch.setattr(Moody, "leave", away)
    relatives = Relatives(home.catalog, home.family)
    with pytest.raises(AlbumError):
        relatives.leave()
    assert home.family.book.places() == [HOME]
    assert relatives.leave(anyway=True) == 0
    assert home.family.book.places() == []


def test_who_is_in_no_family_is_told_so(home: Home) -> None:
    relatives = Relatives(home.catalog, replace(home.family, here=None))
    assert not relatives.due
    for ask in (relatives.all, relatives.elsewhere, relatives.others):
        with pytest.raises(AlbumError) as caught:
            ask()
        assert caught.value.code is ErrorCode.NO_FAMILY


def test_one_other_library_is_asked_for_by_its_name(home: Home) -> None:
    home.add(1, 2)
    home.tell()
    rows = home.servers[HOME]
    for library, label, number in ((NAS, "NAS", 1), ("c" * 12, "Phone", 2)):
        store = MemoryFamily(rows, library)
        store.introduce(label, home.family.now())
        (one,) = (held for held in home.catalog.holdings() if int(held.content, 16) == number)
        store.put([one], np.eye(32, dtype=np.float32)[[number]])
    relatives = Relatives(home.catalog, home.family)
    assert [one.label for one in relatives.others()] == ["NAS", "Phone"]
    assert len(relatives.elsewhere().also) == 2
    assert [one.holding.path for one in relatives.elsewhere(named="Phone").also] == [
        "/photos/2.jpg"
    ]
    with pytest.raises(AlbumError) as caught:
        relatives.elsewhere(named="Fridge")
    assert caught.value.code is ErrorCode.UNKNOWN_RELATIVE
    assert relatives.drop("Phone") == 1
    assert [one.label for one in relatives.others()] == ["NAS"]
