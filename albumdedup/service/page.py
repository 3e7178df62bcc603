"""The page for people: a picture dropped, what is like it, and the groups. It changes nothing."""

from __future__ import annotations

import json
from functools import lru_cache
from html import escape
from string import Template

from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, Response

from albumdedup.core.i18n import _, human_bytes, tier_name
from albumdedup.core.languages import language_tag
from albumdedup.core.paths import resource
from albumdedup.core.types import Tier
from albumdedup.service.groups import Counted
from albumdedup.service.problems import Refusal

_KINDS = {"page.js": "text/javascript; charset=utf-8", "page.css": "text/css; charset=utf-8"}


def home(counted: Counted, limit: int) -> str:
    """The page in the reader's language."""
    texts = {
        "language": language_tag(),
        "title": _("Album Deduplicator"),
        "photos": _("Photos in the library: {n}").format(n=f"{counted.photos:,}"),
        "unchanged": _("This page only shows; cleaning up is done in the window."),
        "find": _("Find a photo"),
        "drop": _("Drop a picture here, paste one, or choose a file"),
        "results": _("What is most like it"),
        "groups": _("Groups"),
        "earlier": _("Earlier"),
        "later": _("Later"),
        "skip": _("Go to the results"),
    }
    told = {
        "limit": limit,
        "too_large": _("The picture is larger than {size}; send a smaller version of it.").format(
            size=human_bytes(limit)
        ),
        "working": _("Looking for it …"),
        "found": _("Shown, most alike first: {n}"),
        "nothing": _("There is nothing like it in the library."),
        "no_groups": _("There are no groups."),
        "page": _("Page {page} of {pages}, groups: {total}"),
        "gone": _("The service does not answer; is it still running?"),
        "likeness": _("{n} % alike"),
        "no_picture": _("No preview"),
        "stays": _("stays"),
        "can_go": _("can go"),
        "your_choice": _("your choice"),
        "tiers": {tier.value: tier_name(tier) for tier in Tier},
    }
    escaped = {name: escape(text) for name, text in texts.items()}
    data = json.dumps(told).replace("<", "\\u003c")  # it stands inside a script element
    return Template(_file("page.html")).substitute(escaped, told=data)


def static(name: str) -> Response:
    """Raises KeyError for another name than the page's own."""
    return Response(_file(name), headers={"Cache-Control": "no-cache"}, media_type=_KINDS[name])


@lru_cache(maxsize=8)
def _file(name: str) -> str:
    return resource(f"service/{name}").read_text(encoding="utf-8")


def for_people(request: HTTPConnection, refusal: Refusal) -> Response | None:
    """A refusal as a page, where a browser asked for one."""
    if "text/html" not in request.headers.get("accept", ""):
        return None
    page = (
        f'<!doctype html><html lang="{escape(language_tag())}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{refusal.status.value}</title>'
        '<link rel="stylesheet" href="/page.css"></head><body><main>'
        f"<h1>{refusal.status.value}</h1><p>{escape(refusal.detail)}</p></main></body></html>"
    )
    return HTMLResponse(page, refusal.status, refusal.headers)
