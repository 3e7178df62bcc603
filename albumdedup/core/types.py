"""The vocabulary of the program: frozen values that every layer shares.

What a walk makes for each of 200,000 files is a NamedTuple, which is made twice as fast.

Paths are ``str`` as the operating system gives them (undecodable bytes as surrogate
escapes), because a library holds hundreds of thousands of them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple, NewType

import numpy as np
from numpy.typing import NDArray

from albumdedup.core.errors import AlbumError

ContentId = NewType("ContentId", str)
"""SHA-256 of a file's bytes, 64 lower-case hex digits."""

Pixels = NDArray[np.uint8]
"""Upright sRGB, uint8[height, width, 3]."""

Luminance = NDArray[np.uint8]
"""Upright luma, uint8[height, width]."""

Descriptors = NDArray[np.float32]
"""L2-normalised rows, float32[n, dim]; similarity is the inner product."""


class Tier(StrEnum):
    """How two photos relate, strongest proof first (see docs/glossary.md)."""

    IDENTICAL = "identical"
    SAME = "same"
    EDITED = "edited"
    SIMILAR = "similar"

    @property
    def rank(self) -> int:
        """0 for the strongest proof, 3 for the weakest."""
        return list(Tier).index(self)


PROVEN_TIERS = frozenset({Tier.IDENTICAL, Tier.SAME})
"""The tiers that the one-click clean-up may take."""


class Role(StrEnum):
    KEEP = "keep"
    REMOVE = "remove"
    REVIEW = "review"


class Reason(StrEnum):
    """Why a file could not be read as a photo, or was passed over."""

    EMPTY = "empty"
    NOT_A_PICTURE = "not_a_picture"
    TRUNCATED = "truncated"
    DAMAGED = "damaged"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_LARGE = "too_large"
    UNSUPPORTED = "unsupported"
    NO_PREVIEW = "no_preview"
    NO_JPEG_XL = "no_jpeg_xl"
    NO_RIGHTS = "no_rights"
    VANISHED = "vanished"
    CHANGED = "changed"
    READ_ERROR = "read_error"
    PLACEHOLDER = "placeholder"
    STOPPED_DECODER = "stopped_decoder"
    TOO_SLOW = "too_slow"
    TOO_MUCH_MEMORY = "too_much_memory"
    NO_ANSWER = "no_answer"
    NO_WORKER = "no_worker"
    PATH_TOO_LONG = "path_too_long"


DANGERS = frozenset({Reason.STOPPED_DECODER, Reason.TOO_SLOW, Reason.TOO_MUCH_MEMORY})
"""What a file did that is not decoded again by this version of the program."""


class FileIdentity(NamedTuple):
    """One file on disk, whatever its path: volume (st_dev) and file id (inode)."""

    volume: int
    file_id: int


class Stamp(NamedTuple):
    """What tells, without opening a file, that it has not changed."""

    size: int
    mtime_ns: int
    identity: FileIdentity


class FoundFile(NamedTuple):
    """One candidate that the walk met. ``birth_ns`` where the platform tells it."""

    path: str
    stamp: Stamp
    birth_ns: int | None = None


class DateSource(StrEnum):
    XMP_SIDECAR = "xmp_sidecar"
    EXIF_ORIGINAL = "exif_original"
    EXIF_DIGITIZED = "exif_digitized"
    XMP = "xmp"
    FILM = "film"
    TAKEOUT = "takeout"
    GPS = "gps"
    FILE_NAME = "file_name"
    FOLDER_NAME = "folder_name"
    FILE_TIME = "file_time"


