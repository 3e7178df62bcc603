"""What a test of the window may not leave behind: threads, tasks of pools, timers, animations."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import shiboken6
from PySide6.QtCore import (
    QAbstractAnimation,
    QCoreApplication,
    QEvent,
    QObject,
    QThread,
    QThreadPool,
    QTimer,
)

from albumdedup.gui.executor import QtExecutor

PATIENCE = 5.0
"""Seconds for a thread that is on its way out."""


def busy_objects() -> dict[int, QObject]:
    """Timers, animations and threads of Qt that run now and that Python knows."""
    kinds = (QTimer, QAbstractAnimation, QThread)
    # By type: ``isinstance`` asks lazy modules of others for attributes, and they warn.
    found = [one for one in gc.get_objects() if issubclass(type(one), kinds)]
    found = [one for one in found if shiboken6.isValid(one)]
    return {id(one): one for one in found if _runs(one)}


def _runs(one: QObject) -> bool:
    if isinstance(one, QTimer):
        return one.isActive()
    if isinstance(one, QAbstractAnimation):
        return one.state() == QAbstractAnimation.State.Running
    assert isinstance(one, QThread)
    return one is not QCoreApplication.instance().thread() and one.isRunning()


def own_threads() -> set[threading.Thread]:
    """Those that Python started; a pool's thread is seen through its executor."""
    return {
        thread
        for thread in threading.enumerate()
        if not isinstance(thread, threading._DummyThread) and thread.is_alive()
    }


@contextmanager
def nothing_left(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fails where something that was begun inside still runs at the end."""
    executors: list[QtExecutor] = []
    make = QtExecutor.__init__

    def noted(self: QtExecutor, *args: object) -> None:
        make(self, *args)
        executors.append(self)

    monkeypatch.setattr(QtExecutor, "__init__", noted)
    threads, running = own_threads(), set(busy_objects())
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    left = [f"tasks of {one}" for one in executors if one.busy()]
    left += [
        f"a thread of the lane {lane}"
        for one in executors
        for lane, pool in one._pools.items()
        if pool.activeThreadCount()
    ]
    if QThreadPool.globalInstance().activeThreadCount():
        left.append("a task of the global pool, which is nobody's")
    for thread in own_threads() - threads:
        thread.join(PATIENCE)
        if thread.is_alive():
            left.append(f"thread {thread.name}")
    left += [
        f"{type(one).__name__} of {one.parent()!r}"
        for number, one in busy_objects().items()
        if number not in running
    ]
    assert not left, f"the test left something running: {left}"
