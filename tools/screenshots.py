"""Makes the pictures of the documents: starts the real window on an album that it paints.

    python tools/screenshots.py [--out docs/images] [--photos DIR] [--only NAME,NAME…]

One tour through the window for each language, and one in the dark. The album
(``painted_album``) is made of painted pictures, or of the photos in DIR, and lies with the
library in a temporary folder. Pictures are of 256 colours, so that they stay small.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from painted_album import build_album, build_card
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from small_png import write_small

from albumdedup.core.languages import ENGLISH
from albumdedup.core.paths import AppPaths
from albumdedup.core.settings import Settings
from albumdedup.core.types import Tier
from albumdedup.gui.app import Session
from albumdedup.gui.bars import Place
from albumdedup.gui.brought import Brought
from albumdedup.gui.compare.slots import Mode

SIZE = (1180, 780)
DEADLINE_MS = 400_000
CALM = 3
"""So many looks in a row must find that nothing goes on."""

PAGES = (
    "empty", "dragging", "scanning", "review", "filters", "compare", "difference", "find",
    "library", "settings", "folders", "card", "clean-up", "done", "history", "put-back", "errors",
)  # fmt: skip

TOURS = (
    (ENGLISH, "light", PAGES), ("zh_CN", "light", PAGES),
    (ENGLISH, "dark", ("review",)), ("zh_CN", "dark", ("review",)),
)  # fmt: skip
"""Language, theme, and what is kept of it."""


def place_of(out: Path, language: str, theme: str, page: str) -> Path:
    """English pictures stand in the folder itself, others in one named by their language."""
    folder = out if language == ENGLISH else out / language.partition("_")[0]
    return folder / f"{page}-{theme}.png"


class Tour(QObject):
    """Goes through the states of the window and keeps a picture of each."""

    def __init__(self, session: Session, home: Path, keep: Callable[[QWidget, str], None]) -> None:
        super().__init__()
        self._session, self._home, self._write = session, home, keep
        self._window = session.window
        self._steps = iter(
            (self._empty, self._dragging, self._scanning, self._review, self._edited,
             self._compared, self._differing, self._found, self._library, self._settings,
             self._folders, self._card, self._carded, self._clean_up, self._sheet, self._done,
             self._history, self._inside, self._back, self._errors)
        )  # fmt: skip
        self._ready = self._opened
        self._timer = QTimer(self)
        self._timer.setInterval(120)
        self._timer.timeout.connect(self._tick)
        self._timer.start()
        self._calm = 0
        QTimer.singleShot(DEADLINE_MS, self, self._late)

    def _tick(self) -> None:
        self._calm = self._calm + 1 if self._ready() else 0
        if self._calm < (1 if self._session.album.scanning else CALM):
            return
        self._calm = 0
        step = next(self._steps, None)
        if step is None:
            self._timer.stop()
            self._window.close()
            QApplication.quit()
            return
        try:
            step()
        except Exception:  # in a slot it would be printed, and the tour go on
            traceback.print_exc()
            QApplication.exit(1)

    def _late(self) -> None:
        print("the tour did not end in time", file=sys.stderr)
        QApplication.exit(1)

    def _keep(self, name: str, widget: QWidget | None = None) -> None:
        self._write(widget or self._window, name)

    # what each step waits for, and what it does

    def _opened(self) -> bool:
        return self._session.album.library is not None and self._session.album.idle

    def _idle(self) -> bool:
        loader = self._session.loader
        compared = self._window.review.side.panel
        developing = compared.isVisible() and compared.darkroom.loading
        return self._session.album.idle and not loader.loading and not developing

    def _empty(self) -> None:
        self._keep("empty")

    def _dragging(self) -> None:
        album = str(self._home / "Photos")
        self._window.overlay.show_for(Brought((album,), (album,)))
        self._keep("dragging")
        self._window.overlay.hide()
        self._window.add_folders([album])
        self._ready = self._under_way
        self._timer.setInterval(40)

    def _under_way(self) -> bool:
        """Some photos were looked at; also, where the scan was too quick for us, it is over."""
        counts = re.findall(r"\d+", self._window.bottom.sentence.text())
        seen = int(counts[0]) if len(counts) > 1 else 0
        return (self._session.album.scanning and seen > 20) or self._idle()

    def _scanning(self) -> None:
        self._keep("scanning")
        self._timer.setInterval(120)
        self._ready = self._idle

    def _review(self) -> None:
        self._keep("review")
        self._keep("filters", self._window.review.filter)

    def _open_one(self, tier: Tier, word: str) -> None:
        """Compare the first photo of a tier whose path has this word in it."""
        for group in self._session.album.shown:
            for number, member in enumerate(group.members):
                if number and member.tier is tier and word in member.photo.path:
                    self._window.review.side.open(group, number)
                    return

    def _edited(self) -> None:
        self._open_one(Tier.EDITED, "cropped")
        self._timer.setInterval(400)

    def _compared(self) -> None:
        self._keep("compare")
        self._open_one(Tier.SIMILAR, "")
        self._window.review.side.panel.set_mode(Mode.DIFFERENCE)

    def _differing(self) -> None:
        self._keep("difference")
        self._window.review.side.toggle()
        self._timer.setInterval(120)
        self._window.find_sheet.find_photo(self._session.album.shown[0].keeper)

    def _found(self) -> None:
        self._keep("find")
        self._window.find_sheet.dismiss()
        self._window.show_place(Place.LIBRARY)

    def _library(self) -> None:
        self._keep("library")
        self._window.settings.open()

    def _settings(self) -> None:
        self._keep("settings")
        self._window.settings.dismiss()
        self._window.show_place(Place.REVIEW)
        self._window.folders.open()

    def _folders(self) -> None:
        self._keep("folders")
        self._window.folders.dismiss()

    def _card(self) -> None:
        self._window.card.check(str(self._home / "Card"))

    def _carded(self) -> None:
        self._keep("card")
        self._window.card.dismiss()

    def _clean_up(self) -> None:
        self._window.clean_up()
        self._ready = self._planned

    def _planned(self) -> bool:
        return self._window.cleanup.isVisible()

    def _sheet(self) -> None:
        self._keep("clean-up")
        self._window.cleanup.go.click()
        self._ready = self._receipt

    def _receipt(self) -> bool:
        return self._session.album.idle and self._window.place is Place.DONE

    def _done(self) -> None:
        self._keep("done")
        self._session.album.ask_history()

    def _history(self) -> None:
        inside = self._window.history.list.first
        if isinstance(inside, QPushButton):
            inside.click()

    def _inside(self) -> None:
        self._keep("history")
        self._window.history.dismiss()
        self._window.done.back.click()

    def _back(self) -> None:
        self._keep("put-back")
        self._window.show_errors()

    def _errors(self) -> None:
        self._keep("errors")


def tour(number: int, arguments: argparse.Namespace) -> int:
    """One tour, in a process of its own: a language is chosen once."""
    language, theme, wanted = TOURS[number]
    only = arguments.only.split(",") if arguments.only else PAGES

    def keep(widget: QWidget, name: str) -> None:
        if name in wanted and name in only:
            place = place_of(arguments.out, language, theme, name)
            write_small(widget, place)
            print(place, flush=True)

    application = QApplication(sys.argv[:1])
    home = Path(tempfile.gettempdir(), "Anna")  # it is seen in pictures
    home.mkdir()
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, home)
        os.environ["HOME"] = str(home)
        os.environ["XDG_DATA_HOME"] = str(home / "data")
        build_album(home / "Photos", arguments.photos)
        build_card(home / "Card")
        session = Session(
            AppPaths(home / "library"),
            Settings(theme=theme, language=language, batch=8, commit_seconds=0.5),
        )
        session.window.resize(*SIZE)
        session.start([])
        guide = Tour(session, home, keep)
        code = application.exec()
        guide.deleteLater()
        session.stop()
        session.window.deleteLater()
    return code


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photos", type=Path, help="take these photos instead of painted ones")
    parser.add_argument("--out", type=Path, default=Path("docs/images"))
    parser.add_argument("--only", default="", help="keep these pages alone: " + ", ".join(PAGES))
    parser.add_argument("--tour", type=int, choices=range(len(TOURS)), help="this tour alone")
    arguments = parser.parse_args()
    if arguments.tour is not None:
        return tour(arguments.tour, arguments)
    codes = [
        subprocess.run([sys.executable, *sys.argv, "--tour", str(number)], check=False).returncode
        for number in range(len(TOURS))
    ]
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
