"""The command reference, from the program itself: commands, exit codes, messages, settings.

    python tools/command_reference.py [--check]

writes docs/reference, and docs/zh/reference in Chinese; with ``--check`` it changes nothing and
tells what is out of date. What the parser does not know stands in tools/reference/*.toml.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path

from reference_notes import Edition, editions

from albumdedup.cli.exits import Exit, exit_code
from albumdedup.cli.main import parser
from albumdedup.core.checks import Between, OneOf, SomeOf
from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.i18n import describe
from albumdedup.core.keeper import RULES
from albumdedup.core.languages import ENGLISH, speak
from albumdedup.core.settings import CHAIN, Settings, check_of, is_later
from albumdedup.gui.setting_words import REMEMBERED, words_of

DOCS = Path(__file__).resolve().parents[1] / "docs"
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


def pages() -> dict[str, str]:
    """Path of each page below docs → its text. Raises KeyError where something has no words."""
    made: dict[str, str] = {}
    for edition in editions():
        speak(edition.language)
        try:
            made |= {f"{edition.folder}/{name}": text for name, text in _edited(edition).items()}
        finally:
            speak(ENGLISH)
    return {path: text + MADE for path, text in made.items()}


def _edited(edition: Edition) -> dict[str, str]:
    """All pages in the language that is spoken now."""
    verbs = choices(parser())
    if unknown := set(edition.commands) ^ set(verbs):
        raise KeyError(f"tools/reference/commands.toml and the parser differ: {unknown}")
    made = {
        "index.md": _index(edition, verbs),
        "exit-codes.md": _exit_codes(edition),
        "messages.md": _messages(edition),
        "settings.md": _settings(edition),
    }
    for name, (sub, words) in verbs.items():
        made[f"{name}.md"] = _command(edition, name, sub, words)
    return made


def _index(edition: Edition, verbs: Mapping[str, tuple[argparse.ArgumentParser, str]]) -> str:
    rows = [f"| [`{name}`]({name}.md) | {words} |" for name, (_sub, words) in verbs.items()]
    lines = [*edition.head("index"), _heads(edition.pages["index"]["heads"]), *rows]
    return "\n".join(lines) + "\n"


def _command(edition: Edition, name: str, sub: argparse.ArgumentParser, words: str) -> str:
    notes, titles = edition.commands[name], edition.pages["command"]
    other = edition.say("elsewhere", page=f"{name}.md")
    parts = [f"# {name}\n", f"{other}\n", _sentence(edition, words) + "\n"]
    below = choices(sub)
    if not below or any(not action.required for action in _groups(sub)):
        parts += ["```text", usage(sub), "```\n", _options(edition, sub)]
    for what, (deeper, told) in below.items():
        parts += [f"## {name} {what}\n", _sentence(edition, told) + "\n"]
        parts += ["```text", usage(deeper), "```\n", _options(edition, deeper)]
    parts += [f"## {titles['examples']}\n", "```sh", *notes["examples"], "```\n"]
    if more := notes.get("more", "").strip():
        parts += [f"## {titles['detail']}\n", more + "\n"]
    parts += [f"## {titles['exits']}\n", _heads(titles["heads"])]
    own = {int(code): meaning for code, meaning in notes.get("codes", {}).items()}
    library = () if name in WITHOUT_A_LIBRARY else WITH_A_LIBRARY
    for code in sorted({*own, *EVERY_COMMAND, *library}):
        parts.append(f"| {code} | {own.get(code) or edition.general['codes'][str(code)]} |")
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


def _options(edition: Edition, sub: argparse.ArgumentParser) -> str:
    rows = [_heads(edition.pages["command"]["arguments"])]
    for action in sorted(sub._actions, key=lambda action: bool(action.option_strings)):
        if isinstance(action, argparse._SubParsersAction) or action.dest == "help":
            continue
        if not action.help:
            raise KeyError(f"{sub.prog}: {action.dest} has no help")
        names = ", ".join(action.option_strings)
        shown = " ".join(word for word in (names, _values(action)) if word)
        rows.append(f"| {_code(shown)} | {_cell(action.help)} |")
    return "\n".join(rows) + "\n"


def _exit_codes(edition: Edition) -> str:
    lines = [*edition.head("exit-codes"), _heads(edition.pages["exit-codes"]["heads"])]
    for code in Exit:
        ends = [
            f"[{error.value}](messages.md#{error.value})"
            for error in ErrorCode
            if exit_code(error) is code
        ]
        means = edition.general["codes"][str(code.value)]
        lines.append(f"| {code.value} | {means} | {edition.join(ends)} |")
    return "\n".join(lines) + "\n"


def _messages(edition: Edition) -> str:
    told: set[ErrorCode] = set()
    lines = edition.head("messages")
    heads = "| {} | {} | {} |".format(*edition.pages["messages"]["heads"])
    for area in edition.general["areas"].values():
        lines += [f"## {area['title']}\n", area["more"] + "\n"]
        lines += [heads, "| --- | --- | ---: |"]
        for name in area["messages"]:
            error = ErrorCode(name)
            told.add(error)
            text = _cell(describe(AlbumError(error, **FACTS)))
            lines.append(f'| <a id="{name}"></a>{text} | `{name}` | {exit_code(error).value} |')
        lines.append("")
    if missing := set(ErrorCode) - told:
        raise KeyError(f"tools/reference/codes.toml has no area for {sorted(missing)}")
    return "\n".join(lines).rstrip() + "\n"


def _settings(edition: Edition) -> str:
    lines = [*edition.head("settings"), _heads(edition.pages["settings"]["heads"])]
    notes, default = edition.general["settings"], Settings()
    for field in fields(Settings):
        name = field.name
        words = notes[name] if name in REMEMBERED else _of_the_window(edition, name)
        if is_later(name):
            words = edition.say("later", words=words)
        value = _toml(getattr(default, name))
        lines.append(f"| `{name}` | `{value}` | {_may_be(edition, name)} | {_cell(words)} |")
    return "\n".join(lines) + "\n"


def _of_the_window(edition: Edition, name: str) -> str:
    words = words_of(name)
    return edition.say("setting", title=words.title, help=words.help)


def _may_be(edition: Edition, name: str) -> str:
    check = check_of(name)
    if name == "keep_rule":
        return edition.join([f"`{rule}`" for rule in [*RULES, CHAIN]])
    if isinstance(check, Between):
        return edition.say("range", least=f"{check.least:g}", most=f"{check.most:,.0f}")
    if isinstance(check, OneOf | SomeOf):
        return edition.join([f"`{option}`" for option in check.options])
    return ""


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return "[" + ", ".join(_toml(one) for one in value) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)


def _sentence(edition: Edition, words: str) -> str:
    begun = words[:1].upper() + words[1:]
    return begun if begun.endswith((".", "?", "。", "？")) else edition.say("sentence", words=begun)


def _heads(names: Sequence[str]) -> str:
    """The head of a table; a column may be without a name."""
    cells = "".join(f" {name} |" if name else " |" for name in names)
    return f"|{cells}\n|{' --- |' * len(names)}"


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
    """Paths of pages that are not as they are to be; also those that are left over."""
    there = {
        path.relative_to(DOCS).as_posix(): path.read_text(encoding="utf-8")
        for folder in {Path(path).parent for path in made}
        for path in (DOCS / folder).glob("*.md")
    }
    return sorted(path for path in {*made, *there} if made.get(path) != there.get(path))


def main(arguments: Sequence[str] | None = None) -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--check", action="store_true", help="change nothing")
    given = options.parse_args(arguments)
    made = pages()
    stale = differing(made)
    for path in stale:
        print(f"docs/{path} is not up to date: make reference")
        if not given.check and path in made:
            (DOCS / path).parent.mkdir(parents=True, exist_ok=True)
            (DOCS / path).write_text(made[path], encoding="utf-8")
        elif not given.check:
            (DOCS / path).unlink()
    return 1 if stale and given.check else 0


if __name__ == "__main__":
    sys.exit(main())
