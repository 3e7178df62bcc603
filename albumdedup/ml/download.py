"""A large file from the web, as it arrives: goes on where it was cut, stops when told to."""

from __future__ import annotations

import http.client
import json
import queue
import ssl
import threading
import urllib.error
import urllib.request
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import IO

from albumdedup.core import private
from albumdedup.core.control import Control, Progress, ProgressSink, Reporter, Stage
from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.i18n import _, human_bytes
from albumdedup.ml.model_folder import failed

CHUNK = 256 * 1024
SILENCE = 30.0
"""Seconds without a byte after which a server is given up."""
_AHEAD = 16
"""Chunks that wait to be written."""


class Refused(Exception):
    """Inside this module: why the server's answer cannot be used, in words."""


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: Message


class _HttpsOnly(urllib.request.HTTPRedirectHandler):
    """Follows no redirect that would leave TLS."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        if not newurl.lower().startswith("https://"):
            fp.close()
            raise urllib.error.URLError(
                _("it leads to {path}, which is not https").format(path=newurl)
            )
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class _Line(threading.Thread):
    """Asks and reads beside the one who waits, so that a silent server cannot keep him from
    stopping. Ends by itself at the latest after ``silence`` seconds."""

    def __init__(
        self, request: urllib.request.Request, silence: float, context: ssl.SSLContext | None
    ) -> None:
        super().__init__(name="download", daemon=True)
        self._request, self._silence = request, silence
        self._opener = urllib.request.build_opener(
            _HttpsOnly(),
            urllib.request.HTTPSHandler(context=context or ssl.create_default_context()),
        )
        self._arrived: queue.Queue[_Answer | bytes | BaseException] = queue.Queue(_AHEAD)
        self._left = threading.Event()

    def run(self) -> None:
        try:
            with self._opener.open(self._request, timeout=self._silence) as response:
                self._put(_Answer(response.status, response.headers))
                while not self._left.is_set():
                    chunk = response.read1(CHUNK)
                    self._put(chunk)
                    if not chunk:
                        return
        except (OSError, http.client.HTTPException, ValueError) as error:
            if isinstance(error, urllib.error.HTTPError):
                error.close()
            self._put(error)

    def _put(self, arrived: _Answer | bytes | BaseException) -> None:
        while not self._left.is_set():
            try:
                return self._arrived.put(arrived, timeout=0.2)
            except queue.Full:
                continue

    def next(self, control: Control) -> _Answer | bytes:
        """What came: the answer first, then bytes, at the end empty ones. Raises what went wrong;
        Cancelled."""
        while True:
            control.checkpoint()
            try:
                arrived = self._arrived.get(timeout=0.2)
            except queue.Empty:
                continue
            if isinstance(arrived, BaseException):
                raise arrived
            return arrived

    def leave(self) -> None:
        self._left.set()


def fetch(
    url: str,
    part: Path,
    *,
    limit: int,
    control: Control | None = None,
    sink: ProgressSink | None = None,
    silence: float = SILENCE,
    context: ssl.SSLContext | None = None,
) -> None:
    """Make ``part`` the whole file at ``url``. What an earlier try left there is gone on from,
    where the server says that its file is still the same.

    Certificates are verified; redirects lead to https only. Raises AlbumError(DOWNLOAD_FAILED,
    DISK_FULL, NOT_WRITTEN), Cancelled; what has arrived stays in ``part``.
    """
    reporter = Reporter(sink)
    job = _Job(url, part, limit, control or Control(), reporter, silence, context)
    try:
        if not job.run():
            part.unlink(missing_ok=True)  # what was there was no beginning of this file
            job.run()
    except (Refused, OSError, http.client.HTTPException, ValueError) as error:
        detail = _why(error, silence)
        raise AlbumError(ErrorCode.DOWNLOAD_FAILED, path=url, detail=detail) from error
    finally:
        reporter.flush()


@dataclass(frozen=True, slots=True)
class _Job:
    """One file that is wanted; arguments as for ``fetch``."""

    url: str
    part: Path
    limit: int
    control: Control
    reporter: Reporter
    silence: float
    context: ssl.SSLContext | None

    def run(self) -> bool:
        """False where the server cannot go on from what is there: then it must be asked anew."""
        have, validator = _left_over(self.url, self.part)
        request = urllib.request.Request(self.url, headers={"User-Agent": "albumdedup"})
        if have:
            request.add_header("Range", f"bytes={have}-")
            request.add_header("If-Range", validator)
        line = _Line(request, self.silence, self.context)
        line.start()
        try:
            try:
                answer = line.next(self.control)
            except urllib.error.HTTPError as error:
                if not have or error.code != http.client.REQUESTED_RANGE_NOT_SATISFIABLE:
                    raise
                return error.headers.get("Content-Range") == f"bytes */{have}"  # all is here
            assert isinstance(answer, _Answer)
            if answer.status == http.client.PARTIAL_CONTENT:
                start, total = _range(answer.headers)
                if not have or start != have:
                    return False
            else:
                have, total = 0, _length(answer.headers)
                _note(self.url, self.part, answer.headers)
            if total is not None and total > self.limit:
                words = _("it is {size}, and {limit} at most were expected")
                sizes = {"size": human_bytes(total), "limit": human_bytes(self.limit)}
                raise Refused(words.format(**sizes))
            self._write(line, have, total)
        finally:
            line.leave()
        return True

    def _write(self, line: _Line, have: int, total: int | None) -> None:
        """Append what comes, as soon as it comes."""
        try:
            private.make_file(self.part)
            file = self.part.open("ab" if have else "wb", buffering=0)
        except OSError as error:
            raise failed(self.part, error) from error
        with file:
            self.reporter.report(Progress(Stage.DOWNLOADING, have, total))
            while chunk := line.next(self.control):
                assert isinstance(chunk, bytes)
                have += len(chunk)
                if have > self.limit:
                    words = _("it does not end after {limit}")
                    raise Refused(words.format(limit=human_bytes(self.limit)))
                try:
                    file.write(chunk)
                except OSError as error:
                    raise failed(self.part, error) from error
                self.reporter.report(Progress(Stage.DOWNLOADING, have, total))
        if total is not None and have < total:
            words = _("the connection ended after {size} of {total}")
            raise Refused(words.format(size=human_bytes(have), total=human_bytes(total)))


def _left_over(url: str, part: Path) -> tuple[int, str]:
    """Bytes of an earlier try, and by what the server tells whether its file is still the same;
    (0, "") where there is nothing to go on from."""
    try:
        note = json.loads(_beside(part).read_text(encoding="utf-8"))
        size = part.stat().st_size
        same = note["url"] == url and isinstance(note["validator"], str)
        return (size, note["validator"]) if same and note["validator"] else (0, "")
    except (OSError, ValueError, TypeError, KeyError):
        return 0, ""


def _note(url: str, part: Path, headers: Message) -> None:
    """A weak tag does not promise equal bytes, so that it cannot serve."""
    tag = headers.get("ETag", "")
    validator = headers.get("Last-Modified", "") if not tag or tag.startswith("W/") else tag
    try:
        _beside(part).write_text(json.dumps({"url": url, "validator": validator}), encoding="utf-8")
    except OSError as error:
        raise failed(part, error) from error


def _beside(part: Path) -> Path:
    return Path(f"{part}.json")


def _length(headers: Message) -> int | None:
    text = headers.get("Content-Length", "")
    return int(text) if text.isdecimal() else None


def _range(headers: Message) -> tuple[int, int | None]:
    """``bytes 100-199/200`` as (100, 200); (-1, None) for what is not understood."""
    unit, _blank, rest = headers.get("Content-Range", "").partition(" ")
    span, _slash, total = rest.partition("/")
    start = span.partition("-")[0]
    if unit != "bytes" or not start.isdecimal():
        return -1, None
    return int(start), int(total) if total.isdecimal() else None


def _why(error: Exception, silence: float) -> str:
    """In the words of the system or the server."""
    if isinstance(error, urllib.error.HTTPError):
        return f"{error.code} {error.reason}"
    if isinstance(error, urllib.error.URLError) and isinstance(error.reason, Exception):
        return _why(error.reason, silence)
    if isinstance(error, TimeoutError):
        return _("no answer for {n} s").format(n=f"{silence:.0f}")
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(getattr(error, "reason", "") or error) or type(error).__name__
