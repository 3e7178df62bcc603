"""Which copy stays, and why, in one sentence.

A rule, or a chain of rules, narrows the photos to those that it finds best; where several are
left, one documented chain of tie-breaks follows, so that every rule decides, in whatever order
the photos come.
"""

from __future__ import annotations

from albumdedup.core.keeper.by_date import own_time
from albumdedup.core.keeper.choice import Choice, KeepContext, KeepRule, Narrowed, Step, inside
from albumdedup.core.keeper.loss import is_raw, lacks, warn
from albumdedup.core.keeper.rules import RULES, chain_of, choose_keeper, explain, pick
from albumdedup.core.keeper.words import clock, extra_names, source_name, span

__all__ = [
    "RULES", "Choice", "KeepContext", "KeepRule", "Narrowed", "Step", "chain_of", "choose_keeper",
    "clock", "explain", "extra_names", "inside", "is_raw", "lacks", "own_time", "pick",
    "source_name", "span", "warn",
]  # fmt: skip
