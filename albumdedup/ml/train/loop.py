"""The training loop: reproducible by seed, can be stopped at any time and continued."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.ml.backbones import SlimResNet
from albumdedup.ml.train.augment import edited, normalise, plain
from albumdedup.ml.train.losses import contrast, koleo, threshold
from albumdedup.ml.train.pack import Pack


@dataclass(frozen=True)
class Recipe:
    """Everything that the resulting weights depend on, apart from pack and start weights."""

    steps: int
    batch: int = 256
    edge: int = 128
    seed: int = 1
    held_out: int = 400
    rate: float = 3e-4
    warm_up: int = 30
    decay: float = 0.02
    ema: float = 0.99
    temperature: float = 0.05
    koleo: float = 0.2
    threshold: float = 0.005
    threshold_temperature: float = 0.025
    middle: float = 0.55
    margin: float = 0.05
    pull: float = 8.0
    twins: float = 0.85
    """Photos of the pack that the first network finds this similar are not taken for different."""
    turns: float = 0.3
    """Share of the edited views that are turned or mirrored as well."""
    frozen_statistics: bool = True
    """Leave batch norm's statistics as they are: right for a fine start, wrong from scratch."""


@dataclass
class State:
    """What a checkpoint holds."""

    step: int
    network: SlimResNet
    average: SlimResNet
    optimiser: torch.optim.AdamW
    bank: Tensor
    """float32[n, d]: the last descriptor of each training photo, unedited, of the average."""
    twins: Tensor
    """int64[2, t]: pairs of rows that are hidden from each other."""


Report = Callable[[int, dict[str, float]], None]


def train(
    pack: Pack, recipe: Recipe, start: SlimResNet | None, device: torch.device, *,
    stop: int | None = None, checkpoint: Path | None = None, every_s: float = 180.0,
    report: Report | None = None,
) -> SlimResNet:  # fmt: skip
    """Train and return the averaged network, for inference.

    ``stop`` ends it after so many steps, the learning rate's schedule being for all of them.
    Continues from ``checkpoint`` where that file exists, and writes it now and then. Raises
    AlbumError(NOT_RESUMABLE) for a checkpoint of another recipe.
    """
    rows, _ = pack.split(recipe.held_out, recipe.seed)
    state = _begin(pack, rows, recipe, start, device)
    if checkpoint is not None and checkpoint.is_file():
        _resume(state, checkpoint, recipe)
    written = time.monotonic()
    last = recipe.steps if stop is None else min(stop, recipe.steps)
    for step, chosen, views in _batches(pack, rows, recipe, state.step, last, device):
        figures = _step(state, recipe, step, pack.squares[rows[chosen]], chosen, views)
        state.step = step + 1
        if report is not None:
            report(step, figures)
        if checkpoint is not None and time.monotonic() - written > every_s:
            save(state, checkpoint, recipe)
            written = time.monotonic()
    if checkpoint is not None:
        save(state, checkpoint, recipe)
    return state.average


def _begin(
    pack: Pack, rows: NDArray[np.int64], recipe: Recipe, start: SlimResNet | None,
    device: torch.device,
) -> State:  # fmt: skip
    torch.manual_seed(recipe.seed)
    network = SlimResNet() if start is None else start
    average = SlimResNet()
    average.load_state_dict(network.state_dict())
    network = network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    average = average.to(device, memory_format=torch.channels_last).eval()  # type: ignore[call-overload]
    bank = describe_rows(average, pack.squares, rows, recipe.edge, device)
    return State(0, network, average, _optimiser(network, recipe), bank, _twins(bank, recipe.twins))


