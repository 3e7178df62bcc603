"""Are two builds of one commit the same? ``python packaging/compare.py FOLDER FOLDER``.

Compares names, links, rights and bytes. Where the program itself differs, the modules inside of
it are compared one by one, and named. Exit code 0: the same, or different only in what KNOWN
names and explains.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

KNOWN: dict[str, str] = {}
"""Patterns of paths that may differ, and why. None is known to."""


@dataclass(frozen=True, slots=True)
class Difference:
    path: str
    words: str

    @property
    def reason(self) -> str | None:
        return next((why for name, why in KNOWN.items() if fnmatch(self.path, name)), None)


def differences(one: Path, other: Path) -> Iterator[Difference]:
    names = [{p.relative_to(f).as_posix() for p in f.rglob("*")} for f in (one, other)]
    for path in sorted(names[0] ^ names[1]):
        yield Difference(path, f"only in {one if path in names[0] else other}")
    for path in sorted(names[0] & names[1]):
        a, b = one / path, other / path
        if a.is_symlink() or b.is_symlink():
            told = [os.readlink(p) if p.is_symlink() else "no link" for p in (a, b)]
            if told[0] != told[1]:
                yield Difference(path, f"links to {told[0]} and {told[1]}")
        elif a.is_file() and b.is_file():
            if a.stat().st_mode != b.stat().st_mode:
                yield Difference(path, "other rights")
            if _digest(a) != _digest(b):
                yield Difference(path, _inside(a, b))
        elif a.is_dir() != b.is_dir():
            yield Difference(path, "a folder in one, a file in the other")


def _inside(a: Path, b: Path) -> str:
    """Which modules of two programs differ, where they are PyInstaller's; else where they begin
    to."""
    modules = [_modules(path) for path in (a, b)]
    if modules[0] and modules[1]:
        changed = sorted(
            name
            for name in modules[0].keys() | modules[1].keys()
            if modules[0].get(name) != modules[1].get(name)
        )
        if changed:
            return f"{len(changed)} modules differ: {', '.join(changed[:8])}"
    sizes = a.stat().st_size, b.stat().st_size
    if sizes[0] != sizes[1]:
        return f"{sizes[0]} and {sizes[1]} bytes"
    with a.open("rb") as left, b.open("rb") as right:
        at = 0
        while (x := left.read(65536)) == (y := right.read(65536)):
            at += len(x)
    return f"differ from byte {at + next(i for i in range(len(x)) if x[i] != y[i])} on"


def _modules(path: Path) -> dict[str, str]:
    """Digests of what a program of PyInstaller carries; empty for any other file."""
    try:
        from PyInstaller.archive.readers import ArchiveReadError, CArchiveReader
    except ImportError:
        return {}
    try:
        archive = CArchiveReader(str(path))
    except (ArchiveReadError, ValueError):
        return {}
    found = {}
    for name in archive.toc:
        if name.endswith(".pyz"):
            inner = archive.open_embedded_archive(name)
            for module in inner.toc:
                found[module] = _of(inner.extract(module, raw=True) or b"")
        else:
            found[name] = _of(archive.extract(name))
    return found


def _of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def main() -> int:
    one, other = Path(sys.argv[1]), Path(sys.argv[2])
    unexplained = 0
    for found in differences(one, other):
        unexplained += found.reason is None
        print(f"{found.path}: {found.words}" + (f" ({found.reason})" if found.reason else ""))
    files = sum(1 for path in one.rglob("*") if path.is_file())
    print(f"{files} files compared, {unexplained} differ without a known reason")
    return int(unexplained > 0)


if __name__ == "__main__":
    sys.exit(main())
