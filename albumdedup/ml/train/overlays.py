"""What people and phones draw on a picture: captions, dates, stickers, a screen's own signs."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

Layer = NDArray[np.uint8]
"""uint8[edge, edge, 4]: red, green, blue and how much they cover."""

Chance = np.random.Generator
_LETTERS = np.array(list("abcdefghijklmnoprstuvwyABCDEFGHKLMNRSTW0123456789!  "))


def draw_overlays(edge: int, chance: Chance, *, screen: bool, dark: bool) -> Layer | None:
    """A layer to lay over a copy, or None where nothing is drawn (most often)."""
    layer: Layer = np.zeros((edge, edge, 4), np.uint8)
    drawn = screen
    if screen:
        _signs(layer, chance, dark)
    if chance.random() < 0.22:
        (_caption, _date, _stickers, _bar)[int(chance.choice(4, p=(0.35, 0.2, 0.3, 0.15)))](
            layer, chance
        )
        drawn = True
    return layer if drawn else None


def _ink(*rgb: float) -> tuple[float, float, float, float]:
    r, g, b = rgb if len(rgb) == 3 else (rgb[0],) * 3
    return (255 * float(r), 255 * float(g), 255 * float(b), 255.0)


def _words(chance: Chance, most: int) -> str:
    return "".join(chance.choice(_LETTERS, int(chance.integers(4, most))))


def _caption(layer: Layer, chance: Chance) -> None:
    edge = len(layer)
    y = int(
        edge * (chance.uniform(0.08, 0.2) if chance.random() < 0.35 else chance.uniform(0.75, 0.95))
    )
    size = float(chance.uniform(0.25, 0.5)) * edge / 128
    text = _words(chance, 18)
    if chance.random() < 0.5:
        high = int(edge * chance.uniform(0.04, 0.09))
        layer[max(0, y - high - 2) : y + high // 2, :, 3] = int(chance.integers(100, 256))
    (wide, _), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, size, 1)
    place = (max(0, (edge - wide) // 2), y)
    cv2.putText(layer, text, place, cv2.FONT_HERSHEY_SIMPLEX, size, _ink(0), 2, cv2.LINE_AA)
    cv2.putText(layer, text, place, cv2.FONT_HERSHEY_SIMPLEX, size, _ink(1), 1, cv2.LINE_AA)


def _date(layer: Layer, chance: Chance) -> None:
    edge = len(layer)
    size = float(chance.uniform(0.18, 0.3)) * edge / 128
    x = int(edge * (chance.uniform(0.55, 0.75) if chance.random() < 0.8 else 0.04))
    colour = _ink(1, chance.uniform(0.4, 0.7), chance.uniform(0.05, 0.3))
    place = (x, int(edge * chance.uniform(0.92, 0.97)))
    cv2.putText(layer, _words(chance, 10), place, cv2.FONT_HERSHEY_PLAIN, size * 2, colour, 1)


def _stickers(layer: Layer, chance: Chance) -> None:
    edge = len(layer)
    for _ in range(int(chance.integers(1, 5))):
        radius = int(edge * chance.uniform(0.05, 0.13))
        x, y = (int(v) for v in chance.uniform(0.04, 0.96, 2) * edge)
        colour = _ink(*chance.uniform(0.1, 1.0, 3))
        corners = int(chance.choice((3, 4, 5, 6, 0, 0, 0)))
        if corners == 0:
            cv2.circle(layer, (x, y), radius, colour, -1, cv2.LINE_AA)
            for step in (-1, 1):
                cv2.circle(layer, (x + step * radius // 3, y - radius // 4), 1, _ink(0.1), -1)
            cv2.ellipse(layer, (x, y), (radius // 2, radius // 2), 0, 20, 160, _ink(0.1), 1)
        else:
            start = float(chance.uniform(0, math.tau))
            angles = start + np.arange(2 * corners) * math.pi / corners
            reach = np.where(np.arange(2 * corners) % 2, 0.5, 1.0) * radius
            points = np.stack((x + reach * np.cos(angles), y + reach * np.sin(angles)), 1)
            cv2.fillPoly(layer, [points.astype(np.int32)], colour, cv2.LINE_AA)


def _bar(layer: Layer, chance: Chance) -> None:
    """A plain band over one side."""
    width = int(len(layer) * chance.uniform(0.03, 0.14)) + 1
    band = np.rot90(layer, int(chance.integers(4)))[:width]
    band[...] = _ink(*chance.uniform(0, 1, 3)) if chance.random() < 0.5 else _ink(0)


def _signs(layer: Layer, chance: Chance, dark: bool) -> None:
    """Clock, battery and buttons, a few pixels each; at times bars of the app behind them."""
    edge = len(layer)
    ink = _ink(chance.uniform(0.75, 1.0) if dark else chance.uniform(0.0, 0.3))
    if chance.random() < 0.25:
        grey = chance.uniform(0.05, 0.25) if dark else chance.uniform(0.8, 0.97)
        layer[: int(edge * chance.uniform(0.03, 0.12))] = _ink(grey)
        layer[edge - int(edge * chance.uniform(0.03, 0.14)) :] = _ink(grey)
    y = int(edge * chance.uniform(0.012, 0.03))
    for left, wide in ((0.05, 0.1), (0.76, 0.05), (0.86, 0.07)):
        if chance.random() < 0.85:
            x = int(edge * (left + chance.uniform(-0.01, 0.02)))
            layer[y : y + max(1, edge // 64), x : x + int(edge * wide)] = ink
    if chance.random() < 0.5:
        x, y = int(edge * 0.07), int(edge * chance.uniform(0.05, 0.085))
        cv2.line(layer, (x, y), (x + 3, y), ink, 1)
    y = int(edge * chance.uniform(0.9, 0.96))
    count = int(chance.integers(0, 6))
    for button in range(count):
        x = int(edge * (button + 0.5) / count)
        cv2.ellipse(layer, (x, y), (edge // 50, edge // 90), 0, 0, 360, ink, 1)
    if chance.random() < 0.7:
        layer[edge - 2, int(edge * 0.36) : int(edge * 0.64)] = ink
