"""Finding a weights file and proving that it is the one that was meant."""

from __future__ import annotations

import hashlib
from pathlib import Path

from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.paths import resource
from albumdedup.core.types import ExtractorSpec

_CHUNK = 4 * 1024 * 1024


def read_weights(spec: ExtractorSpec, path: Path | None = None, sha256: str = "") -> bytes:
    """The bytes of a spec's safetensors file, checked against its SHA-256.

    The very bytes that were checked are returned, so that nobody can swap the file in between.
    ``path`` replaces the delivered file, ``sha256`` the spec's, for weights that were kept in
    another form than they came in. Raises AlbumError(WEIGHTS_MISSING) where no such file can be
    read, AlbumError(WEIGHTS_CHANGED) where it is another one.
    """
    place = path if path is not None else resource(spec.weights_file)
    expected = sha256 or spec.sha256
    try:
        data = place.read_bytes()
    except OSError as error:
        detail = error.strerror or str(error)
        raise AlbumError(ErrorCode.WEIGHTS_MISSING, path=str(place), detail=detail) from error
    found = hashlib.sha256(data).hexdigest()
    if found != expected:
        raise AlbumError(
            ErrorCode.WEIGHTS_CHANGED,
            path=str(place),
            detail=f"SHA-256 {found[:16]}…, expected {expected[:16]}…",
        )
    return data


def sha256_of(path: Path) -> str:
    """Of a whole file, in blocks. Raises OSError."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
