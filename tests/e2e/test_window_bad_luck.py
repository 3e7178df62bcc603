"""What goes wrong in the middle: files that vanish, pictures that cannot be shown, hasty hands."""

from __future__ import annotations

from pathlib import Path

import pytest
from pictures import small_album
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog
from windows import SLOW_MS, on_disk, scanned

from albumdedup.core.types import Role
from albumdedup.gui.app import Session
from albumdedup.gui.bars import Place

LEFT, CONTROL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def folder(session: Session, qtbot, tmp_path: Path) -> Path:
    small_album(tmp_path / "album", shots=6)
    scanned(session, qtbot, tmp_path / "album", groups=3)
    return tmp_path / "album"


def going(session: Session) -> list[str]:
    shown = session.album.shown
    return [m.photo.path for g in shown for m in g.members if m.role is Role.REMOVE]


def done(session: Session, qtbot) -> None:
    qtbot.waitUntil(
        lambda: session.window.place is Place.DONE and session.album.idle, timeout=SLOW_MS
    )


def dialogs() -> list[QDialog]:
    return [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog)]


# --- files that vanish ------------------------------------------------------------------


def test_a_copy_deleted_by_another_program_is_the_only_one_refused(
    session: Session, qtbot, folder: Path
) -> None:
    window = session.window
    qtbot.waitUntil(lambda: not session.loader.loading, timeout=SLOW_MS)
    group = session.album.shown[0]
    gone = next(member.photo for member in group.members if member.role is Role.REMOVE)
    others = set(going(session)) - {gone.path}
    Path(gone.path).unlink()
    assert session.loader.pixmap(gone.content) is not None  # the thumbnail stays
    window.review.list.viewport().repaint()

    window.clean_up()
    qtbot.waitUntil(window.cleanup.isVisible, timeout=SLOW_MS)
    qtbot.mouseClick(window.cleanup.go, LEFT)
    done(session, qtbot)
    assert window.done.headline.text().startswith(f"{len(others)} copies moved")
    assert not any(Path(path).exists() for path in others)
    sentences = [window.done.problems.item(n).text() for n in range(window.done.problems.count())]
    assert len(sentences) == 1
    assert Path(gone.path).name in sentences[0]
    assert dialogs() == []


def test_where_the_one_that_stays_is_gone_its_copies_stay(
    session: Session, qtbot, folder: Path
) -> None:
    window = session.window
    group = session.album.shown[0]
    copies = [m.photo.path for m in group.members if m.role is Role.REMOVE]
    Path(group.keeper.path).unlink()
    window.clean_up()
    qtbot.waitUntil(window.cleanup.isVisible, timeout=SLOW_MS)
    qtbot.mouseClick(window.cleanup.go, LEFT)
    done(session, qtbot)
    assert all(Path(path).exists() for path in copies)
    assert window.done.problems.count() == len(copies)
    assert session.album.shown  # the others are gone, these are still there


def test_a_group_whose_photos_are_gone_opens_in_the_comparison(
    session: Session, qtbot, folder: Path
) -> None:
    side = session.window.review.side
    for member in session.album.shown[0].members:
        Path(member.photo.path).unlink()
    side.open(session.album.shown[0], 0)
    qtbot.waitUntil(lambda: not side.panel.darkroom.loading, timeout=SLOW_MS)
    assert side.panel.isVisible()
    assert dialogs() == []


