"""``albumdedup doctor``: what is wrong here, and the mend. Changes nothing but our own files."""

from __future__ import annotations

import importlib
import os
import sys
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import dataclass

from albumdedup.assembly import build, thread_executor, try_server
from albumdedup.cli import explain
from albumdedup.cli.console import printable
from albumdedup.cli.exits import Exit
from albumdedup.cli.family import line_of, waiting_words
from albumdedup.cli.places import chosen_paths
from albumdedup.cli.session import chosen_settings
from albumdedup.core.errors import AlbumError
from albumdedup.core.family import Place
from albumdedup.core.i18n import _, about, describe, human_bytes, ngettext
from albumdedup.core.library import Library
from albumdedup.core.paths import AppPaths
from albumdedup.core.settings import Settings
from albumdedup.ml.registry import SPECS, weights_of
from albumdedup.ml.weights import read_weights
from albumdedup.system.files import free_space

PACKAGES = (
    "numpy",
    "PIL",
    "pillow_heif",
    "cv2",
    "torch",
    "pymilvus",
    "milvus_lite",
    "PySide6.QtWidgets",
)
LOW_SPACE = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; ``mend`` is empty where all is well."""

    subject: str
    state: str
    mend: str = ""


def run(arguments: Namespace) -> Exit:
    if arguments.file is not None:
        return explain.run(arguments)
    paths = chosen_paths(arguments)
    settings = chosen_settings(arguments, paths)
    sick = False
    for finding in examine(paths, settings):
        mark = "✗" if finding.mend else "✓"
        print(printable(f"{mark} {about(finding.subject, finding.state)}"))
        if finding.mend:
            print(printable(f"    {finding.mend}"))
            sick = True
    return Exit.UNUSABLE if sick else Exit.DONE


def examine(paths: AppPaths, settings: Settings) -> Iterator[Finding]:
    yield Finding("Python", sys.version.split()[0])
    for name in PACKAGES:
        yield _package(name)
    yield _weights(settings, paths)
    yield _space(paths)
    if settings.vector_uri:
        yield _server(settings)
    elif settings.vector_family:
        yield Finding(
            _("family {name}").format(name=settings.vector_family), _("has no server"),
            _("Set `vector_uri` to the Milvus server of the family, or `vector_family` to \"\"."),
        )  # fmt: skip
    executor = thread_executor(settings)
    try:
        opened = build(paths, settings, executor)
        try:
            if opened.catalog_rebuilt:
                yield Finding(
                    _("catalog"), _("was damaged and set aside"), _("Scan your folders again.")
                )
            for operation in opened.interrupted:
                yield Finding(
                    _("clean-up {id}").format(id=operation.id),
                    _("was interrupted"),
                    _("`albumdedup undo {id}` puts its photos back.").format(id=operation.id),
                )
            yield from _library(opened.library, paths)
        finally:
            opened.library.close()
    except AlbumError as error:
        yield Finding(_("library"), str(paths.root), describe(error))
    finally:
        executor.close()


def _package(name: str) -> Finding:
    try:
        module = importlib.import_module(name)
    except (ImportError, OSError) as error:
        return Finding(name, str(error), _("Install the program again."))
    return Finding(name, str(getattr(module, "__version__", _("there"))))


def _weights(settings: Settings, paths: AppPaths) -> Finding:
    name = settings.extractor
    if name not in SPECS:
        return Finding(
            _("extractor"), name,
            _("Set `extractor` to one of: {names}.").format(names=", ".join(SPECS)),
        )  # fmt: skip
    try:
        place, sha256 = weights_of(name, paths.models)
        read_weights(SPECS[name], place, sha256)
    except AlbumError as error:
        return Finding(_("weights"), name, describe(error))
    return Finding(_("weights"), place.name)


def _server(settings: Settings) -> Finding:
    uri = settings.vector_uri
    try:
        version = try_server(uri, settings.vector_token, settings.vector_certificate)
    except AlbumError as error:
        return Finding(_("vector server"), uri, describe(error))
    return Finding(_("vector server"), f"{uri}, Milvus {version}")


def _space(paths: AppPaths) -> Finding:
    free = free_space(str(paths.root))
    mend = "" if free > LOW_SPACE else _("Free some space on the disk of the library.")
    return Finding(_("free space"), human_bytes(free), mend)


def _library(library: Library, paths: AppPaths) -> Iterator[Finding]:
    yield Finding(_("library"), str(paths.root))
    health = library.health()
    state = _("{contents} photos described, {vectors} descriptors stored").format(
        contents=f"{health.contents:,}", vectors=f"{health.vectors:,}"
    )
    whole = health.contents <= health.vectors and not (
        health.pending or health.unmatched or health.waiting
    )
    mend = "" if whole else _("Scan your folders again: it repairs the stores.")
    yield Finding(_("stores"), state, describe(health.trouble) if health.trouble else mend)
    yield from _other_embeddings(library)
    if library.relatives.place is not None:
        yield from _family(library, library.relatives.place)
    unreadable = len(library.snapshot().unreadable)
    if unreadable:
        words = ngettext("{n} file could not be read", "{n} files could not be read", unreadable)
        yield Finding(_("photos"), words.format(n=f"{unreadable:,}"))
    yield _trash(library)


def _family(library: Library, place: Place) -> Iterator[Finding]:
    relatives = library.relatives
    name = _("family {name}").format(name=place.family)
    try:
        known = relatives.all()
    except AlbumError as error:
        yield Finding(name, place.uri, describe(error))
        return
    waiting = relatives.untold()
    count = ngettext("{n} library", "{n} libraries", len(known)).format(n=len(known))
    yield Finding(name, count, waiting_words(waiting) if waiting else "")
    for one in known:
        yield Finding(name, line_of(one, this=one.library == relatives.own_id))


def _other_embeddings(library: Library) -> Iterator[Finding]:
    for use in library.spaces():
        words = _("{n} photos described in {dim} dimensions, {size}")
        if use.answers:
            words = _("{n} photos described in {dim} dimensions, {size}; it says what is similar")
        state = words.format(n=f"{use.described:,}", dim=use.space.dim, size=human_bytes(use.bytes))
        yield Finding(use.space.extractor, state)


def _trash(library: Library) -> Finding:
    home = os.path.expanduser("~")
    try:
        library.try_trash(home)
    except AlbumError as error:
        return Finding(_("trash"), home, describe(error))
    return Finding(_("trash"), _("keeps what it is given"))
