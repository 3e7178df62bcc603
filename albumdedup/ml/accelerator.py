"""Whether this computer may have a graphics card that computes, found out without torch."""

from __future__ import annotations

import ctypes.util
import platform
import sys
from pathlib import Path

from albumdedup.core.ports import Products
from albumdedup.core.products import NumpyProducts

_CARDS = ("nvidia0", "nvidiactl", "dxg", "kfd")
"""Device files: of NVIDIA's driver, of Windows' inside its Linux, of AMD's."""


def possible(wish: str, system: str = sys.platform, devices: Path = Path("/dev")) -> bool:
    """Whether it is worth asking torch, whose import takes a second. ``wish`` is the setting
    *device*."""
    if wish == "cpu":
        return False
    if system == "darwin":
        return platform.machine() == "arm64"
    if system == "win32":
        return ctypes.util.find_library("nvcuda") is not None
    return any((devices / card).exists() for card in _CARDS)


def open_products(wish: str) -> Products:
    """The products of matching, on the card that the setting *device* resolves to or, without
    one, in numpy."""
    if not possible(wish):
        return NumpyProducts()
    from albumdedup.ml.preload import preload_torch

    preload_torch()  # before the import beneath
    import torch

    from albumdedup.ml.torch_extractor import pick_device
    from albumdedup.ml.torch_products import TorchProducts

    device = pick_device(wish)
    usable = device.type == "cuda" and torch.cuda.is_available()
    usable = usable or (device.type == "mps" and torch.backends.mps.is_available())
    return TorchProducts(device) if usable else NumpyProducts()
