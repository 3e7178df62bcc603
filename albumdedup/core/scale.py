"""One scale of similarity for all embeddings: that of the slider.

A cosine of 0.9 is a copy in one embedding and a stranger in the next. Each extractor names the two
cosines that were measured for it: from ``floor`` on two photos may have something in common, from
``similar`` on they are similar shots. Pairs are kept on the scale of the embedding that finds the
duplicates, where these are 0.60 and 0.90, so that the slider, the bands of ``core.closest`` and
the rules of grouping mean the same with every extractor. A search gives plain cosines.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from albumdedup.core.matching import FLOOR
from albumdedup.core.pairs import STEP, Steps

SIMILAR = 0.90
"""Where similar shots begin unless the user says otherwise (``core.settings``)."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Straight lines through (-1, -1), (``floor``, 0.60), (``similar``, 0.90) and (1, 1)."""

    floor: float = FLOOR
    similar: float = SIMILAR

    def shown(self, steps: Steps) -> Steps:
        """Cosines in ten-thousandths, int16[n], as the slider counts them."""
        if (self.floor, self.similar) == (FLOOR, SIMILAR):
            return steps
        known = np.array((-1.0, self.floor, self.similar, 1.0)) * STEP
        meant = np.array((-1.0, FLOOR, SIMILAR, 1.0)) * STEP
        found: Steps = np.rint(np.interp(steps, known, meant)).astype(np.int16)
        return found
