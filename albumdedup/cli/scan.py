"""``albumdedup scan DIR…``"""

from __future__ import annotations

import dataclasses
import json
from argparse import Namespace

from albumdedup.cli.console import ConsoleReporter, human_seconds, printable, say, stopping
from albumdedup.cli.exits import Exit, exit_code
from albumdedup.cli.report import chosen_rule
from albumdedup.cli.session import Session, open_session, remember
from albumdedup.core.causes import as_facts, by_cause, cause_words
from albumdedup.core.control import Control
from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.i18n import (
    _,
    describe,
    describe_problem,
    family_sentence,
    human_bytes,
    ngettext,
    passed_over_count,
    switch_sentence,
    vectors_sentence,
)
from albumdedup.core.types import PROVEN_TIERS, IndexSummary, View

LISTED_FILES = 5
"""Files named per cause; the rest is counted."""


def run(arguments: Namespace) -> Exit:
    control, reporter = Control(), ConsoleReporter()
    with open_session(arguments) as session, stopping(control):
        remember(session, arguments)
        try:
            summary = session.library.index(arguments.folders, control, reporter)
        finally:
            reporter.end()
        found = "" if arguments.json else _found_sentence(session, summary)
    _list_problems(summary)
    if arguments.json:
        print(_as_json(summary))
    elif summary.files or not summary.missing_roots:
        print(_sentence(summary))
    if found:
        print(printable(found))
    for root in summary.missing_roots:
        say(describe(AlbumError(ErrorCode.NOT_THERE, path=root)))
    if summary.vectors_trouble is not None:
        say(vectors_sentence(summary.vectors_trouble, summary.vectors_waiting))
    if summary.switch_trouble is not None:
        say(switch_sentence(summary.switch_trouble))
    if summary.family_trouble is not None:
        say(family_sentence(summary.family_trouble))
    if summary.missing_roots:
        return Exit.NOT_THERE
    if summary.switch_trouble is not None:
        return Exit.UNUSABLE
    trouble = summary.vectors_trouble or summary.family_trouble
    return exit_code(trouble.code) if trouble else Exit.DONE


def _found_sentence(session: Session, summary: IndexSummary) -> str:
    """What a clean-up by the settings would take; nothing where the library is as it was."""
    if not (summary.new or summary.gone or summary.described or summary.looked_inside):
        return ""
    library, settings = session.library, session.settings
    snapshot = library.snapshot()
    view = View(PROVEN_TIERS, settings.similarity, chosen_rule(settings))  # as `clean` has it
    plan = library.plan(library.find_groups(view, snapshot))
    if not plan.photos:
        return _("No copies were found that could go.")
    return ngettext(
        "{n} copy could go ({size}); `albumdedup clean` lists it and moves nothing.",
        "{n} copies could go ({size}); `albumdedup clean` lists them and moves nothing.",
        len(plan.photos),
    ).format(n=f"{len(plan.photos):,}", size=human_bytes(plan.bytes))


def _list_problems(summary: IndexSummary) -> None:
    for cause in by_cause(summary.problems):
        say(cause_words(cause))
        for problem in cause.problems[:LISTED_FILES]:
            say("    " + cause.line(problem))
        more = len(cause.problems) - LISTED_FILES
        if more > 0:
            words = ngettext(
                "… and {n} more, all listed in `albumdedup report`",
                "… and {n} more, all listed in `albumdedup report`",
                more,
            )
            say("    " + words.format(n=f"{more:,}"))
    if summary.unread_before:
        words = ngettext(
            "{n} more could not be read before and has not changed since; `albumdedup report` "
            "lists it.",
            "{n} more could not be read before and have not changed since; `albumdedup report` "
            "lists them.",
            summary.unread_before,
        )
        say(words.format(n=f"{summary.unread_before:,}"))


def _as_json(summary: IndexSummary) -> str:
    document = dataclasses.asdict(
        dataclasses.replace(
            summary, problems=(), vectors_trouble=None, family_trouble=None, switch_trouble=None
        )
    )
    document["vectors_trouble"] = _trouble(summary.vectors_trouble)
    document["family_trouble"] = _trouble(summary.family_trouble)
    document["switch_trouble"] = _trouble(summary.switch_trouble)
    document["problems"] = [
        {"path": p.path, "code": p.reason.value, "reason": describe_problem(p)}
        for p in summary.problems
    ]
    document["causes"] = as_facts(by_cause(summary.problems))
    return json.dumps(document)


def _trouble(error: AlbumError | None) -> dict[str, str] | None:
    return None if error is None else {"code": error.code, "reason": describe(error)}


def _looked_through(summary: IndexSummary) -> str:
    if not summary.files:
        words = _("no photos, in {time}")
    elif not summary.new:
        words = ngettext(
            "{files} photo, as before, in {time}",
            "{files} photos, all as before, in {time}",
            summary.files,
        )
    elif summary.new == summary.files:
        words = ngettext(
            "{files} photo, new or changed, in {time}",
            "{files} photos, all new or changed, in {time}",
            summary.files,
        )
    else:
        words = ngettext(
            "{files} photo, {new} new or changed, in {time}",
            "{files} photos, {new} new or changed, in {time}",
            summary.files,
        )
    return words.format(
        files=f"{summary.files:,}", new=f"{summary.new:,}", time=human_seconds(summary.seconds)
    )


def _sentence(summary: IndexSummary) -> str:
    parts = [
        _looked_through(summary),
        human_bytes(summary.bytes_read),
    ]
    if summary.new and summary.seconds > 0:
        parts.append(_("{n} photos/s").format(n=f"{summary.new / summary.seconds:.0f}"))
    if summary.gone:
        parts.append(_("{n} no longer there").format(n=f"{summary.gone:,}"))
    unreadable = len(summary.problems) + summary.unread_before
    if unreadable:
        parts.append(_("{n} unreadable").format(n=f"{unreadable:,}"))
    if summary.looked_inside:
        parts.append(_("{n} looked into for films and maps").format(n=f"{summary.looked_inside:,}"))
    if summary.described:
        parts.append(_("{n} described anew").format(n=f"{summary.described:,}"))
    if summary.undescribed:
        words = _("{n} not there now, described when they are")
        parts.append(words.format(n=f"{summary.undescribed:,}"))
    skipped = [passed_over_count(kind, n) for kind, n in sorted(summary.skipped.items()) if n]
    if skipped:
        parts.append(_("passed over: {what}").format(what=", ".join(skipped)))
    return printable(" · ".join(parts))
