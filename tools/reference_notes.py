"""What the command reference says besides what the parser knows, in each language of the program.

tools/reference/NAME.toml says it in English, NAME-zh.toml in Chinese. The English file also holds
what is the same in both: examples, and which messages belong together.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from albumdedup.core.languages import CHINESE, ENGLISH

NOTES = Path(__file__).resolve().parent / "reference"
SHARED = frozenset({"examples", "messages"})
"""Lists under these names are the same in every language."""

Notes = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Edition:
    """The reference in one language: its folder below docs, and what it says of what."""

    language: str
    folder: str
    commands: Notes
    general: Notes

    @property
    def pages(self) -> Notes:
        return self.general["pages"]  # type: ignore[no-any-return]

    def say(self, name: str, **facts: object) -> str:
        """One of the words that pages are put together from."""
        return str(self.general["words"][name]).format(**facts)

    def join(self, words: list[str]) -> str:
        return self.say("joint").join(words)

    def head(self, page: str) -> list[str]:
        """Title, the way to the other language, and what stands before the table or areas."""
        words = self.pages[page]
        other = self.say("elsewhere", page=f"{page}.md")
        return [f"# {words['title']}\n", f"{other}\n", words["begin"].strip() + "\n"]


def editions() -> tuple[Edition, ...]:
    """Raises KeyError where a translation is missing, or is of what is not said in English."""
    commands, general = _read("commands.toml"), _read("codes.toml")
    return (
        Edition(ENGLISH, "reference", commands, general),
        Edition(
            CHINESE,
            "zh/reference",
            translated(commands, _read("commands-zh.toml"), "commands-zh.toml"),
            translated(general, _read("codes-zh.toml"), "codes-zh.toml"),
        ),
    )


def translated(original: Notes, translation: Notes, where: str) -> dict[str, Any]:
    """The original with each of its texts as the translation has it; no text more, none less."""
    if left_over := set(translation) - set(original):
        raise KeyError(f"{where} translates what is not said: {sorted(left_over)}")
    made: dict[str, Any] = {}
    for name, said in original.items():
        here = f"{where}: {name}"
        if name in SHARED and isinstance(said, list):
            if name in translation:
                raise KeyError(f"{here}: these are the same in every language")
            made[name] = said
        elif isinstance(said, dict):
            made[name] = translated(said, translation.get(name, {}), here)
        elif not translation.get(name):
            raise KeyError(f"{here} is missing")
        elif isinstance(said, list) and len(said) != len(translation[name]):
            raise KeyError(f"{here} has {len(translation[name])} parts, not {len(said)}")
        else:
            made[name] = translation[name]
    return made


def _read(name: str) -> Notes:
    return tomllib.loads((NOTES / name).read_text(encoding="utf-8"))
