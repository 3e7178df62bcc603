"""Colours, spaces and the style sheet of the window, in light and dark."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

BODY, CAPTION, HEADLINE = 13, 11, 20
"""Type sizes in device-independent pixels."""

RADIUS_CARD, RADIUS_PHOTO = 6, 4
TALL = 46
"""The room for two lines in a button."""

TARGET = 28
"""The least height of anything that is clicked."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of one theme. ``on_accent`` is text upon the accent."""

    name: str
    window: str
    card: str
    mat: str
    text: str
    quiet: str
    line: str
    accent: str
    on_accent: str
    stays: str
    goes: str
    error: str
    series: tuple[str, ...]
    """Colours that only tell things apart; each stands out from the card at least 3 : 1."""


class Dressed(Protocol):
    """A part of the window that paints itself."""

    def set_tokens(self, tokens: Tokens) -> None: ...


LIGHT = Tokens(
    name="light",
    window="#F6F6F7", card="#FFFFFF", mat="#ECECEE", text="#1C1C1E", quiet="#636368",
    line="#DDDDE0", accent="#2862D9", on_accent="#FFFFFF", stays="#19763F", goes="#965800",
    error="#B8332A",
    series=("#2862D9", "#B0448A", "#19763F", "#965800", "#6A4FC4", "#0C7A86"),
)  # fmt: skip
DARK = Tokens(
    name="dark",
    window="#1B1B1D", card="#252528", mat="#303034", text="#F2F2F3", quiet="#A6A6AC",
    line="#3A3A3F", accent="#6EA0FF", on_accent="#10131A", stays="#5CC98A", goes="#F0B04A",
    error="#FF7A6E",
    series=("#6EA0FF", "#F08AC8", "#5CC98A", "#F0B04A", "#B39DFF", "#4CC3D0"),
)  # fmt: skip


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2, relative luminance)."""

    def luminance(name: str) -> float:
        def linear(value: float) -> float:
            return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

        colour = QColor(name)
        red, green, blue = (linear(v) for v in colour.getRgbF()[:3])  # type: ignore[index]
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    a, b = sorted((luminance(one), luminance(other)))
    return (b + 0.05) / (a + 0.05)


TEXT_PAIRS = (
    *(
        (ink, ground)
        for ink in ("text", "quiet", "stays", "goes", "error")
        for ground in ("window", "card", "mat")
    ),
    ("on_accent", "accent"),
    ("accent", "card"),
    ("accent", "window"),
)
"""Which inks stand on which grounds; each pair is tested."""


def chosen(theme: str) -> Tokens:
    """``light``, ``dark``, or what the system says."""
    if theme == "light":
        return LIGHT
    if theme == "dark":
        return DARK
    dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
    return DARK if dark else LIGHT


def font(size: int = BODY, *, bold: bool = False) -> QFont:
    face = QFont(QGuiApplication.font())
    face.setPixelSize(size)
    face.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    return face


def apply(application: QApplication, tokens: Tokens) -> None:
    """Palette first, so that what the style sheet does not name fits as well."""
    application.setStyle("Fusion")
    face = application.font()
    face.setPixelSize(BODY)
    application.setFont(face)
    application.setPalette(_palette(tokens))
    application.setStyleSheet(style_sheet(tokens))


def _palette(t: Tokens) -> QPalette:
    palette = QPalette()
    roles = {
        QPalette.ColorRole.Window: t.window, QPalette.ColorRole.WindowText: t.text,
        QPalette.ColorRole.Base: t.card, QPalette.ColorRole.AlternateBase: t.mat,
        QPalette.ColorRole.Text: t.text, QPalette.ColorRole.Button: t.card,
        QPalette.ColorRole.ButtonText: t.text, QPalette.ColorRole.ToolTipBase: t.card,
        QPalette.ColorRole.ToolTipText: t.text, QPalette.ColorRole.PlaceholderText: t.quiet,
        QPalette.ColorRole.Highlight: t.accent, QPalette.ColorRole.HighlightedText: t.on_accent,
        QPalette.ColorRole.Link: t.accent, QPalette.ColorRole.Mid: t.line,
        QPalette.ColorRole.Light: t.card, QPalette.ColorRole.Dark: t.line,
        QPalette.ColorRole.Shadow: t.line, QPalette.ColorRole.BrightText: t.error,
    }  # fmt: skip
    for role, colour in roles.items():
        palette.setColor(role, QColor(colour))
    for role in (
        QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText, QPalette.ColorRole.WindowText,
    ):  # fmt: skip
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(t.quiet))
    return palette


def style_sheet(t: Tokens) -> str:
    return f"""