def _optimiser(network: nn.Module, recipe: Recipe) -> torch.optim.AdamW:
    """Weight decay on matrices and kernels only."""
    wide = [p for p in network.parameters() if p.ndim > 1]
    narrow = [p for p in network.parameters() if p.ndim <= 1]
    groups = [
        {"params": wide, "weight_decay": recipe.decay},
        {"params": narrow, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=recipe.rate, betas=(0.9, 0.99))


def _twins(bank: Tensor, floor: float) -> Tensor:
    """A network that knows nothing finds all photos alike: then nothing is hidden."""
    found = []
    for first in range(0, len(bank), 1024):
        near = (bank[first : first + 1024] @ bank.T) >= floor
        pairs = near.nonzero().T
        pairs[0] += first
        found.append(pairs[:, pairs[0] != pairs[1]])
    pairs = torch.cat(found, 1)
    return pairs if pairs.shape[1] < len(bank) else pairs[:, :0]


def describe_rows(
    network: nn.Module, squares: NDArray[np.uint8], rows: NDArray[np.int64], edge: int,
    device: torch.device,
) -> Tensor:  # fmt: skip
    """float32[len(rows), d]: descriptors of unedited photos."""
    parts = []
    for first in range(0, len(rows), 256):
        batch = normalise(plain(squares[rows[first : first + 256]], edge, device))
        with torch.no_grad(), torch.autocast(device.type, torch.bfloat16):
            parts.append(network(batch).float())
    return torch.cat(parts)


def _batches(
    pack: Pack,
    rows: NDArray[np.int64],
    recipe: Recipe,
    first: int,
    last: int,
    device: torch.device,
) -> Iterator[tuple[int, NDArray[np.int64], Tensor]]:
    """Step, numbers among the training rows, edited views; made one ahead on another thread."""

    def make(step: int) -> tuple[int, NDArray[np.int64], Tensor]:
        per_epoch = len(rows) // recipe.batch
        order = np.random.default_rng((recipe.seed, step // per_epoch)).permutation(len(rows))
        place = step % per_epoch * recipe.batch
        chosen = np.sort(order[place : place + recipe.batch])
        chance = np.random.default_rng((recipe.seed, step, 1))
        photos = rows[chosen]
        views = edited(
            pack.squares[photos], pack.aspects[photos], recipe.edge, device, chance, recipe.turns
        )
        return step, chosen, normalise(views)

    with ThreadPoolExecutor(1) as ahead:
        if first < last:
            coming = ahead.submit(make, first)
        for step in range(first, last):
            ready = coming.result()
            if step + 1 < last:
                coming = ahead.submit(make, step + 1)
            yield ready


def _step(
    state: State, recipe: Recipe, step: int, squares: NDArray[np.uint8],
    chosen: NDArray[np.int64], views: Tensor,
) -> dict[str, float]:  # fmt: skip
    device = state.bank.device
    own = torch.from_numpy(chosen).to(device)
    keys = normalise(plain(squares, recipe.edge, device))
    with torch.no_grad(), torch.autocast(device.type, torch.bfloat16):
        state.bank[own] = state.average(keys).float()
    state.network.train(not recipe.frozen_statistics)
    with torch.autocast(device.type, torch.bfloat16):
        queries = state.network(views)
    queries = nn.functional.normalize(queries.float(), dim=1)
    hidden = _hidden(state, own)
    parts = {
        "contrast": contrast(queries, state.bank, own, hidden, recipe.temperature),
        "threshold": recipe.threshold * _threshold(state, recipe, queries, own, hidden),
        "koleo": recipe.koleo * koleo(queries),
    }  # fmt: skip
    loss = torch.stack(list(parts.values())).sum()
    for group in state.optimiser.param_groups:
        group["lr"] = recipe.rate * _schedule(step, recipe)
    state.optimiser.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_(state.network.parameters(), 5.0)
    state.optimiser.step()
    _follow(state.average, state.network, min(recipe.ema, (1 + step) / (10 + step)))
    return {name: float(part.detach()) for name, part in parts.items()} | {
        "loss": float(loss.detach())
    }


def _threshold(
    state: State, recipe: Recipe, queries: Tensor, own: Tensor, hidden: Tensor
) -> Tensor:
    return threshold(
        queries,
        state.bank,
        own,
        hidden,
        middle=recipe.middle,
        margin=recipe.margin,
        temperature=recipe.threshold_temperature,
        pull=recipe.pull,
    )


def _hidden(state: State, own: Tensor) -> Tensor:
    """bool[len(own), n]: the twins of the batch's photos."""
    place = torch.full((len(state.bank),), -1, device=own.device)
    place[own] = torch.arange(len(own), device=own.device)
    hidden = torch.zeros((len(own), len(state.bank)), dtype=torch.bool, device=own.device)
    first, second = state.twins
    used = place[first] >= 0
    hidden[place[first[used]], second[used]] = True
    return hidden


def _schedule(step: int, recipe: Recipe) -> float:
    if step < recipe.warm_up:
        return (step + 1) / recipe.warm_up
    done = (step - recipe.warm_up) / max(1, recipe.steps - recipe.warm_up)
    return 0.5 * (1 + math.cos(math.pi * done))


def _follow(average: nn.Module, network: nn.Module, keep: float) -> None:
    """Exponential moving average of weights and of batch norm's statistics."""
    with torch.no_grad():
        mine = average.state_dict()
        for name, value in network.state_dict().items():
            if value.is_floating_point():
                mine[name].lerp_(value, 1 - keep)
            else:
                mine[name].copy_(value)


def save(state: State, path: Path, recipe: Recipe) -> None:
    """Write a checkpoint whole or not at all."""
    content = {
        "recipe": asdict(recipe),
        "step": state.step,
        "network": state.network.state_dict(),
        "average": state.average.state_dict(),
        "optimiser": state.optimiser.state_dict(),
        "bank": state.bank,
        "twins": state.twins,
    }
    part = path.with_suffix(".part")
    torch.save(content, part)
    os.replace(part, path)


def _resume(state: State, path: Path, recipe: Recipe) -> None:
    try:
        content = torch.load(path, map_location=state.bank.device, weights_only=True)
        if content["recipe"] != asdict(recipe):
            raise ValueError("another recipe")
        if content["bank"].shape != state.bank.shape:
            raise ValueError("another training pack")
        state.network.load_state_dict(content["network"])
        state.average.load_state_dict(content["average"])
        state.optimiser.load_state_dict(content["optimiser"])
        state.bank, state.twins, state.step = content["bank"], content["twins"], content["step"]
    except Exception as error:
        raise AlbumError(ErrorCode.NOT_RESUMABLE, path=str(path), detail=str(error)) from error
