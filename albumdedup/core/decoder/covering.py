"""GIFs whose first frame covers a part of their canvas."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

Box = tuple[int, int, int, int]


def covered_part(image: Image.Image) -> Box | None:
    """Of a GIF that is opened and not yet decoded: where its first frame lies; None where that is
    everywhere. Left, top, right, bottom in pixels."""
    if image.format != "GIF":
        return None
    tiles = getattr(image, "tile", None)
    box = tiles[0][1] if tiles else None
    return None if box is None or tuple(box) == (0, 0, *image.size) else tuple(box)


def clear_around(image: Image.Image, box: Box) -> Image.Image:
    """RGBA that is clear where no frame lies, as browsers show it; Pillow puts the first colour
    of the palette there."""
    from PIL import Image as images

    whole = images.new("RGBA", image.size)
    whole.paste(image.convert("RGBA").crop(box), box[:2])
    return whole
