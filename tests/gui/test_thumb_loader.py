"""Thumbnails: made on workers, dropped when they scroll by, bounded in memory."""

from __future__ import annotations

import io
import re
import threading
from pathlib import Path

import numpy as np
import pytest
from fake_library import photo
from PIL import Image

from albumdedup.gui import images
from albumdedup.gui.executor import QtExecutor
from albumdedup.gui.jobs import Bridge
from albumdedup.gui.thumb_loader import ThumbLoader, unique


def jpeg(edge: int) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (edge, edge * 3 // 4), (90, 120, 40)).save(buffer, "JPEG")
    return buffer.getvalue()


class Maker:
    """Makes real JPEG bytes; can be held, and notes who asked for what on which thread."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.gate.set()
        self.asked: list[str] = []
        self.threads: set[int] = set()
        self.broken: set[str] = set()

    def __call__(self, content: str, path: str, edge: int) -> bytes:
        self.gate.wait(5)
        self.asked.append(path)
        self.threads.add(threading.get_ident())
        if path in self.broken:
            raise OSError("gone")
        return jpeg(edge)


@pytest.fixture
def maker() -> Maker:
    return Maker()


@pytest.fixture
def loader(executor: QtExecutor, bridge: Bridge, maker: Maker) -> ThumbLoader:
    made = ThumbLoader(executor, bridge, edge=64)
    made.set_maker(maker)
    return made


PHOTOS = [photo(n, f"{n}") for n in range(40)]


def test_a_wanted_thumbnail_arrives_and_is_kept(loader: ThumbLoader, maker: Maker, qtbot) -> None:
    assert loader.pixmap(PHOTOS[0].content) is None
    with qtbot.waitSignal(loader.ready) as ready:
        loader.want(PHOTOS[:1])
    assert ready.args == [PHOTOS[0].content]
    pixmap = loader.pixmap(PHOTOS[0].content)
    assert pixmap is not None
    assert (pixmap.width(), pixmap.height()) == (64, 48)
    assert threading.get_ident() not in maker.threads
    loader.want(PHOTOS[:1])
    assert not loader.loading
    assert len(maker.asked) == 1


def test_what_scrolled_by_is_not_made(loader: ThumbLoader, maker: Maker, qtbot) -> None:
    maker.gate.clear()
    loader.want(PHOTOS[:20])  # two begin at once
    loader.want(PHOTOS[30:33])
    maker.gate.set()
    qtbot.waitUntil(lambda: not loader.loading)
    begun = {p.path for p in PHOTOS[:2]}
    assert set(maker.asked) == begun | {p.path for p in PHOTOS[30:33]}


def test_a_photo_that_cannot_be_shown_is_no_error(loader: ThumbLoader, maker: Maker, qtbot) -> None:
    maker.broken.add(PHOTOS[0].path)
    with qtbot.waitSignal(loader.ready):
        loader.want(PHOTOS[:1])
    assert loader.pixmap(PHOTOS[0].content) is None
    assert loader.failed(PHOTOS[0].content)
    maker.broken.clear()
    loader.forget_failures()
    with qtbot.waitSignal(loader.ready):
        loader.want(PHOTOS[:1])
    assert loader.pixmap(PHOTOS[0].content) is not None


def test_memory_is_bounded_and_the_oldest_go(
    executor: QtExecutor, bridge: Bridge, maker: Maker, qtbot
) -> None:
    one = 64 * 48 * 4
    loader = ThumbLoader(executor, bridge, edge=64, cache_bytes=5 * one)
    loader.set_maker(maker)
    for photo_ in PHOTOS[:12]:
        loader.want([photo_])
        qtbot.waitUntil(lambda: not loader.loading)
    assert loader.bytes == 5 * one
    assert loader.pixmap(PHOTOS[0].content) is None
    assert loader.pixmap(PHOTOS[11].content) is not None


def test_one_request_per_content() -> None:
    twins = [photo(1, "a"), photo(2, "a"), photo(3, "b")]
    assert [p.id for p in unique(twins)] == [2, 3]


READERS = re.compile(r"fromData|loadFromData|QImageReader|QMovie|QPictureIO|QSvgRenderer\(.*bytes")


def test_no_reader_of_qt_runs_where_workers_could_call_it() -> None:
    """Two locks in two orders: see ``albumdedup.gui.images``. Icons are drawn by the window's own
    thread."""
    found = [
        f"{path.name}: {line.strip()}"
        for path in sorted(Path(images.__file__).parent.rglob("*.py"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if READERS.search(line) and path.name != "icons.py"
    ]
    assert found == []


def test_pixels_arrive_as_they_are() -> None:
    pixels = np.arange(5 * 7 * 3, dtype=np.uint8).reshape(5, 7, 3)
    image = images.image_of(pixels[:, ::-1])
    assert (image.width(), image.height()) == (7, 5)
    drawn = [
        [image.pixelColor(x, y).getRgb()[:3] for x in range(image.width())]
        for y in range(image.height())
    ]
    assert drawn == [[tuple(one) for one in row] for row in pixels[:, ::-1].tolist()]
