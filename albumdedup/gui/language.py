"""The language of the window: what the settings say, or else the system."""

from __future__ import annotations

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QApplication

from albumdedup.core.languages import CHINESE, ENGLISH, LANGUAGES, first_known, language, speak

_SIMPLIFIED = (
    "PingFang SC", "Microsoft YaHei UI", "Noto Sans CJK SC", "Noto Sans SC",
    "Source Han Sans SC", "WenQuanYi Micro Hei",
)  # fmt: skip
"""After the system's own font, so that a computer set to another language does not draw Chinese
with Japanese forms."""


class Tongue:
    """Speaks one language, in Qt's own dialogs and menus too, until ``stop``."""

    def __init__(self, application: QApplication, wanted: str) -> None:
        speak(wanted if wanted in LANGUAGES else of_system())
        self._application = application
        self._font = application.font()
        self._translator = QTranslator()
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        if language() != ENGLISH and self._translator.load(f"qtbase_{language()}", folder):
            application.installTranslator(self._translator)
        if language() == CHINESE:
            there = [name for name in _SIMPLIFIED if QFontDatabase.hasFamily(name)]
            face = application.font()
            face.setFamilies([*face.families(), *there])
            application.setFont(face)

    def stop(self) -> None:
        self._application.removeTranslator(self._translator)
        self._application.setFont(self._font)


def of_system() -> str:
    """The first language of the system's list that the program speaks."""
    return first_known(QLocale.system().uiLanguages())
