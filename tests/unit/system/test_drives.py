"""One reader for a disk that turns, a few for a network, all for flash."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from albumdedup.core.decoder import read_file
from albumdedup.core.types import FileIdentity, FoundFile, Stamp
from albumdedup.system import drives
from albumdedup.system.drives import DriveKind, Readers, _turns, drive_kind
from albumdedup.system.volumes import Mount, mounts

TURNING, REMOTE, FLASH = 1, 2, 3
KINDS = {TURNING: DriveKind.TURNING, REMOTE: DriveKind.REMOTE, FLASH: DriveKind.FLASH}


def most_at_once(volume: int, threads: int) -> int:
    """How many of so many threads are in their turn at the same time, when all that may be are."""
    readers, inside, most = Readers(KINDS.__getitem__), 0, 0
    lock = threading.Lock()
    crowd = threading.Event()

    def read() -> None:
        nonlocal inside, most
        with readers(volume):
            with lock:
                inside += 1
                most = max(most, inside)
                if inside == threads:
                    crowd.set()
            crowd.wait(0.05)
            with lock:
                inside -= 1

    with ThreadPoolExecutor(threads) as pool:
        for future in [pool.submit(read) for _ in range(threads)]:
            future.result()
    return most


@pytest.mark.parametrize(("volume", "most"), [(TURNING, 1), (REMOTE, 4), (FLASH, 6)])
def test_so_many_read_at_once(volume: int, most: int) -> None:
    assert most_at_once(volume, 6) == most


def test_volumes_do_not_wait_for_one_another() -> None:
    readers = Readers(lambda volume: DriveKind.TURNING)
    with readers(1), readers(2):
        assert readers(1) is not readers(2)


def test_the_kind_is_asked_once_for_each_volume() -> None:
    asked: list[int] = []

    def kind(volume: int) -> DriveKind:
        asked.append(volume)
        return DriveKind.FLASH

    readers = Readers(kind)
    for volume in (5, 5, 6, 5):
        with readers(volume):
            pass
    assert asked == [5, 6]


def test_a_scan_reads_in_its_turn_and_decodes_outside_of_it(tmp_path: Path) -> None:
    path = tmp_path / "broken.jpg"
    path.write_bytes(b"\xff\xd8\xff\xe0 no photo")
    status = path.stat()
    identity = FileIdentity(status.st_dev, status.st_ino)
    found = FoundFile(str(path), Stamp(status.st_size, status.st_mtime_ns, identity))
    turns: list[str] = []

    class Turn:
        def __enter__(self) -> None:
            turns.append("in")

        def __exit__(self, *exc: object) -> None:
            turns.append("out")

    def wanted(content: object) -> bool:
        turns.append("asked")
        return False

    read_file(found, 64, wanted, lambda volume: Turn())
    assert turns == ["in", "out", "asked"]


def test_a_disk_tells_by_its_own_flag_or_that_of_its_whole(tmp_path: Path) -> None:
    disk = tmp_path / "real" / "sda"
    part = disk / "sda1"
    part.mkdir(parents=True)
    (disk / "queue").mkdir()
    (disk / "queue" / "rotational").write_text("1\n")
    devices = tmp_path / "dev"
    devices.mkdir()
    (devices / "8:0").symlink_to(disk)
    (devices / "8:1").symlink_to(part)
    assert _turns("8:0", devices)
    assert _turns("8:1", devices)
    assert not _turns("9:9", devices)
    (disk / "queue" / "rotational").write_text("0\n")
    assert not _turns("8:1", devices)


def test_a_network_is_known_by_its_file_system(tmp_path: Path, monkeypatch) -> None:
    told = tmp_path / "mountinfo"
    told.write_text(
        "30 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw\n"
        "41 30 0:52 / /mnt/my\\040nas rw shared:7 master:3 - cifs //nas/photos rw\n"
        "cut short\n"
    )
    assert mounts(told) == [Mount("8:1", "/", "ext4"), Mount("0:52", "/mnt/my nas", "cifs")]
    assert mounts(tmp_path / "none") == []
    monkeypatch.setattr(drives, "mounts", lambda: mounts(told))
    assert drive_kind(os.makedev(0, 52)) is DriveKind.REMOTE
    assert drive_kind(os.makedev(7, 7)) is not DriveKind.REMOTE


def test_this_machine_has_some_kind(tmp_path: Path) -> None:
    assert drive_kind(os.stat(tmp_path).st_dev) in DriveKind


def lying(path: str, volume: int, file_id: int) -> FoundFile:
    return FoundFile(path, Stamp(9, 9, FileIdentity(volume, file_id)))


def test_a_turning_disk_is_read_folder_by_folder_as_the_files_lie() -> None:
    files = [
        lying("/old/a/1.jpg", TURNING, 30),
        lying("/old/a/2.jpg", TURNING, 10),
        lying("/old/a/3.jpg", TURNING, 20),
        lying("/old/b/1.jpg", TURNING, 5),
        lying("/phone/1.jpg", FLASH, 9),
        lying("/phone/2.jpg", FLASH, 1),
    ]
    ordered = Readers(KINDS.__getitem__).in_order(files)
    assert [file.path for file in ordered] == [
        "/old/a/2.jpg", "/old/a/3.jpg", "/old/a/1.jpg", "/old/b/1.jpg",
        "/phone/1.jpg", "/phone/2.jpg",
    ]  # fmt: skip


def test_elsewhere_files_are_read_as_they_come() -> None:
    files = [lying("/b/2.jpg", FLASH, 3), lying("/a/9.jpg", REMOTE, 1)]
    assert Readers(KINDS.__getitem__).in_order(files) == files
