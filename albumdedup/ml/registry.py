"""The extractors that are known, and how to make one. Knows no torch until one is made."""

from __future__ import annotations

import difflib
from dataclasses import replace
from pathlib import Path

from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.paths import resource
from albumdedup.core.ports import Extractor
from albumdedup.core.types import ExtractorSpec
from albumdedup.ml.model_folder import Measured, ModelFolder
from albumdedup.ml.rows import ROWS, Row

DEFAULT = "album"

BELOW = 0.20
"""So far below ``similar`` pairs of the networks that were not trained for copies are still kept.
Their strangers are 0.5 alike and more, and `album` alone nominates duplicates: what lies further
below is of no use to the slider."""

SPECS: dict[str, ExtractorSpec] = {name: row.spec for name, row in ROWS.items()}


def find(name: str) -> Row:
    """Raises AlbumError(EXTRACTOR_UNKNOWN), or EXTRACTOR_MISSPELT with the nearest name."""
    row = ROWS.get(name)
    if row is not None:
        return row
    near = difflib.get_close_matches(name.lower().replace("-", "_"), ROWS, n=1, cutoff=0.6)
    known = ", ".join(ROWS)
    if near:
        raise AlbumError(ErrorCode.EXTRACTOR_MISSPELT, name=name, nearest=near[0], detail=known)
    raise AlbumError(ErrorCode.EXTRACTOR_UNKNOWN, name=name, detail=known)


def spec_of(name: str, models: Path | None = None) -> ExtractorSpec:
    """The spec with the weights that are really there: those that a person imported name an
    embedding of their own. Its thresholds are what was measured with them. Raises AlbumError as
    ``find`` does."""
    row = find(name)
    if row.source is None:
        return row.spec
    kept = ModelFolder(models).find(row.network) if models else None
    found = kept.measured.get(name) if kept else None
    similar = found.similar if found else row.similar
    sha256 = kept.came_sha256 if kept else row.spec.sha256
    return replace(row.spec, sha256=sha256, floor=max(0.5, similar - BELOW), similar=similar)


def weights_of(name: str, models: Path | None = None) -> tuple[Path, str]:
    """The weights file of an extractor and its SHA-256. Raises AlbumError as ``find`` does, and
    WEIGHTS_NOT_HERE."""
    row = find(name)
    if row.source is None:
        return resource(row.spec.weights_file), row.spec.sha256
    kept = ModelFolder(models).find(row.network) if models else None
    if kept is None or models is None:
        raise AlbumError(ErrorCode.WEIGHTS_NOT_HERE, name=name)
    return ModelFolder(models).file(row.network), kept.sha256


def similar_of(name: str, models: Path | None = None) -> Measured | float:
    """From which similarity pairs are worth showing: what was measured with the weights that are
    there, else the registry's own number. Raises AlbumError as ``find`` does."""
    row = find(name)
    kept = ModelFolder(models).find(row.network) if row.source and models else None
    return kept.measured.get(name, row.similar) if kept else row.similar


def create(
    name: str = DEFAULT,
    device: str = "auto",
    threads: int | None = None,
    models: Path | None = None,
    *,
    exact: bool = False,
) -> Extractor:
    """Load an extractor's weights, from the program itself or from the folder ``models``, and make
    it ready. It computes in half precision where the device has instructions for that, unless
    ``exact``.

    ``device`` is ``auto``, ``cpu``, ``cuda``, ``cuda:<n>`` or ``mps``; ``threads`` is the number
    of torch's own threads on a CPU (the process as a whole; None leaves it alone). Raises
    AlbumError: EXTRACTOR_UNKNOWN, EXTRACTOR_MISSPELT, WEIGHTS_NOT_HERE, WEIGHTS_SPOILT; of the
    program's own, WEIGHTS_MISSING and WEIGHTS_CHANGED.
    """
    row, spec = find(name), spec_of(name, models)
    weights, sha256 = weights_of(name, models)
    from albumdedup.ml.preload import preload_torch

    preload_torch()  # before the import beneath
    from albumdedup.ml.torch_extractor import TorchExtractor

    try:
        return TorchExtractor(
            spec,
            device=device,
            threads=threads,
            weights=weights,
            sha256=sha256,
            rows=row.batch,
            exact=exact,
        )
    except AlbumError as error:
        if row.source is None:
            raise
        raise AlbumError(ErrorCode.WEIGHTS_SPOILT, **{**error.facts, "name": name}) from error
