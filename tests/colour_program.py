"""The program with one extractor more, that needs no weights: run as a script.

It takes its time over each photo, so that a kill finds it at work.
"""

from __future__ import annotations

import sys
import time

from fakes import COLOUR_SPEC, ColourExtractor, row_of

from albumdedup import assembly
from albumdedup.__main__ import main
from albumdedup.ml.registry import create
from albumdedup.ml.rows import ROWS

SECONDS_A_PHOTO = 0.02


class SlowExtractor(ColourExtractor):
    def extract(self, batch, *, quick=False):
        time.sleep(SECONDS_A_PHOTO * len(batch))
        return super().extract(batch)


def create_any(name, *rest):
    return SlowExtractor() if name == COLOUR_SPEC.name else create(name, *rest)


ROWS[COLOUR_SPEC.name] = row_of(COLOUR_SPEC)
assembly.create = create_any

if __name__ == "__main__":
    sys.exit(main())
