"""Two nominated photos → what their pixels prove: the stage *verify*."""

from albumdedup.core.verify.edits import judge_edit
from albumdedup.core.verify.features import Sight
from albumdedup.core.verify.judge import (
    COMPARE_EDGE,
    SAME_SIMILARITY,
    Shot,
    could_be_edited,
    could_be_same,
    turn,
    verify,
)
from albumdedup.core.verify.residual import SMALLEST_EDGE

__all__ = [
    "COMPARE_EDGE",
    "SAME_SIMILARITY",
    "SMALLEST_EDGE",
    "Shot",
    "Sight",
    "could_be_edited",
    "could_be_same",
    "judge_edit",
    "turn",
    "verify",
]
