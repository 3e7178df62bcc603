"""What names of files say about belonging together. Names alone never decide: see ``assemble``."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

_SUPPLEMENT = ".supplemental-metadata"
_CUT = 43
"""Takeout cuts the names of its JSON files at 46 characters, some years at 47; a counter in
brackets may take three of them."""

_COUNTER = re.compile(r"(.*)\((\d{1,4})\)", re.DOTALL)
_EDITED = re.compile(
    r"(.*?)-(?:edited|bearbeitet|modifi[ée]|editado|editada|modificato|modificata|bewerkt"
    r"|edytowane|redigerad|redigeret|redigert|muokattu|upraveno|編集済み|已修改|已编辑|изменено)"
    r"(\(\d{1,4}\))?",
    re.DOTALL,
)
_BURSTS = (
    re.compile(
        r"\d{5}[a-z]*_\d{5}_(?P<id>burst\d{14,17})(?P<cover>_cover)?", re.ASCII
    ),  # Google Camera
    re.compile(
        r"(?P<id>img_\d{8}_\d{6}(?:_\d+)?)_burst\d{1,4}(?P<cover>_cover)?", re.ASCII
    ),  # Huawei, Nexus
    re.compile(
        r"(?P<id>pxl_\d{8}_\d{6,9})\.[a-z_]+-\d\d\.(?:(?P<cover>cover)|original|burst\d+)", re.ASCII
    ),  # Pixel: renditions of one shot
)
_ADJUSTMENT = re.compile(r"([a-z]{3}_)o(\d{4}.*)", re.ASCII)
"""IMG_O0001.AAE holds the edits of IMG_0001."""


class Burst(NamedTuple):
    id: str
    cover: bool


def key(name: str) -> str:
    """A name as file systems compare it: one Unicode form, any case."""
    if name.isascii():
        return name.lower()
    return unicodedata.normalize("NFC", name).casefold()


def stem(name: str) -> str:
    """The key of a name without its last suffix."""
    folded = key(name)
    dot = folded.rfind(".")
    return folded[:dot] if dot > 0 else folded


def suffix(name: str) -> str:
    dot = name.rfind(".")
    return name[dot:].lower() if dot > 0 else ""


def burst(name: str) -> Burst | None:
    """The burst that a file belongs to by its name."""
    plain = stem(name)
    if "burst" not in plain and not plain.startswith("pxl_"):
        return None
    for pattern in _BURSTS:
        match = pattern.fullmatch(plain)
        if match is not None:
            return Burst(match["id"], match["cover"] is not None)
    return None


def original_of(name: str) -> str | None:
    """The key of the name of which this one is Takeout's "-edited"."""
    match = _EDITED.fullmatch(stem(name))
    return f"{match[1]}{match[2] or ''}{suffix(key(name))}" if match is not None else None


def sidecar_stem(name: str) -> str:
    """The stem of a sidecar's photo; iOS puts an O before the number of its edits."""
    plain = stem(name)
    match = _ADJUSTMENT.fullmatch(plain) if suffix(name) == ".aae" else None
    return match[1] + match[2] if match is not None else plain


class TakeoutNames:
    """The names of one folder, ready to be asked which a JSON file speaks of."""

    def __init__(self, names: Iterable[str]) -> None:
        self._whole: dict[str, list[str]] = {}
        self._parts: dict[tuple[str, str | None], list[str]] = {}
        self._starts: dict[tuple[str, str | None], list[str]] = {}
        for name in names:
            folded = key(name)
            self._whole.setdefault(folded, []).append(name)
            base, counter = _split(stem(name))
            plain = base + suffix(folded)
            self._parts.setdefault((plain, counter), []).append(name)
            self._parts.setdefault((base, counter), []).append(name)
            if len(plain) > _CUT:
                self._starts.setdefault((plain[:_CUT], counter), []).append(name)

    def of(self, json_name: str) -> list[str]:
        """The names that fit best, several where nothing tells them apart."""
        base = stem(json_name)
        for candidate in _without_supplement(base):
            found = self._whole.get(candidate)
            if found:
                return found
        inner, counter = _split(base)
        for candidate in _without_supplement(inner):
            found = self._parts.get((candidate, counter))
            if found:
                return found
        if len(inner) < _CUT:
            return []
        starts = self._starts.get((inner[:_CUT], counter), [])
        return [name for name in starts if _plain(name).startswith(inner)]


def _plain(name: str) -> str:
    return _split(stem(name))[0] + suffix(key(name))


def _split(base: str) -> tuple[str, str | None]:
    """A stem and the counter in brackets behind it."""
    match = _COUNTER.fullmatch(base)
    return (match[1], match[2]) if match is not None else (base, None)


def _without_supplement(base: str) -> Iterable[str]:
    """The base itself, and what stands before ".supplemental-metadata" or a cut piece of it."""
    yield base
    dot = base.rfind(".")
    while dot > 0:
        if _SUPPLEMENT.startswith(base[dot:]):
            yield base[:dot]
        dot = base.rfind(".", 0, dot)


class FolderNames:
    """The photos of one folder by name, to tell early what may belong to one of them."""

    def __init__(self, photos: Iterable[str], films: Iterable[str] = ()) -> None:
        self._photos = list(photos)
        self._films = list(films)
        self._keys = {key(name) for name in self._photos}
        self._stems = {stem(name) for name in self._photos}
        self._takeout: TakeoutNames | None = None

    def may_own(self, name: str) -> bool:
        """Whether a file beside them may, by its name, belong to one of them."""
        if stem(name) in self._keys or sidecar_stem(name) in self._stems:
            return True
        if suffix(name) != ".json":
            return False
        self._takeout = self._takeout or TakeoutNames(self._photos + self._films)
        return bool(self._takeout.of(name))
