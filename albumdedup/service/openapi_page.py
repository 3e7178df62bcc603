"""The OpenAPI document as a page that needs no other site."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any


def openapi_page(document: dict[str, Any]) -> str:
    """Its words are those of the document, and English."""
    info = document["info"]
    body = "".join(
        line
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        for line in _operation(method.upper(), path, operation)
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(info['title'])}</title>"
        '<link rel="stylesheet" href="/page.css"></head><body>'
        f"<header><h1>{escape(info['title'])} {escape(info['version'])}</h1>"
        f"<p>{escape(info['description'])}</p>"
        '<p>For programs: <a href="/openapi.json">openapi.json</a></p></header>'
        f"<main>{body}</main></body></html>"
    )


def _operation(method: str, path: str, operation: dict[str, Any]) -> Iterator[str]:
    yield f"<h2><code>{method} {escape(path)}</code></h2><p>{escape(operation['summary'])}</p>"
    if method == "POST":
        example = (
            f'curl -H "Authorization: Bearer $TOKEN" --data-binary @photo.jpg '
            f"http://127.0.0.1:8765{path}"
        )
        yield f"<pre>{escape(example)}</pre>"
    if operation.get("parameters"):
        yield "<table><tr><th>Parameter</th><th></th><th>Default</th></tr>"
        for one in operation["parameters"]:
            default = one["schema"].get("default", "")
            words = escape(one["description"])
            yield f"<tr><td><code>{one['name']}</code></td><td>{words}</td><td>{default}</td></tr>"
        yield "</table>"
    yield "<table><tr><th>Status</th><th></th></tr>"
    for code, told in operation["responses"].items():
        yield f"<tr><td>{code}</td><td>{escape(told['description'])}</td></tr>"
    yield "</table>"
