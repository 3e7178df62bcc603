"""A scan whose own process dies of a poisoned picture: ``python dying_scan.py LIBRARY ALBUM``."""

from __future__ import annotations

import sys
from pathlib import Path

import poisoned_worker
from fakes import HistogramExtractor, MemoryVectorStore

from albumdedup.assembly import build, thread_executor
from albumdedup.core import decoder
from albumdedup.core.paths import AppPaths
from albumdedup.core.settings import Settings


def main(library: str, album: str) -> None:
    decoder.decode_small = poisoned_worker.act
    settings = Settings(batch=4, commit_seconds=0.0, decode_threads=2)
    opened = build(
        AppPaths(Path(library)), settings, thread_executor(settings),
        extractor=HistogramExtractor, vectors=MemoryVectorStore,
    )  # fmt: skip
    opened.library.index([album])


if __name__ == "__main__":
    main(*sys.argv[1:])
