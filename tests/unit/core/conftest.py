"""What tests of several parts of the core work with."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pictures import save, scene

from albumdedup.store.catalog import SqliteCatalog, open_catalog


@pytest.fixture
def album(tmp_path):
    """Six shots; one of them stored twice, and one again in a smaller size."""
    folder = tmp_path / "album"
    for number in range(6):
        save(scene(number), folder / f"{number}.jpg")
    shutil.copy(folder / "0.jpg", folder / "0 copy.jpg")
    save(scene(1).resize((480, 360)), folder / "1 small.jpg")
    return folder


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[SqliteCatalog]:
    opened, _ = open_catalog(tmp_path / "catalog.sqlite")
    yield opened
    opened.close()