QWidget {{ font-size: {BODY}px; }}
QMainWindow, QWidget#page, QScrollArea, QWidget#scroll {{ background: {t.window}; }}
QWidget#topbar, QWidget#bottombar {{ background: {t.card}; }}
QWidget#topbar {{ border-bottom: 1px solid {t.line}; }}
QWidget#bottombar {{ border-top: 1px solid {t.line}; }}
QWidget#filter {{ background: {t.window}; border-right: 1px solid {t.line}; }}
QWidget#banner {{ background: {t.mat}; border-bottom: 1px solid {t.line}; }}
QToolButton#search {{ background: {t.window}; color: {t.quiet}; border: 1px solid {t.line}; }}
QToolButton#search:hover {{ background: {t.mat}; }}
QToolButton#search:focus, QToolButton#search[target="true"] {{ border: 2px solid {t.accent}; }}
QWidget#compare {{ background: {t.window}; }}
QSplitter::handle:horizontal {{ background: {t.line}; margin: 0 2px; }}
QMenuBar {{ background: {t.card}; border: none; padding: 2px 8px; }}
QMenuBar::item {{ padding: 4px 8px; border-radius: 4px; background: transparent; }}
QMenuBar::item:selected, QMenu::item:selected {{ background: {t.mat}; color: {t.text}; }}
QMenu {{ background: {t.card}; border: 1px solid {t.line}; padding: 4px; }}
QMenu::item {{ padding: 5px 24px 5px 12px; border-radius: 4px; }}
QMenu::item:disabled {{ color: {t.quiet}; }}
QMenu::separator {{ height: 1px; background: {t.line}; margin: 4px 8px; }}
QToolTip {{ background: {t.card}; color: {t.text}; border: 1px solid {t.line}; padding: 4px; }}
QLabel {{ background: transparent; }}
QLabel[quiet="true"] {{ color: {t.quiet}; }}
QLabel[caption="true"] {{ color: {t.quiet}; font-size: {CAPTION}px; }}
QLabel[section="true"] {{ color: {t.quiet}; font-size: {CAPTION}px; font-weight: 600; }}
QLabel[headline="true"] {{ font-size: {HEADLINE}px; font-weight: 600; }}
QLabel[tone="stays"] {{ color: {t.stays}; }}
QLabel[tone="goes"] {{ color: {t.goes}; }}
QLabel[tone="error"] {{ color: {t.error}; }}
QPushButton {{ background: {t.card}; color: {t.text}; border: 1px solid {t.line};
  border-radius: 6px; padding: 0 12px; min-height: {TARGET}px; }}
QPushButton:hover {{ background: {t.mat}; }}
QPushButton:pressed {{ background: {t.line}; }}
QPushButton:disabled {{ color: {t.quiet}; background: {t.window}; }}
QPushButton:focus {{ border: 2px solid {t.accent}; padding: 0 11px; min-height: {TARGET - 2}px; }}
QPushButton[primary="true"] {{ background: {t.accent}; color: {t.on_accent};
  border: 1px solid {t.accent}; font-weight: 600; padding: 0 16px; min-height: 32px; }}
QPushButton[primary="true"]:hover, QPushButton[primary="true"]:pressed {{
  border: 1px solid {t.text}; }}
QPushButton[primary="true"]:focus {{ border: 2px solid {t.text}; padding: 0 15px;
  min-height: 30px; }}
QPushButton[primary="true"]:disabled {{ background: {t.mat}; color: {t.quiet};
  border: 1px solid {t.line}; }}
QPushButton[tall="true"] {{ min-height: {TALL}px; }}
QPushButton[tall="true"]:focus {{ min-height: {TALL - 2}px; }}
QPushButton[tight="true"], QPushButton[tight="true"]:focus {{ padding: 0 2px; }}
QPushButton[link="true"] {{ background: transparent; border: none; color: {t.accent};
  padding: 0 6px; text-align: left; }}
