"""What a card says of an edited copy."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from test_candidates import content, photo_at
from test_edited_pairs import sight
from test_verify import saved, scene

from albumdedup.core.candidates import inverse
from albumdedup.core.edit_words import edit_words, notes_of_scene
from albumdedup.core.types import Evidence, Member, Role, Tier
from albumdedup.core.verify import judge_edit
from albumdedup.evaluation.edits import edit_pixels


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        ("crop50", "Cut to 5"),
        ("rotated_90", "Turned by 90°."),
        ("rotated_180", "Turned by 180°."),
        ("mirror", "Mirrored."),
        ("border", "With a frame or other things around it."),
        ("grey", "The same view with other colours, light or things on it."),
        ("straightened", "Turned by 5°, cut to "),
    ],
)
@pytest.mark.parametrize("keeper_first", [True, False])
def test_what_was_done(edit, words, keeper_first):
    original = saved(scene(1500, 1000, seed=21), quality=93)
    copy, _matrix = edit_pixels(edit, Image.fromarray(original), 1, "photo")
    _tier, evidence = judge_edit(sight(original), sight(saved(np.array(copy), quality=90)))
    keeper = replace(photo_at(1), width=1500, height=1000)
    other = replace(photo_at(2), width=copy.width, height=copy.height)
    if not keeper_first:  # then the stored transform leads the other way
        keeper, other = replace(keeper, content=content(5)), replace(other, content=content(4))
        evidence = replace(evidence, transform=inverse(evidence.transform))
    member = Member(other, Tier.EDITED, Role.REVIEW, 0.9, evidence)
    assert edit_words(keeper, member).startswith(words)


def test_nothing_is_said_without_proof():
    copy = photo_at(2)
    for tier, evidence in ((Tier.SAME, Evidence("pixels_agree")), (Tier.EDITED, None)):
        assert edit_words(photo_at(1), Member(copy, tier, Role.REVIEW, 0.9, evidence)) == ""


def test_why_a_similar_shot_is_no_copy():
    def said(note, tier=Tier.SIMILAR):
        return notes_of_scene(Member(photo_at(2), tier, Role.REVIEW, 0.9, Evidence(note)))

    assert said("noise_differs").startswith("The same view, but another shot")
    assert said("no_alignment") == said("noise_differs", Tier.SAME) == ""
