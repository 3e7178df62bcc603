"""``albumdedup serve``: search and groups over HTTP, for this computer unless told otherwise"""

from __future__ import annotations

import asyncio
import socket
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from albumdedup.cli.console import printable, say, stopping
from albumdedup.cli.exits import Exit
from albumdedup.cli.places import chosen_paths
from albumdedup.cli.report import chosen_rule
from albumdedup.cli.session import Session, open_session
from albumdedup.core.control import Control
from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.i18n import _, describe
from albumdedup.core.thumbs import ThumbnailCache
from albumdedup.core.types import Tier, View

if TYPE_CHECKING:
    from albumdedup.service.access import Token
    from albumdedup.service.engine import Engine

OURS = frozenset({"starlette", "uvicorn", "anyio", "h11", "click"})
"""What the extra ``serve`` brings."""


def run(arguments: Namespace) -> Exit:
    with _extra():
        from albumdedup.service import access, server
    network = not access.is_loopback(arguments.host)
    if network and not arguments.allow_network:
        say(_open_to_network(arguments.host))
        return Exit.USAGE
    if network and arguments.no_token:
        say(_("Without a token the service is for this computer alone; leave out --no-token."))
        return Exit.USAGE
    if arguments.show_link:
        return _show_link(arguments)
    place = server.listen(arguments.host, arguments.port)
    try:
        with open_session(arguments) as session, stopping(Control()):
            token = None if arguments.no_token else access.token_in(session.paths.service_token)
            host = access.name_for_others(arguments.host)
            where = server.address(host, place.getsockname()[1])
            _serve(session, arguments, place, token, where)
    finally:
        place.close()
    say(_("The service has stopped."))
    return Exit.DONE


def _show_link(arguments: Namespace) -> Exit:
    from albumdedup.service import access, server

    token = access.token_in(chosen_paths(arguments).service_token)
    host = access.name_for_others(arguments.host)
    print(_link(server.address(host, arguments.port), token.text))
    return Exit.DONE


@contextmanager
def _extra() -> Iterator[None]:
    """Raises AlbumError(EXTRA_MISSING) where the extra is not installed."""
    try:
        yield
    except ModuleNotFoundError as error:
        name = (error.name or "").split(".")[0]
        if name not in OURS:
            raise
        raise AlbumError(ErrorCode.EXTRA_MISSING, name=name, detail="serve") from error


def _serve(
    session: Session,
    arguments: Namespace,
    place: socket.socket,
    token: Token | None,
    where: str,
) -> None:
    from albumdedup.service import access, engine, routes, server

    allowed = access.Access(
        None if token is None else token.text,
        access.own_names(arguments.host),
        only_loopback=access.is_loopback(arguments.host),
    )
    settings = session.settings
    library = engine.Engine(
        session.library,
        session.executor,
        ThumbnailCache(
            session.paths.thumbs,
            session.library.door.read_upright,
            settings.thumbs_megabytes * 1_000_000,
        ),
    )
    view = View(frozenset(map(Tier, settings.tiers)), settings.similarity, chosen_rule(settings))
    limits = routes.Limits(arguments.upload_limit * 1_000_000)
    pages = routes.Pages(library, allowed, limits, view, settings.extractor)
    warming: list[asyncio.Task[None]] = []

    def begun() -> None:
        _tell(session, where, token, network=not access.is_loopback(arguments.host))
        warming.append(asyncio.create_task(_warm(library)))

    server.serve(routes.application(pages, allowed), place, begun)


async def _warm(engine: Engine) -> None:
    """What fails here fails at each search too; groups are answered all the same."""
    try:
        await engine.warm()
    except AlbumError as error:
        say(describe(error))


def _tell(session: Session, where: str, token: Token | None, *, network: bool) -> None:
    """The address on stdout, with the token in it the first time; all else beside."""
    fresh = token is not None and token.fresh
    print(_link(where, token.text) if token is not None and fresh else where, flush=True)
    if fresh:
        say(
            _(
                "Open this link in a browser; it is shown once. Programs send its token as a "
                "Bearer token."
            )
        )
    elif token is not None:
        say(
            _("The token is in {path}; `albumdedup serve --show-link` prints the link.").format(
                path=session.paths.service_token
            )
        )
    if token is not None and token.shared:
        say(
            _(
                "Others on this computer could read {path}; that is mended. Delete the file and "
                "start again for a new token."
            ).format(path=session.paths.service_token)
        )
    if network:
        say(
            _(
                "Whoever in the network has the token sees the names and small pictures of your "
                "photos, and what is sent can be read on the way."
            )
        )
    say(
        _(
            "Until the service stops (Ctrl-C), no other Album Deduplicator can open the library "
            "{path}: scan and clean up when it has stopped."
        ).format(path=session.paths.root)
    )


def _link(where: str, token: str) -> str:
    return f"{where}/?token={token}"


def _open_to_network(host: str) -> str:
    return _(
        "{host} is reached from other computers: whoever has the token would see the names and "
        "small pictures of your photos, and what is sent could be read on the way. Add "
        "--allow-network if you want that, or leave out --host."
    ).format(host=printable(host))
