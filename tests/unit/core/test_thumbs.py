"""Thumbnails: upright, small, kept under the content id, made again when damaged."""

from __future__ import annotations

import io
import os

import pytest
from pictures import save, scene
from PIL import Image

from albumdedup.core.decoder import read_upright
from albumdedup.core.thumbs import ThumbnailCache
from albumdedup.core.types import ContentId

ID = ContentId("ab" * 32)


def test_made_once_and_kept(tmp_path):
    path = save(scene(1), tmp_path / "a.jpg")
    cache = ThumbnailCache(tmp_path / "thumbs", read_upright)
    first = cache.thumbnail(ID, str(path), 160)
    with Image.open(io.BytesIO(first)) as image:
        assert image.size == (160, 120)
    path.unlink()
    assert cache.thumbnail(ID, str(path), 160) == first
    assert ThumbnailCache(tmp_path / "thumbs", read_upright).thumbnail(ID, str(path), 160) == first


def test_a_damaged_file_of_the_cache_is_made_again(tmp_path):
    path = save(scene(1), tmp_path / "a.jpg")
    cache = ThumbnailCache(tmp_path / "thumbs", read_upright)
    first = cache.thumbnail(ID, str(path), 160)
    (kept,) = (tmp_path / "thumbs").rglob("*.jpg")
    for damage in (first[:100], b"\0" * len(first), b"\0\0\0\0" + first[4:]):
        kept.write_bytes(damage)
        assert cache.thumbnail(ID, str(path), 160) == first


def test_a_photo_that_cannot_be_read_is_an_os_error_with_a_reason(tmp_path):
    (tmp_path / "a.jpg").write_text("no picture")
    with pytest.raises(OSError, match="not_a_picture"):
        ThumbnailCache(tmp_path / "thumbs", read_upright).thumbnail(
            ID, str(tmp_path / "a.jpg"), 160
        )
    with pytest.raises(OSError, match="No such file"):
        ThumbnailCache(tmp_path / "thumbs", read_upright).thumbnail(
            ID, str(tmp_path / "none.jpg"), 160
        )


def test_a_cache_that_cannot_be_written_only_costs_the_cache(tmp_path):
    path = save(scene(1), tmp_path / "a.jpg")
    (tmp_path / "thumbs").write_text("a file in its place")
    assert (
        ThumbnailCache(tmp_path / "thumbs", read_upright).thumbnail(ID, str(path), 80)[:2]
        == b"\xff\xd8"
    )


def test_a_full_disk_leaves_no_half_written_file(tmp_path, monkeypatch):
    path = save(scene(1), tmp_path / "a.jpg")

    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    assert (
        ThumbnailCache(tmp_path / "thumbs", read_upright).thumbnail(ID, str(path), 80)[:2]
        == b"\xff\xd8"
    )
    assert [p for p in (tmp_path / "thumbs").rglob("*") if p.is_file()] == []


def test_a_turned_photo_is_upright(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    scene(1, (320, 200)).save(tmp_path / "a.jpg", exif=exif)
    made = ThumbnailCache(tmp_path / "thumbs", read_upright).thumbnail(
        ID, str(tmp_path / "a.jpg"), 160
    )
    with Image.open(io.BytesIO(made)) as image:
        assert image.size == (100, 160)


def test_the_oldest_make_room(tmp_path):
    path = save(scene(1), tmp_path / "a.jpg")
    cache = ThumbnailCache(tmp_path / "thumbs", read_upright, limit=20_000)
    ids = [ContentId(f"{n:02x}" * 32) for n in range(12)]
    for number, content in enumerate(ids):
        cache.thumbnail(content, str(path), 160)
        (kept,) = (tmp_path / "thumbs").rglob(f"{content}*")
        os.utime(kept, (number, number))
    cache.shrink()
    left = sorted(p.name[:64] for p in (tmp_path / "thumbs").rglob("*.jpg"))
    assert left == sorted(ids)[-len(left) :]
    assert 0 < len(left) < 12
