"""Made libraries: the catalog and the vectors of photos that were never on disk."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np

from albumdedup.core.closest import Closest
from albumdedup.core.join import Near, similarities
from albumdedup.core.matching import FLOOR
from albumdedup.core.pairs import STEP, NeighbourPairs, no_pairs
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
_NONE = np.empty(0, np.int32)

_Planted = dict[int, tuple[list[int], list[Descriptors]]]
"""Group → the numbers and descriptors of its members so far."""


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
    ids: list[ContentId] = []
    closest = Closest(no_pairs())
    try:
        for block in blocks(photos, seed, dim=spec.dim, timelapse=timelapse):
            files, contents = _rows(block, seed)
            catalog.save(files, contents)
            catalog.save_vectors(block.ids, block.vectors)
            if store is not None:
                store.upsert(block.ids, block.vectors)
                catalog.mark_delivered(block.ids)
            catalog.mark_indexed(block.ids)
            ids += block.ids
            change = closest.update(ids, [_pairs(block, planted)])
            catalog.save_matches(block.ids, change.found, change.dropped)
            catalog.save_verdicts(_copies(change.found, block))
        catalog.set_vector_space(collection_name(spec))
        catalog.save_scan([ROOT], {})
    finally:
        catalog.close()
    return len(closest.pairs())


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


def _pairs(block: Block, planted: _Planted) -> Near:
    """Each planted row of the block with those of its group that came before, by their numbers in
    the library."""
    found = [Near(_NONE, _NONE, _NONE.astype(np.int16))]
    for row, label in enumerate(block.labels.tolist()):
        if label == ALONE:
            continue
        numbers, vectors = planted.setdefault(label, ([], []))
        if numbers:
            ahead = np.stack(vectors)
            values = similarities(ahead, np.broadcast_to(block.vectors[row], ahead.shape))
            near = values >= FLOOR
            early = np.array(numbers, np.int32)[near]
            steps = np.rint(values[near] * STEP).astype(np.int16)
            found.append(Near(np.full(len(early), block.first + row, np.int32), early, steps))
        numbers.append(block.first + row)
        vectors.append(block.vectors[row])
    return Near(*(np.concatenate(column) for column in zip(*found, strict=True)))


def _copies(found: NeighbourPairs, block: Block) -> list[Match]:
    """Those of the block's pairs that are copies, as if they were proved."""
    named = found.contents
    return [
        Match(min(named[i], named[j]), max(named[i], named[j]), steps / STEP, Tier.SAME)
        for i, j, steps in zip(*(column.tolist() for column in found.arrays), strict=True)
        if block.kinds[j - block.first] != Kind.BURST
    ]
