"""The figures of an evaluation, as they are printed and stored."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from albumdedup.core.types import Tier
from albumdedup.evaluation.metrics import Score


@dataclass(frozen=True, slots=True)
class RankedFigures:
    """A descriptor alone, over all pairs of a query and a reference: micro average precision,
    and the recall at the thresholds whose precision over *all* edits is .99 and .999."""

    average_precision: float | None
    recall_at_99: float | None
    recall_at_999: float | None


@dataclass(frozen=True, slots=True)
class Row:
    """One edit, one tier, or all: pairs of a copy with a reference, and both in one group."""

    name: str
    copies: int
    pairs: Score
    groups: Score


@dataclass(frozen=True, slots=True)
class SystemFigures:
    """One system by one rule. ``unrelated`` counts pairs of unrelated files in one group."""

    name: str
    rule: str
    rows: tuple[Row, ...]
    unrelated: int
    unrelated_per_10000: float
    ranked: tuple[RankedFigures, ...] | None = None
    """Row by row; None for the product's whole decision and for a second rule."""

    @property
    def whole(self) -> Row:
        return self.rows[-1]


@dataclass(frozen=True, slots=True)
class CalledFigures:
    """What the product calls the copies of one row with their original: shares of the copies in
    one group with it by tier; ``right``, of those called Identical, Same or Edited, the share
    whose transform is right (None: there are none)."""

    name: str
    copies: int
    identical: float
    same: float
    edited: float
    similar: float
    right: float | None

    @property
    def found(self) -> float:
        return self.identical + self.same + self.edited + self.similar

    @property
    def proven(self) -> float:
        return self.identical + self.same


@dataclass(frozen=True, slots=True)
class SeriesFigures:
    """Different shots of one scene, as counts of pairs: both with a capture time, or not."""

    with_exif: bool
    pairs: int
    same: int
    edited: int
    similar: int


class Fault(StrEnum):
    """What an example shows."""

    UNRELATED = "unrelated"
    SERIES = "series"
    MISSED = "missed"
    SPLIT = "split"
    WEAK = "weak"
    ASTRAY = "astray"


@dataclass(frozen=True, slots=True)
class Example:
    """Two files, relative to the album, that were judged wrong; ``similarity`` is that of the
    descriptor, ``called`` what the product says (None: nothing), ``note`` what decided."""

    fault: Fault
    first: str
    second: str
    kind: str
    similarity: float
    called: Tier | None
    note: str


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal with what was measured; ``met`` None where the album has nothing to measure."""

    text: str
    wanted: str
    measured: str
    met: bool | None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All figures of one run; ``missing`` names baselines that are not installed."""

    seed: int
    files: int
    copies: int
    references: int
    product: SystemFigures
    called: tuple[CalledFigures, ...]
    series: tuple[SeriesFigures, ...]
    baselines: tuple[SystemFigures, ...]
    missing: tuple[str, ...]
    goals: tuple[Goal, ...]
    examples: tuple[Example, ...]
