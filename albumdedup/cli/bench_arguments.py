"""The arguments of ``albumdedup bench``."""

from __future__ import annotations

import argparse

from albumdedup.cli.parsing import at_least_one
from albumdedup.core.i18n import _

BENCHMARKS = (
    "scan", "rescan", "regroup", "match", "index-join", "search", "store", "index", "start",
    "memory", "clean", "serve",
)  # fmt: skip


def add_bench(sub: argparse.ArgumentParser) -> None:
    sub.usage = "%(prog)s WHAT [DIR …] [--OPTION …]"  # argparse takes no DIR after an option here
    sub.add_argument("what", choices=BENCHMARKS, metavar="WHAT",
                     help=_("one of {what}").format(what=", ".join(BENCHMARKS)))  # fmt: skip
    sub.add_argument(
        "folders", nargs="*", metavar="DIR", help=_("photos, for scan, search and serve")
    )
    sub.add_argument("--json", action="store_true", help=_("all figures of all runs"))
    sub.add_argument("--markdown", action="store_true", help=_("a table for a page"))
    sub.add_argument("--runs", type=at_least_one, default=None, metavar="N",
                     help=_("so many runs; medians are told (default: 3)"))  # fmt: skip
    sub.add_argument("--photos", type=at_least_one, default=None, metavar="N",
                     help=_("size of the library that is made, for all but scan"))  # fmt: skip
    sub.add_argument("--seed", type=int, default=1, help=_("another library of the same size"))
    sub.add_argument("--timelapse", type=at_least_one, default=None, metavar="N",
                     help=_("at most so many near-equal frames (match, regroup)"))  # fmt: skip
    sub.add_argument("--new", type=at_least_one, default=None, metavar="N",
                     help=_("so many new photos against all (match, index-join)"))  # fmt: skip
    sub.add_argument("--make", type=at_least_one, default=None, metavar="N",
                     help=_("make so many camera-like photos first, in DIR (scan)"))  # fmt: skip
    sub.add_argument("--from", dest="source", metavar="DIR", default=None,
                     help=_("with --make: from these photos (default: painted)"))  # fmt: skip
    words = _("a Milvus server, not the embedded store (store, index, index-join)")
    sub.add_argument("--uri", "--vector-uri", dest="uri", default="", metavar="URI", help=words)
    words = _("draw the comparison: a new .png or .svg file (index)")
    sub.add_argument("--plot", metavar="FILE", help=words)
    sub.add_argument("--token", default="", help=_("its token (store, index, index-join)"))
    sub.add_argument("--certificate", default="", metavar="FILE",
                     help=_("its certificate, where the computer does not trust it"))  # fmt: skip
