"""What was done to an edited copy, told from where its points went."""

from __future__ import annotations

import math

import numpy as np

from albumdedup.core.candidates import inverse
from albumdedup.core.i18n import _, listed
from albumdedup.core.types import Evidence, Member, Photo, Tier

_WHOLE = 0.985
"""Shares from here on count as all of a picture."""
_STRAIGHT = 0.7
"""Degrees below which nothing was turned."""


def edit_words(keeper: Photo, member: Member) -> str:
    """A sentence on what the photo of ``member`` shows of the keeper; "" where nothing is known,
    or the tier is none that an alignment proves."""
    evidence = member.evidence
    if member.tier is not Tier.EDITED or evidence is None or evidence.transform is None:
        return ""
    changes = listed(_what(keeper, member.photo, evidence))
    return _("{changes}.").format(changes=changes[:1].upper() + changes[1:])


def notes_of_scene(member: Member) -> str:
    """Why a similar shot is not taken for a copy, where verification can say it."""
    if member.tier is not Tier.SIMILAR or member.evidence is None:
        return ""
    return note_words(member.evidence.note)


def note_words(note: str) -> str:
    """What verification noted of a pair, as a sentence; "" where it says nothing to a person."""
    return {
        "pixels_equal": _("Every pixel is the same."),
        "capture_times_differ": _("The camera noted another moment or exposure."),
        "each_shows_more": _("Each shows something that the other lacks."),
        "noise_differs": _("The same view, but another shot: the sensor's noise differs."),
        "pixels_moved": _("Something moved between the two."),
        "cannot_tell": _("Too small or too compressed to tell whether they are one shot."),
        "too_small_to_tell": _("Too small to tell whether they are one shot."),
    }.get(note, "")


def _what(keeper: Photo, copy: Photo, evidence: Evidence) -> list[str]:
    assert evidence.transform is not None
    lies = evidence.transform
    if keeper.content > copy.content:  # transforms lead from the lower id to the higher
        lies = inverse(lies)
    matrix = np.array(lies.matrix).reshape(3, 3)
    across, down = np.array((copy.width, copy.height)), np.array((keeper.width, keeper.height))
    middle = matrix @ (0.5, 0.5, 1)
    linear = (matrix[:2, :2] - np.outer(middle[:2] / middle[2], matrix[2, :2])) / middle[2]
    turned = np.diag(across) @ linear @ np.diag(1 / down)
    found = []
    if np.linalg.det(turned) < 0:
        found.append(_("mirrored"))
        turned = turned @ np.diag((-1.0, 1.0))
    angle = math.degrees(math.atan2(turned[1, 0] - turned[0, 1], turned[0, 0] + turned[1, 1]))
    if abs(angle) > _STRAIGHT:
        found.append(_("turned by {degrees}°").format(degrees=round(abs(angle))))
    if lies.shows < _WHOLE:
        found.append(_("cut to {percent} %").format(percent=round(100 * lies.shows)))
    if lies.shown < _WHOLE:
        found.append(_("with a frame or other things around it"))
    return found or [_("the same view with other colours, light or things on it")]
