"""The protocols that the outside fulfils. Adapters live in ml, store, system and gui."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from albumdedup.core.asking import ANYWHERE, Told, Where
from albumdedup.core.errors import AlbumError
from albumdedup.core.family import Holding, Place, Relative
from albumdedup.core.pairs import NeighbourPairs
from albumdedup.core.types import (
    Companion,
    ContentId,
    Danger,
    DecodeTask,
    Descriptors,
    ExtractorSpec,
    FileIdentity,
    FoundFile,
    Inside,
    ItemState,
    JournalItem,
    Match,
    Operation,
    Photo,
    PhotoMetadata,
    Picture,
    Pixels,
    Plan,
    Problem,
    Refusal,
    SidecarState,
    Space,
    SpaceUse,
    Stamp,
    TakenDate,
)

T = TypeVar("T")


class Lane(StrEnum):
    """Where work runs; see docs/architecture.md §4 for who may wait for whom."""

    LIBRARY = "library"
    DECODE = "decode"
    DELIVERY = "delivery"
    THUMBS = "thumbs"
    FILES = "files"


class Executor(Protocol):
    def submit(self, lane: Lane, fn: Callable[..., T], /, *args: object) -> Future[T]: ...

    def width(self, lane: Lane) -> int:
        """How many tasks of this lane run at once."""
        ...


class Products(Protocol):
    """Multiplies descriptors for the exact join (``core.join``), block by block, and nominates
    the pairs that are near; the join computes those again. One join at a time."""

    block_rows: int
    """Rows of a block, which is four times as wide, …"""
    block_work: int
    """… and has at most so many multiply-adds: between two blocks one may cancel."""

    def begin(self, vectors: Descriptors) -> None:
        """All descriptors, float32[N, dim], which stay as they are until ``end``."""
        ...

    def near(
        self, rows: NDArray[np.intp], left: int, right: int, threshold: float
    ) -> NDArray[np.intp]:
        """Of the products of these rows with rows ``left`` to ``right`` the places that reach the
        threshold, counted row by row, ascending. Errors up to 1e-5 are allowed for."""
        ...

    def end(self) -> None:
        """Give memory free."""
        ...


class Extractor(Protocol):
    """Turns squares of pixels into descriptors."""

    @property
    def spec(self) -> ExtractorSpec: ...

    def extract(self, batch: Sequence[Pixels], *, quick: bool = False) -> Descriptors:
        """uint8[edge, edge, 3] each → float32[n, dim], rows of norm 1, in order.

        A photo's row has the same bits whatever stands beside it, but for ``quick``: then a few
        pictures do not wait for a whole batch's work, and the last bits may be others.
        """
        ...


class VectorStore(Protocol):
    """Descriptors under their content id, to search in. A cache: the catalog can fill it again.

    Every method may raise AlbumError with a code of ``STORE_TROUBLE``.
    """

    def upsert(
        self,
        ids: Sequence[ContentId],
        vectors: Descriptors,
        told: Sequence[Told] | None = None,
    ) -> None:
        """Store descriptors in place of what was there, with what is ``told`` of each content.
        Without, what was told before may be lost: ``marks`` says so."""
        ...

    def marks(self) -> dict[ContentId, str] | None:
        """The mark of what was told of each content, empty where nothing was; None where the
        store, made by an older version, can be told nothing."""
        ...

    def everything(self) -> tuple[list[ContentId], Descriptors]:
        """All rows, ordered by content id."""
        ...

    def read(self, ids: Sequence[ContentId]) -> tuple[list[ContentId], Descriptors]:
        """Those of these contents that are there, ordered by content id."""
        ...

    def present(self, ids: Sequence[ContentId]) -> set[ContentId]: ...

    def search(
        self, vector: Descriptors, top: int, where: Where = ANYWHERE
    ) -> list[tuple[ContentId, float]]:
        """The ``top`` most similar contents to float32[dim], best first, of those that were told
        to be ``where``."""
        ...

    def nominate(self, vectors: Descriptors, top: int) -> list[list[tuple[ContentId, float]]]:
        """For each of float32[n, dim] the ``top`` contents that the index finds nearest, in no
        order, with how near it thinks they are."""
        ...

    def delete(self, ids: Sequence[ContentId]) -> None: ...

    def count(self) -> int: ...

    def drop_spaces(self, names: Sequence[str]) -> None:
        """Drop the collections of these embeddings, by name; the one that is open is empty
        then."""
        ...

    def close(self) -> None: ...


class FamilyStore(Protocol):
    """What the libraries of a family hold: rows of this library, which it alone writes, and those
    of the others. Every method may raise AlbumError with a code of ``STORE_TROUBLE``.
    """

    def put(self, holdings: Sequence[Holding], vectors: Descriptors) -> None:
        """Rows of this library, float32[n, dim], in place of those that were there."""
        ...

    def take(self, contents: Sequence[ContentId]) -> None: ...

    def own(self) -> list[ContentId]:
        """What the rows of this library speak of, ordered."""
        ...

    def count(self) -> int:
        """Rows of this library."""
        ...

    def introduce(self, label: str, when: datetime) -> None:
        """Say who this library is, and when it last wrote."""
        ...

    def relatives(self) -> list[Relative]:
        """All libraries of the family, this one too, ordered by label."""
        ...

    def pages(self, library: str) -> Iterator[tuple[list[Holding], Descriptors]]:
        """All rows of a library."""
        ...

    def search(self, vector: Descriptors, top: int) -> list[tuple[str, Holding, float]]:
        """The ``top`` rows of other libraries that are most similar to float32[dim], best first:
        library, what it holds, similarity."""
        ...

    def leave(self, library: str = "") -> int:
        """Take all rows of this library away, or of another that is gone for good; returns how
        many. Makes nothing where nothing is."""
        ...

    def close(self) -> None: ...


class FamilyBook(Protocol):
    """Where this library may have rows: outlives a damaged catalog."""

    def places(self) -> list[Place]: ...

    def joined(self, place: Place) -> None: ...

    def left(self, place: Place) -> None: ...


class DecodeWorkers(Protocol):
    """Decodes in processes of their own, which may die."""

    def run(self, task: DecodeTask, stopped: Callable[[], bool]) -> Picture | Pixels | Refusal:
        """Waits for the outcome. Raises Cancelled soon after ``stopped`` says so, or ``close``."""
        ...

    def close(self) -> None:
        """End what runs, at once."""
        ...


class InHand(Protocol):
    """What this process decodes at the moment, told to the next one should this one die."""

    def hold(self, content: ContentId) -> AbstractContextManager[None]: ...


class Dangers(Protocol):
    """Contents that are decoded in a process of their own."""

    def dangers(self) -> dict[ContentId, Danger]: ...

    def note_danger(self, content: ContentId, danger: Danger) -> None: ...

    def clear_danger(self, content: ContentId) -> None: ...


class KnownFile(NamedTuple):
    """What the catalog remembers of a path: enough to leave an unchanged file unopened. Flat, as
    a rescan makes one for each file."""

    size: int
    mtime_ns: int
    volume: int
    file_id: int

    @property
    def stamp(self) -> Stamp:
        return Stamp(self.size, self.mtime_ns, FileIdentity(self.volume, self.file_id))


@dataclass(frozen=True, slots=True)
class FileRecord:
    """One file row to write. ``problem`` where it could not be read; both None: no picture."""

    found: FoundFile
    content: ContentId | None
    taken: TakenDate | None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class ContentRecord:
    """One content row to write, state *pending* until its vector is stored."""

    content: ContentId
    width: int
    height: int
    format: str
    metadata: PhotoMetadata
    plain: bool


class Drawer(Protocol):
    """The descriptors of one embedding and the pairs that are near in it. Every method is one
    short transaction; thread-safe."""

    def save_vectors(self, contents: Sequence[ContentId], vectors: Descriptors) -> None:
        """Keep descriptors of saved contents; they wait for the vector store from now on."""
        ...

    def save_inner(self, contents: Sequence[ContentId], vectors: Descriptors) -> None:
        """Remember descriptors of the photo inside the frame of described contents."""
        ...

    def vectors(
        self, wanted: Sequence[ContentId] | None = None
    ) -> tuple[list[ContentId], Descriptors]:
        """Those of all contents, or of those of ``wanted`` that have one, ordered by content."""
        ...

    def inner_vectors(self) -> tuple[list[ContentId], Descriptors]:
        """Those of all indexed contents, ordered by content; float32[n, dim]."""
        ...

    @property
    def vectors_state(self) -> int:
        """Another number whenever the descriptors may have changed since this process began."""
        ...

    def waiting_vectors(self, most: int | None = None) -> list[ContentId]:
        """Contents whose descriptor the vector store has not acknowledged; ordered, at most
        ``most``."""
        ...

    def mark_delivered(self, contents: Sequence[ContentId]) -> None: ...

    def use_vector_place(self, place: str) -> None:
        """Note where the vector store is. In a new place every descriptor waits again."""
        ...

    def indexed_contents(self) -> list[ContentId]:
        """Described here; ordered."""
        ...

    def unmatched_contents(self) -> list[ContentId]:
        """Described, but not yet compared with the others; ordered."""
        ...

    def save_matches(
        self, compared: Sequence[ContentId], found: NeighbourPairs, dropped: NeighbourPairs
    ) -> None:
        """Store and forget pairs and mark ``compared`` as matched, in one transaction."""
        ...

    def neighbour_pairs(self) -> NeighbourPairs:
        """All stored pairs, without what is known of them."""
        ...


class Catalog(Drawer, Protocol):
    """Files, contents, pairs and errors, and the drawer of the embedding that finds duplicates.
    Every method is one short transaction; thread-safe."""

    def spaces(self) -> list[SpaceUse]:
        """The other embeddings that have a drawer, by name."""
        ...

    def drawer(self, space: Space) -> Drawer:
        """The drawer of another embedding; made where there is none."""
        ...

    def undescribed(self, space: Space) -> list[ContentId]:
        """Indexed contents without a descriptor on that drawer; ordered."""
        ...

    def answering(self) -> Space | None:
        """Which embedding search and similar shots come from; None: the one that finds the
        duplicates."""
        ...

    def answer_from(self, space: Space | None) -> None: ...

    def promote(self, space: Space) -> None:
        """Let it find the duplicates from now on, in one transaction. Proven pairs stay."""
        ...

    def compare_again(self, contents: Sequence[ContentId]) -> None:
        """They have new descriptors."""
        ...

    def drop_spaces(self, names: Sequence[str]) -> None:
        """Forget these embeddings with all their descriptors and pairs."""
        ...

    def compact(self) -> None:
        """Give room that was freed back to the disk, where that can be."""
        ...

    def known_files(self, roots: Sequence[str]) -> dict[str, KnownFile]:
        """All remembered files below these folders, path → what is known."""
        ...

    def known_contents(self) -> dict[ContentId, PhotoMetadata]:
        """Contents that are decoded and whose vector is stored (not the pending ones)."""
        ...

    def unseen_copies(self) -> list[ContentId]:
        """Contents of an earlier version that have a pair and were never looked into."""
        ...

    def save_inside(self, seen: Mapping[ContentId, tuple[Inside, ...]]) -> None:
        """What they hold; nothing else of them changes."""
        ...

    def broken_contents(self) -> dict[ContentId, Problem]:
        """Contents that cannot be decoded: not tried again under another path."""
        ...

    def save(self, files: Sequence[FileRecord], contents: Sequence[ContentRecord]) -> None: ...

    def vectorless_contents(self) -> list[ContentId]:
        """Indexed, by a version that kept descriptors in the vector store alone."""
        ...

    def vector_space(self) -> str:
        """Which embedding the descriptors are of; empty where that was never noted."""
        ...

    def set_vector_space(self, space: str) -> None: ...

    def use_family_place(self, place: Place | None) -> None:
        """Note where the family is. In a new place everything is untold again."""
        ...

    def untold(self) -> tuple[list[Holding], list[ContentId]]:
        """What the family does not know yet, or otherwise, ordered by path; and what it was told
        that is here no more."""
        ...

    def has_untold(self) -> bool: ...

    def told(self) -> list[ContentId]:
        """Ordered."""
        ...

    def note_told(self, holdings: Sequence[Holding]) -> None: ...

    def note_taken(self, contents: Sequence[ContentId]) -> None: ...

    def holdings(self) -> list[Holding]:
        """All described contents of which a file is there, ordered by content."""
        ...

    def mark_indexed(self, contents: Sequence[ContentId]) -> None: ...

    def pending_contents(self) -> list[ContentId]: ...

    def has_indexed(self) -> bool:
        """Whether there is any."""
        ...

    @property
    def state(self) -> int:
        """Another number whenever anything in it may have changed since this process began."""
        ...

    def forget_contents(self, contents: Sequence[ContentId]) -> None:
        """Drop contents and their pairs; their files count as never read."""
        ...

    def plain_contents(self) -> set[ContentId]: ...

    def unverified(self, floor: float) -> list[Match]:
        """Pairs at or above ``floor`` that have no evidence yet; ordered."""
        ...

    def save_verdicts(self, matches: Iterable[Match]) -> None: ...

    def photos(self) -> list[Photo]:
        """All readable files whose content is indexed, ordered by path."""
        ...

    def photos_of(self, contents: Sequence[ContentId]) -> list[Photo]: ...

    def matches(self) -> list[Match]:
        """All pairs that are near in the embedding that finds duplicates, with their verdicts."""
        ...

    def answers(self) -> list[Match]:
        """The pairs for grouping: what is proven, and what is near in the answering embedding."""
        ...

    def problems(self) -> list[Problem]: ...

    def restamp(self, found: Sequence[FoundFile]) -> None:
        """Known files whose volume is numbered anew: replace the stamp, keep the rest."""
        ...

    def remove_files(self, paths: Sequence[str]) -> None: ...

    def restore_files(self, moved: Mapping[str, str]) -> None:
        """Bring removed rows back under their new path (old path → new path)."""
        ...

    def known_companions(self, roots: Sequence[str]) -> dict[str, Stamp]:
        """All remembered companions below these folders, path → stamp."""
        ...

    def save_companions(self, found: Sequence[Companion]) -> None: ...

    def remove_companions(self, paths: Sequence[str]) -> None: ...

    def companions(self) -> list[Companion]:
        """All that are there, ordered by path."""
        ...

    def roots(self) -> list[str]: ...

    def save_scan(
        self,
        roots: Sequence[str],
        skipped: Mapping[str, int],
        unwalked: Sequence[Problem] = (),
    ) -> None:
        """Remember what a walk passed over, and what it could not look into."""
        ...

    def skipped(self) -> dict[str, int]:
        """What the latest scans of all roots passed over, by kind."""
        ...

    def forget_folder(self, folder: str) -> int: ...

    def close(self) -> None: ...


class Decisions(Protocol):
    """What the user decided: kept for ever, in its own file."""

    def add_not_duplicates(self, contents: Sequence[ContentId]) -> None: ...

    def remove_not_duplicates(self, contents: Sequence[ContentId]) -> None: ...

    def not_duplicates(self) -> frozenset[tuple[ContentId, ContentId]]:
        """Pairs ``(a, b)`` with ``a <= b``; ``a == b`` speaks of identical files."""
        ...

    def protect(self, folder: str, on: bool = True) -> None: ...

    def protected(self) -> tuple[str, ...]: ...

    def prefer(self, folders: Sequence[str]) -> None:
        """Replace the ordered list of preferred folders."""
        ...

    def preferred(self) -> tuple[str, ...]: ...


class Journal(Protocol):
    """Operations. Each method returns only when its change is on disk (synced)."""

    def begin(self, plan: Plan) -> Operation: ...

    def mark(
        self,
        item_id: int,
        state: ItemState,
        *,
        place: str | None = None,
        restored_to: str | None = None,
        problem: str = "",
    ) -> None: ...

    def mark_all(self, items: Sequence[JournalItem]) -> None:
        """Note state, place, way back and problem of many files, in one transaction: after a
        crash all of them are noted, or none."""
        ...

    def mark_sidecar(self, sidecar_id: int, state: SidecarState) -> None: ...

    def finish(self, operation_id: int) -> None: ...

    def operation(self, operation_id: int) -> Operation:
        """Raises AlbumError(UNKNOWN_OPERATION)."""
        ...

    def operations(self) -> list[Operation]:
        """Newest first."""
        ...

    def unfinished(self) -> list[Operation]:
        """Operations that a crash left half-way, a clean-up or its undo; oldest first."""
        ...


class Trash(Protocol):
    """A place that keeps removed files so that they can come back. Never erases."""

    def try_volume(self, path: str) -> None:
        """Prove once, with a small file of ours, that the trash for this path's volume keeps
        what it is given. Raises AlbumError(TRASH_FAILED)."""
        ...

    def reserve(self, path: str) -> str | None:
        """Choose and reserve the place that ``put`` will use, so that the journal can hold it
        before the move; None where the platform only tells afterwards."""
        ...

    def reserve_all(self, paths: Sequence[str]) -> list[str | AlbumError | None]:
        """``reserve`` for many files, brought to the disk together; an error in the place of a
        file that can have none."""
        ...

    def put(self, path: str, place: str | None) -> str:
        """Move the file, find it there again whole, return its place. Raises
        AlbumError(TRASH_FAILED) with the file still at its path. Until ``flush`` a power cut may
        take the move back, never the file."""
        ...

    def flush(self) -> None:
        """Bring the moves made since the last call to the disk, each folder once. Raises
        AlbumError(TRASH_FAILED)."""
        ...

    def find(self, path: str, stamp: Stamp) -> str | None:
        """Where a file that lay at ``path`` is now in this trash, if it is: after a crash."""
        ...

    def tidy(self, path: str, place: str | None) -> None:
        """After a crash: remove what a reservation or an unfinished copy of ours left behind;
        never a photo."""
        ...

    def rehearse(self, place: str, path: str) -> ContentId:
        """Copy what lies at ``place`` to a hidden file of ours beside ``path``, or in the nearest
        folder above it that is there; read that back from the disk, remove it, and return its
        SHA-256. Raises AlbumError(NOT_THERE, TRASH_FAILED)."""
        ...

    def sweep(self, paths: Sequence[str]) -> None:
        """After a crash: remove the tries and reservations that were made for these paths."""
        ...

    def restore(self, place: str, path: str) -> str:
        """Move back to ``path``, or beside it under a numbered name where the path is taken;
        returns where it is; durable after ``flush``. Raises AlbumError(NOT_THERE) where the trash
        no longer holds it, and AlbumError(TRASH_FAILED) with the file still in the trash."""
        ...
