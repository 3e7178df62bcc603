"""Translations as a gettext PO file holds them; read at start, so that nothing is built before."""

from __future__ import annotations

import gettext
import io
import re
import struct
from collections.abc import Iterable
from dataclasses import dataclass, field

_MAGIC = 0x950412DE
_LINE = re.compile(r'(?:(?P<word>msgid|msgid_plural|msgstr|msgstr\[\d+\])\s+)?"(?P<text>.*)"')
_ESCAPE = re.compile(r"\\(.)")
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One text with its translations: several where it counts, and ``many`` is not empty.
    ``unused`` texts were said once; they are kept for the day they are said again."""

    one: str
    many: str = ""
    texts: tuple[str, ...] = ("",)
    places: tuple[str, ...] = ()
    fuzzy: bool = False
    unused: bool = False

    @property
    def translated(self) -> bool:
        return all(self.texts) and not self.fuzzy


def parse(po: str) -> list[Entry]:
    """The entries of a PO file, its header (an entry for "") included.

    Raises ValueError that names the line which is no PO.
    """
    entries: list[Entry] = []
    reading = _Reading()
    for number, line in enumerate(po.splitlines(), 1):
        try:
            if reading.take(line.strip()):
                entries.append(reading.entry())
                reading = reading.after()
        except ValueError:
            raise ValueError(f"line {number} is no PO: {line}") from None
    if reading.words:
        entries.append(reading.entry())
    return entries


@dataclass(slots=True)
class _Reading:
    """The entry that is being read; ``held`` is a line that already belongs to the next one."""

    words: dict[str, str] = field(default_factory=dict)
    places: list[str] = field(default_factory=list)
    fuzzy: bool = False
    unused: bool = False
    held: str = ""

    def take(self, line: str) -> bool:
        """Whether the entry is whole."""
        bare = line.removeprefix("#~").strip()
        if self.words and (not line or bare.startswith("msgid ") or line[:2] in ("#:", "#,")):
            self.held = line
            return True
        if line.startswith("#:"):
            self.places += line[2:].split()
        elif line.startswith("#,"):
            self.fuzzy = "fuzzy" in line
        elif bare and not bare.startswith("#"):
            self.unused = line.startswith("#~")
            self._read(bare)
        return False

    def _read(self, line: str) -> None:
        found = _LINE.fullmatch(line)
        if found is None or not (found["word"] or self.words):
            raise ValueError
        word = found["word"] or list(self.words)[-1]
        self.words[word] = self.words.get(word, "") + _plain(found["text"])

    def entry(self) -> Entry:
        texts = tuple(text for word, text in self.words.items() if word.startswith("msgstr"))
        if "msgid" not in self.words or not texts:
            raise ValueError
        many = self.words.get("msgid_plural", "")
        return Entry(self.words["msgid"], many, texts, tuple(self.places), self.fuzzy, self.unused)

    def after(self) -> _Reading:
        following = _Reading()
        following.take(self.held)
        return following


def translations(entries: Iterable[Entry]) -> gettext.GNUTranslations:
    """What the standard library looks texts up in; texts not translated stay as they are."""
    return gettext.GNUTranslations(io.BytesIO(_compiled(entries)))


def _plain(text: str) -> str:
    return _ESCAPE.sub(lambda found: _ESCAPED.get(found[1], found[1]), text)


def _compiled(entries: Iterable[Entry]) -> bytes:
    """The binary form (MO) of a catalogue: sorted keys, their texts, and where both lie."""
    pairs = sorted(
        (_joined((one.one, one.many) if one.many else (one.one,)), _joined(one.texts))
        for one in entries
        if one.translated and not one.unused
    )
    head, row = struct.calcsize("<7I"), struct.calcsize("<2I")
    place = head + 2 * row * len(pairs)
    tables, body = [], b""
    for texts in zip(*pairs, strict=True):
        for text in texts:
            tables.append(struct.pack("<2I", len(text), place + len(body)))
            body += text + b"\0"
    top = struct.pack("<7I", _MAGIC, 0, len(pairs), head, head + row * len(pairs), 0, place)
    return top + b"".join(tables) + body


def _joined(texts: Iterable[str]) -> bytes:
    return "\0".join(texts).encode()
