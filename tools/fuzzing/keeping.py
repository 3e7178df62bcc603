"""Failures as files: the mutant, as small as it is easily made, and what is known of it."""

from __future__ import annotations

import json
from pathlib import Path

from fuzzing.parent import Failure, repeated

_TRIALS = 24


def keep(failure: Failure, out: Path, work: Path, seed: int, *, first: bool) -> Path:
    """Where the mutant is now; the first one of a place is made smaller."""
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"{failure.kind}-{seed}-{failure.case}{failure.suffix}"
    path.write_bytes(failure.data)
    if first and failure.kind in ("crash", "exception", "printed"):
        path.write_bytes(smaller(failure, path, work))
    facts = {
        "seed": seed, "case": failure.case, "kind": failure.kind, "made_of": failure.made_of,
        "place": failure.place, "bytes": path.stat().st_size, "detail": failure.detail,
    }  # fmt: skip
    path.with_suffix(path.suffix + ".txt").write_text(
        json.dumps({k: v for k, v in facts.items() if k != "detail"}, indent=1)
        + "\n\n" + failure.detail
    )  # fmt: skip
    return path


def smaller(failure: Failure, path: Path, work: Path) -> bytes:
    """What still fails at the same place with pieces left out, large ones first."""
    data, step, trials = failure.data, len(failure.data) // 2, 0
    beside = path.with_name(f"trial{path.suffix}")
    while step >= 16 and trials < _TRIALS:
        at = len(data) - step
        while at >= 0 and trials < _TRIALS:
            trials += 1
            less = data[:at] + data[at + step :]
            beside.write_bytes(less)
            again = repeated(beside, work)
            if again is not None and again.place == failure.place:
                data = less
            at -= step
        step //= 2
    beside.unlink(missing_ok=True)
    return data
