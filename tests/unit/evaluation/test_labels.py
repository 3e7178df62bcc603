"""Top-k, average precision and confusion against their plain definitions; the split."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pictures import save, scene

from albumdedup.core.control import Control
from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.lettering import Lettering
from albumdedup.evaluation.label_chart import confusion_chart, shortened
from albumdedup.evaluation.label_tree import LabelTree, read_tree, refuse_unfit, split
from albumdedup.evaluation.labels import (
    Metric,
    confusion_of,
    judge,
    nearest_labels,
    precision_of,
    scores,
)
from albumdedup.evaluation.recipes import CLASSIC, recipes

LEAST = -np.inf


def plain_precision(row: list[float], positive: list[bool], least: float) -> float:
    """Word for word: at each positive that is found, the share of positives among all that score
    at least as high; over all positives."""
    total = 0.0
    for score, right in zip(row, positive, strict=True):
        if right and score >= least:
            near = [p for s, p in zip(row, positive, strict=True) if s >= score]
            total += sum(near) / len(near)
    return total / sum(positive)


ranked = st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=1, max_size=30).filter(
    lambda pairs: any(right for _, right in pairs)
)


@given(ranked, st.sampled_from((LEAST, 2.0, 3.5, 9.0)))
@settings(max_examples=200, deadline=None)
def test_average_precision_is_what_its_definition_says(pairs, least):
    row, positive = [float(score) for score, _ in pairs], [right for _, right in pairs]
    found = precision_of(np.array(row), np.array(positive), least)
    assert found == pytest.approx(plain_precision(row, positive, least))


def test_average_precision_by_hand():
    row, positive = np.array([0.9, 0.8, 0.7, 0.6]), np.array([True, False, True, False])
    assert precision_of(row, positive) == pytest.approx((1 + 2 / 3) / 2)
    assert precision_of(row, positive, 0.75) == pytest.approx(1 / 2), "what is not found counts 0"
    assert precision_of(row, positive, 0.95) == 0


@given(st.integers(0, 10_000), st.sampled_from(list(Metric)), st.sampled_from((LEAST, 0.3, -0.9)))
@settings(max_examples=60, deadline=None)
def test_judged_as_a_plain_loop_judges(seed, metric, least):
    chance = np.random.default_rng(seed)
    classes, queries, base = 4, int(chance.integers(1, 9)), int(chance.integers(4, 14))
    vectors = chance.integers(-2, 3, (queries + base, 3)).astype(np.float32) + np.float32(0.5)
    true = chance.integers(0, classes, queries)
    labels = np.concatenate((np.arange(classes), chance.integers(0, classes, base - classes)))
    found = judge(vectors[:queries], vectors[queries:], true, labels, classes, metric, least)
    top1 = top5 = 0
    confusion = np.zeros((classes, classes + 1), int)
    precisions = []
    for one, label in zip(vectors[:queries], true, strict=True):
        row = [round(plain_score(one, other, metric), 6) for other in vectors[queries:]]
        order = sorted(range(base), key=lambda place, row=row: (-row[place], place))
        near = [labels[place] for place in order[:5] if row[place] >= least]
        top1 += near[:1] == [label]
        top5 += label in near
        confusion[label, near[0] if near else classes] += 1
        precisions.append(plain_precision(row, list(labels == label), least))
    assert found.top1 == pytest.approx(top1 / queries)
    assert found.top5 == pytest.approx(top5 / queries)
    assert found.mean_ap == pytest.approx(np.mean(precisions))
    np.testing.assert_array_equal(found.confusion, confusion)


def plain_score(one, other, metric) -> float:
    a, b = one.astype(float), other.astype(float)
    if metric is Metric.L2:
        return -float(np.linalg.norm(a - b))
    whole = float(np.linalg.norm(a) * np.linalg.norm(b)) if metric is Metric.COSINE else 1.0
    return float(a @ b) / whole


def test_many_queries_are_judged_in_blocks_and_can_be_stopped():
    vectors = np.eye(3, dtype=np.float32)[np.arange(900) % 3]
    labels, seen = np.arange(900) % 3, []
    found = judge(
        vectors, vectors[:3], labels, labels[:3], 3, Metric.IP, checkpoint=lambda: seen.append(1)
    )
    assert (found.top1, found.top5, found.mean_ap) == (1, 1, 1)
    assert found.confusion.trace() == 900
    assert len(seen) > 1


def test_ties_go_to_the_first_and_little_base_is_no_trouble():
    table = scores(np.eye(2, dtype=np.float32)[:1], np.ones((3, 2), np.float32), Metric.IP)
    np.testing.assert_array_equal(nearest_labels(table, np.array([7, 8, 9]), 5), [[7, 8, 9]])
    np.testing.assert_array_equal(
        confusion_of(np.array([0, 1, 1]), np.array([1, -1, 1]), 2), [[0, 1, 0], [0, 1, 1]]
    )


def tree(*sizes: int, order: str = "abcdefgh") -> LabelTree:
    names = tuple(order[: len(sizes)])
    paths = [f"/{n}/{k}" for n, size in zip(names, sizes, strict=True) for k in range(size)]
    return LabelTree("/", names, tuple(paths), np.repeat(np.arange(len(sizes)), sizes), 0, 0)


@given(
    st.lists(st.integers(1, 12), min_size=2, max_size=6),
    st.floats(0.01, 0.99),
    st.integers(0, 99),
)
@settings(max_examples=100, deadline=None)
def test_each_class_asks_and_answers(sizes, share, seed):
    made = tree(*sizes)
    whole = np.ones(len(made.paths), bool)
    parts = split(made, whole, share, seed)
    assert sorted([*parts.queries, *parts.base]) == list(range(len(made.paths)))
    assert parts.single == sizes.count(1)
    for number, size in enumerate(sizes):
        asks = int((made.labels[parts.queries] == number).sum())
        assert asks == (0 if size == 1 else min(max(1, round(share * size)), size - 1))
    again = split(made, whole, share, seed)
    np.testing.assert_array_equal(parts.queries, again.queries)


def test_other_classes_do_not_change_who_asks_but_the_seed_does():
    alone, more = tree(40, 2), tree(40, 9)
    whole = [np.ones(len(t.paths), bool) for t in (alone, more)]
    first, second = (split(t, w, 0.5, 1).queries for t, w in zip((alone, more), whole, strict=True))
    np.testing.assert_array_equal(first[first < 40], second[second < 40])
    other = split(alone, whole[0], 0.5, 2).queries
    assert set(other[other < 40]) != set(first[first < 40])


def test_a_name_that_is_no_text_can_be_split():
    odd = replace(tree(3, 3), classes=("\udcff", "b"))
    assert len(split(odd, np.ones(6, bool), 0.3, 1).queries) == 2


def test_a_tree_is_read_as_a_scan_reads_it(tmp_path):
    for name in ("b/2.jpg", "b/deep/1.jpg", "a/1.jpg", "loose.jpg"):
        save(scene(len(name), (64, 48)), tmp_path / name)
    (tmp_path / "a" / "notes.txt").write_text("no photo")
    (tmp_path / "empty").mkdir()
    found = read_tree(tmp_path, Control())
    assert found.classes == ("a", "b")
    assert [p.removeprefix(str(tmp_path)) for p in found.paths] == [
        "/a/1.jpg", "/b/2.jpg", "/b/deep/1.jpg",
    ]  # fmt: skip
    assert found.labels.tolist() == [0, 1, 1]
    assert (found.loose, found.skipped) == (1, 1)


@pytest.mark.parametrize(
    ("read", "word"),
    [((0, 0, 0, 0), "no folder"), ((1, 1, 0, 0), "only one"), ((1, 0, 1, 0), "more than one")],
)
def test_too_little_is_refused(read, word):
    with pytest.raises(AlbumError) as caught:
        refuse_unfit(tree(2, 2), np.array(read, bool))
    assert caught.value.code is ErrorCode.LABELS_UNFIT
    assert word in str(caught.value.facts["detail"])
    refuse_unfit(tree(2, 2), np.array((1, 1, 1, 0), bool))


def test_recipes_are_the_classic_ones_and_what_is_named():
    assert [recipe.extractor for recipe in recipes([])] == list(CLASSIC)
    assert recipes(["vgg19"])[0].rule == "COSINE ≥ 0.60"
    assert [r.name for r in recipes(["album", "resnet18"], 200)] == [
        "album", "resnet18", "resnet18-pca200",
    ]  # fmt: skip
    with pytest.raises(AlbumError) as caught:
        recipes(["resnet81"])
    assert caught.value.code is ErrorCode.EXTRACTOR_MISSPELT


@pytest.mark.parametrize(
    "name", ["a_long_name_with_a_number_17", "一个很长的文件夹名字有数字号码17"]
)
def test_names_are_shortened_in_the_middle(name):
    shown = shortened(name, 12, 100)
    assert shown.startswith(name[:3])
    assert shown.endswith("17")
    assert "…" in shown
    assert 60 < Lettering(12).width(shown) <= 100
    assert shortened("short", 12, 100) == "short"


@pytest.mark.parametrize("count", [2, 40, 700])
def test_a_picture_has_every_class_in_it(count):
    confusion = np.zeros((count, count + 1), np.int64)
    confusion[np.arange(count), np.arange(count)] = 3
    confusion[0, 1] = 1
    without = confusion_chart("title", [f"class {n}" for n in range(count)], confusion)
    confusion[1, count] = 2
    drawn = confusion_chart("title", ["<&\n\udcff", *"x" * (count - 1)], confusion)
    assert len(drawn.shapes) > len(without.shapes)
    assert "none" in drawn.svg()
    assert "none" not in without.svg()
    assert "<&" not in drawn.svg()
    assert drawn.png().startswith(b"\x89PNG")
    assert max(drawn.width, drawn.height) < 2600
