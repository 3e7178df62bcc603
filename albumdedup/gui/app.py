"""Starts the window: paints first, then opens the library and imports what is heavy."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from albumdedup import __version__
from albumdedup.core import settings as stored
from albumdedup.core.i18n import _, listed
from albumdedup.core.paths import LIBRARY_VARIABLE, AppPaths, resource
from albumdedup.core.ports import Lane
from albumdedup.core.settings import CHAIN, Settings
from albumdedup.core.types import Tier, View
from albumdedup.gui import theme
from albumdedup.gui.album import Album
from albumdedup.gui.card_layout import PHOTO_EDGE
from albumdedup.gui.collector import Collector
from albumdedup.gui.crashes import Crashes
from albumdedup.gui.dock import Dock
from albumdedup.gui.executor import QtExecutor
from albumdedup.gui.jobs import Bridge, JobRunner
from albumdedup.gui.keep_rules import CHAINED
from albumdedup.gui.language import Tongue
from albumdedup.gui.main_window import MainWindow
from albumdedup.gui.recent import MOST
from albumdedup.gui.single import Doorbell, hand_over
from albumdedup.gui.thumb_loader import ThumbLoader
from albumdedup.gui.thumb_maker import ThumbMaker

if TYPE_CHECKING:
    from albumdedup.assembly import Opened

log = logging.getLogger(__name__)

SHUTDOWN_MS = 5000


class Session(QObject):
    """The parts behind one window, from start to shutdown."""

    def __init__(self, paths: AppPaths, settings: Settings, rejected: Sequence[str] = ()) -> None:
        """``rejected`` names what of the settings file was not understood."""
        super().__init__()
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        self._tongue = Tongue(application, settings.language)
        self._rejected = rejected
        self.paths = paths
        self.settings = settings
        self.executor = QtExecutor(_widths(settings))
        self.bridge = Bridge(self)
        self.jobs = JobRunner(self.executor, self.bridge, self)
        self.album = Album(self._open_library, self.jobs, self.bridge, _view_of(settings), self)
        self._application = application
        edge = self.thumb_edge(application)
        self.loader = ThumbLoader(self.executor, self.bridge, edge=edge, parent=self)
        self.window = MainWindow(self.album, self.loader, str(paths.root / "window.ini"))
        self._save_later = QTimer(self)
        self._save_later.setSingleShot(True)
        self._save_later.setInterval(500)
        self._save_later.timeout.connect(self._save)
        self.window.view_chosen.connect(self._on_view)
        self.window.theme_chosen.connect(self._on_theme)
        self.window.folders_added.connect(self._on_folders)
        self.album.opened.connect(self._on_opened)
        application.styleHints().colorSchemeChanged.connect(self._dress)
        self.window.settings.changed.connect(self._on_settings)
        self.window.household.cleared.connect(self._on_cleared)
        self._thumbs = ThumbMaker(paths.thumbs, settings.thumbs_megabytes)
        self._stopped = False
        self._built: Opened | None = None
        self._dress()
        self._show_settings()

    @staticmethod
    def thumb_edge(application: QApplication) -> int:
        """In pixels of the finest screen."""
        return round(PHOTO_EDGE * max(1.0, application.devicePixelRatio()))

    def start(self, folders: Sequence[str]) -> None:
        """Show the window; open the library after its first paint."""
        self.window.shown_first.connect(self.album.open)
        self.window.show()
        if self._rejected:
            self.window.bottom.say(self._not_understood())
        if folders:
            self.window.add_folders(folders)

    def stop(self) -> bool:
        """Bring all threads home, then close the stores. Tells whether all came home."""
        if self._stopped:
            return True
        self._stopped = True
        self.album.begin_closing()
        self.loader.stop()
        self._tongue.stop()
        if self._save_later.isActive():
            self._save_later.stop()
            self._save()
        if self._built is not None:
            self._built.library.door.close()  # what is being decoded need not be waited for
        home = self.executor.shutdown(SHUTDOWN_MS)
        checked = self.window.card.only_checked
        if self._built is not None and home:  # the window may be gone before it heard of it
            if checked:
                self._built.library.forget(checked)
            self._built.library.close()
        return home

    # --- inside -------------------------------------------------------------------------

    def _open_library(self) -> Opened:
        """On the files lane: imports what is heavy while the window is already there."""
        from albumdedup.assembly import build

        self._built = build(self.paths, self.settings, self.executor)
        return self._built

    @Slot(object)
    def _on_opened(self, opened: object) -> None:
        assert self._built is not None
        self._thumbs.read_with(self._built.library)
        self.loader.set_maker(self._thumbs)

    @Slot()
    def _dress(self) -> None:
        tokens = theme.chosen(self.settings.theme)
        theme.apply(self._application, tokens)
        self.window.set_tokens(tokens)
        self.window.actions_by_name[self.settings.theme].setChecked(True)

    @Slot(str)
    def _on_theme(self, name: str) -> None:
        self.settings = replace(self.settings, theme=name)
        self._dress()
        self._show_settings()
        self._save_later.start()

    @Slot(object)
    def _on_settings(self, settings: Settings) -> None:
        """Changed in the sheet: they count and are saved at once."""
        before, self.settings = self.settings, settings
        if settings.theme != before.theme:
            self._dress()
        if settings.thumbs_megabytes != before.thumbs_megabytes:
            self._thumbs.set_limit(settings.thumbs_megabytes)
            self.executor.submit(Lane.THUMBS, self._thumbs.shrink)
        if (settings.tiers, settings.rule) != (before.tiers, before.rule):
            self.window.review.filter.show_view(_view_of(settings))
        self._show_settings()
        self._save_later.stop()
        self._save()

    def _show_settings(self) -> None:
        self.window.settings.show_settings(self.settings)
        self.window.empty.show_recent(self.settings.recent)
        self.window.cleaning.target = self.settings.removed_to or None

    @Slot()
    def _on_cleared(self) -> None:
        self.executor.submit(Lane.THUMBS, self._thumbs.clear)

    def _not_understood(self) -> str:
        """Calm: the program works, and nothing that was written is lost."""
        aside = stored.keep_aside(self.paths.settings)
        names = listed(self._rejected)
        if aside is None:
            return _("Not all settings were understood ({names}); defaults count there.").format(
                names=names
            )
        return _(
            "Not all settings were understood ({names}); defaults count there. The old file is "
            "kept as {file}."
        ).format(names=names, file=aside.name)

    @Slot(object)
    def _on_view(self, view: View) -> None:
        chained = "," in view.rule
        self.settings = replace(
            self.settings,
            keep_rule=CHAIN if chained else view.rule,
            keep_chain=tuple(view.rule.split(",")) if chained else self.settings.keep_chain,
            similarity=view.similarity,
            tiers=tuple(tier.value for tier in Tier if tier in view.tiers),
        )
        self._show_settings()
        self._save_later.start()

    @Slot(object)
    def _on_folders(self, folders: list[str]) -> None:
        recent = dict.fromkeys([*folders, *self.settings.recent])
        self.settings = replace(self.settings, recent=tuple(recent)[:MOST])
        self.window.settings.show_settings(self.settings)
        self.window.empty.show_recent(self.settings.recent)
        self._save_later.start()

    @Slot()
    def _save(self) -> None:
        """A few hundred bytes; a full or read-only disk must not stop the person."""
        try:
            stored.save(self.settings, self.paths.settings)
        except OSError as error:
            log.warning("settings not saved: %s", error)
            self.window.settings.say_not_saved(error.strerror or str(error))


def _widths(settings: Settings) -> dict[Lane, int]:
    """As ``assembly.lane_widths``, which is not imported before the first paint."""
    cores = os.cpu_count() or 2
    decode = settings.decode_threads or max(1, min(cores, 16))
    return {
        Lane.LIBRARY: 1, Lane.DECODE: decode, Lane.DELIVERY: 1, Lane.THUMBS: 2, Lane.FILES: 1,
    }  # fmt: skip


def _view_of(settings: Settings) -> View:
    known = {tier.value for tier in Tier}
    tiers = frozenset(Tier(name) for name in settings.tiers if name in known)
    similarity = min(1.0, max(0.7, settings.similarity))
    known_rule = all(name in CHAINED for name in settings.rule.split(","))
    rule = settings.rule if known_rule else Settings().rule
    return View(tiers or frozenset(Tier), similarity, rule)


def _excepthook(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """An unexpected error is logged and the window stays: nothing of the user's is lost."""
    if issubclass(kind, KeyboardInterrupt):
        QApplication.quit()
        return
    log.critical("unexpected", exc_info=(kind, error, trace))


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="albumdedup", description=_("Opens the window, and scans the folders named.")
    )
    parser.add_argument("--library", metavar="DIR", default=os.environ.get(LIBRARY_VARIABLE))
    parser.add_argument("--version", action="version", version=f"albumdedup {__version__}")
    parser.add_argument("folders", nargs="*", metavar="DIR")
    return parser.parse_args(argv)


