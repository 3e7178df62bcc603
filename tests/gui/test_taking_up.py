"""Another way to describe photos was chosen: the next start takes it up by itself."""

from __future__ import annotations

import pytest
from desk import Desk

from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.types import IndexSummary
from albumdedup.gui.narrator import _scanned_sentence


@pytest.mark.parametrize("chosen", [True, False])
def test_the_library_is_described_in_the_new_way_at_the_start(desk: Desk, qtbot, chosen) -> None:
    desk.library.chosen_anew = chosen
    desk.album.open()
    qtbot.waitUntil(lambda: desk.album.idle and bool(desk.library.scanned) == chosen)
    assert desk.library.scanned == ([[]] if chosen else [])
    assert not desk.library.chosen_anew
    if chosen:
        said = desk.window.bottom.sentence.text()
        assert said == "What is similar is told in the new way now."


def test_a_rescan_counts_what_could_not_be_read_before(desk: Desk) -> None:
    desk.album.scanned.emit(IndexSummary(21, 0, 21, 0, 0, 0, 1.0, 0, {}, unread_before=1))
    assert desk.window.bottom.sentence.text() == ("21 photos looked through; 1 could not be read.")
    assert desk.window.bottom.action.text() == "Which ones?"


def test_what_is_told_of_it() -> None:
    def summary(**facts) -> IndexSummary:
        return IndexSummary(0, 0, 0, 0, 0, 0, 1.0, 0, {}, taken_up=True, **facts)

    away = _scanned_sentence(summary(described=5, undescribed=2), 0)
    assert away.endswith("2 photos that are not there now follow.")
    trouble = AlbumError(ErrorCode.WEIGHTS_NOT_HERE, name="resnet50")
    assert "resnet50" in _scanned_sentence(summary(switch_trouble=trouble), 0)
    looked = _scanned_sentence(summary(looked_inside=3, unseen=1), 0)
    assert looked.startswith("3 photos that an earlier version had read were looked into")
    assert "plug in its drive" in _scanned_sentence(summary(unseen=1), 0)
