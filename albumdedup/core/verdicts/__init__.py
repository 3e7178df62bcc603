"""What may be said of a whole folder: which of its photos are elsewhere in the library, whole."""

from __future__ import annotations

from albumdedup.core.verdicts.card import CardVerdict, judge_card
from albumdedup.core.verdicts.folders import FolderVerdict, judge_folders
from albumdedup.core.verdicts.ties import FileVerdict, Standing, Ties

__all__ = [
    "CardVerdict", "FileVerdict", "FolderVerdict", "Standing", "Ties", "judge_card",
    "judge_folders",
]  # fmt: skip
