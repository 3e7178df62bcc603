"""How several panes share an area."""

from __future__ import annotations

from typing import NamedTuple


class Rect(NamedTuple):
    x: int
    y: int
    width: int
    height: int


def arrange(count: int, width: int, height: int, aspect: float, gap: int = 2) -> list[Rect]:
    """Panes in rows and columns, as many of each as show photos of this aspect largest."""

    def shown(columns: int) -> float:
        across, down = _cell(count, columns, width, height, gap)
        return min(across / aspect, down)

    columns = max(range(1, count + 1), key=lambda n: (shown(n), n))
    across, down = _cell(count, columns, width, height, gap)
    found = []
    for number in range(count):
        row, column = divmod(number, columns)
        found.append(Rect(column * (across + gap), row * (down + gap), across, down))
    return found


def _cell(count: int, columns: int, width: int, height: int, gap: int) -> tuple[int, int]:
    rows = -(-count // columns)
    return (
        max(1, (width - gap * (columns - 1)) // columns),
        max(1, (height - gap * (rows - 1)) // rows),
    )
