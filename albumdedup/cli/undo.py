"""``albumdedup undo [OPERATION] [--group ID] [--photo PATH]``"""

from __future__ import annotations

from argparse import Namespace

from albumdedup.cli.clean import tell
from albumdedup.cli.console import ConsoleReporter, stopping
from albumdedup.cli.exits import Exit
from albumdedup.cli.session import open_session, tell_family
from albumdedup.core.control import Control
from albumdedup.core.i18n import human_bytes, ngettext
from albumdedup.core.part import Part


def run(arguments: Namespace) -> Exit:
    part = Part(tuple(arguments.photo), tuple(arguments.group))
    control, reporter = Control(), ConsoleReporter()
    with open_session(arguments) as session, stopping(control):
        try:
            report = session.library.undo(arguments.operation, control, reporter, part)
        finally:
            reporter.end()
        tell_family(session)
    sentence = ngettext(
        "{n} photo ({size}) of operation {id} was put back.",
        "{n} photos ({size}) of operation {id} were put back.",
        report.photos,
    )
    tell(
        report,
        False,
        sentence.format(
            n=f"{report.photos:,}", size=human_bytes(report.bytes), id=report.operation_id
        ),
    )
    if control.cancelled:
        return Exit.INTERRUPTED
    return Exit.PARTLY if report.skipped else Exit.DONE
