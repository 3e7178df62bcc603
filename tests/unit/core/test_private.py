"""A library's folder is its person's alone, and what is not ours is left as it is."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from albumdedup.core import private
from albumdedup.core.paths import AppPaths
from albumdedup.core.settings import Settings, keep_aside, save
from albumdedup.ml.model_folder import ModelFolder
from albumdedup.store.lock import LibraryLock

pytestmark = pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")


@pytest.fixture(autouse=True)
def generous():
    """A person whose files everybody may read."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def wide_library(root: Path) -> list[Path]:
    """As older versions made it; folders first."""
    for folder in (root / "thumbs" / "ab", root / "backups", root / "vectors.db" / "data"):
        folder.mkdir(parents=True)
    files = [
        root / name
        for name in ("catalog.sqlite", "catalog.sqlite-wal", "decisions.sqlite", "settings.toml",
                     "settings-not-understood-1.toml", "window.ini", "thumbs/ab/one.jpg",
                     "catalog.sqlite-damaged-20240101-000000", "backups/decisions-1.sqlite",
                     "vectors.db/data/segment")
    ]  # fmt: skip
    for file in files:
        file.write_text("x")
    return [root, *(p for p in root.rglob("*") if p.is_dir()), *files]


def test_a_library_is_made_private_with_the_folders_above_it(tmp_path):
    root = tmp_path / "share" / "albumdedup"
    with LibraryLock(AppPaths(root)):
        assert [mode(p) for p in (root.parent, root, AppPaths(root).lock)] == [0o700, 0o700, 0o600]


def test_an_old_library_is_closed_when_it_is_opened(tmp_path):
    root = tmp_path / "library"
    places = wide_library(root)
    assert {mode(place) for place in places} == {0o755, 0o644}
    with LibraryLock(AppPaths(root)):
        assert {place.name for place in places if mode(place) & 0o077} == set()
        assert {mode(place) for place in places} == {0o700, 0o600}


def test_a_folder_that_holds_other_things_keeps_its_mode_and_they_keep_theirs(tmp_path):
    root = tmp_path / "shared"
    places = wide_library(root)
    other = root / "holiday plans.txt"
    other.write_text("x")
    private.narrow(root)
    assert (mode(root), mode(other)) == (0o755, 0o644)
    assert {mode(place) for place in places[1:]} == {0o700, 0o600}


def test_a_folder_of_everybody_is_not_closed(tmp_path):
    root = tmp_path / "everybody"
    root.mkdir()
    root.chmod(0o1777)
    private.narrow(root)
    assert mode(root) == 0o1777


def test_links_are_not_followed(tmp_path):
    root, elsewhere = tmp_path / "library", tmp_path / "elsewhere"
    root.mkdir()
    elsewhere.mkdir()
    (elsewhere / "one.jpg").write_text("x")
    (root / "thumbs").symlink_to(elsewhere)
    (root / "catalog.sqlite").symlink_to(elsewhere / "one.jpg")
    private.narrow(root)
    assert (mode(root), mode(elsewhere), mode(elsewhere / "one.jpg")) == (0o700, 0o755, 0o644)


def test_a_library_of_another_person_is_left_alone(tmp_path, monkeypatch):
    places = wide_library(tmp_path / "library")
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    private.narrow(tmp_path / "library")
    assert {mode(place) for place in places} == {0o755, 0o644}


def test_settings_and_weights_are_private_too(tmp_path):
    place = tmp_path / "new" / "settings.toml"
    place.parent.mkdir()
    (tmp_path / "new" / "settings.new").write_text("left by a crash")
    save(Settings(vector_token="secret"), place)
    aside = keep_aside(place)
    assert aside is not None
    assert (mode(place), mode(aside)) == (0o600, 0o600)
    models = ModelFolder(tmp_path / "models")
    models.take("net", lambda file: file.write_bytes(b"weights"), "/x/net.pth", "0" * 64, False)
    kept = [models.folder, *models.folder.iterdir()]
    assert {mode(place) for place in kept} == {0o700, 0o600}


def test_a_file_that_cannot_be_made_beforehand_is_no_failure(tmp_path):
    private.make_file(tmp_path / "nowhere" / "file")
    place = tmp_path / "there"
    place.write_text("kept")
    private.make_file(place)
    assert place.read_text() == "kept"
