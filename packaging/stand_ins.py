"""Empty libraries in place of large ones that are linked but never called (Linux).

OpenCV is linked with all of FFmpeg and with AVIF for films and files that it is never asked to
read, and libheif with an encoder (x265, under the GPL) though nothing here writes HEIC. The loader
wants each library and each of its names that the others use: a stand-in has them, does nothing and
returns 0.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from fnmatch import fnmatch
from pathlib import Path

import elf

NEVER_CALLED = ("libavcodec*", "libavformat*", "libavutil*", "libswscale*", "libswresample*",
                "libavif*", "libx265*", "libarrow_substrait*")  # fmt: skip
"""In the folders of OpenCV, libheif and Arrow."""

OWN_USE = ("opencv_python_headless.libs", "pillow_heif.libs", "pyarrow")

PRIVATE = ("opencv_python_headless.libs", "pillow_heif.libs")
"""Folders whose libraries nothing else may use: what nobody there needs any more goes."""

SHARED = {"faiss_cpu.libs/libopenblaso-r0-*": "opencv_python_headless.libs/libopenblasp-r0-*"}
"""The same library of the same version twice, for two kinds of threads."""


def stand_in(folder: Path) -> int:
    """Replace what is never called below ``folder``; returns the bytes that were saved."""
    before = _bytes(folder)
    known = elf.libraries(folder)
    for path in known:
        own = path.parent.name in OWN_USE
        if own and any(fnmatch(path.name, name) for name in NEVER_CALLED):
            users = [user for user in known if path.name in elf.needed(user)]
            if users:  # of a library that has just been replaced there are none any more
                _replace(path, users)
    _drop_unneeded(folder)
    return before - _bytes(folder)


def _replace(path: Path, users: list[Path]) -> None:
    wanted = {s.name for user in users for s in elf.symbols(user) if not s.defined}
    offered = [s for s in elf.symbols(path) if s.defined and s.name in wanted]
    lines, versions = [], dict[str, list[str]]()
    for symbol in sorted(set(offered), key=lambda s: s.name):
        if symbol.is_function:
            lines.append(f"long {symbol.name}(void) {{ return 0; }}")
        else:
            lines.append(
                f"char {symbol.name}[{max(symbol.bytes, 8)}] __attribute__((aligned(16)));"
            )
        versions.setdefault(symbol.version, []).append(symbol.name)
    script = "".join(
        f"{version or ''} {{ global: {'; '.join(names)}; }};\n"
        for version, names in sorted(versions.items())
    )
    with tempfile.TemporaryDirectory() as place:
        code, names = Path(place) / "stand_in.c", Path(place) / "names.map"
        made = Path(place) / path.name
        code.write_text("\n".join(lines) + "\n", encoding="ascii")
        names.write_text(script or "{ local: *; };\n", encoding="ascii")
        subprocess.run(
            ["cc", "-shared", "-fPIC", "-O1", "-s", "-nostdlib", "-fno-builtin", "-w",
             "-Wl,--build-id=none", f"-Wl,-soname,{elf.soname(path)}", "-Wl,--hash-style=gnu",
             f"-Wl,--version-script={names}", "-o", str(made), str(code)],
            check=True,
        )  # fmt: skip
        shutil.copyfile(made, path)


def _drop_unneeded(folder: Path) -> None:
    while True:
        known = elf.libraries(folder)
        wanted = frozenset[str]().union(*(elf.needed(path) for path in known))
        idle = [p for p in known if _may_go(p, folder) and p.name not in wanted]
        for path in idle:
            path.unlink()
        if not idle:
            return


def _may_go(path: Path, folder: Path) -> bool:
    """The folder's own level holds what is there only because something was linked with it, and
    the interpreter."""
    if path.parent == folder:
        return path.name.startswith("lib") and not path.name.startswith("libpython")
    return path.parent.name in PRIVATE


def share(folder: Path) -> int:
    """One OpenBLAS for both that have the same; returns the bytes that were saved."""
    before = _bytes(folder)
    for twin, original in SHARED.items():
        for path in sorted(folder.glob(twin)):
            for kept in sorted(folder.glob(original)):
                if path.name.split(".", 1)[1] == kept.name.split(".", 1)[1]:
                    path.unlink()
                    path.symlink_to(os.path.relpath(kept, path.parent))
    return before - _bytes(folder)


def strip(folder: Path, least: int = 200_000) -> int:
    """Names for debuggers, from libraries of ``least`` bytes and more; the bytes saved. OpenBLAS of
    numpy's wheel is laid out by patchelf in a way that strip breaks: what a wheel's own tool has
    put into a folder ``*.libs`` stays as it is."""
    before = _bytes(folder)
    for path in elf.libraries(folder):
        loose = not path.parent.name.endswith(".libs")
        if loose and path.stat().st_size >= least and elf.has_symbol_table(path):
            mode = path.stat().st_mode
            subprocess.run(["strip", "--strip-unneeded", str(path)], check=True)
            path.chmod(mode)
    return before - _bytes(folder)


def _bytes(folder: Path) -> int:
    return sum(p.lstat().st_size for p in folder.rglob("*") if p.is_file() and not p.is_symlink())
