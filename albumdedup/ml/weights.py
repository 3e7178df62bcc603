"""Finding a weights file and proving that it is the one that was meant."""

from __future__ import annotations

import hashlib
from pathlib import Path

from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.paths import resource
from albumdedup.core.types import ExtractorSpec


def read_weights(spec: ExtractorSpec, path: Path | None = None) -> bytes:
    """The bytes of a spec's safetensors file, checked against its SHA-256.

    The very bytes that were checked are returned, so that nobody can swap the file in between.
    ``path`` replaces the delivered file. Raises AlbumError(WEIGHTS_MISSING) where no such file
    can be read, AlbumError(WEIGHTS_CHANGED) where it is another one.
    """
    place = path if path is not None else resource(spec.weights_file)
    try:
        data = place.read_bytes()
    except OSError as error:
        detail = error.strerror or str(error)
        raise AlbumError(ErrorCode.WEIGHTS_MISSING, path=str(place), detail=detail) from error
    found = hashlib.sha256(data).hexdigest()
    if found != spec.sha256:
        raise AlbumError(
            ErrorCode.WEIGHTS_CHANGED,
            path=str(place),
            detail=f"SHA-256 {found[:16]}…, expected {spec.sha256[:16]}…",
        )
    return data
