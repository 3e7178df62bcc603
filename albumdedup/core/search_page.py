"""A search and its answer as a picture (PNG) or a page (HTML) that needs nothing beside it."""

from __future__ import annotations

import base64
import html
import io
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from albumdedup.core.asking import Example, Question
from albumdedup.core.decoder.door import Door
from albumdedup.core.i18n import _, ngettext
from albumdedup.core.languages import language_tag
from albumdedup.core.lettering import Lettering
from albumdedup.core.scanner import found_file
from albumdedup.core.thumbs import ThumbnailCache
from albumdedup.core.types import Problem, SearchHit

if TYPE_CHECKING:
    from PIL import Image

EDGE = 200
_PAD, _LINE, _GAP, _COLUMNS = 8, 17, 12, 5
_INK, _QUIET, _PAPER, _CARD, _MAT = "#1c1c1e", "#6b6b70", "#f6f6f7", "#ffffff", "#ececee"
_LIKE, _UNLIKE = "#1f8a4c", "#b26a00"


@dataclass(frozen=True, slots=True)
class Tile:
    """``picture`` is JPEG bytes, None where it cannot be read now."""

    picture: bytes | None
    heading: str
    name: str
    below: str
    tone: str = _INK


@dataclass(frozen=True, slots=True)
class Drawn:
    headline: str
    asked: tuple[Tile, ...]
    found: tuple[Tile, ...]


def tiles(
    question: Question, hits: Sequence[SearchHit], cache: ThumbnailCache, door: Door
) -> Drawn:
    headline = ngettext(
        "{n} photo, most similar first", "{n} photos, most similar first", len(hits)
    )
    like = tuple(_example(one, _("+ looked for"), _LIKE, door) for one in question.like)
    unlike = tuple(_example(one, _("- looked away from"), _UNLIKE, door) for one in question.unlike)
    found = tuple(_hit(number, hit, cache) for number, hit in enumerate(hits, question.offset + 1))
    return Drawn(headline.format(n=f"{len(hits):,}"), (*like, *unlike), found)


def _example(example: Example, heading: str, tone: str, door: Door) -> Tile:
    folder, name = os.path.split(example.path)
    return Tile(_framed(example, door), heading, name, folder, tone)


def _hit(number: int, hit: SearchHit, cache: ThumbnailCache) -> Tile:
    folder, name = os.path.split(hit.photo.path)
    try:
        picture = cache.thumbnail(hit.photo.content, hit.photo.path, EDGE)
    except OSError:
        picture = None
    return Tile(picture, f"{number} · {hit.similarity:.4f}", name, folder)


def _framed(example: Example, door: Door) -> bytes | None:
    """The picture with a line around the part that counts, as JPEG bytes."""
    from PIL import Image, ImageDraw

    pixels = door.read_upright(example.path, EDGE)
    if isinstance(pixels, Problem):
        return None
    image = Image.fromarray(pixels)
    if example.crop is not None:
        whole = _full_size(example.path, door) if not example.crop.shares else image.size
        left, top, right, bottom = example.crop.within(*whole)
        width, height = image.width - 1, image.height - 1
        box = (left * width, top * height, right * width, bottom * height)
        draw = ImageDraw.Draw(image)
        draw.rectangle(box, outline="white", width=4)
        draw.rectangle(box, outline=_LIKE, width=2)
    written = io.BytesIO()
    image.save(written, "JPEG", quality=88)
    return written.getvalue()


def _full_size(path: str, door: Door) -> tuple[int, int]:
    picture = door.read_file(found_file(path), EDGE, lambda content: True).picture
    return (picture.width, picture.height) if picture else (1, 1)


# --- the picture ------------------------------------------------------------------------------


