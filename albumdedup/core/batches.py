"""How many files are journalled and synced at once, and which of them belong together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from albumdedup.core.types import JournalItem

BATCH = 256
"""At most so many files: more would only make more of them *moving* when the power fails."""

BATCH_BYTES = 256_000_000
"""A batch ends at so many bytes too: they are read before its first file moves."""

Unit = list[JournalItem]


def units_of(items: Sequence[JournalItem]) -> list[Unit]:
    """The items of a plan, unit by unit: companions, then their photo."""
    units: list[Unit] = []
    open_unit: str | None = None
    for entry in items:
        name = entry.item.part_of or entry.item.victim.path
        if units and name == open_unit:
            units[-1].append(entry)
        else:
            units.append([entry])
        open_unit = entry.item.part_of
    return units


def batches_of(units: Sequence[Unit]) -> Iterator[list[Unit]]:
    """Units in lists of at most ``BATCH`` files and ``BATCH_BYTES`` bytes; a larger unit is a
    batch of its own."""
    batch: list[Unit] = []
    files = size = 0
    for unit in units:
        more = sum(entry.item.victim.stamp.size for entry in unit)
        if batch and (files + len(unit) > BATCH or size + more > BATCH_BYTES):
            yield batch
            batch, files, size = [], 0, 0
        batch.append(unit)
        files, size = files + len(unit), size + more
    if batch:
        yield batch
