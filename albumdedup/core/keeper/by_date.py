"""Newest and oldest: by the date taken, then by the file's own time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from albumdedup.core.dates import DAY, FILE_TIME_STEP, Order, compare, difference
from albumdedup.core.i18n import _, ngettext
from albumdedup.core.keeper.choice import KeepContext, Narrowed
from albumdedup.core.keeper.words import clock, source_name, span
from albumdedup.core.types import Grade, Photo, TakenDate


@dataclass(frozen=True, slots=True)
class ByDate:
    """By the date taken; where that is equal or unknown, by the file's own time."""

    newest: bool

    def narrow(self, photos: Sequence[Photo], context: KeepContext) -> Narrowed:
        # A name that tells only the day, or a file time, never wins against a real date.
        dated = [(p, p.taken) for p in photos if p.taken and p.taken.grade in (Grade.A, Grade.B)]
        if not dated:
            return self._by_file_time(photos, _("no date taken is known"))
        undated = len(photos) - len(dated)
        best, its_date = self._champion(dated)
        beaten = Order.EARLIER if self.newest else Order.LATER
        leaders = [p for p, date in dated if p is best or compare(date, its_date) is not beaten]
        if len(leaders) > 1:
            found = self._by_file_time(leaders, _("the dates taken are equal"))
            return Narrowed(found.photos, found.reason, found.unsure or undated > 0)
        rivals = [date for p, date in dated if p is not best]
        return Narrowed(leaders, self._date_sentence(its_date, rivals, undated), undated > 0)

    def _champion(self, dated: Sequence[tuple[Photo, TakenDate]]) -> tuple[Photo, TakenDate]:
        """One that none beats, if there is one: zones that are missing can make a circle."""
        better = Order.LATER if self.newest else Order.EARLIER
        ordered = sorted(dated, key=_wall_and_path, reverse=self.newest)
        champion = ordered[0]
        for candidate in ordered[1:]:
            if compare(candidate[1], champion[1]) is better:
                champion = candidate
        return champion

    def _date_sentence(self, mine: TakenDate, rivals: Sequence[TakenDate], undated: int) -> str:
        facts: dict[str, object] = {"date": clock(mine), "count": undated}
        if not rivals:
            facts["source"] = source_name(mine.source)
            return ngettext(
                "Kept: taken {date} ({source}); the other has no sure date.",
                "Kept: taken {date} ({source}); the {count} others have no sure date.",
                undated,
            ).format(**facts)
        near = min(rivals, key=lambda date: abs(difference(date, mine)))
        facts["margin"] = span(difference(near, mine))
        camera = all(date.grade is Grade.A for date in (mine, *rivals)) and not undated
        if camera and len(rivals) == 1:
            sentence = (
                _("Kept: taken {date}, {margin} after the other; both have a camera date.")
                if self.newest
                else _("Kept: taken {date}, {margin} before the other; both have a camera date.")
            )
        elif camera:
            sentence = (
                _("Kept: taken {date}, {margin} after the next; all have a camera date.")
                if self.newest
                else _("Kept: taken {date}, {margin} before the next; all have a camera date.")
            )
        else:
            facts["source"], facts["other"] = source_name(mine.source), source_name(near.source)
            sentence = (
                _("Kept: taken {date} ({source}), {margin} after the next ({other}).")
                if self.newest
                else _("Kept: taken {date} ({source}), {margin} before the next ({other}).")
            )
        return sentence.format(**facts)

    def _by_file_time(self, photos: Sequence[Photo], because: str) -> Narrowed:
        known = {p.id: own_time(p) for p in photos if own_time(p) > DAY}
        if not known:
            return Narrowed(photos)
        best = max(known.values()) if self.newest else min(known.values())
        leaders = [p for p in photos if p.id in known and abs(known[p.id] - best) <= FILE_TIME_STEP]
        if len(leaders) > 1:
            return Narrowed(leaders, unsure=len(leaders) < len(photos))
        rest = [time for time in known.values() if abs(time - best) > FILE_TIME_STEP]
        moment = (datetime.fromtimestamp(0, UTC) + best).astimezone()
        sentence = (
            _("Kept: the newest file ({date}, {margin} after the next); {because}, so this is "
              "of low confidence.")
            if self.newest
            else _("Kept: the oldest file ({date}, {margin} before the next); {because}, so this "
                   "is of low confidence.")
        )  # fmt: skip
        margin = span(min((abs(time - best) for time in rest), default=timedelta()))
        reason = sentence.format(date=f"{moment:%Y-%m-%d %H:%M:%S}", margin=margin, because=because)
        return Narrowed(leaders, reason, unsure=True)


def _wall_and_path(dated: tuple[Photo, TakenDate]) -> tuple[datetime, str]:
    return dated[1].wall, dated[0].path


def own_time(photo: Photo) -> timedelta:
    """The earlier of modification and birth, since the epoch: when these bytes were first here."""
    mtime = photo.stamp.mtime_ns
    return timedelta(microseconds=min(mtime, photo.birth_ns or mtime) // 1000)
