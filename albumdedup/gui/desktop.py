"""What the desktop around the window is told: progress in the taskbar, and that a job is done.

The taskbar's protocol is Unity's launcher entry, which KDE Plasma, GNOME's docks and others speak
too; the notification goes through freedesktop.org's portal. Without a session bus the window's own
alert (a flashing entry, a bouncing icon) is left, which every platform has.
"""

from __future__ import annotations

import os
import time

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QApplication, QWidget

from albumdedup.core.i18n import _, joined, ngettext
from albumdedup.core.types import IndexSummary
from albumdedup.gui.album import Album
from albumdedup.gui.jobs import JobKind, JobProgress

APPLICATION = "application://albumdedup.desktop"
SECONDS_BETWEEN = 0.5


class Desktop(QObject):
    """Follows the jobs of an album on behalf of its window."""

    def __init__(self, album: Album, window: QWidget) -> None:
        super().__init__(window)
        self._album = album
        self._window = window
        self._told = 0.0
        self._shown = False
        album.progressed.connect(self._on_progress)
        album.busy_changed.connect(self._on_busy)
        album.scanned.connect(self._on_scanned)

    @Slot(object)
    def _on_progress(self, news: JobProgress) -> None:
        now, total = time.monotonic(), news.progress.total
        if news.kind not in (JobKind.INDEX, JobKind.CLEAN, JobKind.UNDO) or not total:
            return
        if now - self._told >= SECONDS_BETWEEN:
            self._told = now
            self._show(news.progress.done / total)

    @Slot()
    def _on_busy(self) -> None:
        if self._shown and not (self._album.scanning or self._album.moving):
            self._show(None)

    @Slot(object)
    def _on_scanned(self, summary: IndexSummary) -> None:
        if self._window.isActiveWindow() or summary.taken_up:
            return
        QApplication.alert(self._window)
        groups = len(self._album.shown)
        words = ngettext("{n} photo was looked through.", "{n} photos were looked through.",
                         summary.files).format(n=f"{summary.files:,}")  # fmt: skip
        if groups:
            found = ngettext("{n} group waits for review.", "{n} groups wait for review.", groups)
            words = joined(words, found.format(n=f"{groups:,}"))
        notify(_("The scan is done"), words)

    def _show(self, share: float | None) -> None:
        self._shown = share is not None
        tell_taskbar(share)


def tell_taskbar(share: float | None) -> None:
    """Progress from 0 to 1 beside the program's icon, or none."""
    if not _bus():
        return
    from PySide6.QtDBus import QDBusConnection, QDBusMessage

    message = QDBusMessage.createSignal(
        "/albumdedup", "com.canonical.Unity.LauncherEntry", "Update"
    )
    facts = {"progress": share or 0.0, "progress-visible": share is not None}
    message.setArguments([APPLICATION, facts])
    QDBusConnection.sessionBus().send(message)


def notify(title: str, words: str) -> None:
    """A notification that leaves by itself; nothing waits for its answer."""
    if not _bus():
        return
    from PySide6.QtDBus import QDBusConnection, QDBusMessage

    message = QDBusMessage.createMethodCall(
        "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop",
        "org.freedesktop.portal.Notification", "AddNotification",
    )  # fmt: skip
    message.setArguments(["scan", {"title": title, "body": words}])
    QDBusConnection.sessionBus().send(message)


def _bus() -> bool:
    return bool(os.environ.get("DBUS_SESSION_BUS_ADDRESS"))
