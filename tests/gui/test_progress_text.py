"""What the bottom bar says about running work."""

from __future__ import annotations

import pytest

from albumdedup.core.control import Progress, Stage
from albumdedup.core.i18n import human_bytes
from albumdedup.gui.texts import SpeedMeter, progress_sentence, time_left


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def run(
    meter: SpeedMeter, clock: Clock, seconds: float, speed: float, done: float, total: int
) -> float:
    """Let work go on evenly, a report every 0.1 s."""
    for _ in range(round(seconds * 10)):
        clock.now += 0.1
        done += speed / 10
        meter.add(Progress(Stage.READING, round(done), total))
    return done


def test_speed_is_named_and_time_left_only_after_five_seconds() -> None:
    clock = Clock()
    meter = SpeedMeter(clock)
    meter.add(Progress(Stage.READING, 0, 12_000))
    done = run(meter, clock, 4, 100, 0, 12_000)
    words = progress_sentence(Progress(Stage.READING, round(done), 12_000), meter)
    assert words == "Looking at photos… 400 of 12,000 · 100 photos/s"
    done = run(meter, clock, 4, 100, done, 12_000)
    words = progress_sentence(Progress(Stage.READING, round(done), 12_000), meter)
    assert words == "Looking at photos… 800 of 12,000 · 100 photos/s · about 2 min left"


def test_no_time_left_while_the_speed_is_not_stable() -> None:
    clock = Clock()
    meter = SpeedMeter(clock)
    meter.add(Progress(Stage.READING, 0, 100_000))
    done = run(meter, clock, 4, 5, 0, 100_000)
    done = run(meter, clock, 4.5, 500, done, 100_000)
    assert meter.seconds_left is None
    run(meter, clock, 30, 500, done, 100_000)
    assert meter.seconds_left is not None


def test_time_left_does_not_jump_at_a_slow_file() -> None:
    clock = Clock()
    meter = SpeedMeter(clock)
    meter.add(Progress(Stage.READING, 0, 20_000))
    done = run(meter, clock, 20, 100, 0, 20_000)
    before = meter.seconds_left
    assert before is not None
    clock.now += 3  # one large file
    meter.add(Progress(Stage.READING, round(done) + 1, 20_000))
    after = meter.seconds_left
    assert after is not None
    assert abs(after - (before - 3)) < 0.1 * before


def test_a_new_stage_begins_anew() -> None:
    clock = Clock()
    meter = SpeedMeter(clock)
    meter.add(Progress(Stage.READING, 0, 1000))
    run(meter, clock, 8, 100, 0, 1000)
    meter.add(Progress(Stage.CHECKING, 5, 50))
    words = progress_sentence(Progress(Stage.CHECKING, 5, 50), meter)
    assert words == "Checking pairs… 5 of 50"


def test_unknown_totals_and_single_files() -> None:
    meter = SpeedMeter(Clock())
    assert progress_sentence(Progress(Stage.FINDING, 1), meter) == "Finding photos… 1 file"
    assert progress_sentence(Progress(Stage.FINDING, 1200), meter) == "Finding photos… 1,200 files"
    assert progress_sentence(Progress(Stage.READING, 7), meter) == "Looking at photos… 7"
    cleaning = Progress(Stage.CLEANING, 3, 9, bytes=2_500_000)
    assert progress_sentence(cleaning, meter) == "Moving copies… 3 of 9 · 2.5 MB"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(3, "a few seconds left"), (42, "about 40 s left"), (110, "about 2 min left"),
     (600, "about 10 min left"), (9000, "about 2.5 h left")],
)  # fmt: skip
def test_time_left_is_rounded(seconds: float, words: str) -> None:
    assert time_left(seconds) == words


def test_sizes_and_folders() -> None:
    assert [human_bytes(n) for n in (12, 4100, 310_000, 5.3e9)] == [
        "12 B",
        "4.1 KB",
        "310 KB",
        "5.3 GB",
    ]
