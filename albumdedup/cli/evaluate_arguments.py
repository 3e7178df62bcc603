"""The arguments of ``albumdedup evaluate``.

``extractor`` and ``pca`` are the names of wishes for the library (``session.wishes``): what is only
measured has other ones.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

from albumdedup.cli.parsing import at_least_one
from albumdedup.core.i18n import _

Add = Callable[[str, str], argparse.ArgumentParser]


def add_evaluate(
    sub: argparse.ArgumentParser, common: argparse.ArgumentParser, dimensions: Callable[[str], int]
) -> None:
    whats = sub.add_subparsers(dest="what", required=True, metavar="make|run|labels")

    def add(name: str, words: str) -> argparse.ArgumentParser:
        return whats.add_parser(name, parents=[common], help=words, description=words)

    _add_make(add)
    _add_run(add)
    _add_labels(add, dimensions)


def _share(text: str) -> float:
    value = float(text)
    if not 0 < value < 1:
        raise argparse.ArgumentTypeError(_("a share lies between 0 and 1"))
    return value


def _add_make(add: Add) -> None:
    words = _("make an album of edited copies, with its truth")
    make = add("make", words)
    make.add_argument("source", metavar="SRC", help=_("folder of originals, all different"))
    make.add_argument("out", metavar="OUT", help=_("new folder for the album"))
    make.add_argument("--seed", type=int, default=0, help=_("another album of the same photos"))
    make.add_argument("--limit", type=at_least_one, default=None, metavar="N",
                      help=_("only the first N originals"))  # fmt: skip
    make.add_argument("--copies", type=at_least_one, default=None, metavar="N",
                      help=_("so many kinds of copies of each (default: all)"))  # fmt: skip
    make.add_argument("--sequences", metavar="DIR", help=_("a folder per scene, different shots"))
    make.add_argument("--strip-sequences", action="store_true",
                      help=_("the shots once more without metadata"))  # fmt: skip
    make.add_argument("--distractors", metavar="DIR", help=_("unrelated photos and graphics"))
    make.add_argument("--leave-out", action="append", default=[], metavar="NAME",
                      help=_("a file to pass over; may be given again"))  # fmt: skip


def _add_run(add: Add) -> None:
    words = _("scan a made album and say what was found, beside other ways to find copies")
    run = add("run", words)
    run.add_argument("folder", metavar="DIR", help=_("an album of `evaluate make`"))
    run.add_argument("--limit", type=at_least_one, default=None, metavar="N",
                     help=_("only N originals with their copies"))  # fmt: skip
    run.add_argument("--copies", type=at_least_one, default=None, metavar="N",
                     help=_("only N copies of each original, which is quicker"))  # fmt: skip
    run.add_argument("--seed", type=int, default=None, help=_("which ones (default: the album's)"))
    run.add_argument("--extractor", dest="beside", action="append", default=[], metavar="NAME",
                     help=_("measure this descriptor alone as well; may be repeated"))  # fmt: skip
    run.add_argument("--json", metavar="FILE", help=_("all figures"))
    run.add_argument("--html", metavar="FILE", help=_("one page with the worst faults as pictures"))


def _add_labels(add: Add, dimensions: Callable[[str], int]) -> None:
    words = _("which extractor finds photos of the same class: a folder per class, exact search")
    labels = add("labels", words)
    labels.add_argument("folder", metavar="DIR", help=_("a folder in it for each class"))
    labels.add_argument("--extractors", default="", metavar="NAME[,NAME…]",
                        help=_("these (default: ours and the classic recipes)"))  # fmt: skip
    labels.add_argument("--query-share", type=_share, default=0.2, metavar="S",
                        help=_("this share of each class asks (default: 0.2)"))  # fmt: skip
    labels.add_argument("--seed", type=int, default=1, help=_("which ones (default: 1)"))
    labels.add_argument("--pca", dest="reduced", type=dimensions, default=0, metavar="D",
                        help=_("each once more, reduced to D dimensions"))  # fmt: skip
    labels.add_argument("--json", metavar="FILE", help=_("all figures; - for standard output"))
    labels.add_argument("--plot", metavar="FILE",
                        help=_("which classes are taken for which: a new .png or .svg file; one "
                               "for each extractor where there are several"))  # fmt: skip
