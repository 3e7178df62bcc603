"""The library as the service uses it: each kind of work on its own threads, never on the one that
talks to the network."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from contextvars import copy_context
from http import HTTPStatus
from typing import TypeVar

from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.i18n import _
from albumdedup.core.library import Library
from albumdedup.core.ports import Executor, Lane
from albumdedup.core.thumbs import ThumbnailCache
from albumdedup.core.types import ContentId, Descriptors, Group, Pixels, Problem, SearchHit, View
from albumdedup.service.groups import Counted, Groups
from albumdedup.service.problems import Refusal, unreadable

T = TypeVar("T")

FEW, MANY = 4, 32
"""The extractor takes as long for one picture as for FEW, and for one more as for MANY
(``ml.torch_extractor``)."""
ENOUGH = 20
"""From so many on MANY at once are quicker."""


class Describer:
    """Descriptors for many who ask at once: one thread computes, and takes together what came
    while it was busy."""

    def __init__(self, describe: Callable[[Sequence[Pixels]], Awaitable[Descriptors]]) -> None:
        self._describe = describe
        self._waiting: list[tuple[Pixels, asyncio.Future[Descriptors]]] = []
        self._working: asyncio.Task[None] | None = None

    async def descriptor(self, pixels: Pixels) -> Descriptors:
        """uint8[edge, edge, 3] → float32[dim]. Raises AlbumError."""
        answer: asyncio.Future[Descriptors] = asyncio.get_running_loop().create_future()
        self._waiting.append((pixels, answer))
        if self._working is None:
            self._working = asyncio.create_task(self._work())
        return await answer

    async def _work(self) -> None:
        try:
            while self._waiting:
                size = MANY if len(self._waiting) >= ENOUGH else FEW
                part, self._waiting = self._waiting[:size], self._waiting[size:]
                await self._answer(part)
        finally:
            self._working = None

    async def _answer(self, part: list[tuple[Pixels, asyncio.Future[Descriptors]]]) -> None:
        part = [asked for asked in part if not asked[1].done()]  # who has gone needs none
        if not part:
            return
        try:
            rows = await self._describe([pixels for pixels, _answer in part])
        except asyncio.CancelledError:
            for _pixels, answer in part:
                answer.cancel()
            raise
        except Exception as error:  # is told to each who asked
            for _pixels, answer in part:
                if not answer.done():
                    answer.set_exception(error)
        else:
            for (_pixels, answer), row in zip(part, rows, strict=True):
                if not answer.done():
                    answer.set_result(row)


class Engine:
    """Asks the open library. Every method may raise AlbumError or Refusal."""

    def __init__(self, library: Library, executor: Executor, thumbs: ThumbnailCache) -> None:
        self._library = library
        self._executor = executor
        self._thumbs = thumbs
        self._groups = Groups(library)
        self._describer = Describer(
            lambda squares: self._on(Lane.LIBRARY, library.describe, squares)
        )

    async def _on(self, lane: Lane, do: Callable[..., T], *arguments: object) -> T:
        """In the language of the one who asks."""
        task = self._executor.submit(lane, copy_context().run, do, *arguments)
        return await asyncio.wrap_future(task)

    async def square(self, picture: bytes) -> Pixels:
        """The bytes of a photo → uint8[edge, edge, 3]."""
        found = await self._on(
            Lane.DECODE, self._library.door.squash_bytes, picture, self._library.input_edge
        )
        if isinstance(found, Problem):
            raise unreadable(found)
        return found

    async def descriptor(self, pixels: Pixels) -> Descriptors:
        return await self._describer.descriptor(pixels)

    async def search(self, pixels: Pixels, top: int) -> list[SearchHit]:
        if not (await self.counted()).photos:
            raise AlbumError(ErrorCode.NOTHING_SCANNED)
        vector = await self.descriptor(pixels)
        return await self._on(Lane.FILES, self._library.similar_to, vector, top)

    async def counted(self) -> Counted:
        known = self._groups.known
        return known if known is not None else await self._on(Lane.THUMBS, self._groups.counted)

    async def groups(self, view: View) -> tuple[Group, ...]:
        return await self._on(Lane.THUMBS, self._groups.of, view)

    async def thumbnail(self, content: ContentId, edge: int) -> bytes:
        return await self._on(Lane.THUMBS, self._thumbnail, content, edge)

    def _thumbnail(self, content: ContentId, edge: int) -> bytes:
        for photo in self._library.photos_of([content]):
            with suppress(OSError):  # another file of the same content may be there
                return self._thumbs.thumbnail(content, photo.path, edge)
        raise Refusal(
            HTTPStatus.NOT_FOUND, "no_thumbnail", _("No photo of this content can be read now.")
        )

    async def warm(self) -> None:
        """Load what the first request would wait for."""
        import numpy as np

        edge = self._library.input_edge
        await self.counted()
        await self.descriptor(np.zeros((edge, edge, 3), np.uint8))
