"""The menu bar with every verb and its key, and the menu of a card."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QAction, QActionGroup, QDesktopServices, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QMenu

from albumdedup.core.i18n import _
from albumdedup.core.types import Group
from albumdedup.gui.bars import Place

if TYPE_CHECKING:
    from albumdedup.gui.main_window import MainWindow


def build(window: MainWindow) -> dict[str, QAction]:
    """Fill the menu bar; returns the actions by name."""
    actions: dict[str, QAction] = {}
    bar = window.menuBar()
    bar.setAccessibleName(_("Menu"))
    cards, choices, verbs = window.review.list, window.album.choices, window.card_verbs

    def add(menu: QMenu, name: str, words: str, key: str, do: Callable[..., object]) -> None:
        action = QAction(words, window)
        if key:
            action.setShortcut(QKeySequence(key))
            action.setAutoRepeat(False)  # a key that is held means one wish
        action.triggered.connect(do)
        menu.addAction(action)
        actions[name] = action

    def on_current(do: Callable[[Group], object]) -> Callable[[], None]:
        def act() -> None:
            group = cards.current_group()
            if group is not None:
                do(group)

        return act

    file = bar.addMenu(_("&File"))
    add(file, "add", _("&Add folder…"), "Ctrl+O", window.arrivals.choose_folder)
    add(file, "paste", _("&Paste folders or a picture"), "Ctrl+V", window.arrivals.paste)
    file.addSeparator()
    add(file, "settings", _("&Settings…"), "Ctrl+,", window.settings.open)
    file.addSeparator()
    add(file, "quit", _("&Quit"), "Ctrl+Q", window.close)
    scan = bar.addMenu(_("&Scan"))
    add(scan, "pause", _("&Pause or continue"), "Ctrl+P", window.album.toggle_pause)
    add(scan, "cancel", _("&Cancel"), "Ctrl+.", window.album.cancel)
    add(scan, "refresh", _("&Read the library again"), "F5", window.album.refresh)
    scan.addSeparator()
    add(scan, "errors", _("Photos that could not be &read"), "Ctrl+E", window.show_errors)
    group = bar.addMenu(_("&Group"))
    add(group, "compare", _("&Compare  (Enter)"), "", window.review.side.toggle)
    add(group, "toggle", _("&Swap stays and goes  (Space)"), "",
        on_current(lambda g: verbs.swap(g, cards.current_member)))  # fmt: skip
    add(group, "keep", _("&Keep this one  (K)"), "",
        on_current(lambda g: choices.keep_this(g, cards.current_member)))  # fmt: skip
    add(group, "keep_all", _("Keep &all  (B)"), "", on_current(choices.keep_all))
    add(group, "by_rule", _("As the &rule says"), "Ctrl+R", on_current(choices.by_rule))
    add(
        group,
        "different",
        _("&Not duplicates  (N)"),
        "",
        on_current(window.card_verbs.not_duplicates),
    )
    _find_menu(window, add, on_current)
    clean = bar.addMenu(_("&Clean up"))
    add(clean, "clean", _("&Clean up…"), "Ctrl+Return", window.clean_up)
    add(clean, "undo", _("&Put the last clean-up back"), "Ctrl+Z", window.album.undo_last)
    add(clean, "history", _("&History…"), "Ctrl+H", window.album.ask_history)
    view = bar.addMenu(_("&View"))
    for number, (place, words) in enumerate(
        (
            (Place.ALBUM, _("&Album")),
            (Place.REVIEW, _("&Review")),
            (Place.DONE, _("&Done")),
            (Place.LIBRARY, _("&Library")),
        ),
        1,
    ):
        add(view, place.value, words, f"Ctrl+{number}", partial(window.show_place, place))
    view.addSeparator()
    add(view, "narrow", _("&Only groups with…"), "Ctrl+L", window.review.ask_words)
    add(view, "filter", _("Show or hide the &filters"), "F9", window.toggle_filter)
    _theme_menu(window, view, add, actions)
    _help_menu(window, add, actions)
    return actions


def _theme_menu(
    window: MainWindow,
    view: QMenu,
    add: Callable[[QMenu, str, str, str, Callable[..., object]], None],
    actions: dict[str, QAction],
) -> None:
    themes = QMenu(_("&Appearance"), window)
    choice = QActionGroup(window)
    for name, words in (
        ("system", _("Like the &system")), ("light", _("&Light")), ("dark", _("&Dark")),
    ):  # fmt: skip
        add(themes, name, words, "", partial(_choose_theme, window, name))
        actions[name].setCheckable(True)
        choice.addAction(actions[name])
    view.addMenu(themes)


def _help_menu(
    window: MainWindow,
    add: Callable[[QMenu, str, str, str, Callable[..., object]], None],
    actions: dict[str, QAction],
) -> None:
    about = window.menuBar().addMenu(_("&Help"))
    add(about, "about", _("&About Album Deduplicator"), "", window.about.open)
    actions["about"].setMenuRole(QAction.MenuRole.AboutRole)  # macOS has a place of its own for it


def _find_menu(
    window: MainWindow,
    add: Callable[[QMenu, str, str, str, Callable[..., object]], None],
    on_current: Callable[[Callable[[Group], object]], Callable[[], None]],
) -> None:
    cards, sheet = window.review.list, window.find_sheet
    find = window.menuBar().addMenu(_("Fin&d"))
    add(find, "find", _("&Find a photo…"), "Ctrl+F", sheet.show_empty)
    add(find, "similar", _("Find &similar"), "Ctrl+Shift+F",
        on_current(lambda g: sheet.find_photo(g.members[cards.current_member].photo)))  # fmt: skip
    find.addSeparator()
    add(find, "folders", _("Whole f&olders…"), "Ctrl+D", window.folders.open)
    add(find, "card", _("Is a &card already in the album?…"), "Ctrl+K", window.card.open)


def enable(window: MainWindow) -> None:
    """Verbs that make no sense now are grey."""
    album, actions = window.album, window.actions_by_name
    ready = album.library is not None
    working = album.scanning or album.moving
    actions["add"].setEnabled(not album.moving)
    for name in ("pause", "cancel"):
        actions[name].setEnabled(working)
    actions["refresh"].setEnabled(ready)
    actions["clean"].setEnabled(ready and not working)
    actions["undo"].setEnabled(ready and not working)
    actions["history"].setEnabled(ready)


def _choose_theme(window: MainWindow, name: str, *_checked: object) -> None:
    window.theme_chosen.emit(name)


def card_menu(window: MainWindow, group: Group, member: int) -> QMenu:
    """What can be done with a card and, where one was hit, with one of its photos."""
    menu = QMenu(window)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    album = window.album
    if member >= 0:
        photo = group.members[member].photo
        folder = os.path.dirname(photo.path)
        menu.addAction(_("Swap stays and goes"), partial(window.card_verbs.swap, group, member))
        menu.addAction(_("Keep this one"), partial(album.choices.keep_this, group, member))
    menu.addAction(_("Compare"), partial(window.review.side.open, group, max(0, member)))
    menu.addSeparator()
    menu.addAction(_("Keep all"), partial(album.choices.keep_all, group))
    by_rule = menu.addAction(_("As the rule says"), partial(album.choices.by_rule, group))
    by_rule.setEnabled(not album.choices.is_by_rule(group))
    menu.addAction(_("Not duplicates"), partial(window.card_verbs.not_duplicates, group))
    if member >= 0:
        menu.addSeparator()
        menu.addAction(_("Protect this folder"), partial(album.protect, folder))
        menu.addAction(_("Prefer this folder"), partial(album.prefer, folder))
        menu.addSeparator()
        menu.addAction(_("Find similar"), partial(window.find_sheet.find_photo, photo))
        menu.addAction(_("Open"), partial(_open, photo.path))
        menu.addAction(_("Show the folder"), partial(_open, folder))
        menu.addAction(_("Copy path"), partial(_copy, photo.path))
    return menu


def _open(path: str) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(path))


def _copy(path: str) -> None:
    QGuiApplication.clipboard().setText(path)
