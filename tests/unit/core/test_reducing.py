"""Principal components: against numpy's own, in blocks, whitened or not; and what they refuse."""

from __future__ import annotations

import numpy as np
import pytest

from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.reducing import Moments, fit, loss
from albumdedup.core.scale import Scale

DIM = 24


@pytest.fixture(scope="module")
def rows() -> np.ndarray:
    chance = np.random.default_rng(5)
    mixed = chance.standard_normal((900, DIM)) @ np.diag(np.linspace(2.0, 0.05, DIM))
    mixed += chance.standard_normal(DIM) * 2
    turned = mixed @ np.linalg.qr(chance.standard_normal((DIM, DIM)))[0]
    return (turned / np.linalg.norm(turned, axis=1, keepdims=True)).astype(np.float32)


def blocks(rows: np.ndarray, size: int = 130):
    return (rows[start : start + size] for start in range(0, len(rows), size))


def fitted(rows: np.ndarray, to: int, *, whiten: bool = False, size: int = 130):
    return fit(blocks(rows, size), DIM, to, "some", Scale(), whiten=whiten)


def test_moments_in_blocks_are_those_of_all(rows) -> None:
    moments = Moments(DIM)
    for block in blocks(rows, 37):
        moments.add(block)
    moments.add(rows[:0])
    assert moments.count == len(rows)
    np.testing.assert_allclose(moments.mean, rows.mean(axis=0, dtype=np.float64), atol=1e-12)
    expected = np.cov(rows.astype(np.float64), rowvar=False, bias=True)
    np.testing.assert_allclose(moments.scatter / moments.count, expected, atol=1e-12)


def test_inner_products_are_kept_as_well_as_by_a_singular_value_decomposition(rows) -> None:
    found = fitted(rows, 6)
    assert not found.mean.any()
    _u, _s, axes = np.linalg.svd(rows.astype(np.float64), full_matrices=False)
    expected = rows @ axes[:6].T
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    np.testing.assert_allclose(
        found.apply(rows) @ found.apply(rows).T, expected @ expected.T, atol=1e-5
    )


def test_whitened_axes_have_one_variance_and_no_correlation(rows) -> None:
    found = fitted(rows, 8, whiten=True)
    turned = (rows.astype(np.float64) - found.mean) @ found.axes
    np.testing.assert_allclose(np.cov(turned, rowvar=False, bias=True), np.eye(8), atol=1e-3)


def test_the_kept_variance_is_that_of_the_projection(rows) -> None:
    for whiten in (False, True):
        found = fitted(rows, 5, whiten=whiten)
        axes = np.linalg.qr(found.axes.astype(np.float64))[0]
        centred = rows - rows.mean(axis=0, dtype=np.float64)
        kept = ((centred @ axes) ** 2).sum() / (centred**2).sum()
        assert found.variance == pytest.approx(kept, abs=1e-5)
    assert fitted(rows, DIM).variance == pytest.approx(1.0)


def test_rows_have_norm_one_and_do_not_depend_on_their_block(rows) -> None:
    found = fitted(rows, 7)
    small = found.apply(rows)
    assert small.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(small, axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(found.apply(rows[17:18])[0], small[17], atol=1e-7)
    assert found.apply(rows[:0]).shape == (0, 7)
    assert np.isfinite(found.apply(np.zeros((1, DIM), np.float32))).all()


def test_the_size_of_blocks_hardly_turns_the_axes(rows) -> None:
    np.testing.assert_allclose(fitted(rows, 6).axes, fitted(rows, 6, size=9).axes, atol=1e-5)


def test_all_dimensions_keep_every_neighbour_and_fewer_keep_less(rows) -> None:
    whole = loss(fitted(rows, DIM), rows)
    assert (whole.recall, whole.top, whole.asked, whole.among) == (1.0, 10, 900, 900)
    few, more = (loss(fitted(rows, to), rows, most=200) for to in (3, 12))
    assert few.recall < more.recall < 1
    assert few.asked == 200


def test_thresholds_have_as_many_pairs_above_as_the_full_ones(rows) -> None:
    scale = Scale(0.6, 0.9)
    for whiten in (False, True):
        found = fit(blocks(rows), DIM, 6, "some", scale, whiten=whiten)
        upper = np.triu_indices(len(rows), 1)
        full, small = (rows @ rows.T)[upper], (found.apply(rows) @ found.apply(rows).T)[upper]
        for before, after in ((0.6, found.floor), (0.9, found.similar)):
            count = (full >= before).sum()
            assert count > 100
            assert (small >= after).sum() == pytest.approx(count, rel=0.02)


def test_too_many_dimensions_and_too_few_samples_are_refused(rows) -> None:
    with pytest.raises(AlbumError) as large:
        fitted(rows, DIM + 1)
    assert large.value.code is ErrorCode.PCA_TOO_LARGE
    assert large.value.facts == {"name": "some", "count": DIM, "dim": DIM + 1}
    with pytest.raises(AlbumError) as few:
        fitted(rows[:8], 8)
    assert few.value.code is ErrorCode.PCA_TOO_FEW
    assert few.value.facts == {"dim": 8, "count": 8}
    assert fitted(rows[:9], 8).axes.shape == (DIM, 8)


def test_equal_rows_are_no_error() -> None:
    same = np.full((50, DIM), DIM**-0.5, np.float32)
    for whiten in (False, True):
        found = fitted(same, 4, whiten=whiten)
        assert found.variance == 1.0
        assert np.isfinite(found.apply(same)).all()
