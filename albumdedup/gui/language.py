"""The language of the window: what the settings say, or else the system."""

from __future__ import annotations

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from albumdedup.core.languages import ENGLISH, LANGUAGES, first_known, language, speak


class Tongue:
    """Speaks one language, in Qt's own dialogs and menus too, until ``stop``."""

    def __init__(self, application: QApplication, wanted: str) -> None:
        speak(wanted if wanted in LANGUAGES else of_system())
        self._application = application
        self._translator = QTranslator()
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        if language() != ENGLISH and self._translator.load(f"qtbase_{language()}", folder):
            application.installTranslator(self._translator)

    def stop(self) -> None:
        self._application.removeTranslator(self._translator)


def of_system() -> str:
    """The first language of the system's list that the program speaks."""
    return first_known(QLocale.system().uiLanguages())
