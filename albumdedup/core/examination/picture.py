"""What is in a file: container, pixels, how it is opened, metadata, dates."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from typing import Any

from albumdedup.core.dates import NOTHING_BESIDE, Beside, as_iso, considered, taken
from albumdedup.core.examination.steps import Step
from albumdedup.core.formats import FORMATS, HEAD_BYTES, RAW, PhotoFormat, sniff
from albumdedup.core.i18n import _, describe_problem
from albumdedup.core.keeper.words import extra_names, source_name
from albumdedup.core.types import FoundFile, PhotoMetadata, Picture, ReadFile

Read = Callable[[FoundFile], ReadFile]


def examine_container(path: str) -> Step:
    """By its first bytes. Raises OSError."""
    with open(path, "rb") as file:
        head = file.read(HEAD_BYTES)
    suffix = os.path.splitext(path)[1].lower()
    form = sniff(head, suffix)
    named = next((one for one in FORMATS if suffix in one.suffixes), None)
    facts = {
        "format": form.name if form else None,
        "named": named.name if named else None,
        "suffix": suffix,
    }
    return Step("content", _("Content"), (_container_words(head, form, named),), facts)


def _container_words(head: bytes, form: PhotoFormat | None, named: PhotoFormat | None) -> str:
    if not head:
        return _("The file is empty.")
    if form is None:
        return _("Its first bytes are those of no picture that this program knows.")
    if named is not None and named is not form and RAW not in (form, named):
        words = _("It is {format} by its bytes, though its name says {other}: the bytes count.")
        return words.format(format=form.name, other=named.name)
    return _("It is {format} by its bytes.").format(format=form.name)


def examine_opening(read: ReadFile) -> Step:
    title = _("Opening")
    picture = read.picture
    facts: dict[str, Any] = {"content": read.content}
    if read.problem is not None:
        facts |= {"code": read.problem.reason.value, "opened": False}
        return Step("opening", title, (describe_problem(read.problem),), facts)
    if picture is None:
        return Step("opening", title, (_("It was not opened."),), facts | {"opened": False})
    decoder, profile = _decoder(picture), picture.profile
    size = _("{width} × {height} pixels, opened as {format} by {decoder}.").format(
        width=picture.width, height=picture.height, format=picture.format, decoder=decoder
    )
    lines = [size, _turned(picture.metadata.orientation)]
    if profile:
        words = _("Its colours are those of the profile “{name}”, and compared as sRGB.")
        lines.append(words.format(name=profile))
    else:
        lines.append(_("It has no colour profile; its colours are taken for sRGB."))
    if picture.plain:
        lines.append(
            _("It is too small or too even to be told by its descriptor: only pixels that are "
              "the same make it a copy.")
        )  # fmt: skip
    facts |= {
        "opened": True,
        "width": picture.width,
        "height": picture.height,
        "format": picture.format,
        "decoder": decoder,
        "orientation": picture.metadata.orientation,
        "profile": profile,
        "plain": picture.plain,
    }
    return Step("opening", title, tuple(lines), facts)


def _decoder(picture: Picture) -> str:
    special = {"HEIF": "libheif", "JXL": "libjxl", "JPEG XL": "libjxl", "RAW": "Pillow, rawpy"}
    return special.get(picture.format, "Pillow")


def _turned(orientation: int) -> str:
    if orientation == 1:
        return _("It is stored upright.")
    words = _("It is stored turned or mirrored (orientation {n} of 8), and compared upright.")
    return words.format(n=orientation)


def examine_metadata(metadata: PhotoMetadata) -> Step:
    facts = {
        "camera": metadata.camera,
        "software": metadata.software,
        "exif_tags": metadata.tags,
        "extras": list(metadata.extras),
        "inside": list(metadata.holds),
    }
    lines = []
    if metadata.camera:
        lines.append(_("Camera: {name}.").format(name=metadata.camera))
    if metadata.software:
        lines.append(_("Saved with: {name}.").format(name=metadata.software))
    if metadata.extras:
        lines.append(
            _("It tells what a person would miss: {kinds}.").format(
                kinds=extra_names(metadata.extras)
            )
        )
    if metadata.inside:
        lines.append(
            _("It holds more than its picture: {kinds}.").format(kinds=extra_names(metadata.holds))
        )
    if metadata.tags:
        lines.append(_("EXIF tags: {n}.").format(n=metadata.tags))
    return Step("metadata", _("Metadata"), tuple(lines) or (_("It holds none."),), facts)


def examine_dates(
    found: FoundFile, metadata: PhotoMetadata, now: datetime, beside: Beside = NOTHING_BESIDE
) -> Step:
    folder, name = os.path.split(found.path)
    told = metadata, name, found.stamp.mtime_ns, found.birth_ns, now, beside, folder
    best = taken(*told)
    lines, facts = [], []
    for one in considered(*told):
        date = one.date
        wins = best is not None and (date.source, date.wall) == (best.source, best.wall)
        verdict = _("this one counts") if wins else "" if one.possible else _("cannot be")
        line = _("{source}: {date}, grade {grade}").format(
            source=source_name(date.source), date=as_iso(date), grade=date.grade.value
        )
        lines.append(f"{line} ← {verdict}" if verdict else line)
        facts.append(
            {
                "source": date.source.value,
                "taken": as_iso(date),
                "grade": date.grade.value,
                "possible": one.possible,
                "counts": wins,
            }
        )
    if best is None:
        lines.append(_("Nothing tells when it was taken."))
    lines.append(_("Grades: A a camera's clock, B good, C the day at most, D a hint."))
    return Step("dates", _("Taken"), tuple(lines), {"dates": facts})
