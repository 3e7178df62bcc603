"""Companion files as they lie on disk: what is read out of them, what the scan remembers."""

from __future__ import annotations

import io
import json
import os
import random
import struct
from pathlib import Path

import pytest
from albums import Kept
from fakes import HistogramExtractor, MemoryVectorStore
from pictures import save, scene
from PIL import Image

from albumdedup.assembly import build
from albumdedup.core.companions import read_companion
from albumdedup.core.companions.film import read_film
from albumdedup.core.companions.raw import read_raw_date
from albumdedup.core.companions.takeout import read_takeout
from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.executors import InlineExecutor
from albumdedup.core.i18n import describe
from albumdedup.core.metadata import read_metadata
from albumdedup.core.paths import AppPaths
from albumdedup.core.scanner import found_file
from albumdedup.core.settings import Settings
from albumdedup.core.types import CompanionKind, DateSource, Role, Snapshot, View

LIVE = "6E9B2F4C-0000-4F7A-9B1D-2C1B5B1C0001"


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(body), kind) + body


def movie(live_id: str | None = LIVE, *, seconds: int = 3, padding: int = 0) -> bytes:
    """A QuickTime file with nothing but its index, which lies behind the (empty) film."""
    created = 3_639_549_784  # 2019-05-01 10:03:04 UTC, counted from 1904
    header = box(
        b"mvhd", struct.pack(">IIIII", 0, created, created, 600, 600 * seconds) + bytes(80)
    )
    meta = b""
    if live_id is not None:
        texts = {
            b"com.apple.quicktime.content.identifier": live_id,
            b"com.apple.quicktime.creationdate": "2019-05-01T12:03:04+0200",
        }
        keys = b"".join(box(b"mdta", key) for key in texts)
        items = b"".join(
            struct.pack(">I", 8 + len(box(b"data", struct.pack(">II", 1, 0) + text.encode())))
            + struct.pack(">I", number)
            + box(b"data", struct.pack(">II", 1, 0) + text.encode())
            for number, text in enumerate(texts.values(), start=1)
        )
        meta = box(
            b"meta",
            box(b"hdlr", bytes(24))
            + box(b"keys", struct.pack(">II", 0, len(texts)) + keys)
            + box(b"ilst", items),
        )
    return box(b"ftyp", b"qt  ") + box(b"mdat", bytes(padding)) + box(b"moov", header + meta)


def takeout(title: str = "IMG_1.jpg", taken: int = 1556704984, **more: object) -> bytes:
    return json.dumps(
        {"title": title, "photoTakenTime": {"timestamp": str(taken)},
         "creationTime": {"timestamp": "1600000000"}, **more}
    ).encode()  # fmt: skip


def apple_note(live_id: str) -> bytes:
    text = live_id.encode() + b"\0"
    entry = struct.pack(">HHII", 0x11, 2, len(text), 14 + 2 + 12 + 4)
    return b"Apple iOS\0\0\x01MM" + struct.pack(">H", 1) + entry + bytes(4) + text


def test_a_film_tells_its_identifier_date_and_length():
    film = read_film(io.BytesIO(movie(padding=5000)))
    assert film == (LIVE, "2019-05-01T12:03:04+0200", 3.0)
    assert read_film(io.BytesIO(movie(None))) == (None, "2019-05-01T10:03:04Z", 3.0)
    assert read_film(io.BytesIO(b"")) == (None, None, None)


def test_damaged_films_cost_only_facts():
    whole, dice = movie(padding=40), random.Random(3)
    for _attempt in range(400):
        broken = bytearray(whole)
        for _byte in range(dice.randrange(1, 9)):
            broken[dice.randrange(len(broken))] = dice.randrange(256)
        read_film(io.BytesIO(bytes(broken[: dice.randrange(len(broken) + 1)])))