def run(argv: Sequence[str]) -> int:
    """``albumdedup [--library DIR] [DIR…]``: returns the exit code when the window is closed."""
    arguments = _arguments(argv)
    paths = (
        AppPaths(Path(arguments.library).absolute()) if arguments.library else AppPaths.default()
    )
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("grpc").setLevel(logging.CRITICAL)  # Milvus Lite answers what it can
    application = QApplication([sys.argv[0]])
    application.setApplicationName("Album Deduplicator")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("albumdedup")
    application.setWindowIcon(QIcon(str(resource("icons/albumdedup.png"))))
    sys.excepthook = _excepthook
    crashes = Crashes(paths.crashes)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    collector = Collector()
    folders = [os.path.abspath(folder) for folder in arguments.folders]
    if hand_over(paths.root, folders):
        collector.stop()
        crashes.stop()
        return 0
    loaded = stored.load(paths.settings)
    session = Session(paths, loaded.settings, loaded.rejected)
    crashes.tell_in(session.window.bottom)
    doorbell = Doorbell(paths.root, session)
    doorbell.rung.connect(session.window.answer_second_start)
    Dock(application).dropped.connect(session.window.answer_second_start)
    session.start(folders)
    code = application.exec()
    doorbell.close()
    session.stop()
    crashes.stop()
    collector.stop()
    return code
