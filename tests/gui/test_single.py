"""A second start on the same library rings at the first window."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtNetwork import QLocalSocket

from albumdedup.gui import single
from albumdedup.gui.single import Doorbell, hand_over

SECOND = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from albumdedup.gui.single import hand_over
application = QCoreApplication([])
sys.exit(0 if hand_over(Path(sys.argv[1]), sys.argv[2:]) else 1)
"""


@pytest.fixture
def doorbell(qapp, tmp_path: Path):
    made = Doorbell(tmp_path / "library")
    yield made
    made.close()


def second_start(library: Path, *folders: str) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    return subprocess.Popen([sys.executable, "-c", SECOND, str(library), *folders], env=environment)


def test_the_first_window_gets_the_folders(qtbot, doorbell: Doorbell, tmp_path: Path) -> None:
    folders = [str(tmp_path / "Ferien ü"), "/b\nc"]
    with qtbot.waitSignal(doorbell.rung, timeout=20_000) as rung:
        second = second_start(tmp_path / "library", *folders)
    assert rung.args == [folders]
    assert second.wait(20) == 0


def test_another_library_has_its_own_window(qapp, doorbell: Doorbell, tmp_path: Path) -> None:
    assert second_start(tmp_path / "another", "/a").wait(20) == 1


def test_a_name_that_a_crash_left_behind_is_taken_over(qtbot, tmp_path: Path) -> None:
    code = f"""
import os
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from albumdedup.gui.single import Doorbell
application = QCoreApplication([])
door = Doorbell(Path({str(tmp_path)!r}))
os._exit(9)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 9
    assert not hand_over(tmp_path, [])
    made = Doorbell(tmp_path)
    with qtbot.waitSignal(made.rung, timeout=20_000) as rung:
        second = second_start(tmp_path)
    assert rung.args == [[]]
    assert second.wait(20) == 0
    made.close()


@pytest.mark.parametrize("said", [b"no json\n", b'{"a": 1}\n', b"[1]\n"])
def test_nonsense_is_hung_up_on(qtbot, doorbell: Doorbell, tmp_path: Path, said: bytes) -> None:
    heard: list[object] = []
    doorbell.rung.connect(heard.append)
    socket = QLocalSocket()
    socket.connectToServer(single._name(tmp_path / "library"))
    assert socket.waitForConnected(2000)
    socket.write(said)
    socket.flush()
    qtbot.waitUntil(lambda: socket.state() == QLocalSocket.LocalSocketState.UnconnectedState)
    assert heard == []


@pytest.mark.qt_log_ignore("does not support raise")
def test_the_window_comes_to_the_front_and_scans(desk, qtbot, tmp_path: Path) -> None:
    desk.window.showMinimized()
    desk.window.answer_second_start([str(tmp_path)])
    assert not desk.window.isMinimized()
    qtbot.waitUntil(lambda: desk.album.idle and bool(desk.library.scanned))
    assert desk.library.scanned == [[str(tmp_path)]]
