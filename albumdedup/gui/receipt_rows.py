"""The lines of a receipt as rows of a table, and the sentences about it. No Qt widgets."""

from __future__ import annotations

from collections.abc import Sequence

from albumdedup.core.i18n import _, human_bytes, joined, ngettext, tier_name
from albumdedup.core.receipt import Receipt, ReceiptLine, Rehearsal, Stays, failures
from albumdedup.core.types import ItemState, JournalItem, OperationReport, count_photos
from albumdedup.gui.row_table import Column, Row
from albumdedup.gui.texts import paths_told_apart, shown


def receipt_columns() -> tuple[Column, ...]:
    return (
        Column(_("Went"), wide=True),
        Column(_("Why")),
        Column(_("Stays"), wide=True),
        Column(_("Size"), number=True),
        Column(_("Is now")),
    )


def receipt_row(line: ReceiptLine | JournalItem, target: str | None = None) -> Row:
    """A line of the receipt, or of the report while the receipt is being made."""
    there = _("in the trash") if target is None else _("in the folder")
    if isinstance(line, JournalItem):
        item, place, now, stays = line.item, line.place or "", there, ""
        path, keeper, tier, reason = item.victim.path, item.survivor.path, item.tier, item.reason
        size = item.victim.stamp.size
    else:
        path, keeper, tier, reason = line.path, line.keeper, line.tier, line.reason
        place, size = line.place or "", line.bytes
        now = there if line.there else _("gone")
        stays = {
            Stays.WHOLE: _("read again just now, and whole"),
            Stays.CHANGED: _("changed since"),
            Stays.UNREADABLE: _("cannot be read"),
        }[line.stays]
    short, short_keeper = paths_told_apart(path, keeper)
    return Row(
        (
            short, tier_name(tier), short_keeper,
            human_bytes(size), now,
        ),
        (shown(path), reason, f"{shown(keeper)}\n{stays}".strip(), shown(path), shown(place)),
        _detail(shown(path), shown(keeper), stays, reason),
    )  # fmt: skip


def _detail(path: str, keeper: str, stays: str, reason: str) -> str:
    if not stays:
        return _("{path} went. {keeper} stays. {reason}").format(
            path=path, keeper=keeper, reason=reason
        )
    return _("{path} went. {keeper} stays: {stays}. {reason}").format(
        path=path, keeper=keeper, stays=stays, reason=reason
    )


def where_sentence(receipt: Receipt) -> str:
    """Where the photos are now; what the person emptied from there is named as gone."""
    photos = [line for line in receipt.lines if line.part_of is None]
    there = sum(line.there for line in photos)
    gone = len(photos) - there
    if not photos:
        return _("Everything is back where it was.")
    target = receipt.target
    place = _("your computer’s trash") if target is None else shown(target)
    is_there = ngettext("{n} photo is in {place}.", "{n} photos are in {place}.", there)
    words = is_there.format(n=f"{there:,}", place=place)
    if not gone:
        return words
    are_gone = ngettext(
        "{n} photo is gone from {place} and cannot be put back.",
        "{n} photos are gone from {place} and cannot be put back.",
        gone,
    ).format(n=f"{gone:,}", place=place)
    return are_gone if not there else joined(words, are_gone)


def beside_sentence(report: OperationReport) -> str:
    """Where the photos of an undo stand."""
    beside = count_photos(one for one in report.done if one.state is ItemState.RESTORED_BESIDE)
    if not beside:
        return _("Each one is at its old place, with its old date.")
    return ngettext(
        "{n} of them stands beside its old place, which was taken meanwhile.",
        "{n} of them stand beside their old places, which were taken meanwhile.",
        beside,
    ).format(n=beside)


def left_alone(report: OperationReport) -> tuple[str, ...]:
    """One sentence for each photo that stayed where it was."""
    if report.problems:
        return report.problems
    return tuple(
        _("{path}: {reason}").format(path=item.item.victim.path, reason=item.problem or item.state)
        for item in report.skipped
    )


def proof_sentence(rehearsals: Sequence[Rehearsal]) -> str:
    """What putting back on trial showed."""
    bad, count = len(failures(rehearsals)), len(rehearsals)
    if not count:
        return _("There is nothing to put back.")
    if not bad:
        return ngettext(
            "The way back works: {n} photo was restored on trial and came back byte for byte.",
            "The way back works: {n} photos, drawn at random, were restored on trial and came "
            "back byte for byte.",
            count,
        ).format(n=f"{count:,}")
    return ngettext(
        "{bad} of {n} photos did not come back on trial. It is listed below.",
        "{bad} of {n} photos did not come back on trial. They are listed below.",
        bad,
    ).format(bad=f"{bad:,}", n=f"{count:,}")
