"""The guard sees what it must see."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from leaks import nothing_left
from PySide6.QtCore import QObject, QPropertyAnimation, QTimer

from albumdedup.core.ports import Lane
from albumdedup.gui.executor import QtExecutor

WIDTHS = {Lane.FILES: 1}


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    made = threading.Event()
    yield made
    made.set()


def test_a_timer_that_goes_on_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    timer = QTimer()
    with (
        pytest.raises(AssertionError, match="left something running"),
        nothing_left(monkeypatch),
    ):
        timer.start(1000)
    timer.stop()


def test_an_animation_that_goes_on_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    thing = QObject()
    movement = QPropertyAnimation(thing, b"objectName")
    movement.setStartValue("a")
    movement.setEndValue("b")
    movement.setDuration(60_000)
    with pytest.raises(AssertionError, match="QPropertyAnimation"), nothing_left(monkeypatch):
        movement.start()
    movement.stop()


def test_a_task_that_goes_on_is_seen(
    monkeypatch: pytest.MonkeyPatch, gate: threading.Event
) -> None:
    executors: list[QtExecutor] = []

    def leave_a_task() -> None:
        begun = threading.Event()

        def work() -> None:
            begun.set()
            gate.wait(10)

        executors.append(QtExecutor(WIDTHS))
        executors[0].submit(Lane.FILES, work)
        assert begun.wait(5)

    with pytest.raises(AssertionError, match="lane files"), nothing_left(monkeypatch):
        leave_a_task()
    gate.set()
    assert executors[0].shutdown()


def test_a_thread_that_goes_on_is_seen(
    monkeypatch: pytest.MonkeyPatch, gate: threading.Event
) -> None:
    monkeypatch.setattr("leaks.PATIENCE", 0.05)
    thread = threading.Thread(target=gate.wait, args=(10,), name="stays")
    with pytest.raises(AssertionError, match="thread stays"), nothing_left(monkeypatch):
        thread.start()
    gate.set()
    thread.join()


def test_what_has_ended_is_no_leak(monkeypatch: pytest.MonkeyPatch) -> None:
    with nothing_left(monkeypatch):
        executor = QtExecutor(WIDTHS)
        assert executor.submit(Lane.FILES, int, "3").result() == 3
        assert executor.shutdown()
        timer = QTimer()
        timer.start(10_000)
        timer.stop()


def test_a_warning_of_qt_fails_a_test(pytestconfig: pytest.Config) -> None:
    assert pytestconfig.getini("qt_log_level_fail") == "WARNING"
