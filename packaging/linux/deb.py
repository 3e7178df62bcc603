"""Debian's package of a bundle: ``python packaging/linux/deb.py OUT`` (after build.py).

Puts everything where the distribution wants it below ``OUT/deb`` and lets dpkg-deb pack it. What
it depends on is found out: the system's libraries that the bundle is linked with and does not
bring along.
"""

from __future__ import annotations

import gzip
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE.parent), str(ROOT)]

import elf  # noqa: E402
from build import settled  # noqa: E402

from albumdedup import __version__  # noqa: E402

KNOWN = {
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
}
"""Where libraries are that need not be on the computer that builds."""

DATA = frozenset({"fontconfig-config", "xkb-data"})
"""What libraries of the bundle read of the system: which fonts there are, what keys mean."""

CONTROL = """Package: albumdedup
Version: {version}
Section: graphics
Priority: optional
Architecture: {architecture}
Installed-Size: {kilobytes}
Maintainer: The Album Deduplicator developers <albumdedup@localhost>
Depends: {depends}
Suggests: python3-nautilus
Description: finds equal and similar photos and cleans them up safely
 Finds copies, edits and bursts in photo libraries that grew in layers, says
 which copy stays and why, and moves the others to the trash. A whole clean-up
 can be put back. Nothing leaves the computer.
"""


def main() -> None:
    out = Path(sys.argv[1]).resolve()
    root = out / "deb"
    shutil.rmtree(root, ignore_errors=True)
    install(out, root)
    folder = root / "usr/lib/albumdedup"
    architecture = _said("dpkg", "--print-architecture")
    control = root / "DEBIAN/control"
    control.parent.mkdir()
    control.write_text(
        CONTROL.format(
            version=__version__, architecture=architecture,
            kilobytes=_bytes(root) // 1000, depends=", ".join(depends(folder)),
        ),
        encoding="utf-8",
    )  # fmt: skip
    for path in [root, *root.rglob("*")]:
        if not path.is_symlink():
            runs = path.is_dir() or (folder in path.parents and os.access(path, os.X_OK))
            path.chmod(0o755 if runs else 0o644)
    made = out / f"albumdedup_{__version__}_{architecture}.deb"
    subprocess.run(
        ["dpkg-deb", "--root-owner-group", "-Zzstd", "-z9", "--build", root, made],
        check=True, env=settled(),
    )  # fmt: skip
    shutil.rmtree(root)
    print(f"{made}: {made.stat().st_size / 1e6:.0f} MB")


def install(out: Path, root: Path) -> None:
    """The bundle and what belongs to it, as on the disk of a user."""
    share = root / "usr/share"
    shutil.copytree(out / "dist/albumdedup", root / "usr/lib/albumdedup", symlinks=True)
    (root / "usr/bin").mkdir()
    (root / "usr/bin/albumdedup").symlink_to("../lib/albumdedup/albumdedup")
    made = out / "share"
    shutil.copytree(made / "icons/hicolor", share / "icons/hicolor")
    for source, target in {
        HERE / "albumdedup.desktop": "applications/",
        HERE / "org.albumdedup.AlbumDeduplicator.metainfo.xml": "metainfo/",
        HERE / "find-duplicate-photos.desktop": "kio/servicemenus/",
        HERE / "find-duplicate-photos.nemo_action": "nemo/actions/",
        HERE / "find_duplicate_photos.py": "nautilus-python/extensions/",
        made / "bash-completion/completions/albumdedup": "bash-completion/completions/",
        made / "zsh/site-functions/_albumdedup": "zsh/vendor-completions/",
        made / "fish/vendor_completions.d/albumdedup.fish": "fish/vendor_completions.d/",
        ROOT / "LICENSE": "doc/albumdedup/copyright",
    }.items():
        place = share / target
        if target.endswith("/"):
            place = place / source.name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, place)
    manual = share / "man/man1/albumdedup.1.gz"
    manual.parent.mkdir(parents=True)
    text = (made / "man/man1/albumdedup.1").read_bytes()
    manual.write_bytes(gzip.compress(text, mtime=0))


def depends(folder: Path) -> list[str]:
    """Packages of the libraries that the bundle needs from the system."""
    known = elf.libraries(folder)
    own = {path.name for path in folder.rglob("*.so*")} | {elf.soname(path) for path in known}
    wanted = {name for path in known for name in elf.needed(path)} - own
    found = set()
    for name in sorted(wanted):
        asked = subprocess.run(["dpkg-query", "-S", f"*/{name}"], capture_output=True, text=True)
        if asked.returncode == 0:
            found.add(re.split("[:,]", asked.stdout)[0].strip())
        elif name in KNOWN:
            found.add(KNOWN[name])
        else:
            print(f"No package is known to have {name}.", file=sys.stderr)
    return [_libc(known), *sorted((found | DATA) - {"libc6"})]


def _libc(known: list[Path]) -> str:
    """The oldest C library that has all that is called."""
    versions = [(2, 17)]
    for path in known:
        for symbol in elf.symbols(path):
            match = re.fullmatch(r"GLIBC_(\d+)\.(\d+).*", symbol.version)
            if match and not symbol.defined:
                versions.append((int(match[1]), int(match[2])))
    newest = max(versions)
    return f"libc6 (>= {newest[0]}.{newest[1]})"


def _said(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def _bytes(folder: Path) -> int:
    return sum(p.lstat().st_size for p in folder.rglob("*") if not p.is_dir())


if __name__ == "__main__":
    main()
