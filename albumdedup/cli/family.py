"""``albumdedup family``: who is in it; ``join``, ``leave``, and ``drop`` of one that is gone."""

from __future__ import annotations

import json
from argparse import Namespace
from dataclasses import replace

from albumdedup.assembly import build, thread_executor
from albumdedup.cli.console import ConsoleReporter, printable, say, stopping
from albumdedup.cli.exits import Exit, exit_code
from albumdedup.cli.places import chosen_paths
from albumdedup.cli.session import Session, chosen_settings, open_session
from albumdedup.core.control import Control
from albumdedup.core.errors import AlbumError
from albumdedup.core.family import Relative
from albumdedup.core.i18n import _, describe, family_sentence, ngettext
from albumdedup.core.paths import AppPaths
from albumdedup.core.settings import Settings, check_of, keep_aside, load, save


def run(arguments: Namespace) -> Exit:
    if arguments.what == "join":
        return _join(arguments)
    with open_session(arguments) as session:
        match arguments.what:
            case "leave":
                return _leave(session, anyway=arguments.anyway)
            case "drop":
                return _drop(session, arguments.relative)
            case _:
                return _tell(session, as_json=arguments.json)


def _tell(session: Session, *, as_json: bool) -> Exit:
    relatives = session.library.relatives
    known, waiting = relatives.all(), relatives.untold()
    settings = session.settings
    if as_json:
        document = {
            "family": settings.vector_family,
            "server": settings.vector_uri,
            "waiting": waiting,
            "libraries": [
                {
                    "id": one.library,
                    "label": one.label,
                    "photos": one.rows,
                    "written": one.written and one.written.isoformat(),
                    "this": one.library == relatives.own_id,
                }
                for one in known
            ],
        }
        print(json.dumps(document, indent=1))
        return Exit.DONE
    print(
        printable(
            _("The family {name} at {place}").format(
                name=settings.vector_family, place=settings.vector_uri
            )
        )
    )
    for one in known:
        print(printable(f"    {line_of(one, this=one.library == relatives.own_id)}"))
    if waiting:
        print(waiting_words(waiting))
    return Exit.DONE


def line_of(one: Relative, *, this: bool) -> str:
    """A library of the family in one line."""
    words = ngettext(
        "{label}: {n} photo, last told {when}",
        "{label}: {n} photos, last told {when}",
        one.rows,
    )
    if this:
        words = ngettext(
            "{label} (this library): {n} photo, last told {when}",
            "{label} (this library): {n} photos, last told {when}",
            one.rows,
        )
    when = one.written.astimezone().strftime("%Y-%m-%d %H:%M") if one.written else "?"
    return words.format(label=one.label, n=f"{one.rows:,}", when=when)


def waiting_words(count: int) -> str:
    words = ngettext(
        "{n} photo of this library is not told yet; the next scan tells it.",
        "{n} photos of this library are not told yet; the next scan tells them.",
        count,
    )
    return words.format(n=f"{count:,}")


def _join(arguments: Namespace) -> Exit:
    if not arguments.name or not check_of("vector_family").fits(arguments.name):
        say(_("The name of a family has up to 24 small letters (a to z) and digits."))
        return Exit.USAGE
    if arguments.label is not None and not check_of("library_label").fits(arguments.label):
        say(_("The name that the others see has up to 60 signs in one line."))
        return Exit.USAGE
    paths = chosen_paths(arguments)
    settings = chosen_settings(arguments, paths)
    if not settings.vector_uri:
        say(_("A family needs a Milvus server: `albumdedup vectors move --to URI` first."))
        return Exit.USAGE
    label = settings.library_label if arguments.label is None else arguments.label
    wanted = replace(settings, vector_family=arguments.name, library_label=label)
    _keep(wanted, paths)
    control, reporter = Control(), ConsoleReporter()
    executor = thread_executor(wanted)
    try:
        opened = build(paths, wanted, executor)
        try:
            with stopping(control):
                trouble = opened.library.relatives.refresh(control, reporter)
            reporter.end()
            if trouble is not None:
                say(family_sentence(trouble))
                return exit_code(trouble.code)
            return _tell(Session(opened.library, paths, wanted, executor), as_json=False)
        finally:
            reporter.end()
            opened.library.close()
    finally:
        executor.close()


def _leave(session: Session, *, anyway: bool) -> Exit:
    _keep(replace(session.settings, vector_family=""), session.paths)
    try:
        count = session.library.relatives.leave(anyway=anyway)
    except AlbumError as error:
        say(describe(error))
        say(
            _(
                "This library has left, but what it told is still there. The next scan takes it "
                "away; `albumdedup family leave --anyway` gives it up."
            )
        )
        return exit_code(error.code)
    print(_gone(count))
    return Exit.DONE


def _drop(session: Session, named: str) -> Exit:
    print(_gone(session.library.relatives.drop(named)))
    return Exit.DONE


def _gone(count: int) -> str:
    words = ngettext(
        "{n} photo is no longer known to the family; no file was touched.",
        "{n} photos are no longer known to the family; no file was touched.",
        count,
    )
    return words.format(n=f"{count:,}")


def _keep(settings: Settings, paths: AppPaths) -> None:
    if load(paths.settings).rejected:
        keep_aside(paths.settings)
    save(settings, paths.settings)