def as_png(drawn: Drawn) -> bytes:
    from PIL import Image, ImageDraw

    columns = max(1, min(_COLUMNS, max(len(drawn.asked), len(drawn.found))))
    cell = EDGE + 2 * _PAD
    height = EDGE + 3 * _LINE + 2 * _PAD + 4
    rows = [-(-len(part) // columns) for part in (drawn.asked, drawn.found)]
    top = 2 * _GAP + 2 * _LINE
    size = (
        _GAP + columns * (cell + _GAP),
        top + sum(rows) * (height + _GAP) + (2 * _GAP if rows[1] else 0),
    )
    image = Image.new("RGB", (max(size[0], 3 * cell), size[1]), _PAPER)
    draw = ImageDraw.Draw(image)
    Lettering(20).draw(draw, (_GAP, _GAP + 22), drawn.headline, _INK)
    for part, line in ((drawn.asked, 0), (drawn.found, rows[0])):
        extra = 2 * _GAP if line else 0
        for number, tile in enumerate(part):
            x = _GAP + number % columns * (cell + _GAP)
            y = top + extra + (line + number // columns) * (height + _GAP)
            _draw_tile(image, tile, (x, y), (cell, height))
    if rows[1]:
        y = top + rows[0] * (height + _GAP) + _GAP // 2
        draw.line((_GAP, y, image.width - _GAP, y), fill="#dddde0")
    written = io.BytesIO()
    image.save(written, "PNG")
    return written.getvalue()


def _draw_tile(
    image: Image.Image, tile: Tile, place: tuple[int, int], size: tuple[int, int]
) -> None:
    from PIL import Image as images
    from PIL import ImageDraw

    draw, (x, y) = ImageDraw.Draw(image), place
    draw.rounded_rectangle((x, y, x + size[0], y + size[1]), 6, _CARD, "#dddde0")
    mat = (x + _PAD, y + _PAD + _LINE, x + _PAD + EDGE, y + _PAD + _LINE + EDGE)
    draw.rectangle(mat, _MAT)
    if tile.picture is not None:
        small = images.open(io.BytesIO(tile.picture)).convert("RGB")
        small.thumbnail((EDGE, EDGE))
        left, top = (EDGE - small.width) // 2, (EDGE - small.height) // 2
        image.paste(small, (mat[0] + left, mat[1] + top))
    lines = (
        (Lettering(13), tile.heading, tile.tone, y + _PAD + 11),
        (Lettering(12), tile.name, _INK, mat[3] + 16),
        (Lettering(12), tile.below, _QUIET, mat[3] + 16 + _LINE),
    )
    for number, (letters, text, tone, base) in enumerate(lines):
        short = letters.elided(printable(text), EDGE, left=number == 2)
        letters.draw(draw, (mat[0], base), short, tone)


# --- the page ---------------------------------------------------------------------------------


def as_html(drawn: Drawn) -> str:
    title = html.escape(_("Search: {headline}").format(headline=drawn.headline))
    parts = [
        f'<!doctype html>\n<html lang="{language_tag()}"><head><meta charset="utf-8">'
        f"<title>{title}</title><style>{_STYLE}</style></head><body>\n"
        f"<h1>{html.escape(drawn.headline)}</h1>\n"
    ]
    for part in (drawn.asked, drawn.found):
        figures = "".join(map(_figure, part))
        parts.append(f"<section>\n{figures}</section>\n")
    return "".join((*parts, "</body></html>\n"))


def _figure(tile: Tile) -> str:
    escaped: Callable[[str], str] = lambda text: html.escape(printable(text))  # noqa: E731
    source = base64.b64encode(tile.picture or b"").decode("ascii")
    image = f'<img alt="" src="data:image/jpeg;base64,{source}">' if source else "<div></div>"
    return (
        f'<figure title="{escaped(os.path.join(tile.below, tile.name))}">'
        f'<b style="color:{tile.tone}">{escaped(tile.heading)}</b><span>{image}</span>'
        f"<figcaption>{escaped(tile.name)}<br><i>{escaped(tile.below)}</i></figcaption></figure>\n"
    )


def printable(text: str) -> str:
    """A path as a page can show it: undecodable bytes and line breaks escaped."""
    safe = text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in safe)


_STYLE = """
body{font:14px system-ui,sans-serif;background:#f6f6f7;color:#1c1c1e;margin:24px}
h1{font-size:20px}
section{border-top:1px solid #ddd;padding:12px 0}
figure{display:inline-block;vertical-align:top;width:208px;margin:6px;padding:8px;background:#fff;
border:1px solid #ddd;border-radius:6px;box-sizing:border-box}
span{display:flex;height:192px;margin:4px 0;background:#ececee;align-items:center;
justify-content:center}
img{max-width:192px;max-height:192px;border-radius:4px}
figcaption{font-size:11px;overflow-wrap:anywhere}i{color:#6b6b70}
"""
