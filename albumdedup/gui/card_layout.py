"""Where everything on a group's card lies. Pure geometry, shared by painting and clicks."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QPoint, QRect

KEEPER_EDGE, MEMBER_EDGE = 180, 140
MAT = 6
"""What of the mat is seen around a photo."""
PHOTO_EDGE = KEEPER_EDGE - 2 * MAT
"""The longer side of the largest photo: thumbnails are made for it."""
OUTER_X, OUTER_Y = 16, 6
PADDING = 16
HEADER = 28
BADGE = 22
CAPTIONS = 40
GAP = 16
ROW_GAP = 12
LINE = 20
FOLDED = 12
"""A folded card shows at most this many photos and says how many more there are."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One photo: badge above, mat, captions below. ``member`` is its place in the group."""

    member: int
    badge: QRect
    mat: QRect
    captions: QRect

    @property
    def whole(self) -> QRect:
        return self.badge.united(self.mat).united(self.captions)


@dataclass(frozen=True, slots=True)
class CardLayout:
    """All rectangles of one card, relative to the top left of its row."""

    card: QRect
    header: QRect
    not_duplicates: QRect
    keep_all: QRect
    tiles: tuple[Tile, ...]
    more: QRect | None
    hidden: int
    reason: QRect
    warning: QRect | None
    height: int

    def tile_at(self, point: QPoint) -> Tile | None:
        return next((tile for tile in self.tiles if tile.whole.contains(point)), None)


def lay_out(
    count: int,
    width: int,
    *,
    warned: bool = False,
    unfolded: bool = False,
    button_widths: tuple[int, int] = (112, 72),
) -> CardLayout:
    """The layout of a card with ``count`` photos in a list ``width`` pixels wide."""
    left, right = OUTER_X + PADDING, max(OUTER_X + PADDING + KEEPER_EDGE, width - OUTER_X - PADDING)
    top = OUTER_Y + PADDING - 4
    header = QRect(left, top, right - left, HEADER)
    first, second = button_widths
    not_duplicates = QRect(right - first, top, first, HEADER)
    keep_all = QRect(not_duplicates.left() - 8 - second, top, second, HEADER)

    shown = count if unfolded or count <= FOLDED else FOLDED - 1
    tiles: list[Tile] = []
    x, y, row_edge = left, top + HEADER + 4, KEEPER_EDGE
    for number in range(shown):
        edge = MEMBER_EDGE if number else KEEPER_EDGE
        if number and x + edge > right + 1:
            y += BADGE + row_edge + CAPTIONS + ROW_GAP
            x, row_edge = left, MEMBER_EDGE
        tiles.append(_tile(number, x, y, edge, row_edge))
        x += edge + GAP
    more = None
    if shown < count:
        if x + MEMBER_EDGE > right + 1:
            y += BADGE + row_edge + CAPTIONS + ROW_GAP
            x, row_edge = left, MEMBER_EDGE
        more = QRect(x, y + BADGE + row_edge - MEMBER_EDGE, MEMBER_EDGE, MEMBER_EDGE)
    y += BADGE + row_edge + CAPTIONS + 6
    reason = QRect(left, y, right - left, LINE)
    y += LINE
    warning = None
    if warned:
        warning = QRect(left, y + 2, right - left, LINE)
        y += LINE + 2
    bottom = y + PADDING - 6
    card = QRect(OUTER_X, OUTER_Y, right + PADDING - OUTER_X, bottom - OUTER_Y)
    return CardLayout(
        card, header, not_duplicates, keep_all, tuple(tiles), more, count - shown, reason, warning,
        bottom + OUTER_Y,
    )  # fmt: skip


def mirrored(layout: CardLayout, width: int) -> CardLayout:
    """The same card where one reads from right to left: every rectangle at the other side."""

    def over(rect: QRect) -> QRect:
        return QRect(width - rect.left() - rect.width(), rect.top(), rect.width(), rect.height())

    tiles = (
        Tile(tile.member, over(tile.badge), over(tile.mat), over(tile.captions))
        for tile in layout.tiles
    )
    return replace(
        layout,
        card=over(layout.card),
        header=over(layout.header),
        not_duplicates=over(layout.not_duplicates),
        keep_all=over(layout.keep_all),
        tiles=tuple(tiles),
        more=layout.more and over(layout.more),
        reason=over(layout.reason),
        warning=layout.warning and over(layout.warning),
    )


def _tile(member: int, x: int, y: int, edge: int, row_edge: int) -> Tile:
    """Mats of one row stand on one line, so that their captions can be compared."""
    mat_top = y + BADGE + row_edge - edge
    return Tile(
        member,
        QRect(x, mat_top - BADGE, edge, BADGE),
        QRect(x, mat_top, edge, edge),
        QRect(x, mat_top + edge + 4, edge, CAPTIONS - 4),
    )
