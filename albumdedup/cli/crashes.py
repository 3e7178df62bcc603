"""An error that nobody expected, on the command line: a report in the library's folder."""

from __future__ import annotations

import logging
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager

from albumdedup import __version__
from albumdedup.cli.console import printable, say
from albumdedup.cli.places import chosen_paths
from albumdedup.core.crash import Reporting, report
from albumdedup.core.i18n import _


@contextmanager
def reporting(arguments: Namespace) -> Iterator[None]:
    """What is logged with its error inside (by the service, which goes on) is reported, too."""
    paths = chosen_paths(arguments)
    handler = Reporting(paths.crashes, __version__)
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)


def tell_unexpected(error: Exception, arguments: Namespace) -> bool:
    """Write the report and say where it is; False where it could not be written. A command that
    never made its library makes none for this."""
    paths = chosen_paths(arguments)
    if not paths.root.is_dir():
        return False
    place = report(error, paths.crashes, __version__, f"albumdedup {arguments.verb}")
    if place is None:
        return False
    say(
        _(
            "Something unexpected happened: {detail}. A report is in {path}; nothing is sent. "
            "All finished work is kept."
        ).format(detail=printable(f"{type(error).__name__}: {error}"), path=printable(str(place)))
    )
    return True
