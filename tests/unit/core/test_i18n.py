"""Every failure has a sentence that names the thing and ends properly."""

from __future__ import annotations

import pytest

from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.i18n import describe, describe_problem, describe_reason, tier_name
from albumdedup.core.types import Problem, Reason, Tier

NAMELESS = frozenset(
    {
        ErrorCode.EXTRACTOR_UNKNOWN, ErrorCode.UNKNOWN_OPERATION, ErrorCode.NOTHING_TO_UNDO,
        ErrorCode.PLAN_REFUSED, ErrorCode.NOTHING_SCANNED, ErrorCode.NO_FAMILY,
        ErrorCode.UNKNOWN_RELATIVE, ErrorCode.EXTRACTOR_MISSPELT, ErrorCode.WEIGHTS_NOT_HERE,
        ErrorCode.WEIGHTS_INCLUDED, ErrorCode.VALUE_REFUSED, ErrorCode.UNKNOWN_GROUP,
        ErrorCode.EXTRA_MISSING, ErrorCode.DESCRIPTORS_TOO_LARGE, ErrorCode.SPACE_OUTDATED,
        ErrorCode.SPACE_NEEDED, ErrorCode.PCA_TOO_LARGE, ErrorCode.PCA_TOO_FEW,
        ErrorCode.NOTHING_DESCRIBED, ErrorCode.CROP_UNFIT, ErrorCode.EXAMPLES_CANCEL,
        ErrorCode.INDEX_UNFIT,
    }
)  # fmt: skip
"""Failures that are of no one file."""


@pytest.mark.parametrize("code", list(ErrorCode))
def test_every_error_has_a_sentence(code):
    sentence = describe(AlbumError(code, path="/photos/x", detail="why", name="7"))
    assert sentence.rstrip().endswith((".", "why"))
    assert "{" not in sentence
    needs_path = code not in NAMELESS
    assert ("/photos/x" in sentence) == needs_path


def test_facts_that_are_missing_do_not_break_the_sentence():
    assert describe(AlbumError(ErrorCode.NOT_THERE)).endswith("plug in its drive.")


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_a_sentence(reason):
    assert describe_reason(reason).endswith(".")
    assert describe_problem(Problem("/x", reason, "libjpeg said no")).endswith("(libjpeg said no)")


def test_every_tier_has_a_name():
    assert len({tier_name(tier) for tier in Tier}) == len(Tier)
