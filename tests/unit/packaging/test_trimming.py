"""Trimming a bundle: what is put in place of large libraries, what is measured and compared."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from pathlib import Path

import compare
import elf
import pytest
import sizes
import stand_ins

needs_compiler = pytest.mark.skipif(
    any(shutil.which(tool) is None for tool in ("cc", "readelf", "strip")),
    reason="needs a C compiler and binutils",
)


def compiled(path: Path, code: str, *words: str | Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    source = path.with_suffix(".c")
    source.write_text(code, encoding="ascii")
    subprocess.run(["cc", "-shared", "-fPIC", "-o", path, source, *words], check=True)
    source.unlink()
    return path


@needs_compiler
def test_a_library_that_is_never_called_is_replaced_by_an_empty_one(tmp_path: Path) -> None:
    """Its user is still loaded, with the names and versions that it was linked with, and works."""
    folder = tmp_path / "opencv_python_headless.libs"
    names = tmp_path / "names.map"
    names.write_text("FILMS_1 { global: *; };\n", encoding="ascii")
    compiled(folder / "libvpx.so", "int vpx(void) { return 7; } char room[400000] = {1};")
    film = compiled(
        folder / "libavcodec.so",
        "int vpx(void); char table[100] = {1}; char room[900000] = {1};"
        "int play(void) { return vpx(); }",
        folder / "libvpx.so", "-Wl,-soname,libavcodec.so", f"-Wl,--version-script={names}",
    )  # fmt: skip
    user = compiled(
        tmp_path / "cv2" / "user.so",
        "int play(void); extern char table[100];"
        "int films(void) { return play(); } int first(void) { return table[0]; }"
        "int other(void) { return 5; }",
        film, f"-Wl,-rpath,{folder}",
    )  # fmt: skip
    assert stand_ins.stand_in(tmp_path) > 1_000_000
    assert not (folder / "libvpx.so").exists(), "what only films needed is gone too"
    assert film.stat().st_size < 20_000
    assert elf.soname(film) == "libavcodec.so"
    play = next(symbol for symbol in elf.symbols(film) if symbol.name == "play")
    assert (play.defined, play.version) == (True, "FILMS_1")
    loaded = ctypes.CDLL(str(user))
    assert (loaded.other(), loaded.films(), loaded.first()) == (5, 0, 0)


@needs_compiler
def test_stripping_takes_what_debuggers_read_and_keeps_rights(tmp_path: Path) -> None:
    library = compiled(tmp_path / "torch" / "lib.so", "int f(void) { return 3; }", "-g")
    wheel = compiled(tmp_path / "numpy.libs" / "lib.so", "int f(void) { return 3; }", "-g")
    library.chmod(0o755)
    untouched = wheel.read_bytes()
    assert stand_ins.strip(tmp_path, least=0) > 0
    assert not elf.has_symbol_table(library)
    assert library.stat().st_mode & 0o777 == 0o755
    assert ctypes.CDLL(str(library)).f() == 3
    assert wheel.read_bytes() == untouched


def test_sizes_count_each_byte_once(tmp_path: Path) -> None:
    for name, size in {
        "albumdedup": 10, "_internal/torch/lib/libtorch_cpu.so": 1000,
        "_internal/torch/lib/libc10.so": 100, "_internal/PySide6/QtCore.so": 200,
        "_internal/libX11.so.6": 7,
    }.items():  # fmt: skip
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes(size))
    (tmp_path / "_internal/libc10.so").symlink_to("torch/lib/libc10.so")
    found = sizes.parts(tmp_path)
    assert found.total() == 1317
    assert found["torch: libtorch_cpu"] == 1000
    assert found[sizes.REST] == 7
    assert "**0.0**" in sizes.table(tmp_path)


def test_two_builds_are_compared_by_names_links_and_bytes(tmp_path: Path) -> None:
    for build in ("one", "two"):
        folder = tmp_path / build
        folder.mkdir()
        (folder / "same").write_bytes(b"abc")
        (folder / "other").write_bytes(b"abc" + build.encode())
        (folder / "link").symlink_to(build)
        (folder / f"only-{build}").touch()
    found = {d.path: d.words for d in compare.differences(tmp_path / "one", tmp_path / "two")}
    assert set(found) == {"other", "link", "only-one", "only-two"}
    assert found["other"] == "differ from byte 3 on"
    assert list(compare.differences(tmp_path / "one", tmp_path / "one")) == []
