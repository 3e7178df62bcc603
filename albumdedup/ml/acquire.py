"""Weights from the web or from a file into the folder of models."""

from __future__ import annotations

import shutil
import ssl
from dataclasses import dataclass
from pathlib import Path

from albumdedup.core.control import Control, ProgressSink
from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.ml.download import SILENCE, fetch
from albumdedup.ml.model_folder import Kept, ModelFolder
from albumdedup.ml.registry import find
from albumdedup.ml.rows import ROWS, Row, Source
from albumdedup.ml.weights import sha256_of


@dataclass(frozen=True, slots=True)
class Arrived:
    """Weights that are kept now, and the extractors that they serve."""

    kept: Kept
    names: tuple[str, ...]


def served(network: str) -> tuple[str, ...]:
    """The extractors that need the weights of a network."""
    return tuple(name for name, row in ROWS.items() if row.network == network)


def download(
    name: str,
    models: Path,
    *,
    source: Source | None = None,
    control: Control | None = None,
    sink: ProgressSink | None = None,
    silence: float = SILENCE,
    context: ssl.SSLContext | None = None,
) -> Arrived:
    """Fetch the official weights of an extractor, check and keep them. ``source`` replaces the
    official place in tests.

    Raises AlbumError: as ``registry.find``, ``download.fetch`` and ``import_file`` do,
    WEIGHTS_INCLUDED for what comes with the program, DOWNLOAD_WRONG for a file that is not the
    one which the registry names (it is deleted), MODELS_BUSY; Cancelled.
    """
    row = _wanted(name)
    source = source or row.source
    assert source is not None
    folder = ModelFolder(models)
    with folder.alone():
        part = folder.part(source.file)
        done = part.stat().st_size if part.exists() else 0
        if shutil.disk_usage(models).free < 2 * source.limit - done:  # the file, and what is kept
            raise AlbumError(ErrorCode.DISK_FULL, path=str(models))
        try:
            fetch(
                source.url, part, limit=source.limit,
                control=control, sink=sink, silence=silence, context=context,
            )  # fmt: skip
        except AlbumError as error:
            raise AlbumError(error.code, **{**error.facts, "name": name}) from error
        found = sha256_of(part)
        if not found.startswith(source.sha256):
            folder.discard(part)
            detail = f"SHA-256 {found[:16]}…, expected {source.sha256[:16]}…"
            raise AlbumError(ErrorCode.DOWNLOAD_WRONG, path=source.url, name=name, detail=detail)
        arrived = _adopt(part, folder, source.url, row.network, found)
        for path in (part, Path(f"{part}.json")):
            folder.discard(path)
    return arrived


def import_file(path: Path, models: Path, name: str | None = None) -> Arrived:
    """Keep the weights that a file of the person holds; ``name`` says whose they must be.

    Raises AlbumError: as ``registry.find`` and ``recognise.recognised`` do, WEIGHTS_OTHER,
    WEIGHTS_INCLUDED, MODELS_BUSY, DISK_FULL, NOT_WRITTEN.
    """
    wanted = _wanted(name).network if name is not None else None
    folder = ModelFolder(models)
    with folder.alone():
        return _adopt(path, folder, str(path), wanted, None)


def remove(name: str, models: Path) -> tuple[int, tuple[str, ...]]:
    """Delete weights, and what a cut download left; the bytes that come free, and the extractors
    that have no weights now. Raises AlbumError: as ``registry.find``, WEIGHTS_INCLUDED,
    MODELS_BUSY, NOT_WRITTEN."""
    row = _wanted(name)
    assert row.source is not None
    folder = ModelFolder(models)
    if not models.is_dir():
        return 0, served(row.network)
    with folder.alone():
        return folder.drop(row.network, row.source.file), served(row.network)


def _wanted(name: str) -> Row:
    row = find(name)
    if row.source is None:
        raise AlbumError(ErrorCode.WEIGHTS_INCLUDED, name=name)
    return row


def _adopt(
    path: Path, folder: ModelFolder, came_from: str, wanted: str | None, sha256: str | None
) -> Arrived:
    from albumdedup.ml.preload import preload_torch

    preload_torch()
    from albumdedup.ml.recognise import recognised, write

    network, tensors = recognised(path)
    if wanted is not None and network != wanted:
        raise AlbumError(ErrorCode.WEIGHTS_OTHER, path=str(path), detail=network, name=wanted)
    found = sha256 or sha256_of(path)
    source = ROWS[served(network)[0]].source
    official = source is not None and found.startswith(source.sha256)
    kept = folder.take(network, lambda beside: write(tensors, beside), came_from, found, official)
    return Arrived(kept, served(network))