def test_the_maker_note_ties_a_still_to_its_film():
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x927C] = apple_note(LIVE)
    file = io.BytesIO()
    Image.new("RGB", (32, 24)).save(file, "JPEG", exif=exif.tobytes())
    with Image.open(file) as image:
        assert read_metadata(image).live_id == LIVE


def test_takeout_files_and_other_json():
    told = read_takeout(takeout(description="Am See", favorited=True, people=[{"name": "Ann"}],
                                geoData={"latitude": 48.8, "longitude": 2.2}))  # fmt: skip
    assert told is not None
    assert told.date == "2019-05-01T10:03:04+00:00"
    assert told.extras == ("place", "caption", "rating", "people")
    early = read_takeout(takeout(taken=-86400))
    assert early is not None
    assert early.date == "1969-12-31T00:00:00+00:00"
    nothing = read_takeout(takeout(taken=0, geoData={"latitude": 0.0, "longitude": 0.0}))
    assert nothing is not None
    assert (nothing.date, nothing.extras) == (None, ())
    for other in (b"{}", b"[1]", b"", b"\xff\xfe", b'{"title": "Album"}', b"[" * 100_000,
                  b'{"photoTakenTime": 1, "title": 2}'):  # fmt: skip
        assert read_takeout(other) is None


@pytest.mark.parametrize(("order", "magic"), [("<", b"II*\0"), ("<", b"IIU\0"), (">", b"MM\0*")])
def test_the_date_of_a_raw(order: str, magic: bytes):
    date = b"2019:05:01 12:03:04\0"
    first = struct.pack(order + "HHHIII", 1, 0x8769, 4, 1, 26, 0)
    exif = struct.pack(
        order + "HHHIIHHI4sI", 2, 0x9003, 2, len(date), 100, 0x9291, 2, 3, b"35\0\0", 0
    )
    data = magic + struct.pack(order + "I", 8) + first
    data = (data + exif).ljust(100, b"\0") + date
    assert read_raw_date(io.BytesIO(data)) == "2019:05:01 12:03:04.35"
    dice = random.Random(4)
    for _attempt in range(200):
        broken = bytearray(data)
        for _byte in range(dice.randrange(1, 6)):
            broken[dice.randrange(len(broken))] = dice.randrange(256)
        read_raw_date(io.BytesIO(bytes(broken)))


@pytest.mark.photos
def test_real_companions(shared_data: Path):
    formats = shared_data / "formats"
    dates = {}
    for path in sorted(formats.rglob("*")):
        if path.suffix.lower() in (".cr2", ".nef", ".dng", ".raf", ".rw2", ".cr3", ".mrw"):
            with open(path, "rb") as file:
                dates[path.suffix.lower()] = read_raw_date(file)
    assert sum(date is not None for date in dates.values()) >= 4, dates
    patterns = {
        CompanionKind.XMP: "*.xmp", CompanionKind.TAKEOUT: "*.jpg.json",
        CompanionKind.FILM: "*.mov", CompanionKind.EDITS: "*.[aA][aA][eE]",
    }  # fmt: skip
    for kind, pattern in patterns.items():
        found = [read_companion(found_file(str(p)), kind) for p in sorted(formats.rglob(pattern))]
        assert found
        assert any(one is not None and one.facts.sample for one in found)
    sidecar = formats / "immich-app__test-assets" / "metadata" / "xmp" / "dates" / "2010.xmp"
    companion = read_companion(found_file(str(sidecar)), CompanionKind.XMP)
    assert companion is not None
    assert (companion.facts.date or "").startswith("2010")


# --- the scan -----------------------------------------------------------------------------


@pytest.fixture
def library(tmp_path):
    store = MemoryVectorStore()
    opened = build(AppPaths(tmp_path / "library"), Settings(batch=4), InlineExecutor(),
                   extractor=HistogramExtractor, vectors=lambda: store)  # fmt: skip
    yield opened.library
    opened.library.close()


