"""The descriptor alone: how far copies and strangers lie apart, for one or more weights files.

``python -m albumdedup.evaluation.descriptor --photos A B … --weights FILE …`` edits every photo
in every way of ``EDIT_FUNCTIONS`` and compares each copy with every original: no verification,
no grouping.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from albumdedup.core.errors import AlbumError
from albumdedup.core.formats import register
from albumdedup.core.i18n import describe
from albumdedup.core.types import Descriptors, Pixels
from albumdedup.evaluation.edits import EDIT_FUNCTIONS, edit_pixels
from albumdedup.evaluation.metrics import Operating, average_precision, best_at
from albumdedup.ml.registry import SPECS

LONGEST = 1024
"""Larger photos are reduced to this side first, so that a measurement takes minutes."""
LEAST = 640
"""Smaller ones are enlarged, so that grain and letters have their usual size."""

_FLOORS = (0.50, 0.55, 0.60, 0.70)

Squares = NDArray[np.uint8]


@dataclass(frozen=True)
class Album:
    """``originals`` uint8[n, s, s, 3] and ``copies`` uint8[n, edits, s, s, 3]."""

    originals: Squares
    copies: Squares
    strangers: Squares
    """uint8[m, s, s, 3]: pictures that nothing is a copy of."""


@dataclass(frozen=True)
class Figures:
    """``positive`` float32[n, edits]: copy with original; ``negative`` float32[k]: every copy with
    every other original and stranger; ``unedited`` float32[u]: original with other original."""

    positive: NDArray[np.float32]
    negative: NDArray[np.float32]
    unedited: NDArray[np.float32]

    def recall_at(self, precision: float) -> Operating:
        found = best_at(*self._pairs(), precision)
        assert found is not None  # every photo has copies
        return found

    def average_precision(self) -> float:
        found = average_precision(*self._pairs())
        assert found is not None
        return found

    def _pairs(self) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        scores = np.concatenate((self.negative, self.positive.ravel()))
        return scores, np.arange(len(scores)) >= len(self.negative)


def make_squares(
    photos: Sequence[Path], seed: int, edge: int, workers: int
) -> tuple[Squares, Squares]:
    """Originals and copies of the photos, squashed as the scan does it."""
    with ProcessPoolExecutor(workers) as pool:
        made = list(pool.map(_edited, photos, [seed] * len(photos), [edge] * len(photos)))
    return np.stack([first for first, _ in made]), np.stack([rest for _, rest in made])


def _edited(path: Path, seed: int, edge: int) -> tuple[Squares, Squares]:
    photo = read_photo(path)
    copies = [edit_pixels(name, photo, seed, path.name)[0] for name in EDIT_FUNCTIONS]
    return square(photo, edge), np.stack([square(copy, edge) for copy in copies])


def read_photo(path: Path) -> Image.Image:
    """Upright RGB of a moderate size."""
    register()
    with Image.open(path) as image:
        photo = ImageOps.exif_transpose(image).convert("RGB")
    scale = min(1.0, LONGEST / max(photo.size)) * max(1.0, LEAST / max(photo.size))
    if scale == 1.0:
        return photo
    size = (max(1, round(photo.width * scale)), max(1, round(photo.height * scale)))
    return photo.resize(size, Image.Resampling.LANCZOS)


def square(image: Image.Image, edge: int) -> Pixels:
    """As ``core.decoder`` reduces a photo for the extractor."""
    small = image.resize((edge, edge), Image.Resampling.BILINEAR, reducing_gap=3.0)
    return np.asarray(small)


def compare(album: Album, weights: Path) -> Figures:
    """Raises AlbumError for weights that cannot be read."""
    from albumdedup.ml.torch_extractor import TorchExtractor

    spec = replace(SPECS["album"], sha256=_sha256(weights))
    extractor = TorchExtractor(spec, device="auto", weights=weights)
    count, edits = album.copies.shape[:2]
    copies = extractor.extract(list(album.copies.reshape(-1, *album.copies.shape[2:])))
    originals = extractor.extract(list(album.originals))
    strangers = extractor.extract(list(album.strangers))
    return figures(originals, copies.reshape(count, edits, -1), strangers)


def figures(originals: Descriptors, copies: Descriptors, strangers: Descriptors) -> Figures:
    """From float32[n, d], float32[n, edits, d] and float32[m, d]."""
    references = np.concatenate((originals, strangers))
    own = np.arange(len(originals))
    others = np.ones((len(originals), len(references)), np.bool_)
    others[own, own] = False
    table = copies @ references.T
    apart = others[:, None, :].repeat(copies.shape[1], 1)
    return Figures(table[own, :, own], table[apart], (originals @ references.T)[others])


def _sha256(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""  # read_weights says what is wrong with it


def lines(found: dict[str, Figures]) -> Iterator[str]:
    """The table, one column for each weights file."""
    yield "| | " + " | ".join(found) + " |"
    yield "| --- |" + " --- |" * len(found)
    yield _row("µAP", [f"{f.average_precision():.4f}" for f in found.values()])
    strict = [f.recall_at(0.999) for f in found.values()]
    for precision, points in ((0.99, [f.recall_at(0.99) for f in found.values()]), (0.999, strict)):
        cells = [f"{point.recall:.4f} (at {point.threshold:.3f})" for point in points]
        yield _row(f"recall at precision {precision}", cells)
    for floor in _FLOORS:
        cells = [
            f"{(f.positive >= floor).mean():.4f}, {(f.unedited >= floor).mean() * 1e4:.1f}"
            for f in found.values()
        ]
        yield _row(f"recall at {floor:.2f}, strangers a photo in 10,000", cells)
    both = list(zip(found.values(), strict, strict=True))
    for column, name in enumerate(EDIT_FUNCTIONS):
        yield _row(name, [_edit_cell(f.positive[:, column], at.threshold) for f, at in both])
    yield _row(
        "_edits: least, 1 %, 5 %, median similarity; recall at precision .999_", [""] * len(found)
    )


def _edit_cell(similar: NDArray[np.float32], floor: float) -> str:
    low = " ".join(f"{np.quantile(similar, q):.2f}" for q in (0, 0.01, 0.05, 0.5))
    return f"{low}; {(similar >= floor).mean():.3f}"


def _row(name: str, cells: Sequence[str]) -> str:
    return f"| {name} | " + " | ".join(cells) + " |"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser("python -m albumdedup.evaluation.descriptor")
    parser.add_argument("--photos", type=Path, nargs="+", required=True, help="photos, distinct")
    parser.add_argument("--strangers", type=Path, nargs="*", default=[], help="further pictures")
    parser.add_argument("--weights", type=Path, nargs="+", required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1)
    asked = parser.parse_args(arguments)
    edge = SPECS["album"].input_edge
    try:
        originals, copies = make_squares(asked.photos, asked.seed, edge, asked.workers)
        others = [square(read_photo(path), edge) for path in asked.strangers]
    except OSError as error:  # Pillow's own errors are of this kind and name the file
        print(f"A photo cannot be read; leave it out: {error}", file=sys.stderr)
        return 3
    strangers = np.stack(others) if others else np.empty((0, edge, edge, 3), np.uint8)
    album = Album(originals, copies, strangers)
    try:
        found = {str(path): compare(album, path) for path in asked.weights}
    except AlbumError as error:
        print(describe(error), file=sys.stderr)
        return 6
    print("\n".join(lines(found)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
