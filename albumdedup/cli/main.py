"""The commands of the program, one small module per verb."""

from __future__ import annotations

import argparse
import importlib
import logging
import sys
from collections.abc import Sequence

from albumdedup import __version__
from albumdedup.cli.bench_arguments import add_bench
from albumdedup.cli.console import say
from albumdedup.cli.crashes import reporting, tell_unexpected
from albumdedup.cli.evaluate_arguments import add_evaluate
from albumdedup.cli.exits import Exit, exit_code
from albumdedup.cli.models_arguments import add_models
from albumdedup.cli.parsing import (
    Parser,
    add_json,
    at_least_one,
    place,
    similarity,
    translate_argparse,
)
from albumdedup.cli.search_options import add_search
from albumdedup.core.errors import AlbumError, Cancelled
from albumdedup.core.i18n import _, describe
from albumdedup.core.types import Tier


def keep(text: str) -> str:
    """A keep rule, or a chain of them with commas; an argparse type."""
    from albumdedup.core.keeper import RULES, chain_of

    try:
        return ",".join(chain_of(text))
    except KeyError as error:
        raise argparse.ArgumentTypeError(
            _("there is no rule {name}; rules are {known}").format(
                name=error, known=", ".join(RULES)
            )
        ) from error


def tiers(text: str) -> frozenset[Tier]:
    """``identical,same`` as tiers; an argparse type."""
    try:
        return frozenset(Tier(word.strip()) for word in text.split(",") if word.strip())
    except ValueError as error:
        known = ", ".join(tier.value for tier in Tier)
        raise argparse.ArgumentTypeError(
            _("there is no tier in {text}; tiers are {known}").format(text=text, known=known)
        ) from error


def port(text: str) -> int:
    """Where to listen; 0 is any that is free."""
    value = int(text)
    if not 0 <= value <= 65535:
        raise argparse.ArgumentTypeError(_("a port lies between 0 and 65535"))
    return value


def dimensions(text: str) -> int:
    value = int(text)
    if not 0 <= value <= 4096:
        raise argparse.ArgumentTypeError(_("a number of dimensions from 0 to 4096"))
    return value


def parser() -> argparse.ArgumentParser:
    translate_argparse()
    common = Parser(add_help=False)
    common.add_argument(
        "--library", type=place, metavar="DIR", default=argparse.SUPPRESS,
        help=_("data folder (default: $ALBUMDEDUP_LIBRARY, else the platform's user data)"),
    )  # fmt: skip
    top = Parser(
        prog="albumdedup", parents=[common],
        description=_("Finds equal and similar photos and cleans them up safely."),
        epilog=_("Without a command, `albumdedup [DIR…]` opens the window."),
    )  # fmt: skip
    top.add_argument("--version", action="version", version=f"albumdedup {__version__}",
                     help=_("show program's version number and exit"))  # fmt: skip
    verbs = top.add_subparsers(dest="verb", required=True, metavar="COMMAND")

    def verb(name: str, words: str, module: str = "") -> argparse.ArgumentParser:
        sub = verbs.add_parser(name, parents=[common], help=words, description=words)
        sub.set_defaults(module=module or name)
        return sub

    _add_scan(verb("scan", _("scan folders of photos into the library")))
    _add_report(verb("report", _("write the groups as JSON, CSV or HTML")))
    _add_clean(verb("clean", _("list what would go, or move it to the trash (--apply)")))
    card = verb("card", _("is this card (or folder) safe to erase?"))
    card.add_argument("folder", type=place, metavar="DIR", help=_("the card, or any folder"))
    card.add_argument(
        "--all-files", action="store_true",
        help=_("look for films and other files too, byte by byte, in the scanned folders"),
    )  # fmt: skip
    add_json(card)
    folders = verb("folders", _("folders whose photos are elsewhere in the library too"))
    add_json(folders)
    undo = verb("undo", _("put an operation back (default: the last one)"))
    _add_undo(undo)
    _add_history(verb("history", _("list the operations, or give the receipt of one")))
    add_search(verb("search", _("the most similar photos of the library")))
    pair = verb("not-duplicates", _("remember that these photos are not duplicates"), "decisions")
    pair.add_argument("paths", nargs="*", type=place, metavar="PATH",
                      help=_("two photos or more; none: list what is remembered"))  # fmt: skip
    pair.add_argument("--off", action="store_true", help=_("forget it again"))
    protect = verb("protect", _("never offer the photos of a folder"), "decisions")
    folder = _("a folder; none: list those that are set")
    protect.add_argument("paths", nargs="*", type=place, metavar="DIR", help=folder)
    protect.add_argument("--off", action="store_true", help=_("lift the protection"))
    prefer = verb("prefer", _("set the ordered list of preferred folders"), "decisions")
    prefer.add_argument("paths", nargs="*", type=place, metavar="DIR", help=folder)
    forget = verb("forget", _("drop a folder from the library, never from the disk"), "decisions")
    words = _("a folder that was scanned, or one in it")
    forget.add_argument("paths", nargs=1, type=place, metavar="DIR", help=words)
    _add_vectors(verb("vectors", _("where descriptors are searched; move them elsewhere")), common)
    _add_family(verb("family", _("libraries that find each other's photos on a server")), common)
    _add_elsewhere(verb("elsewhere", _("which photos other libraries of the family have too")))
    words = _("networks that can describe photos: list, fetch, import, remove them")
    add_models(verb("models", words), common)
    _add_serve(verb("serve", _("answer searches over HTTP, for this computer (optional extra)")))
    _add_pca(verb("pca", _("what descriptors of fewer dimensions would keep")))
    doctor = verb("doctor", _("what is wrong with this installation and library, and the mend"))
    doctor.add_argument(
        "file",
        nargs="?",
        type=place,
        metavar="FILE",
        help=_("explain this one file step by step instead"),
    )
    doctor.add_argument("--json", action="store_true", help=_("with FILE: the facts as JSON"))
    add_bench(verb("bench", _("measure the speed on this computer")))
    words = _("measure what is found, on an album whose truth is known")
    add_evaluate(verb("evaluate", words), common, dimensions)
    return top


