"""Builds the bundle of this platform: ``python packaging/build.py`` (``make bundle``).

Makes an environment of its own with the versions of constraints.txt and the CPU build of torch,
lets PyInstaller make one folder of it, trims that, adds licences and the list of its parts, and
prints what takes the space. TORCH_INDEX names a package index that has CPU wheels of torch, where
pip's own setting knows none. Standard library only: it runs before anything is installed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
WHAT = f"{ROOT}[raw,serve,bundle]"
"""Not jxl: its package is under the GPL, which would bind the whole bundle."""
LEAST_PYTHON = (3, 11)


def main() -> int:
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("--out", type=Path, default=ROOT / "build" / "bundle", metavar="DIR")
    asked.add_argument("--environment", type=Path, metavar="DIR", help="default: OUT/environment")
    arguments = asked.parse_args()
    out: Path = arguments.out.resolve()
    python = environment(arguments.environment or out / "environment")
    known = settled()
    folder = freeze(python, out, known)
    if sys.platform == "linux":
        trim(folder / "_internal")
    subprocess.run([python, HERE / "contents.py", out / "work", folder], env=known, check=True)
    same_times(folder, int(known["SOURCE_DATE_EPOCH"]))
    subprocess.run([python, HERE / "sizes.py", folder], check=True)
    print(f"\n{folder}")
    return 0


def environment(place: Path) -> Path:
    """Its interpreter, after everything that goes into the bundle has been installed."""
    python = place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        venv.create(place, with_pip=True)
    extra = os.environ.get("TORCH_INDEX")
    words = ["--extra-index-url", extra] if extra else []
    subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
         "--constraint", HERE / "constraints.txt", *words, WHAT],
        check=True,
    )  # fmt: skip
    # What is bundled is the source tree, not this copy of it.
    subprocess.run([python, "-m", "pip", "uninstall", "--quiet", "--yes", "albumdedup"], check=True)
    told = "import torch; print(torch.version.cuda or torch.version.hip or '')"
    gpu = subprocess.run([python, "-c", told], check=True, capture_output=True, text=True)
    if gpu.stdout.strip():
        raise SystemExit(
            f"The torch that was installed is built for a GPU ({gpu.stdout.strip()}); a bundle of "
            f"it would take gigabytes. Name an index of its CPU wheels in TORCH_INDEX, or a folder "
            f"with such a wheel in PIP_FIND_LINKS, remove {place}, and build again."
        )
    return python


def settled() -> dict[str, str]:
    """What would differ from one build of a commit to the next."""
    asked = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
    committed = subprocess.run(asked, capture_output=True, text=True).stdout.strip()
    return {
        **os.environ,
        "PYTHONHASHSEED": "1",
        "SOURCE_DATE_EPOCH": os.environ.get("SOURCE_DATE_EPOCH") or committed or "0",
        "PYTHONPATH": str(ROOT),
        "LC_ALL": "C.UTF-8",
        "QT_QPA_PLATFORM": "offscreen",
    }


def freeze(python: Path, out: Path, known: dict[str, str]) -> Path:
    """The folder that PyInstaller makes. Names of folders stand in a bundle, so it is always built
    from the same place of its own."""
    work, share = out / "work", out / "share"
    for old in (work, share, out / "dist"):
        shutil.rmtree(old, ignore_errors=True)
    subprocess.run([python, HERE / "icons.py", share / "icons"], env=known, check=True)
    subprocess.run([python, HERE / "manual.py", share], env=known, check=True)
    if sys.platform == "win32":
        subprocess.run([python, HERE / "windows/version.py", share], env=known, check=True)
    subprocess.run(
        [python, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN",
         "--distpath", out / "dist", "--workpath", work, HERE / "albumdedup.spec"],
        env={**known, "BUNDLE_SHARE": str(share)}, check=True,
    )  # fmt: skip
    return out / "dist" / "albumdedup"


def trim(inner: Path) -> None:
    sys.path.insert(0, str(HERE))
    import stand_ins

    missing = [tool for tool in ("readelf", "strip", "cc") if shutil.which(tool) is None]
    if missing:
        print(f"Not trimmed: {', '.join(missing)} missing.", file=sys.stderr)
        return
    for words, step in (
        ("empty libraries in place of what is never called", stand_ins.stand_in),
        ("one OpenBLAS, not two", stand_ins.share),
        ("names for debuggers", stand_ins.strip),
    ):
        print(f"{step(inner) / 1e6:6.1f} MB less: {words}", flush=True)


def same_times(folder: Path, seconds: int) -> None:
    for path in [folder, *folder.rglob("*")]:
        os.utime(
            path, (seconds, seconds), follow_symlinks=os.utime not in os.supports_follow_symlinks
        )


if __name__ == "__main__":
    if sys.version_info < LEAST_PYTHON:
        raise SystemExit("Python 3.11 or newer is needed.")
    sys.exit(main())
