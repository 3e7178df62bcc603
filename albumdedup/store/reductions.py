"""Reductions in files: a .npz with its SHA-256 beside it and, shortened, in the name of the
embedding. What was not saved so is not used."""

from __future__ import annotations

import hashlib
import io
import os
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from albumdedup.core import private
from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.reducing import Reduction
from albumdedup.core.types import ExtractorSpec, Space
from albumdedup.store.database import failure_of_os
from albumdedup.store.vector_index import collection_name


def reduced_spec(spec: ExtractorSpec, reduction: Reduction, digest: str) -> ExtractorSpec:
    """The spec of an extractor's descriptors after a reduction: an embedding of its own."""
    dim = reduction.axes.shape[1]
    how = f"pca{dim}{'w' if reduction.whiten else ''}"
    return replace(
        spec, dim=dim, preprocessing=f"{spec.preprocessing}-{how}-{digest}",
        floor=reduction.floor, similar=reduction.similar,
    )  # fmt: skip


def spec_of_reduced(spec: ExtractorSpec, space: Space) -> ExtractorSpec:
    """The same, from what the catalog says of it."""
    how = f"pca{space.dim}{'w' if space.whiten else ''}"
    digest = space.name.rsplit("_", 1)[1]
    return replace(
        spec, dim=space.dim, preprocessing=f"{spec.preprocessing}-{how}-{digest}",
        floor=space.floor, similar=space.similar,
    )  # fmt: skip


class Reductions:
    """Those of one library, in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def save(self, spec: ExtractorSpec, reduction: Reduction) -> Space:
        """Write it, and say which embedding it makes of the extractor's. Raises AlbumError:
        DISK_FULL, LIBRARY_READ_ONLY, LIBRARY_UNUSABLE."""
        packed = io.BytesIO()
        np.savez(
            packed, mean=reduction.mean, axes=reduction.axes,
            numbers=np.array(
                (reduction.variance, reduction.samples, reduction.whiten, reduction.floor,
                 reduction.similar), np.float64,
            ),
        )  # fmt: skip
        data = packed.getvalue()
        digest = hashlib.sha256(data).hexdigest()
        made = reduced_spec(spec, reduction, digest[:8])
        space = Space(
            collection_name(made), spec.name, made.dim, made.floor, made.similar,
            source=collection_name(spec), whiten=reduction.whiten,
        )  # fmt: skip
        place = self._place(space)
        try:
            private.make_folder(self._folder)
            _write(place, data)
            _write(place.with_suffix(".sha256"), f"{digest}  {place.name}\n".encode())
        except OSError as error:
            raise failure_of_os(error, place) from error
        return space

    def load(self, space: Space) -> Reduction:
        """Raises AlbumError(PCA_DAMAGED) where the file is not the one that was saved."""
        place = self._place(space)
        try:
            data = place.read_bytes()
            beside = place.with_suffix(".sha256").read_text(encoding="utf-8").split()[:1]
            digest = hashlib.sha256(data).hexdigest()
            if beside != [digest] or not space.name.endswith(f"_{digest[:8]}"):
                raise ValueError(f"SHA-256 {digest[:16]}…")
            with np.load(io.BytesIO(data), allow_pickle=False) as kept:
                variance, samples, whiten, floor, similar = kept["numbers"].tolist()
                return Reduction(
                    kept["mean"], kept["axes"], variance, int(samples), bool(whiten), floor,
                    similar,
                )  # fmt: skip
        except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
            detail = getattr(error, "strerror", None) or str(error)
            raise AlbumError(ErrorCode.PCA_DAMAGED, path=str(place), detail=detail) from error

    def remove(self, space: Space) -> None:
        place = self._place(space)
        for one in (place, place.with_suffix(".sha256")):
            one.unlink(missing_ok=True)

    def _place(self, space: Space) -> Path:
        return self._folder / f"{space.name}.npz"


def _write(place: Path, data: bytes) -> None:
    """Beside, then in its place: a crash leaves no half of it."""
    beside = place.with_name(place.name + ".new")
    with open(beside, "wb", opener=private.opener) as file:
        file.write(data)
    os.replace(beside, place)