def told(snapshot: Snapshot) -> dict[str, set[str]]:
    return {
        os.path.basename(photo.path): {os.path.basename(one.path) for one in photo.companions}
        for photo in snapshot.photos
    }


def test_a_scan_remembers_what_belongs_together(tmp_path, library):
    album = tmp_path / "album"
    save(scene(1), album / "IMG_1.jpg", taken="2019:05:01 12:03:04")
    save(scene(2), album / "IMG_2.jpg")
    (album / "IMG_1.MOV").write_bytes(movie())
    (album / "IMG_1.jpg.xmp").write_bytes(b"<x/>")
    (album / "._IMG_1.jpg").write_bytes(b"double")
    (album / "IMG_2.jpg.json").write_bytes(takeout("IMG_2.jpg"))
    (album / "holiday.mov").write_bytes(movie(None, seconds=60))
    (album / "notes.txt").write_bytes(b"x")
    (album / "other.json").write_bytes(b"{}")
    (album / ".hidden").write_bytes(b"x")

    summary = library.index([str(album)])
    assert summary.skipped == {"other_file": 3, "hidden": 1}
    snapshot = library.snapshot()
    assert told(snapshot) == {
        "IMG_1.jpg": {"IMG_1.MOV", "IMG_1.jpg.xmp", "._IMG_1.jpg"},
        "IMG_2.jpg": {"IMG_2.jpg.json"},
    }
    sources = {os.path.basename(p.path): p.taken and p.taken.source for p in snapshot.photos}
    assert sources == {"IMG_1.jpg": DateSource.EXIF_ORIGINAL, "IMG_2.jpg": DateSource.TAKEOUT}

    changes: list[int] = []
    library.index([str(album)], changed=lambda: changes.append(1))
    assert not changes
    (album / "IMG_2.jpg.json").write_bytes(takeout("IMG_2.jpg", taken=1))
    (album / "IMG_1.jpg.xmp").unlink()
    library.index([str(album)], changed=lambda: changes.append(1))
    assert changes
    assert told(library.snapshot())["IMG_1.jpg"] == {"IMG_1.MOV", "._IMG_1.jpg"}
    library.forget(str(album))
    assert library.snapshot().photos == ()


def test_a_companion_that_cannot_be_read_still_belongs(tmp_path, library, monkeypatch):
    album = tmp_path / "album"
    save(scene(1), album / "IMG_1.jpg")
    (album / "IMG_1.xmp").write_bytes(b"x")
    (album / "IMG_1.jpg.json").write_bytes(b"[")

    def broken(*arguments: object) -> None:
        raise PermissionError

    monkeypatch.setattr("albumdedup.core.companions.updating.read_companion", broken)
    library.index([str(album)])
    assert told(library.snapshot()) == {"IMG_1.jpg": {"IMG_1.xmp"}}


def test_a_live_photo_is_cleaned_and_put_back_whole(tmp_path, library):
    for place in ("album", "copy", "torn"):
        save(scene(1), tmp_path / place / "IMG_1.jpg", taken="2019:05:01 12:03:04")
        if place != "torn":
            (tmp_path / place / "IMG_1.MOV").write_bytes(movie(padding=2 << 20))
            (tmp_path / place / "IMG_1.jpg.json").write_bytes(takeout())
    library.decisions.prefer([str(tmp_path / "torn")])
    roots = [str(tmp_path / place) for place in ("album", "copy", "torn")]
    library.index(roots)
    (only,) = library.find_groups(View(rule="preferred"))
    assert {m.role for m in only.members[1:]} == {Role.REVIEW}  # the torn one has no film
    assert "film of the Live Photo" in only.members[1].note
    assert only.warning

    before = Kept.below(*map(Path, roots))
    whole = told(library.snapshot())
    (only,) = library.find_groups(View(rule="best"))
    plan = library.plan([only])
    assert len(plan.photos) == 2
    assert len(plan.items) == 4
    report = library.clean(plan)
    assert (report.photos, report.problems) == (2, ())
    assert len(library.snapshot().photos) == 1
    assert not list((tmp_path / "copy").iterdir()) or not list((tmp_path / "album").iterdir())
    library.undo()
    assert Kept.below(*map(Path, roots)) == before
    assert told(library.snapshot()) == whole
    assert [item.item.part_of is None for item in library.history()[0].items].count(True) == 2
    assert not library.index(roots).new


