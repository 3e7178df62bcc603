"""Weights from a web server: whole, cut and gone on from, wrong, silent, stopped."""

from __future__ import annotations

import hashlib
import ssl
import threading
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
import torch
from random_weights import random_network
from vector_servers import make_certificate

from albumdedup.core.control import Control, Progress
from albumdedup.core.errors import AlbumError, Cancelled, ErrorCode
from albumdedup.core.i18n import describe
from albumdedup.ml import acquire, download
from albumdedup.ml.download import fetch
from albumdedup.ml.model_folder import ModelFolder
from albumdedup.ml.registry import create
from albumdedup.ml.rows import Source

SMALL = "mobilenet_v3_small"
BODY = bytes(range(256)) * 4096
"""A megabyte."""


@dataclass
class Server:
    """What it sends, how it misbehaves, and what it was asked for."""

    body: bytes = BODY
    tag: str = '"v1"'
    cut: int | None = None
    """The connection ends after so many bytes of an answer."""
    silent: int | None = None
    """Nothing more comes after so many bytes, until the test is over."""
    status: int = 200
    ranges: bool = True
    length: bool = True
    location: str = ""
    claim: int | None = None
    """Where a partial answer says that it starts, if not where it was asked to."""
    asked: list[str | None] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    url: str = ""


class Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_state: ClassVar[Server]

    def log_message(self, *arguments: object) -> None:
        pass

    def do_GET(self) -> None:
        state = self.server_state
        asked = self.headers["Range"]
        state.asked.append(asked)
        self.close_connection = True
        if state.location:
            return self._head(302, {"Location": state.location, "Content-Length": "0"})
        if state.status != 200:
            return self._head(state.status, {"Content-Length": "0"})
        start = 0
        if asked and state.ranges and self.headers["If-Range"] == state.tag:
            start = int(asked.removeprefix("bytes=").removesuffix("-"))
        if start >= len(state.body):
            return self._head(416, {"Content-Range": f"bytes */{len(state.body)}"})
        told = start if state.claim is None else state.claim
        span = f"bytes {told}-{len(state.body) - 1}/{len(state.body)}"
        headers = {"Content-Range": span} if start else {}
        if state.tag:
            headers["ETag"] = state.tag
        if state.length:
            headers["Content-Length"] = str(len(state.body) - start)
        self._head(206 if start else 200, headers)
        end = start + min(x for x in (state.cut, state.silent, len(state.body)) if x is not None)
        self.wfile.write(state.body[start:end])
        if state.silent is not None:
            state.over.wait(60)

    def _head(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()


def serving(state: Server, context: ssl.SSLContext | None = None) -> Iterator[Server]:
    handler = type("Handler", (Answers,), {"server_state": state})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    scheme = "http" if context is None else "https"
    state.url = f"{scheme}://localhost:{server.server_port}/net-{'0' * 8}.pth"
    yield state
    state.over.set()
    server.shutdown()
    server.server_close()
    thread.join()
    for line in threading.enumerate():
        if line.name == "download":
            line.join(10)


@pytest.fixture
def server() -> Iterator[Server]:
    yield from serving(Server())


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> tuple[Path, Path]:
    made = make_certificate(tmp_path_factory.mktemp("certificate"))
    return made or pytest.skip("needs openssl")


@pytest.fixture
def safe(certificate) -> Iterator[Server]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    yield from serving(Server(), context)


def failed(server: Server, part: Path, **options) -> str:
    with pytest.raises(AlbumError) as caught:
        fetch(server.url, part, **{"limit": len(BODY), **options})
    assert caught.value.code is ErrorCode.DOWNLOAD_FAILED
    assert server.url in describe(caught.value)
    return str(caught.value.facts["detail"])


def test_a_whole_file_with_progress(server, tmp_path):
    seen: list[Progress] = []
    fetch(server.url, tmp_path / "a.part", limit=len(BODY), sink=seen.append)
    assert (tmp_path / "a.part").read_bytes() == BODY
    assert (seen[0].done, seen[0].total) == (0, len(BODY))
    assert (seen[-1].done, seen[-1].total) == (len(BODY), len(BODY))
    assert server.asked == [None]


def test_a_cut_one_is_gone_on_from(server, tmp_path):
    part, seen = tmp_path / "a.part", []
    server.cut = 400_000
    assert "ended after 400 KB of" in failed(server, part)
    assert part.read_bytes() == BODY[:400_000]
    assert "ended after 800 KB of" in failed(server, part)
    server.cut = None
    fetch(server.url, part, limit=len(BODY), sink=seen.append)
    assert part.read_bytes() == BODY
    assert server.asked == [None, "bytes=400000-", "bytes=800000-"]
    assert seen[0].done == 800_000, "progress goes on too"


def test_all_is_here_already(server, tmp_path):
    for _ in range(2):
        fetch(server.url, tmp_path / "a.part", limit=len(BODY))
    assert (tmp_path / "a.part").read_bytes() == BODY
    assert server.asked == [None, f"bytes={len(BODY)}-"]


def begun(server: Server, part: Path) -> None:
    server.cut = 300_000
    failed(server, part)
    server.cut = None
    server.asked.clear()


def test_a_server_that_knows_no_ranges_begins_anew(server, tmp_path):
    begun(server, tmp_path / "a.part")
    server.ranges = False
    fetch(server.url, tmp_path / "a.part", limit=len(BODY))
    assert (tmp_path / "a.part").read_bytes() == BODY


def test_another_file_meanwhile_is_not_glued_to_the_old_one(server, tmp_path):
    begun(server, tmp_path / "a.part")
    server.body, server.tag = BODY[::-1], '"v2"'
    fetch(server.url, tmp_path / "a.part", limit=len(BODY))
    assert (tmp_path / "a.part").read_bytes() == BODY[::-1]
    assert server.asked == ["bytes=300000-"]


@pytest.mark.parametrize("tag", ["", 'W/"weak"'])
def test_without_a_sure_sign_nothing_is_gone_on_from(tag, server, tmp_path):
    server.tag = tag
    begun(server, tmp_path / "a.part")
    fetch(server.url, tmp_path / "a.part", limit=len(BODY))
    assert server.asked == [None]


def test_a_partial_answer_from_elsewhere_is_not_taken(server, tmp_path):
    begun(server, tmp_path / "a.part")
    server.claim = 5
    fetch(server.url, tmp_path / "a.part", limit=len(BODY))
    assert (tmp_path / "a.part").read_bytes() == BODY
    assert server.asked == ["bytes=300000-", None]


def test_a_beginning_that_is_too_long_is_thrown_away(server, tmp_path):
    begun(server, tmp_path / "a.part")
    (tmp_path / "a.part").write_bytes(BODY + b"more")
    fetch(server.url, tmp_path / "a.part", limit=len(BODY))
    assert (tmp_path / "a.part").read_bytes() == BODY


@pytest.mark.parametrize("length", [True, False])
def test_too_large_a_file_is_not_fetched(length, server, tmp_path):
    server.length = length
    assert "1.0 KB" in failed(server, tmp_path / "a.part", limit=1000)
    assert not length or not (tmp_path / "a.part").exists()


@pytest.mark.parametrize("status", [403, 404, 500, 503])
def test_a_server_that_has_it_not(status, server, tmp_path):
    server.status = status
    assert str(status) in failed(server, tmp_path / "a.part")


def test_nobody_listens(server, tmp_path):
    server.url = "http://127.0.0.1:9/net.pth"
    assert "refused" in failed(server, tmp_path / "a.part").lower()


def test_a_silent_server_is_given_up(server, tmp_path):
    server.silent = 200_000
    assert failed(server, tmp_path / "a.part", silence=0.5).startswith("no answer for")
    assert (tmp_path / "a.part").read_bytes() == BODY[:200_000]


def test_stopping_does_not_wait_for_the_server(server, tmp_path):
    server.silent, control, part = 200_000, Control(), tmp_path / "a.part"

    def stop() -> None:
        while not (part.exists() and part.stat().st_size == 200_000):
            server.over.wait(0.01)
        control.cancel()

    watcher = threading.Thread(target=stop)
    watcher.start()
    with pytest.raises(Cancelled):
        fetch(server.url, part, limit=len(BODY), control=control)
    watcher.join()
    assert not server.over.is_set(), "the server was still silent"
    server.silent = None
    fetch(server.url, tmp_path / "a.part", limit=len(BODY))
    assert (tmp_path / "a.part").read_bytes() == BODY
    assert server.asked == [None, "bytes=200000-"]


def test_redirects_lead_to_https_only(server, tmp_path):
    server.location = "http://localhost:9/other.pth"
    assert "not https" in failed(server, tmp_path / "a.part")
    request = urllib.request.Request("https://a.example/x")
    follow = download._HttpsOnly().redirect_request
    gone_on = follow(request, None, 302, "Found", {}, "https://b.example/y")
    assert gone_on.full_url == "https://b.example/y"


def test_a_certificate_that_nobody_vouches_for(safe, certificate, tmp_path):
    assert "certificate" in failed(safe, tmp_path / "a.part").lower()
    trusting = ssl.create_default_context(cafile=str(certificate[0]))
    fetch(safe.url, tmp_path / "a.part", limit=len(BODY), context=trusting)
    assert (tmp_path / "a.part").read_bytes() == BODY


# --- as a whole ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def published(tmp_path_factory) -> bytes:
    path = tmp_path_factory.mktemp("published") / "net.pth"
    torch.save(random_network(SMALL).state_dict(), path)
    return path.read_bytes()


def source(server: Server, body: bytes, digits: int = 64) -> Source:
    sha256 = hashlib.sha256(body).hexdigest()[:digits]
    return Source(server.url, sha256, len(body), len(body), "BSD-3-Clause")


@pytest.mark.parametrize("digits", [8, 64])
def test_from_the_web_to_an_extractor(digits, server, published, tmp_path):
    models, server.body = tmp_path / "models", published
    arrived = acquire.download(SMALL, models, source=source(server, published, digits))
    assert arrived.kept.came_sha256 == hashlib.sha256(published).hexdigest(), "now it is whole"
    assert create(SMALL, "cpu", models=models).spec.sha256 == arrived.kept.came_sha256
    names = sorted(path.name for path in models.iterdir())
    assert names == [f"{SMALL}.json", f"{SMALL}.safetensors", "models.lock"]


def test_a_wrong_file_is_deleted(server, published, tmp_path):
    models, server.body = tmp_path / "models", published[:-1] + b"!"
    with pytest.raises(AlbumError) as caught:
        acquire.download(SMALL, models, source=source(server, published))
    assert caught.value.code is ErrorCode.DOWNLOAD_WRONG
    assert SMALL in describe(caught.value)
    assert ModelFolder(models).find(SMALL) is None
    assert not list(models.glob("*.pth.part"))


def test_a_cut_download_is_gone_on_from_by_the_next_command(server, published, tmp_path):
    models, server.body, server.cut = tmp_path / "models", published, 5_000_000
    with pytest.raises(AlbumError) as caught:
        acquire.download(SMALL, models, source=source(server, published))
    assert caught.value.facts["name"] == SMALL
    server.cut = None
    assert acquire.download(SMALL, models, source=source(server, published)).names == (SMALL,)
    assert server.asked == [None, "bytes=5000000-"]


def test_no_room(server, published, tmp_path, monkeypatch):
    full = acquire.shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(acquire.shutil, "disk_usage", lambda path: full)
    with pytest.raises(AlbumError) as caught:
        acquire.download(SMALL, tmp_path / "models", source=source(server, published))
    assert caught.value.code is ErrorCode.DISK_FULL
    assert server.asked == []
