"""A program of its own for each command, without importing torch and Milvus each time.

``Forks`` keeps one process that has imported what a scan imports and has done nothing else. Each
command is a fork of it: a process with its own number, signals, standard streams, threads, locks
and exit code, that runs ``albumdedup.__main__`` and ends as an interpreter ends. What it cannot
tell is what a command imports, and when: tests of that start an interpreter.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

POSSIBLE = sys.platform == "linux"
"""Forking behind frameworks that have threads is sound nowhere else."""

_STARTED_WITHIN = 300.0
_MESSAGE = 1 << 20


class Forks:
    """The process that is forked; one for each process of tests, gone with it."""

    def __init__(self) -> None:
        self._ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[1])}
        self._server = subprocess.Popen(
            [sys.executable, __file__, str(theirs.fileno())], pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL, env=environment,
        )  # fmt: skip
        theirs.close()
        self._ours.settimeout(_STARTED_WITHIN)
        assert self._ours.recv(1), "it did not start"
        atexit.register(self._end)

    def _end(self) -> None:
        self._ours.close()
        self._server.wait()

    def run(
        self, arguments: Sequence[str], environment: Mapping[str, str], timeout: float
    ) -> subprocess.CompletedProcess[str]:
        """As ``subprocess.run`` of ``python -m albumdedup``, both streams as text."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        out, err = _Pipe(), _Pipe()
        request = json.dumps([list(arguments), dict(environment), os.getcwd()]).encode()
        socket.send_fds(self._ours, [request], [theirs.fileno(), out.end, err.end])
        theirs.close()
        with ours:
            number = int(ours.recv(32))
            said = [out.read(), err.read()]
            ours.settimeout(timeout)
            try:
                code = int(ours.recv(32))
            except TimeoutError:
                os.kill(number, 9)
                raise subprocess.TimeoutExpired(list(arguments), timeout) from None
        return subprocess.CompletedProcess(arguments, code, *(text() for text in said))


class _Pipe:
    """Its end for the other process, and what that wrote, read while it runs."""

    def __init__(self) -> None:
        self._ours, self.end = os.pipe()

    def read(self):
        os.close(self.end)
        parts: list[bytes] = []
        thread = threading.Thread(target=lambda: parts.append(self._all()))
        thread.start()

        def text() -> str:
            thread.join()
            return b"".join(parts).decode(errors="backslashreplace").replace("\r\n", "\n")

        return text

    def _all(self) -> bytes:
        with open(self._ours, "rb") as stream:
            return stream.read()


@cache
def forks() -> Forks:
    return Forks()


# --- the process that is forked ----------------------------------------------------------------


def _import_all() -> None:
    import cv2  # noqa: F401
    import milvus_lite  # noqa: F401
    import pymilvus  # noqa: F401
    import torch  # noqa: F401

    import albumdedup.cli.main
    import albumdedup.ml.torch_extractor
    import albumdedup.store.milvus  # noqa: F401


def _serve(asked: socket.socket) -> list[str] | None:
    """None when nobody is left to ask; in a fork, the command that it is."""
    running: dict[int, tuple[int, socket.socket]] = {}
    while True:
        ready, _writing, _failed = select.select([asked, *running], [], [])
        for one in ready:
            if one is not asked:
                number, told = running.pop(one)
                os.close(one)
                _pid, status = os.waitpid(number, 0)
                with told, suppress(OSError):  # who asked may have lost its patience
                    told.send(str(os.waitstatus_to_exitcode(status)).encode())
                continue
            request, handles, _flags, _address = socket.recv_fds(asked, _MESSAGE, 3)
            if not request:
                return None
            number = os.fork()
            if number == 0:
                asked.close()
                for handle, (_number, told) in running.items():
                    os.close(handle)
                    told.close()
                return _become(request, handles)
            told = socket.socket(fileno=handles[0])
            for handle in handles[1:]:
                os.close(handle)
            running[os.pidfd_open(number)] = number, told
            told.send(str(number).encode())


def _become(request: bytes, handles: Sequence[int]) -> list[str]:
    arguments, environment, folder = json.loads(request)
    os.close(handles[0])
    for handle, standard in zip(handles[1:], (1, 2), strict=True):
        os.dup2(handle, standard)
        os.close(handle)
    sys.stdout = sys.__stdout__ = open(1, "w", closefd=False)  # noqa: SIM115
    sys.stderr = sys.__stderr__ = open(  # noqa: SIM115
        2, "w", buffering=1, errors="backslashreplace", closefd=False
    )
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    return arguments


def main() -> None:
    asked = socket.socket(fileno=int(sys.argv[1]))
    sys.path.pop(0)  # the folder of the tests, which no program sees
    _import_all()
    asked.send(b"1")
    arguments = _serve(asked)
    if arguments is None:
        os._exit(0)  # nothing was done here that could be left behind
    from albumdedup.__main__ import program

    sys.argv = ["albumdedup", *arguments]
    program()


if __name__ == "__main__":
    main()
