"""What training lowers."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional


def contrast(
    queries: Tensor, bank: Tensor, own: Tensor, hidden: Tensor, temperature: float
) -> Tensor:
    """InfoNCE (van den Oord et al. 2018) against all photos of a bank (MoCo, He et al. 2020).

    ``queries`` float32[n, d] and ``bank`` float32[m, d] have rows of norm 1; ``own`` int64[n] is
    the row of the bank that a query belongs to; ``hidden`` bool[n, m] marks rows that count as
    neither (near-duplicates that nobody labelled).
    """
    logits = queries @ bank.T / temperature
    hidden = hidden.scatter(1, own[:, None], False)
    return functional.cross_entropy(logits.masked_fill(hidden, float("-inf")), own)


def threshold(
    queries: Tensor, bank: Tensor, own: Tensor, hidden: Tensor, *,
    middle: float, margin: float, temperature: float, pull: float,
) -> Tensor:  # fmt: skip
    """Pairs on the wrong side of one similarity for all photos: InfoNCE ranks within a query only.

    A logistic loss for each pair (SigLIP, Zhai et al. 2023) around ``middle`` ± ``margin``, summed
    over the bank, the copy's own photo counted ``pull`` times, and averaged over the queries.
    Shapes as in ``contrast``.
    """
    similar = queries @ bank.T
    other = ~hidden.scatter(1, own[:, None], True)
    too_near = functional.softplus((similar - (middle - margin)) / temperature) * other
    positive = similar.gather(1, own[:, None])
    too_far = functional.softplus((middle + margin - positive) / temperature)
    return (too_near.sum() + pull * too_far.sum()) / len(queries)


def koleo(rows: Tensor, least: float = 1e-6) -> Tensor:
    """Kozachenko–Leonenko: minus the mean logarithm of the distance to the nearest other row.

    Spreads float32[n, d] rows of norm 1 over the sphere (Sablayrolles et al. 2019; SSCD).
    """
    with torch.no_grad():
        similar = rows @ rows.T
        similar.fill_diagonal_(-2.0)
        nearest = similar.argmax(1)
    distance = (rows - rows[nearest]).square().sum(1).add(least).sqrt()
    return -distance.log().mean()
