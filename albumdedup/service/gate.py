"""What every request passes: the language, the name of this computer, the token, the queue; and
every failure leaves as a problem."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from albumdedup.core.i18n import _
from albumdedup.core.languages import ENGLISH, Voice, first_known, language, speaking, voice
from albumdedup.service.access import Access
from albumdedup.service.page import for_people
from albumdedup.service.problems import Refusal, problem, refusal_of

log = logging.getLogger(__name__)

MOST_AT_ONCE = 256
"""So many requests are worked on or wait; who comes then is told to come again."""
RETRY_SECONDS = 2
LINGER_SECONDS = 3.0
OPEN_TO_ALL = frozenset({"/health", "/page.css"})
FOR_THE_LINK = frozenset({"/"})
"""Here the token may stand in the address, once: it becomes a cookie."""

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Gate:
    """An ASGI application around another one."""

    def __init__(self, app: ASGIApp, access: Access, voices: Mapping[str, Voice]) -> None:
        self._app = app
        self._access = access
        self._voices = voices
        self._inside = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        begun, sent = False, _Sent(receive)

        async def send_with_headers(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        request = HTTPConnection(scope)
        with speaking(self._voice(request.headers)):
            try:
                self._refuse_strangers(request, scope["method"])
                scope["app"] = self._app  # so that routes raise what they cannot answer
                with _Place(self):
                    await self._app(scope, sent.receive, send_with_headers)
            except Exception as error:
                refusal = refusal_of(error)
                if refusal.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                    log.error("%s %s", scope["method"], scope["path"], exc_info=error)
                if begun:
                    raise
                told = for_people(request, refusal) or problem(refusal)
                if "expect" in request.headers:  # who asks before he sends does not send
                    await told(scope, receive, send_with_headers)
                else:
                    await told(scope, receive, sent.before_the_end(send_with_headers))

    def _voice(self, headers: Headers) -> Voice:
        """That of the reader's browser; else that of the service."""
        wanted = headers.get("accept-language")
        return self._voices[language() if wanted is None else preferred(wanted)]

    def _refuse_strangers(self, request: HTTPConnection, method: str) -> None:
        headers = request.headers
        if not self._access.knows_host(headers.get("host", "")):
            raise Refusal(
                HTTPStatus.BAD_REQUEST,
                "unknown_host",
                _("The service is not known under this name; use its address, or localhost."),
            )
        if request.url.path in OPEN_TO_ALL:
            return
        scheme, _blank, bearer = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and self._access.knows(bearer.strip()):
            return
        if request.url.path in FOR_THE_LINK and "token" in request.query_params:
            if self._access.knows(request.query_params["token"]):
                return
        elif self._access.knows(request.cookies.get(self._access.cookie)):
            _refuse_other_pages(headers, method)
            return
        raise Refusal(
            HTTPStatus.UNAUTHORIZED,
            "wrong_token",
            _(
                "The token is missing or wrong; open the link that `albumdedup serve --show-link` "
                "prints, or send it as a Bearer token."
            ),
            {"WWW-Authenticate": "Bearer"},
        )

    @property
    def full(self) -> bool:
        return self._inside >= MOST_AT_ONCE

    def enter(self) -> None:
        self._inside += 1

    def leave(self) -> None:
        self._inside -= 1


class _Sent:
    """What the other side sends. Most clients read no answer before they have sent all, and see a
    broken line where it is not taken: after a refusal the rest is taken for a while and dropped."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._ended = False

    async def receive(self) -> Message:
        message = await self._receive()
        self._ended = not message.get("more_body", False)
        return message

    def before_the_end(self, send: Send) -> Send:
        """A ``send`` that hands the answer over whole, then takes what still comes, and only then
        says that the answer has ended."""

        async def lingering(message: Message) -> None:
            if message["type"] != "http.response.body" or message.get("more_body", False):
                await send(message)
                return
            await send({**message, "more_body": True})
            with suppress(TimeoutError):
                async with asyncio.timeout(LINGER_SECONDS):
                    while not self._ended:
                        await self.receive()
            await send({"type": "http.response.body", "body": b"", "more_body": False})

        return lingering


class _Place:
    """A place among those who are worked on or wait."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def __enter__(self) -> None:
        if self._gate.full:
            raise Refusal(
                HTTPStatus.TOO_MANY_REQUESTS,
                "too_many",
                _("Too many requests wait already; ask again in a moment."),
                {"Retry-After": str(RETRY_SECONDS)},
            )
        self._gate.enter()

    def __exit__(self, *error: object) -> None:
        self._gate.leave()


def _refuse_other_pages(headers: Headers, method: str) -> None:
    """A cookie is sent by the browser, whoever's page asks: only ours may. A link that is followed
    from elsewhere is the person's own act, and shows our page only to them."""
    origin, site = headers.get("origin"), headers.get("sec-fetch-site", "none")
    followed = method == "GET" and headers.get("sec-fetch-mode") == "navigate"
    other = site not in ("same-origin", "none") and not followed
    if other or (origin is not None and origin.partition("://")[2] != headers.get("host")):
        raise Refusal(
            HTTPStatus.FORBIDDEN,
            "other_page",
            _("Another page asked in your name; only the service's own page may."),
        )


def preferred(header: str) -> str:
    """The language of an Accept-Language header that is spoken here; English where none is."""
    wishes = []
    for number, wish in enumerate(header.split(",")):
        name, _semicolon, weight = wish.partition(";")
        try:
            rank = float(weight.strip().removeprefix("q=") or 1)
        except ValueError:
            rank = 0.0
        wishes.append((-rank, number, name.strip()))
    return first_known(name for _rank, _number, name in sorted(wishes))


def all_voices(names: tuple[str, ...]) -> dict[str, Voice]:
    """Read once, at the start."""
    return {name: voice(name) for name in (*names, ENGLISH)}
