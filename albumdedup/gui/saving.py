"""A text that the person wants as a file: ask where, write what was not there before."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from typing import TextIO

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from albumdedup.core.errors import AlbumError, ErrorCode

TRIES = 1000


def ask_where(parent: QWidget, title: str, name: str, then: Callable[[str], object]) -> None:
    """Let the person pick a place, Documents at first; ``then`` gets the path."""
    documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    dialog = QFileDialog(parent, title, documents)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)  # nothing is ever replaced
    dialog.setDefaultSuffix(os.path.splitext(name)[1].removeprefix("."))
    dialog.selectFile(name)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(then)
    dialog.open()


def write_new(path: str, write: Callable[[TextIO], None]) -> str:
    """Write to ``path``, or where that is taken to a numbered name beside it: nothing is ever
    replaced. Returns where it is. Raises AlbumError(NOT_WRITTEN)."""
    stem, ending = os.path.splitext(path)
    for number in range(1, TRIES):
        place = path if number == 1 else f"{stem} ({number}){ending}"
        try:
            with open(place, "x", encoding="utf-8", errors="backslashreplace", newline="") as file:
                write(file)
            return place
        except FileExistsError:
            continue
        except OSError as error:
            raise AlbumError(
                ErrorCode.NOT_WRITTEN, path=path, detail=error.strerror or str(error)
            ) from error
    raise AlbumError(ErrorCode.NOT_WRITTEN, path=path, detail=os.strerror(errno.EEXIST))
