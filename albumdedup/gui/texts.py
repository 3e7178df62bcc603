"""Numbers and paths as people read them, and the sentence about running work.

Pure functions and one small meter; nothing here knows Qt.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable

from albumdedup.core.control import Progress, Stage
from albumdedup.core.folder_names import last_two_parts, told_apart
from albumdedup.core.i18n import _, human_bytes, ngettext
from albumdedup.core.types import CompanionKind, Photo, Tier

WARM_UP_SECONDS = 5.0
SPEED_WINDOW_SECONDS = 8.0
SHORT_SECONDS = 3.0
UNSTABLE = 1.6
"""Two speeds that differ by this factor are not stable enough to name a time left."""


def human_pixels(photo: Photo) -> str:
    millions = photo.pixels / 1_000_000
    if millions >= 10:
        return _("{n} MP").format(n=f"{millions:.0f}")
    if millions >= 0.95:
        return _("{n} MP").format(n=f"{millions:.1f}")
    return f"{photo.width} × {photo.height}"


def short_path(path: str) -> str:
    """The file's name with the end of its folder's path."""
    return os.path.join(last_two_parts(os.path.dirname(path)), os.path.basename(path))


def shown(path: str) -> str:
    """A path that can be drawn: bytes that are no text become question marks."""
    return path.encode("utf-8", "replace").decode("utf-8")


def folder_of(photo: Photo) -> str:
    return shown(last_two_parts(os.path.dirname(photo.path)))


def paths_told_apart(*paths: str) -> list[str]:
    """Their names with short names of their folders, for files that stand beside one another."""
    folders = told_apart([os.path.dirname(path) for path in paths])
    names = [os.path.basename(path) for path in paths]
    return [shown(os.path.join(*pair)) for pair in zip(folders, names, strict=True)]


def tier_mark(tier: Tier) -> str:
    """The shape that goes with a tier's name, so that colour is never needed to tell."""
    return {Tier.IDENTICAL: "▣", Tier.SAME: "●", Tier.EDITED: "◐", Tier.SIMILAR: "○"}[tier]


def time_left(seconds: float) -> str:
    """Rounded so that it does not jump: to 10 s below two minutes, then to minutes."""
    if seconds < 15:
        return _("a few seconds left")
    if seconds < 100:
        return _("about {n} s left").format(n=max(20, round(seconds / 10) * 10))
    minutes = max(2, round(seconds / 60))
    if minutes < 90:
        return ngettext("about {n} min left", "about {n} min left", minutes).format(n=minutes)
    return _("about {n} h left").format(n=f"{minutes / 60:.1f}")


def part_words(photo: Photo) -> tuple[str, ...]:
    """ "RAW", "Live": what belongs to a photo and a person would look for."""
    words = {
        CompanionKind.RAW: _("RAW"),
        CompanionKind.FILM: _("Live"),
        CompanionKind.FRAME: _("burst"),
        CompanionKind.EDITS: _("edits"),
        CompanionKind.XMP: _("XMP"),
    }
    kinds = {one.kind for one in photo.companions}
    return tuple(word for kind, word in words.items() if kind in kinds)


