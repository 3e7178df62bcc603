"""What can be done with any small picture: open, show where it lies, copy its path."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu, QWidget

from albumdedup.core.i18n import _
from albumdedup.gui.opening import copy_path, open_file, show_in_folder
from albumdedup.gui.picture_grid import Picture, PictureGrid

Deed = tuple[str, Callable[[Picture], object]]
"""What can be done with a picture: its words, and what does it."""


def add_menu(
    grid: PictureGrid,
    similar: Callable[[Picture], object] | None = None,
    more: Callable[[], Sequence[Deed]] = tuple,
) -> None:
    """Give a grid its context menu, and Enter and double click to open."""

    def pop_up(picture: Picture, at: QPoint) -> None:
        menu(grid, picture, similar, more()).popup(at)

    grid.menu_wanted.connect(pop_up)
    grid.opened.connect(_open)


def menu(
    parent: QWidget,
    picture: Picture,
    similar: Callable[[Picture], object] | None = None,
    more: Sequence[Deed] = (),
) -> QMenu:
    made = QMenu(parent)
    made.addAction(_("Open"), partial(open_file, picture.path))
    made.addAction(_("Show the folder"), partial(show_in_folder, picture.path))
    if similar is not None:
        made.addAction(_("Find similar"), partial(similar, picture))
    for words, do in more:
        made.addAction(words, partial(do, picture))
    made.addAction(_("Copy path"), partial(copy_path, picture.path))
    made.aboutToHide.connect(made.deleteLater)
    return made


def _open(picture: Picture) -> None:
    open_file(picture.path)
