"""The work that no program can leave out, with nothing around it."""

from __future__ import annotations

import hashlib
import io
import os
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image

from albumdedup.core.formats import register
from albumdedup.core.ports import Extractor
from albumdedup.core.types import Pixels


def describe(paths: Sequence[str], extractor: Extractor, threads: int, batch: int) -> float:
    """Read + SHA-256 + scaled decode + inference with nothing around it; seconds.

    As in the product, equal bytes are decoded once, and inference runs beside the decoding.
    """
    register()
    edge = extractor.spec.input_edge
    seen: set[str] = set()
    lock = threading.Lock()

    def look(path: str) -> Pixels | None:
        data = Path(path).read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        with lock:
            if digest in seen:
                return None
            seen.add(digest)
        try:
            with Image.open(io.BytesIO(data)) as image:
                image.draft("RGB", (edge, edge))
                small = image.convert("RGB").resize((edge, edge), Image.Resampling.BILINEAR)
        except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
            return None
        return np.asarray(small)

    started = time.perf_counter()
    waiting: list[Pixels] = []
    with ThreadPoolExecutor(threads) as pool:
        for pixels in pool.map(look, paths):
            if pixels is not None:
                waiting.append(pixels)
            if len(waiting) == batch:
                extractor.extract(waiting)
                waiting = []
    if waiting:
        extractor.extract(waiting)
    return time.perf_counter() - started


def walk(folder: str) -> int:
    """Every file below a folder with its stat, and nothing else."""
    count = 0
    stack = [folder]
    while stack:
        with os.scandir(stack.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    stack.append(entry.path)
                else:
                    entry.stat(follow_symlinks=False)
                    count += 1
    return count
