"""From the pictures that a search names to the one descriptor that it looks for."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from albumdedup.core.asking import Example, Question, local_path
from albumdedup.core.control import Control
from albumdedup.core.decoder.door import Door
from albumdedup.core.decoder.pixels import shrunk
from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.i18n import describe_problem
from albumdedup.core.scanner import found_file
from albumdedup.core.types import ContentId, Descriptors, Pixels, Problem

_LEAST_NORM = 1e-3


@dataclass(frozen=True, slots=True)
class Described:
    """What is looked for, float32[dim] of norm 1, and the contents of the examples' files."""

    vector: Descriptors
    like: tuple[ContentId, ...]
    unlike: tuple[ContentId, ...]


@dataclass(frozen=True, slots=True)
class Read:
    """An example as the extractor wants it, uint8[edge, edge, 3]."""

    content: ContentId
    pixels: Pixels


def read_examples(
    door: Door, examples: tuple[Example, ...], edge: int, control: Control
) -> tuple[Read, ...]:
    """Raises AlbumError(NOT_THERE, NOT_A_PHOTO, WEB_ADDRESS, CROP_UNFIT), Cancelled."""
    found = []
    for example in examples:
        control.checkpoint()
        found.append(_read(door, example, edge, control))
    return tuple(found)


def describe_examples(
    question: Question,
    like: tuple[Read, ...],
    unlike: tuple[Read, ...],
    describe: Callable[[Sequence[Pixels]], Descriptors],
) -> Described:
    """Raises AlbumError(EXAMPLES_CANCEL)."""
    rows = describe([one.pixels for one in (*like, *unlike)])
    return Described(
        combined(rows[: len(like)], rows[len(like) :], question.unlike_weight),
        tuple(one.content for one in like),
        tuple(one.content for one in unlike),
    )


def combined(like: Descriptors, unlike: Descriptors, weight: float) -> Descriptors:
    """The mean of what is wanted less the weighted mean of what is not, of norm 1: float32[dim]
    from float32[n, dim] and float32[m, dim], rows of norm 1.

    Relevance feedback after J. J. Rocchio, in G. Salton (ed.), The SMART Retrieval System (1971);
    here the first query is one of the wanted pictures. Raises AlbumError(EXAMPLES_CANCEL) where
    next to nothing is left: the same picture is wanted and not.
    """
    if len(like) == 1 and not len(unlike):
        return np.asarray(like[0], np.float32)
    sought = np.asarray(like, np.float64).mean(axis=0)
    if len(unlike):
        sought -= weight * np.asarray(unlike, np.float64).mean(axis=0)
    norm = float(np.linalg.norm(sought))
    if norm < _LEAST_NORM:
        raise AlbumError(ErrorCode.EXAMPLES_CANCEL)
    return np.asarray(sought / norm, np.float32)


def _read(door: Door, example: Example, edge: int, control: Control) -> Read:
    path = local_path(example.path)
    if not os.path.exists(path):
        raise AlbumError(ErrorCode.NOT_THERE, path=path)
    read = door.read_file(found_file(path), edge, lambda content: True, control)
    if read.picture is None or read.content is None:
        raise _no_photo(path, read.problem)
    if example.crop is None:
        return Read(read.content, read.picture.pixels)
    size = (read.picture.width, read.picture.height)
    pixels = part_of(door.read_upright, path, example.crop.within(*size), size, edge)
    if isinstance(pixels, Problem):
        raise _no_photo(path, pixels)
    return Read(read.content, pixels)


def part_of(
    read: Callable[[str, int], Pixels | Problem],
    path: str,
    box: tuple[float, float, float, float],
    size: tuple[int, int],
    edge: int,
) -> Pixels | Problem:
    """A part of the upright picture of ``size``, squashed to uint8[edge, edge, 3]; ``box`` is
    left, top, right and bottom in fractions of its sides. Decoded only as large as the part
    needs, and at least a pixel of it."""
    left, top, right, bottom = box
    longer = math.ceil(2 * edge / min(right - left, bottom - top))
    pixels = read(path, min(longer, max(size)))
    if isinstance(pixels, Problem):
        return pixels
    height, width = pixels.shape[:2]
    x, y = min(int(left * width), width - 1), min(int(top * height), height - 1)
    part = pixels[y : max(y + 1, round(bottom * height)), x : max(x + 1, round(right * width))]
    return shrunk(part, edge)


def _no_photo(path: str, problem: Problem | None) -> AlbumError:
    detail = describe_problem(problem) if problem else ""
    return AlbumError(ErrorCode.NOT_A_PHOTO, path=path, detail=detail)
