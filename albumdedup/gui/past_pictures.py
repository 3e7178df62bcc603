"""Groups and photos of a clean-up of the past as tiles: where each is now. No widgets."""

from __future__ import annotations

import os

from albumdedup.core.folder_names import last_two_parts
from albumdedup.core.i18n import _, human_bytes, ngettext
from albumdedup.gui.past import Now, PastGroup, PastPhoto
from albumdedup.gui.picture_grid import Picture
from albumdedup.gui.texts import shown


def _badge(now: Now) -> tuple[str, str]:
    return {
        Now.AWAY: ("↷ " + _("in the trash"), "goes"),
        Now.BACK: ("✓ " + _("back"), "stays"),
        Now.GONE: ("– " + _("gone"), "quiet"),
        Now.NEVER_LEFT: ("✓ " + _("left alone"), "quiet"),
    }[now]


def _folder(path: str) -> str:
    return shown(last_two_parts(os.path.dirname(path)))


def group_picture(group: PastGroup) -> Picture:
    gone = sum(photo.now is Now.GONE for photo in group.photos)
    if group.away:
        words = ngettext("↷ {n} away", "↷ {n} away", group.away)
        badge, tone = words.format(n=f"{group.away:,}"), "goes"
    elif gone:
        words = ngettext("– {n} gone", "– {n} gone", gone)
        badge, tone = words.format(n=f"{gone:,}"), "quiet"
    else:
        badge, tone = "✓ " + _("all there"), "stays"
    path = group.keeper.path
    return Picture(
        group.id, path, group.keeper.content, badge, tone, shown(os.path.basename(path)),
        _folder(path), shown(path),
    )  # fmt: skip


def photo_picture(photo: PastPhoto) -> Picture:
    badge, tone = _badge(photo.now)
    item = photo.entry.item
    lines = (photo.path, photo.entry.problem, item.reason, photo.entry.restored_to or "")
    tip = "\n".join(dict.fromkeys(line for line in lines if line))
    return Picture(
        photo.path, photo.place, item.victim.content, badge, tone,
        shown(os.path.basename(photo.path)),
        f"{human_bytes(photo.bytes)} · {_folder(photo.path)}", shown(tip),
    )  # fmt: skip


def keeper_picture(group: PastGroup) -> Picture:
    """The photo that stayed."""
    keeper = group.keeper
    return Picture(
        "", keeper.path, keeper.content, "✓ " + _("stays"), "stays",
        shown(os.path.basename(keeper.path)),
        f"{human_bytes(keeper.stamp.size)} · {_folder(keeper.path)}", shown(keeper.path),
    )  # fmt: skip
