"""What a widget shows, as a small PNG."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageColor
from PySide6.QtCore import QBuffer
from PySide6.QtWidgets import QWidget

from albumdedup.gui.theme import DARK, LIGHT

THEME = tuple(
    ImageColor.getrgb(colour)
    for tokens in (LIGHT, DARK)
    for colour in (tokens.accent, tokens.stays, tokens.goes, tokens.error, tokens.text,
                   tokens.quiet, tokens.line, tokens.mat, tokens.window, tokens.card)
)  # fmt: skip


def write_small(widget: QWidget, path: Path) -> None:
    """What a widget shows, as a PNG of 256 colours, those of the theme among them: what is green
    or amber means something."""
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.ReadWrite)
    widget.grab().save(buffer, "PNG")
    with Image.open(io.BytesIO(bytes(buffer.data().data()))) as grabbed:
        shown = grabbed.convert("RGB")
    common = shown.quantize(256 - len(THEME), Image.Quantize.MEDIANCUT).getpalette() or []
    palette = Image.new("P", (1, 1))
    palette.putpalette([*common, *(part for colour in THEME for part in colour)])
    path.parent.mkdir(parents=True, exist_ok=True)
    shown.quantize(palette=palette, dither=Image.Dither.NONE).save(path, optimize=True)
