"""A connection to Milvus: opened, its version asked, its failures as our codes."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.store.vector_index import is_server

OLDEST = (2, 3)
"""The oldest Milvus that the tests have run against (2.3.5)."""

_CONNECT_SECONDS = 5.0
_CALL_SECONDS = 20.0
_BUILD_SECONDS = 600.0

_REMOTE = {
    "grpc.enable_http_proxy": 1,
    "grpc.keepalive_time_ms": 20_000,  # a computer that was unplugged is noticed
    "grpc.keepalive_timeout_ms": 10_000,
    "grpc.initial_reconnect_backoff_ms": 500,
    "grpc.max_reconnect_backoff_ms": 2_000,  # else two minutes after a long absence
}
_INSIDE = {
    "grpc.enable_http_proxy": 0,
    # Milvus Lite takes the client's pings of every 10 s for an attack and hangs up.
    "grpc.keepalive_time_ms": 2**31 - 1,
    "grpc.keepalive_permit_without_calls": 0,
}
"""Channel options for a server elsewhere, and for the one in this process."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server is and how to be let in. ``certificate`` is a PEM file of the server's own
    certificate or of who signed it; empty for those that the computer trusts anyway."""

    uri: str
    token: str = ""
    certificate: str = ""

    @property
    def remote(self) -> bool:
        return is_server(self.uri)


def connect(address: Address, *, inside: bool = False) -> Any:
    """A ``MilvusClient`` with a connection of its own, which ends with close()."""
    from pymilvus import MilvusClient

    quieten()
    trust = {"server_pem_path": address.certificate} if address.certificate else {}
    return MilvusClient(
        address.uri,
        token=address.token,
        timeout=_CONNECT_SECONDS,
        dedicated=True,
        grpc_options=_INSIDE if inside else _REMOTE,
        **trust,
    )


class Calls:
    """A ``MilvusClient`` whose calls end: to a server, each has a time limit. (That of the client
    itself holds for connecting alone.) The store in this process may take its time."""

    _LONG = frozenset({"create_index", "load_collection", "create_collection", "flush"})

    def __init__(self, client: Any, *, limited: bool) -> None:
        self._client, self._limited = client, limited

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._client, name)
        if not self._limited or name in ("close", "prepare_index_params"):
            return call
        seconds = _BUILD_SECONDS if name in self._LONG else _CALL_SECONDS

        def limited(*arguments: Any, **named: Any) -> Any:
            return call(*arguments, timeout=seconds, **named)

        return limited


def check_version(version: str, uri: str) -> None:
    """Raises AlbumError(SERVER_TOO_OLD). What does not look like a version passes: a cloud
    service may call itself what it likes."""
    found = re.match(r"v?(\d+)\.(\d+)", version)
    if found and (int(found[1]), int(found[2])) < OLDEST:
        raise AlbumError(
            ErrorCode.SERVER_TOO_OLD, path=uri, name=f"Milvus {version}",
            detail=".".join(map(str, OLDEST)),
        )  # fmt: skip


def try_server(address: Address) -> str:
    """Connect to a server, read its version, and go again; nothing is made there.

    Raises AlbumError: SERVER_SILENT, SERVER_SLOW, SERVER_TOKEN, SERVER_UNTRUSTED, SERVER_TOO_OLD,
    SERVER_FAILED.
    """
    client = None
    with server_failures(address.uri):
        try:
            client = connect(address)
            calls = Calls(client, limited=True)
            calls.list_collections()
            version = str(calls.get_server_version())
        finally:
            if client is not None:
                client.close()
    check_version(version, address.uri)
    return version


@contextmanager
def server_failures(uri: str) -> Iterator[None]:
    """What pymilvus and gRPC raise, as our codes."""
    from grpc import RpcError  # type: ignore[import-untyped]
    from pymilvus.exceptions import MilvusException

    try:
        yield
    except OSError as error:  # the certificate file is the only one that is read
        raise AlbumError(ErrorCode.SERVER_UNTRUSTED, path=uri, detail=str(error)) from error
    except (MilvusException, RpcError, ValueError) as error:
        if isinstance(error, ValueError) and not isinstance(error, MilvusException):
            raise AlbumError(ErrorCode.SERVER_SILENT, path=uri, detail=str(error)) from error
        code, detail = _code_of(error)
        raise AlbumError(code, path=uri, detail=detail) from error


_STATUS = {
    "UNAUTHENTICATED": ErrorCode.SERVER_TOKEN,
    "PERMISSION_DENIED": ErrorCode.SERVER_TOKEN,
    "DEADLINE_EXCEEDED": ErrorCode.SERVER_SLOW,
    "UNAVAILABLE": ErrorCode.SERVER_SILENT,
}
_SPOKEN = (
    ("certificate_verify_failed", ErrorCode.SERVER_UNTRUSTED),
    ("hostname verification", ErrorCode.SERVER_UNTRUSTED),
    ("security handshaker", ErrorCode.SERVER_UNTRUSTED),
    ("auth check failure", ErrorCode.SERVER_TOKEN),
    ("unauthenticated", ErrorCode.SERVER_TOKEN),
    ("permission deny", ErrorCode.SERVER_TOKEN),
    ("service not ready", ErrorCode.SERVER_SLOW),
    ("retry timeout", ErrorCode.SERVER_SLOW),
    ("deadline exceeded", ErrorCode.SERVER_SLOW),
    ("fail connecting", ErrorCode.SERVER_SILENT),
)
"""Words of Milvus and gRPC (in small letters), where they have no code for it."""


def _code_of(error: BaseException) -> tuple[ErrorCode, str]:
    """pymilvus says "fail connecting" whatever the reason; what gRPC said is among the causes."""
    told = [_told(one) for one in _causes(error)]
    for words, code in _SPOKEN:
        for _status, detail in told:
            if words in detail.lower() and code is not ErrorCode.SERVER_SILENT:
                return code, detail
    for status, detail in reversed(told):
        if status in _STATUS:
            return _STATUS[status], detail
    detail = told[0][1]
    silent = any(words in detail.lower() for words, code in _SPOKEN)
    return (ErrorCode.SERVER_SILENT if silent else ErrorCode.SERVER_FAILED), detail


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        yield one
        one = one.__cause__ or one.__context__


def _told(error: BaseException) -> tuple[str, str]:
    """The status that gRPC gave, if any, and the words."""
    code, details = getattr(error, "code", None), getattr(error, "details", None)
    if callable(code) and callable(details):
        return str(getattr(code(), "name", "")), str(details() or "")
    return "", str(getattr(error, "message", "") or error)


_SAID_OTHERWISE = {
    # Milvus Lite has no server-side time for iterators; the only process needs none.
    "pymilvus.client.iterator.query_iterator": ("failed to get mvccTs",),
    "grpc._server": ("Method not implemented!",),
    # Printed with a traceback and raised as well: it reaches the user as our own sentence.
    "pymilvus.decorators": ("RPC error: ", "retry"),
    "pymilvus.client.connection_manager": ("Connection recovery failed",),
    "milvus_lite.adapter.grpc.servicer": (" failed: ",),
}
"""Logger → what it says that need not be said on the user's terminal."""


class _Unsaid(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        return not any(words in message for words in _SAID_OTHERWISE[record.name])


_UNSAID = _Unsaid()


def quieten() -> None:
    for name in _SAID_OTHERWISE:
        logging.getLogger(name).addFilter(_UNSAID)  # adding it twice is adding it once
