"""What a drag or the clipboard brings: folders, photos, and what cannot be looked through."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QMimeData, QUrl

from albumdedup.core.formats import HEAD_BYTES, OTHER_SUFFIXES, PHOTO_SUFFIXES, sniff
from albumdedup.core.i18n import _, listed, ngettext
from albumdedup.core.scanner import is_placeholder
from albumdedup.gui.texts import shown

NAMED = 4
"""So many folders a sentence names; the others it counts."""


@dataclass(frozen=True, slots=True)
class Brought:
    """``folders`` are what to scan: folders as they are, a photo's folder for the photo, and
    paths that are not there, of which the scan says so. ``others`` are files that are no
    photos."""

    paths: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    addresses: int = 0

    @property
    def refusal(self) -> str:
        """Why there is nothing to scan; empty where there is."""
        if self.folders:
            return ""
        if len(self.others) == 1:
            name = shown(os.path.basename(self.others[0]))
            return _("{name} is no photo. Drop or paste folders or photos.").format(name=name)
        if self.others:
            return ngettext(
                "{n} file is no photo. Drop or paste folders or photos.",
                "None of these {n} files is a photo. Drop or paste folders or photos.",
                len(self.others),
            ).format(n=f"{len(self.others):,}")
        if self.addresses:
            return _(
                "A web address cannot be looked through. Save the pictures on this computer first."
            )
        return ""


def dropped_paths(data: QMimeData) -> list[str]:
    """The local files and folders of a drag, in order, once each."""
    return _once(url.toLocalFile() for url in data.urls() if url.isLocalFile())


def pasted_paths(data: QMimeData) -> list[str]:
    """The same of a clipboard, where the paths may be lines of text."""
    return dropped_paths(data) or _once(_local(line) for line in _lines(data))


def brought(data: QMimeData, *, pasted: bool = False) -> Brought:
    """What a drag holds; with ``pasted`` text counts as well."""
    paths = pasted_paths(data) if pasted else dropped_paths(data)
    urls = [url for url in data.urls() if not url.isLocalFile()]
    if pasted and not paths:
        urls += [url for url in map(QUrl, _lines(data)) if url.scheme() in ("http", "https")]
    return sort_out(paths, len(urls))


def sort_out(paths: Sequence[str], addresses: int = 0) -> Brought:
    """What of these is to be scanned."""
    folders, others = [], []
    for path in paths:
        if _is_folder_or_gone(path):
            folders.append(path)
        elif may_be_photo(path):
            folders.append(os.path.dirname(path))
        else:
            others.append(path)
    return Brought(tuple(paths), tuple(dict.fromkeys(folders)), tuple(others), addresses)


def _is_folder_or_gone(path: str) -> bool:
    try:
        return stat.S_ISDIR(os.stat(path).st_mode)
    except OSError:
        return True


def may_be_photo(path: str) -> bool:
    """By its name; where that tells nothing by its first bytes, as the scan does."""
    suffix = os.path.splitext(path)[1].lower()
    if suffix in PHOTO_SUFFIXES:
        return True
    if suffix in OTHER_SUFFIXES:
        return False
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode) or is_placeholder(status):
            return False
        with open(path, "rb") as file:
            return sniff(file.read(HEAD_BYTES), suffix) is not None
    except OSError:
        return False


def names_of(folders: Sequence[str]) -> str:
    """The first few by name, the others by their number."""
    names = [shown(os.path.basename(folder) or folder) for folder in folders]
    more = len(names) - NAMED
    if more <= 1:
        return listed(names)
    return ngettext("{names} and {n} more", "{names} and {n} more", more).format(
        names=listed(names[:NAMED]), n=f"{more:,}"
    )


def _lines(data: QMimeData) -> list[str]:
    lines = data.text().splitlines() if data.hasText() else []
    return [line.strip().strip("\"'") for line in lines]


def _local(line: str) -> str:
    """A line of text as a path of this computer; empty where it is something else."""
    path = QUrl(line).toLocalFile() if line.startswith("file:") else line
    return path if os.path.isabs(path) and os.path.exists(path) else ""


def _once(paths: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(os.path.normpath(path) for path in paths if path))
