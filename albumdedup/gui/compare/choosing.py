"""Which photos of a group stand beside one another, and what is said of them. No Qt."""

from __future__ import annotations

from collections.abc import Sequence

from albumdedup.core.edit_words import edit_words, notes_of_scene
from albumdedup.core.i18n import _, tier_name
from albumdedup.core.types import Group, Member
from albumdedup.gui.compare.pictures import Heat
from albumdedup.gui.texts import tier_mark

MOST = 4
"""So many photos stand beside one another."""


def chosen(group: Group, member: int, most: int) -> tuple[list[str], int]:
    """Paths of the ``most`` photos to show, the keeper first, and which of them the keeper is set
    against. Of many photos the others come in turns, so that each is reached."""
    paths = [one.photo.path for one in group.members]
    other = max(1, min(member, len(paths) - 1))
    begin = 1 + (other - 1) // (most - 1) * (most - 1)
    begin = max(1, min(begin, len(paths) - most + 1))
    return [paths[0], *paths[begin : begin + most - 1]], other - begin + 1


def relation(ruled: Group, member: Member) -> str:
    """How a photo is tied to the one that the rule keeps, and what was done to it."""
    words = [f"{tier_mark(member.tier)} {tier_name(member.tier)}"]
    proof = next((m for m in ruled.members[1:] if m.photo.path == member.photo.path), None)
    if proof is not None:
        words += [edit_words(ruled.keeper, proof), notes_of_scene(proof)]
    return " · ".join(word for word in (*words, member.note) if word)


def heat_sentence(heat: Heat | None, *, measured: bool) -> str:
    if not measured:
        return _("Measuring…")
    if heat is None:
        return _("The two photos have no part in common.")
    share = 100 * heat.facts.share
    if share == 0:
        return _("Nothing differs that could be seen.")
    if share < 1:
        return _("Less than 1 % of the picture differs.")
    return _("{percent} % of the picture differs.").format(percent=round(share))


def member_of(group: Group, path: str) -> Member | None:
    return next((one for one in group.members if one.photo.path == path), None)


def still(groups: Sequence[Group], group_id: str, paths: Sequence[str]) -> Group | None:
    """The group of that id, or the one that holds these photos by now."""
    same = next((one for one in groups if one.id == group_id), None)
    if same is not None:
        return same
    wanted = set(paths)
    holding = (g for g in groups if wanted <= {one.photo.path for one in g.members})
    return next(holding, None)
