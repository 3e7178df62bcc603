"""Where the photos of a group lie in one another, so that the same detail can stand at the same
place. A place is float64[3, 3]: a point of the first photo's unit square → the other's."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from albumdedup.core.candidates import inverse
from albumdedup.core.types import Evidence, Group, Photo
from albumdedup.core.verify.alignment import UNIT, project
from albumdedup.core.verify.judge import turned_by

Matrix = NDArray[np.float64]

_ROUNDING = 0.01
"""Sides whose proportions differ by less belong to one shape, stored at two sizes."""


def places(ruled: Group, photos: Sequence[Photo], *, aligned: bool = True) -> list[Matrix]:
    """From the first of ``photos`` to each of them. ``ruled`` is the group as the keep rule made
    it: its evidence ties each member to its keeper, whoever stays by now."""
    keeper = ruled.keeper
    if not aligned:
        return [centred(photos[0], photo) for photo in photos]
    proofs = {member.photo.path: member.evidence for member in ruled.members[1:]}
    found = [_place(keeper, photo, proofs.get(photo.path)) for photo in photos]
    return [_scaled(place @ np.linalg.inv(found[0])) for place in found]


def aligned_by_proof(ruled: Group, photos: Sequence[Photo]) -> bool:
    """Whether verification found how any of these photos lies in another."""
    shown = {photo.path for photo in photos}
    proofs = (m.evidence for m in ruled.members if m.photo.path in shown)
    return any(proof is not None and proof.transform is not None for proof in proofs)


def outline(place: Matrix) -> Matrix:
    """The corners of the other photo in the first one's unit square, float64[4, 2]."""
    return project(np.asarray(np.linalg.inv(place), np.float64), UNIT)


def centred(first: Photo, other: Photo) -> Matrix:
    """The other photo as large as it fits into the first, in the middle."""
    across = other.width * first.height / (first.width * other.height)
    if abs(across - 1) < _ROUNDING:
        return np.eye(3)
    width, height = (1.0, 1 / across) if across > 1 else (across, 1.0)
    return np.array(
        ((1 / width, 0, 0.5 - 0.5 / width), (0, 1 / height, 0.5 - 0.5 / height), (0, 0, 1.0))
    )


def _place(keeper: Photo, other: Photo, evidence: Evidence | None) -> Matrix:
    if evidence is None or (evidence.transform is None and evidence.orientation == 1):
        return centred(keeper, other)
    lies = evidence.transform or turned_by(evidence.orientation)
    if keeper.content > other.content:  # transforms lead from the lower id to the higher
        lies = inverse(lies)
    return _scaled(np.array(lies.matrix, np.float64).reshape(3, 3))


def _scaled(matrix: Matrix) -> Matrix:
    out: Matrix = matrix / matrix[2, 2]
    return out
