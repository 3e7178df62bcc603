"""``evaluate labels``: a folder per class, described by each extractor and searched exactly."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from albumdedup import __version__
from albumdedup.assembly import torch_threads
from albumdedup.core.control import Control
from albumdedup.core.decoder.door import Door
from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.i18n import describe
from albumdedup.core.ports import Extractor
from albumdedup.core.reducing import fit
from albumdedup.core.scale import Scale
from albumdedup.core.scanner import found_file
from albumdedup.core.settings import Settings
from albumdedup.core.types import ContentId, Danger, Descriptors, ExtractorSpec, Pixels
from albumdedup.evaluation.baselines import Ranking, extractor_ranking
from albumdedup.evaluation.label_tree import LabelTree, Split, read_tree, refuse_unfit, split
from albumdedup.evaluation.labels import Judged, judge
from albumdedup.evaluation.recipes import Recipe
from albumdedup.ml.model_folder import ModelFolder
from albumdedup.ml.registry import create, find, weights_of
from albumdedup.system.isolation.pool import Workers, most_workers

Told = Callable[[str, int, int], None]
"""Called with the name of an extractor, the photos done and the photos in all."""


@dataclass(frozen=True, slots=True)
class LabelRow:
    """``judged`` is None where nothing could be measured, and ``problem`` the sentence why;
    ``missing`` where the reason is that the weights are not here. ``seconds`` is the time of
    describing one decoded photo. ``foreign`` weights are not those that the recipe's name stands
    for: a person took them from a file."""

    recipe: Recipe
    dim: int
    judged: Judged | None = None
    seconds: float | None = None
    problem: str = ""
    missing: bool = False
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class LabelBench:
    """``photos`` were read, ``queries`` of them ask the ``base`` others."""

    folder: str
    classes: tuple[str, ...]
    seed: int
    share: float
    photos: int
    queries: int
    base: int
    single: int
    unreadable: int
    loose: int
    skipped: int
    rows: tuple[LabelRow, ...]

    @property
    def measured(self) -> list[LabelRow]:
        return [row for row in self.rows if row.judged is not None]


def evaluate_labels(
    folder: Path,
    chosen: Sequence[Recipe],
    settings: Settings,
    models: Path,
    *,
    share: float,
    seed: int,
    control: Control,
    told: Told,
) -> LabelBench:
    """Describe every photo by every extractor whose weights are here, then search the queries
    among the base. An extractor without weights is a row that says so. Raises AlbumError as
    ``read_tree`` does, and WEIGHTS_NOT_HERE where there are none at all; Cancelled."""
    tree = read_tree(folder, control)
    problems = _without_weights(chosen, models)
    names = [name for name in dict.fromkeys(r.extractor for r in chosen) if name not in problems]
    if not names:
        raise next(iter(problems.values()))
    described: dict[str, _Described] = {}
    read = np.ones(len(tree.paths), np.bool_)
    with _door() as door:
        for name in names:
            try:
                made = create(name, settings.device, torch_threads(settings), models=models)
            except AlbumError as error:
                problems[name] = error
                continue
            described[name] = _describe(tree, made, door, control, told)
            read &= described[name].ranking.read
    if not described:
        raise next(iter(problems.values()))
    refuse_unfit(tree, read)
    parts = split(tree, read, share, seed)
    rows = tuple(
        replace(
            _row(recipe, tree, parts, described, problems, control),
            foreign=_foreign(recipe.extractor, models),
        )
        for recipe in chosen
    )
    return LabelBench(
        folder=tree.folder, classes=tree.classes, seed=seed, share=share, photos=int(read.sum()),
        queries=len(parts.queries), base=len(parts.base), single=parts.single,
        unreadable=int((~read).sum()), loose=tree.loose, skipped=tree.skipped, rows=rows,
    )  # fmt: skip


def _without_weights(chosen: Sequence[Recipe], models: Path) -> dict[str, AlbumError]:
    found: dict[str, AlbumError] = {}
    for recipe in chosen:
        try:
            weights_of(recipe.extractor, models)
        except AlbumError as error:
            found[recipe.extractor] = error
    return found


def _foreign(name: str, models: Path) -> bool:
    kept = ModelFolder(models).find(find(name).network)
    return kept is not None and not kept.official


@dataclass(slots=True)
class _Timed:
    """An extractor that counts what describing takes, without what the first pass prepares."""

    extractor: Extractor
    seconds: float = 0.0
    photos: int = 0
    _warm: bool = False

    @property
    def spec(self) -> ExtractorSpec:
        return self.extractor.spec

    def extract(self, batch: Sequence[Pixels], *, quick: bool = False) -> Descriptors:
        if not self._warm:
            self.extractor.extract(batch[:1])
            self._warm = True
        started = time.perf_counter()
        rows = self.extractor.extract(batch)
        self.seconds += time.perf_counter() - started
        self.photos += len(batch)
        return rows


@dataclass(frozen=True, slots=True)
class _Described:
    ranking: Ranking
    seconds: float | None


def _describe(
    tree: LabelTree, extractor: Extractor, door: Door, control: Control, told: Told
) -> _Described:
    timed, name = _Timed(extractor), extractor.spec.name

    def look(path: str, edge: int) -> Pixels | None:
        try:
            found = found_file(path)
        except OSError:  # it went since the folder was listed
            return None
        picture = door.read_file(found, edge, lambda content: True, control).picture
        return None if picture is None else picture.pixels

    ranking = extractor_ranking(
        tree.paths, timed, control, lambda done, total: told(name, done, total), look=look
    )
    return _Described(ranking, timed.seconds / timed.photos if timed.photos else None)


def _row(
    recipe: Recipe,
    tree: LabelTree,
    parts: Split,
    described: Mapping[str, _Described],
    problems: Mapping[str, AlbumError],
    control: Control,
) -> LabelRow:
    row = LabelRow(recipe, recipe.pca or find(recipe.extractor).spec.dim)
    error = problems.get(recipe.extractor)
    if error is not None:
        missing = error.code is ErrorCode.WEIGHTS_NOT_HERE
        return replace(row, problem=describe(error), missing=missing)
    found = described[recipe.extractor]
    vectors = found.ranking.vectors
    queries, base = vectors[parts.queries], vectors[parts.base]
    if recipe.pca:
        try:
            spec = find(recipe.extractor).spec
            scale = Scale(spec.floor, spec.similar)
            reduced = fit([base], spec.dim, recipe.pca, spec.name, scale, whiten=False)
        except AlbumError as failed:
            return replace(row, problem=describe(failed))
        queries, base = reduced.apply(queries), reduced.apply(base)
    judged = judge(
        queries, base, tree.labels[parts.queries], tree.labels[parts.base], len(tree.classes),
        recipe.metric, -np.inf if recipe.least is None else recipe.least, control.checkpoint,
    )  # fmt: skip
    return replace(row, judged=judged, seconds=found.seconds)


# --- the way to the pixels -------------------------------------------------------------------


@contextmanager
def _door() -> Iterator[Door]:
    """The product's own, with its limits and its processes for risky formats; what stopped one is
    remembered as long as this run."""
    memory = _Memory()
    door = Door(Workers(most_workers(os.cpu_count() or 2)), memory, memory, __version__)
    try:
        yield door
    finally:
        door.close()


@dataclass(slots=True)
class _Memory:
    known: dict[ContentId, Danger] = field(default_factory=dict)

    def dangers(self) -> dict[ContentId, Danger]:
        return dict(self.known)

    def note_danger(self, content: ContentId, danger: Danger) -> None:
        self.known[content] = danger

    def clear_danger(self, content: ContentId) -> None:
        self.known.pop(content, None)

    @contextmanager
    def hold(self, content: ContentId) -> Iterator[None]:
        yield
