"""What goes wrong at home: each in one clear sentence, with its code, and nothing lost."""

from __future__ import annotations

import json
import os
import shutil
import signal
import struct
import zlib
from pathlib import Path

import pytest
from commands import Program
from pictures import save, scene, small_album


def declared(width: int, height: int) -> bytes:
    """A PNG of a few hundred bytes that claims to be enormous."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def test_bad_files_are_listed_and_the_scan_goes_on(program, tmp_path):
    album = tmp_path / "album"
    good = save(scene(1), album / "good.jpg")
    (album / "empty.jpg").touch()
    whole = good.read_bytes()
    (album / "truncated.jpg").write_bytes(whole[: len(whole) // 3])
    (album / "text.jpg").write_text("Dear diary, today I took a photo. " * 20)
    (album / "huge.png").write_bytes(declared(60_000, 60_000))
    done = program.run("scan", "--json", album)
    assert done.returncode == 0
    summary = json.loads(done.stdout)
    codes = {Path(p["path"]).name: p["code"] for p in summary["problems"]}
    assert codes == {
        "empty.jpg": "empty",
        "truncated.jpg": "truncated",
        "text.jpg": "not_a_picture",
        "huge.png": "too_many_pixels",
    }
    for name in codes:
        assert name in done.stderr
    report = program.report()
    assert report["summary"]["unreadable"] == 4
    assert report["summary"]["photos"] == 1
    again = json.loads(program.ok("scan", "--json", album))
    assert again["new"] == 0


def test_a_folder_that_is_not_there(program, tmp_path):
    done = program.run("scan", tmp_path / "nowhere")
    assert done.returncode == 3
    assert str(tmp_path / "nowhere") in done.stderr
    assert "Traceback" not in done.stderr


def test_the_folders_that_are_there_are_scanned_beside_one_that_is_not(program, tmp_path):
    save(scene(1), tmp_path / "album" / "a.jpg")
    done = program.run("scan", tmp_path / "nowhere", tmp_path / "album")
    assert done.returncode == 3
    assert program.report()["summary"]["photos"] == 1


def test_a_system_folder_is_refused(program):
    done = program.run("scan", "/")
    assert done.returncode == 2
    assert "/" in done.stderr


def test_wrong_usage(program):
    for arguments in (["scan"], ["clean", "--keep", "prettiest"], ["report", "--tiers", "odd"]):
        done = program.run(*arguments)
        assert done.returncode == 2
        assert "Traceback" not in done.stderr
    assert program.run("clean", "--tiers", "similar").returncode == 2


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read everything")
def test_a_photo_without_rights(program, tmp_path):
    path = save(scene(1), tmp_path / "album" / "a.jpg")
    path.chmod(0)
    summary = json.loads(program.ok("scan", "--json", path.parent))
    assert summary["problems"][0]["code"] == "no_rights"


def test_a_folder_that_vanished_keeps_its_photos(program, tmp_path):
    album = tmp_path / "drive" / "album"
    small_album(album, 4)
    program.ok("scan", album)
    (tmp_path / "drive").rename(tmp_path / "unplugged")
    assert program.run("scan", album).returncode == 3
    assert program.report()["summary"]["photos"] == 8
    done = program.run("clean", "--apply")
    assert done.returncode == 5  # nothing can be checked, so nothing is moved
    (tmp_path / "unplugged").rename(tmp_path / "drive")
    summary = json.loads(program.ok("scan", "--json", album))
    assert (summary["new"], summary["unchanged"]) == (0, 8)


def test_a_library_folder_that_cannot_be_written(tmp_path, temporary_home):
    file = tmp_path / "a file"
    file.touch()
    done = Program(file / "library", temporary_home).run("scan", tmp_path)
    assert done.returncode == 6
    assert str(file) in done.stderr
    assert "Traceback" not in done.stderr


def test_a_second_program_on_the_same_library(program, tmp_path):
    small_album(tmp_path / "album", 2)
    program.ok("scan", tmp_path / "album")
    from albumdedup.core.paths import AppPaths
    from albumdedup.store.lock import LibraryLock

    lock = LibraryLock(AppPaths(program.library))
    lock.acquire()
    try:
        done = program.run("report")
    finally:
        lock.release()
    assert done.returncode == 4
    assert "in use" in done.stderr


def test_a_damaged_catalog_is_set_aside_and_decisions_are_kept(program, tmp_path):
    shots = small_album(tmp_path / "album", 2)
    program.ok("scan", tmp_path / "album")
    program.ok("not-duplicates", *shots["IMG_0000.jpg"])
    for extra in program.library.glob("catalog.sqlite*"):
        extra.write_bytes(b"this is no database" * 100)
    done = program.run("scan", tmp_path / "album")
    assert done.returncode == 0
    assert "damaged" in done.stderr
    assert program.report()["summary"]["groups"] == 0
    assert program.report()["summary"]["photos"] == 4


def test_lost_vectors_are_made_again(program, tmp_path):
    album = tmp_path / "album"
    small_album(album, 4)
    program.ok("scan", album)
    before = program.report()
    shutil.rmtree(program.library / "vectors.db")
    save(scene(99), album / "new.jpg")
    program.ok("scan", album)
    after = program.report()
    assert after["groups"] == before["groups"]


def test_weights_that_were_changed(program, tmp_path, monkeypatch):
    from albumdedup.core.errors import AlbumError, ErrorCode
    from albumdedup.ml.registry import SPECS
    from albumdedup.ml.weights import read_weights

    other = tmp_path / "album.safetensors"
    other.write_bytes(b"other weights")
    with pytest.raises(AlbumError) as raised:
        read_weights(SPECS["album"], other)
    assert raised.value.code is ErrorCode.WEIGHTS_CHANGED


def test_ctrl_c_keeps_the_work_and_the_next_scan_goes_on(program, tmp_path):
    album = tmp_path / "album"
    small_album(album, 40)
    process = program.start("scan", album)
    assert process.stderr is not None
    for line in process.stderr:
        if "Looking at photos" in line:
            break
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=120)
    if process.returncode != 130:
        assert process.returncode == 0  # it was faster than the signal
    else:
        assert "kept" in errors
    program.ok("scan", album)
    assert program.report()["summary"]["groups"] == 20


def test_an_operation_that_does_not_exist(program):
    done = program.run("undo", "77")
    assert done.returncode == 5
    assert "77" in done.stderr


def test_nothing_to_undo(program):
    done = program.run("undo")
    assert done.returncode == 0
    assert "nothing to put back" in done.stderr
