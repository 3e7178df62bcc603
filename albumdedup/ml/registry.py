"""The extractors that are known, and how to make one. Knows no torch until one is made."""

from __future__ import annotations

from pathlib import Path

from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.ports import Extractor
from albumdedup.core.types import ExtractorSpec

DEFAULT = "album"

SPECS: dict[str, ExtractorSpec] = {
    "album": ExtractorSpec(
        name="album",
        dim=128,
        input_edge=128,
        weights_file="album.safetensors",
        sha256="d3914f84ab36038c43e3ca5a34b374b0a9cd01229ca59621a40586524f355179",
        preprocessing="srgb-squash128-imagenet",
    ),
}


def create(
    name: str = DEFAULT,
    device: str = "auto",
    threads: int | None = None,
    remember: Path | None = None,
) -> Extractor:
    """Load an extractor's weights and make it ready. With ``remember``, a file, it computes in
    the precision that a short trial found best on this machine, and the file keeps that.

    ``device`` is ``auto``, ``cpu``, ``cuda``, ``cuda:<n>`` or ``mps``; ``threads`` is the number
    of torch's own threads on a CPU (the process as a whole; None leaves it alone). Raises
    AlbumError(EXTRACTOR_UNKNOWN), AlbumError(WEIGHTS_MISSING) or AlbumError(WEIGHTS_CHANGED).
    """
    spec = SPECS.get(name)
    if spec is None:
        raise AlbumError(ErrorCode.EXTRACTOR_UNKNOWN, name=name, known=", ".join(sorted(SPECS)))
    from albumdedup.ml.preload import preload_torch

    preload_torch()  # before the import beneath
    from albumdedup.ml.torch_extractor import TorchExtractor

    return TorchExtractor(spec, device=device, threads=threads, remember=remember)
