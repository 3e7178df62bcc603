"""Is a card safe to erase? Every file below a folder, seen on disk now, with its reason.

The walk here is its own and passes nothing over: a file that the library does not know as a photo
is listed, so that "safe" speaks of the whole folder. Nothing is opened and nothing is changed.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from albumdedup.core.control import Control
from albumdedup.core.i18n import _, describe_problem, ngettext
from albumdedup.core.scanner import inside_bin, is_placeholder
from albumdedup.core.types import FileIdentity, Photo, Problem, Snapshot, Stamp
from albumdedup.core.verdicts.others import compare_bytes
from albumdedup.core.verdicts.ties import FileVerdict, Standing, Ties

_CLUTTER = frozenset({".ds_store", "thumbs.db", "desktop.ini", "ehthumbs.db", ".nomedia"})
_SYSTEM_FOLDERS = frozenset(
    {".spotlight-v100", ".fseventsd", ".temporaryitems", ".documentrevisions-v100", ".thumbnails"}
)


@dataclass(frozen=True, slots=True)
class CardVerdict:
    """``held`` are the photos that the library holds elsewhere, whole; ``rest`` is everything else
    below ``folder``. ``clutter`` counts files of the operating system, and ``links`` links."""

    folder: str
    held: tuple[FileVerdict, ...]
    rest: tuple[FileVerdict, ...]
    clutter: int = 0
    links: int = 0

    @property
    def safe(self) -> bool:
        """Whether all is elsewhere; never of a folder without photos: a drive that is not
        plugged in looks like one."""
        return bool(self.held) and not self.rest

    @property
    def sentence(self) -> str:
        count = len(self.held)
        if not self.rest and not self.held:
            return _("{folder} holds no photos.").format(folder=self.folder)
        if not self.rest:
            return ngettext(
                "{folder} is safe to erase: its {n} photo is in the library elsewhere.",
                "{folder} is safe to erase: all its {n} photos are in the library elsewhere.",
                count,
            ).format(folder=self.folder, n=f"{count:,}")
        return ngettext(
            "{folder} is not safe to erase: {held} of its files are in the library elsewhere, "
            "{n} is not.",
            "{folder} is not safe to erase: {held} of its files are in the library elsewhere, "
            "{n} are not.",
            len(self.rest),
        ).format(folder=self.folder, held=f"{count:,}", n=f"{len(self.rest):,}")


def judge_card(
    snapshot: Snapshot, folder: str, control: Control, roots: Sequence[str] = ()
) -> CardVerdict:
    """Judge every file below ``folder`` (absolute) against the library's files elsewhere, each of
    which must be on disk as it was scanned. Files that are no photos are compared byte by byte
    with those below ``roots``. Raises Cancelled."""
    found = _Found(folder, control)
    ties = Ties(snapshot)
    photos = {photo.path: photo for photo in ties.photos}
    problems = {problem.path: problem for problem in snapshot.unreadable}
    listed = list(found.files())
    here = {FileIdentity(status.st_dev, status.st_ino) for _path, status in listed}
    by_identity = {photo.stamp.identity: photo for photo in ties.photos}
    owners = {one.path: (photo, one.stamp) for photo in ties.photos for one in photo.companions}
    inside = os.path.join(folder, "")

    def elsewhere(other: Photo) -> bool:
        return other.stamp.identity not in here and not other.path.startswith(inside)

    seen: dict[str, bool] = {}

    def there(other: Photo) -> bool:
        if other.path not in seen:
            parts = ((other.path, other.stamp), *((c.path, c.stamp) for c in other.companions))
            seen[other.path] = all(_as_scanned(path, stamp) for path, stamp in parts)
        return seen[other.path]

    held: list[FileVerdict] = []
    rest = list(found.failed)
    for path, status in listed:
        control.checkpoint()
        identity = FileIdentity(status.st_dev, status.st_ino)
        photo = photos.get(path) or by_identity.get(identity)
        stamp = None if photo is None else photo.stamp
        if photo is None and path in owners:  # a unit is held whole or not at all
            photo, stamp = owners[path]
        if photo is None or stamp is None or not _same(status, stamp):
            rest.append(_unknown(path, status, problems.get(path)))
            continue
        verdict = ties.judge(photo, elsewhere, there)
        verdict = FileVerdict(path, verdict.standing, verdict.sentence, verdict.copy)
        (held if verdict.standing is Standing.SAFE else rest).append(verdict)
    if roots:
        again = compare_bytes(
            rest, folder, roots, {(one.volume, one.file_id) for one in here}, control
        )
        held += [one for one in again if one.standing is Standing.SAFE]
        rest = [one for one in again if one.standing is not Standing.SAFE]
    held.sort(key=lambda one: one.path)
    rest.sort(key=lambda one: one.path)
    return CardVerdict(folder, tuple(held), tuple(rest), found.clutter, found.links)


def _same(status: os.stat_result, stamp: Stamp) -> bool:
    return (status.st_size, status.st_mtime_ns, status.st_ino) == (
        stamp.size, stamp.mtime_ns, stamp.identity.file_id,
    )  # fmt: skip


def _as_scanned(path: str, stamp: Stamp) -> bool:
    try:
        status = os.lstat(path)
    except OSError:
        return False
    known_volume = status.st_dev == stamp.identity.volume
    return stat.S_ISREG(status.st_mode) and known_volume and _same(status, stamp)


def _unknown(path: str, status: os.stat_result, problem: Problem | None) -> FileVerdict:
    if problem is not None:
        return FileVerdict(path, Standing.UNREADABLE, describe_problem(problem))
    if is_placeholder(status):
        return FileVerdict(
            path, Standing.NOT_READ, _("It is only in the cloud; download it first.")
        )
    return FileVerdict(
        path, Standing.NOT_A_PHOTO, _("It was not read as a photo (a film, a document, another "
        "kind of file, or hidden); look after it yourself."),
    )  # fmt: skip


class _Found:
    """The files below a folder, in sorted order; links are not followed."""

    def __init__(self, folder: str, control: Control) -> None:
        self._folder, self._control = folder, control
        self.failed: list[FileVerdict] = []
        self.clutter = self.links = 0

    def files(self) -> Iterator[tuple[str, os.stat_result]]:
        for top, folders, names in os.walk(self._folder, onerror=self._fail):
            self._control.checkpoint()
            linked = [name for name in folders if os.path.islink(os.path.join(top, name))]
            self.links += len(linked)
            folders[:] = sorted(set(folders) - set(linked))
            left_out = inside_bin(os.path.join(top, "photo")[len(self._folder) :]) or any(
                part.lower() in _SYSTEM_FOLDERS
                for part in top[len(self._folder) :].replace("\\", "/").split("/")
            )
            for name in sorted(names):
                path = os.path.join(top, name)
                if left_out or name.lower() in _CLUTTER:
                    self.clutter += 1
                    continue
                try:
                    status = os.lstat(path)
                except OSError as error:
                    self._fail(error)
                    continue
                if stat.S_ISREG(status.st_mode):
                    yield path, status
                else:
                    self.links += 1

    def _fail(self, error: OSError) -> None:
        why = error.strerror or str(error)
        self.failed.append(
            FileVerdict(
                str(error.filename), Standing.NOT_READ,
                _("It cannot be looked into ({why}).").format(why=why),
            )
        )  # fmt: skip
