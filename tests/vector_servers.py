"""Vector servers for tests: a real Milvus on loopback, a line that can be cut, and impostors."""

from __future__ import annotations

import gc
import socket
import subprocess
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc

from albumdedup.store.milvus_connection import Address

TOKEN = "root:Milvus"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as held:
        return int(held.getsockname()[1])


def make_certificate(folder: Path) -> tuple[Path, Path] | None:
    """A certificate for localhost that no computer trusts, and its key; None without openssl."""
    certificate, key = folder / "server.pem", folder / "server.key"
    command = [
        "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
        "-keyout", str(key), "-out", str(certificate), "-subj", "/CN=localhost",
        "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
    ]  # fmt: skip
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return certificate, key


@dataclass
class RealServer:
    """The server of the package ``milvus``, with a token, and TLS where openssl is there."""

    address: Address
    process: Any

    @classmethod
    def start(cls, folder: Path) -> RealServer:
        from milvus import MilvusServer, MilvusServerConfig

        port = free_port()
        config = MilvusServerConfig(data_dir=str(folder / "data"), proxy_port=port)
        config.set("authorization_enabled", True)
        made = make_certificate(folder)
        if made is not None:
            config.set("tls_mode", 1)
            config.set("server_pem_path", str(made[0]))
            config.set("server_key_path", str(made[1]))
        server = MilvusServer(config)
        with warnings.catch_warnings():  # the package leaves sockets open while it tries ports
            warnings.simplefilter("ignore", ResourceWarning)
            server.start()
            gc.collect()
        scheme, certificate = ("https", str(made[0])) if made else ("http", "")
        return cls(Address(f"{scheme}://localhost:{port}", TOKEN, certificate), server)

    def stop(self) -> None:
        self.process.stop()


class Line:
    """Forwards a port to a server; can be cut, frozen (nothing is passed on) and mended."""

    def __init__(self, target: int) -> None:
        self.port = free_port()
        self._target = target
        self._flowing = threading.Event()
        self._flowing.set()
        self._sockets: list[socket.socket] = []
        self._listener: socket.socket | None = None
        self.mend()

    @property
    def uri(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def mend(self) -> None:
        self._flowing.set()
        if self._listener is None:
            self._listener = socket.create_server(("127.0.0.1", self.port))
            threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def cut(self) -> None:
        listener, self._listener = self._listener, None
        if listener is not None:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        for one in self._sockets:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self._sockets.clear()
        self._flowing.set()

    def freeze(self) -> None:
        self._flowing.clear()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
                server = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                return
            self._sockets += [client, server]
            for source, sink in ((client, server), (server, client)):
                threading.Thread(target=self._forward, args=(source, sink), daemon=True).start()

    def _forward(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                self._flowing.wait()
                sink.sendall(data)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_RDWR)


class Impostor:
    """A server that speaks Milvus and says one thing: its version, or that the token is wrong."""

    def __init__(self, version: str = "", *, refuses: bool = False) -> None:
        from pymilvus.grpc_gen import common_pb2, milvus_pb2, milvus_pb2_grpc

        class Servicer(milvus_pb2_grpc.MilvusServiceServicer):
            def Connect(self, request: Any, context: grpc.ServicerContext) -> Any:
                if refuses:
                    context.abort(grpc.StatusCode.UNAUTHENTICATED, "auth check failure")
                return milvus_pb2.ConnectResponse(
                    status=common_pb2.Status(),
                    server_info=common_pb2.ServerInfo(build_tags=version),
                )

            def GetVersion(self, request: Any, context: Any) -> Any:
                return milvus_pb2.GetVersionResponse(status=common_pb2.Status(), version=version)

            def ShowCollections(self, request: Any, context: Any) -> Any:
                return milvus_pb2.ShowCollectionsResponse(status=common_pb2.Status())

        self._server = grpc.server(ThreadPoolExecutor(2))
        milvus_pb2_grpc.add_MilvusServiceServicer_to_server(Servicer(), self._server)
        self.uri = f"http://127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"
        self._server.start()

    def stop(self) -> None:
        self._server.stop(0).wait()
