"""What every command shares: the library it works on."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from albumdedup.assembly import build, thread_executor
from albumdedup.cli.console import say
from albumdedup.cli.places import chosen_paths
from albumdedup.core.executors import ThreadExecutor
from albumdedup.core.i18n import _, family_sentence
from albumdedup.core.library import Library
from albumdedup.core.paths import AppPaths
from albumdedup.core.settings import Settings, keep_aside, load, save
from albumdedup.core.types import Operation, count_photos


@dataclass(frozen=True, slots=True)
class Session:
    library: Library
    paths: AppPaths
    settings: Settings
    executor: ThreadExecutor


def chosen_settings(arguments: Namespace, paths: AppPaths) -> Settings:
    loaded = load(paths.settings)
    for name in loaded.rejected:
        say(
            _("The setting {name} in {path} was not understood and is left at its default.").format(
                name=name, path=paths.settings
            )
        )
    threads = getattr(arguments, "threads", 0)
    settings = replace(loaded.settings, **wishes(arguments))
    return replace(settings, decode_threads=threads) if threads > 0 else settings


def wishes(arguments: Namespace) -> dict[str, Any]:
    """The settings that a command line names and that are to be remembered."""
    named = {name: getattr(arguments, name, None) for name in ("extractor", "pca")}
    return {name: value for name, value in named.items() if value is not None}


def remember(session: Session, arguments: Namespace) -> None:
    """Write these to the settings file. A file that was not understood is kept beside it."""
    loaded = load(session.paths.settings)
    wanted = replace(loaded.settings, **wishes(arguments))
    if wanted != loaded.settings:
        if loaded.rejected:
            keep_aside(session.paths.settings)
        save(wanted, session.paths.settings)


@contextmanager
def open_session(arguments: Namespace) -> Iterator[Session]:
    """Open the library, say what its opening found, and close it whatever happens."""
    paths = chosen_paths(arguments)
    settings = chosen_settings(arguments, paths)
    executor = thread_executor(settings)
    try:
        opened = build(paths, settings, executor)
        try:
            if opened.catalog_rebuilt:
                say(
                    _(
                        "The catalog in {path} was damaged; it was set aside and a new one begun. "
                        "Your decisions are kept. Scan again."
                    ).format(path=paths.root)
                )
            for operation in opened.interrupted:
                say(_interrupted(operation))
            yield Session(opened.library, paths, settings, executor)
        finally:
            opened.library.close()
    finally:
        executor.close()


def tell_family(session: Session) -> None:
    """After files came or went: let the other libraries know, or say why they could not."""
    trouble = session.library.relatives.tell()
    if trouble is not None:
        say(family_sentence(trouble))


def _interrupted(operation: Operation) -> str:
    return _(
        "The clean-up {id} was interrupted: {moved} of {all} photos were moved. "
        "`albumdedup undo {id}` puts them back; `albumdedup clean` goes on."
    ).format(
        id=operation.id, moved=count_photos(operation.moved), all=count_photos(operation.items)
    )
