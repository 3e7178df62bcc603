"""Garbage goes; what came in numbers is not gone through again while somebody looks."""

import gc
import weakref

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from albumdedup.gui import collector
from albumdedup.gui.collector import Collector


class Knot:
    """Garbage that only a collection finds."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture
def collecting(qapp, monkeypatch):
    state = [Qt.ApplicationState.ApplicationActive]
    monkeypatch.setattr(QGuiApplication, "applicationState", lambda: state[0])
    gc.collect()
    made = Collector()
    yield made, state
    made.stop()
    gc.collect()


def test_collects_small_garbage_at_each_tick(collecting) -> None:
    made, _state = collecting
    gone = weakref.ref(Knot())
    assert gone() is not None
    made._tick()
    assert gone() is None


def test_many_new_objects_are_set_aside_and_collected_when_nobody_looks(
    collecting, monkeypatch
) -> None:
    made, state = collecting
    made._tick()
    before = gc.get_freeze_count()
    crowd = [[number] for number in range(2 * collector.MANY)]
    gone = weakref.ref(Knot())
    made._tick()
    assert gc.get_freeze_count() >= before + len(crowd)
    assert gone() is not None
    monkeypatch.setattr(collector, "FULL_SECONDS", 0.0)
    made._tick()
    assert gone() is not None, "somebody looks"
    state[0] = Qt.ApplicationState.ApplicationInactive
    made._tick()
    assert gone() is None
    assert crowd[-1] == [2 * collector.MANY - 1]


def test_stopping_hands_everything_back_to_python(collecting) -> None:
    made, _state = collecting
    made._tick()
    made.stop()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
