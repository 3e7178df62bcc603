"""Near pairs of a snapshot, as a script asks for them: from a threshold up, so many for each."""

from __future__ import annotations

from collections import Counter

from albumdedup.api.answers import NearPair
from albumdedup.core.types import ContentId, Photo, Snapshot, Tier


def near_pairs(snapshot: Snapshot, threshold: float, top_k: int | None) -> tuple[NearPair, ...]:
    """Nearest first, equal ones by path. Files of identical bytes are paired with the first of
    them, which stands for all of them elsewhere. With ``top_k`` a pair stays where it is among
    the ``top_k`` nearest of either photo."""
    files: dict[ContentId, list[Photo]] = {}
    for photo in sorted(snapshot.photos, key=lambda photo: photo.path):
        files.setdefault(photo.content, []).append(photo)
    apart = snapshot.not_duplicates
    found = [
        NearPair(first, other, 1.0, Tier.IDENTICAL)
        for content, (first, *others) in files.items()
        if (content, content) not in apart
        for other in others
        if other.stamp.identity != first.stamp.identity
    ]
    for match in snapshot.matches:
        here = match.a in files and match.b in files
        if here and match.similarity >= threshold and (match.a, match.b) not in apart:
            a, b = sorted((files[match.a][0], files[match.b][0]), key=lambda photo: photo.path)
            found.append(NearPair(a, b, match.similarity, match.tier))
    found.sort(key=lambda pair: (-pair.similarity, pair.a.path, pair.b.path))
    return tuple(found if top_k is None else _nearest(found, top_k))


def _nearest(pairs: list[NearPair], top_k: int) -> list[NearPair]:
    met: Counter[str] = Counter()
    kept = []
    for pair in pairs:
        if min(met[pair.a.path], met[pair.b.path]) < top_k:
            kept.append(pair)
        met[pair.a.path] += 1
        met[pair.b.path] += 1
    return kept
