"""The options of ``albumdedup search``."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import date

from albumdedup.cli.parsing import add_json, place, similarity
from albumdedup.core.asking import UNLIKE_WEIGHT, Crop, crop_of, first_day, last_day
from albumdedup.core.i18n import _


def add_search(sub: argparse.ArgumentParser) -> None:
    words = _("a file, or its file:// address; several: what they have in common")
    sub.add_argument("images", nargs="+", type=place, metavar="IMAGE", help=words)
    sub.add_argument(
        "--not", dest="unlike", nargs="+", action="extend", type=place, default=[], metavar="IMAGE",
        help=_("and unlike these"),
    )  # fmt: skip
    words = _("how much those count, from 0 to 1 (default: {weight})").format(weight=UNLIKE_WEIGHT)
    sub.add_argument("--not-weight", type=weight, default=UNLIKE_WEIGHT, metavar="W", help=words)
    words = _(
        "only this part of the image, in pixels or in fractions up to 1; again for the next image"
    )
    sub.add_argument(
        "--crop", type=crop, action="append", default=[], metavar="X,Y,W,H", help=words
    )
    sub.add_argument("--folder", metavar="DIR", default="", help=_("only photos below DIR"))
    words = _("taken on or after 2019, 2019-05 or 2019-05-01")
    sub.add_argument("--from", dest="first", type=day(first_day), metavar="DATE", help=words)
    words = _("taken on or before such a date")
    sub.add_argument("--to", dest="last", type=day(last_day), metavar="DATE", help=words)
    words = _("taken by a camera whose name holds TEXT")
    sub.add_argument("--camera", metavar="TEXT", default="", help=words)
    words = _("leave out what is less similar (0 to 1)")
    sub.add_argument("--min-similarity", dest="least", type=similarity, metavar="S", help=words)
    words = _("so many of them (default: 10)")
    sub.add_argument("--top", type=int, default=10, metavar="N", help=words)
    words = _("pass over the first K, for the next page")
    sub.add_argument("--offset", type=int, default=0, metavar="K", help=words)
    words = _("draw what was looked for and found: a new .png or .html file")
    sub.add_argument("--plot", metavar="FILE", help=words)
    words = _("among the photos of the other libraries too")
    sub.add_argument("--family", action="store_true", help=words)
    add_json(sub)


def weight(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(_("a weight lies between 0 and 1"))
    return value


def crop(text: str) -> Crop:
    try:
        return crop_of(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            _("{text} is no rectangle; write left,top,width,height").format(text=text)
        ) from error


def day(read: Callable[[str], date]) -> Callable[[str], date]:
    def read_day(text: str) -> date:
        try:
            return read(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(
                _("{text} is no date; write 2019, 2019-05 or 2019-05-01").format(text=text)
            ) from error

    return read_day
