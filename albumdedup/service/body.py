"""The picture that a request brings: never more of it than is allowed, and not too many at once."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus

from starlette.requests import ClientDisconnect, Request

from albumdedup.core.i18n import _, human_bytes
from albumdedup.service.problems import Refusal

SILENCE_SECONDS = 30.0
"""So long a sender may say nothing in the middle of a picture."""

_NO_PICTURES = ("multipart/", "text/", "application/json")
"""What else comes is told by its bytes, whatever it is called: curl calls it a form."""


class Room:
    """Bytes of pictures that may be in memory at once; who comes later waits, in order."""

    def __init__(self, size: int) -> None:
        self._free = size
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()

    @asynccontextmanager
    async def hold(self, need: int) -> AsyncIterator[None]:
        await self._take(need)
        try:
            yield
        finally:
            self._free += need
            self._admit()

    async def _take(self, need: int) -> None:
        if not self._waiting and need <= self._free:
            self._free -= need
            return
        place = need, asyncio.get_running_loop().create_future()
        self._waiting.append(place)
        try:
            await place[1]
        except asyncio.CancelledError:
            if place in self._waiting:
                self._waiting.remove(place)
            else:  # it was admitted in the same moment
                self._free += need
            self._admit()
            raise

    def _admit(self) -> None:
        while self._waiting and self._waiting[0][0] <= self._free:
            need, place = self._waiting.popleft()
            self._free -= need
            place.set_result(None)


def need_of(request: Request, limit: int) -> int:
    """How many bytes the picture may take, by what the request says of itself. Raises Refusal
    before any of it is read: 413, 415."""
    if request.headers.get("content-type", "").lower().startswith(_NO_PICTURES):
        raise Refusal(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            "not_a_picture",
            _(
                "Send the bytes of the picture itself as the body of the request; not its path, "
                "a form or a text."
            ),
        )
    length = request.headers.get("content-length", "")
    if not length.isdecimal():
        return limit
    if int(length) > limit:
        raise too_large(limit)
    return int(length)


async def picture_of(request: Request, limit: int) -> bytes:
    """Raises Refusal: 400, 408, 413."""
    parts: list[bytes] = []
    size = 0
    stream = request.stream()
    try:
        while True:
            async with asyncio.timeout(SILENCE_SECONDS):
                part = await anext(stream, None)
            if part is None:
                break
            size += len(part)
            if size > limit:
                raise too_large(limit)
            parts.append(part)
    except TimeoutError:
        raise Refusal(
            HTTPStatus.REQUEST_TIMEOUT,
            "silent",
            _("The picture stopped coming; send it again."),
            {"Connection": "close"},
        ) from None
    except ClientDisconnect:
        raise Refusal(
            HTTPStatus.BAD_REQUEST, "cut_off", _("The picture did not come to its end.")
        ) from None
    if not size:
        raise Refusal(
            HTTPStatus.BAD_REQUEST,
            "empty",
            _("There is no picture in the request; send its bytes as the body."),
        )
    return b"".join(parts)


def too_large(limit: int) -> Refusal:
    words = _("The picture is larger than {size}; send a smaller version of it.")
    return Refusal(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", words.format(size=human_bytes(limit))
    )
