"""Torch's libraries are loaded beforehand, and torch is the same for it."""

import subprocess
import sys

import pytest

from albumdedup.ml.preload import preload_torch

SCRIPT = """
import sys
from albumdedup.ml.preload import preload_torch
loaded = preload_torch()
assert "torch" not in sys.modules
mapped = open("/proc/self/maps").read()
assert loaded >= 4 and "libtorch_cpu" in mapped, loaded
import torch
assert torch.ones(3).sum().item() == 3.0
"""


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_loads_the_libraries_without_importing_torch() -> None:
    subprocess.run([sys.executable, "-c", SCRIPT], check=True, timeout=120)


def test_does_nothing_once_torch_is_there() -> None:
    import torch

    assert torch.__version__
    assert preload_torch() == 0


def test_a_python_without_torch_is_no_error(monkeypatch) -> None:
    monkeypatch.delitem(sys.modules, "torch", raising=False)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert preload_torch() == 0