def test_a_thumbnail_that_cannot_be_made_leaves_an_empty_mat(
    session: Session, qtbot, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, fine = (session.album.shown[n].keeper for n in (0, 1))
    maker = session._thumbs

    def make(content: str, path: str, edge: int) -> bytes:
        if content == broken.content:
            raise OSError("the drive is gone")
        return b"no picture" if content == fine.content else maker(content, path, edge)

    loader, view = session.loader, session.window.review.list
    qtbot.waitUntil(lambda: not loader.loading, timeout=SLOW_MS)
    loader._pixmaps.clear()
    loader.set_maker(make)
    view._ahead.ask_soon()
    qtbot.waitUntil(
        lambda: loader.failed(broken.content) and loader.failed(fine.content), timeout=SLOW_MS
    )
    qtbot.waitUntil(lambda: not loader.loading, timeout=SLOW_MS)
    view.viewport().repaint()
    assert loader.pixmap(session.album.shown[2].keeper.content) is not None
    rect, layout = view.card_rect(0)
    mat = rect.topLeft() + layout.tiles[1].mat.center()
    qtbot.mouseClick(view.viewport(), LEFT, pos=mat)  # it can be judged all the same
    assert session.album.shown[0].members[1].role is Role.KEEP


# --- hasty hands ------------------------------------------------------------------------


def test_a_double_click_on_the_way_is_one_clean_up(session: Session, qtbot, folder: Path) -> None:
    window = session.window
    before, taken = on_disk(folder), len(going(session))
    qtbot.mouseClick(window.bottom.next, LEFT)
    qtbot.waitUntil(window.cleanup.isVisible, timeout=SLOW_MS)
    pressed = window.bottom.next.mapToGlobal(window.bottom.next.rect().center())
    place = window.cleanup.mapFromGlobal(pressed)
    qtbot.mouseDClick(window.cleanup, LEFT, pos=place)  # the second press meets the veil
    assert window.cleanup.isVisible()
    assert on_disk(folder) == before
    qtbot.mouseDClick(window.cleanup.go, LEFT)
    qtbot.mouseClick(window.cleanup.go, LEFT)
    done(session, qtbot)
    operations = session.album.library.history()
    assert [len(one.moved) for one in operations] == [taken]


def test_enter_twice_shows_the_list_and_moves_nothing(
    session: Session, qtbot, folder: Path
) -> None:
    window = session.window
    before = on_disk(folder)
    window.bottom.next.setFocus()
    qtbot.keyClick(window.bottom.next, Qt.Key.Key_Return)
    qtbot.keyClick(window, Qt.Key.Key_Return, CONTROL)  # and by its key, at once
    qtbot.waitUntil(window.cleanup.isVisible, timeout=SLOW_MS)
    window.cleanup.deliberate.appear()
    qtbot.keyClick(window.cleanup.go, Qt.Key.Key_Return)
    qtbot.keyClick(window.cleanup.go, Qt.Key.Key_Space)
    assert window.cleanup.isVisible()
    assert on_disk(folder) == before
    qtbot.waitUntil(lambda: window.cleanup.deliberate.ready and session.album.idle)
    qtbot.keyClick(window.cleanup.go, Qt.Key.Key_Return)
    done(session, qtbot)
    assert len(session.album.library.history()) == 1


def test_a_list_that_comes_while_photos_move_is_not_shown(
    session: Session, qtbot, folder: Path
) -> None:
    window = session.window
    window.clean_up()
    qtbot.waitUntil(window.cleanup.isVisible, timeout=SLOW_MS)
    window.clean_up()  # the same list is on its way again
    assert session.album.jobs.idle is False
    qtbot.mouseClick(window.cleanup.go, LEFT)
    done(session, qtbot)
    assert not window.cleanup.isVisible()
    assert len(session.album.library.history()) == 1


def test_a_clean_up_right_after_another_plans_with_the_new_groups(
    session: Session, qtbot, folder: Path
) -> None:
    """Two at once: what the first one took is not offered again."""
    window = session.window
    keep = session.album.shown[0]
    session.album.choices.keep_all(keep)
    window.clean_up()
    qtbot.waitUntil(window.cleanup.isVisible, timeout=SLOW_MS)
    qtbot.mouseClick(window.cleanup.go, LEFT)
    qtbot.waitUntil(lambda: window.place is Place.DONE, timeout=SLOW_MS)
    session.album.choices.by_rule(keep)
    window.show_place(Place.REVIEW)
    window.clean_up()  # the groups of before are still shown
    qtbot.waitUntil(window.cleanup.isVisible, timeout=SLOW_MS)
    listed = {item.victim.path for item in window.cleanup._plan.photos}
    assert listed == {m.photo.path for m in keep.members if m.photo.path != keep.keeper.path}
    qtbot.mouseClick(window.cleanup.go, LEFT)
    done(session, qtbot)
    assert [len(one.moved) for one in session.album.library.history()] == [2, 4]
    assert window.done.problems.count() == 0
