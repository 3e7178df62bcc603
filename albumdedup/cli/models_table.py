"""The extractors as a table and as JSON: what is here, what it costs, what it may be used for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from albumdedup.cli.columns import columns, padded
from albumdedup.cli.console import printable
from albumdedup.core.i18n import _, human_bytes
from albumdedup.core.paths import resource
from albumdedup.ml.model_folder import Kept, Measured, ModelFolder
from albumdedup.ml.registry import similar_of, spec_of
from albumdedup.ml.rows import ROWS, Memory, Row, Speed


def as_text(models: Path, chosen: str) -> str:
    """One line for each; ``chosen`` is marked."""
    folder = ModelFolder(models)
    head = (
        "", _("name"), _("dim"), _("weights"), _("size"), _("speed"), _("memory"),
        _("similar from"), _("licence"),
    )  # fmt: skip
    lines = [head, *(_line(row, folder, models, chosen) for row in ROWS.values())]
    widths = [max(columns(line[place]) for line in lines) for place in range(len(head))]
    told = [
        "  ".join(padded(cell, width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]
    return printable_lines([*told, "", _("Weights are kept in {path}.").format(path=models)])


def printable_lines(lines: Sequence[str]) -> str:
    return "\n".join(printable(line) for line in lines)


def _line(row: Row, folder: ModelFolder, models: Path, chosen: str) -> tuple[str, ...]:
    kept = folder.find(row.network)
    similar = similar_of(row.spec.name, models)
    told = isinstance(similar, Measured) or row.measured
    number = f"{similar.similar if isinstance(similar, Measured) else similar:.2f}"
    size = human_bytes(_size(row, kept))
    return (
        "*" if row.spec.name == chosen else "",
        row.spec.name,
        str(row.spec.dim),
        _state(row, kept),
        size if row.source is None or kept else _("{size} to fetch").format(size=size),
        _speed(row.speed),
        _memory(row.memory),
        number if told else _("{number}, not measured").format(number=number),
        row.licence,
    )


def _state(row: Row, kept: Kept | None) -> str:
    if row.source is None:
        return _("in the program")
    if kept is None:
        return _("not here")
    return _("here") if kept.official else _("here, not torchvision's own")


def _size(row: Row, kept: Kept | None) -> int:
    """Of what is on the disk, else of what would be fetched."""
    if row.source is None:
        return resource(row.spec.weights_file).stat().st_size
    return kept.bytes if kept else row.source.bytes or row.source.limit


def _speed(speed: Speed) -> str:
    return {Speed.FAST: _("fast"), Speed.MEDIUM: _("medium"), Speed.SLOW: _("slow")}[speed]


def _memory(memory: Memory) -> str:
    return {
        Memory.LIGHT: _("little"),
        Memory.MEDIUM: _("medium"),
        Memory.HEAVY: _("much"),
    }[memory]


def as_json(models: Path, chosen: str) -> str:
    return json.dumps([_document(row, models, chosen) for row in ROWS.values()], indent=1)


def _document(row: Row, models: Path, chosen: str) -> dict[str, object]:
    name, folder = row.spec.name, ModelFolder(models)
    kept, spec, similar = folder.find(row.network), spec_of(name, models), similar_of(name, models)
    path = resource(spec.weights_file) if row.source is None else folder.file(row.network)
    here = row.source is None or kept is not None
    return {
        "name": name,
        "chosen": name == chosen,
        "dim": spec.dim,
        "input_edge": spec.input_edge,
        "preprocessing": spec.preprocessing,
        "network": row.network,
        "weights": "included" if row.source is None else "here" if here else "missing",
        "path": str(path) if here else None,
        "bytes": _size(row, kept) if here else None,
        "official": True if row.source is None else kept.official if kept else None,
        "sha256": spec.sha256,
        "url": row.source.url if row.source else None,
        "download_bytes": row.source.bytes if row.source else None,
        "licence": row.licence,
        "speed": row.speed.value,
        "memory": row.memory.value,
        "similar": similar.similar if isinstance(similar, Measured) else similar,
        "measured": row.measured or isinstance(similar, Measured),
    }