class Grade(StrEnum):
    """How far a date can be trusted: A camera, B good, C only the day, D a hint."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"


@dataclass(frozen=True, slots=True)
class TakenDate:
    """When a photo was taken: wall clock, zone offset where known, and how sure."""

    wall: datetime
    offset: timedelta | None
    source: DateSource
    grade: Grade
    precision: timedelta


class InsideKind(StrEnum):
    """What a file can hold beside the one picture that is looked at."""

    FILM = "film_inside"
    GAIN_MAP = "gain_map"
    DEPTH = "depth"
    FRAMES = "frames"
    UNSEEN = "unseen"
    """Not known: an earlier version read it, before anyone looked."""


class Inside(NamedTuple):
    """Of films ``size`` in bytes and ``sample``, a digest of some of them."""

    kind: InsideKind
    size: int = 0
    sample: str = ""


@dataclass(frozen=True, slots=True)
class PhotoMetadata:
    """Plain facts read out of a file's metadata, not yet judged.

    Dates are the raw text of the tags (``"2019:05:01 12:03:04"``); ``extras`` names what a
    person would miss: any of ``place``, ``caption``, ``rating``, ``people``, ``keywords``.
    ``tags`` counts the EXIF tags, as a measure of richness. ``live_id`` is what ties the still of
    a Live Photo to its film. ``exposure`` is time in seconds, ISO speed and bias in EV with a
    blank between, ``-`` for what is not told. ``inside`` is what the file holds beside the picture
    that is looked at.
    """

    original: str | None = None
    original_subsec: str | None = None
    original_offset: str | None = None
    digitized: str | None = None
    digitized_subsec: str | None = None
    digitized_offset: str | None = None
    modified: str | None = None
    modified_offset: str | None = None
    xmp_original: str | None = None
    gps_instant: str | None = None
    camera: str | None = None
    software: str | None = None
    orientation: int = 1
    extras: tuple[str, ...] = ()
    tags: int = 0
    live_id: str | None = None
    exposure: str | None = None
    inside: tuple[Inside, ...] = ()

    @classmethod
    def of_plain(cls, told: Mapping[str, Any]) -> PhotoMetadata:
        """From what JSON made of the fields: it knows lists alone. Raises TypeError, ValueError."""
        facts = dict(told)
        if "extras" in facts:
            facts["extras"] = tuple(facts["extras"])
        if "inside" in facts:
            parts = facts["inside"]
            facts["inside"] = tuple(Inside(InsideKind(k), size, mark) for k, size, mark in parts)
        return cls(**facts)

    @property
    def holds(self) -> tuple[str, ...]:
        """The kinds of ``inside`` that are known, each once."""
        known = (one.kind for one in self.inside if one.kind is not InsideKind.UNSEEN)
        return tuple(dict.fromkeys(kind.value for kind in known))


class CompanionKind(StrEnum):
    """What a file is that belongs to a photo."""

    RAW = "raw"
    FILM = "film"
    FRAME = "frame"
    XMP = "xmp"
    EDITS = "edits"
    TAKEOUT = "takeout"
    APPLE_DOUBLE = "apple_double"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class CompanionFacts:
    """Plain facts read out of a companion, not yet judged.

    ``date`` is raw text, of a Takeout file the instant in UTC; ``live_id`` a film's identifier;
    ``title`` the photo's name as a Takeout file tells it; ``seconds`` a film's length;
    ``develops`` says that an XMP file holds the settings of a developed RAW. ``sample`` tells
    contents apart: SHA-256 of the bytes (``whole``), or of three samples and the size.
    """

    date: str | None = None
    live_id: str | None = None
    title: str | None = None
    seconds: float | None = None
    extras: tuple[str, ...] = ()
    develops: bool = False
    sample: str = ""
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Companion:
    """A file that belongs to a photo and goes where it goes."""

    path: str
    stamp: Stamp
    kind: CompanionKind
    facts: CompanionFacts = CompanionFacts()


@dataclass(frozen=True, slots=True)
class Loose:
    """A file that could belong to several photos, and so is left where it is."""

    path: str
    kind: CompanionKind
    candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """One file that could not be read, as a value: the scan goes on."""

    path: str
    reason: Reason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """What one decode of a content gave.

    ``pixels`` are squashed to the extractor's square, upright sRGB; ``width`` and ``height``
    are those of the upright photo at full size; ``plain`` marks near-uniform or tiny
    pictures, whose descriptor must not be trusted. ``preview`` is a larger version, aspect kept,
    where one was asked for and had cost nothing: formats that can only be decoded whole.
    ``inner`` is the photo inside a frame or screenshot, squashed likewise. ``also`` and
    ``also_inner`` are these two for another extractor's square, where that was asked for.
    ``profile`` is the name of the colour profile, "?" for one without.
    """

    pixels: Pixels
    width: int
    height: int
    format: str
    metadata: PhotoMetadata
    plain: bool
    preview: Pixels | None = None
    inner: Pixels | None = None
    also: Pixels | None = None
    also_inner: Pixels | None = None
    profile: str | None = None


@dataclass(frozen=True, slots=True)
class DecodeTask:
    """Bytes to be decoded as the picture that they are; of ``path`` only the suffix counts.

    ``whole`` for what a scan wants of a new content, a Picture whose squares have ``edge`` px,
    and others ``also``, unless that is 0; else its upright pixels, the longer side at most
    ``edge``.
    """

    data: bytes
    path: str
    edge: int
    whole: bool
    also: int = 0


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a task gave no picture, as a value: it comes from another process."""

    reason: Reason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Danger:
    """A content to decode in a process of its own only. ``reason`` is what it did under this
    ``version`` of the program; None where it was merely in hand when the program died."""

    reason: Reason | None
    version: str


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds spent on one file, for ``bench``."""

    read: float = 0.0
    hash: float = 0.0
    decode: float = 0.0


@dataclass(frozen=True, slots=True)
class ReadFile:
    """What reading one file gave: always a value, never an exception.

    ``content`` is None when not all bytes could be read; ``picture`` is None when the content
    was known already (``problem`` None too) or cannot be decoded (``problem`` says why).
    """

    found: FoundFile
    content: ContentId | None
    picture: Picture | None
    problem: Problem | None
    timing: Timing = Timing()


@dataclass(frozen=True, slots=True)
class Photo:
    """One readable file of the library with what grouping and keep rules need to know, and the
    files that belong to it: together they are what a person calls one photo."""

    id: int
    path: str
    stamp: Stamp
    content: ContentId
    width: int
    height: int
    format: str
    taken: TakenDate | None
    metadata: PhotoMetadata
    plain: bool = False
    birth_ns: int | None = None
    companions: tuple[Companion, ...] = ()

    @property
    def pixels(self) -> int:
        return self.width * self.height

    @property
    def extras(self) -> tuple[str, ...]:
        """What a person would miss, in the file and beside it."""
        beside = (extra for one in self.companions for extra in one.facts.extras)
        return tuple(dict.fromkeys((*self.metadata.extras, *beside)))

    @property
    def unit_bytes(self) -> int:
        """The bytes of the file and of all that belongs to it."""
        size = self.stamp.size
        if self.companions:
            size += sum(one.stamp.size for one in self.companions)
        return size


@dataclass(frozen=True, slots=True)
class Transform:
    """How one upright picture lies in another, in units of their sides.

    ``matrix`` is a homography, nine numbers row by row, the last one 1: a point of the first
    picture's unit square (x to the right, y down) times it is the point of the second. ``shows``
    is the share of the first picture's area that the second explains, ``shown`` the reverse;
    ``correlation`` the median of the block-wise normalised correlation over the overlap.
    """

    matrix: tuple[float, ...]
    shows: float
    shown: float
    correlation: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """What verification found for a pair of contents.

    ``orientation`` is the EXIF orientation value (1..8) that turns the second picture onto the
    first; ``residual`` the rms and ``worst_block`` the largest block rms of the luminance
    difference in grey levels after one gain and offset (``gain``), at ``compared_edge`` px;
    ``note`` a code that says what decided (for instance ``"capture_times_differ"``);
    ``transform`` how the first lies in the second, where features were aligned.
    """

    note: str
    orientation: int = 1
    residual: float | None = None
    worst_block: float | None = None
    gain: float | None = None
    compared_edge: int | None = None
    transform: Transform | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """A neighbour pair of contents, ``a < b``. Unverified pairs are SIMILAR, evidence None."""

    a: ContentId
    b: ContentId
    similarity: float
    tier: Tier = Tier.SIMILAR
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True)
class View:
    """What the user looks at: which tiers, how alike, and which copy stays.

    ``clear`` is a folder that shall be emptied of copies: what lies outside it is never offered,
    and stays rather than what lies below it, whatever the rule.
    """

    tiers: frozenset[Tier] = frozenset(Tier)
    similarity: float = 0.90
    rule: str = "oldest"
    clear: str | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """One photo of a group; tier, similarity and evidence are its relation to the keeper.

    ``note`` is a whole sentence where the member deserves one (metadata the keeper lacks,
    protected folder, same file on disk).
    """

    photo: Photo
    tier: Tier
    role: Role
    similarity: float
    evidence: Evidence | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Photos around one keeper (``members[0]``), each tied to the keeper itself.

    ``id`` depends only on the member contents' ids and paths; ``reason`` is one sentence;
    ``warning`` says where the rule keeps the poorer copy, and ``better`` is then its path.
    ``burst``: one camera took these shots one right after the other. ``left_out`` counts similar
    shots past the largest group that is shown; ``warning`` says so too.
    """

    id: str
    members: tuple[Member, ...]
    reason: str
    warning: str = ""
    better: str | None = None
    burst: bool = False
    left_out: int = 0

    @property
    def keeper(self) -> Photo:
        return self.members[0].photo


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that grouping needs, read from the stores at one moment."""

    photos: tuple[Photo, ...]
    matches: tuple[Match, ...]
    unreadable: tuple[Problem, ...] = ()
    not_duplicates: frozenset[tuple[ContentId, ContentId]] = frozenset()
    protected: tuple[str, ...] = ()
    preferred: tuple[str, ...] = ()
    skipped: Mapping[str, int] = field(default_factory=dict)
    loose: tuple[Loose, ...] = ()


@dataclass(frozen=True, slots=True)
class IndexSummary:
    """What one scan did. ``skipped`` counts what was passed over, by kind. Where the vector store
    could not be used, ``vectors_trouble`` says why, and so many descriptors wait for it;
    ``family_trouble``: why the other libraries could not be told. ``unread_before`` counts
    the files that an earlier scan could not read and that have not changed since."""

    files: int
    new: int
    unchanged: int
    decoded: int
    unreadable: int
    gone: int
    seconds: float
    bytes_read: int
    skipped: Mapping[str, int]
    problems: tuple[Problem, ...] = ()
    missing_roots: tuple[str, ...] = ()
    seconds_by_part: Mapping[str, float] = field(default_factory=dict)
    vectors_waiting: int = 0
    vectors_trouble: AlbumError | None = None
    family_trouble: AlbumError | None = None
    described: int = 0
    """Photos that were known and are described in the chosen embedding now."""
    undescribed: int = 0
    """Those that are not, as their files are not there now."""
    switch_trouble: AlbumError | None = None
    """Why the chosen embedding does not answer yet."""
    taken_up: bool = False
    """No folder was to be looked through, only known photos to be described."""
    unread_before: int = 0
    looked_inside: int = 0
    """Photos of an earlier version that were read once more, for films and maps in them."""
    unseen: int = 0
    """Those that could not be, as their files are not there now."""


@dataclass(frozen=True, slots=True)
class ExtractorSpec:
    """What names an embedding: same spec, same space. ``sha256`` is that of the weights.

    What is alike to so many hundredths differs from one embedding to the next: from ``floor`` on
    pairs are kept, from ``similar`` on they are similar shots (``core.scale``).
    """

    name: str
    dim: int
    input_edge: int
    weights_file: str
    sha256: str
    preprocessing: str
    floor: float = 0.60
    similar: float = 0.90


@dataclass(frozen=True, slots=True)
class Space:
    """An embedding beside the one that finds the duplicates, as the catalog keeps it.

    ``name`` is that of its collection, ``source`` the space whose descriptors it reduces, ""
    where it is an extractor's own.
    """

    name: str
    extractor: str
    dim: int
    floor: float = 0.60
    similar: float = 0.90
    source: str = ""
    whiten: bool = False


@dataclass(frozen=True, slots=True)
class SpaceUse:
    """What an embedding takes: ``described`` contents, ``bytes`` of descriptors in the catalog.
    ``answers``: searches and similar shots come from it."""

    space: Space
    described: int
    bytes: int
    answers: bool


# --- clean-up -----------------------------------------------------------------------------


class ItemState(StrEnum):
    """One file's way through an operation; each change is on disk before the next act."""

    PLANNED = "planned"
    MOVING = "moving"
    MOVED = "moved"
    SKIPPED = "skipped"
    FAILED = "failed"
    RESTORING = "restoring"
    RESTORED = "restored"
    RESTORED_BESIDE = "restored_beside"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class FileProof:
    """What a file looked like when the plan was made. An empty ``content`` is read before the
    clean-up begins."""

    path: str
    stamp: Stamp
    content: ContentId


