"""``albumdedup clean``: a list by default, a clean-up with ``--apply``."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Collection, Mapping, Sequence

from albumdedup.cli.console import ConsoleReporter, printable, say, stopping
from albumdedup.cli.exits import Exit
from albumdedup.cli.receipts import refuse_taken, save_receipt
from albumdedup.cli.report import view_of
from albumdedup.cli.session import Session, open_session, tell_family
from albumdedup.core.control import Control
from albumdedup.core.i18n import _, human_bytes, ngettext, synced_sentence, tier_name
from albumdedup.core.keeper import extra_names
from albumdedup.core.types import (
    Group,
    Member,
    OperationReport,
    Plan,
    PlanItem,
    Role,
    Snapshot,
    Tier,
)
from albumdedup.system.files import sync_roots


def run(arguments: Namespace) -> Exit:
    if Tier.SIMILAR in arguments.tiers:
        say(
            _(
                "Similar shots are different photos and are never removed by themselves; "
                "choose among identical, same and edited."
            )
        )
        return Exit.USAGE
    with open_session(arguments) as session:
        view = view_of(arguments, session)
        library = session.library
        snapshot = library.snapshot()
        _tell_loose(snapshot)
        if arguments.carry_metadata:
            groups, sidecars = library.find_groups_carrying(view, snapshot, arguments.tiers)
            plan = library.plan(groups, arguments.tiers, arguments.to, sidecars)
        else:
            groups = library.find_groups(view, snapshot, arguments.tiers)
            plan = library.plan(groups, arguments.tiers, arguments.to)
        _warn_of_sync(plan)
        if not arguments.apply:
            _list(plan, _left(groups, arguments.tiers), arguments.json)
            return Exit.DONE
        if not plan.items:
            say(_("There is nothing to clean up."))
            return Exit.DONE
        refuse_taken(arguments.receipt)
        return _apply(session, plan, arguments.json, arguments.receipt)


def _tell_loose(snapshot: Snapshot) -> None:
    count = len(snapshot.loose)
    if count:
        say(
            ngettext(
                "{n} file could belong to several photos and is left where it is; "
                "`albumdedup report` lists it.",
                "{n} files could belong to several photos and are left where they are; "
                "`albumdedup report` lists them.",
                count,
            ).format(n=f"{count:,}")
        )


def _warn_of_sync(plan: Plan) -> None:
    """Once for each folder of a sync client that photos would be taken from."""
    for root in sync_roots(item.victim.path for item in plan.items):
        say(synced_sentence(root))


def _left(groups: Sequence[Group], tiers: Collection[Tier]) -> list[Member]:
    """Copies of these tiers that stay for a reason of their own, ordered by path."""
    found = (
        member
        for group in groups
        for member in group.members
        if member.role is Role.REVIEW and member.note and member.tier in tiers
    )
    return sorted(found, key=lambda member: member.photo.path)


def _list(plan: Plan, left: Sequence[Member], as_json: bool) -> None:
    parts: dict[str, list[str]] = {}
    for item in plan.items:
        if item.part_of is not None:
            parts.setdefault(item.part_of, []).append(item.victim.path)
    if as_json:
        document = {
            "applied": False,
            "files": len(plan.photos),
            "bytes": plan.bytes,
            "items": [
                {
                    "path": item.victim.path,
                    "keeper": item.survivor.path,
                    "tier": item.tier.value,
                    "bytes": item.victim.stamp.size,
                    "reason": item.reason,
                    "companions": parts.get(item.victim.path, []),
                }
                for item in plan.photos
            ],
            "left": [
                {"path": one.photo.path, "tier": one.tier.value, "reason": one.note} for one in left
            ],
            "sidecars": [
                {"path": one.path, "keeper": one.keeper, "kinds": list(one.kinds)}
                for one in plan.sidecars
            ],
        }
        print(json.dumps(document, indent=1))
        return
    _list_going(plan, parts)
    for member in left:
        print(printable(_("left for you to look at: {path}").format(path=member.photo.path)))
        print(f"    {printable(member.note)}")
    for one in plan.sidecars:
        print(printable(one.path))
        print(_("    would be written: {kinds}").format(kinds=extra_names(one.kinds)))
    if not plan.photos:
        print(_("No copy would go; nothing was moved."))
        return
    print(
        ngettext(
            "{n} copy would go ({size}); nothing was moved. Add --apply to move it.",
            "{n} copies would go ({size}); nothing was moved. Add --apply to move them.",
            len(plan.photos),
        ).format(n=f"{len(plan.photos):,}", size=human_bytes(plan.bytes))
    )


def _list_going(plan: Plan, parts: Mapping[str, Sequence[str]]) -> None:
    """Each photo that stays, with why, then the copies of it that would go."""
    of_keeper: dict[str, list[PlanItem]] = {}
    for item in plan.photos:
        of_keeper.setdefault(item.survivor.path, []).append(item)
    for keeper, items in of_keeper.items():
        print(printable(_("stays: {path}").format(path=keeper)))
        for reason in dict.fromkeys(item.reason for item in items):
            print(printable(f"    {reason}"))
        for item in items:
            print(printable(f"    {tier_name(item.tier)} · {item.victim.path}"))
            for path in parts.get(item.victim.path, ()):
                print(printable("    " + _("    with {path}").format(path=path)))


def _apply(session: Session, plan: Plan, as_json: bool, path: str | None) -> Exit:
    control, reporter = Control(), ConsoleReporter()
    with stopping(control):
        try:
            report = session.library.clean(plan, control, reporter)
        finally:
            reporter.end()
    tell_family(session)
    tell(report, as_json, _moved(report, plan.target))
    if path is not None:
        save_receipt(session.library, report.operation_id, path)
    if control.cancelled:
        return Exit.INTERRUPTED
    return Exit.PARTLY if report.skipped else Exit.DONE


def _moved(report: OperationReport, target: str | None) -> str:
    if not report.photos:
        return _("Nothing was moved.")
    place = target or _("the trash")
    return ngettext(
        "{n} copy ({size}) is now in {place}. `albumdedup undo {id}` puts it back.",
        "{n} copies ({size}) are now in {place}. `albumdedup undo {id}` puts them back.",
        report.photos,
    ).format(
        n=f"{report.photos:,}",
        size=human_bytes(report.bytes),
        place=place,
        id=report.operation_id,
    )


def tell(report: OperationReport, as_json: bool, sentence: str) -> None:
    """What an operation did: each file that was left alone with its reason, then the sum."""
    for problem in report.problems:
        say(problem)
    if as_json:
        print(
            json.dumps(
                {
                    "applied": True,
                    "operation": report.operation_id,
                    "files": report.photos,
                    "bytes": report.bytes,
                    "skipped": [
                        {"path": i.item.victim.path, "state": i.state.value, "reason": i.problem}
                        for i in report.skipped
                    ],
                },
                indent=1,
            )
        )
    else:
        print(printable(sentence))