def _add_pca(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--dims", type=dimensions, required=True, metavar="D",
                     help=_("to how many dimensions; 64 to 512 are usual"))  # fmt: skip
    sub.add_argument("--whiten", action="store_true",
                     help=_("all axes count the same; near is another thing then"))  # fmt: skip
    sub.add_argument("--extractor", default=None, metavar="NAME",
                     help=_("whose descriptors (default: the one that is chosen)"))  # fmt: skip
    sub.add_argument("--use", action="store_true",
                     help=_("reduce them so from now on; no photo is read for it"))  # fmt: skip
    add_json(sub)


def _add_vectors(sub: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    add_json(sub)
    whats = sub.add_subparsers(dest="what", metavar="move")
    words = _("bring the descriptors to another store; no photo is read")
    move = whats.add_parser("move", parents=[common], help=words, description=words)
    move.add_argument("--to", required=True, metavar="URI|lite",
                      help=_("a Milvus server, or lite: the library's folder"))  # fmt: skip
    move.add_argument("--token", default=None, help=_("its token (default: the one that is set)"))
    move.add_argument("--certificate", default=None, metavar="FILE",
                      help=_("its certificate, where the computer does not trust it"))  # fmt: skip


def _add_family(sub: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    add_json(sub)
    whats = sub.add_subparsers(dest="what", metavar="join|leave|drop")
    words = _("tell a family what this library holds, and go on doing so")
    join = whats.add_parser("join", parents=[common], help=words, description=words)
    join.add_argument("name", metavar="NAME", help=_("small letters and digits"))
    join.add_argument("--label", default=None, metavar="NAME",
                      help=_("what the others see (default: the computer's name)"))  # fmt: skip
    words = _("take away what the family was told, and tell it no more")
    leave = whats.add_parser("leave", parents=[common], help=words, description=words)
    leave.add_argument(
        "--anyway", action="store_true",
        help=_("even if the server does not answer: what is there stays"),
    )  # fmt: skip
    words = _("take away what another library told, whose computer is gone for good")
    drop = whats.add_parser("drop", parents=[common], help=words, description=words)
    drop.add_argument("relative", metavar="LIBRARY", help=_("its name, or its id (see --json)"))


def _add_elsewhere(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--missing", action="store_true",
                     help=_("what is only here, and what is only in other libraries"))  # fmt: skip
    sub.add_argument("--in", dest="relative", default="", metavar="LIBRARY",
                     help=_("only this other library (its name, or its id)"))  # fmt: skip
    sub.add_argument("--similarity", type=similarity, default=None, metavar="S",
                     help=_("from here on two photos look the same (default: 0.985)"))  # fmt: skip
    sub.add_argument("--count", action="store_true", help=_("the sums alone, no list"))
    add_json(sub)


def _add_serve(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--host", default="127.0.0.1", metavar="ADDRESS",
                     help=_("where to listen (default: this computer only)"))  # fmt: skip
    sub.add_argument("--port", type=port, default=8765, metavar="N", help=_("default: 8765"))
    sub.add_argument("--allow-network", action="store_true",
                     help=_("really listen where other computers can ask"))  # fmt: skip
    sub.add_argument("--no-token", action="store_true",
                     help=_("answer every program of this computer"))  # fmt: skip
    sub.add_argument("--show-link", action="store_true",
                     help=_("print the link with the token, and end"))  # fmt: skip
    sub.add_argument("--upload-limit", type=at_least_one, default=100, metavar="MB",
                     help=_("the largest picture that is taken (default: 100)"))  # fmt: skip


def _add_history(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("operation", nargs="?", type=int, metavar="OPERATION",
                     help=_("give the receipt of this one; none: list all"))  # fmt: skip
    add_json(sub)
    sub.add_argument(
        "--receipt", type=place, metavar="FILE", help=_("save its receipt as an HTML page")
    )
    sub.add_argument(
        "--check", type=at_least_one, metavar="N", default=None,
        help=_("restore N of its files on trial, drawn at random; they stay where they are"),
    )  # fmt: skip


def _add_undo(sub: argparse.ArgumentParser) -> None:
    words = _("its number (see history); none: the last one that has it")
    sub.add_argument("operation", nargs="?", type=int, metavar="OPERATION",
                     help=words)  # fmt: skip
    sub.add_argument(
        "--group", action="append", default=[], metavar="ID",
        help=_("only this group of it (see history --json); may be repeated"),
    )  # fmt: skip
    sub.add_argument(
        "--photo", action="append", type=place, default=[], metavar="PATH",
        help=_("only this photo, with what belongs to it; may be repeated"),
    )  # fmt: skip


def _add_scan(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("folders", nargs="+", type=place, metavar="DIR", help=_("a folder of photos"))
    sub.add_argument("--json", action="store_true", help=_("the summary as JSON"))
    sub.add_argument("--threads", type=int, default=0, metavar="N", help=_("decoding threads"))
    sub.add_argument("--extractor", default=None, metavar="NAME",
                     help=_("change to this extractor; it is remembered"))  # fmt: skip
    sub.add_argument("--pca", type=dimensions, default=None, metavar="D",
                     help=_("reduce descriptors to D dimensions, 0: not; remembered"))  # fmt: skip


def _add_view(sub: argparse.ArgumentParser, default: str) -> None:
    words = _("kinds of copies, with commas (default: {default})").format(default=default)
    sub.add_argument("--tiers", type=tiers, default=tiers(default), metavar="TIERS", help=words)
    sub.add_argument("--similarity", type=similarity, default=None, metavar="S",
                     help=_("from here on shots are similar (default: as set)"))  # fmt: skip


def _add_report(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--format", choices=("json", "csv", "html"), default="json",
                     help=_("default: json"))  # fmt: skip
    _add_view(sub, "identical,same,edited,similar")
    sub.add_argument(
        "--keep", type=keep, default=None, metavar="RULE[,RULE…]",
        help=_("which copy stays; further rules where the first leaves several"),
    )  # fmt: skip
    sub.add_argument("--out", type=place, metavar="FILE", default=None,
                     help=_("write it there (default: to standard output)"))  # fmt: skip
    sub.add_argument(
        "--explain", action="store_true", help=_("what each rule decided, group by group (JSON)")
    )


def _add_clean(sub: argparse.ArgumentParser) -> None:
    _add_view(sub, "identical,same")
    sub.add_argument(
        "--keep", type=keep, default=None, metavar="RULE[,RULE…]",
        help=_("which copy stays; further rules where the first leaves several"),
    )  # fmt: skip
    sub.add_argument(
        "--from", dest="clear", type=place, metavar="DIR", default=None,
        help=_("take only files below DIR; what lies outside stays"),
    )  # fmt: skip
    sub.add_argument(
        "--carry-metadata", action="store_true",
        help=_("write what only a copy says (place, caption, rating, people, keywords) to a new "
               "XMP file beside the photo that stays"),
    )  # fmt: skip
    sub.add_argument("--apply", action="store_true", help=_("really move (default: list)"))
    sub.add_argument(
        "--to", type=place, metavar="DIR", default=None, help=_("move here, not to the trash")
    )
    sub.add_argument(
        "--receipt", type=place, metavar="FILE", help=_("with --apply: save the receipt (HTML)")
    )
    add_json(sub)


def main(argv: Sequence[str]) -> int:
    """Run one command; every expected failure is one sentence and a documented code."""
    logging.basicConfig(level=logging.ERROR)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    arguments = parser().parse_args(argv)
    with reporting(arguments):
        return _run(arguments)


def _run(arguments: argparse.Namespace) -> int:
    try:
        run = importlib.import_module(f"albumdedup.cli.{arguments.module}").run
        return int(run(arguments))
    except AlbumError as error:
        say(describe(error))
        return exit_code(error.code)
    except (Cancelled, KeyboardInterrupt):
        say(_("Stopped. All finished work is kept; the same command goes on from there."))
        return Exit.INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return Exit.DONE
    except Exception as error:
        if not tell_unexpected(error, arguments):
            raise
        return Exit.UNEXPECTED