def stage_sentence(stage: Stage, done: int, total: int | None) -> str:
    counted = {
        Stage.READING: _("Looking at photos… {done} of {total}"),
        Stage.DESCRIBING: _("Describing photos anew… {done} of {total}"),
        Stage.REDUCING: _("Reducing descriptors… {done} of {total}"),
        Stage.COMPARING: _("Comparing… {done} of {total}"),
        Stage.CHECKING: _("Checking pairs… {done} of {total}"),
        Stage.LOOKING_INSIDE: _("Looking for films and maps inside photos… {done} of {total}"),
        Stage.CLEANING: _("Moving copies… {done} of {total}"),
        Stage.RESTORING: _("Putting photos back… {done} of {total}"),
        Stage.PROVING: _("Reading again what stays… {done} of {total}"),
        Stage.MOVING: _("Moving descriptors… {done} of {total}"),
        Stage.TELLING: _("Telling the family… {done} of {total}"),
        Stage.MEETING: _("Comparing with the family… {done} of {total}"),
    }
    open_end = {
        Stage.READING: _("Looking at photos… {done}"),
        Stage.DESCRIBING: _("Describing photos anew… {done}"),
        Stage.REDUCING: _("Reducing descriptors… {done}"),
        Stage.COMPARING: _("Comparing… {done}"),
        Stage.CHECKING: _("Checking pairs… {done}"),
        Stage.LOOKING_INSIDE: _("Looking for films and maps inside photos… {done}"),
        Stage.CLEANING: _("Moving copies… {done}"),
        Stage.RESTORING: _("Putting photos back… {done}"),
        Stage.PROVING: _("Reading again what stays… {done}"),
        Stage.MOVING: _("Moving descriptors… {done}"),
        Stage.TELLING: _("Telling the family… {done}"),
        Stage.MEETING: _("Comparing with the family… {done}"),
    }
    if stage is Stage.FINDING:
        return ngettext("Finding photos… {done} file", "Finding photos… {done} files", done).format(
            done=f"{done:,}"
        )
    if total is None:
        return open_end[stage].format(done=f"{done:,}")
    return counted[stage].format(done=f"{done:,}", total=f"{total:,}")


class SpeedMeter:
    """Smoothed items per second of the running stage, and how long the rest may take.

    The time left is named after five seconds only, and only when the short and the long view
    of the speed agree; then it may shrink at once but grows slowly, so that it does not jump.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._stage: Stage | None = None
        self._begun = 0.0
        self._first = 0
        self._points: deque[tuple[float, int]] = deque()
        self._left: float | None = None
        self._said = 0.0

    def add(self, progress: Progress) -> None:
        now = self._clock()
        if progress.stage is not self._stage:
            self.reset()
            self._stage, self._begun, self._first = progress.stage, now, progress.done
        self._points.append((now, progress.done))
        while now - self._points[0][0] > SPEED_WINDOW_SECONDS and len(self._points) > 2:
            self._points.popleft()
        self._update_left(progress, now)

    def reset(self) -> None:
        """Forget the speed: a new stage, or work that was paused."""
        self._stage = None
        self._points.clear()
        self._left = None

    @property
    def per_second(self) -> float | None:
        """Items per second over the last seconds; None until a second has gone by."""
        return self._speed(SPEED_WINDOW_SECONDS)

    def _speed(self, seconds: float) -> float | None:
        if not self._points:
            return None
        end, after = self._points[-1]
        start, before = next(p for p in self._points if end - p[0] <= seconds)
        return (after - before) / (end - start) if end - start >= 1.0 else None

    @property
    def seconds_left(self) -> float | None:
        return self._left

    def _update_left(self, progress: Progress, now: float) -> None:
        recent = self._speed(SHORT_SECONDS)
        elapsed = now - self._begun
        if progress.total is None or not recent or elapsed < WARM_UP_SECONDS:
            return
        overall = (progress.done - self._first) / elapsed
        if overall <= 0 or not 1 / UNSTABLE < recent / overall < UNSTABLE:
            if self._left is not None:
                self._left = max(0.0, self._left - (now - self._said))
                self._said = now
            return
        fresh = (progress.total - progress.done) / (0.5 * recent + 0.5 * overall)
        if self._left is None:
            self._left = fresh
        else:
            expected = max(0.0, self._left - (now - self._said))
            self._left = expected + 0.15 * (fresh - expected)
        self._said = now


def progress_sentence(progress: Progress, meter: SpeedMeter) -> str:
    """ "Looking at photos… 412 of 2,190 · 96 photos/s · about 2 min left"."""
    parts = [stage_sentence(progress.stage, progress.done, progress.total)]
    if progress.stage is Stage.READING and meter.per_second:
        speed = meter.per_second
        rate = f"{speed:,.0f}" if speed >= 10 else f"{speed:.1f}"
        parts.append(_("{n} photos/s").format(n=rate))
    if progress.stage in (Stage.CLEANING, Stage.RESTORING) and progress.bytes:
        parts.append(human_bytes(progress.bytes))
    if meter.seconds_left is not None and progress.total != progress.done:
        parts.append(time_left(meter.seconds_left))
    return " · ".join(parts)
