"""The one way to pixels: what is decoded where, what is remembered, and reads that never end."""

from __future__ import annotations

import hashlib
import io
import threading
import time
from dataclasses import replace

import numpy as np
import pytest
from albums import photo
from doors import VERSION, HereWorkers, MemoryDangers, SeenInHand, plain_door
from pictures import save, scene
from PIL import Image

from albumdedup.core.control import Control
from albumdedup.core.decoder.fetching import Fetcher
from albumdedup.core.decoder.limits import MOST_SCANS
from albumdedup.core.decoder.reading import Fetched
from albumdedup.core.decoder.refusing import Unreadable
from albumdedup.core.decoder.routing import claimed_pixels, goes_apart
from albumdedup.core.errors import AlbumError, Cancelled, ErrorCode
from albumdedup.core.scanner import found_file
from albumdedup.core.types import Danger, FileIdentity, Reason, Refusal

EDGE = 64
DEAD = Refusal(Reason.STOPPED_DECODER, "SIGSEGV")


def encoded(form: str, size=(64, 48), **options) -> bytes:
    stream = io.BytesIO()
    scene(1, size).save(stream, form, **options)
    return stream.getvalue()


def wanted(content) -> bool:
    return True


# --- what goes where -----------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF", "BMP"])
def test_what_browsers_open_all_day_stays_here(form):
    assert not goes_apart(encoded(form), "a")


@pytest.mark.parametrize("form", ["TIFF", "AVIF", "JPEG2000"])
def test_all_else_goes_apart(form):
    assert goes_apart(encoded(form), "a.jpg")


