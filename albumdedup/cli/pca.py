"""``albumdedup pca --dims D``: what descriptors of fewer dimensions keep, and ``--use``."""

from __future__ import annotations

import json
from argparse import Namespace
from dataclasses import asdict, replace

from albumdedup.cli.console import ConsoleReporter, printable, say, stopping
from albumdedup.cli.exits import Exit
from albumdedup.cli.session import Session, open_session
from albumdedup.core.control import Control
from albumdedup.core.embedding import Wish
from albumdedup.core.i18n import _, switch_sentence
from albumdedup.core.reducing import Loss
from albumdedup.core.settings import keep_aside, load, save


def run(arguments: Namespace) -> Exit:
    control = Control()
    wish = Wish(arguments.dims, arguments.whiten)
    with open_session(arguments) as session, stopping(control):
        name = arguments.extractor or session.settings.extractor
        if wish.dim:
            found = session.library.fit(name, wish, control)
            print(_as_json(found) if arguments.json else _sentence(name, wish, found))
        if arguments.use:
            _remember(session, name, wish)
    if not arguments.use:
        return Exit.DONE
    reporter = ConsoleReporter()
    with open_session(arguments) as session, stopping(control):  # now with these settings
        try:
            summary = session.library.index([], control, reporter)
        finally:
            reporter.end()
    if summary.switch_trouble is None:
        return Exit.DONE
    say(switch_sentence(summary.switch_trouble))
    return Exit.UNUSABLE


def _as_json(found: Loss) -> str:
    return json.dumps(asdict(found))


def _sentence(name: str, wish: Wish, found: Loss) -> str:
    return printable(
        _(
            "{name} in {dim} dimensions keeps {variance} % of the variance and {recall} % of each "
            "photo's {top} nearest ({asked} photos asked, among {among} of this library)."
        ).format(
            name=name, dim=wish.dim, variance=f"{100 * found.variance:.1f}",
            recall=f"{100 * found.recall:.1f}", top=found.top, asked=f"{found.asked:,}",
            among=f"{found.among:,}",
        )
    )  # fmt: skip


def _remember(session: Session, name: str, wish: Wish) -> None:
    loaded = load(session.paths.settings)
    if loaded.rejected:
        keep_aside(session.paths.settings)
    wanted = replace(loaded.settings, extractor=name, pca=wish.dim, pca_whiten=wish.whiten)
    save(wanted, session.paths.settings)