@dataclass(frozen=True, slots=True)
class PlanItem:
    """One file to remove, the survivor that permits it, and why.

    ``part_of`` is set for a companion: the path of its photo, whose item comes behind those of
    its companions. They move all or not at all.
    """

    victim: FileProof
    survivor: FileProof
    tier: Tier
    group_id: str
    reason: str
    part_of: str | None = None


@dataclass(frozen=True, slots=True)
class NewSidecar:
    """An XMP file to be written beside ``keeper`` (a path), with what only its copies say:
    ``kinds`` of extras. Its path must be free."""

    path: str
    content: bytes
    keeper: str
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A clean-up, checked as a whole. ``target`` is a folder, or None for the system's trash.
    ``sidecars`` are written before the copies go whose metadata they keep."""

    items: tuple[PlanItem, ...]
    target: str | None = None
    sidecars: tuple[NewSidecar, ...] = ()

    @property
    def bytes(self) -> int:
        return sum(item.victim.stamp.size for item in self.items)

    @property
    def photos(self) -> tuple[PlanItem, ...]:
        """The items that a person counts: one for each photo, whatever belongs to it."""
        return tuple(item for item in self.items if item.part_of is None)


@dataclass(frozen=True, slots=True)
class JournalItem:
    """A plan item with its state, where it went and where it came back to."""

    id: int
    item: PlanItem
    state: ItemState
    place: str | None = None
    restored_to: str | None = None
    problem: str = ""


class SidecarState(StrEnum):
    PLANNED = "planned"
    WRITTEN = "written"
    NOT_WRITTEN = "not_written"
    TAKEN_BACK = "taken_back"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class JournalSidecar:
    """A sidecar of an operation with what became of it."""

    id: int
    sidecar: NewSidecar
    state: SidecarState

    @property
    def there(self) -> bool:
        """Whether it may lie on the disk as ours."""
        return self.state in (SidecarState.PLANNED, SidecarState.WRITTEN)


def count_photos(entries: Iterable[JournalItem]) -> int:
    """How many photos these files are: what belongs to one is counted with it."""
    return len({entry.item.part_of or entry.item.victim.path for entry in entries})


@dataclass(frozen=True, slots=True)
class Operation:
    """One journalled clean-up. ``finished`` is False after a crash half-way."""

    id: int
    started: datetime
    target: str | None
    finished: bool
    items: tuple[JournalItem, ...]
    sidecars: tuple[JournalSidecar, ...] = ()

    @property
    def moved(self) -> tuple[JournalItem, ...]:
        """The items that lie in the trash or target folder now."""
        return tuple(i for i in self.items if i.state in (ItemState.MOVED, ItemState.RESTORING))


@dataclass(frozen=True, slots=True)
class OperationReport:
    """What apply or undo did, file by file; ``problems`` in whole sentences."""

    operation_id: int
    done: tuple[JournalItem, ...]
    skipped: tuple[JournalItem, ...]
    bytes: int
    problems: tuple[str, ...] = ()

    @property
    def photos(self) -> int:
        """What was done, counted as a person does."""
        return count_photos(self.done)


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A photo with its similarity, the cosine of the two descriptors (which have norm 1, so that
    it is their inner product too). Distances follow from it."""

    photo: Photo
    similarity: float

    @property
    def cosine_distance(self) -> float:
        return 1 - self.similarity

    @property
    def distance(self) -> float:
        """L2: |a - b|² = |a|² + |b|² - 2ab = 2 - 2ab."""
        return math.sqrt(max(0.0, 2 - 2 * self.similarity))
