"""The version resource of the Windows programs: ``version.py FOLDER`` writes version.txt there."""

from __future__ import annotations

import sys
from pathlib import Path

from albumdedup import __version__

TEXTS = {
    "CompanyName": "The Album Deduplicator developers",
    "FileDescription": "Album Deduplicator",
    "FileVersion": __version__,
    "InternalName": "albumdedup",
    "LegalCopyright": "MIT licence",
    "OriginalFilename": "albumdedup.exe",
    "ProductName": "Album Deduplicator",
    "ProductVersion": __version__,
}


def resource() -> str:
    """As PyInstaller reads it: a Python expression. Texts in English (US), Unicode."""
    numbers = (*(int(part) for part in __version__.split(".")[:3]), 0)
    texts = ", ".join(f"StringStruct({name!r}, {text!r})" for name, text in TEXTS.items())
    return (
        f"VSVersionInfo(ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}, mask=0x3F, "
        "flags=0, OS=0x40004, fileType=1, subtype=0, date=(0, 0)), kids=["
        f"StringFileInfo([StringTable('040904B0', [{texts}])]), "
        "VarFileInfo([VarStruct('Translation', [1033, 1200])])])\n"
    )


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "version.txt").write_text(resource(), encoding="utf-8")
