"""Brings the catalogues of texts up to date with the program.

    python tools/texts.py            every text of the program into every catalogue; lists what
                                     still needs a translation
    python tools/texts.py --check    changes nothing; fails where something is missing or stale
    python tools/texts.py --forget   leaves out translations of texts that nothing says any more

Translations are written by hand into resources/locale/<language>/LC_MESSAGES/albumdedup.po and
survive every update: those of texts that nothing says any more stand at the end, as comments.
The program reads these files as they are.
"""

from __future__ import annotations

import argparse
import ast
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from albumdedup.core.catalogue import Entry, parse

ROOT = Path(__file__).resolve().parents[1]
CATALOGUES = ROOT / "resources" / "locale"
COUNTS = {"_": 1, "ngettext": 2}
"""Functions that translate, with the number of their arguments that are texts."""
WIDTH = 96


def used(package: Path = ROOT / "albumdedup") -> list[Entry]:
    """Every text of the package in the order of its files, with the files that say it."""
    places: dict[tuple[str, ...], dict[str, None]] = {}
    for file in sorted(package.rglob("*.py")):
        place = file.relative_to(package.parent).as_posix()
        for texts in _calls(ast.parse(file.read_text(encoding="utf-8")), place):
            places.setdefault(texts, {})[place] = None
    return [
        Entry(texts[0], "".join(texts[1:]), ("",), tuple(where)) for texts, where in places.items()
    ]


def _calls(tree: ast.AST, place: str) -> Iterator[tuple[str, ...]]:
    found = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in COUNTS
    ]
    for node in sorted(found, key=lambda node: (node.lineno, node.col_offset)):
        assert isinstance(node.func, ast.Name)
        texts = node.args[: COUNTS[node.func.id]]
        if not all(isinstance(text, ast.Constant) and text.value for text in texts):
            raise SystemExit(f"{place}:{node.lineno}: a text must stand here itself, in one piece")
        yield tuple(text.value for text in texts)  # type: ignore[attr-defined]


def updated(texts: Iterable[Entry], old: Iterable[Entry]) -> list[Entry]:
    """The header and translations of ``old`` under the texts of the program, in their order,
    then the translations that nothing uses now."""
    known = {(one.one, one.many): one for one in old}
    header = known.pop(("", ""), None)
    entries = [header] if header else []
    for text in texts:
        before = known.pop((text.one, text.many), None)
        entries.append(
            replace(text, texts=before.texts, fuzzy=before.fuzzy) if before is not None else text
        )
    rest = [replace(one, places=(), unused=True) for one in known.values() if one.translated]
    return entries + rest


def written(entries: Iterable[Entry]) -> str:
    return "\n".join("".join(_lines(entry)) for entry in entries)


def _lines(entry: Entry) -> Iterator[str]:
    for place in entry.places:
        yield f"#: {place}\n"
    if entry.fuzzy:
        yield "#, fuzzy\n"
    fields = [_field("msgid", entry.one)]
    if entry.many:
        fields.append(_field("msgid_plural", entry.many))
        fields += [_field(f"msgstr[{n}]", text) for n, text in enumerate(entry.texts)]
    else:
        fields.append(_field("msgstr", entry.texts[0]))
    for line in "".join(fields).splitlines(keepends=True):
        yield f"#~ {line}" if entry.unused else line


def _field(word: str, text: str) -> str:
    """On one line where it fits, else from the next line on, as gettext's own tools write it."""
    pieces = [piece for line in text.splitlines(keepends=True) for piece in _pieces(line)]
    if len(pieces) > 1 or len(word) + len(text) >= WIDTH:
        pieces.insert(0, "")
    return f"{word} " + "".join(f'"{_escaped(piece)}"\n' for piece in pieces or [""])


def _pieces(text: str) -> Iterator[str]:
    while len(text) > WIDTH - 2:
        end = text.rfind(" ", 0, WIDTH - 3) + 1 or WIDTH - 2
        yield text[:end]
        text = text[end:]
    yield text


def _escaped(text: str) -> str:
    for letter, written in (("\\", "\\\\"), ('"', '\\"'), ("\t", "\\t"), ("\n", "\\n")):
        text = text.replace(letter, written)
    return text


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="change nothing")
    parser.add_argument("--forget", action="store_true", help="leave out what nothing says")
    arguments = parser.parse_args()
    texts, fine = used(), True
    for file in sorted(CATALOGUES.glob("*/LC_MESSAGES/albumdedup.po")):
        language = file.parent.parent.name
        before = file.read_text(encoding="utf-8")
        entries = updated(texts, parse(before))
        if arguments.forget:
            entries = [entry for entry in entries if not entry.unused]
        after = written(entries)
        missing = [entry for entry in entries if not entry.translated]
        for entry in missing:
            print(f"{language}: no translation of “{entry.one}”")
        if before != after and arguments.check:
            print(f"{file.relative_to(ROOT)} is not up to date: python tools/texts.py mends it")
        elif before != after:
            file.write_text(after, encoding="utf-8")
        fine = fine and not missing and (before == after or not arguments.check)
        print(f"{language}: {len(texts)} texts, {len(missing)} to translate")
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
