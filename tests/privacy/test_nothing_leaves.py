"""What docs/privacy.md promises of a whole run: scan, report, search, clean-up, undo."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pictures import save, scene, small_album
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "tests" / "whole_run.py"
CAPTION, MAKER = "The birthday that nobody shall hear of", "A camera that nobody shall know"

if sys.platform == "win32":
    pytestmark = pytest.mark.skip(reason="modes and namespaces are POSIX's")


@dataclass(frozen=True)
class Run:
    """A whole run in a process of its own, and what it left."""

    home: Path
    before: dict[str, tuple[bytes, int]]
    told: dict[str, Any]
    traced: list[str]

    @property
    def album(self) -> Path:
        return self.home / "album"

    @property
    def library(self) -> Path:
        return self.home / "library"


def state(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        str(p.relative_to(folder)): (p.read_bytes(), p.stat().st_mtime_ns)
        for p in folder.rglob("*")
        if p.is_file()
    }


def works(*command: str) -> bool:
    if shutil.which(command[0]) is None:
        return False
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


WITHOUT_NETWORK = ("unshare", "--map-root-user", "--net")
TRACED = (
    "connect,bind,sendto,sendmsg,open,openat,openat2,creat,mkdir,mkdirat,rename,renameat,renameat2,"
    "unlink,unlinkat,rmdir,link,linkat,symlink,symlinkat,chmod,fchmod,fchmodat,chown,fchown,lchown,"
    "fchownat,utime,utimes,utimensat,futimesat,truncate,ftruncate,setxattr,lsetxattr,fsetxattr,"
    "removexattr,lremovexattr,fremovexattr"
)
TRACING = ("strace", "-f", "-qq", "-y", "-s", "4000", "--seccomp-bpf")


def told_photo(path: Path) -> None:
    """With a caption, a maker and a place that are nobody's business."""
    exif = Image.Exif()
    exif[0x010E], exif[0x010F] = CAPTION, MAKER
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 51.0, 30.1357), 3: "E", 4: (2.0, 17.0, 40.2)})
    scene(90).save(path, "JPEG", exif=exif)


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> Run:
    """Where the system lets us: in a network namespace that is empty, and under strace."""
    home = tmp_path_factory.mktemp("private")
    small_album(home / "album", shots=3)
    told_photo(home / "album" / "told.jpg")
    scene(91).save(home / "album" / "apart.tif")  # decoded in a process of its own
    whole = save(scene(92), home / "album" / "broken.jpg").read_bytes()
    (home / "album" / "broken.jpg").write_bytes(whole[:3000])
    before = state(home / "album")
    notes, trace = home / "notes.json", home / "trace"
    command = [sys.executable, str(SCRIPT), *map(str, (home / "album", home / "bin", notes))]
    if works(*TRACING, "-o", str(trace), "-e", "trace=connect", "true"):
        command = [*TRACING, "-o", str(trace), "-e", f"trace={TRACED}", *command]
    if works(*WITHOUT_NETWORK, "true"):
        command = [*WITHOUT_NETWORK, *command]
    (home / "home").mkdir()
    (home / "tmp").mkdir()
    environment = {
        **os.environ, "HOME": str(home / "home"), "ALBUMDEDUP_LIBRARY": str(home / "library"),
        "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "TMPDIR": str(home / "tmp"),
    }  # fmt: skip
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        environment.pop(name, None)
    done = subprocess.run(
        command, cwd=home, env=environment, check=False, capture_output=True, text=True,
        umask=0o022, timeout=280,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(notes.read_text(encoding="utf-8"))
    assert [(verb, code) for verb, code, _ in told["said"]] == [
        ("scan", 0), ("scan", 0), ("report", 0), ("search", 0), ("clean", 0), ("clean", 0),
        ("undo", 0),
    ], told["said"]  # fmt: skip
    lines = trace.read_text(errors="backslashreplace").splitlines() if trace.exists() else []
    # A call that another thread interrupts has a second line, with its result only.
    return Run(home, before, told, [line for line in lines if " resumed>" not in line])


def traced(run: Run) -> list[str]:
    if not run.traced:
        pytest.skip("strace is not here, or may not look at processes")
    return run.traced


def test_a_whole_run_reaches_for_no_network(run):
    """The vectors inside the program answer at a socket of a private folder, which is no network;
    gRPC makes it without Python, so that strace alone sees it."""
    assert run.told["refused"] == []
    moved = next(said for verb, _, said in run.told["said"][5:] if verb == "clean")
    assert "is now in" in moved or "are now in" in moved


def test_not_even_beneath_python(run):
    reached = [line for line in traced(run) if re.search(r" (connect|sendto|sendmsg)\(", line)]
    assert [line for line in reached if "AF_INET" in line] == []
    assert any("sun_path" in line and "/milvus:0" in line for line in reached)
    bound = [line for line in run.traced if " bind(" in line and "AF_INET" in line]
    loopback = re.compile(r'"(::1|::ffff:127\.0\.0\.1|127\.0\.0\.1)"')
    assert [line for line in bound if not loopback.search(line)] == []


def test_what_only_looks_opens_photos_to_read_and_changes_nothing(run):
    assert len(run.told["opened"]) >= 8
    changed = {
        name for name, content in state(run.album).items() if content != run.before.get(name)
    }
    assert changed == set()  # after undo, too: bytes and modification times
    assert set(run.before) == set(state(run.album))


def test_not_even_the_decoders_open_a_photo_otherwise(run):
    """Until the clean-up that was asked for, which is told by its first rename."""
    album = str(run.album)
    lines = [line for line in traced(run) if f'"{album}' in line or f"<{album}" in line]
    first = next(i for i, line in enumerate(lines) if " rename" in line)
    looks = lines[:first]
    opens = [line for line in looks if re.search(r" (open|openat|openat2)\(", line)]
    assert [line for line in looks if line not in opens] == []
    assert [line for line in opens if re.search(r"O_(WRONLY|RDWR|CREAT|TRUNC|APPEND)", line)] == []
    assert any("apart.tif" in line for line in opens)


OF_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def test_the_library_is_closed_to_others(run):
    """Files that Milvus Lite writes are behind a folder that nobody else can enter."""
    wide = [
        str(place.relative_to(run.library))
        for place in (run.library, *run.library.rglob("*"))
        if stat.S_IMODE(place.stat().st_mode) & OF_OTHERS
        and run.library / "vectors.db" not in place.parents
    ]
    assert wide == []
    names = {place.name for place in run.library.iterdir()}
    assert {"catalog.sqlite", "decisions.sqlite", "thumbs", "backups",
            "vectors.db", "library.lock", "in-hand"} <= names  # fmt: skip


def test_what_a_person_asks_for_is_made_as_any_file(run):
    assert stat.S_IMODE((run.home / "notes.html").stat().st_mode) == 0o644


def test_there_is_no_moment_in_which_others_could_look(run):
    """The call that makes each file and folder already says its mode."""
    library, made, wide = str(run.library), set(), []
    call = re.compile(r' (open|openat|mkdir|mkdirat)\((?:[^,"]*, )?"([^"]*)", (.*)\) += (\d+)')
    for line in traced(run):
        found = call.search(line)
        if found is None or not found[2].startswith(library):
            continue
        name, path, how = found[1], found[2], found[3]
        if f"{library}/vectors.db/" in path or path in made:
            continue
        if name.startswith("mkdir") or "O_CREAT" in how:
            made.add(path)
            mode = int(how.rsplit(", ", 1)[-1], 8)
            wide += [line] * bool(mode & OF_OTHERS)
    assert len(made) > 10
    assert wide == []


def test_nothing_is_left_outside_of_the_library(run):
    assert [*(run.home / "home").rglob("*"), *(run.home / "tmp").rglob("*")] == []


def test_logs_and_stores_hold_nothing_of_what_photos_say(run):
    """All that was logged and printed, and all files of the library."""
    words = (CAPTION, MAKER, "30.1357", "48.8583")
    heard = run.told["logged"] + "".join(said for _, _, said in run.told["said"])
    assert [word for word in words if word in heard] == []
    assert str(run.album) not in run.told["logged"]
    for place in run.library.rglob("*"):
        if place.is_file():
            content = place.read_bytes()
            kept = [word for word in words if word != MAKER and word.encode() in content]
            assert kept == [], place  # the camera is kept: it tells bursts and originals apart
