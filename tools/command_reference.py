"""The command reference, from the program itself: commands, exit codes, messages, settings.

    python tools/command_reference.py [--check]

writes docs/reference; with ``--check`` it changes nothing and tells what is out of date. What the
parser does not know (examples, what a code means here) stands in tools/reference/*.toml.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from albumdedup.cli.exits import Exit, exit_code
from albumdedup.cli.main import parser
from albumdedup.core.checks import Between, OneOf, SomeOf
from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.i18n import describe
from albumdedup.core.keeper import RULES
from albumdedup.core.languages import CHINESE, ENGLISH, speak
from albumdedup.core.settings import CHAIN, Settings, check_of, is_later
from albumdedup.gui.setting_words import REMEMBERED, words_of

ROOT = Path(__file__).resolve().parents[1]
PAGES = ROOT / "docs" / "reference"
IN_CHINESE = "messages-zh.md"
NOTES = ROOT / "tools" / "reference"
MADE = (
    "\n<!-- Made by tools/command_reference.py; change that, the parser, or tools/reference. -->\n"
)

EVERY_COMMAND = (Exit.DONE, Exit.USAGE, Exit.INTERRUPTED)
WITH_A_LIBRARY = (Exit.BUSY, Exit.UNUSABLE)
WITHOUT_A_LIBRARY = frozenset({"evaluate"})
"""Commands that open no library of the person's, and so are never refused one."""

FACTS = {
    name: f"*{name}*" for name in ("path", "detail", "name", "nearest", "count", "megabytes", "dim")
}
"""What fills the sentences of errors, as a person would see it there."""

Notes = Mapping[str, Any]


def pages() -> dict[str, str]:
    """Name of each page → its text. Raises KeyError where something has no words."""
    speak(ENGLISH)
    commands = tomllib.loads((NOTES / "commands.toml").read_text(encoding="utf-8"))
    general = tomllib.loads((NOTES / "codes.toml").read_text(encoding="utf-8"))
    verbs = choices(parser())
    if unknown := set(commands) ^ set(verbs):
        raise KeyError(f"tools/reference/commands.toml and the parser differ: {unknown}")
    made = {
        "index.md": _index(verbs),
        "exit-codes.md": _exit_codes(general),
        "messages.md": _messages(general, "en"),
        "settings.md": _settings(general["settings"]),
    }
    for name, (sub, words) in verbs.items():
        made[f"{name}.md"] = _command(name, sub, words, commands[name], general["codes"])
    speak(CHINESE)
    made[IN_CHINESE] = _messages(general, "zh")
    speak(ENGLISH)
    return {name: text + MADE for name, text in made.items()}


def _index(verbs: Mapping[str, tuple[argparse.ArgumentParser, str]]) -> str:
    rows = [f"| [`{name}`]({name}.md) | {words} |" for name, (_sub, words) in verbs.items()]
    lines = [
        "# All commands\n",
        "`albumdedup COMMAND --help` says the same in the terminal, in your language. What the "
        "commands have in common stands under [the command line](../command-line.md); also: "
        "[exit codes](exit-codes.md), [messages](messages.md), [settings](settings.md).\n",
        "| command | does |\n| --- | --- |",
        *rows,
    ]
    return "\n".join(lines) + "\n"


def _command(
    name: str, sub: argparse.ArgumentParser, words: str, notes: Notes, general: Mapping[str, str]
) -> str:
    parts = [f"# {name}\n", _sentence(words) + "\n"]
    below = choices(sub)
    if not below or any(not action.required for action in _groups(sub)):
        parts += ["```text", usage(sub), "```\n", _options(sub)]
    for what, (deeper, told) in below.items():
        parts += [f"## {name} {what}\n", _sentence(told) + "\n"]
        parts += ["```text", usage(deeper), "```\n", _options(deeper)]
    parts += ["## Examples\n", "```sh", *notes["examples"], "```\n"]
    if more := notes.get("more", "").strip():
        parts += ["## In detail\n", more + "\n"]
    parts += ["## Exit codes\n", "| code | means |\n| --- | --- |"]
    own = {int(code): meaning for code, meaning in notes.get("codes", {}).items()}
    library = () if name in WITHOUT_A_LIBRARY else WITH_A_LIBRARY
    for code in sorted({*own, *EVERY_COMMAND, *library}):
        parts.append(f"| {code} | {own.get(code) or general[str(code)]} |")
    return "\n".join(parts) + "\n"


def usage(sub: argparse.ArgumentParser) -> str:
    """The same on every version of Python, which argparse's own is not."""
    if sub.usage:
        return sub.usage.replace("%(prog)s", sub.prog)
    words = [sub.prog]
    named = [action for action in sub._actions if action.option_strings]
    for action in sorted(named, key=lambda action: not action.required):
        if action.dest not in ("help", "library"):
            text = " ".join([action.option_strings[0], _values(action)]).strip()
            words.append(text if action.required else f"[{text}]")
    for action in sub._actions:
        if isinstance(action, argparse._SubParsersAction):
            words.append(str(action.metavar) + " …" if action.required else f"[{action.metavar} …]")
        elif not action.option_strings:
            words.append(_values(action))
    return _lines(words)


def _lines(words: Sequence[str]) -> str:
    """As a terminal of 80 columns shows them; an option keeps its value."""
    lines, room = [words[0]], 80
    for word in words[1:]:
        if len(lines[-1]) + 1 + len(word) <= room:
            lines[-1] += f" {word}"
        else:
            lines.append("    " + word)
    return "\n".join(lines)


