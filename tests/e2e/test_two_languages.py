"""The command line speaks the language of its environment; the window that of its settings."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pictures import small_album
from PySide6.QtWidgets import QApplication, QLineEdit

from albumdedup.core.languages import language
from albumdedup.core.paths import AppPaths
from albumdedup.core.settings import Settings, load, save
from albumdedup.gui.app import Session

HAN = re.compile(r"[\u4e00-\u9fff]")


def run(home: Path, *arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    plain = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG"))}
    return subprocess.run(
        [sys.executable, "-m", "albumdedup", *map(str, arguments)],
        env={**plain, "ALBUMDEDUP_LIBRARY": str(home / "library"), **environment},
        capture_output=True,
        encoding="utf-8",
        timeout=240,
        check=False,
    )


@pytest.mark.parametrize("environment", [{}, {"LANG": "C"}, {"LANG": "en_US.UTF-8"}])
def test_english_unless_something_else_is_asked_for(environment, temporary_home):
    done = run(temporary_home, "--help", **environment)
    assert done.stdout.startswith("usage: albumdedup")
    assert "scan folders of photos into the library" in done.stdout
    assert not HAN.search(done.stdout)


@pytest.mark.parametrize(
    "environment",
    [
        {"LANG": "zh_CN.UTF-8"},
        {"LANG": "en_US.UTF-8", "LC_ALL": "zh_CN.UTF-8"},
        {"LANG": "en_US.UTF-8", "LANGUAGE": "zh_CN:en"},
    ],
)
def test_chinese_where_the_environment_asks_for_it(environment, temporary_home):
    done = run(temporary_home, "--help", PYTHONUTF8="1", **environment)
    assert done.stdout.startswith("用法：albumdedup")
    assert "把照片文件夹扫描进图库" in done.stdout
    assert "show this help" not in done.stdout
    wrong = run(temporary_home, "clean", "--tiers", "x", PYTHONUTF8="1", **environment)
    assert wrong.returncode == 2
    assert "错误：参数 --tiers：x 中没有可用的类别" in wrong.stderr


def test_the_main_job_in_chinese(temporary_home, tmp_path):
    chinese = {"LANG": "zh_CN.UTF-8", "PYTHONUTF8": "1"}
    album = tmp_path / "album"
    small_album(album)
    scanned = run(temporary_home, "scan", album, **chinese)
    assert scanned.returncode == 0, scanned.stderr
    assert "24 张照片，都是新的或有改动" in scanned.stdout
    assert "正在查看照片" in scanned.stderr
    listed = run(temporary_home, "clean", **chinese)
    assert "保留：" in listed.stdout
    assert re.search(r"可以移走 \d+ 个副本", listed.stdout)
    cleaned = run(temporary_home, "clean", "--apply", "--to", tmp_path / "away", **chinese)
    assert cleaned.returncode == 0, cleaned.stderr
    assert "`albumdedup undo 1` 可以放回。" in cleaned.stdout
    page = tmp_path / "receipt.html"
    receipt = run(temporary_home, "history", "1", "--receipt", page, **chinese)
    assert "保留的每个文件刚刚都重新读过" in receipt.stdout
    assert '<html lang="zh-CN">' in page.read_text(encoding="utf-8")
    back = run(temporary_home, "undo", **chinese)
    assert re.search(r"操作 1 的 \d+ 张照片（.+）已放回。", back.stdout)
    for line in (*listed.stdout.splitlines(), *back.stdout.splitlines()):
        assert HAN.search(line) or line.strip().startswith(str(album)), line


def test_a_missing_folder_is_told_in_chinese(temporary_home, tmp_path):
    done = run(
        temporary_home, "scan", tmp_path / "none", LANG="zh_CN.UTF-8", PYTHONUTF8="1"
    )  # fmt: skip
    assert done.returncode == 3
    assert f"{tmp_path / 'none'} 不在那里；请检查名称" in done.stderr


@pytest.fixture
def chinese(qtbot, tmp_path: Path, temporary_home: Path) -> Iterator[Session]:
    """As a start after the language was chosen in the settings sheet."""
    paths = AppPaths(tmp_path / "library")
    save(Settings(language="zh_CN"), paths.settings)
    made = Session(paths, load(paths.settings).settings)
    qtbot.addWidget(made.window)
    made.start([])
    qtbot.waitUntil(lambda: made.album.library is not None and made.album.idle, timeout=60_000)
    yield made
    assert made.stop(), "a thread did not come home"


def test_the_window_speaks_the_language_of_the_settings(chinese: Session, qtbot) -> None:
    assert language() == "zh_CN"
    assert chinese.window.windowTitle() == "相册去重"
    assert next(action.text() for action in chinese.window.menuBar().actions()) == "文件(&F)"
    assert chinese.window.bottom.sentence.text() == "" or HAN.search(
        chinese.window.bottom.sentence.text()
    )


def test_qt_itself_speaks_it_too(chinese: Session, qtbot) -> None:
    line = QLineEdit()
    qtbot.addWidget(line)
    menu = line.createStandardContextMenu()
    assert "粘贴" in " ".join(action.text() for action in menu.actions())
    menu.deleteLater()


def test_after_the_window_qt_is_as_it_was(qtbot, tmp_path: Path, temporary_home: Path) -> None:
    before = QApplication.font().families()
    made = Session(AppPaths(tmp_path / "library"), Settings(language="zh_CN"))
    qtbot.addWidget(made.window)
    assert made.stop()
    assert QApplication.font().families() == before
    line = QLineEdit()
    qtbot.addWidget(line)
    menu = line.createStandardContextMenu()
    assert "Paste" in " ".join(action.text() for action in menu.actions())
    menu.deleteLater()


def test_the_system_says_english_here(qtbot, tmp_path: Path, temporary_home: Path) -> None:
    made = Session(AppPaths(tmp_path / "library"), Settings())
    qtbot.addWidget(made.window)
    assert language() == "en"
    assert made.window.windowTitle() == "Album Deduplicator"
    assert made.stop()
