"""The generated pages: as the program is now, and whole."""

from __future__ import annotations

import ast
import importlib
import re
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path

import pytest
from chinese_setting import FAULTS
from command_reference import DOCS, choices, differing, pages
from doc_pages import ROOT, SAID_TWICE, commands
from reference_notes import editions, translated

from albumdedup.cli.exits import Exit, exit_code
from albumdedup.cli.main import parser
from albumdedup.core.errors import ErrorCode
from albumdedup.core.i18n import describe_reason
from albumdedup.core.languages import language
from albumdedup.core.types import Reason

VERBS = {name: sub.get_default("module") for name, (sub, _words) in choices(parser()).items()}


ENGLISH, CHINESE = DOCS / "reference", ROOT / SAID_TWICE


def page(name: str, folder: Path = ENGLISH) -> str:
    return (folder / f"{name}.md").read_text(encoding="utf-8")


def test_the_reference_is_up_to_date() -> None:
    assert differing(pages()) == [], "make reference brings it up to date"


@pytest.mark.parametrize("folder", [ENGLISH, CHINESE], ids=["English", "Chinese"])
def test_every_message_has_its_entry_and_its_exit_code(folder: Path) -> None:
    row = re.compile(r'^\| <a id="(\w+)"></a>.+ \| `\w+` \| (\d+) \|$', re.MULTILINE)
    told = {code: int(number) for code, number in row.findall(page("messages", folder))}
    assert told == {error.value: exit_code(error) for error in ErrorCode}
    assert "{" not in page("messages", folder), "a placeholder that nobody fills"


def test_the_chinese_pages_are_those_of_english_with_the_same_examples() -> None:
    """Examples are typed once, from the English pages; the Chinese ones must not say others."""
    names = {path.stem for path in ENGLISH.glob("*.md")}
    assert {path.stem for path in CHINESE.glob("*.md")} == names >= set(VERBS)
    for name in names:
        said = [one.words for one in commands(ENGLISH / f"{name}.md")]
        assert [one.words for one in commands(CHINESE / f"{name}.md")] == said, name
        assert bool(said) == (name in VERBS), name
        assert usages(page(name, CHINESE)) == usages(page(name)), name
        assert first_cells(page(name, CHINESE)) == first_cells(page(name)), name
        assert bool(usages(page(name))) == (name in VERBS), name


def usages(text: str) -> list[str]:
    return re.findall(r"^```text\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def first_cells(text: str) -> list[str]:
    """What rows are about: a command, an option, a code, a setting."""
    return re.findall(r"^\| (\[?`[^|]+`\S*|\d+) \|", text, re.MULTILINE)


def test_the_chinese_pages_are_set_as_chinese() -> None:
    for path in sorted(CHINESE.glob("*.md")):
        lines = list(plain(path.read_text(encoding="utf-8")))
        assert any(re.search("[\u4e00-\u9fff]", line) for line in lines), path
        for fault, why in FAULTS:
            assert [line for line in lines if re.search(fault, line)] == [], f"{path}: {why}"


def plain(text: str) -> Iterator[str]:
    """Each line, or cell of a table, as a reader sees it; a letter for what is code."""
    text = re.sub(r"^```.*?^```$|<!--.*?-->", "", text, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", re.sub(r"`[^`\n]+`|\\\|", "x", text))
    for line in text.replace("*", "").split("\n"):
        if line.startswith("|"):
            yield from (re.sub(r"<a [^>]*></a>", "", cell).strip() for cell in line.split("|"))
        else:
            yield line.lstrip("#- ")


@pytest.mark.parametrize(
    ("translation", "why"),
    [
        ({"scan": {"more": "说"}}, "scan: codes: 3 is missing"),
        ({"scan": {"codes": {"3": "不"}}}, "scan: more is missing"),
        ({"scan": {"more": "", "codes": {"3": "不"}}}, "scan: more is missing"),
        ({"scan": {"more": "说", "codes": {"3": "不", "4": "再"}}}, "what is not said: .'4'"),
        ({"scan": {"more": "说", "codes": {"3": "不"}, "examples": ["b"]}}, "examples.* the same"),
        ({"scan": {"more": "说", "codes": {"3": "不"}}, "heads": ["一"]}, "heads has 1 part"),
    ],
)
def test_a_translation_that_is_not_whole_is_refused(translation, why: str) -> None:
    said = {
        "scan": {"examples": ["a"], "codes": {"3": "not there"}, "more": "so"},
        "heads": ["one", "two"],
    }
    whole = {"scan": {"more": "说", "codes": {"3": "不"}}, "heads": ["一", "二"]}
    made = translated(said, whole, "zh")
    assert made == {"scan": {"examples": ["a"], **whole["scan"]}, "heads": ["一", "二"]}
    with pytest.raises(KeyError, match=why):
        translated(said, {"heads": ["一", "二"], **translation}, "zh")


def test_a_page_of_another_language_is_made_without_changing_how_one_speaks() -> None:
    assert [edition.language for edition in editions()] == ["en", "zh_CN"]
    before = language()
    assert pages()["zh/reference/scan.md"] != pages()["reference/scan.md"]
    assert language() == before


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
