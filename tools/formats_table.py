"""How odd picture files fare: opened, refused with a reason, or opened wrong, folder by folder.

    python tools/formats_table.py DIR [--second PYTHON] [--sample N] [--json FILE]

Everything below DIR that begins as a picture does is opened as a scan would. With ``--second``,
another Python that has pyvips, what opens is opened by libvips too and compared on N files of
each folder: the same size, and how many grey levels lie between the two on average. Animations,
alpha and HDR are shown differently by intent, and are compared without what is transparent.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from albumdedup.core.decoder import read_file, read_upright
from albumdedup.core.formats import HEAD_BYTES, sniff
from albumdedup.core.scanner import found_file
from albumdedup.core.types import Pixels

SCAN_EDGE, EDGE = 256, 800
MOST_APART = 3.0
"""Grey levels, on average, that two decoders of one file may be apart."""

SECOND = r"""
import json, sys
import numpy as np, pyvips
for line in sys.stdin:
    path, out = json.loads(line)
    told = {}
    try:
        image = pyvips.Image.new_from_file(path, fail_on="error").autorot()
        told["size"] = [image.width, image.height]
        if image.hasalpha():
            top = 65535.0 if image.format == "ushort" else 255.0
            image = image.flatten(background=[top * 128 / 255], max_alpha=top)
        if image.format in ("float", "double"):
            image = (image * 255).cast("uchar")
        if image.get_typeof("icc-profile-data"):
            try:
                image = image.icc_transform("srgb", embedded=True)
            except pyvips.Error:
                pass
        image = image.colourspace("srgb")
        if image.format == "ushort":
            image = (image >> 8).cast("uchar")
        np.save(out, image.cast("uchar").extract_band(0, n=min(3, image.bands)).numpy())
    except Exception as error:
        told["error"] = str(error)[:160]
    print(json.dumps(told), flush=True)
"""


class Outcome(NamedTuple):
    folder: str
    path: str
    format: str
    reason: str | None
    detail: str = ""
    size: tuple[int, int] | None = None


def files(root: Path) -> Iterator[tuple[str, Path]]:
    for folder in sorted(path for path in root.iterdir() if path.is_dir()):
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            yield folder.name, path


def opened(folder: str, path: Path, keep: Path) -> Outcome | None:
    """None for a file that does not begin as a picture, whatever its name."""
    with path.open("rb") as file:
        form = sniff(file.read(HEAD_BYTES), path.suffix.lower())
    if form is None:
        return None
    read = read_file(found_file(str(path)), SCAN_EDGE, lambda content: True)
    if read.picture is None:
        assert read.problem is not None
        return Outcome(folder, str(path), form.name, read.problem.reason, read.problem.detail)
    np.save(keep, read_upright(str(path), EDGE))
    size = read.picture.width, read.picture.height
    return Outcome(folder, str(path), form.name, None, size=size)


def sampled(found: Sequence[tuple[Outcome, Path]], most: int) -> list[tuple[Outcome, Path]]:
    """So many of each folder, evenly spread."""
    by_folder: dict[str, list[tuple[Outcome, Path]]] = defaultdict(list)
    for one in found:
        if one[0].reason is None:
            by_folder[one[0].folder].append(one)
    chosen = []
    for several in by_folder.values():
        step = max(1, len(several) // most) if most else 1
        chosen += several[::step]
    return chosen


def compared(
    chosen: Sequence[tuple[Outcome, Path]], python: str, scratch: Path
) -> dict[str, tuple[str, float]]:
    """Path → what a second decoder says: agrees, differs, cannot; and how far apart."""
    said: dict[str, tuple[str, float]] = {}
    process = subprocess.Popen(
        [python, "-c", SECOND], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    for outcome, ours in chosen:
        other = scratch / "second.npy"
        process.stdin.write(json.dumps([outcome.path, str(other)]) + "\n")
        process.stdin.flush()
        line = process.stdout.readline()
        if not line:
            said[outcome.path] = "the second decoder died", 0.0
            break
        told = json.loads(line)
        if "error" in told:
            said[outcome.path] = "cannot: " + told["error"].split("\n")[0], 0.0
            continue
        apart = difference(np.load(ours), np.load(other))
        same = tuple(told["size"]) == outcome.size
        agrees = same and apart < MOST_APART
        said[outcome.path] = "agrees" if agrees else f"differs: {told['size']}", apart
    process.stdin.close()
    process.wait(timeout=60)
    return said


def difference(first: Pixels, second: Pixels) -> float:
    """Grey levels between two pictures, on average; the second, of any size, is made as small."""
    height, width = first.shape[:2]
    if second.shape[:2] != (height, width):
        second = cv2.resize(second, (width, height), interpolation=cv2.INTER_AREA)
    whole = second.reshape(height, width, -1).astype(np.int16)
    return float(np.abs(first.astype(np.int16) - whole).mean())


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--second", help="a Python with pyvips")
    parser.add_argument("--sample", type=int, default=0, help="files of a folder; 0: all")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as made:
        scratch = Path(made)
        found = []
        for number, (folder, path) in enumerate(files(given.folder)):
            keep = scratch / f"{number}.npy"
            outcome = opened(folder, path, keep)
            if outcome is not None:
                found.append((outcome, keep))
        said = {}
        if given.second:
            said = compared(sampled(found, given.sample), given.second, scratch)
    show([outcome for outcome, _keep in found], said)
    if given.json:
        rows = [{**one._asdict(), "second": said.get(one.path)} for one, _keep in found]
        given.json.write_text(json.dumps(rows, indent=1))
    return 0


def show(found: Sequence[Outcome], said: dict[str, tuple[str, float]]) -> None:
    print("| folder | pictures | opened | refused, by reason | compared | agree | differ |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    folders = sorted({one.folder for one in found})
    for folder in [*folders, ""]:
        ours = [one for one in found if folder in ("", one.folder)]
        reasons = Counter(one.reason for one in ours if one.reason is not None)
        words = ", ".join(f"{count} {reason}" for reason, count in reasons.most_common())
        told = [said[one.path][0] for one in ours if one.path in said]
        able = [word for word in told if not word.startswith(("cannot", "the second"))]
        agree = sum(word == "agrees" for word in able)
        print(
            f"| {folder or '**all**'} | {len(ours)} | {len(ours) - sum(reasons.values())} "
            f"| {words} | {len(able)} | {agree} | {len(able) - agree} |"
        )
    for path, (word, apart) in sorted(said.items()):
        if word != "agrees":
            print(f"{os.path.relpath(path)}: {word} ({apart:.1f} levels)", file=sys.stderr)


if __name__ == "__main__":
    raise SystemExit(main())
