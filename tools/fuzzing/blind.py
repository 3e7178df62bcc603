"""Changes that know nothing of formats: bits, lengths, order, mixtures."""

from __future__ import annotations

import random
from collections.abc import Callable

NUMBERS = (
    0, 1, 2, 7, 8, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFE, 0xFFFF, 0x10000, 0xFFFFFF,
    0x7FFFFFFF, 0x80000000, 0xFFFFFFF0, 0xFFFFFFFF, 0x7FFFFFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFF,
)  # fmt: skip
LARGEST = 1 << 21
"""No mutant gets longer than this."""

Change = Callable[[bytes, random.Random, bytes], bytes]
"""The bytes, chance, and another file's bytes → other bytes."""


def place(data: bytes, chance: random.Random) -> int:
    """Anywhere; every other time near the start, where the headers are."""
    most = len(data) - 1 if chance.random() < 0.5 else min(len(data) - 1, 400)
    return chance.randint(0, max(0, most))


def flip(data: bytes, chance: random.Random, _other: bytes) -> bytes:
    out = bytearray(data)
    for _number in range(1 << chance.randint(0, 5)):
        if out:
            out[place(out, chance)] ^= 1 << chance.randrange(8)
    return bytes(out)


def overwrite(data: bytes, chance: random.Random, _other: bytes) -> bytes:
    """Numbers at which programs stumble."""
    out = bytearray(data)
    for _number in range(chance.randint(1, 4)):
        width = chance.choice((1, 2, 4, 4, 8))
        number = chance.choice((*NUMBERS, len(data), len(data) - 1)) & ((1 << 8 * width) - 1)
        at = place(out, chance)
        out[at : at + width] = number.to_bytes(width, chance.choice(("big", "little")))
    return bytes(out)


def truncate(data: bytes, chance: random.Random, _other: bytes) -> bytes:
    return data[: chance.randint(0, len(data))]


def lengthen(data: bytes, chance: random.Random, _other: bytes) -> bytes:
    count = 1 << chance.randint(0, 16)
    return data + (bytes(count) if chance.random() < 0.5 else chance.randbytes(count))


def cut_out(data: bytes, chance: random.Random, _other: bytes) -> bytes:
    at = place(data, chance)
    return data[:at] + data[at + (1 << chance.randint(0, 12)) :]


def repeat(data: bytes, chance: random.Random, _other: bytes) -> bytes:
    at, length = place(data, chance), 1 << chance.randint(0, 12)
    return data[:at] + data[at : at + length] * chance.choice((2, 3, 20)) + data[at + length :]


def fill(data: bytes, chance: random.Random, _other: bytes) -> bytes:
    at, length = place(data, chance), min(len(data), 1 << chance.randint(0, 12))
    value = chance.choice((bytes(length), b"\xff" * length, chance.randbytes(length)))
    return data[:at] + value + data[at + length :]


def splice(data: bytes, chance: random.Random, other: bytes) -> bytes:
    """The start of one and the end of another."""
    return data[: chance.randint(0, len(data))] + other[chance.randint(0, len(other)) :]


def transplant(data: bytes, chance: random.Random, other: bytes) -> bytes:
    """A piece of another in the midst, over what was there or between it."""
    at, start, length = place(data, chance), place(other, chance), 1 << chance.randint(2, 13)
    piece = other[start : start + length]
    return data[:at] + piece + data[at + (len(piece) if chance.random() < 0.5 else 0) :]


CHANGES: tuple[Change, ...] = (
    flip, overwrite, truncate, lengthen, cut_out, repeat, fill, splice, transplant,
)  # fmt: skip