QPushButton[link="true"]:hover {{ text-decoration: underline; }}
QPushButton[link="true"]:focus {{ border: 2px solid {t.accent}; padding: 0 4px; }}
QToolButton {{ background: transparent; border: 2px solid transparent; border-radius: 6px;
  padding: 0 8px; min-height: {TARGET}px; min-width: {TARGET}px; }}
QToolButton[tight="true"] {{ padding: 0 3px; }}
QToolButton:hover {{ background: {t.mat}; }}
QToolButton:pressed {{ background: {t.line}; }}
QToolButton:checked {{ background: {t.mat}; font-weight: 600; }}
QToolButton:focus {{ border: 2px solid {t.accent}; }}
QToolButton:disabled {{ color: {t.quiet}; }}
QToolButton::menu-indicator {{ image: none; }}
QCheckBox {{ font-size: {CAPTION}px; min-height: {TARGET}px; spacing: 6px; }}
QComboBox {{ background: {t.card}; border: 1px solid {t.line}; border-radius: 6px;
  padding: 0 8px; min-height: {TARGET}px; }}
QComboBox:focus {{ border: 2px solid {t.accent}; padding: 0 7px; min-height: {TARGET - 2}px; }}
QComboBox::drop-down {{ border: none; width: 24px; }}
QComboBox QAbstractItemView {{ background: {t.card}; border: 1px solid {t.line};
  selection-background-color: {t.mat}; selection-color: {t.text}; outline: none; }}
QLineEdit {{ background: {t.window}; border: 1px solid {t.line}; border-radius: 6px;
  padding: 0 8px; min-height: {TARGET}px; }}
QLineEdit:focus {{ border: 2px solid {t.accent}; padding: 0 7px; min-height: {TARGET - 2}px; }}
QSlider {{ min-height: {TARGET}px; border: 2px solid transparent; border-radius: 4px; }}
QSlider:focus {{ border: 2px solid {t.accent}; }}
QSlider::groove:horizontal {{ height: 4px; border-radius: 2px; background: {t.line}; }}
QSlider::sub-page:horizontal {{ height: 4px; border-radius: 2px; background: {t.accent}; }}
QSlider::handle:horizontal {{ width: 14px; height: 14px; margin: -6px 0; border-radius: 8px;
  background: {t.card}; border: 1px solid {t.accent}; }}
QProgressBar {{ background: {t.mat}; border: none; border-radius: 3px; max-height: 6px;
  min-height: 6px; }}
QProgressBar::chunk {{ background: {t.accent}; border-radius: 3px; }}
QListView, QListWidget, QTreeWidget {{ background: {t.window}; border: none; outline: none; }}
QListView[boxed="true"], QTreeWidget[boxed="true"] {{ background: {t.card};
  border: 1px solid {t.line}; border-radius: 6px; }}
QListView[boxed="true"]:focus, QTreeWidget[boxed="true"]:focus {{
  border: 2px solid {t.accent}; }}
QTreeWidget::item, QListWidget::item {{ padding: 4px 6px; }}
QTreeWidget::item:selected, QListWidget::item:selected {{ background: {t.mat};
  color: {t.text}; }}
QTableView {{ background: {t.card}; border: 1px solid {t.line}; border-radius: 6px;
  outline: none; }}
QTableView:focus {{ border: 2px solid {t.accent}; }}
QTableView::item {{ padding: 0 6px; }}
QTableView::item:selected {{ background: {t.mat}; color: {t.text}; }}
QHeaderView {{ background: {t.card}; }}
QHeaderView::section {{ background: {t.card}; color: {t.quiet}; border: none;
  border-bottom: 1px solid {t.line}; padding: 4px 6px; font-size: {CAPTION}px; }}
QFrame#sheet QScrollArea, QWidget#sheetlist {{ background: {t.card}; }}
QFrame#card {{ background: {t.card}; border: 1px solid {t.line}; border-radius: 6px; }}
QFrame#sheet {{ background: {t.card}; border: 1px solid {t.line}; border-radius: 10px; }}
QScrollBar:vertical {{ background: transparent; width: 12px; margin: 0; }}
QScrollBar::handle:vertical {{ background: {t.line}; border-radius: 4px; min-height: 40px;
  margin: 2px; }}
QScrollBar::handle:vertical:hover {{ background: {t.quiet}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ height: 0; width: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QScrollBar:horizontal {{ background: transparent; height: 12px; }}
QScrollBar::handle:horizontal {{ background: {t.line}; border-radius: 4px; margin: 2px; }}
"""
