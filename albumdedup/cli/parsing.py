"""argparse in the language of the program: its own words, and lines that fit the terminal."""

from __future__ import annotations

import argparse
from typing import Any

from albumdedup.cli.columns import wrapped
from albumdedup.core.i18n import _, ngettext


def at_least_one(text: str) -> int:
    """An argparse type."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(_("a number from 1 on"))
    return value


def place(text: str) -> str:
    """An argparse type. An empty name would be the current folder, or as if nothing was asked for:
    `clean --from "$CARD"` would take from the folder one happens to be in where the variable is
    not set, and `--to ""` would move to the trash."""
    if not text:
        raise argparse.ArgumentTypeError(_("an empty name is no file or folder"))
    return text


def add_json(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--json", action="store_true", help=_("as JSON, for programs"))


class Formatter(argparse.HelpFormatter):
    """Counts columns where argparse counts characters."""

    def _split_lines(self, text: str, width: int) -> list[str]:
        return wrapped(text, width)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return "\n".join(indent + line for line in wrapped(text, width - len(indent)))


class Parser(argparse.ArgumentParser):
    def __init__(self, **words: Any) -> None:
        super().__init__(formatter_class=Formatter, **words)


def translate_argparse() -> None:
    """argparse looks its words up in a gettext domain of files on disk; here they come from the
    program's own catalogue."""
    vars(argparse).update(_=_translated, ngettext=_counted)


def _translated(text: str) -> str:
    words = {
        "usage: ": _("usage: "),
        "options": _("options"),
        "positional arguments": _("positional arguments"),
        "show this help message and exit": _("show this help message and exit"),
        "%(prog)s: error: %(message)s\n": _("%(prog)s: error: %(message)s\n"),
        "argument %(argument_name)s: %(message)s": _("argument %(argument_name)s: %(message)s"),
        "the following arguments are required: %s": _("the following arguments are required: %s"),
        "unrecognized arguments: %s": _("unrecognized arguments: %s"),
        "expected one argument": _("expected one argument"),
        "expected at least one argument": _("expected at least one argument"),
        "invalid choice: %(value)r (choose from %(choices)s)": _(
            "invalid choice: %(value)r (choose from %(choices)s)"
        ),
        "invalid %(type)s value: %(value)r": _("invalid %(type)s value: %(value)r"),
        "ambiguous option: %(option)s could match %(matches)s": _(
            "ambiguous option: %(option)s could match %(matches)s"
        ),
        "ignored explicit argument %r": _("ignored explicit argument %r"),
    }
    return words.get(text, text)


def _counted(one: str, many: str, n: int) -> str:
    if one == "expected %s argument":
        return ngettext("expected %s argument", "expected %s arguments", n)
    return one if n == 1 else many


def similarity(text: str) -> float:
    """An argparse type."""
    value = float(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(_("a similarity lies between 0 and 1"))
    return value
