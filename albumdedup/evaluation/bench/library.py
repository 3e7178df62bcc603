"""Made libraries: the catalog and the vectors of photos that were never on disk."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import datetime, timedelta

import numpy as np

from albumdedup.core.matching import FLOOR, similarities
from albumdedup.core.paths import AppPaths
from albumdedup.core.ports import ContentRecord, FileRecord, VectorStore
from albumdedup.core.types import (
    ContentId,
    DateSource,
    Descriptors,
    ExtractorSpec,
    FileIdentity,
    FoundFile,
    Grade,
    Match,
    PhotoMetadata,
    Stamp,
    TakenDate,
    Tier,
)
from albumdedup.evaluation.bench.synthetic import (
    ALONE,
    TIMELAPSE_FRAMES,
    Block,
    Kind,
    blocks,
)
from albumdedup.store.catalog import open_catalog
from albumdedup.store.vector_index import collection_name

ROOT = "/album"
_BEGIN = datetime(2010, 1, 1)
_MINUTES = 15 * 365 * 1440
_PAIRS_AT_ONCE = 50_000

_Planted = dict[int, tuple[list[ContentId], list[Descriptors]]]
"""Group → its members so far."""


def fill_catalog(
    paths: AppPaths,
    photos: int,
    spec: ExtractorSpec,
    seed: int = 1,
    *,
    timelapse: int = TIMELAPSE_FRAMES,
    store: VectorStore | None = None,
) -> int:
    """Write a made library's rows, descriptors and planted pairs into a new catalog, and the
    descriptors into ``store`` as well where one is given; returns how many pairs. Nobody else may
    have the catalog open."""
    catalog, _rebuilt = open_catalog(paths.catalog)
    planted: _Planted = {}
    pairs = 0
    try:
        for block in blocks(photos, seed, dim=spec.dim, timelapse=timelapse):
            files, contents = _rows(block, seed)
            catalog.save(files, contents)
            catalog.save_vectors(block.ids, block.vectors)
            if store is not None:
                store.upsert(block.ids, block.vectors)
                catalog.mark_delivered(block.ids)
            catalog.mark_indexed(block.ids)
            found = _pairs(block, planted)
            while part := list(itertools.islice(found, _PAIRS_AT_ONCE)):
                catalog.save_matches([], part)
                pairs += len(part)
            catalog.save_matches(block.ids, [])
        catalog.set_vector_space(collection_name(spec))
        catalog.save_scan([ROOT], {})
    finally:
        catalog.close()
    return pairs


def _rows(block: Block, seed: int) -> tuple[list[FileRecord], list[ContentRecord]]:
    chance = np.random.default_rng([seed, block.first, 2])
    minutes = chance.integers(0, _MINUTES, len(block.ids)).tolist()
    sizes = chance.integers(500_000, 8_000_000, len(block.ids)).tolist()
    files, contents = [], []
    for row, content in enumerate(block.ids):
        number = block.first + row
        path = f"{ROOT}/{number // 500:05d}/IMG_{number:07d}.jpg"
        stamp = Stamp(
            sizes[row], 1_500_000_000_000_000_000 + number, FileIdentity(1, number + 1)
        )  # fmt: skip
        wall = _BEGIN + timedelta(minutes=minutes[row])
        second = timedelta(seconds=1)
        taken = TakenDate(wall, None, DateSource.EXIF_ORIGINAL, Grade.A, second)
        files.append(FileRecord(FoundFile(path, stamp), content, taken))
        metadata = PhotoMetadata(
            original=wall.strftime("%Y:%m:%d %H:%M:%S"), camera="Made camera", tags=40
        )
        contents.append(ContentRecord(content, 4000, 3000, "JPEG", metadata, False))
    return files, contents


def _pairs(block: Block, planted: _Planted) -> Iterator[Match]:
    """Each planted row of the block with those of its group that came before, as matching would
    store them; copies as if they were proved."""
    for row, content in enumerate(block.ids):
        label = int(block.labels[row])
        if label == ALONE:
            continue
        ids, vectors = planted.setdefault(label, ([], []))
        if ids:
            ahead = np.stack(vectors)
            mine = np.broadcast_to(block.vectors[row], ahead.shape)
            tier = Tier.SIMILAR if block.kinds[row] == Kind.BURST else Tier.SAME
            for other, value in zip(ids, similarities(ahead, mine).tolist(), strict=True):
                if value >= FLOOR:
                    yield Match(min(content, other), max(content, other), value, tier)
        ids.append(content)
        vectors.append(block.vectors[row])
