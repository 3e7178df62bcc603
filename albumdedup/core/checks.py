"""What a setting may be. A check is a value, so that a window can ask for it in words."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

_DEVICE = re.compile(r"auto|cpu|mps|cuda(:\d{1,2})?")
_FAMILY = re.compile(r"[a-z0-9]{0,24}")
_ADDRESS = re.compile(r"https?://[^\s/:]+(:(?P<port>\d{1,5}))?(/\S*)?")


@dataclass(frozen=True, slots=True)
class Anything:
    """Other parts of the program check it."""

    def fits(self, value: object) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class OneOf:
    options: tuple[str, ...]

    def fits(self, value: object) -> bool:
        return value in self.options


@dataclass(frozen=True, slots=True)
class SomeOf:
    """At least one of the options, each once."""

    options: tuple[str, ...]

    def fits(self, value: object) -> bool:
        some = value if isinstance(value, tuple) else ()
        return bool(some) and len(set(some)) == len(some) and set(some) <= set(self.options)


@dataclass(frozen=True, slots=True)
class Between:
    """A number, both ends included."""

    least: float
    most: float

    def fits(self, value: object) -> bool:
        return isinstance(value, int | float) and self.least <= value <= self.most


@dataclass(frozen=True, slots=True)
class Device:
    """``auto``, ``cpu``, ``mps``, ``cuda`` or ``cuda:<number>``."""

    def fits(self, value: object) -> bool:
        return isinstance(value, str) and _DEVICE.fullmatch(value) is not None


@dataclass(frozen=True, slots=True)
class Address:
    """Empty, or ``http(s)://name:port``."""

    def fits(self, value: object) -> bool:
        if not isinstance(value, str) or not value:
            return value == ""
        found = _ADDRESS.fullmatch(value)
        return found is not None and int(found["port"] or 1) in range(1, 65536)


@dataclass(frozen=True, slots=True)
class FamilyName:
    """Empty, or small letters and digits: it becomes part of a name on the server, and is typed
    alike on several computers."""

    def fits(self, value: object) -> bool:
        return isinstance(value, str) and _FAMILY.fullmatch(value) is not None


@dataclass(frozen=True, slots=True)
class Label:
    """Empty, or some words that fit in a line."""

    most: int = 60

    def fits(self, value: object) -> bool:
        if not isinstance(value, str) or len(value) > self.most:
            return False
        return value.isprintable() and value == value.strip()


@dataclass(frozen=True, slots=True)
class Folder:
    """Empty, or the whole path of a folder, which need not be there now."""

    def fits(self, value: object) -> bool:
        return isinstance(value, str) and (not value or os.path.isabs(value))


Check = Anything | OneOf | SomeOf | Between | Device | Address | FamilyName | Label | Folder
