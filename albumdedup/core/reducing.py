"""Descriptors in fewer dimensions: principal components of those of the library itself.

The mean and the scatter matrix are gathered block by block in float64 (Chan, Golub, LeVeque,
"Updating Formulae and a Pairwise Algorithm for Computing Sample Variances", 1979); their
eigenvectors with the largest eigenvalues are the new axes. Similarity is an inner product about
the origin, so that the plain reduction takes the axes of the second moments about the origin and
leaves the mean where it is: of all projections it keeps inner products best (Eckart and Young
1936). With ``whiten`` the mean goes, and every axis is stretched to the same variance, so that what
all photos have in common counts less (Jégou and Chum, "Negative Evidences and Co-occurrences in
Image Retrieval: The Benefit of PCA and Whitening", 2012): near is then another thing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from albumdedup.core.control import Control
from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.ports import Drawer
from albumdedup.core.scale import Scale
from albumdedup.core.types import ContentId, Descriptors

SAMPLE = 20_000
"""So many descriptors are looked at, those of the smallest content ids: hashes, and so a fair
choice that does not depend on the order of arrival."""

BLOCK_BYTES = 32 << 20
"""Descriptors that are in memory at a time."""

PAIRED, ENOUGH = 2048, 20
"""The two thresholds are found again among all pairs of so many; fewer pairs above a threshold
say nothing of it."""

_LEAST = 1e-12


@dataclass(frozen=True, slots=True)
class Reduction:
    """``mean`` float32[dim] goes, ``axes`` float32[dim, to] turn; rows are L2-normalised after.
    ``variance`` is the share that is kept, ``floor`` and ``similar`` are what the two thresholds
    of the full descriptors are here."""

    mean: Descriptors
    axes: Descriptors
    variance: float
    samples: int
    whiten: bool
    floor: float
    similar: float

    def apply(self, rows: Descriptors) -> Descriptors:
        """float32[n, dim] → float32[n, to], rows of norm 1; each row by itself the same."""
        out = np.empty((len(rows), self.axes.shape[1]), np.float32)
        step = max(1, BLOCK_BYTES // (8 * len(self.mean)))
        axes = self.axes.astype(np.float64)
        for start in range(0, len(rows), step):
            part = rows[start : start + step].astype(np.float64) - self.mean
            turned = part @ axes
            length = np.linalg.norm(turned, axis=1, keepdims=True)
            out[start : start + step] = turned / np.maximum(length, _LEAST)
        return out


class Moments:
    """Mean and scatter of float[n, dim] rows that come in blocks."""

    def __init__(self, dim: int) -> None:
        self.count = 0
        self.mean: NDArray[np.float64] = np.zeros(dim)
        self.scatter: NDArray[np.float64] = np.zeros((dim, dim))

    def add(self, rows: Descriptors) -> None:
        if not len(rows):
            return
        block = rows.astype(np.float64)
        mean = block.mean(axis=0)
        block -= mean
        apart = mean - self.mean
        both = self.count + len(block)
        self.scatter += block.T @ block
        self.scatter += np.outer(apart, apart) * (self.count * len(block) / both)
        self.mean += apart * (len(block) / both)
        self.count = both


def fit(
    blocks: Iterable[Descriptors], dim: int, to: int, name: str, scale: Scale, *, whiten: bool
) -> Reduction:
    """From blocks of float32[n, dim], L2-normalised. ``scale`` has the thresholds of the full
    descriptors.

    Raises AlbumError: PCA_TOO_LARGE where there are no ``to`` dimensions, PCA_TOO_FEW where there
    are not more samples than that.
    """
    if to > dim:
        raise AlbumError(ErrorCode.PCA_TOO_LARGE, name=name, count=dim, dim=to)
    moments, first, have = Moments(dim), list[Descriptors](), 0
    for block in blocks:
        moments.add(block)
        if have < PAIRED:
            first.append(block[: PAIRED - have])
            have += len(first[-1])
    if moments.count <= to:
        raise AlbumError(ErrorCode.PCA_TOO_FEW, dim=to, count=moments.count)
    covariance = moments.scatter / moments.count
    about = covariance if whiten else covariance + np.outer(moments.mean, moments.mean)
    values, vectors = np.linalg.eigh(about)
    axes = _upright(vectors[:, ::-1][:, :to])
    total = float(np.trace(covariance))
    kept = float(np.einsum("ij,ij->", axes, covariance @ axes)) / total if total > 0 else 1.0
    if whiten:
        axes = axes / np.sqrt(np.maximum(values[::-1][:to], _LEAST))
    mean = moments.mean if whiten else np.zeros(dim)
    plain = Reduction(
        mean.astype(np.float32), axes.astype(np.float32), min(kept, 1.0), moments.count, whiten,
        scale.floor, scale.similar,
    )  # fmt: skip
    return _with_thresholds(plain, np.concatenate(first))


def _upright(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """An axis has no direction: its largest part points up."""
    largest = np.abs(vectors).argmax(axis=0)
    signs = np.sign(vectors[largest, np.arange(vectors.shape[1])])
    found: NDArray[np.float64] = vectors * np.where(signs == 0, 1.0, signs)
    return found


def _with_thresholds(found: Reduction, sample: Descriptors) -> Reduction:
    """The thresholds above which there are as many pairs as above the full ones."""
    upper = np.triu_indices(len(sample), 1)
    small = found.apply(sample)
    full, near = (sample @ sample.T)[upper], np.sort((small @ small.T)[upper])
    floor, similar = (
        float(near[-count]) if count >= ENOUGH else threshold
        for threshold in (found.floor, found.similar)
        for count in [int((full >= threshold).sum())]
    )
    if not -1 < floor < similar < 1:
        floor, similar = found.floor, found.similar
    return Reduction(
        found.mean, found.axes, found.variance, found.samples, found.whiten,
        round(floor, 4), round(similar, 4),
    )  # fmt: skip


def sample_of(drawer: Drawer, dim: int, control: Control) -> Iterator[Descriptors]:
    """Blocks of the descriptors that a reduction is fitted on. Raises Cancelled."""
    for _ids, rows in pages(drawer, drawer.indexed_contents()[:SAMPLE], dim, control):
        yield rows


def pages(
    drawer: Drawer, wanted: Sequence[ContentId], dim: int, control: Control
) -> Iterator[tuple[list[ContentId], Descriptors]]:
    """Contents with their descriptors, so many as may be in memory at a time."""
    step = max(1, BLOCK_BYTES // (4 * dim))
    for start in range(0, len(wanted), step):
        control.checkpoint()
        yield drawer.vectors(wanted[start : start + step])


def carry(
    source: Drawer,
    target: Drawer,
    reduction: Reduction,
    control: Control,
    told: Callable[[int, int], None],
) -> int:
    """Reduce what is on one drawer and not on the other; returns how many. No photo is read.
    Raises Cancelled; what was kept until then stays."""
    there = set(target.indexed_contents())
    missing = [content for content in source.indexed_contents() if content not in there]
    if not missing:
        return 0
    framed, inner = source.inner_vectors()
    inner_of = dict(zip(framed, inner, strict=True))
    done = 0
    for ids, rows in pages(source, missing, len(reduction.mean), control):
        framed = [content for content in ids if content in inner_of]
        if framed:
            inside = np.stack([inner_of[content] for content in framed])
            target.save_inner(framed, reduction.apply(inside))
        target.save_vectors(ids, reduction.apply(rows))
        done += len(ids)
        told(done, len(missing))
    return done


@dataclass(frozen=True, slots=True)
class Loss:
    """What a reduction keeps: the share of the variance, and of each photo's ``top`` nearest by
    the full descriptors those that are among the ``top`` nearest still. ``asked`` photos among
    ``among``."""

    variance: float
    recall: float
    top: int
    asked: int
    among: int


def loss(
    reduction: Reduction,
    rows: Descriptors,
    top: int = 10,
    most: int = 1000,
    control: Control | None = None,
) -> Loss:
    """Measured on float32[n, dim] of the library itself, ``most`` of which, evenly chosen, ask.
    Raises Cancelled."""
    control = control or Control()
    top = min(top, len(rows) - 1)
    asked = np.unique(np.linspace(0, len(rows) - 1, min(most, len(rows))).astype(np.intp))
    small, found = reduction.apply(rows), 0
    for row in asked:
        control.checkpoint()
        full, less = (_nearest(table, row, top) for table in (rows, small))
        found += len(set(full.tolist()) & set(less.tolist()))
    return Loss(reduction.variance, found / max(1, top * len(asked)), top, len(asked), len(rows))


def _nearest(rows: Descriptors, row: int, top: int) -> NDArray[np.intp]:
    similar = rows @ rows[row]
    similar[row] = -np.inf
    found: NDArray[np.intp] = np.argpartition(-similar, top - 1)[:top] if top else np.empty(0, int)
    return found