def _values(action: argparse.Action) -> str:
    if action.nargs == 0:
        return ""
    shown = action.metavar or "|".join(map(str, action.choices or ())) or action.dest.upper()
    return {"*": f"[{shown} …]", "+": f"{shown} [{shown} …]", "?": f"[{shown}]"}.get(
        str(action.nargs), str(shown)
    )


def _options(sub: argparse.ArgumentParser) -> str:
    rows = ["| argument | |", "| --- | --- |"]
    for action in sorted(sub._actions, key=lambda action: bool(action.option_strings)):
        if isinstance(action, argparse._SubParsersAction) or action.dest == "help":
            continue
        if not action.help:
            raise KeyError(f"{sub.prog}: {action.dest} has no help")
        names = ", ".join(action.option_strings)
        shown = " ".join(word for word in (names, _values(action)) if word)
        rows.append(f"| {_code(shown)} | {_cell(action.help)} |")
    return "\n".join(rows) + "\n"


def _exit_codes(general: Notes) -> str:
    lines = [
        "# Exit codes\n",
        "What a script can rely on. Unreadable photos are counted and listed by cause, and do not "
        "change the code ([what could not be read](../troubleshooting.md)); what a code means "
        "for one command stands on its page.\n",
        "| code | means | messages that end so |\n| --- | --- | --- |",
    ]
    for code in Exit:
        ends = [
            f"[{error.value}](messages.md#{error.value})"
            for error in ErrorCode
            if exit_code(error) is code
        ]
        lines.append(f"| {code.value} | {general['codes'][str(code.value)]} | {', '.join(ends)} |")
    return "\n".join(lines) + "\n"


def _messages(general: Notes, language: str) -> str:
    words, told = general["pages"][language], set()
    lines = [f"# {words['title']}\n", words["other"] + "\n", words["begin"].strip() + "\n"]
    for area in general["areas"]:
        head = area if language == "en" else area[language]
        lines += [f"## {head['title']}\n", head["more"] + "\n"]
        lines += ["| {} | {} | {} |".format(*words["heads"]), "| --- | --- | ---: |"]
        for name in area["codes"]:
            error = ErrorCode(name)
            told.add(error)
            text = _cell(describe(AlbumError(error, **FACTS)))
            lines.append(f'| <a id="{name}"></a>{text} | `{name}` | {exit_code(error).value} |')
        lines.append("")
    if missing := set(ErrorCode) - told:
        raise KeyError(f"tools/reference/codes.toml has no area for {sorted(missing)}")
    return "\n".join(lines).rstrip() + "\n"


def _settings(notes: Mapping[str, str]) -> str:
    lines = [
        "# Settings\n",
        "In the window under *Settings*, or in `settings.toml` in the library's folder. What is "
        "missing, unknown or impossible there counts as the default, and `albumdedup doctor` "
        "names it.\n",
        "| setting | default | may be | |\n| --- | --- | --- | --- |",
    ]
    default = Settings()
    for field in fields(Settings):
        name = field.name
        words = notes[name] if name in REMEMBERED else _of_the_window(name)
        when = " Counts from the next start." if is_later(name) else ""
        value = _toml(getattr(default, name))
        lines.append(f"| `{name}` | `{value}` | {_may_be(name)} | {_cell(words)}{when} |")
    return "\n".join(lines) + "\n"


def _of_the_window(name: str) -> str:
    words = words_of(name)
    return f"*{words.title}*. {words.help}"


def _may_be(name: str) -> str:
    check = check_of(name)
    if name == "keep_rule":
        return ", ".join(f"`{rule}`" for rule in [*RULES, CHAIN])
    if isinstance(check, Between):
        return f"{check.least:g} to {check.most:,.0f}"
    if isinstance(check, OneOf | SomeOf):
        return ", ".join(f"`{option}`" for option in check.options)
    return ""


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return "[" + ", ".join(_toml(one) for one in value) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:] + ("" if words.endswith((".", "?")) else ".")


def _cell(words: str) -> str:
    return words.replace("%%", "%").replace("|", "\\|").replace("\n", " ")


def _code(words: str) -> str:
    return "`" + words.replace("|", "\\|") + "`"


def _groups(sub: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    return (action for action in sub._actions if isinstance(action, argparse._SubParsersAction))


def choices(top: argparse.ArgumentParser) -> dict[str, tuple[argparse.ArgumentParser, str]]:
    """Name of each command below → its parser and its words."""
    found = {}
    for action in _groups(top):
        words = {one.dest: one.help or "" for one in action._choices_actions}
        found |= {name: (sub, words[name]) for name, sub in action.choices.items()}
    return found


def differing(made: Mapping[str, str]) -> list[str]:
    """Names of pages that are not as they are to be; also those that are left over."""
    there = {path.name: path.read_text(encoding="utf-8") for path in PAGES.glob("*.md")}
    return sorted(name for name in {*made, *there} if made.get(name) != there.get(name))


def main(arguments: Sequence[str] | None = None) -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--check", action="store_true", help="change nothing")
    given = options.parse_args(arguments)
    made = pages()
    stale = differing(made)
    for name in stale:
        print(f"docs/reference/{name} is not up to date: make reference")
        if not given.check and name in made:
            PAGES.mkdir(exist_ok=True)
            (PAGES / name).write_text(made[name], encoding="utf-8")
        elif not given.check:
            (PAGES / name).unlink()
    return 1 if stale and given.check else 0


if __name__ == "__main__":
    sys.exit(main())
