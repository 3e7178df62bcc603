"""The window looks as it is meant to look: real photos, a real scan, small pictures kept.

`make golden` renews the pictures in tests/golden; look at them before they are committed.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from golden_pictures import Unlike, check, kept, pinned_font, small, unlike
from pictures import save, scene
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontDatabase, QImage, QPainter
from PySide6.QtWidgets import QApplication
from windows import SLOW_MS

from albumdedup.core.languages import CHINESE, ENGLISH
from albumdedup.core.paths import AppPaths
from albumdedup.core.settings import Settings
from albumdedup.gui import theme
from albumdedup.gui.app import Session
from albumdedup.gui.theme import DARK, LIGHT

TIERS = ("identical", "same")
"""Proven by bytes and pixels: they are the same whatever describes the photos."""


def album(folder: Path) -> Path:
    """Photos of clearly different sizes, each with a whole copy and a smaller one."""
    for shot in range(4):
        width = 1280 - 160 * shot
        taken, name = f"2019:05:0{1 + shot} 12:03:04", f"IMG_{shot:04d}.jpg"
        whole = save(scene(shot, (width, width * 3 // 4)), folder / "Pictures" / name, taken=taken)
        (folder / "Backup").mkdir(exist_ok=True)
        shutil.copy2(whole, folder / "Backup" / name)
        smaller = scene(shot, (width, width * 3 // 4)).resize((width // 2, width * 3 // 8))
        save(smaller, folder / "Messenger" / name, quality=80, taken=taken)
    return folder


@pytest.fixture(params=[ENGLISH])
def session(
    request: pytest.FixtureRequest, qtbot, qapp: QApplication, tmp_path: Path, temporary_home: Path
) -> Iterator[Session]:
    face = qapp.font()
    pinned = qapp.font()
    pinned.setFamilies([pinned_font(), *face.families()])
    qapp.setFont(pinned)
    settings = Settings(theme="light", language=request.param, batch=8, tiers=TIERS)
    made = Session(AppPaths(tmp_path / "library"), settings)
    qtbot.addWidget(made.window)
    made.window.resize(1180, 780)
    made.start([])
    qtbot.waitUntil(lambda: made.album.library is not None and made.album.idle, timeout=SLOW_MS)
    yield made
    assert made.stop(), "a thread did not come home"
    qapp.setFont(face)
    qapp.setStyleSheet("")
    qapp.setPalette(qapp.style().standardPalette())


@pytest.fixture
def reviewed(session: Session, qtbot, tmp_path: Path) -> Session:
    """Scanned, the first card current, all thumbnails there."""
    session.window.add_folders([str(album(tmp_path / "photos"))])
    qtbot.waitUntil(lambda: session.album.idle and len(session.album.shown) == 4, timeout=SLOW_MS)
    session.window.show_review()
    session.window.bottom.say("")
    cards = session.window.review.list
    cards.setFocus()
    cards.setCurrentIndex(session.window.model.index(0))
    qtbot.waitUntil(lambda: not session.loader.loading, timeout=SLOW_MS)
    return session


def seen(session: Session) -> QImage:
    QApplication.sendPostedEvents()
    return session.window.grab().toImage()


def dress(session: Session, tokens: theme.Tokens) -> None:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    theme.apply(application, tokens)
    session.window.set_tokens(tokens)


def test_the_empty_page(session: Session, tmp_path: Path) -> None:
    check("empty-light", seen(session), tmp_path)


def test_the_review_page_and_what_would_spoil_it(reviewed: Session, qtbot, tmp_path: Path) -> None:
    check("review-light", seen(reviewed), tmp_path)
    dress(reviewed, DARK)
    check("review-dark", seen(reviewed), tmp_path)
    dress(reviewed, LIGHT)
    _other_letters_are_the_same_picture(reviewed)
    _what_is_spoilt_is_seen(reviewed)
    side = reviewed.window.review.side
    side.toggle()
    qtbot.waitUntil(lambda: reviewed.album.idle and not side.panel.darkroom.loading)
    check("compare-light", seen(reviewed), tmp_path)


@pytest.mark.parametrize("session", [CHINESE], indirect=True)
def test_the_review_page_in_chinese(reviewed: Session, tmp_path: Path) -> None:
    if not QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese):
        pytest.skip("no font of this computer has Chinese signs")
    check("review-chinese", seen(reviewed), tmp_path)


def _other_letters_are_the_same_picture(session: Session) -> None:
    """Drawn without smoothing, and a little wider, as another font engine does."""
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    own, other = application.font(), application.font()
    other.setStyleStrategy(other.StyleStrategy.NoAntialias)
    other.setLetterSpacing(other.SpacingType.PercentageSpacing, 100.8)
    application.setFont(other)
    dress(session, LIGHT)
    found = unlike(small(seen(session)), kept("review-light"))
    application.setFont(own)
    dress(session, LIGHT)
    assert not found.another, found


def _what_is_spoilt_is_seen(session: Session) -> None:
    """Parts of the real window, missing, moved, and in other colours."""
    golden, window = kept("review-light"), session.window
    review, bottom = window.review, window.bottom

    def another() -> bool:
        return unlike(small(seen(session)), golden).another

    assert not another()
    parts = (
        bottom.next, review.order, review.compare, review.filter, review.filter.histogram,
        review.filter.slider, review.narrow.words, window.top.search, window.top.settings,
    )  # fmt: skip
    for part in parts:
        part.hide()
        assert another(), part
        part.show()
    assert not another()
    for colour in ("accent", "window", "card", "mat", "text", "stays", "goes"):
        dress(session, replace(LIGHT, **{colour: "#D020D0"}))
        assert another(), colour
    dress(session, LIGHT)
    review.list.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    assert another()
    review.list.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    assert not another()


def test_small_faults_of_a_picture_are_found() -> None:
    golden = kept("review-light")
    assert unlike(golden, golden) == Unlike(0, 0)
    whole = golden.resize((golden.width * 4, golden.height * 4), Image.Resampling.NEAREST)
    data = whole.tobytes()
    clean = QImage(data, whole.width, whole.height, 3 * whole.width, QImage.Format.Format_RGB888)
    assert not unlike(small(clean), golden).another
    for name, spoil in {
        "a button is missing": lambda p: p.fillRect(990, 735, 180, 36, QColor(LIGHT.card)),
        "a photo is missing": lambda p: p.fillRect(255, 236, 176, 170, QColor(LIGHT.mat)),
        "a photo is of another colour": lambda p: p.fillRect(
            255, 236, 176, 170, QColor(200, 60, 60, 70)
        ),
        "all is 24 pixels lower": lambda p: p.drawImage(0, 24, clean),
        "a panel is 24 pixels aside": lambda p: p.drawImage(24, 80, clean, 0, 80, 216, 640),
    }.items():
        spoilt = clean.copy()
        painter = QPainter(spoilt)
        spoil(painter)
        painter.end()
        assert unlike(small(spoilt), golden).another, name


def test_all_pictures_together_are_small() -> None:
    folder = Path(__file__).parents[1] / "golden"
    assert sum(file.stat().st_size for file in folder.glob("*.png")) <= 100_000
