"""What is elsewhere: by bytes, by looks, page by page, each similarity exact."""

from __future__ import annotations

import numpy as np
import pytest

from albumdedup.core.control import Control
from albumdedup.core.elsewhere import Elsewhere, How, Meeting
from albumdedup.core.errors import Cancelled
from albumdedup.core.family import Holding, Relative
from albumdedup.core.join import similarities
from albumdedup.core.types import ContentId, Descriptors

NAS = Relative("b" * 12, "NAS", 0, None)
PHONE = Relative("c" * 12, "Phone", 0, None)


def held(numbers: range | list[int], folder: str, plain: tuple[int, ...] = ()) -> list[Holding]:
    return [
        Holding(ContentId(f"{n:064x}"), 1, f"{folder}/{n:04d}.jpg", 1, 1, 1, None, n in plain)
        for n in numbers
    ]


def unit(rows: object) -> Descriptors:
    made = np.asarray(rows, np.float32)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


def meet(
    own: tuple[list[Holding], Descriptors],
    others: list[tuple[Relative, list[Holding], Descriptors]],
    similarity: float = 0.985,
    page: int = 7,
) -> Elsewhere:
    described = ([one.content for one in own[0]], own[1])
    meeting = Meeting(own[0], described, similarity, Control())
    for relative, holdings, vectors in others:
        cuts = range(0, len(holdings), page)
        pages = [(holdings[at : at + page], vectors[at : at + page]) for at in cuts]
        assert sum(meeting.take(relative, pages)) == len(holdings)
    return meeting.end()


def test_bytes_before_looks_and_of_looks_the_best() -> None:
    a = unit([[1, 0, 0], [0, 1, 0], [0, 0, 1]])
    near = unit([[1, 0.05, 0], [1, 0.02, 0], [0, 1, 0], [1, 1, 1]])
    found = meet(
        (held(range(3), "/here"), a),
        [(NAS, held([10, 11, 1, 13], "/nas"), near), (PHONE, held([2], "/phone"), a[2:])],
    )
    first, second, third = found.here
    assert [(s.relative, s.how, s.holding.path) for s in first.there] == [
        (NAS, How.LOOKS, "/nas/0011.jpg")
    ]
    assert first.there[0].similarity == similarities(a[:1], near[1:2])[0] == 0.9998
    assert [(s.relative, s.how, s.similarity) for s in second.there] == [(NAS, How.BYTES, 1.0)]
    assert [(s.relative, s.how) for s in third.there] == [(PHONE, How.BYTES)]
    assert found.also == found.here
    assert [one.holding.path for one in found.only_here] == ["/here/0000.jpg"]
    lacking = {one.holdings[0][1].path: (one.like, one.similarity) for one in found.there}
    assert lacking == {
        "/nas/0010.jpg": (first.holding, 0.9988),
        "/nas/0011.jpg": (first.holding, 0.9998),
        "/nas/0013.jpg": (None, 0.0),
    }


def test_the_floor_is_met_by_the_rounded_exact_similarity() -> None:
    a, b = unit([[1.0, 0.0]]), unit([[1.0, 0.2]])
    exact = float(similarities(a, b)[0])
    others = [(NAS, held([9], "/nas"), b)]
    assert meet((held([1], "/here"), a), others, exact).here[0].there
    assert not meet((held([1], "/here"), a), others, exact + 0.0001).here[0].there


def test_a_plain_picture_looks_like_nothing_and_has_its_bytes() -> None:
    a = unit([[1, 0], [1, 0.01], [1, 0.02]])
    own = held([1, 2, 3], "/here", plain=(2,))
    there = [*held([2], "/nas", plain=(2,)), *held([4], "/nas", plain=(4,))]
    found = meet((own, a), [(NAS, there, unit([[1, 0.01], [1, 0]]))])
    assert [len(one.there) for one in found.here] == [0, 1, 0]
    assert found.there[0].like is None


def test_one_content_in_two_libraries_is_lacked_once() -> None:
    a = unit([[1, 0]])
    there = unit([[0, 1]])
    found = meet(
        (held([1], "/here"), a),
        [(NAS, held([5], "/nas"), there), (PHONE, held([5], "/phone"), there)],
    )
    (one,) = found.there
    assert [relative.label for relative, _holding in one.holdings] == ["NAS", "Phone"]


@pytest.mark.parametrize("page", [1, 40, 1000])
def test_every_pair_is_found_as_by_looking_at_all(page: int) -> None:
    chance = np.random.default_rng(4)
    centres = chance.standard_normal((30, 16))
    a, b = (unit(centres[chance.integers(0, 30, 200)] + 0.12 * chance.standard_normal((200, 16)))
            for _ in range(2))  # fmt: skip
    own, others = held(range(200), "/here"), held(range(1000, 1200), "/nas")
    found = meet((own, a), [(NAS, others, b)], 0.95, page)
    exact = np.round(a.astype(np.float64) @ b.T.astype(np.float64), 4)
    some = 0
    for row, one in enumerate(found.here):
        best = exact[row].max()
        if best < 0.95:
            assert one.there == ()
            continue
        some += 1
        assert one.there[0].similarity == best
        assert one.there[0].holding == others[int(np.argmax(exact[row]))]
    assert 50 < some < 200
    likes = {one.holdings[0][1].content: one for one in found.there}
    for column, other in enumerate(others):
        best = exact[:, column].max()
        one = likes[other.content]
        assert (one.like is None) == (best < 0.95)
        if one.like is not None:
            assert (one.similarity, one.like) == (best, own[int(np.argmax(exact[:, column]))])


def test_an_empty_library_lacks_everything_and_an_empty_family_nothing() -> None:
    empty = np.empty((0, 0), np.float32)
    found = meet(([], empty), [(NAS, held([5], "/nas"), unit([[0, 1]]))])
    assert (found.here, len(found.there)) == ((), 1)
    found = meet((held([5], "/here"), unit([[0, 1]])), [(NAS, [], empty)])
    assert (len(found.only_here), found.there) == (1, ())


def test_it_can_be_stopped() -> None:
    control = Control()
    own = held([1], "/here")
    meeting = Meeting(own, ([own[0].content], unit([[1, 0]])), 0.9, control)
    control.cancel()
    with pytest.raises(Cancelled):
        list(meeting.take(NAS, [(held([2], "/nas"), unit([[1, 0]]))]))
