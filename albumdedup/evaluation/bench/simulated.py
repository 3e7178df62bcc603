"""A library that was never on disk, as grouping sees it: photos with dates, and pairs of them."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

import numpy as np

from albumdedup.core.types import (
    ContentId,
    DateSource,
    FileIdentity,
    Grade,
    Match,
    Photo,
    PhotoMetadata,
    Snapshot,
    Stamp,
    TakenDate,
    Tier,
)


def simulated_snapshot(photos: int, pairs: int, seed: int = 1) -> Snapshot:
    """A library that was never on disk: dates and sizes at random, pairs among neighbours."""
    chance = np.random.default_rng(seed)
    contents = [ContentId(hashlib.sha256(str(n).encode()).hexdigest()) for n in range(photos)]
    start = datetime(2010, 1, 1)
    minutes = chance.integers(0, 15 * 365 * 1440, photos)
    sizes = chance.integers(500_000, 8_000_000, photos)
    rows = tuple(
        Photo(
            id=n,
            path=f"/album/{n // 500:04d}/IMG_{n:06d}.jpg",
            stamp=Stamp(int(sizes[n]), 1_500_000_000_000_000_000 + n, FileIdentity(1, n + 1)),
            content=contents[n],
            width=4000,
            height=3000,
            format="JPEG",
            taken=TakenDate(
                start + timedelta(minutes=int(minutes[n])), None, DateSource.EXIF_ORIGINAL,
                Grade.A, timedelta(seconds=1),
            ),
            metadata=PhotoMetadata(),
        )
        for n in range(photos)
    )  # fmt: skip
    first = chance.integers(0, photos - 4, pairs)
    second = first + chance.integers(1, 4, pairs)
    similarity = chance.uniform(0.7, 1.0, pairs).round(4)
    same = chance.random(pairs) < 0.3
    found = {}
    for one, two, value, proven in zip(first, second, similarity, same, strict=True):
        a, b = sorted((contents[one], contents[two]))
        tier = Tier.SAME if proven else Tier.SIMILAR
        found[a, b] = Match(a, b, float(value), tier)
    return Snapshot(rows, tuple(found.values()))
