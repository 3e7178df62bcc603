"""What the library knows of a file: its unit, its neighbours, its group, and what becomes of it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import Any

from albumdedup.core.edit_words import edit_words, note_words, notes_of_scene
from albumdedup.core.examination.steps import Step
from albumdedup.core.i18n import _, about, describe_problem, listed, ngettext, tier_name
from albumdedup.core.keeper.words import NAMES, extra_names
from albumdedup.core.types import (
    ContentId,
    FoundFile,
    Group,
    Match,
    Member,
    Photo,
    Problem,
    Role,
    SearchHit,
    Snapshot,
    Stamp,
    Tier,
)

NEIGHBOURS = 5


def photo_at(path: str, snapshot: Snapshot) -> Photo | None:
    """The photo of the library that a path is, or is part of."""
    for photo in snapshot.photos:
        if photo.path == path or any(one.path == path for one in photo.companions):
            return photo
    return None


def examine_unit(path: str, photo: Photo | None, snapshot: Snapshot) -> Step | None:
    """What belongs together; None where the file is alone."""
    title = _("Belongs together")
    if photo is not None and photo.companions:
        facts = {
            "photo": photo.path,
            "companions": [{"path": one.path, "kind": one.kind.value} for one in photo.companions],
        }
        lines = [_("One photo with all that belongs to it; it is moved whole or not at all:")]
        lines.append(photo.path)
        for one in photo.companions:
            kind = extra_names([one.kind.value]) if one.kind.value in NAMES else one.kind.value
            lines.append(about(one.path, kind))
        return Step("unit", title, tuple(lines), facts)
    for loose in snapshot.loose:
        if loose.path == path:
            words = _("It could belong to any of {names}, and so is left where it is.")
            names = listed(os.path.basename(one) for one in loose.candidates)
            facts = {"candidates": list(loose.candidates)}
            return Step("unit", title, (words.format(names=names),), facts)
    return None


def examine_record(
    found: FoundFile, content: ContentId | None, photo: Photo | None, snapshot: Snapshot
) -> Step:
    """Whether the catalog knows the file, and as what."""
    title = _("Library")
    others = [p.path for p in snapshot.photos if p.content == content and p.path != found.path]
    facts: dict[str, Any] = {"known": photo is not None, "content": content, "copies": others}
    lines = []
    if content is not None:
        lines.append(_("Content id (SHA-256): {content}.").format(content=content))
    problem = next((p for p in snapshot.unreadable if p.path == found.path), None)
    lines += _record_words(found, photo, problem, facts)
    if others:
        words = ngettext(
            "{n} other file of the library has the same bytes: {names}.",
            "{n} other files of the library have the same bytes: {names}.",
            len(others),
        )
        lines.append(words.format(n=f"{len(others):,}", names=listed(others[:NEIGHBOURS])))
    return Step("library", title, tuple(lines), facts)


def _record_words(
    found: FoundFile, photo: Photo | None, problem: Problem | None, facts: dict[str, Any]
) -> list[str]:
    if problem is not None:
        facts["problem"] = problem.reason.value
        words = _("The last scan could not read it: {reason}")
        return [words.format(reason=describe_problem(problem))]
    if photo is None:
        return [_("The library does not know this file.")]
    if photo.path != found.path:
        return [_("The library knows it as a part of {path}.").format(path=photo.path)]
    facts["changed"] = not _same(photo.stamp, found.stamp)
    if facts["changed"]:
        return [_("The file has changed since it was scanned; scan again.")]
    return [_("The library knows it, as it is now.")]


def _same(one: Stamp, two: Stamp) -> bool:
    return (one.size, one.mtime_ns) == (two.size, two.mtime_ns)


def examine_neighbours(photo: Photo, snapshot: Snapshot) -> Step:
    """By the pairs that scans have found; nothing is computed."""
    files: dict[ContentId, str] = {}
    for other in snapshot.photos:
        files.setdefault(other.content, other.path)
    found = [
        (match, match.b if match.a == photo.content else match.a)
        for match in snapshot.matches
        if photo.content in (match.a, match.b)
    ]
    found.sort(key=lambda one: (-one[0].similarity, one[1]))
    near = [(match, files[other]) for match, other in found if other in files]
    lines = [_neighbour_words(match, path) for match, path in near[:NEIGHBOURS]]
    if len(near) > NEIGHBOURS:
        lines.append(_("… and {n} more").format(n=f"{len(near) - NEIGHBOURS:,}"))
    facts = [
        {
            "path": path,
            "similarity": round(match.similarity, 4),
            "tier": match.tier.value,
            "note": match.evidence.note if match.evidence else None,
        }
        for match, path in near
    ]
    nothing = (_("No other photo of the library looks like it."),)
    return Step("neighbours", _("Looks like"), tuple(lines) or nothing, {"neighbours": facts})


def _neighbour_words(match: Match, path: str) -> str:
    near = _("{similarity} {path}").format(similarity=f"{match.similarity:.3f}", path=path)
    words = about(near, tier_name(match.tier))
    if match.evidence is None:
        return words
    proof = note_words(match.evidence.note)
    if not proof and match.evidence.residual is not None:
        proof = _("The pixels differ by {n} of 255.").format(n=f"{match.evidence.residual:.1f}")
    return about(words, proof) if proof else words


def hits_step(hits: Sequence[SearchHit]) -> Step:
    """The same of a file that is not in the library: its descriptor was computed for this."""
    lines = [
        _("{similarity} {path}").format(similarity=f"{hit.similarity:.3f}", path=hit.photo.path)
        for hit in hits
    ]
    facts = [{"path": h.photo.path, "similarity": round(h.similarity, 4)} for h in hits]
    nothing = (_("No other photo of the library looks like it."),)
    return Step("neighbours", _("Looks like"), tuple(lines) or nothing, {"neighbours": facts})


def examine_group(photo: Photo, groups: Iterable[Group]) -> list[Step]:
    """Its group as the settings make it, and what a clean-up would do."""
    title, end = _("Group"), _("Clean-up")
    for group in groups:
        member = next((m for m in group.members if m.photo.path == photo.path), None)
        if member is not None:
            return [_group_step(title, group, member), _clean_step(end, group, member)]
    alone = Step("group", title, (_("It is in no group: it has no copy here."),), {"group": None})
    words = _("A clean-up would not touch it.")
    return [alone, Step("clean_up", end, (words,), {"goes": False, "role": None})]


def _group_step(title: str, group: Group, member: Member) -> Step:
    kept = group.keeper.path
    facts = {
        "group": group.id,
        "keeper": kept,
        "tier": member.tier.value,
        "size": len(group.members),
    }
    if member.role is Role.KEEP:
        copies = [m.photo.path for m in group.members[1:]]
        words = ngettext("{n} photo stands around it: {names}.",
                         "{n} photos stand around it: {names}.", len(copies))  # fmt: skip
        names = listed(copies[:NEIGHBOURS])
        lines = [words.format(n=f"{len(copies):,}", names=names)]
    else:
        words = _("{tier} beside {path}.")
        lines = [words.format(tier=tier_name(member.tier), path=kept)]
        lines += [one for one in (edit_words(group.keeper, member), notes_of_scene(member)) if one]
    reason = about(os.path.basename(kept), group.reason)
    return Step("group", title, (*lines, reason), facts)


def _clean_step(title: str, group: Group, member: Member) -> Step:
    facts = {"goes": member.role is Role.REMOVE, "role": member.role.value, "note": member.note}
    if member.role is Role.KEEP:
        lines = [_("It stays; a clean-up would never take it, only copies of it.")]
    elif member.role is Role.REMOVE:
        words = _("A clean-up would move it away: {path} stays. It checks both again right before.")
        lines = [words.format(path=group.keeper.path)]
    elif member.tier is Tier.SIMILAR:
        lines = [_("A clean-up would not take it by itself: it is another shot.")]
    else:
        lines = [_("A clean-up would not take it by itself: a person has to decide.")]
    lines += [one for one in (member.note, group.warning) if one]
    return Step("clean_up", title, tuple(lines), facts)
