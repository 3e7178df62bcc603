"""A case's number → its mutant, always the same one."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import NamedTuple

from fuzzing import blind, hostile
from fuzzing.corpus import Source
from fuzzing.fields import Field, fields, with_sums


class Mutant(NamedTuple):
    """``made_of`` says from what and how, for a person."""

    suffix: str
    data: bytes
    is_companion: bool
    made_of: str


def chance_of(seed: int, number: int) -> random.Random:
    return random.Random(f"{seed}:{number}")


def mutant(found: Sequence[Source], seed: int, number: int) -> Mutant:
    chance = chance_of(seed, number)
    companions = [one for one in found if one.is_companion]
    photos = [one for one in found if not one.is_companion]
    source = chance.choice(companions if chance.random() < 0.12 else photos)
    # Half of all cases start from what is made here, so that every format has its share.
    if chance.random() < 0.5:
        source = chance.choice([s for s in found if s.name.startswith("made/")])
    other = chance.choice(found)
    data, told = source.data, []
    for _number in range(chance.choice((1, 1, 1, 2, 3))):
        data, word = _changed(source, data, other, chance)
        told.append(word)
    if chance.random() < 0.9:
        data = with_sums(data)
    suffix = source.suffix if chance.random() < 0.95 else other.suffix
    made_of = f"{source.name} + {other.name}: {', '.join(told)}"
    return Mutant(suffix, data[: blind.LARGEST], source.is_companion, made_of)


def _changed(
    source: Source, data: bytes, other: Source, chance: random.Random
) -> tuple[bytes, str]:
    way = chance.random()
    if way < 0.35:
        places = fields(data)
        if places:
            return _renumbered(data, places, chance), "fields"
    if way < 0.6:
        if source.suffix == ".json":
            return hostile.document(data, chance), "document"
        if source.suffix == ".xmp":
            return hostile.packet(chance), "packet"
        return hostile.into(data, chance), "hostile metadata"
    change = chance.choice(blind.CHANGES)
    return change(data, chance, other.data), change.__name__


def _renumbered(data: bytes, places: Sequence[Field], chance: random.Random) -> bytes:
    """Numbers of the structure replaced: by odd ones, by their neighbours, by each other."""
    out = bytearray(data)
    for field in chance.choices(places, k=chance.choice((1, 1, 2, 4, 8))):
        at, width, order = field
        old = int.from_bytes(out[at : at + width], order)
        twin = chance.choice(places)
        copied = int.from_bytes(data[twin.at : twin.at + twin.width], twin.order)
        value = chance.choice(
            (*chance.sample(blind.NUMBERS, 3), old + 1, old - 1, old * 2, old ^ 0xFF, copied,
             twin.at, len(data), len(data) - at)
        )  # fmt: skip
        out[at : at + width] = (value & ((1 << 8 * width) - 1)).to_bytes(width, order)
    return bytes(out)
