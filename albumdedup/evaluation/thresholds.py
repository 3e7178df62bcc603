"""From which similarity the pairs of an extractor are worth showing, found on an album."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from albumdedup.assembly import torch_threads
from albumdedup.core.control import Control
from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.i18n import _
from albumdedup.core.settings import Settings
from albumdedup.core.types import View
from albumdedup.evaluation import truth
from albumdedup.evaluation.baselines import Ranking, extractor_ranking
from albumdedup.evaluation.cases import Cases
from albumdedup.evaluation.run import Told, drawn
from albumdedup.ml.model_folder import Measured
from albumdedup.ml.registry import DEFAULT, create

STEPS = np.arange(50, 100) / 100
"""The similarities that are weighed: hundredths, as the slider has them."""
_BLOCK = 1024

Counts = NDArray[np.int64]


def measure_similar(
    album: Path,
    name: str,
    settings: Settings,
    models: Path,
    *,
    limit: int | None = None,
    control: Control | None = None,
    told: Told = lambda name, done, total: None,
) -> Measured:
    """The least similarity that as few pairs of unrelated photos of the album reach as reach
    ``album``'s own, so that the slider of every extractor starts equally strict.

    ``limit`` takes only so many originals. Raises AlbumError as ``truth.read`` and
    ``registry.create`` do; Cancelled.
    """
    whole = truth.read(album)
    chosen = drawn(whole, limit, None, whole.seed)
    control = control or Control()
    paths = [str(album.joinpath(*file.path.split("/"))) for file in chosen.files]

    def ranking(extractor_name: str) -> Ranking:
        extractor = create(extractor_name, settings.device, torch_threads(settings), models=models)
        return extractor_ranking(
            paths, extractor, control, lambda done, total: told(extractor_name, done, total)
        )

    cases, found = Cases(chosen), ranking(name)
    reached, unrelated = _unrelated(cases, found)
    if not unrelated:
        detail = _("it has no two photos that are unrelated")
        raise AlbumError(ErrorCode.TRUTH_UNUSABLE, path=str(album / truth.TRUTH), detail=detail)
    ours = _unrelated(cases, ranking(DEFAULT))[0]
    return chosen_step(reached, int(ours[_step(View().similarity)]), len(paths), unrelated)


def chosen_step(reached: Sequence[int] | Counts, allowed: int, files: int, pairs: int) -> Measured:
    """The first of ``STEPS`` that at most ``allowed`` of the unrelated pairs reach; the last where
    none does."""
    good = np.flatnonzero(np.asarray(reached) <= allowed)
    place = int(good[0]) if len(good) else len(STEPS) - 1
    return Measured(float(STEPS[place]), files, int(reached[place]) / pairs)


def _step(similarity: float) -> int:
    return int(np.abs(STEPS - similarity).argmin())


def _unrelated(cases: Cases, ranking: Ranking) -> tuple[Counts, int]:
    """How many pairs of readable files that show neither one shot nor one scene reach each of
    ``STEPS``, int64[steps], and how many there are."""
    read = np.flatnonzero(ranking.read)
    vectors, shots, scenes = ranking.vectors[read], cases.shots[read], cases.scenes[read]
    reached, pairs = np.zeros(len(STEPS), np.int64), 0
    for start in range(0, len(read), _BLOCK):
        rows = slice(start, start + _BLOCK)
        apart = shots[rows, None] != shots[None, :]
        apart &= (scenes[rows, None] != scenes[None, :]) | (scenes[rows, None] < 0)
        apart &= np.arange(len(read))[None, :] > np.arange(len(read))[rows, None]  # each pair once
        values = (vectors[rows] @ vectors.T)[apart]
        pairs += len(values)
        reached += (values[:, None] >= STEPS[None, :]).sum(axis=0)
    return reached, pairs
