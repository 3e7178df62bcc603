"""``albumdedup vectors``: where the descriptors are searched, and ``vectors move``."""

from __future__ import annotations

import json
from argparse import Namespace
from dataclasses import replace
from pathlib import Path

from albumdedup.assembly import build, move_vectors, thread_executor
from albumdedup.cli.console import ConsoleReporter, printable, say, stopping
from albumdedup.cli.exits import Exit, exit_code
from albumdedup.cli.places import chosen_paths
from albumdedup.cli.session import Session, chosen_settings, open_session
from albumdedup.core.checks import Address
from albumdedup.core.control import Control
from albumdedup.core.i18n import _, describe, ngettext
from albumdedup.core.paths import AppPaths
from albumdedup.core.settings import Settings, keep_aside, load, save

LITE = "lite"
"""What the store in the library's folder is called, where an address could stand."""


def run(arguments: Namespace) -> Exit:
    if arguments.what == "move":
        return _move(arguments)
    with open_session(arguments) as session:
        return _tell(session, as_json=arguments.json)


def _tell(session: Session, *, as_json: bool) -> Exit:
    health, place = session.library.health(), _place(session.settings, session.paths)
    if as_json:
        print(
            json.dumps(
                {
                    "place": place,
                    "described": health.contents,
                    "stored": None if health.trouble else health.vectors,
                    "waiting": health.waiting,
                    "trouble": health.trouble and health.trouble.code,
                }
            )
        )
    else:
        print(
            printable(
                _("{place}: {stored} of {all} descriptors, {waiting} waiting").format(
                    place=place, stored="?" if health.trouble else f"{health.vectors:,}",
                    all=f"{health.contents:,}", waiting=f"{health.waiting:,}",
                )
            )
        )  # fmt: skip
    if health.trouble is None:
        return Exit.DONE
    say(describe(health.trouble))
    return exit_code(health.trouble.code)


def _move(arguments: Namespace) -> Exit:
    uri = "" if arguments.to == LITE else arguments.to
    if not Address().fits(uri):
        say(_("Write an address such as http://192.168.1.5:19530, or lite."))
        return Exit.USAGE
    paths = chosen_paths(arguments)
    settings = chosen_settings(arguments, paths)
    token = settings.vector_token if arguments.token is None else arguments.token
    certificate = settings.vector_certificate
    if arguments.certificate is not None:
        certificate = str(Path(arguments.certificate).absolute())
    target = replace(settings, vector_uri=uri, vector_token=token, vector_certificate=certificate)
    control, reporter = Control(), ConsoleReporter()
    executor = thread_executor(settings)
    try:
        opened = build(paths, settings, executor)
        try:
            with stopping(control):
                count = move_vectors(opened, target, control, reporter)
        finally:
            reporter.end()
            opened.library.close()
    finally:
        executor.close()
    if load(paths.settings).rejected:
        keep_aside(paths.settings)
    save(target, paths.settings)
    words = ngettext(
        "{n} descriptor is at {place} now, read back and equal.",
        "{n} descriptors are at {place} now, read back and equal.",
        count,
    )
    print(printable(words.format(n=f"{count:,}", place=_place(target, paths))))
    if settings.vector_uri != uri:
        print(
            printable(
                _("The old store, {place}, is left as it was; it is not used any more.").format(
                    place=_place(settings, paths)
                )
            )
        )
    return Exit.DONE


def _place(settings: Settings, paths: AppPaths) -> str:
    return settings.vector_uri or str(paths.vectors)
