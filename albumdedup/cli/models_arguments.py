"""The arguments of ``albumdedup models``."""

from __future__ import annotations

import argparse

from albumdedup.cli.parsing import add_json, at_least_one
from albumdedup.core.i18n import _


def add_models(sub: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    whats = sub.add_subparsers(
        dest="what", required=True, metavar="list|download|import|remove|measure"
    )

    def add(name: str, words: str) -> argparse.ArgumentParser:
        return whats.add_parser(name, parents=[common], help=words, description=words)

    add_json(add("list", _("all of them, and whose weights are here")))
    extractor = _("an extractor (see models list)")
    download = add("download", _("fetch the official weights from the web"))
    download.add_argument("name", metavar="NAME", help=extractor)
    bring = add("import", _("take weights from a file; nothing in it is run"))
    bring.add_argument("file", metavar="FILE", help=_("torch's .pth, or .safetensors"))
    bring.add_argument("--name", default=None, metavar="NAME",
                       help=_("refuse the weights of another network"))  # fmt: skip
    remove = add("remove", _("delete weights from the library's folder"))
    remove.add_argument("name", metavar="NAME", help=extractor)
    words = _("find the similarity from which its pairs are worth showing, and remember it")
    measure = add("measure", words)
    measure.add_argument("name", metavar="NAME", help=extractor)
    measure.add_argument("folder", metavar="DIR", help=_("an album of `evaluate make`"))
    measure.add_argument("--limit", type=at_least_one, default=None, metavar="N",
                         help=_("only N originals with their copies"))  # fmt: skip
