"""What the documents name besides: commands inside sentences, make's targets, tools, extras."""

from __future__ import annotations

import re
import tomllib

import pytest
from doc_pages import PROGRAM, ROOT, Command, commands, mentions, pages, python_blocks
from doc_reader import understood
from pictures import small_album
from snippets import run_script

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z][a-z-]*):", MAKEFILE, re.MULTILINE))
EXTRAS = set(
    tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
)

TYPED = [command for page in pages() for command in commands(page)]
MENTIONED = [command for page in pages() for command in mentions(page)]
STANDS_FOR = {
    "N": "1", "D": "8", "S": "0.9", "W": "0.2", "WHAT": "match", "RULE": "oldest",
    "OPERATION": "1", "DATE": "2019", "X,Y,W,H": "0,0,1,1",
}  # fmt: skip
"""Words in place of what a person would write there; others stand for names."""


INNER_DOORS = ("--decode-worker", "--module")
"""Words by which the program starts itself; ``__main__`` takes them before the parser."""


@pytest.mark.parametrize("command", [one for one in MENTIONED if one.words[0] == PROGRAM], ids=str)
def test_a_command_inside_a_sentence_is_one_of_ours(command: Command) -> None:
    words = [word.strip("[]") for word in command.words[1:]]
    meant = [STANDS_FOR.get(word, word) for word in words if word != "…"]
    if meant[0].isupper() or meant[0].startswith("DIR"):
        return  # folders for the window
    if meant[0] in INNER_DOORS:
        return
    assert understood(meant) or understood([*meant, "PLACE"]) or begins(meant), command


def begins(words: list[str]) -> bool:
    """A command named without what it needs: its help is there."""
    return not any(word.startswith("-") for word in words) and understood([*words, "--help"])


def test_targets_of_make_are_there() -> None:
    made = [one for one in [*TYPED, *MENTIONED] if one.words[0] == "make"]
    assert len(made) >= 8
    for command in made:
        wanted = {word for word in command.words[1:] if re.fullmatch(r"[a-z][a-z-]*", word)}
        assert wanted, command
        assert wanted <= TARGETS, command
        for name in re.findall(r"\b([A-Z_]+)=", " ".join(command.words)):
            assert f"$({name})" in MAKEFILE, f"{command}: nothing reads {name}"


def test_tools_that_are_named_are_there() -> None:
    for page in pages():
        for tool in re.findall(r"\b(tools/[\w/]+\.(?:py|toml))\b", page.read_text("utf-8")):
            assert (ROOT / tool).is_file(), f"{page}: {tool}"


def test_extras_that_are_named_are_there() -> None:
    for page in pages():
        for extras in re.findall(r"albumdedup\[([\w,-]+)\]", page.read_text("utf-8")):
            assert set(extras.split(",")) <= EXTRAS, f"{page}: albumdedup[{extras}]"


def test_links_of_pages_in_the_root_lead_somewhere() -> None:
    """Those of docs are looked at in the site; a repository shows these as well."""
    for name in ("README.md", "CONTRIBUTING.md"):
        for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", (ROOT / name).read_text("utf-8")):
            assert "://" in link or (ROOT / link).exists(), f"{name}: {link}"


def test_python_of_pages_runs(tmp_path, temporary_home) -> None:
    """Of each page but docs/python-api.md, which has tests/e2e/test_python_api.py to itself."""
    for number, page in enumerate(page for page in pages() if page.name != "python-api.md"):
        if blocks := python_blocks(page):
            small_album(tmp_path / str(number) / "Pictures", 6)
            done = run_script("".join(blocks), tmp_path / str(number), temporary_home)
            assert done.returncode == 0, f"{page}: {done.stderr}"
