"""``albumdedup models list|download|import|remove|measure``"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from albumdedup.cli.console import ConsoleReporter, Told, printable, say, stopping
from albumdedup.cli.exits import Exit, exit_code
from albumdedup.cli.models_table import as_json, as_text
from albumdedup.cli.places import chosen_paths
from albumdedup.cli.session import chosen_settings, open_session
from albumdedup.core.control import Control
from albumdedup.core.errors import AlbumError
from albumdedup.core.i18n import _, describe, human_bytes, listed
from albumdedup.core.paths import AppPaths
from albumdedup.ml import acquire
from albumdedup.ml.acquire import Arrived
from albumdedup.ml.model_folder import ModelFolder
from albumdedup.ml.registry import find, weights_of


def run(arguments: Namespace) -> Exit:
    """Opens no library, so that it works beside a window; only ``remove`` does, at its end."""
    paths = chosen_paths(arguments)
    verbs = {
        "list": _list,
        "download": _download,
        "import": _import,
        "remove": _remove,
        "measure": _measure,
    }
    return verbs[arguments.what](arguments, paths)


def _list(arguments: Namespace, paths: AppPaths) -> Exit:
    chosen = chosen_settings(arguments, paths).extractor
    print(as_json(paths.models, chosen) if arguments.json else as_text(paths.models, chosen))
    return Exit.DONE


def _download(arguments: Namespace, paths: AppPaths) -> Exit:
    row = find(arguments.name)
    if row.source is not None:
        say(
            _("{name} comes from {path} under the licence {licence}.").format(
                name=row.source.file, path=row.source.url, licence=row.licence
            )
        )
        say(training_words())
        kept = ModelFolder(paths.models).find(row.network)
        if kept is not None and kept.official:
            say(_("It is here already; nothing was fetched."))
            return Exit.DONE
    control, reporter = Control(), ConsoleReporter()
    with stopping(control):
        try:
            arrived = acquire.download(arguments.name, paths.models, control=control, sink=reporter)
        finally:
            reporter.end()
    _tell(arrived, arguments.name, paths)
    return Exit.DONE


def training_words() -> str:
    return _(
        "It was trained on ImageNet, whose photos are given for research and teaching; whether "
        "your use of it is allowed is for you to judge."
    )


def _import(arguments: Namespace, paths: AppPaths) -> Exit:
    arrived = acquire.import_file(Path(arguments.file), paths.models, arguments.name)
    _tell(arrived, arguments.name or arrived.names[0], paths)
    return Exit.DONE


def _tell(arrived: Arrived, name: str, paths: AppPaths) -> None:
    words = _("The weights of {network} are here now, {size}; they serve {names}.")
    print(
        printable(
            words.format(
                network=arrived.kept.network,
                size=human_bytes(arrived.kept.bytes),
                names=listed(arrived.names),
            )
        )
    )
    if not arrived.kept.official:
        say(
            _(
                "They are not in the file that torchvision publishes; descriptors that they give "
                "are kept apart from all others."
            )
        )
    say(
        _("To use them, set `extractor` to {name} in the settings, and scan again.").format(
            name=name
        )
    )


def _remove(arguments: Namespace, paths: AppPaths) -> Exit:
    """The weights, and what they described in this library."""
    freed, names = acquire.remove(arguments.name, paths.models)
    if freed:
        print(
            _("The weights of {names} are deleted; {size} came free.").format(
                names=listed(names), size=human_bytes(freed)
            )
        )
    else:
        print(_("There are no weights of {name} here.").format(name=arguments.name))
    chosen = chosen_settings(arguments, paths).extractor
    if chosen in names:
        words = _(
            "This library is set to {name}: without its weights `album` says what is similar."
        )
        say(words.format(name=chosen))
    return _forget(arguments, names) if paths.catalog.exists() else Exit.DONE


def _forget(arguments: Namespace, names: Sequence[str]) -> Exit:
    try:
        with open_session(arguments) as session:
            freed = sum(session.library.forget_space(name) for name in names)
    except AlbumError as error:
        say(describe(error))
        say(_("The descriptors stay; the same command frees them later."))
        return exit_code(error.code)
    if freed:
        print(_("Their descriptors are deleted; {size} came free.").format(size=human_bytes(freed)))
    return Exit.DONE


def _measure(arguments: Namespace, paths: AppPaths) -> Exit:
    from albumdedup.evaluation.thresholds import measure_similar

    row = find(arguments.name)
    weights_of(row.spec.name, paths.models)
    settings, control = chosen_settings(arguments, paths), Control()
    with stopping(control):
        measured = measure_similar(
            Path(arguments.folder), row.spec.name, settings, paths.models,
            limit=arguments.limit, control=control, told=Told(),
        )  # fmt: skip
    print(
        _("{name}: similar from {similarity} on, measured on {n} files.").format(
            name=row.spec.name, similarity=f"{measured.similar:.2f}", n=f"{measured.files:,}"
        )
    )
    if row.source is not None:
        folder = ModelFolder(paths.models)
        with folder.alone():
            folder.remember(row.network, row.spec.name, measured)
    return Exit.DONE
