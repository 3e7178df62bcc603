"""Puts what has arrived into a scene, and asks for what follows from it."""

from __future__ import annotations

from albumdedup.core.compare.looking import Look, density
from albumdedup.gui.compare.choosing import heat_sentence
from albumdedup.gui.compare.darkroom import Darkroom, Key
from albumdedup.gui.compare.slots import Scene, Slot
from albumdedup.gui.thumb_loader import ThumbLoader

SHARP = 1.1
"""More screen pixels than this for one decoded pixel, and the full size is wanted."""


class Developer:
    """``aligned`` and ``warm`` (a colour) are part of what a difference is."""

    def __init__(self, darkroom: Darkroom, loader: ThumbLoader) -> None:
        self._darkroom, self._loader = darkroom, loader
        self.aligned = True
        self.warm = "#000000"

    def develop(self, scene: Scene) -> None:
        for slot in scene.slots:
            slot.thumb = self._loader.pixmap(slot.photo.content)
            found, full = self._darkroom.picture(slot.photo), self._darkroom.full(slot.photo)
            if found is not None:
                slot.sentence = found.sentence
                slot.levels = (*(full.levels if full else ()), *found.levels)
        for slot in scene.slots[1:]:
            key = self._key(scene, slot)
            if not self._darkroom.has(key):
                pair = (scene.slots[0].photo, slot.photo)
                self._darkroom.want_heat(key, pair, slot.place, self.warm)
        if scene.pair is not None:
            key = self._key(scene, scene.pair[1])
            scene.heat = self._darkroom.heat(key)
            failed = any(slot.sentence for slot in scene.pair)
            done = self._darkroom.has(key)
            scene.heat_sentence = "" if failed else heat_sentence(scene.heat, measured=done)

    def want_pixels(self, scene: Scene, look: Look, ratio: float) -> None:
        """Near enough to see pixels: all of them are wanted."""
        for slot in scene.slots:
            found = self._darkroom.picture(slot.photo)
            if found is None or not found.levels or found.levels[0].width() >= slot.photo.width:
                continue
            fineness = density(slot.place, scene.first, slot.size, (look.x, look.y))
            wanted = look.scale * ratio / max(1e-6, fineness) * slot.photo.width
            if wanted > SHARP * found.levels[0].width():
                self._darkroom.want_full(slot.photo, len(scene.slots))

    def sharpness(self, scene: Scene) -> list[float | None]:
        """Of each photo over the first one's; None where it is not known (yet)."""
        heats = [self._darkroom.heat(self._key(scene, slot)) for slot in scene.slots[1:]]
        return [1.0, *(heat.facts.sharpness if heat else None for heat in heats)]

    def bins(self, scene: Scene) -> list[tuple[float, ...]]:
        found = [self._darkroom.picture(slot.photo) for slot in scene.slots]
        return [one.bins if one is not None else () for one in found]

    def _key(self, scene: Scene, slot: Slot) -> Key:
        first = scene.slots[0].photo.path
        return ("heat", first, slot.photo.path, str(self.aligned), self.warm)
