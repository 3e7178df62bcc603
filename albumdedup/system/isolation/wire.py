"""What goes between this process and a worker: a header in JSON, then raw bytes.

Never pickles: what comes back is made by a process that hostile bytes may have taken over. Pixels
go through the pipe like the rest: half a millisecond for a megabyte, nothing to leak or to name,
and alike on every system.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np

from albumdedup.core.decoder.limits import MAX_BYTES, MAX_PIXELS
from albumdedup.core.types import (
    DecodeTask,
    PhotoMetadata,
    Picture,
    Pixels,
    Reason,
    Refusal,
)

Outcome = Picture | Pixels | Refusal
Bytes = bytes | bytearray | memoryview

_MOST_HEADER = 4 * 1024 * 1024
_MOST_BLOB = max(MAX_BYTES, 3 * MAX_PIXELS)
_PIXELS = "pixels"


class Closed(Exception):
    """The other side is gone, or talks nonsense."""


class Stream(Protocol):
    """A raw file: one end of a pipe."""

    def readinto(self, buffer: memoryview, /) -> int | None: ...
    def write(self, data: Bytes, /) -> int | None: ...


class Order(NamedTuple):
    """A task with what it may take: bytes of memory on top of what the worker has, seconds."""

    task: DecodeTask
    memory: int
    seconds: float


class Frame(NamedTuple):
    header: Mapping[str, Any]
    blobs: Sequence[Bytes]


# --- frames -----------------------------------------------------------------------------------


def send(stream: Stream, frame: Frame) -> None:
    """Raises Closed."""
    header = json.dumps({**frame.header, "blobs": [len(blob) for blob in frame.blobs]}).encode()
    try:
        _write(stream, len(header).to_bytes(4, "little") + header)
        for blob in frame.blobs:
            _write(stream, blob)
    except (OSError, ValueError) as error:
        raise Closed from error


def receive(stream: Stream) -> Frame:
    """Raises Closed."""
    try:
        length = int.from_bytes(_read(stream, 4, 4), "little")
        header = json.loads(bytes(_read(stream, length, _MOST_HEADER)))
        blobs = [_read(stream, int(size), _MOST_BLOB) for size in header.pop("blobs")]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Closed from error
    return Frame(header, blobs)


def _write(stream: Stream, data: Bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[stream.write(rest) or 0 :]


def _read(stream: Stream, size: int, most: int) -> bytearray:
    if not 0 <= size <= most:
        raise Closed
    data = bytearray(size)
    rest = memoryview(data)
    while rest:
        count = stream.readinto(rest)
        if not count:
            raise Closed
        rest = rest[count:]
    return data


# --- what they mean ---------------------------------------------------------------------------


def of_order(order: Order) -> Frame:
    task = order.task
    header = {
        "path": task.path, "edge": task.edge, "whole": task.whole, "also": task.also,
        "memory": order.memory, "seconds": order.seconds,
    }  # fmt: skip
    return Frame(header, [task.data])


def to_order(frame: Frame) -> Order:
    header = frame.header
    task = DecodeTask(
        bytes(frame.blobs[0]), header["path"], header["edge"], header["whole"], header["also"]
    )
    return Order(task, header["memory"], header["seconds"])


def of_outcome(outcome: Outcome) -> Frame:
    if isinstance(outcome, Refusal):
        return Frame({"refusal": [outcome.reason.value, outcome.detail]}, [])
    if isinstance(outcome, np.ndarray):
        return Frame({_PIXELS: outcome.shape}, [_bytes(outcome)])
    facts: dict[str, Any] = {}
    blobs: list[Bytes] = []
    for field in dataclasses.fields(outcome):
        value = getattr(outcome, field.name)
        if isinstance(value, np.ndarray):
            facts[field.name] = {_PIXELS: value.shape}
            blobs.append(_bytes(value))
        elif isinstance(value, PhotoMetadata):
            facts[field.name] = {"metadata": dataclasses.asdict(value)}
        else:
            facts[field.name] = value
    return Frame({"picture": facts}, blobs)


def to_outcome(frame: Frame) -> Outcome:
    """Raises Closed where it makes no sense."""
    header, blobs = frame.header, iter(frame.blobs)
    try:
        if "refusal" in header:
            reason, detail = header["refusal"]
            return Refusal(Reason(reason), str(detail))
        if _PIXELS in header:
            return _pixels(header[_PIXELS], next(blobs))
        facts = dict(header["picture"])
        for name, value in facts.items():
            if isinstance(value, dict) and _PIXELS in value:
                facts[name] = _pixels(value[_PIXELS], next(blobs))
            elif isinstance(value, dict):
                facts[name] = PhotoMetadata.of_plain(value["metadata"])
        return Picture(**facts)
    except (KeyError, TypeError, ValueError, StopIteration) as error:
        raise Closed from error


def _bytes(pixels: Pixels) -> memoryview:
    return np.ascontiguousarray(pixels).data.cast("B")


def _pixels(shape: Sequence[int], blob: Bytes) -> Pixels:
    height, width, channels = shape
    if channels != 3:
        raise ValueError(shape)
    return np.frombuffer(blob, np.uint8).reshape(height, width, channels)
