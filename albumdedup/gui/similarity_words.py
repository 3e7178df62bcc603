"""What a position of the similarity slider means, in words. No Qt."""

from __future__ import annotations

from albumdedup.core.i18n import _


def similarity_words(similarity: float) -> str:
    """How alike the least alike of the similar shots are that the slider takes in.

    >>> similarity_words(0.98)
    '98 %: the same shot'
    """
    percent = round(100 * similarity)
    bands = (
        (98, _("{n} %: the same shot")),
        (94, _("{n} %: shots of one moment, such as a burst")),
        (88, _("{n} %: the same thing from nearly the same place")),
        (82, _("{n} %: similar scenes")),
        (76, _("{n} %: scenes alike in shape and light")),
        (0, _("{n} %: anything faintly alike")),
    )
    return next(words for least, words in bands if percent >= least).format(n=percent)
