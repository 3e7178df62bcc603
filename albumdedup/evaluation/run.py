"""Evaluate an album: the product's own answer and those of others against the truth."""

from __future__ import annotations

import json
import os
import random
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import TextIO

from albumdedup.assembly import torch_threads
from albumdedup.core.control import Control, ProgressSink
from albumdedup.core.settings import Settings
from albumdedup.evaluation import baselines, truth
from albumdedup.evaluation.baselines import Ranking
from albumdedup.evaluation.cases import Cases
from albumdedup.evaluation.figures import Evaluation, SystemFigures
from albumdedup.evaluation.goals import goals
from albumdedup.evaluation.judge import (
    examples,
    judge_called,
    judge_product,
    judge_ranking,
    judge_series,
    matched_threshold,
)
from albumdedup.evaluation.product import ask_product
from albumdedup.evaluation.truth import ORIGINAL, Truth
from albumdedup.ml.registry import create, find

SCHEMA = 1

Told = Callable[[str, int, int], None]
"""Called with the name of a baseline, the files done and the files in all."""


def evaluate(
    album: Path,
    settings: Settings,
    *,
    limit: int | None = None,
    copies: int | None = None,
    seed: int | None = None,
    extractors: Sequence[str] = (),
    models: Path | None = None,
    control: Control | None = None,
    sink: ProgressSink | None = None,
    told: Told = lambda name, done, total: None,
) -> Evaluation:
    """Scan the album, ask the baselines, and judge all of them.

    ``limit`` takes only so many originals, ``copies`` so many copies of each (the pairs to check
    grow with their square), drawn by ``seed`` (default: the album's own); series and distractors
    stay whole. ``extractors`` are further ones to measure
    alone, with weights from the folder ``models``. Raises AlbumError, as ``truth.read``,
    ``Library.index`` and ``registry.create`` do; Cancelled.
    """
    names = list(dict.fromkeys([settings.extractor, *extractors]))
    for name in names:
        find(name)
    whole = truth.read(album)
    chosen = drawn(whole, limit, copies, whole.seed if seed is None else seed)
    control = control or Control()
    described = [
        create(name, settings.device, torch_threads(settings), models=models) for name in names
    ]
    with _folder_of(album, chosen, whole) as folder:
        paths = [os.path.join(os.path.abspath(folder), *f.path.split("/")) for f in chosen.files]
        answer = ask_product(folder, paths, settings, described[0], control, sink)
        rankings = [
            baselines.extractor_ranking(paths, extractor, control, _named(told, name))
            for name, extractor in zip(names, described, strict=True)
        ]
        rankings += baselines.hash_rankings(paths, control, _named(told, "pHash, dHash"))
        czkawka = baselines.czkawka_ranking(paths, control, _named(told, "czkawka"))
    if czkawka is not None:
        rankings.append(czkawka)
    cases = Cases(chosen)
    product = judge_product(cases, answer)
    precision = product.whole.pairs.precision or 0.0
    default = [judge_ranking(cases, ranking) for ranking in rankings]
    matched = [
        figures
        for ranking in rankings
        if (figures := _matched(cases, ranking, precision)) is not None
    ]
    called, series = judge_called(cases, answer), judge_series(cases, answer)
    alone = default[0].ranked
    assert alone is not None  # a ranking at its default always has them
    hashes = [figures for figures in matched if figures.name not in names]
    return Evaluation(
        seed=chosen.seed,
        files=len(chosen.files),
        copies=len(cases.queries),
        references=len(cases.references),
        product=product,
        called=called,
        series=series,
        baselines=tuple(sorted([*default, *matched], key=lambda s: _order(s, rankings))),
        missing=("czkawka",) if czkawka is None else (),
        goals=goals(cases, product, called, series, alone[-1], hashes),
        examples=examples(cases, answer, rankings[0]),
    )


def _matched(cases: Cases, ranking: Ranking, precision: float) -> SystemFigures | None:
    """The ranking at its best threshold that is as precise as the product."""
    threshold = matched_threshold(cases, ranking, precision)
    if threshold is None:
        return None
    rule = f"precision ≥ {precision:.4f} (similarity ≥ {threshold:.4f})"
    return judge_ranking(cases, ranking, threshold, rule)


def _order(figures: SystemFigures, rankings: Sequence[Ranking]) -> tuple[int, bool]:
    names = [ranking.name for ranking in rankings]
    return names.index(figures.name), figures.ranked is None


def _named(told: Told, name: str) -> Callable[[int, int], None]:
    return lambda done, total: told(name, done, total)


def drawn(whole: Truth, limit: int | None, copies: int | None, seed: int) -> Truth:
    """Only some originals with some of their copies; series and distractors stay."""
    shots = sorted(f.original for f in whole.files if f.kind == ORIGINAL)
    few = limit is not None and limit < len(shots)
    dropped = set(shots) - set(random.Random(seed).sample(shots, limit)) if few and limit else set()
    files = [f for f in whole.files if f.original not in dropped]
    if copies is not None:
        kept: set[str] = set()
        for shot in shots:
            paths = [f.path for f in files if f.original == shot and f.is_copy]
            chance = random.Random(f"{seed}/{shot}")
            kept |= set(chance.sample(paths, min(copies, len(paths))))
        files = [f for f in files if f.path in kept or not f.is_copy or f.series]
    return whole if len(files) == len(whole.files) else replace(whole, files=tuple(files))


@contextmanager
def _folder_of(album: Path, chosen: Truth, whole: Truth) -> Iterator[Path]:
    """The album itself, or, where only part of it is wanted, a folder of links to that part."""
    if chosen is whole:
        yield album
        return
    with tempfile.TemporaryDirectory() as place:
        for file in chosen.files:
            target = Path(place) / "album" / file.path
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(album / file.path, target)
            except OSError:  # another volume, or one without links
                shutil.copy2(album / file.path, target)
        yield Path(place) / "album"


def write_json(evaluation: Evaluation, file: TextIO) -> None:
    json.dump({"schema": SCHEMA, **asdict(evaluation)}, file, indent=1)
    file.write("\n")
