"""``python -m albumdedup.evaluation.bench.peer_child DIR…``: Czkawka's core, alone in a process.

Prints the seconds of its search as JSON. Imports nothing else of ours, which would count as its
start; it takes as many threads as RAYON_NUM_THREADS says.
"""

from __future__ import annotations

import importlib
import sys
import time

USUAL_DISTANCE = 10
"""Bits of 64 that may differ: the default of the package ``czkawka``."""


def main() -> int:
    finder = importlib.import_module("czkawka").ImageSimilarity()
    finder.set_directories(sys.argv[1:])
    finder.set_similarity(USUAL_DISTANCE)
    started = time.perf_counter()
    groups = finder.find_similar()
    seconds = time.perf_counter() - started
    sys.stdout.write(f'{{"seconds": {seconds}, "groups": {len(groups)}}}\n')
    return 0


if __name__ == "__main__":
    sys.exit(main())
