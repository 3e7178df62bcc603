"""The keys of the compare panel: everything can be done without the mouse."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from albumdedup.gui.compare.slots import Mode

if TYPE_CHECKING:
    from albumdedup.gui.compare.panel import ComparePanel

PAN = 60.0
"""Screen pixels of one key press."""
WIPE_STEP = 0.05

Verbs = dict[tuple[Qt.Key, bool], Callable[[], object]]
"""(key, with Shift) → what it does."""


def verbs(panel: ComparePanel) -> Verbs:
    """Space, which works while it is held, is the canvas's own."""
    key, canvas = Qt.Key, panel.canvas
    found: Verbs = {
        (key.Key_B, False): panel.keep_all,
        (key.Key_N, False): panel.say_different,
        (key.Key_Z, False): panel.take_back,
        (key.Key_Left, False): partial(_step, panel, -1),
        (key.Key_Right, False): partial(_step, panel, 1),
        (key.Key_Up, False): partial(panel.details.scroll_by, -1),
        (key.Key_Down, False): partial(panel.details.scroll_by, 1),
        (key.Key_PageDown, False): partial(panel.set_against, 1),
        (key.Key_PageUp, False): partial(panel.set_against, -1),
        (key.Key_S, False): partial(panel.set_mode, Mode.SIDE),
        (key.Key_W, False): partial(panel.set_mode, Mode.WIPE),
        (key.Key_D, False): partial(panel.set_mode, Mode.DIFFERENCE),
        (key.Key_Comma, False): partial(canvas.move_wipe, -WIPE_STEP),
        (key.Key_Period, False): partial(canvas.move_wipe, WIPE_STEP),
        (key.Key_P, False): panel.full_size,
        (key.Key_A, False): panel.toggle_aligned,
        (key.Key_M, False): panel.tools.more.click,
        (key.Key_R, False): panel.closeups.go_on,
        (key.Key_0, False): canvas.fit,
        (key.Key_Minus, False): partial(canvas.zoom_step, -1),
        (key.Key_Left, True): partial(canvas.pan, PAN, 0),
        (key.Key_Right, True): partial(canvas.pan, -PAN, 0),
        (key.Key_Up, True): partial(canvas.pan, 0, PAN),
        (key.Key_Down, True): partial(canvas.pan, 0, -PAN),
        (key.Key_Escape, False): panel.close_panel,
    }
    for shift in (False, True):  # where + is depends on the keyboard
        for plus in (key.Key_Plus, key.Key_Equal):
            found[(plus, shift)] = partial(canvas.zoom_step, 1)
    for number, digit in enumerate((key.Key_1, key.Key_2, key.Key_3, key.Key_4), 1):
        found[(digit, False)] = partial(panel.keep, number)
    return found


def _step(panel: ComparePanel, step: int) -> None:
    """→ goes on, where one reads from right to left ← does."""
    panel.step_wanted.emit(-step if panel.isRightToLeft() else step)


def answer(known: Verbs, event: QKeyEvent) -> bool:
    """Do what the key says; False where it says nothing here."""
    pressed = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if pressed & ~Qt.KeyboardModifier.ShiftModifier:
        return False
    shift = bool(pressed & Qt.KeyboardModifier.ShiftModifier)
    verb = known.get((Qt.Key(event.key()), shift))
    if verb is None:
        return False
    verb()
    return True
