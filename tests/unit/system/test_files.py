"""Identity, volumes, free space, and folders that a sync client keeps in step."""

from __future__ import annotations

import os
import shutil

import pytest
from albums import write

from albumdedup.system.files import free_space, identity, sync_root, volume_root


def test_identity_is_of_the_file_and_not_of_its_name(tmp_path):
    path = write(tmp_path / "a.jpg", b"one")
    os.link(path, tmp_path / "b.jpg")
    os.symlink(path, tmp_path / "link.jpg")
    other = write(tmp_path / "c.jpg", b"one")
    assert identity(str(path)) == identity(str(tmp_path / "b.jpg"))
    assert identity(str(path)) != identity(str(other))
    assert identity(str(path)) != identity(str(tmp_path / "link.jpg"))
    os.rename(path, tmp_path / "d.jpg")
    assert identity(str(tmp_path / "d.jpg")) == identity(str(tmp_path / "b.jpg"))
    with pytest.raises(FileNotFoundError):
        identity(str(path))


def test_a_path_that_is_not_there_yet_has_a_volume_and_room(tmp_path):
    planned = str(tmp_path / "not" / "yet" / "a.jpg")
    root = volume_root(planned)
    assert os.path.realpath(tmp_path).startswith(root)
    assert os.stat(root).st_dev == os.stat(tmp_path).st_dev
    assert 0 < free_space(planned) <= shutil.disk_usage(tmp_path).total


@pytest.mark.parametrize(
    "name",
    [
        "Dropbox", "Dropbox (Personal)", "OneDrive", "OneDrive - Contoso", "Google Drive",
        "Nextcloud", "iCloudDrive", "Library/Mobile Documents", "Library/CloudStorage/Acme-Disk",
    ],
)  # fmt: skip
def test_sync_clients_are_known_by_name(tmp_path, name):
    path = write(tmp_path / name / "2019" / "a.jpg", b"x")
    assert sync_root(str(path)) == str(tmp_path / name)
    assert sync_root(str(tmp_path / name)) == str(tmp_path / name)
    assert sync_root(str(path.parent / "not yet" / "b.jpg")) == str(tmp_path / name)


@pytest.mark.parametrize(
    "mark", [".stfolder/x", ".dropbox", ".nextcloudsync.log", ".tmp.drivedownload/x", ".sync/ID"]
)
def test_sync_clients_are_known_by_their_marks(tmp_path, mark):
    write(tmp_path / "Photos" / mark, b"")
    path = write(tmp_path / "Photos" / "2019" / "a.jpg", b"x")
    assert sync_root(str(path)) == str(tmp_path / "Photos")
    assert sync_root(str(tmp_path)) is None


def test_ordinary_folders_are_no_sync_folders(tmp_path):
    path = write(tmp_path / "My Dropbox party" / "Nextcloud.jpg", b"x")
    assert sync_root(str(path)) is None


def test_a_link_into_a_sync_folder_is_seen_through(tmp_path):
    path = write(tmp_path / "Dropbox" / "a.jpg", b"x")
    os.symlink(tmp_path / "Dropbox", tmp_path / "Pictures")
    assert sync_root(str(tmp_path / "Pictures" / path.name)) == str(tmp_path / "Dropbox")
