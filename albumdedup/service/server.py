"""The service from its socket to its end. Starlette and uvicorn are imported from here on."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
from collections.abc import Callable

import uvicorn
from starlette.types import ASGIApp

from albumdedup.core.errors import AlbumError, ErrorCode

LAST_SECONDS = 10
"""So long requests may go on when the service is told to stop."""
IDLE_SECONDS = 20
WAITING_CONNECTIONS = 512


def listen(host: str, port: int) -> socket.socket:
    """A socket that is bound: nobody else can have the port from now on. Raises AlbumError:
    ADDRESS_TAKEN, ADDRESS_UNUSABLE."""
    where = address(host, port)
    try:
        family, kind, protocol, _name, place = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError) as error:
        raise AlbumError(ErrorCode.ADDRESS_UNUSABLE, path=where, detail=str(error)) from error
    made = socket.socket(family, kind, protocol)
    try:
        if os.name == "nt":
            made.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)  # type: ignore[attr-defined]
        else:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(place)
        made.listen(WAITING_CONNECTIONS)
    except OSError as error:
        made.close()
        taken = error.errno == errno.EADDRINUSE
        code = ErrorCode.ADDRESS_TAKEN if taken else ErrorCode.ADDRESS_UNUSABLE
        raise AlbumError(code, path=where, detail=error.strerror or str(error)) from error
    made.set_inheritable(False)
    return made


def address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class Server(uvicorn.Server):
    """Tells when it answers."""

    def __init__(self, config: uvicorn.Config, begun: Callable[[], None]) -> None:
        super().__init__(config)
        self._begun = begun

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._begun()


def serve(app: ASGIApp, place: socket.socket, begun: Callable[[], None]) -> None:
    """Answer until a signal (or Ctrl-C) ends it; requests that run then are answered still.
    ``begun`` is called on the event loop once the service answers."""
    config = uvicorn.Config(
        app, loop="asyncio", http="h11", ws="none", lifespan="off", interface="asgi3",
        log_config=None, access_log=False, server_header=False, proxy_headers=False,
        backlog=WAITING_CONNECTIONS, timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=LAST_SECONDS,
    )  # fmt: skip
    asyncio.run(Server(config, begun).serve([place]))
