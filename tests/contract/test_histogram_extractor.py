"""The stand-in for the network keeps the promises of the ``Extractor`` port."""

from __future__ import annotations

import numpy as np
from PIL import Image

from albumdedup.core.ports import Extractor
from albumdedup.core.types import Pixels
from tests.fakes import HISTOGRAM_SPEC, HistogramExtractor


def scene(seed: int) -> Pixels:
    """Broad patches of colour, 128 × 128."""
    patches = np.random.default_rng(seed).integers(0, 256, (6, 6, 3), np.uint8)
    return np.asarray(Image.fromarray(patches).resize((128, 128), Image.Resampling.BICUBIC))


def test_rows_have_norm_one_and_keep_their_order() -> None:
    extractor: Extractor = HistogramExtractor()
    plain = np.full((128, 128, 3), 200, np.uint8)
    tiny = np.zeros((5, 7, 3), np.uint8)
    batch = [scene(1), plain, tiny, scene(2)]
    rows = extractor.extract(batch)
    assert (rows.shape, rows.dtype) == ((4, HISTOGRAM_SPEC.dim), np.float32)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-6)
    np.testing.assert_array_equal(rows[3], extractor.extract([scene(2)])[0])
    assert extractor.extract([]).shape == (0, HISTOGRAM_SPEC.dim)


def test_copies_are_near_and_others_far() -> None:
    first = scene(1)
    copy = Image.fromarray(first).resize((90, 90)).resize((128, 128))
    rows = HistogramExtractor().extract([first, np.asarray(copy), scene(2), scene(3)])
    similarity = rows @ rows[0]
    assert similarity[1] > 0.99
    assert max(similarity[2:]) < 0.7
