"""An evaluation as one page that needs nothing else, with the worst faults as pictures."""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

from PIL import Image

from albumdedup.core.decoder import read_upright
from albumdedup.core.i18n import _, tier_name
from albumdedup.core.languages import language_tag
from albumdedup.core.types import Problem
from albumdedup.evaluation.figures import Evaluation, Example, Fault
from albumdedup.evaluation.table import tables

THUMB_EDGE = 200
SHOWN_PER_FAULT = 24


def write_page(evaluation: Evaluation, album: Path, file: TextIO) -> None:
    """HTML with all tables and thumbnails of the worst examples, read from the album now."""
    title = html.escape(_("Evaluation of an album of {n} files").format(n=evaluation.files))
    file.write(_HEAD.format(language=language_tag(), title=title, style=_STYLE))
    file.write(f"<h1>{title}</h1>\n")
    for heading, head, rows in tables(evaluation):
        file.writelines(_table(heading, head, rows))
    for fault in Fault:
        found = [example for example in evaluation.examples if example.fault is fault]
        file.write(f"<h2>{html.escape(_fault_words(fault))}</h2>\n")
        if not found:
            file.write(f"<p>{html.escape(_('None.'))}</p>\n")
        for example in found[:SHOWN_PER_FAULT]:
            file.writelines(_example(example, album))
    file.write("</body></html>\n")


def _fault_words(fault: Fault) -> str:
    return {
        Fault.UNRELATED: _("Unrelated photos in one group, or taken for alike"),
        Fault.SERIES: _("Different shots of one scene, called Same photo or Edited"),
        Fault.MISSED: _("Copies that are not found"),
        Fault.SPLIT: _("Copies that are found and in another group than their original"),
        Fault.WEAK: _("Copies that are called less than they are"),
        Fault.ASTRAY: _("Copies whose transform is not right"),
    }[fault]


def _table(heading: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"<h2>{html.escape(heading)}</h2>\n<table><tr>"
    yield from (f"<th>{html.escape(cell)}</th>" for cell in head)
    yield "</tr>\n"
    for row in rows:
        cells = "".join(f"<td>{html.escape(cell)}</td>" for cell in row)
        yield f"<tr>{cells}</tr>\n"
    yield "</table>\n"


def _example(example: Example, album: Path) -> Iterator[str]:
    called = tier_name(example.called) if example.called else _("nothing")
    words = _("{kind} · similarity {similarity:.3f} · called {called} · {note}").format(
        kind=example.kind or "–",
        similarity=example.similarity,
        called=called,
        note=example.note or "–",
    )
    yield f"<figure><figcaption>{html.escape(words)}</figcaption>\n"
    for name in (example.first, example.second):
        shown = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
        text = html.escape(shown)
        source = _thumbnail(album / name)
        picture = f'<img alt="" src="{source}">' if source else html.escape(_("not readable"))
        yield f"<div>{picture}<small>{text}</small></div>\n"
    yield "</figure>\n"


def _thumbnail(path: Path) -> str:
    """A data URL of a small JPEG, empty where the file cannot be read now."""
    pixels = read_upright(str(path), THUMB_EDGE)
    if isinstance(pixels, Problem):
        return ""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=80)
    return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")


_HEAD = """<!DOCTYPE html>
<html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>{style}</style></head><body>
"""

_STYLE = """
:root { color-scheme: light dark; }
body { font: 14px/1.4 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; }
h2 { font-size: 1.1rem; margin-top: 2rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .15rem .6rem; text-align: right; border-bottom: 1px solid #8884; }
th:first-child, td:first-child { text-align: left; }
figure { display: inline-block; vertical-align: top; margin: .5rem; padding: .5rem;
  border: 1px solid #8884; border-radius: 6px; }
figcaption { max-width: 26rem; }
figure div { display: inline-block; width: 13rem; vertical-align: top; }
figure img { display: block; max-width: 200px; max-height: 200px; }
small { overflow-wrap: anywhere; }
"""
