"""What an answer of a search says, and each of its photos."""

from __future__ import annotations

import os

from albumdedup.core.folder_names import last_two_parts
from albumdedup.core.i18n import _, ngettext, tier_name
from albumdedup.core.types import SearchHit, Tier
from albumdedup.gui.finding import Found
from albumdedup.gui.grouped import LOOSEST
from albumdedup.gui.picture_grid import Picture
from albumdedup.gui.texts import shown, tier_mark


def answer_words(found: Found) -> str:
    query, name = found.query, shown(found.query.name)
    if not found.hits:
        if query.sieve.open:
            return _("The library has no other photo.")
        return _("No photo of the library passes these filters.")
    if query.unlike:
        return _("The photos most like those with a plus, and unlike those with a minus.")
    if query.several:
        return _("The photos most like all of these together.")
    if query.crop is not None:
        return _("The photos most like the marked part of {name}.").format(name=name)
    same = sum(hit.photo.content in found.contents for hit in found.hits)
    if same:
        words = ngettext(
            "{name} is in the library: {n} photo is the same, byte for byte. The most similar "
            "stand first.",
            "{name} is in the library: {n} photos are the same, byte for byte. The most "
            "similar stand first.",
            same,
        )
    elif query.but:
        words = _("The photos most like {name}. None is the same byte for byte.")
    else:
        words = _("No photo is the same as {name} byte for byte. These are most like it.")
    return words.format(name=name, n=f"{same:,}")


def hit_picture(hit: SearchHit, found: Found) -> Picture:
    """A tile with its score as a badge; the exact figures are in the tooltip."""
    photo, query = hit.photo, found.query
    if photo.path in {given.path for given in query.like}:
        badge, tone = _("● this file"), "stays"
    elif photo.content in found.contents and query.crop is None:
        badge, tone = f"{tier_mark(Tier.IDENTICAL)} {tier_name(Tier.IDENTICAL)}", "stays"
    else:
        percent = max(0, min(99, round(hit.similarity * 100)))  # 100 is for equal bytes
        badge = _("{n} % alike").format(n=percent)
        tone = "text" if hit.similarity >= LOOSEST else "quiet"
    figures = _("Similarity (cosine) {similarity}, distance (L2) {distance}").format(
        similarity=f"{hit.similarity:.4f}", distance=f"{hit.distance:.4f}"
    )
    return Picture(
        photo.path, photo.path, photo.content, badge, tone,
        shown(os.path.basename(photo.path)),
        shown(last_two_parts(os.path.dirname(photo.path))),
        f"{shown(photo.path)}\n{figures}",
    )  # fmt: skip
