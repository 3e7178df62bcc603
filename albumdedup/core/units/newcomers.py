"""Files beside a photo that came after the scan: a plan that does not know them would split it."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable

from albumdedup.core.formats import APPLE_DOUBLE, companion_kind
from albumdedup.core.units.names import FolderNames


def newcomers(photos: Iterable[str], known: Collection[str]) -> list[tuple[str, str]]:
    """(photo, file beside it) for each file that, by its name, may belong to a photo of the list
    and is none of the ``known`` ones. Lists the photos' folders; opens nothing."""
    by_folder: dict[str, list[str]] = {}
    for path in photos:
        folder, name = os.path.split(path)
        by_folder.setdefault(folder, []).append(name)
    found = []
    for folder, names in sorted(by_folder.items()):
        every, plain_names = FolderNames(names), set(names)
        for other in _unknown(folder, known):
            plain = other.removeprefix(APPLE_DOUBLE)
            if plain not in plain_names and not every.may_own(plain):
                continue
            for name in names:
                if plain == name or FolderNames([name]).may_own(plain):
                    found.append((os.path.join(folder, name), os.path.join(folder, other)))
    return found


def _unknown(folder: str, known: Collection[str]) -> list[str]:
    """Plain files of a companion's kind that the library does not know."""
    try:
        with os.scandir(folder) as listing:
            return sorted(
                entry.name
                for entry in listing
                if companion_kind(entry.name) is not None
                and entry.path not in known
                and entry.is_file(follow_symlinks=False)
            )
    except OSError:
        return []  # the clean-up itself will tell
