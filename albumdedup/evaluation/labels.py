"""How well nearest neighbours tell classes apart: pure functions of arrays.

Scores are rounded to six decimals, so that equal photos tie on every computer. Of base photos that
tie the one that stands first counts as nearer; in average precision they stand or fall together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from albumdedup.core.types import Descriptors
from albumdedup.evaluation.metrics import Flags, Labels, average_precision

Table = NDArray[np.float64]

TOP = 5
_BLOCK = 256
_DECIMALS = 6


class Metric(StrEnum):
    IP = "IP"
    COSINE = "COSINE"
    L2 = "L2"


@dataclass(frozen=True, slots=True)
class Judged:
    """Shares in 0..1. ``confusion`` int64[classes, classes + 1]: queries of the row's class whose
    nearest base photo is of the column's class; the last column those that found none."""

    top1: float
    top5: float
    mean_ap: float
    confusion: Labels


def scores(queries: Descriptors, base: Descriptors, metric: Metric) -> Table:
    """float[q, dim], float[b, dim] → float64[q, b], the nearer the greater: the inner product, the
    cosine, or the L2 distance with its sign turned."""
    one, other = queries.astype(np.float64), base.astype(np.float64)
    if metric is Metric.L2:
        squares = (one**2).sum(1)[:, None] + (other**2).sum(1)[None, :] - 2 * one @ other.T
        away: Table = np.round(-np.sqrt(np.maximum(squares, 0.0)), _DECIMALS)
        return away
    if metric is Metric.COSINE:
        one, other = _unit(one), _unit(other)
    found: Table = np.round(one @ other.T, _DECIMALS)
    return found


def _unit(rows: Table) -> Table:
    found: Table = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    return found


def nearest_labels(table: Table, labels: Labels, top: int, least: float = -np.inf) -> Labels:
    """The classes of the ``top`` nearest of each row, nearest first, int64[q, min(top, b)]; -1
    where a base photo's score lies below ``least``, so that it is not found."""
    order = np.argsort(-table, axis=1, kind="stable")[:, :top]
    found = np.take_along_axis(table, order, axis=1) >= least
    return np.where(found, labels[order], -1)


def precision_of(scores: Table, positive: Flags, least: float = -np.inf) -> float:
    """The average precision of one query, over float[b] scores and bool[b] with at least one
    positive: the mean over all positives of the precision at the place of each (Philbin, Chum,
    Isard, Sivic, Zisserman, "Object Retrieval with Large Vocabularies and Fast Spatial Matching",
    2007: the area under the precision-recall curve, here without interpolation). A positive whose
    score lies below ``least`` is not found and counts 0."""
    found = scores >= least
    precision = average_precision(scores[found], positive[found])
    share = float(positive[found].sum() / positive.sum())
    return (precision or 0.0) * share


def confusion_of(true: Labels, found: Labels, classes: int) -> Labels:
    """int64[q] each, ``found`` -1 for nothing → int64[classes, classes + 1]."""
    counts = np.zeros((classes, classes + 1), np.int64)
    np.add.at(counts, (true, np.where(found < 0, classes, found)), 1)
    return counts


def judge(
    queries: Descriptors,
    base: Descriptors,
    query_labels: Labels,
    base_labels: Labels,
    classes: int,
    metric: Metric,
    least: float = -np.inf,
    checkpoint: Callable[[], None] = lambda: None,
) -> Judged:
    """Exact search of float32[q, dim] among float32[b, dim]. Each query needs a base photo of its
    class. Top-k: a photo of the query's class is among its k nearest. ``checkpoint`` is called now
    and then and may raise Cancelled."""
    first: list[Labels] = []
    among, precision = 0, 0.0
    for start in range(0, len(queries), _BLOCK):
        checkpoint()
        table = scores(queries[start : start + _BLOCK], base, metric)
        true = query_labels[start : start + _BLOCK]
        near = nearest_labels(table, base_labels, TOP, least)
        first.append(near[:, 0])
        among += int((near == true[:, None]).any(axis=1).sum())
        precision += sum(
            precision_of(row, base_labels == label, least)
            for row, label in zip(table, true, strict=True)
        )
    confusion = confusion_of(query_labels, np.concatenate(first), classes)
    count = len(queries)
    return Judged(int(np.trace(confusion)) / count, among / count, precision / count, confusion)
