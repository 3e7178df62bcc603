"""What the documents tell a reader to type, as it stands there."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

SHELL = frozenset({"", "sh", "bash", "shell", "console"})
PROGRAM = "albumdedup"
_FENCE = re.compile(r"^ *```(\S*)[^\n]*\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"(?<!`)`((?:albumdedup|make) [^`\n]+)`")
SAID_TWICE = "docs/zh/reference/"
"""Pages whose examples are those of docs/reference; tests/docs/test_reference.py compares them."""
_CODE = re.compile(r"\bcode (\d+)")


@dataclass(frozen=True, slots=True)
class Command:
    """One line: ``words`` as a shell splits it, ``code`` as a comment behind it promises."""

    page: str
    line: int
    words: tuple[str, ...]
    code: int = 0

    def __str__(self) -> str:
        return f"{self.page}:{self.line}: {shlex.join(self.words)}"


def pages() -> list[Path]:
    """README.md, CONTRIBUTING.md and all below docs."""
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def originals() -> list[Path]:
    """Without the pages in Chinese: tests/unit/test_guide.py sees that their commands are those of
    the page that they translate, so they are typed once."""
    return [page for page in pages() if ROOT / "docs" / "zh" not in page.parents]


def commands(page: Path) -> list[Command]:
    """All lines of its blocks for the shell, in their order."""
    name, text = page.relative_to(ROOT).as_posix(), page.read_text(encoding="utf-8")
    found = []
    for block in _FENCE.finditer(text):
        if block[1] in SHELL:
            first = text.count("\n", 0, block.start(2)) + 1
            found += [Command(name, first + n, *told) for n, told in _lines(block[2])]
    return found


def _lines(block: str) -> Iterator[tuple[int, tuple[tuple[str, ...], int]]]:
    for number, line in enumerate(block.replace("\\\n", "  ").split("\n")):
        command, _hash, comment = line.strip().removeprefix("$ ").partition(" #")
        if not command.startswith((f"{PROGRAM} ", "make ", "python ", "pip ")):
            continue
        promised = _CODE.search(comment)
        yield number, (tuple(shlex.split(command)), int(promised[1]) if promised else 0)


def mentions(page: Path) -> list[Command]:
    """Commands in the middle of a sentence: shown, often with words in place of names."""
    name, text = page.relative_to(ROOT).as_posix(), page.read_text(encoding="utf-8")
    return [
        Command(name, text.count("\n", 0, one.start()) + 1, tuple(one[1].split()))
        for one in _INLINE.finditer(_FENCE.sub(lambda block: "\n" * block[0].count("\n"), text))
    ]


def python_blocks(page: Path) -> list[str]:
    text = page.read_text(encoding="utf-8")
    return [block[2] for block in _FENCE.finditer(text) if block[1] in ("python", "py")]
