"""One window for each library: a second start hands its folders over to the first and ends."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtNetwork import QLocalServer, QLocalSocket

ANSWER_MS = 2000
_LONGEST = 1_000_000


def _name(library: Path) -> str:
    return f"albumdedup-{hashlib.sha256(str(library).encode('utf-8', 'replace')).hexdigest()[:24]}"


def hand_over(library: Path, folders: Sequence[str]) -> bool:
    """Give the folders to the window that is open on this library; False where there is none."""
    socket = QLocalSocket()
    socket.connectToServer(_name(library))
    if not socket.waitForConnected(ANSWER_MS):
        return False
    socket.write(json.dumps(list(folders)).encode() + b"\n")
    taken = socket.waitForReadyRead(ANSWER_MS) and bytes(socket.readAll().data()) == b"taken\n"
    socket.abort()
    return taken


class Doorbell(QObject):
    """Listens for second starts of the same person."""

    rung = Signal(object)  # list[str], absolute paths; may be empty

    def __init__(self, library: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._server = QLocalServer(self)
        self._open: list[QLocalSocket] = []
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._answer)
        name = _name(library)
        if not self._server.listen(name):
            QLocalServer.removeServer(name)  # left behind by a crash: nobody answered on it
            self._server.listen(name)

    def close(self) -> None:
        self._server.close()
        for socket in self._open:
            socket.abort()

    @Slot()
    def _answer(self) -> None:
        socket = self._server.nextPendingConnection()
        if socket is None:
            return
        self._open.append(socket)
        socket.readyRead.connect(self._listen)
        socket.disconnected.connect(self._sweep)
        self._listen()

    @Slot()
    def _listen(self) -> None:
        for socket in list(self._open):
            if socket.canReadLine():
                self._hear(socket, bytes(socket.readLine().data()))
            elif socket.bytesAvailable() > _LONGEST:
                socket.abort()

    def _hear(self, socket: QLocalSocket, line: bytes) -> None:
        folders = _folders(line)
        if folders is None:
            socket.abort()
            return
        socket.write(b"taken\n")
        socket.flush()
        self.rung.emit(folders)

    @Slot()
    def _sweep(self) -> None:
        gone = QLocalSocket.LocalSocketState.UnconnectedState
        for socket in [one for one in self._open if one.state() == gone]:
            self._open.remove(socket)
            socket.deleteLater()


def _folders(line: bytes) -> list[str] | None:
    try:
        said = json.loads(line)
    except ValueError:
        return None
    if not isinstance(said, list) or not all(isinstance(one, str) for one in said):
        return None
    return said
