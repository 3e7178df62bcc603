"""The generated pages: as the program is now, and whole."""

from __future__ import annotations

import ast
import importlib
import re
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_reference import PAGES, choices, differing, pages
from doc_pages import ROOT

from albumdedup.cli.exits import Exit, exit_code
from albumdedup.cli.main import parser
from albumdedup.core.errors import ErrorCode
from albumdedup.core.i18n import describe_reason
from albumdedup.core.types import Reason

VERBS = {name: sub.get_default("module") for name, (sub, _words) in choices(parser()).items()}


def page(name: str) -> str:
    return (PAGES / f"{name}.md").read_text(encoding="utf-8")


def test_the_reference_is_up_to_date() -> None:
    assert differing(pages()) == [], "make reference brings it up to date"


@pytest.mark.parametrize("name", ["messages", "messages-zh"])
def test_every_message_has_its_entry_and_its_exit_code(name: str) -> None:
    row = re.compile(r'^\| <a id="(\w+)"></a>.+ \| `\w+` \| (\d+) \|$', re.MULTILINE)
    told = {code: int(number) for code, number in row.findall(page(name))}
    assert told == {error.value: exit_code(error) for error in ErrorCode}
    assert "{" not in page(name), "a placeholder that nobody fills"


def test_every_reason_says_what_to_do_as_the_page_on_trouble_does() -> None:
    trouble = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
    for reason in Reason:
        assert describe_reason(reason)
        assert f"| `{reason.value}` |" in trouble, reason


@pytest.mark.parametrize("name", sorted(VERBS))
def test_codes_that_a_command_names_stand_on_its_page(name: str) -> None:
    module = importlib.import_module(f"albumdedup.cli.{VERBS[name]}")
    tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
    named = {
        Exit[node.attr].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "Exit"
    }
    sharing = [page(other) for other, of in VERBS.items() if of == VERBS[name]]
    stand = {int(code) for text in sharing for code in re.findall(r"^\| (\d+) \|", text, re.M)}
    assert named <= stand, name


def test_no_argument_takes_the_place_of_the_library() -> None:
    """``family drop NAS`` once opened a library NAS in the folder where it was typed."""
    for sub, _words in below(parser()):
        for action in sub._actions:
            if action.dest == "library":
                assert action.option_strings == ["--library"], sub.prog


def below(top: ArgumentParser) -> Iterator[tuple[ArgumentParser, str]]:
    for sub, words in choices(top).values():
        yield sub, words
        yield from below(sub)
