"""The manual page and what shells complete, from the parser of the program.

``python packaging/manual.py FOLDER`` writes them below ``FOLDER`` as ``/usr/share`` has them.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from os import environ
from pathlib import Path

from command_tree import FOLDERS, Command, Option, Place, everything, program

from albumdedup import __version__
from albumdedup.cli.exits import Exit

CODES = {
    Exit.DONE: "Done.",
    Exit.UNEXPECTED: "Something that nobody expected; a report lies in the data folder.",
    Exit.USAGE: "Wrong usage.",
    Exit.NOT_THERE: "A named folder or file is not there.",
    Exit.BUSY: "The library is in use by another process.",
    Exit.PARTLY: "Done in part: files were skipped or failed, each listed with its reason.",
    Exit.UNUSABLE: "A library or weights file cannot be used; it says what to do.",
    Exit.INTERRUPTED: "Interrupted. All work is kept.",
}


def write(folder: Path) -> None:
    top = program()
    for name, text in {
        "man/man1/albumdedup.1": manual(top),
        "bash-completion/completions/albumdedup": bash(top),
        "zsh/site-functions/_albumdedup": zsh(top),
        "fish/vendor_completions.d/albumdedup.fish": fish(top),
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


# --- manual -----------------------------------------------------------------------------


def manual(top: Command) -> str:
    made = datetime.fromtimestamp(int(environ.get("SOURCE_DATE_EPOCH", "0")), UTC)
    lines = [
        f'.TH ALBUMDEDUP 1 "{made:%Y-%m-%d}" "albumdedup {__version__}" "User Commands"',
        ".SH NAME", f"albumdedup \\- {_roff(top.words)}",
        ".SH SYNOPSIS", ".B albumdedup", "[\\fIDIR\\fR...]", ".br", ".B albumdedup",
        "\\fICOMMAND\\fR [\\fIARGUMENT\\fR...]",
        ".SH DESCRIPTION",
        "Without a command, the window is opened, and the folders that are named are scanned.",
        "Scanning changes no photo. Cleaning up moves copies to the trash, only when asked to,",
        "and can be undone as a whole.",
        ".SH OPTIONS", *_roff_options(top.options),
        ".SH COMMANDS",
    ]  # fmt: skip
    for command in everything(top)[1:]:
        lines += [f".SS {_roff(' '.join(command.path))}", _roff(_sentence(command.words))]
        lines += [".PP", f"\\fB{_roff(command.usage)}\\fR"]
        for place in command.places:
            told = place.words or ", ".join(place.choices)
            if told:
                lines += [".TP", f"\\fI{_roff(place.name or 'WHAT')}\\fR", _roff(told)]
        lines += _roff_options(command.options)
    lines += [".SH EXIT STATUS"]
    for code, words in CODES.items():
        lines += [".TP", f".B {int(code)}", words]
    lines += [
        ".SH ENVIRONMENT", ".TP", ".B ALBUMDEDUP_LIBRARY",
        "The data folder, where \\-\\-library is not given.",
        ".SH FILES", ".TP", ".I ~/.local/share/albumdedup",
        "The data folder otherwise: catalog, decisions and journal, descriptors, small pictures.",
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _roff_options(options: tuple[Option, ...]) -> list[str]:
    lines = []
    for option in options:
        if "--help" in option.flags:
            continue
        flags = ", ".join(f"\\fB{_roff(flag)}\\fR" for flag in option.flags)
        takes = option.takes or "|".join(option.choices)
        value = f" \\fI{_roff(takes)}\\fR" if takes else ""
        lines += [".TP", flags + value, _roff(_sentence(option.words)) or "\\&"]
    return lines


def _roff(text: str) -> str:
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("…", "...")
    return "\\&" + text if text.startswith((".", "'")) else text


def _sentence(words: str) -> str:
    return (
        words[:1].upper()
        + words[1:]
        + ("" if words.endswith((".", "?", ")")) else ".") * bool(words)
    )


# --- shells -----------------------------------------------------------------------------


def bash(top: Command) -> str:
    cases = []
    for command in everything(top):
        words = [flag for option in command.options for flag in option.flags]
        words += [inner.name for inner in command.inner]
        words += [choice for place in command.places for choice in place.choices]
        cases.append(f"        '{' '.join(command.path)}') words='{' '.join(words)}' ;;")
    values = []
    for flag, option in _valued(top).items():
        if option.choices:
            does = f"COMPREPLY=($(compgen -W '{' '.join(option.choices)}' -- \"$current\"))"
        elif option.offers:
            kind = "-d" if option.offers == FOLDERS else "-f"
            does = f'mapfile -t COMPREPLY < <(compgen {kind} -- "$current")'
        else:
            does = "COMPREPLY=()"
        values.append(f"        {flag}) {does}; return ;;")
    inner = " ".join(f"'{' '.join(c.path)}'" for c in everything(top)[1:])
    return "\n".join(
        [
            "# bash completion for albumdedup",
            "_albumdedup() {",
            "    local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}",
            "    local path= longer word words= known",
            "    compopt -o filenames 2>/dev/null",
            '    case "$before" in',
            *values,
            "    esac",
            '    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do',
            "        longer=${path:+$path }$word",
            f"        for known in {inner}; do",
            '            [[ $known == "$longer" ]] && path=$longer',
            "        done",
            "    done",
            '    case "$path" in',
            *cases,
            "    esac",
            '    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current"; '
            'compgen -f -- "$current")',
            "}",
            "complete -F _albumdedup albumdedup",
            "",
        ]
    )


def zsh(top: Command) -> str:
    lines = ["#compdef albumdedup", ""]
    for command in everything(top):
        lines += [f"{_function(command)}() {{"]
        specs = [_zsh_option(option) for option in command.options]
        if command.inner:
            told = " ".join(
                _quoted(f"{inner.name}:{inner.words.replace(':', ' -')}") for inner in command.inner
            )
            lines += ["  local context state line", "  typeset -A opt_args"]
            arguments = " ".join([*specs, "'1: :->command'", "'*:: :->rest'"])
            lines += [f"  _arguments -C {arguments}", "  case $state in", "    command)"]
            lines += [f"      local -a known=({told})", "      _describe command known"]
            lines += ["      _files ;;", "    rest)", "      case ${words[1]} in"]
            lines += [f"        {inner.name}) {_function(inner)} ;;" for inner in command.inner]
            lines += ["        *) _files ;;", "      esac ;;", "  esac"]
        else:
            places = [_zsh_place(place) for place in command.places] or ["'*: :_default'"]
            lines += [f"  _arguments {' '.join([*specs, *places])}"]
        lines += ["}", ""]
    return "\n".join([*lines, '_albumdedup "$@"', ""])


def _zsh_option(option: Option) -> str:
    words = option.words.replace("[", "(").replace("]", ")").replace(":", " -")
    value = f":{option.takes or 'value'}:{_zsh_values(option)}" if _has_value(option) else ""
    return " ".join(_quoted(f"{flag}[{words}]{value}") for flag in option.flags)


def _zsh_values(told: Option | Place) -> str:
    if told.choices:
        return f"({' '.join(told.choices)})"
    return {"": " "}.get(told.offers, "_files -/" if told.offers == FOLDERS else "_files")


def _zsh_place(place: Place) -> str:
    return _quoted(f"*:{place.name or 'what'}:{_zsh_values(place)}")


def _function(command: Command) -> str:
    return "_".join(["_albumdedup", *command.path]).replace("-", "_")


def fish(top: Command) -> str:
    lines = ["# fish completion for albumdedup"]
    first = " ".join(inner.name for inner in top.inner)
    for command in everything(top):
        if not command.path:
            when = f"not __fish_seen_subcommand_from {first}"
        elif len(command.path) == 1:
            when = f"__fish_seen_subcommand_from {command.name}"
        else:
            when = "; and ".join(f"__fish_seen_subcommand_from {name}" for name in command.path)
        head = f"complete -c albumdedup -n {_quoted(when)}"
        lines += [f"{head} -a {inner.name} -d {_quoted(inner.words)}" for inner in command.inner]
        lines += [f"{head} -a {_quoted(' '.join(p.choices))}" for p in command.places if p.choices]
        lines += [f"{head} {_fish_option(option)}" for option in command.options]
    return "\n".join([*lines, ""])


def _fish_option(option: Option) -> str:
    words = [
        f"-l {flag[2:]}" if flag.startswith("--") else f"-s {flag[1:]}" for flag in option.flags
    ]
    if _has_value(option):
        words.append("-r")
        if option.choices:
            words.append(f"-f -a {_quoted(' '.join(option.choices))}")
    if option.words:
        words.append(f"-d {_quoted(option.words)}")
    return " ".join(words)


def _valued(top: Command) -> dict[str, Option]:
    """Options that take a value, by flag. One name means one thing in all commands."""
    return {
        flag: option
        for command in everything(top)
        for option in command.options
        if _has_value(option)
        for flag in option.flags
    }


def _has_value(option: Option) -> bool:
    return bool(option.takes or option.choices)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "’").replace("\\", "\\\\") + "'"


if __name__ == "__main__":
    write(Path(sys.argv[1]))
