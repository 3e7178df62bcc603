"""In which precision a network computes: tried once on each machine, and remembered.

Half precision is up to twice as fast where the processor has instructions for it and slower where
it has not, and no list of processors says how much; a second's trial does. Its answers must be
those of float32: a descriptor that is nearer than 0.999 to itself changes no verdict.
"""

from __future__ import annotations

import json
import logging
import platform
import statistics
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from albumdedup.core.types import ExtractorSpec
from albumdedup.ml.backbones import lowered
from albumdedup.ml.preprocess import to_batch

_log = logging.getLogger(__name__)

LEAST_COSINE = 0.999
WORTH_IT = 1.15
"""So many times faster than float32, or it is not worth another number format."""
_PASSES = 5
_SECONDS = 4.0
"""A trial that has taken so long ends with the pass it is at: large networks take seconds each."""
_SEED = 20


@dataclass(frozen=True, slots=True)
class Trial:
    """``precision`` is that of torch's types; times are milliseconds a photo."""

    machine: str
    precision: str
    cosine: float
    milliseconds: float
    float32_milliseconds: float


def at_best(
    network: nn.Module, spec: ExtractorSpec, device: torch.device, rows: int, file: Path
) -> nn.Module:
    """The network in the precision that ``file`` remembers for this machine, else in the one
    that a trial finds, which is then remembered."""
    machine = _machine(spec, device)
    known = _recall(file)
    if known is None or known.machine != machine:
        known = tried(network, spec, device, rows, machine)
        _keep(file, known)
    if known.precision == "float32":
        return network
    return lowered(network, getattr(torch, known.precision))


def tried(
    network: nn.Module, spec: ExtractorSpec, device: torch.device, rows: int, machine: str = ""
) -> Trial:
    """Compare the half precision that this device may have with float32, pass by pass in turn."""
    batch = _pictures(spec.input_edge, rows).to(device)
    exact, plain = _timed(network, batch)
    best = Trial(machine, "float32", 1.0, plain, plain)
    kind = _half(device)
    if kind is None:
        return best
    other = lowered(network, kind)
    times: list[tuple[float, float]] = []
    found, began = exact, time.monotonic()
    for number in range(_PASSES + 1):
        found, fast = _timed(other, batch)
        _again, slow = _timed(network, batch)
        if number:  # the first passes make ready what later ones use
            times.append((fast, slow))
        if times and time.monotonic() - began > _SECONDS:
            break
    cosine = float((found * exact).sum(dim=1).min())
    fast, slow = (statistics.median(column) for column in zip(*times, strict=True))
    if cosine >= LEAST_COSINE and slow >= WORTH_IT * fast:
        name = str(kind).removeprefix("torch.")
        return Trial(machine, name, cosine, fast, slow)
    return Trial(machine, "float32", 1.0, slow, slow)


def _half(device: torch.device) -> torch.dtype | None:
    """The half precision that is worth a trial; None where the device has no use for one."""
    if device.type == "cuda":
        return torch.float16
    if device.type == "cpu" and torch.ops.mkldnn._is_mkldnn_bf16_supported():
        return torch.bfloat16
    return None


def _timed(network: nn.Module, batch: Tensor) -> tuple[Tensor, float]:
    """Descriptors, float32[rows, dim] on the CPU, and milliseconds a photo."""
    started = time.perf_counter()
    with torch.inference_mode():
        found = network(batch).float().cpu()
    return found, (time.perf_counter() - started) * 1000 / len(batch)


def _pictures(edge: int, rows: int) -> Tensor:
    """Blobs of colour at several scales: nearer to photos than noise, and the same everywhere."""
    chance = np.random.default_rng(_SEED)
    squares = np.zeros((rows, edge, edge, 3), np.float64)
    for cells in (4, 16, edge // 2):
        coarse = chance.uniform(-1, 1, (rows, cells, cells, 3))
        fine = coarse.repeat(edge // cells, axis=1).repeat(edge // cells, axis=2)
        squares += fine * (320 / cells**0.5)
    pixels = np.clip(128 + squares, 0, 255).astype(np.uint8)
    return torch.from_numpy(to_batch(list(pixels), edge, rows)).permute(0, 3, 1, 2)


def _machine(spec: ExtractorSpec, device: torch.device) -> str:
    """What the outcome depends on."""
    name = platform.processor() or platform.machine()
    if device.type == "cuda":
        name = torch.cuda.get_device_name(device)
    level = torch.backends.cpu.get_cpu_capability()
    threads = torch.get_num_threads()
    return f"{spec.sha256[:8]} {device} {name} {level} {threads} torch {torch.__version__}"


def _recall(file: Path) -> Trial | None:
    try:
        raw = json.loads(file.read_text(encoding="utf-8"))
        known = Trial(**raw)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError):
        _log.info("%s is not understood; it is made anew", file.name)
        return None
    return known if known.precision in ("float32", "bfloat16", "float16") else None


def _keep(file: Path, trial: Trial) -> None:
    """A disk that is full, or a file cut short, costs the next start a second."""
    try:
        file.write_text(json.dumps(asdict(trial), indent=1), encoding="utf-8")
    except OSError as error:
        _log.info("%s is not kept: %s", file.name, error)
