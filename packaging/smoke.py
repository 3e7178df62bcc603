"""Does a bundle do the whole job on a computer that has nothing else? (Linux)

``python packaging/smoke.py BUNDLE`` (a folder, or a .deb that is unpacked into an empty root):
another user where this one is root, a new home, no environment, no program on the path. Scans
pictures that it makes, cleans up, puts back, looks that every byte is there again; opens the
window on a screen of memory, takes the time to its first paint, and closes it. Needs Xvfb, and
the program's own environment for making pictures and comparing descriptors.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import pwd
import runpy
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from screen import Screen, screen, until

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

STRANGER = "nobody"
OWN = (
    "/usr/lib",
    "/lib",
    "/usr/share",
    "/usr/local/share",
    "/etc",
    "/var",
    "/dev",
    "/memfd",
    "/SYSV",
)
"""Where a program of a plain system may map files from, besides its bundle and its home."""


@dataclass(frozen=True, slots=True)
class Machine:
    """The bundle where it was put, and the person who uses it."""

    program: Path
    home: Path
    user: str | None

    def environment(self, **more: str) -> dict[str, str]:
        empty = str(self.home / "empty")
        return {"HOME": str(self.home), "PATH": empty, "LANG": "C.UTF-8", **more}

    def start(self, *words: str, **more: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [str(self.program), *words], env=self.environment(**more), cwd=self.home,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True,
            user=self.user, group=pwd.getpwnam(self.user).pw_gid if self.user else None,
            extra_groups=[] if self.user else None,
        )  # fmt: skip

    def run(self, *words: str) -> str:
        process = self.start(*words)
        told, errors = process.communicate(timeout=600)
        if process.returncode:
            raise SystemExit(f"{' '.join(words)}: {process.returncode}\n{told}\n{errors}")
        for line in errors.splitlines():
            if "Warning" in line or "Traceback" in line:
                raise SystemExit(f"{' '.join(words)} told: {errors}")
        return told


def main() -> int:
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("bundle", type=Path)
    asked.add_argument("--picture", type=Path, help="save what the window shows (PNG)")
    asked.add_argument("--starts", type=int, default=3, metavar="N")
    arguments = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="albumdedup-smoke-") as name:
        place = Path(name)
        place.chmod(0o755)
        machine = installed(arguments.bundle.resolve(), place)
        photos = album(machine)
        say("the job", job(machine, photos))
        say("descriptors", same_descriptors(machine, photos))
        say("another network", other_network(machine, photos))
        with screen(place) as shown:
            say("the window", window(machine, photos, shown, arguments.starts, arguments.picture))
    print("0 failed: the bundle does the whole job")
    return 0


def installed(bundle: Path, place: Path) -> Machine:
    """In a place where the other user can read it, and where it was not built."""
    if bundle.suffix == ".deb":
        subprocess.run(["dpkg-deb", "-x", bundle, place / "root"], check=True)
        program = place / "root/usr/bin/albumdedup"
    else:
        shutil.copytree(bundle, place / "bundle", symlinks=True)
        program = place / "bundle/albumdedup"
    home = place / "home"
    (home / "empty").mkdir(parents=True)
    user = STRANGER if os.getuid() == 0 else None
    if user is not None:
        shutil.chown(home, user)
    return Machine(program, home, user)


def album(machine: Machine) -> Path:
    """Pictures with copies, and one kind that is decoded in a process of its own."""
    from pictures import scene, small_album

    folder = machine.home / "photos"
    small_album(folder, 8)
    for number in range(2):
        scene(100 + number).save(folder / f"scan {number}.tif")
        shutil.copy2(folder / f"scan {number}.tif", folder / f"扫描 {number}.tif")
    Image.new("RGB", (64, 64)).save(folder / "broken.jpg")
    (folder / "broken.jpg").write_bytes((folder / "broken.jpg").read_bytes()[:200])
    if machine.user is not None:
        for path in [folder, *folder.rglob("*")]:
            shutil.chown(path, machine.user)
    return folder


def state(folder: Path) -> dict[str, tuple[str, int]]:
    """Content and time of every file."""
    return {
        str(path.relative_to(folder)): (
            hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns,
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }  # fmt: skip


def job(machine: Machine, photos: Path) -> str:
    before = state(photos)
    machine.run("--version")
    summary = json.loads(machine.run("scan", str(photos), "--json"))
    report = json.loads(machine.run("report", "--format", "json"))
    expect(len(report["unreadable"]) == 1, f"one file is broken: {report['unreadable']}")
    expect(report["summary"]["removable_files"] == 10, f"copies: {report['summary']}")
    expect(state(photos) == before, "a scan changes nothing")
    machine.run("clean", "--apply", "--keep", "best")
    gone = set(before) - set(state(photos))
    expect(len(gone) == 10, f"ten copies went to the trash: {sorted(gone)}")
    machine.run("undo")
    expect(state(photos) == before, "every byte and time is back")
    machine.run("doctor")
    return f"{summary.get('files', len(before))} files scanned, {len(gone)} cleaned up and put back"


def same_descriptors(machine: Machine, photos: Path) -> str:
    """Bit by bit those of this environment where it has the bundle's torch; else nearly."""
    import torch

    import albumdedup

    with albumdedup.open(machine.home / ".local/share/albumdedup") as library:
        theirs = dict(zip(*library.vectors(), strict=True))
    with tempfile.TemporaryDirectory() as place, albumdedup.open(place) as library:
        library.scan(photos)
        ours = dict(zip(*library.vectors(), strict=True))
    expect(set(ours) == set(theirs) and bool(ours), "the same contents are described")
    worst = max(float(np.abs(ours[key] - theirs[key]).max()) for key in ours)
    expect(worst < 1e-4, f"descriptors differ by {worst}")
    words = "bit by bit" if worst == 0 else f"but for {worst:.1e}"
    return f"{len(ours)} equal those of torch {torch.__version__} {words}"


