"""What is handed out: a source archive and a wheel that works alone, in a fresh environment."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import tarfile
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pictures import save, scene

import albumdedup

pytest.importorskip("build", reason="the development tools are not installed (make test)")
pytest.importorskip("hatchling", reason="the development tools are not installed (make test)")

ROOT = Path(__file__).resolve().parents[2]
VERSION = albumdedup.__version__
NOTES = f"albumdedup-{VERSION}.dist-info"
WHOLE = os.environ.get("FRESH_INSTALL") == "whole"
"""Whether the environment gets dependencies of its own, too: minutes and gigabytes."""


def ran(
    *command: object, cwd: Path, seconds: float = 240, **more: str
) -> subprocess.CompletedProcess[str]:
    """Without what would lead to the sources."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        list(map(str, command)), cwd=cwd, env={**environment, **more}, check=False,
        capture_output=True, text=True, encoding="utf-8", timeout=seconds,
    )  # fmt: skip


def built(what: str, source: Path, out: Path) -> Path:
    done = ran(
        *(sys.executable, "-m", "build", "--no-isolation", f"--{what}", "--outdir", out, source),
        cwd=out.parent,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (made,) = out.iterdir()
    return made


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    return built("wheel", ROOT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def sdist(tmp_path_factory) -> Path:
    return built("sdist", ROOT, tmp_path_factory.mktemp("sdist"))


def test_the_wheel_holds_the_program_its_resources_and_its_licence_and_nothing_else(wheel):
    sources = [p for p in (ROOT / "albumdedup").rglob("*") if p.is_file() and p.suffix != ".pyc"]
    expected = {p.relative_to(ROOT).as_posix() for p in sources}
    resources = [p for p in (ROOT / "resources").rglob("*") if p.is_file()]
    expected |= {
        f"albumdedup/_resources/{p.relative_to(ROOT / 'resources').as_posix()}" for p in resources
    }
    notes = ("METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE")
    expected |= {f"{NOTES}/{name}" for name in notes}
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        assert names == expected
        metadata = archive.read(f"{NOTES}/METADATA").decode()
        licence = archive.read(f"{NOTES}/licenses/LICENSE")
    pictures = {name for name in names if name.lower().endswith((".jpg", ".heic", ".png"))}
    assert pictures == {"albumdedup/_resources/icons/albumdedup.png"}, "and no photo"
    assert wheel.name == f"albumdedup-{VERSION}-py3-none-any.whl"
    assert licence == (ROOT / "LICENSE").read_bytes()
    told = metadata.split("\n\n", 1)[0].splitlines()
    assert {f"Version: {VERSION}", "License-Expression: MIT"} <= set(told)
    extras = {line.removeprefix("Provides-Extra: ") for line in told if "Provides-Extra" in line}
    assert {"raw", "jxl", "serve", "peers", "czkawka-bench"} <= extras


def test_the_version_stands_in_one_place():
    said = [
        p for p in (*(ROOT / "albumdedup").rglob("*.py"), ROOT / "pyproject.toml")
        if f'"{VERSION}"' in p.read_text(encoding="utf-8")
    ]  # fmt: skip
    assert said == [ROOT / "albumdedup" / "__init__.py"]


def test_the_source_archive_holds_what_the_repository_holds(sdist):
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("needs a checkout, which tells what belongs to it")
    listed = ran(git, "ls-files", "-z", cwd=ROOT).stdout.split("\0")
    with tarfile.open(sdist) as archive:
        names = {name.split("/", 1)[1] for name in archive.getnames()}
    missing = {name for name in listed if name and (ROOT / name).exists()} - names
    assert not missing
    assert "PKG-INFO" in names


def test_a_wheel_of_the_source_archive_is_the_same_to_the_byte(sdist, wheel, tmp_path):
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    (unpacked,) = tmp_path.glob("albumdedup-*")
    again = built("wheel", unpacked, tmp_path / "dist")
    assert again.read_bytes() == wheel.read_bytes()


def test_a_package_index_would_take_both(sdist, wheel, tmp_path):
    pytest.importorskip("twine", reason="the development tools are not installed (make test)")
    done = ran(
        *(sys.executable, "-m", "twine", "check", "--strict", sdist, wheel),
        cwd=tmp_path, NO_COLOR="1",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


@dataclass(frozen=True)
class Installed:
    """An environment that holds the wheel, and sees the dependencies of this one."""

    programs: Path
    home: Path

    def run(self, name: str, *arguments: object, **more: str) -> subprocess.CompletedProcess[str]:
        return ran(
            self.programs / name, *arguments,
            cwd=self.home,
            **{"HOME": str(self.home), "ALBUMDEDUP_LIBRARY": str(self.home / "library"), **more},
        )  # fmt: skip


if WHOLE:
    pytestmark = pytest.mark.timeout(3600)


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Iterator[Installed]:
    folder = tmp_path_factory.mktemp("fresh")
    environment, home = folder / "environment", folder / "an unrelated place"
    home.mkdir()
    assert ran(sys.executable, "-m", "venv", "--without-pip", environment, cwd=home).returncode == 0
    scheme = "nt_venv" if os.name == "nt" else "posix_venv"
    paths = sysconfig.get_paths(scheme, {"base": str(environment), "platbase": str(environment)})
    python = next(Path(paths["scripts"]).glob("python*"))
    borrowed = () if WHOLE else ("--no-deps", "--no-index")
    done = ran(
        *(sys.executable, "-m", "pip", "--python", python, "install", "--quiet"),
        *("--disable-pip-version-check", *borrowed, wheel), cwd=home, seconds=3600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    if WHOLE:
        yield Installed(Path(paths["scripts"]), home)
        shutil.rmtree(environment)  # gigabytes
        return
    # Only now, so that pip never sees the other installation; a folder that is named so is
    # searched after this one, and what its own .pth files name (an editable installation) is not.
    here = sysconfig.get_paths()
    others = dict.fromkeys((here["purelib"], here["platlib"]))
    Path(paths["purelib"], "dependencies.pth").write_text("\n".join(others), encoding="utf-8")
    yield Installed(Path(paths["scripts"]), home)


PLACES = """
import json, albumdedup
from albumdedup.core.paths import resource
names = ("album.safetensors", "album.CARD.md", "locale/zh_CN/LC_MESSAGES/albumdedup.po",
         "service/page.html", "service/page.css", "service/page.js")
print(json.dumps([albumdedup.__file__, *(str(resource(name)) for name in names)]))
"""


def test_the_installed_program_is_the_wheel_and_finds_its_resources(installed):
    found = json.loads(installed.run("python", "-c", PLACES).stdout)
    environment = str(installed.programs.parent)
    assert all(one.startswith(environment) and Path(one).is_file() for one in found)
    for start in (("albumdedup",), ("python", "-m", "albumdedup")):
        assert installed.run(*start, "--version").stdout == f"albumdedup {VERSION}\n"
    assert "照片" in installed.run("albumdedup", "--help", LC_ALL="zh_CN.UTF-8").stdout


def test_the_installed_program_scans_and_lists_from_anywhere(installed, tmp_path):
    save(scene(1), tmp_path / "album" / "one.jpg")
    save(scene(2), tmp_path / "album" / "two.jpg")
    shutil.copy(tmp_path / "album" / "one.jpg", tmp_path / "album" / "one again.jpg")
    scan = installed.run("albumdedup", "scan", tmp_path / "album", "--json")
    assert scan.returncode == 0, scan.stderr
    assert json.loads(scan.stdout)["files"] == 3
    listed = installed.run("albumdedup", "clean", "--json")
    assert listed.returncode == 0, listed.stderr
    assert len(list((tmp_path / "album").iterdir())) == 3
    assert "one again.jpg" in listed.stdout or "one.jpg" in listed.stdout


@pytest.mark.skipif(os.name != "posix", reason="ended by a signal")
def test_the_installed_window_opens(installed):
    library = installed.home / "window library"
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    window = subprocess.Popen(
        [installed.programs / "albumdedup", "--library", library], cwd=installed.home,
        env={**environment, "HOME": str(installed.home), "QT_QPA_PLATFORM": "offscreen"},
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    # The library is opened after the first paint.
    while not (library / "decisions.sqlite").exists() and window.poll() is None:
        time.sleep(0.05)
    window.send_signal(signal.SIGINT)
    _, said = window.communicate(timeout=60)
    assert window.returncode == -signal.SIGINT
    assert "Traceback" not in said, said
