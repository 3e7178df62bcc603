"""The pages of the service. docs/service.md has them for people, openapi.py for programs."""

from __future__ import annotations

import hashlib
import re
from dataclasses import asdict, dataclass
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp

from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.i18n import _
from albumdedup.core.languages import LANGUAGES
from albumdedup.core.report import group_document
from albumdedup.core.types import ContentId, Pixels, View
from albumdedup.service import page
from albumdedup.service.access import Access
from albumdedup.service.answers import answer, hit_document, on_page, paged
from albumdedup.service.asked import edge_of, page_of, top_of, view_of
from albumdedup.service.body import Room, need_of, picture_of
from albumdedup.service.engine import Engine
from albumdedup.service.gate import Gate, all_voices
from albumdedup.service.openapi import document
from albumdedup.service.openapi_page import openapi_page
from albumdedup.service.problems import Refusal

YEAR = 365 * 24 * 3600
_CONTENT = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Limits:
    """``picture`` and ``pictures`` in bytes: of one request, and of all in memory at once. Each
    is counted twice, for the moment in which its parts are put together."""

    picture: int = 100_000_000

    @property
    def pictures(self) -> int:
        return 4 * self.picture


class Pages:
    """One method per page."""

    def __init__(
        self, engine: Engine, access: Access, limits: Limits, view: View, extractor: str
    ) -> None:
        self._engine = engine
        self._access = access
        self._limits = limits
        self._view = view
        self._extractor = extractor
        self._room = Room(limits.pictures)

    def routes(self) -> list[Route]:
        return [
            Route("/", self.home),
            Route("/page.js", self.static),
            Route("/page.css", self.static),
            Route("/docs", self.docs),
            Route("/openapi.json", self.openapi),
            Route("/health", self.health),
            Route("/count", self.count),
            Route("/groups", self.groups),
            Route("/groups/{group}", self.group),
            Route("/thumbnails/{content}", self.thumbnail),
            Route("/descriptor", self.descriptor, methods=["POST"]),
            Route("/search", self.search, methods=["POST"]),
        ]

    async def home(self, request: Request) -> Response:
        token = request.query_params.get("token")
        if token is None:
            counted = await self._engine.counted()
            return HTMLResponse(page.home(counted, self._limits.picture))
        found = RedirectResponse("/", HTTPStatus.SEE_OTHER)
        found.set_cookie(self._access.cookie, token, YEAR, httponly=True, samesite="lax")
        return found

    async def static(self, request: Request) -> Response:
        return page.static(request.url.path.removeprefix("/"))

    async def docs(self, request: Request) -> Response:
        return HTMLResponse(openapi_page(document()))

    async def openapi(self, request: Request) -> Response:
        return answer(document())

    async def health(self, request: Request) -> Response:
        return answer({"status": "ok"})

    async def count(self, request: Request) -> Response:
        return answer(asdict(await self._engine.counted()))

    async def groups(self, request: Request) -> Response:
        number, size = page_of(request.query_params)
        found = await self._engine.groups(view_of(request.query_params, self._view))
        shown = [group_document(group) for group in on_page(found, number, size)]
        return answer(paged("groups", found, number, size, shown))

    async def group(self, request: Request) -> Response:
        wanted = request.path_params["group"]
        for group in await self._engine.groups(view_of(request.query_params, self._view)):
            if group.id == wanted:
                return answer(group_document(group))
        raise Refusal(
            HTTPStatus.NOT_FOUND,
            "no_such_group",
            _("There is no such group with these tiers, this similarity and rule."),
        )

    async def thumbnail(self, request: Request) -> Response:
        content = request.path_params["content"]
        edge = edge_of(request.query_params)
        if not _CONTENT.fullmatch(content):
            raise AlbumError(ErrorCode.NOT_THERE, path=content)
        tag = f'"{content}-{edge}"'
        headers = {"ETag": tag, "Cache-Control": "private, max-age=86400"}
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
        made = await self._engine.thumbnail(ContentId(content), edge)
        return Response(made, headers=headers, media_type="image/jpeg")

    async def descriptor(self, request: Request) -> Response:
        pixels, content = await self._picture(request)
        vector = await self._engine.descriptor(pixels)
        return answer(
            {
                "content": content,
                "extractor": self._extractor,
                "dim": len(vector),
                "descriptor": [round(float(value), 8) for value in vector],
            }
        )

    async def search(self, request: Request) -> Response:
        number, size = page_of(request.query_params)
        top = top_of(request.query_params)
        pixels, content = await self._picture(request)
        hits = await self._engine.search(pixels, top)
        shown = [hit_document(hit) for hit in on_page(hits, number, size)]
        return answer({"content": content, **paged("hits", hits, number, size, shown)})

    async def _picture(self, request: Request) -> tuple[Pixels, str]:
        """The picture that came, as a square, and its SHA-256. Its bytes are held no longer than
        that takes."""
        async with self._room.hold(2 * need_of(request, self._limits.picture)):
            data = await picture_of(request, self._limits.picture)
            return await self._engine.square(data), hashlib.sha256(data).hexdigest()


def application(pages: Pages, access: Access) -> ASGIApp:
    """The pages behind their gate."""
    return Gate(Router(pages.routes(), redirect_slashes=False), access, all_voices(LANGUAGES))
