"""Files (Nautilus): an entry in the menu of a folder. Needs its package python3-nautilus."""

from __future__ import annotations

import locale
import subprocess

from gi.repository import GObject, Nautilus

WORDS = {"zh_CN": "在此查找重复照片"}


class FindDuplicatePhotos(GObject.GObject, Nautilus.MenuProvider):
    def get_file_items(self, *arguments: object) -> list[Nautilus.MenuItem]:
        return self._items(arguments[-1])

    def get_background_items(self, *arguments: object) -> list[Nautilus.MenuItem]:
        return self._items([arguments[-1]])

    def _items(self, files: list[Nautilus.FileInfo]) -> list[Nautilus.MenuItem]:
        """For folders of this computer, and for nothing else."""
        places = [file.get_location().get_path() for file in files if file.is_directory()]
        if not places or len(places) != len(files) or None in places:
            return []
        language = locale.getlocale()[0] or ""
        item = Nautilus.MenuItem(
            name="AlbumDeduplicator::find",
            label=WORDS.get(language, "Find duplicate photos here"),
            icon="albumdedup",
        )
        item.connect("activate", lambda _item: subprocess.Popen(["albumdedup", *places]))
        return [item]
