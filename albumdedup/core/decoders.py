"""What this installation can open, as one text: where it changes, broken photos are tried again."""

from __future__ import annotations

import os
from importlib.util import find_spec

_DECODERS = {
    "PIL": "pillow",
    "pillow_heif": "pillow_heif",
    "pillow_jxl": "pillow_jxl_plugin",
    "rawpy": "rawpy",
}
"""Modules that decode, and how the folders begin that tell their versions."""


def decoders_stamp(program: str) -> str:
    """The versions of the program (which is told) and of what decodes for it; what is not
    installed is absent.

    Imports nothing and takes no ``importlib.metadata``, which alone takes longer than a rescan.
    """
    return " ".join((f"albumdedup-{program}", *filter(None, map(_installed, _DECODERS))))


def _installed(module: str) -> str:
    spec = find_spec(module)
    if spec is None:
        return ""
    place = os.path.dirname(os.path.dirname(spec.origin or ""))
    try:
        names = os.listdir(place)
    except OSError:  # in an archive: then the program's own version tells
        return module
    start = _DECODERS[module] + "-"
    told = (n for n in sorted(names) if n.lower().startswith(start) and n.endswith(".dist-info"))
    return next((name.removesuffix(".dist-info") for name in told), module)
