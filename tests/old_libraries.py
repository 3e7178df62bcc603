"""Makes the stored library of one schema: SQL of its catalog and of its decisions.

    python tests/old_libraries.py CHECKOUT

runs the program of that checkout (this one: ``.``) on the album below, and writes
``catalog-N.sql`` and ``decisions-M.sql`` to ``samples/``, N and M being its schema versions. Paths
stand in them as ``{ROOT}`` (in hexadecimal) and ``{root}``; ``restore`` puts a folder in.
Whoever adds a migration makes the samples of the schema before it is forgotten: a test asks.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import struct
import subprocess
import sys
import tempfile
from contextlib import closing
from functools import cache
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent / "samples"
WIDTH, HEIGHT = 640, 480


def picture(seed: int) -> np.ndarray:
    """uint8[HEIGHT, WIDTH, 3]: rectangles over a coarse pattern, with grain. From a hash, so that
    its bytes are the same with every version of numpy and Pillow."""
    hashed = hashlib.shake_256(f"album {seed}".encode()).digest(2000 + HEIGHT * WIDTH * 3)
    chance = np.frombuffer(hashed, np.uint8).astype(np.int64)
    coarse = chance[: 6 * 8 * 3].reshape(6, 8, 3) // 2 + 40
    pixels = np.kron(coarse, np.ones((HEIGHT // 6, WIDTH // 8, 1), np.int64))
    for left, top, wide, tall, *colour in chance[200:1320].reshape(160, 7).tolist():
        x, y = left * WIDTH // 256, top * HEIGHT // 256
        pixels[y : y + 4 + tall // 6, x : x + 4 + wide // 4] = colour
    grain = chance[2000:].reshape(HEIGHT, WIDTH, 3) % 13 - 6
    return np.clip(pixels + grain, 0, 255).astype(np.uint8)


def halved(pixels: np.ndarray) -> np.ndarray:
    height, width = pixels.shape[0] // 2, pixels.shape[1] // 2
    blocks = pixels.reshape(height, 2, width, 2, 3).astype(np.int64)
    return (blocks.sum(axis=(1, 3)) // 4).astype(np.uint8)


def bitmap(pixels: np.ndarray) -> bytes:
    """An uncompressed BMP; rows of these widths need no padding."""
    height, width = pixels.shape[:2]
    data = pixels[::-1, :, ::-1].tobytes()
    head = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, len(data), 2835, 2835, 0, 0)
    return struct.pack("<2sIHHI", b"BM", 54 + len(data), 0, 0, 54) + head + data


@cache
def files_of_album() -> dict[str, bytes]:
    one, two, three, four = (picture(seed) for seed in range(4))
    return {
        "phone/one.bmp": bitmap(one),
        "backup/one.bmp": bitmap(one),  # identical: moved, then put back, then moved
        "phone/two.bmp": bitmap(two),
        "small/two.bmp": bitmap(halved(two)),  # the same photo, said to be none
        "phone/three.bmp": bitmap(three),
        "phone/four.bmp": bitmap(four),
        "kept/four.bmp": bitmap(four),  # protected
        "phone/broken.bmp": b"no picture at all",
        "phone/three.xmp": b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>",
    }


def album(root: Path) -> dict[str, bytes]:
    """Write the album below ``root/album``; returns what stands under which name."""
    files = files_of_album()
    for name, content in files.items():
        place = root / "album" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
        os.utime(place, (1_500_000_000, 1_500_000_000))
    return files


def album_of(root: Path) -> dict[str, bytes]:
    """What stands in the album now."""
    folder = root / "album"
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()
    }


def use(checkout: Path, root: Path) -> None:
    """What a person did with the old program."""
    folder = root / "album"

    def run(*arguments: object) -> None:
        subprocess.run(
            [sys.executable, "-m", "albumdedup", *map(str, arguments)],
            env={**os.environ, "PYTHONPATH": str(checkout), "HOME": str(root / "home"),
                 "ALBUMDEDUP_LIBRARY": str(root / "library"), "LC_ALL": "C.UTF-8"},
            cwd=root, check=True,
        )  # fmt: skip

    run("scan", folder)
    run("protect", folder / "kept")
    run("prefer", folder / "phone")
    run("not-duplicates", folder / "phone" / "two.bmp", folder / "small" / "two.bmp")
    run("clean", "--apply", "--tiers", "identical", "--to", root / "bin")
    run("undo")
    run("clean", "--apply", "--tiers", "identical", "--to", root / "bin")


def dump(database: Path, root: Path) -> tuple[int, str]:
    """Its schema version, and SQL that makes it again."""
    with closing(sqlite3.connect(database)) as connection:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        lines = [*connection.iterdump(), f"PRAGMA user_version = {version};"]
    text = "\n".join(lines) + "\n"
    text = text.replace(str(root).encode().hex().upper(), "{ROOT}").replace(str(root), "{root}")
    return version, text


def restore(sample: Path, database: Path, root: Path) -> None:
    """Make a database as the old program left it, of an album below ``root``."""
    text = sample.read_text(encoding="utf-8")
    text = text.replace("{ROOT}", os.fsencode(root).hex().upper()).replace("{root}", str(root))
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")  # as every version of the program has it
        connection.executescript(text)


def main() -> int:
    checkout = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        album(root)
        use(checkout, root)
        for name in ("catalog", "decisions"):
            version, text = dump(root / "library" / f"{name}.sqlite", root)
            (HERE / f"{name}-{version}.sql").write_text(text, encoding="utf-8")
            print(f"{name}-{version}.sql", len(text))
    return 0


if __name__ == "__main__":
    sys.exit(main())
