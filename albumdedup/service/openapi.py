"""What the service can be asked, for programs: OpenAPI 3.1. Its words are part of the interface,
as the names of fields are, and English."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from albumdedup import __version__
from albumdedup.core.keeper import RULES
from albumdedup.core.types import Role, Tier
from albumdedup.service.asked import EDGES, LARGEST_PAGE, MOST_HITS, PAGE_SIZE, TOP

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_WHOLE: Schema = {"type": "integer"}
_PROBLEMS = {
    400: "The request, or the picture in it, cannot be used",
    401: "The token is missing or wrong",
    403: "The page of another origin asked with the cookie",
    404: "There is no such page, group or photo",
    408: "The picture stopped coming",
    409: "The library is empty",
    413: "The picture is larger than the limit, in bytes or in pixels",
    415: "What was sent is no picture that can be read",
    429: "Too many requests wait already; Retry-After says when to ask again",
    500: "The service failed at this request",
}


def document() -> Schema:
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Album Deduplicator",
            "version": __version__,
            "description": "Search and groups of one photo library. Nothing here changes a photo.",
        },
        "security": [{"bearer": []}],
        "paths": _paths(),
        "components": {
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
            "schemas": _schemas(),
        },
    }


def _paths() -> Schema:
    paged = [_page(), _page_size()]
    return {
        "/health": {"get": {**_answers("Whether the service runs", "Health", ()), "security": []}},
        "/count": {"get": _answers("How much the library holds", "Count", (401, 429, 500))},
        "/descriptor": {
            "post": {
                **_answers("The descriptor of a picture", "Descriptor", _OF_PICTURES),
                "requestBody": _picture(),
            }
        },
        "/search": {
            "post": {
                **_answers(
                    "The photos of the library most similar to a picture, best first",
                    "Hits",
                    (*_OF_PICTURES, 409),
                ),
                "parameters": [_number("top", "So many in all", TOP, MOST_HITS), *paged],
                "requestBody": _picture(),
            }
        },
        "/groups": {
            "get": {
                **_answers("The groups, strongest proof first", "Groups", (400, 401, 429, 500)),
                "parameters": [*_view(), *paged],
            }
        },
        "/groups/{id}": {
            "get": {
                **_answers("One group", "Group", (400, 401, 404, 429, 500)),
                "parameters": [_in_path("id", "As /groups tells it"), *_view()],
            }
        },
        "/thumbnails/{content}": {"get": _thumbnail()},
    }


_OF_PICTURES = (400, 401, 408, 413, 415, 429, 500)


def _answers(summary: str, schema: str, problems: Sequence[int]) -> Schema:
    answers: Schema = {"200": {"description": "Done", "content": _json(schema)}}
    return {"summary": summary, "responses": answers | _problems(problems)}


def _problems(codes: Sequence[int]) -> Schema:
    media = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {str(code): {"description": _PROBLEMS[code], "content": media} for code in sorted(codes)}


def _json(schema: str) -> Schema:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}


def _picture() -> Schema:
    binary = {"schema": {"type": "string", "format": "binary"}}
    return {
        "description": "The bytes of a picture file of any format that a scan reads",
        "required": True,
        "content": {"image/*": binary, "application/octet-stream": binary},
    }


def _thumbnail() -> Schema:
    return {
        "summary": "A small upright JPEG of a photo",
        "parameters": [
            _in_path("content", "The SHA-256 of the photo"),
            _number("edge", "Longer side in pixels, rounded up to one of " + str(EDGES)[1:-1],
                    EDGES[1], EDGES[-1]),
        ],
        "responses": {
            "200": {
                "description": "Done",
                "content": {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}},
            },
            "304": {"description": "As the ETag that was sent"},
            **_problems((400, 401, 404, 429, 500)),
        },
    }  # fmt: skip


def _view() -> list[Schema]:
    tiers = ",".join(tier.value for tier in Tier)
    return [
        _parameter("tiers", f"Some of {tiers}, with commas", _TEXT),
        _parameter("similarity", "From which similar shots belong to a group",
                   {"type": "number", "minimum": 0, "maximum": 1}),
        _parameter("keep", f"Which photo stays: {', '.join(RULES)}, or a chain with commas", _TEXT),
    ]  # fmt: skip


def _page() -> Schema:
    return _parameter("page", "Counted from 1", {**_WHOLE, "minimum": 1, "default": 1})


def _page_size() -> Schema:
    return _number("page_size", "So many on a page", PAGE_SIZE, LARGEST_PAGE)


def _number(name: str, words: str, default: int, most: int) -> Schema:
    return _parameter(name, words, {**_WHOLE, "minimum": 1, "maximum": most, "default": default})


def _parameter(name: str, words: str, schema: Schema) -> Schema:
    return {"name": name, "in": "query", "description": words, "schema": schema}


def _in_path(name: str, words: str) -> Schema:
    return {"name": name, "in": "path", "required": True, "description": words, "schema": _TEXT}


def _object(**properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _listed(schema: str) -> Schema:
    return {"type": "array", "items": {"$ref": f"#/components/schemas/{schema}"}}


def _schemas() -> Schema:
    page = {"page": _WHOLE, "page_size": _WHOLE, "pages": _WHOLE, "total": _WHOLE}
    content = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
    similarity = {"type": "number", "minimum": -1, "maximum": 1}
    taken = {"type": ["string", "null"]}
    photo = {
        "path": _TEXT, "content": content, "bytes": _WHOLE, "width": _WHOLE, "height": _WHOLE,
        "similarity": similarity, "taken": taken,
    }  # fmt: skip
    companion = _object(path=_TEXT, kind=_TEXT, bytes=_WHOLE)
    member = _object(
        **photo,
        tier={"enum": [tier.value for tier in Tier]},
        role={"enum": [role.value for role in Role]},
        taken_from=taken, evidence={"type": "object"}, note=_TEXT,
        companions={"type": "array", "items": companion},
    )  # fmt: skip
    return {
        "Health": _object(status=_TEXT),
        "Count": _object(
            photos=_WHOLE, contents=_WHOLE, unreadable=_WHOLE,
            folders={"type": "array", "items": _TEXT},
        ),
        "Descriptor": _object(
            content=content, extractor=_TEXT, dim=_WHOLE,
            descriptor={"type": "array", "items": {"type": "number"}},
        ),
        "Hit": _object(**photo),
        "Hits": _object(content=content, **page, hits=_listed("Hit")),
        "Member": member,
        "Group": _object(
            id=_TEXT, keeper=_TEXT, reason=_TEXT, warning=_TEXT, burst={"type": "boolean"},
            left_out=_WHOLE, members=_listed("Member"),
        ),
        "Groups": _object(**page, groups=_listed("Group")),
        "Problem": _object(type=_TEXT, title=_TEXT, status=_WHOLE, detail=_TEXT, code=_TEXT),
    }  # fmt: skip