def other_network(machine: Machine, photos: Path) -> str:
    """One of torchvision's: it wakes parts of torch that ``album`` does not."""
    try:
        import torchvision  # noqa: F401
    except RuntimeError:  # of another build of torch, as in the bundle's environment
        runpy.run_path(str(HERE / "runtime.py"))
    from random_weights import save_random

    name, library = "mobilenet_v3_small", str(machine.home / "other library")
    weights = save_random(name, machine.home / f"{name}.pth")
    machine.run("models", "import", str(weights), "--name", name, "--library", library)
    machine.run("scan", str(photos), "--extractor", name, "--library", library)
    machine.run("search", str(photos / "scan 0.tif"), "--top", "2", "--library", library)
    return f"{name} is imported from a file, describes and finds"


def window(machine: Machine, photos: Path, shown: Screen, starts: int, picture: Path | None) -> str:
    """Starts it a few times; the last time with the folder, and looks inside the process."""
    taken = []
    for number in range(starts):
        expect(shown.is_empty(), "the screen is empty before")
        last = number == starts - 1
        words = [str(photos)] if last else []
        started = time.perf_counter()
        process = machine.start(*words, DISPLAY=shown.display, QT_QPA_PLATFORM="xcb")
        try:
            until(shown.is_painted, 60)
            taken.append((time.perf_counter() - started, worked(process.pid)))
            time.sleep(6 if last else 1.5)  # the library opens, and the photos come in
            expect(process.poll() is None, "the window stays open")
            strangers = strange_files(process.pid, machine)
            expect(not strangers, f"it uses files of others: {strangers}")
            if last:
                seen = shown.pixels()
                if picture is not None:
                    Image.fromarray(seen).save(picture)
                expect(colourful(seen) > 0.03, "photos are shown, not signs in their place")
            expect(shown.close_windows() == 1, "there is one window to close")
            told, errors = process.communicate(timeout=30)
        finally:
            process.kill()
        expect(process.returncode == 0, f"it closes with {process.returncode}: {told}{errors}")
        expect(not errors.strip(), f"it complains of nothing: {errors}")
    times = ", ".join(f"{seconds:.2f} s ({work:.2f} s of work)" for seconds, work in taken)
    return f"start to first paint {times}; closed with code 0"


def worked(pid: int) -> float:
    """Seconds of processor that a process has taken: what its start costs on a busy computer too,
    where the time by the clock says how busy that is."""
    told = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(") ")[2].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def colourful(pixels: np.ndarray) -> float:
    """The share of pixels that no control of the window has; the photos are made colourful."""
    spread = pixels.max(axis=2).astype(int) - pixels.min(axis=2)
    return float((spread > 60).mean())


def strange_files(pid: int, machine: Machine) -> list[str]:
    """What the process has mapped that is neither the bundle's nor a plain system's."""
    mapped = {
        line.split(maxsplit=5)[5]
        for line in Path(f"/proc/{pid}/maps").read_text(encoding="utf-8").splitlines()
        if len(line.split(maxsplit=5)) == 6
    }
    own = (*OWN, str(machine.program.resolve().parent), str(machine.home))
    plain = {path for path in mapped if not path.startswith("/") or path.startswith(own)}
    return sorted((mapped - plain) | {p for p in mapped if "site-packages" in p})


def expect(true: bool, words: str) -> None:
    if not true:
        raise SystemExit(f"Failed: {words}")


def say(what: str, words: str) -> None:
    print(f"✓ {what}: {words}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
