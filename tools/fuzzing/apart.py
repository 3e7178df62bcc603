"""The same file through a worker process: it may not be answered otherwise than here."""

from __future__ import annotations

import random
from functools import lru_cache
from pathlib import Path

import numpy as np

from albumdedup.core.decoder import decode_here
from albumdedup.core.decoder.refusing import Unreadable
from albumdedup.core.types import DANGERS, DecodeTask, Picture, Reason, Refusal
from albumdedup.system.isolation.pool import Workers
from fuzzing.answers import Broken

_SHARE = 0.2
_EDGE = 128
_SECONDS = 20.0


def apart(path: Path, chance: random.Random) -> None:
    """One in five: whatever kind of file it is, as a suspect would be decoded."""
    if chance.random() >= _SHARE:
        return
    task = DecodeTask(path.read_bytes(), str(path), _EDGE, whole=True)
    there = _workers().run(task, _never)
    if isinstance(there, Refusal) and there.reason in (*DANGERS, Reason.NO_WORKER):
        return  # what a worker is for; that it happens here too is for the other entries to say
    here = _here(task)
    if isinstance(there, Refusal) or isinstance(here, Refusal):
        if _reason(here) != _reason(there):
            raise Broken(f"here {_told(here)}, in a worker {_told(there)}")
        return
    assert isinstance(there, Picture)
    if not np.array_equal(here.pixels, there.pixels) or here.metadata != there.metadata:
        raise Broken("a worker gives another picture")


def _here(task: DecodeTask) -> Picture | Refusal:
    try:
        made = decode_here(task)
    except Unreadable as error:
        return Refusal(error.reason, error.detail)
    assert isinstance(made, Picture)
    return made


@lru_cache(maxsize=1)
def _workers() -> Workers:
    """One, which ends with this process."""
    return Workers(1, seconds=_SECONDS)


def _reason(outcome: object) -> Reason | None:
    """Decoders word the same damage in more than one way, when memory is short."""
    return outcome.reason if isinstance(outcome, Refusal) else None


def end_workers() -> None:
    """Where the process goes on without them."""
    if _workers.cache_info().currsize:
        _workers().close()
        _workers.cache_clear()


def _told(outcome: object) -> str:
    return str(outcome) if isinstance(outcome, Refusal) else "a picture"


def _never() -> bool:
    return False
