"""What lies under the pointer in the list of cards: a card, and the part of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QModelIndex, QPoint, QRect
from PySide6.QtWidgets import QListView

from albumdedup.core.edit_words import edit_words, notes_of_scene
from albumdedup.core.types import Group
from albumdedup.gui.card_layout import CardLayout
from albumdedup.gui.group_delegate import GroupDelegate
from albumdedup.gui.group_model import GROUP_ROLE
from albumdedup.gui.texts import shown


class Part(StrEnum):
    """What of a card can be pressed."""

    PHOTO = "photo"
    MORE = "more"
    KEEP_ALL = "keep_all"
    NOT_DUPLICATES = "not_duplicates"
    REST = "rest"


@dataclass(frozen=True, slots=True)
class Hit:
    """A card, the part of it, and for a photo its place in the group, else -1."""

    index: QModelIndex
    group: Group
    part: Part
    member: int
    rect: QRect

    @property
    def tip(self) -> str:
        """What the tooltip says; nothing beside a photo."""
        if self.member < 0:
            return ""
        member = self.group.members[self.member]
        remarks = (edit_words(self.group.keeper, member), notes_of_scene(member), member.note)
        lines = [shown(member.photo.path), *(remark for remark in remarks if remark)]
        return "\n".join(lines)


def hit_at(view: QListView, delegate: GroupDelegate, point: QPoint) -> Hit | None:
    """None beside the cards. ``point`` is in the viewport."""
    index = view.indexAt(point)
    if not index.isValid():
        return None
    group: Group = index.data(GROUP_ROLE)
    layout = delegate.layout_of(group)
    inside = point - view.visualRect(index).topLeft()
    if not layout.card.contains(inside):
        return None
    part, member, rect = _part_at(layout, inside)
    return Hit(index, group, part, member, rect)


def _part_at(layout: CardLayout, inside: QPoint) -> tuple[Part, int, QRect]:
    for part, rect in (
        (Part.NOT_DUPLICATES, layout.not_duplicates), (Part.KEEP_ALL, layout.keep_all),
        (Part.MORE, layout.more),
    ):  # fmt: skip
        if rect is not None and rect.contains(inside):
            return part, -1, rect
    tile = layout.tile_at(inside)
    if tile is not None:
        return Part.PHOTO, tile.member, tile.whole
    return Part.REST, -1, layout.card
