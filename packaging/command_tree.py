"""The commands and options of the program, read from its own parser."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

from albumdedup.cli.main import parser
from albumdedup.core.languages import speak

FILES, FOLDERS = "files", "folders"
_PATHS = {"DIR": FOLDERS, "FILE": FILES, "PATH": FILES, "IMAGE": FILES}


@dataclass(frozen=True, slots=True)
class Option:
    flags: tuple[str, ...]
    takes: str  # how its value is called, "" for a switch
    choices: tuple[str, ...]
    words: str
    offers: str  # what to complete its value with: FILES, FOLDERS or ""


@dataclass(frozen=True, slots=True)
class Place:
    """What stands without a flag."""

    name: str
    choices: tuple[str, ...]
    words: str
    offers: str


@dataclass(frozen=True, slots=True)
class Command:
    path: tuple[str, ...]  # () is the program itself
    words: str
    usage: str
    options: tuple[Option, ...]
    places: tuple[Place, ...]
    inner: tuple[Command, ...]

    @property
    def name(self) -> str:
        return self.path[-1] if self.path else "albumdedup"


def program(language: str = "en") -> Command:
    speak(language)
    return _command(parser(), (), parser().description or "")


def everything(command: Command) -> list[Command]:
    """The command and all below it, in the order of the help."""
    return [command, *(below for inner in command.inner for below in everything(inner))]


def _command(made: argparse.ArgumentParser, path: tuple[str, ...], words: str) -> Command:
    options: list[Option] = []
    places: list[Place] = []
    inner: list[Command] = []
    for action in made._actions:
        if isinstance(action, argparse._SubParsersAction):
            told = {choice.dest: choice.help or "" for choice in action._choices_actions}
            for name, sub in action.choices.items():
                inner.append(_command(sub, (*path, name), told.get(name, "")))
        elif action.option_strings:
            options.append(_option(action))
        else:
            name = _called(action)
            offers = _PATHS.get(name, "")
            places.append(Place(name, _choices(action), _words(made, action), offers))
    usage = made.format_usage().split(":", 1)[-1].split("：", 1)[-1]
    return Command(
        path, words, " ".join(usage.split()), tuple(options), tuple(places), tuple(inner)
    )


def _option(action: argparse.Action) -> Option:
    takes = "" if action.nargs == 0 else _called(action)
    words = action.help if action.help not in (None, argparse.SUPPRESS) else ""
    return Option(
        tuple(action.option_strings), takes, _choices(action),
        (words or "").replace("%%", "%"), _PATHS.get(takes, ""),
    )  # fmt: skip


def _words(made: argparse.ArgumentParser, action: argparse.Action) -> str:
    return made._get_formatter()._expand_help(action) if action.help else ""


def _choices(action: argparse.Action) -> tuple[str, ...]:
    return tuple(str(choice) for choice in action.choices or ())


def _called(action: argparse.Action) -> str:
    if isinstance(action.metavar, str):
        return action.metavar
    return "" if action.choices else action.dest.upper()
