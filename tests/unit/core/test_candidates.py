"""Which pairs are aligned, and what follows for those that are not."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from albumdedup.core.candidates import (
    DOUBTFUL,
    DOUBTFUL_LEAST,
    MANY,
    NEAREST,
    NOT_COMPARED,
    SECOND_NEAREST,
    THROUGH_A_COPY,
    follow_from_copies,
    inverse,
    second_look,
    worth_aligning,
)
from albumdedup.core.types import (
    ContentId,
    Evidence,
    FileIdentity,
    Match,
    Photo,
    PhotoMetadata,
    Stamp,
    Tier,
    Transform,
)


def photo_at(number):
    stamp = Stamp(1000, 1, FileIdentity(1, number))
    return Photo(
        number, f"/{number}.jpg", stamp, content(number), 1000, 1000, "JPEG", None, PhotoMetadata()
    )


def content(number):
    return ContentId(f"{number:064x}")


def pair(one, two, similarity=0.9, tier=Tier.SIMILAR, evidence=None):
    a, b = sorted((content(one), content(two)))
    return Match(a, b, similarity, tier, evidence)


HALF = Transform((0.5, 0.0, 0.25, 0.0, 0.5, 0.25, 0.0, 0.0, 1.0), 1.0, 0.25, 0.99)
ALIGNED = Evidence("aligned", transform=HALF)
SKIPPED = Evidence(NOT_COMPARED)


def photos(count, largest):
    found = {}
    for number in range(count):
        size = 4000 if number == largest else 1000
        found[content(number)] = replace(
            photo_at(number), content=content(number), width=size, height=size
        )
    return found


def test_few_neighbours_are_all_looked_at():
    matches = [pair(i, j) for i in range(NEAREST) for j in range(i)]
    chosen = worth_aligning(matches, photos(NEAREST, 0))
    assert chosen == {(m.a, m.b) for m in matches}


def test_of_many_each_meets_its_nearest_and_the_largest():
    count = 3 * MANY
    chance = random.Random(1)
    matches = [
        pair(i, j, round(chance.uniform(0.7, 0.99), 4)) for i in range(count) for j in range(i)
    ]
    chosen = worth_aligning(matches, photos(count, 5))
    assert len(chosen) < 5 * count
    for number in range(count):
        if number != 5:
            assert tuple(sorted((content(number), content(5)))) in chosen
        own = [m for m in matches if content(number) in (m.a, m.b)]
        nearest = min(own, key=lambda m: (-m.similarity, m.a, m.b))
        assert (nearest.a, nearest.b) in chosen


def test_the_choice_does_not_depend_on_order():
    chance = random.Random(2)
    matches = [pair(i, j, chance.choice((0.8, 0.9))) for i in range(20) for j in range(i)]
    known = photos(20, 3)
    first = worth_aligning(matches, known)
    for _ in range(5):
        chance.shuffle(matches)
        assert worth_aligning(matches, known) == first


@pytest.mark.parametrize(("copy", "edit", "keeper"), [(1, 2, 3), (3, 1, 2), (2, 3, 1), (3, 2, 1)])
def test_an_edit_of_a_copy_is_an_edit_of_the_photo(copy, edit, keeper):
    """The transform leads from a to b whatever the order of the ids is."""
    forward = content(copy) < content(edit)
    evidence = ALIGNED if forward else Evidence("aligned", transform=inverse(HALF))
    matches = [
        pair(copy, edit, 0.9, Tier.EDITED, evidence),
        pair(copy, keeper, 0.999, Tier.SAME, Evidence("pixels_agree")),
        pair(edit, keeper, 0.89, evidence=SKIPPED),
    ]
    (found,) = follow_from_copies(matches)
    assert (found.tier, found.evidence.note) == (Tier.EDITED, THROUGH_A_COPY)
    assert {found.a, found.b} == {content(edit), content(keeper)}
    expected = HALF if found.a == content(keeper) else inverse(HALF)
    assert found.evidence.transform.matrix == pytest.approx(expected.matrix, abs=1e-4)


def test_nothing_follows_from_edits_of_edits_or_against_a_verdict():
    looked = Evidence("pixels_differ")
    matches = [
        pair(1, 2, 0.9, Tier.EDITED, ALIGNED),
        pair(2, 3, 0.9, Tier.EDITED, ALIGNED),
        pair(1, 3, 0.9, evidence=SKIPPED),
        pair(4, 5, 0.9, Tier.EDITED, ALIGNED),
        pair(5, 6, 0.999, Tier.SAME, Evidence("pixels_agree")),
        pair(4, 6, 0.9, evidence=looked),
        pair(7, 8, 0.999, Tier.SAME, Evidence("pixels_agree")),
        pair(8, 9, 0.999, Tier.SAME, Evidence("pixels_agree")),
        pair(7, 9, 0.999, evidence=SKIPPED),
    ]
    assert follow_from_copies(matches) == []


def test_an_inverse_leads_back():
    twice = inverse(inverse(HALF))
    assert twice.matrix == pytest.approx(HALF.matrix, abs=1e-4)
    assert (twice.shows, twice.shown) == (HALF.shows, HALF.shown)
    product = np.array(HALF.matrix).reshape(3, 3) @ np.array(inverse(HALF).matrix).reshape(3, 3)
    assert product == pytest.approx(np.eye(3), abs=1e-4)


def test_a_photo_with_hardly_a_relative_meets_those_that_have_some():
    lone, related = 0, range(1, 9)
    left_out = [pair(lone, i, 0.6 + i / 100, evidence=SKIPPED) for i in related]
    ties = [pair(i, i + 1, 0.99, Tier.EDITED, ALIGNED) for i in related]
    matches = [*left_out, *ties]
    fresh = {(m.a, m.b) for m in matches}
    chosen = second_look([*matches, pair(lone, 9, 0.9, Tier.EDITED, ALIGNED)], fresh, photos(9, 3))
    others = {(a if b == content(lone) else b) for a, b in chosen}
    nearest = {content(i) for i in related[-SECOND_NEAREST:]}
    assert others == {content(3), *nearest}  # the largest, though it is among the least similar
    assert second_look(matches, set(), photos(9, 3)) == set()  # pairs of earlier scans are settled


def test_two_photos_without_relatives_are_not_looked_at_again():
    matches = [pair(i, j, 0.7, evidence=SKIPPED) for i in range(5) for j in range(i)]
    assert second_look(matches, {(m.a, m.b) for m in matches}, photos(5, 0)) == set()


def test_of_very_many_doubtful_pairs_the_most_similar_are_aligned():
    count = DOUBTFUL_LEAST + 500
    doubtful = [pair(2 * i, 2 * i + 1, 0.6 + i / count / 10) for i in range(count)]
    sure = [pair(2 * i, 2 * i + 1, DOUBTFUL) for i in range(count, count + 100)]
    chosen = worth_aligning([*doubtful, *sure], {})
    wanted = [*doubtful[-DOUBTFUL_LEAST:], *sure]
    assert chosen == {(m.a, m.b) for m in wanted}