def test_a_file_that_came_after_the_scan_stops_a_plan_that_would_leave_it(tmp_path, library):
    for place in ("album", "copy"):
        save(scene(1), tmp_path / place / "IMG_1.jpg")
        (tmp_path / place / "IMG_1.json").write_bytes(b"no takeout")
    library.index([str(tmp_path / "album"), str(tmp_path / "copy")])
    groups = library.find_groups(View(rule="best"))
    assert len(library.plan(groups).items) == 1
    going = Path(library.plan(groups).items[0].victim.path).parent
    (going / "notes.txt").write_bytes(b"x")
    (going / "IMG_1.dop").symlink_to(going / "notes.txt")
    assert len(library.plan(groups).items) == 1
    (going / "IMG_1.xmp").write_bytes(b"x")
    with pytest.raises(AlbumError) as refused:
        library.plan(groups)
    assert refused.value.code is ErrorCode.PLAN_REFUSED
    assert "IMG_1.xmp" in describe(refused.value)
    library.index([str(tmp_path / "album"), str(tmp_path / "copy")])
    (only,) = library.find_groups(View(rule="best"))
    assert len(library.plan([only]).items) in (1, 2)


def test_a_photo_that_was_named_itself_has_its_companions(tmp_path, library):
    save(scene(1), tmp_path / "a" / "IMG_1.jpg")
    save(scene(2), tmp_path / "a" / "IMG_2.jpg")
    (tmp_path / "a" / "IMG_1.MOV").write_bytes(movie())
    (tmp_path / "a" / "IMG_2.MOV").write_bytes(movie())
    summary = library.index([str(tmp_path / "a" / "IMG_1.jpg")])
    assert summary.skipped == {}
    assert told(library.snapshot()) == {"IMG_1.jpg": {"IMG_1.MOV"}}


def test_a_companion_in_the_cloud_belongs_and_is_not_opened(tmp_path, library, monkeypatch):
    for place in ("album", "copy"):
        save(scene(1), tmp_path / place / "IMG_1.jpg")
        (tmp_path / place / "IMG_1.MOV").write_bytes(movie())
    opened: list[str] = []
    real = io.open
    for module in ("companions.updating", "proof"):
        monkeypatch.setattr(
            f"albumdedup.core.{module}.is_placeholder", lambda status: status.st_size < 1000
        )
    monkeypatch.setattr(
        "builtins.open", lambda path, *more: opened.append(str(path)) or real(path, *more)
    )
    library.index([str(tmp_path / "album"), str(tmp_path / "copy")])
    assert told(library.snapshot()) == {"IMG_1.jpg": {"IMG_1.MOV"}}
    assert not [path for path in opened if path.endswith(".MOV")]
    (only,) = library.find_groups(View(rule="best"))
    assert [m.role for m in only.members[1:]] == [Role.REVIEW]


def test_a_takeout_file_with_values_that_cannot_be_says_the_rest() -> None:
    """Half a surrogate pair in a title ended the scan, with an error of the database."""
    data = takeout(title="\ud800a.jpg", description="Am See", people=[{"name": "Ann\udc00"}, 7],
                   geoData={"latitude": 10**400, "longitude": float("inf")})  # fmt: skip
    told = read_takeout(data)
    assert told is not None
    assert told.title == "?a.jpg"
    assert told.extras == ("caption", "people")
    assert read_takeout(takeout(description=[[]], people=[[]], geoData=[])).extras == ()
