"""The folder of weights that a person downloaded or imported: a file for each network, and beside
it a note that says what it is. Knows no torch.

Weights are kept as safetensors, whatever they came as: such a file is numbers and nothing else,
so that what was once a pickle is opened as one a single time; the classifier, which no descriptor
needs, is left out (of VGG-19's 575 MB, 80 stay).
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from albumdedup.core import private
from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.ml.weights import sha256_of

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Measured:
    """The similarity from which pairs are worth showing, and on what it was found: so many files
    of an album, of whose pairs of unrelated photos the share ``unrelated`` reaches it."""

    similar: float
    files: int
    unrelated: float


@dataclass(frozen=True, slots=True)
class Kept:
    """What a note says. ``came_sha256`` is that of the file as it came, which names the embedding;
    ``sha256`` and ``bytes`` are of the file as it is kept. ``official`` says that it is the file
    which the registry names. ``measured`` is by the name of the extractor."""

    network: str
    came_from: str
    came_sha256: str
    official: bool
    sha256: str
    bytes: int
    measured: Mapping[str, Measured] = field(default_factory=dict)


class ModelFolder:
    """Weights by the name of their network. The folder need not exist yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def file(self, network: str) -> Path:
        return self.folder / f"{network}.safetensors"

    def part(self, name: str) -> Path:
        """Where a file grows until it is whole."""
        return self.folder / f"{name}.part"

    def find(self, network: str) -> Kept | None:
        """None where no weights are kept, or where no note says whose they are."""
        try:
            raw = json.loads(self._note(network).read_text(encoding="utf-8"))
            kept = _parsed(raw)
            there = self.file(network).stat().st_size == kept.bytes
        except (OSError, ValueError, TypeError, KeyError):
            return None
        return kept if there and kept.network == network else None

    def take(
        self,
        network: str,
        write: Callable[[Path], None],
        came_from: str,
        sha256: str,
        official: bool,
    ) -> Kept:
        """Keep what ``write`` makes, whole or not at all. Raises AlbumError(DISK_FULL,
        NOT_WRITTEN)."""
        beside = self.part(self.file(network).name)
        with self._writing(beside):
            private.make_folder(self.folder)
            private.make_file(beside)
            write(beside)
            size, found = beside.stat().st_size, sha256_of(beside)
            old = self.find(network)
            measured = old.measured if old is not None and old.came_sha256 == sha256 else {}
            kept = Kept(network, came_from, sha256, official, found, size, measured)
            # Not without its note: the old one would speak of other weights.
            self._note(network).unlink(missing_ok=True)
            os.replace(beside, self.file(network))
            self._tell(kept)
        return kept

    def remember(self, network: str, name: str, measured: Measured) -> None:
        """Write a measurement beside the weights. Raises AlbumError(WEIGHTS_NOT_HERE, DISK_FULL,
        NOT_WRITTEN)."""
        kept = self.find(network)
        if kept is None:
            raise AlbumError(ErrorCode.WEIGHTS_NOT_HERE, name=name)
        with self._writing(self._note(network)):
            self._tell(replace(kept, measured={**kept.measured, name: measured}))

    def drop(self, network: str, *unfinished: str) -> int:
        """Delete weights, their note, and files that never became whole; returns the bytes that
        come free. Raises AlbumError(NOT_WRITTEN)."""
        freed = 0
        files = [self.file(network), self._note(network), self.part(self.file(network).name)]
        parts = [self.part(name) for name in unfinished]
        for path in (*files, *parts, *(Path(f"{part}.json") for part in parts)):
            freed += path.stat().st_size if path.exists() else 0
            self.discard(path)
        return freed

    def discard(self, path: Path) -> None:
        """Delete a file of this folder. Raises AlbumError(NOT_WRITTEN)."""
        with self._writing(path):
            path.unlink(missing_ok=True)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One process at a time changes the folder. Raises AlbumError(MODELS_BUSY, NOT_WRITTEN)."""
        with self._writing(self.folder):
            private.make_folder(self.folder)
        lock = FileLock(self.folder / "models.lock")
        try:
            with self._writing(self.folder):
                lock.acquire(timeout=0)
        except Timeout as error:
            raise AlbumError(ErrorCode.MODELS_BUSY, path=str(self.folder)) from error
        try:
            yield
        finally:
            lock.release()

    def _note(self, network: str) -> Path:
        return self.folder / f"{network}.json"

    def _tell(self, kept: Kept) -> None:
        beside = self.part(self._note(kept.network).name)
        text = json.dumps({"schema": SCHEMA, **asdict(kept)}, indent=1) + "\n"
        with open(
            beside, "w", encoding="utf-8", errors="surrogateescape", opener=private.opener
        ) as file:
            file.write(text)
        os.replace(beside, self._note(kept.network))

    @contextmanager
    def _writing(self, path: Path) -> Iterator[None]:
        try:
            yield
        except Timeout:  # an OSError of another kind
            raise
        except OSError as error:
            raise failed(path, error) from error


def failed(path: Path, error: OSError) -> AlbumError:
    """Why a file of the folder could not be written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return AlbumError(ErrorCode.DISK_FULL, path=str(path.parent))
    return AlbumError(ErrorCode.NOT_WRITTEN, path=str(path), detail=error.strerror or str(error))


def _parsed(raw: Any) -> Kept:
    """Raises TypeError, KeyError, ValueError for what is no note."""
    values = dict(raw)
    if values.pop("schema") != SCHEMA:
        raise ValueError("a note of another version")
    values["measured"] = {name: Measured(**one) for name, one in values["measured"].items()}
    return Kept(**values)