@pytest.mark.parametrize(
    "data", [b"", b"no picture", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a"]
)
def test_what_is_no_picture_or_a_stump_needs_no_process(data):
    assert not goes_apart(data, "a.jpg")


@pytest.mark.parametrize(
    ("form", "options"),
    [("PNG", {}), ("GIF", {}), ("BMP", {}), ("WEBP", {}), ("WEBP", {"lossless": True}),
     ("WEBP", {"exif": b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0"})],
)  # fmt: skip
def test_headers_tell_how_many_pixels(form, options):
    assert claimed_pixels(encoded(form, (120, 75), **options)) == 120 * 75


def test_giants_that_decode_only_whole_go_apart(monkeypatch):
    monkeypatch.setattr("albumdedup.core.decoder.routing.GIANT_PIXELS", 1000)
    assert goes_apart(encoded("PNG"), "a.png")
    assert goes_apart(encoded("JPEG", progressive=True), "a.jpg")
    assert not goes_apart(encoded("JPEG"), "a.jpg")  # comes at an eighth of its size


def test_a_jpeg_that_draws_itself_too_often_goes_apart():
    data = encoded("JPEG", progressive=True)
    assert not goes_apart(data, "a.jpg")
    assert goes_apart(data[:-2] + b"\xff\xda\0\0" * (MOST_SCANS + 1), "a.jpg")
    endless = b"\xff\xd8" + b"\xff\xe1\0\2" * 5000
    assert goes_apart(endless, "a.jpg")


# --- what is remembered --------------------------------------------------------------------------


def test_a_jpeg_is_noted_while_it_is_decoded_here(tmp_path):
    workers, in_hand = HereWorkers(), SeenInHand()
    read = plain_door(workers, in_hand=in_hand).read_file(
        found_file(str(save(scene(1), tmp_path / "a.jpg"))), EDGE, wanted
    )
    assert read.picture is not None
    assert (in_hand.seen, workers.tasks) == ([read.content], [])


def test_a_tiff_is_decoded_by_a_worker(tmp_path):
    scene(1).save(tmp_path / "a.tif")
    workers, in_hand = HereWorkers(), SeenInHand()
    door = plain_door(workers, in_hand=in_hand)
    read = door.read_file(found_file(str(tmp_path / "a.tif")), EDGE, wanted)
    assert read.picture is not None
    assert isinstance(door.read_upright(str(tmp_path / "a.tif"), 100), np.ndarray)
    assert isinstance(door.read_photo(photo(tmp_path / "a.tif"), 100), np.ndarray)
    assert (in_hand.seen, len(workers.tasks)) == ([], 3)


def test_what_stops_a_worker_is_remembered_and_not_tried_again(tmp_path):
    scene(1).save(tmp_path / "a.tif")
    workers, dangers = HereWorkers(DEAD), MemoryDangers()
    door = plain_door(workers, dangers)
    found = found_file(str(tmp_path / "a.tif"))
    first = door.read_file(found, EDGE, wanted)
    assert (first.problem.reason, first.problem.detail) == (Reason.STOPPED_DECODER, "SIGSEGV")
    assert dangers.known == {first.content: Danger(Reason.STOPPED_DECODER, VERSION)}
    assert door.read_file(found, EDGE, wanted).problem.reason is Reason.STOPPED_DECODER
    assert door.read_upright(found.path, 100).reason is Reason.STOPPED_DECODER
    again = plain_door(workers, dangers)  # another start of the program
    assert again.read_upright(found.path, 100, first.content).reason is Reason.STOPPED_DECODER
    assert len(workers.tasks) == 1


def test_another_version_tries_again_but_never_here(tmp_path):
    path = save(scene(1), tmp_path / "a.jpg")
    content = hashlib.sha256(path.read_bytes()).hexdigest()
    old = Danger(Reason.TOO_SLOW, "0.9")
    workers, dangers, in_hand = HereWorkers(), MemoryDangers({content: old}), SeenInHand()
    door = plain_door(workers, dangers, in_hand)
    assert isinstance(door.read_upright(str(path), 100), np.ndarray)
    assert (len(workers.tasks), in_hand.seen) == (1, [])
    assert dangers.known == {content: old}  # it has stopped a decoder once: apart for ever
    workers.outcomes.append(DEAD)
    door.read_upright(str(path), 100)
    assert dangers.known == {content: Danger(Reason.STOPPED_DECODER, VERSION)}


@pytest.mark.parametrize(
    ("outcomes", "known"),
    [
        ([], None),
        ([Refusal(Reason.DAMAGED)], None),
        ([DEAD], Danger(Reason.STOPPED_DECODER, VERSION)),
        ([Refusal(Reason.NO_WORKER)], Danger(None, VERSION)),
    ],
    ids=["innocent", "damaged", "guilty", "not tried"],
)
def test_what_was_in_hand_when_the_program_died_is_tried_by_a_worker(tmp_path, outcomes, known):
    path = save(scene(1), tmp_path / "a.jpg")
    content = hashlib.sha256(path.read_bytes()).hexdigest()
    workers, dangers = HereWorkers(*outcomes), MemoryDangers({content: Danger(None, VERSION)})
    door = plain_door(workers, dangers)
    door.read_file(found_file(str(path)), EDGE, wanted)
    assert len(workers.tasks) == 1
    assert dangers.known.get(content) == known
    door.read_file(found_file(str(path)), EDGE, wanted)
    assert len(workers.tasks) == (2 if outcomes and known == Danger(None, VERSION) else 1)


def test_a_full_disk_loses_only_the_memory_of_it(tmp_path, caplog):
    class Full(MemoryDangers):
        def note_danger(self, content, danger):
            raise AlbumError(ErrorCode.DISK_FULL, path="x")

    scene(1).save(tmp_path / "a.tif")
    workers = HereWorkers(DEAD)
    door = plain_door(workers, Full())
    for _ in range(2):
        assert door.read_upright(str(tmp_path / "a.tif"), 9).reason is Reason.STOPPED_DECODER
    assert len(workers.tasks) == 1
    assert "not remembered" in caplog.text


def test_a_photo_that_changed_is_not_taken_for_the_one_that_was_scanned(tmp_path):
    path = save(scene(1), tmp_path / "a.jpg")
    known, door = photo(path), plain_door()
    assert isinstance(door.read_photo(known, 100), np.ndarray)
    stamp = known.stamp._replace(mtime_ns=1)
    assert door.read_photo(replace(known, stamp=stamp), 100).reason is Reason.CHANGED
    path.unlink()
    assert door.read_photo(known, 100).reason is Reason.VANISHED


# --- reads that never end ------------------------------------------------------------------------


class Drive:
    """Answers when it likes."""

    def __init__(self) -> None:
        self.back = threading.Event()
        self.asked = 0

    def stuck(self, tell) -> Fetched:
        self.asked += 1
        self.back.wait()
        return Fetched(b"late", hashlib.sha256(), 0.0)


def never() -> bool:
    return False


def fine(tell) -> Fetched:
    return Fetched(b"bytes", hashlib.sha256(), 0.0)


@pytest.fixture
def drive():
    one = Drive()
    yield one
    one.back.set()


@pytest.fixture
def fetcher():
    one = Fetcher(seconds=0.3, tick=0.05)
    yield one
    one.close()


def test_a_stuck_read_is_left_behind_and_others_go_on(drive, fetcher):
    with pytest.raises(Unreadable) as told:
        fetcher.fetch(1, drive.stuck, never)
    assert told.value.reason is Reason.NO_ANSWER
    assert fetcher.stuck == 1
    assert fetcher.fetch(1, fine, never).data == b"bytes"
    assert fetcher.fetch(2, fine, never).data == b"bytes"


def test_a_volume_that_hangs_is_not_asked_for_every_file(drive, fetcher):
    for _ in range(5):
        with pytest.raises(Unreadable):
            fetcher.fetch(1, drive.stuck, never)
    assert (drive.asked, fetcher.stuck) == (2, 2)
    assert fetcher.fetch(2, fine, never).data == b"bytes"
    drive.back.set()
    deadline = time.monotonic() + 30
    while fetcher.stuck and time.monotonic() < deadline:
        time.sleep(0.01)
    assert fetcher.fetch(1, fine, never).data == b"bytes"  # it is back


def test_a_slow_read_that_goes_on_is_waited_for(fetcher):
    def slow(tell) -> Fetched:
        for _ in range(10):
            time.sleep(0.1)
            tell()
        return fine(tell)

    assert fetcher.fetch(1, slow, never).data == b"bytes"


def test_cancel_waits_for_no_drive(drive, fetcher):
    asked = threading.Event()
    asked.set()
    patient = Fetcher(seconds=600, tick=0.05)
    with pytest.raises(Cancelled):
        patient.fetch(1, drive.stuck, asked.is_set)
    patient.close()


def test_what_a_read_raises_arrives(fetcher):
    def broken(tell):
        raise PermissionError(13, "no")

    with pytest.raises(PermissionError):
        fetcher.fetch(1, broken, never)
    assert fetcher.fetch(1, fine, never).data == b"bytes"


def test_closing_leaves_no_idle_thread():
    before = set(threading.enumerate())
    fetcher = Fetcher()
    fetcher.fetch(1, fine, never)
    assert set(threading.enumerate()) > before
    fetcher.close()
    assert set(threading.enumerate()) <= before


def test_files_of_a_drive_that_hangs_are_listed_and_the_rest_is_read(tmp_path, monkeypatch, drive):
    """Through the door, by volume, as a scan does it."""
    import albumdedup.core.decoder.reading as reading

    real = reading._open

    def opened(path):
        if "hung" in path:
            drive.stuck(None)
        return real(path)

    monkeypatch.setattr(reading, "_open", opened)
    fetcher = Fetcher(seconds=0.2, tick=0.05)
    door = plain_door(fetcher=fetcher)
    outcomes = []
    for number in range(6):
        found = found_file(str(save(scene(number), tmp_path / f"{number}.jpg")))
        if number % 2:
            hung = found_file(str(save(scene(number), tmp_path / f"hung {number}.jpg")))
            far = FileIdentity(99, hung.stamp.identity.file_id)
            found = hung._replace(stamp=hung.stamp._replace(identity=far))
        read = door.read_file(found, EDGE, wanted, Control())
        outcomes.append(read.problem and read.problem.reason)
    assert outcomes == [None, Reason.NO_ANSWER] * 3
    assert drive.asked == 2
    fetcher.close()


def test_a_picture_of_another_kind_than_it_seems_goes_by_its_content(tmp_path):
    Image.new("RGB", (70, 70)).save(tmp_path / "a.tif")
    (tmp_path / "a.tif").rename(tmp_path / "a.jpg")
    workers = HereWorkers()
    plain_door(workers).read_upright(str(tmp_path / "a.jpg"), 50)
    assert len(workers.tasks) == 1
