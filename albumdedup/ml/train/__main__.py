"""``python -m albumdedup.ml.train``: from a training pack to a weights file."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.i18n import describe

_EXITS = {ErrorCode.NOT_THERE: 3, ErrorCode.WEIGHTS_MISSING: 3}
"""As ``albumdedup.cli.exits``, a layer above: 2 usage, 3 not there, 6 unusable, 130 interrupted."""


def main(arguments: Sequence[str] | None = None) -> int:
    asked = _parser().parse_args(arguments)
    try:
        _run(asked)
    except AlbumError as error:
        print(describe(error), file=sys.stderr)
        return _EXITS.get(error.code, 6)
    except KeyboardInterrupt:
        print("Stopped; the same command goes on from the last checkpoint.", file=sys.stderr)
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m albumdedup.ml.train", description=__doc__)
    add = parser.add_argument
    add("--data", type=Path, required=True, help="folder of the training pack (tar files)")
    add("--out", type=Path, required=True, help="the weights file to write (safetensors)")
    add("--work", type=Path, required=True, help="folder for the decoded pack and checkpoints")
    add("--start", type=Path, help="weights to train on from; without it, from scratch")
    add("--steps", type=int, default=600)
    add("--stop", type=int, help="end after so many of the steps, as if time were up")
    add("--batch", type=int, default=256)
    add("--seed", type=int, default=1)
    add("--held-out", type=int, default=400, help="photos that are never trained on")
    add("--rate", type=float, help="peak learning rate (3e-4 with --start, 1.5e-3 without)")
    add("--turns", type=float, default=0.3, help="share of the copies turned or mirrored as well")
    add("--blend", type=float, default=1.0, help="share of the trained weights, rest --start's")
    add("--ema", type=float, help="decay of the average (0.99 with --start, 0.998 without)")
    add("--device", default="auto", help="auto, cpu, cuda, cuda:N or mps")
    add("--threads", type=int, help="torch's threads on a CPU")
    return parser


def _run(asked: argparse.Namespace) -> None:
    import torch

    from albumdedup.ml.torch_extractor import pick_device
    from albumdedup.ml.train.export import blended, read_start, write_weights
    from albumdedup.ml.train.loop import Recipe, train
    from albumdedup.ml.train.pack import open_pack

    if asked.threads:
        torch.set_num_threads(asked.threads)
    start = None if asked.start is None else read_start(asked.start)
    pack = open_pack(asked.data, asked.work)
    recipe = Recipe(
        steps=asked.steps,
        batch=asked.batch,
        seed=asked.seed,
        held_out=asked.held_out,
        turns=asked.turns,
        rate=asked.rate or (1.5e-3 if start is None else 3e-4),
        ema=asked.ema or (0.998 if start is None else 0.99),
        frozen_statistics=start is not None,
    )
    began = time.monotonic()

    def report(step: int, figures: dict[str, float]) -> None:
        parts = " ".join(f"{name} {value:.4f}" for name, value in figures.items())
        print(f"{step + 1}/{recipe.steps} {parts} {time.monotonic() - began:.0f} s", flush=True)

    checkpoint = asked.work / "checkpoint.pt"
    network = train(
        pack,
        recipe,
        start,
        pick_device(asked.device),
        stop=asked.stop,
        checkpoint=checkpoint,
        report=report,
    )
    if asked.start is not None and asked.blend != 1.0:
        network = blended(read_start(asked.start), network, asked.blend)
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    print(f"{asked.out} SHA-256 {write_weights(network, asked.out)}")


if __name__ == "__main__":
    sys.exit(main())
