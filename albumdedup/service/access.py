"""Who may ask: the token, and the names under which the service may be reached."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import os
import re
import secrets
import socket
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from albumdedup.core import private
from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.i18n import _

_TOKEN = re.compile(r"[A-Za-z0-9_-]{32,}")


@dataclass(frozen=True, slots=True)
class Token:
    """``fresh`` where it was made just now, ``shared`` where others could read its file."""

    text: str
    fresh: bool = False
    shared: bool = False


def token_in(place: Path) -> Token:
    """The token that the file holds; made where there is no file, readable by its owner alone.
    Raises AlbumError(VALUE_REFUSED, LIBRARY_READ_ONLY)."""
    try:
        private.make_folder(place.parent)
        handle = os.open(place, os.O_CREAT | os.O_EXCL | os.O_WRONLY, private.FILE)
    except FileExistsError:
        return _kept(place)
    except OSError as error:
        raise AlbumError(ErrorCode.LIBRARY_READ_ONLY, path=str(place.parent)) from error
    text = secrets.token_urlsafe(32)
    try:
        os.write(handle, text.encode("ascii"))
        os.fsync(handle)
    finally:
        os.close(handle)
    return Token(text, fresh=True)


def _kept(place: Path) -> Token:
    try:
        text = place.read_text(encoding="ascii").strip()
        shared = os.name != "nt" and bool(place.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))
        if shared:
            place.chmod(0o600)
    except (OSError, UnicodeDecodeError) as error:
        raise AlbumError(ErrorCode.VALUE_REFUSED, name=str(place), detail=str(error)) from error
    if not _TOKEN.fullmatch(text):
        why = _("it holds no token; delete it, and a new one is made")
        raise AlbumError(ErrorCode.VALUE_REFUSED, name=str(place), detail=why)
    return Token(text, shared=shared)


def is_loopback(host: str) -> bool:
    address = _address(host)
    return host.lower() == "localhost" if address is None else address.is_loopback


def name_for_others(host: str) -> str:
    """What to write into a link: the address of all networks is none that can be opened."""
    address = _address(host)
    return socket.gethostname() if address is not None and address.is_unspecified else host


def own_names(host: str) -> frozenset[str]:
    """The names of this computer for a service that listens at ``host``; of loopback only
    that."""
    if is_loopback(host):
        return frozenset({"localhost"})
    name = socket.gethostname().lower()
    return frozenset({"localhost", name, f"{name.split('.')[0]}.local", host.lower()})


class Access:
    """Whether a request may be answered. Without a token everybody's may."""

    def __init__(self, token: str | None, names: Iterable[str], *, only_loopback: bool) -> None:
        self._token = None if token is None else token.encode("ascii")
        self._names = frozenset(names)
        self._only_loopback = only_loopback

    @property
    def cookie(self) -> str:
        """Its name: cookies of one address are shared by all ports, and so by two libraries."""
        return f"albumdedup-{hashlib.sha256(self._token or b'').hexdigest()[:8]}"

    def knows_host(self, header: str) -> bool:
        """Whether the Host header names this computer. A page of the web whose name was turned to
        point here names itself, and is not answered; an address is no such name."""
        host = host_of(header)
        address = _address(host)
        if address is None:
            return host in self._names
        return address.is_loopback or not self._only_loopback

    def knows(self, token: str | None) -> bool:
        """In a time that says nothing of how much of it was right."""
        if self._token is None:
            return True
        given = (token or "").encode("utf-8", "surrogateescape")
        return hmac.compare_digest(given, self._token)


def host_of(header: str) -> str:
    """The name or address in a Host header or origin, without its port; empty for nonsense."""
    try:
        return (urlsplit(header if "://" in header else f"//{header}").hostname or "").lower()
    except ValueError:
        return ""


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
