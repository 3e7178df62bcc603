"""Loads torch's shared libraries while other threads go on.

``import torch`` holds Python's lock while the system maps and relocates some gigabytes of
libraries: a quarter of a second in which a window stands still. A foreign call to the loader
does not hold it, and what is loaded already costs the import nothing.
"""

from __future__ import annotations

import ctypes
import importlib.util
import logging
import os
import sys
from pathlib import Path

_log = logging.getLogger(__name__)

_LIBRARIES = (
    ("global_deps", True),  # what torch itself loads for all to see
    ("c10", False),
    ("torch_cpu", False),
    ("c10_cuda", False),
    ("torch_cuda", False),
    ("torch", False),
    ("torch_python", False),
)
"""Name, and whether its symbols are for all; in the order in which one needs the other."""


def preload_torch() -> int:
    """Load what is there of torch's libraries; returns how many. Only where the loader can be
    called so (Linux, macOS), and never an error: ``import torch`` says what is wrong."""
    if "torch" in sys.modules or not hasattr(os, "RTLD_LOCAL"):
        return 0
    found = importlib.util.find_spec("torch")
    if found is None or found.origin is None:
        return 0
    dlopen = ctypes.CDLL(None).dlopen  # called through ctypes: without Python's lock
    dlopen.argtypes, dlopen.restype = (ctypes.c_char_p, ctypes.c_int), ctypes.c_void_p
    folder = Path(found.origin).parent / "lib"
    ending = ".dylib" if sys.platform == "darwin" else ".so"
    loaded = 0
    for name, for_all in _LIBRARIES:
        stem = f"libtorch_{name}" if name == "global_deps" else f"lib{name}"
        path = folder / f"{stem}{ending}"
        if not path.is_file():
            continue
        how = os.RTLD_GLOBAL if for_all else os.RTLD_LOCAL
        if dlopen(os.fsencode(path), os.RTLD_NOW | how):
            loaded += 1
        else:
            _log.debug("%s was not loaded beforehand", path.name)
    return loaded
