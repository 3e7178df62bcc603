"""What a Linux library says of itself, read with binutils."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

MAGIC = b"\x7fELF"


@dataclass(frozen=True, slots=True)
class Symbol:
    name: str
    version: str  # "" where the library has none
    defined: bool
    is_function: bool
    bytes: int


def is_elf(path: Path) -> bool:
    if path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(4) == MAGIC


def libraries(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if is_elf(path))


def soname(path: Path) -> str:
    found = re.search(r"\(SONAME\).*\[(.+)\]", _readelf("-d", path))
    return found[1] if found else path.name


def needed(path: Path) -> frozenset[str]:
    """Names of the libraries that it is linked with."""
    return frozenset(re.findall(r"\(NEEDED\).*\[(.+)\]", _readelf("-d", path)))


def has_symbol_table(path: Path) -> bool:
    """Beside the one for the loader: names for a debugger."""
    return ".symtab" in _readelf("-S", path)


def symbols(path: Path) -> list[Symbol]:
    """Those that the loader knows."""
    found = []
    for line in _readelf("--dyn-syms", path).splitlines():
        parts = line.split()
        if len(parts) < 8 or not parts[0].rstrip(":").isdigit():
            continue
        name, _, version = parts[7].partition("@")
        size = int(parts[2], 0)
        kind = parts[3] in ("FUNC", "IFUNC")
        found.append(Symbol(name, version.lstrip("@"), parts[6] != "UND", kind, size))
    return found


def _readelf(what: str, path: Path) -> str:
    return subprocess.run(
        ["readelf", "-W", what, str(path)], capture_output=True, text=True, check=True
    ).stdout
