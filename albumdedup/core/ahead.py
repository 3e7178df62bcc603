"""Read what a batch is about to move, in several threads, before its turn comes.

A convenience and nothing more: what is found here only spares the check right before each move
the second reading, and only while the file's times are still those of the first. Whatever cannot
be proved here is left out; the check itself then reads the file and says what is wrong with it.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import BinaryIO, NamedTuple

from albumdedup.core.control import Control
from albumdedup.core.executors import bounded_map
from albumdedup.core.ports import Executor, Lane
from albumdedup.core.proof import CHUNK, FAT_STEP_NS, Unproved, open_regular, prove
from albumdedup.core.types import FileIdentity, FileProof, PlanItem

Times = tuple[int, int]
"""Modification and change time, in ns: while both stand, so does what was read."""

Proved = Mapping[FileIdentity, Times]

_TOGETHER = 12
"""So many copies of one survivor are read beside it at once: open files are few on some systems."""

_HANDED_OUT = 32
_HANDED_OUT_BYTES = 4 << 20
"""How much a thread takes at once: to hand it one small file costs more than to read that."""


class _Task(NamedTuple):
    survivor: FileProof
    known: Times | None
    victims: tuple[FileProof, ...]


def times_of(status: os.stat_result) -> Times:
    return status.st_mtime_ns, status.st_ctime_ns


def settled(status: os.stat_result) -> bool:
    """Whether a later change must show in the times. One in the same step of the clock as the
    reading would not, so a file that was changed just now is read again when its turn comes; so
    is one from the future, where the clock was set back."""
    return time.time_ns() - max(times_of(status)) >= FAT_STEP_NS


def read_ahead(
    items: Sequence[PlanItem], known: Proved, executor: Executor, control: Control
) -> dict[FileIdentity, Times]:
    """The files of these items, survivors and victims, whose content is what the plan says.

    ``known`` are those proved before. Bytes equal to a survivor whose SHA-256 was computed in
    the same pass need none of their own. Raises Cancelled; never anything about a file.
    """
    found: dict[FileIdentity, Times] = {}
    if os.name == "nt":  # pragma: no cover - the change time there is the time of creation
        return found
    window = 2 * executor.width(Lane.DECODE)
    shares = _shares(_tasks(items, known))
    for proved in bounded_map(executor, Lane.DECODE, _prove, shares, window, control):
        found.update(proved)
    return found


def _shares(tasks: Iterator[_Task]) -> Iterator[list[_Task]]:
    """Tasks in portions that are worth a thread's turn."""
    share: list[_Task] = []
    size = 0
    for task in tasks:
        share.append(task)
        size += task.survivor.stamp.size * (1 + len(task.victims))
        if len(share) >= _HANDED_OUT or size >= _HANDED_OUT_BYTES:
            yield share
            share, size = [], 0
    if share:
        yield share


def _tasks(items: Sequence[PlanItem], known: Proved) -> Iterator[_Task]:
    by_survivor: dict[FileProof, list[FileProof]] = {}
    for item in items:
        by_survivor.setdefault(item.survivor, []).append(item.victim)
    for survivor, victims in by_survivor.items():
        for first in range(0, len(victims), _TOGETHER):
            some = tuple(victims[first : first + _TOGETHER])
            yield _Task(survivor, known.get(survivor.stamp.identity), some)


def _prove(share: Sequence[_Task]) -> dict[FileIdentity, Times]:
    found: dict[FileIdentity, Times] = {}
    for task in share:
        _prove_task(task, found)
    return found


def _prove_task(task: _Task, found: dict[FileIdentity, Times]) -> None:
    equal = [v for v in task.victims if v.content and v.content == task.survivor.content]
    for victim in task.victims:
        if victim not in equal:
            _prove_alone(victim, found)
    if equal:
        _prove_together(task, equal, found)
    elif task.known is None:
        _prove_alone(task.survivor, found)


def _prove_alone(proof: FileProof, found: dict[FileIdentity, Times]) -> None:
    try:
        status = prove(proof)
        after = os.lstat(proof.path)
    except (Unproved, OSError):
        return
    if times_of(status) == times_of(after) and settled(after):
        found[proof.stamp.identity] = times_of(after)


def _prove_together(
    task: _Task, equal: Sequence[FileProof], found: dict[FileIdentity, Times]
) -> None:
    """One pass over a survivor and copies of it: hash the one, compare the others with it."""
    with ExitStack() as stack:
        survivor = _open(stack, task.survivor)
        if survivor is None:
            return
        victims = [(proof, file) for proof in equal if (file := _open(stack, proof)) is not None]
        everything = [(task.survivor, survivor), *victims]
        before = {proof: times_of(os.fstat(file.fileno())) for proof, file in everything}
        digest = hashlib.sha256() if before[task.survivor] != task.known else None
        try:
            while chunk := survivor.read(CHUNK):
                if digest is not None:
                    digest.update(chunk)
                victims = [(proof, file) for proof, file in victims if file.read(CHUNK) == chunk]
            victims = [(proof, file) for proof, file in victims if not file.read(1)]
        except OSError:
            return
        if digest is not None and digest.hexdigest() != task.survivor.content:
            return
        for proof, file in [(task.survivor, survivor), *victims]:
            after = os.fstat(file.fileno())
            if times_of(after) == before[proof] and settled(after):
                found[proof.stamp.identity] = times_of(after)


def _open(stack: ExitStack, proof: FileProof) -> BinaryIO | None:
    """The file that the plan means, open; None where another or none is there."""
    try:
        prove(proof, content=False)
        file = stack.enter_context(open_regular(proof.path))
        status = os.fstat(file.fileno())
    except (Unproved, OSError):
        return None
    same = FileIdentity(status.st_dev, status.st_ino) == proof.stamp.identity
    return file if same else None
