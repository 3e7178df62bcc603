"""What else could have answered: hashes, Czkawka's core, and the descriptor of an extractor.

All are descriptors in the end: rows of norm 1 whose inner product says how alike two files are.
"""

from __future__ import annotations

import base64
import importlib
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from albumdedup.core.control import Control
from albumdedup.core.decoder import read_file
from albumdedup.core.ports import Extractor
from albumdedup.core.scanner import found_file
from albumdedup.core.types import Descriptors, Pixels, View
from albumdedup.evaluation.hashes import BITS, dhash, from_bytes, phash, similarity_at

HASH_EDGE = 128
USUAL_DISTANCE = 10
"""Bits of 64 that may differ: the usual default of pHash and dHash, and the one of the package
``czkawka``."""

Told = Callable[[int, int], None]
Look = Callable[[str, int], Pixels | None]
"""A path and an edge → uint8[edge, edge, 3], None: unreadable. Called on several threads."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """One system's descriptor of every file, float32[n, dim]; ``read`` bool[n] tells which files
    it could open. ``default`` is the similarity from which it takes two for alike."""

    name: str
    vectors: Descriptors
    read: np.typing.NDArray[np.bool_]
    default: float
    rule: str


def hash_rankings(paths: Sequence[str], control: Control, told: Told) -> list[Ranking]:
    """pHash and dHash, from one decode of every file."""
    read = np.zeros(len(paths), np.bool_)
    rows = np.zeros((2, len(paths), BITS), np.float32)
    for index, square in enumerate(_squares(paths, HASH_EDGE, control)):
        if square is not None:
            read[index] = True
            rows[0, index], rows[1, index] = phash(square), dhash(square)
        told(index + 1, len(paths))
    rule = f"distance ≤ {USUAL_DISTANCE}"
    default = similarity_at(USUAL_DISTANCE)
    return [
        Ranking(name, rows[number], read, default, rule)
        for number, name in enumerate(("pHash", "dHash"))
    ]


def extractor_ranking(
    paths: Sequence[str],
    extractor: Extractor,
    control: Control,
    told: Told,
    batch: int = 32,
    look: Look | None = None,
) -> Ranking:
    """An extractor's descriptor alone, at the similarity from which the window shows pairs."""
    spec = extractor.spec
    read = np.zeros(len(paths), np.bool_)
    rows = np.zeros((len(paths), spec.dim), np.float32)
    waiting: list[tuple[int, Pixels]] = []

    def describe() -> None:
        squares = [square for _index, square in waiting]
        padded = squares + [squares[-1]] * (batch - len(squares))  # as the product does
        rows[[index for index, _square in waiting]] = extractor.extract(padded)[: len(squares)]
        waiting.clear()

    for index, square in enumerate(_squares(paths, spec.input_edge, control, look)):
        control.checkpoint()  # many may be read already, and describing them takes long
        if square is not None:
            read[index] = True
            waiting.append((index, square))
        if len(waiting) == batch:
            describe()
        told(index + 1, len(paths))
    if waiting:
        describe()
    default = View().similarity
    return Ranking(spec.name, rows, read, default, f"similarity ≥ {default:.2f}")


def czkawka_ranking(paths: Sequence[str], control: Control, told: Told) -> Ranking | None:
    """The hash of Czkawka's core (optional package ``czkawka``); None where it is not installed.
    Files that it cannot open, HEIC among them, are not found by it."""
    try:
        module = importlib.import_module("czkawka")
    except ImportError:
        return None
    finder = module.ImageSimilarity()
    read = np.zeros(len(paths), np.bool_)
    rows = np.zeros((len(paths), BITS), np.float32)
    for index, path in enumerate(paths):
        control.checkpoint()
        try:
            text = str(finder.hash_image(path))
        except OSError:
            continue
        finally:
            told(index + 1, len(paths))
        rows[index] = from_bytes(base64.b64decode(text + "=" * (-len(text) % 4)))
        read[index] = True
    rule = f"distance ≤ {USUAL_DISTANCE}"
    return Ranking("czkawka", rows, read, similarity_at(USUAL_DISTANCE), rule)


def _look_here(path: str, edge: int) -> Pixels | None:
    """As the product decodes it, in this process."""
    picture = read_file(found_file(path), edge, lambda content: True).picture
    return None if picture is None else picture.pixels


def _squares(
    paths: Sequence[str], edge: int, control: Control, look: Look | None = None
) -> Iterator[Pixels | None]:
    """Each file as uint8[edge, edge, 3], in order; None: unreadable."""

    def seen(path: str) -> Pixels | None:
        control.checkpoint()
        return (look or _look_here)(path, edge)

    with ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        for start in range(0, len(paths), 256):  # a few at a time: they are held until asked for
            yield from pool.map(seen, paths[start : start + 256])
