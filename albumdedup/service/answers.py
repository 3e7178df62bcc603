"""What the service answers, as JSON. Groups are as in the JSON report (docs/command-line.md)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, TypeVar

from starlette.responses import Response

from albumdedup.core.dates import as_iso
from albumdedup.core.types import SearchHit

T = TypeVar("T")


def as_json(document: object) -> bytes:
    """ASCII, so that a file name which is no text keeps its bytes as lone surrogates."""
    return json.dumps(document, separators=(",", ":")).encode("ascii")


def answer(document: object) -> Response:
    return Response(as_json(document), media_type="application/json")


def hit_document(hit: SearchHit) -> dict[str, Any]:
    photo = hit.photo
    return {
        "path": photo.path,
        "similarity": round(hit.similarity, 4),
        "content": photo.content,
        "bytes": photo.stamp.size,
        "width": photo.width,
        "height": photo.height,
        "taken": as_iso(photo.taken) if photo.taken else None,
    }


def paged(
    name: str, items: Sequence[T], page: int, size: int, documents: Sequence[Any]
) -> dict[str, Any]:
    """A page of ``items``, of which ``documents`` are those on it."""
    pages = -(-len(items) // size)
    return {"page": page, "page_size": size, "pages": pages, "total": len(items), name: documents}


def on_page(items: Sequence[T], page: int, size: int) -> Sequence[T]:
    """Those of a page, which are counted from 1."""
    return items[(page - 1) * size : page * size]
