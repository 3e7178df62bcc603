"""What the system tells of a file or folder: identity, volume, free space, sync clients."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator

from albumdedup.core.types import FileIdentity
from albumdedup.system.volumes import existing, top_folder

_SYNC_NAMES = frozenset(
    {
        "dropbox", "onedrive", "google drive", "googledrive", "nextcloud", "owncloud",
        "iclouddrive", "icloud drive", "icloud photos", "mobile documents", "pclouddrive",
        "pcloud drive", "megasync", "box sync", "resilio sync", "proton drive", "yandex.disk",
        "creative cloud files", "synologydrive",
    }
)  # fmt: skip
_SYNC_STARTS = ("dropbox (", "onedrive - ", "google drive (", "nextcloud-", "iclouddrive~")
"""Business accounts and second accounts: "OneDrive - Contoso", "Dropbox (Personal)"."""
_CLOUD_STORAGE = "cloudstorage"
"""macOS keeps every provider's folder in ~/Library/CloudStorage."""
_SYNC_MARKS = (
    ".dropbox", ".dropbox.cache", ".stfolder", ".nextcloudsync.log", ".owncloudsync.log",
    ".tmp.drivedownload", ".tmp.driveupload", ".849C9593-D756-4E56-8D6E-42412F2A707B",
    ".SynologyWorkingDirectory", ".seafile-data", os.path.join(".sync", "ID"),
)  # fmt: skip
"""What clients leave in the folder that they keep in step, whatever a person calls it."""


def identity(path: str) -> FileIdentity:
    """Which file on disk a path names; of a link, the link itself. Raises OSError."""
    status = os.lstat(path)
    return FileIdentity(status.st_dev, status.st_ino)


def volume_root(path: str) -> str:
    """The uppermost folder of the volume that holds ``path``, which need not exist yet.
    Raises OSError."""
    return top_folder(path)


def free_space(path: str) -> int:
    """Bytes that may still be written where ``path`` is or would be. Raises OSError."""
    return shutil.disk_usage(existing(os.path.abspath(path))).free


def sync_root(path: str) -> str | None:
    """The folder of a sync client that ``path`` lies in, None where there is none: what is
    removed below it is removed on every device. Told by well-known names and by the marks that
    clients leave; never raises, a folder that cannot be seen has no mark.
    """
    for folder in _upwards(os.path.realpath(existing(os.path.abspath(path)))):
        name = os.path.basename(folder).lower()
        above = os.path.basename(os.path.dirname(folder)).lower()
        if name in _SYNC_NAMES or name.startswith(_SYNC_STARTS) or above == _CLOUD_STORAGE:
            return folder
        if any(os.path.lexists(os.path.join(folder, mark)) for mark in _SYNC_MARKS):
            return folder
    return None


def sync_roots(paths: Iterable[str]) -> tuple[str, ...]:
    """The folders of sync clients that these files lie in, sorted."""
    roots = {sync_root(folder) for folder in {os.path.dirname(path) for path in paths}}
    return tuple(sorted(root for root in roots if root is not None))


def _upwards(path: str) -> Iterator[str]:
    folder = path if os.path.isdir(path) else os.path.dirname(path)
    while (above := os.path.dirname(folder)) != folder:
        yield folder
        folder = above
