"""Fixtures that every test may use."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from albumdedup.core.languages import ENGLISH, speak
from albumdedup.store.milvus_connection import Address

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["LC_ALL"] = "C.UTF-8"  # tests read English, whatever the person at work speaks
os.environ.pop("LANGUAGE", None)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The photo sets beside the checkout (or where ALBUMDEDUP_PHOTOS points)."""
    place = os.environ.get("ALBUMDEDUP_PHOTOS")
    folder = Path(place) if place else Path(__file__).resolve().parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"needs the photo sets, which are not at {folder}")
    return folder


SERVER = "ALBUMDEDUP_TEST_MILVUS_URI"


@pytest.fixture(scope="session")
def milvus_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Address]:
    """A real Milvus server: the one that is named, else the package's, on loopback."""
    named = os.environ.get(SERVER)
    if named:
        yield Address(named, os.environ.get(f"{SERVER}_TOKEN", ""))
        return
    pytest.importorskip("milvus", reason=f"needs `make test-server`, or a server in {SERVER}")
    from tests.vector_servers import RealServer

    server = RealServer.start(tmp_path_factory.mktemp("milvus"))
    yield server.address
    server.stop()


@pytest.fixture(scope="module", autouse=True)
def settled_heap() -> None:
    """What is there before a module's tests is set aside. The tests of the window go through all
    objects several times each; torch and pytest alone have some 300,000."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    """What is set aside would be called a leak by libraries that count at the end."""
    gc.unfreeze()


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """A test that speaks another language leaves none of it to the next one."""
    speak(ENGLISH)
    yield
    speak(ENGLISH)


@pytest.fixture(autouse=True)
def temporary_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test may touch the real home: trash, library and settings are temporary."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_DATA_HOME", str(home / ".local" / "share"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / ".cache"))
    monkeypatch.delenv("ALBUMDEDUP_LIBRARY", raising=False)
    return home
