"""Shots that a camera took one right after the other."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import timedelta

from albumdedup.core.i18n import _
from albumdedup.core.types import Grade, Photo

BURST_GAP = timedelta(seconds=10)
"""The longest pause between two shots of a burst."""


def burst_words(photos: Sequence[Photo]) -> str:
    """A sentence that names a burst, or "" where these photos are none: one camera, camera
    dates, and seconds between each shot and the next."""
    cameras = {photo.metadata.camera for photo in photos}
    if len(photos) < 2 or len(cameras) != 1 or None in cameras:
        return ""
    if any(photo.taken is None or photo.taken.grade is not Grade.A for photo in photos):
        return ""
    moments = sorted(photo.taken.wall for photo in photos if photo.taken is not None)
    gaps = [later - earlier for earlier, later in itertools.pairwise(moments)]
    if max(gaps) > BURST_GAP or moments[0] == moments[-1]:
        return ""
    seconds = max(1, round((moments[-1] - moments[0]).total_seconds()))
    return _("A burst: {count} shots in {seconds} s.").format(count=len(photos), seconds=seconds)
