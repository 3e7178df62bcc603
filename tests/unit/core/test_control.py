"""Pause, cancel, and reports that are neither too many nor lost."""

from __future__ import annotations

import threading

import pytest

from albumdedup.core.control import Control, Progress, Reporter, Stage
from albumdedup.core.errors import Cancelled


def test_checkpoint_lets_running_work_pass():
    Control().checkpoint()


def test_cancel_raises_at_the_next_checkpoint_and_is_no_exception():
    control = Control()
    control.cancel()
    with pytest.raises(Cancelled):
        control.checkpoint()
    assert not issubclass(Cancelled, Exception)


def test_pause_holds_the_worker_until_resume():
    control = Control()
    control.pause()
    passed = threading.Event()
    worker = threading.Thread(target=lambda: (control.checkpoint(), passed.set()))
    worker.start()
    assert not passed.is_set()
    control.resume()
    assert passed.wait(5)
    worker.join()


def test_cancel_wakes_a_paused_worker():
    control = Control()
    control.pause()
    stopped = threading.Event()

    def work():
        try:
            control.checkpoint()
        except Cancelled:
            stopped.set()

    worker = threading.Thread(target=work)
    worker.start()
    control.cancel()
    assert stopped.wait(5)
    worker.join()


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def test_reporter_sends_first_and_last_and_thins_the_rest():
    seen = []
    clock = Clock()
    reporter = Reporter(seen.append, interval=0.1, clock=clock)
    for done in range(1, 101):
        reporter.report(Progress(Stage.READING, done, 100))
        clock.now += 0.01
    assert seen[0].done == 1
    assert seen[-1].done == 100
    assert len(seen) <= 12


def test_reporter_flush_sends_what_was_held_back():
    seen = []
    reporter = Reporter(seen.append, clock=Clock())
    reporter.report(Progress(Stage.READING, 1))
    reporter.report(Progress(Stage.READING, 2))
    reporter.flush()
    reporter.flush()
    assert [p.done for p in seen] == [1, 2]


def test_a_new_stage_is_told_at_once_after_the_last_word_of_the_old():
    seen = []
    reporter = Reporter(seen.append, clock=Clock())
    reporter.report(Progress(Stage.READING, 1))
    reporter.report(Progress(Stage.READING, 2))
    reporter.report(Progress(Stage.CHECKING, 1))
    assert [(p.stage, p.done) for p in seen] == [
        (Stage.READING, 1),
        (Stage.READING, 2),
        (Stage.CHECKING, 1),
    ]
