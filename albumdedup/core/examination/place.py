"""Where a file is and what it is to the system. Opens nothing but a file of an unknown kind."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from albumdedup.core.examination.steps import Step
from albumdedup.core.i18n import _, describe_reason, human_bytes, joined, ngettext, passed_over
from albumdedup.core.scanner.asking import PassedOver, why_passed_over
from albumdedup.core.scanner.places import refuse_system
from albumdedup.core.types import Reason, Snapshot


def root_of(path: str, roots: Sequence[str]) -> str | None:
    """The scanned folder that a path lies in."""
    real = os.path.join(os.path.realpath(os.path.dirname(path)), "")
    folder = os.path.join(os.path.dirname(path), "")
    for root in roots:
        inside = os.path.join(root, "")
        if folder.startswith(inside) or real.startswith(os.path.join(os.path.realpath(root), "")):
            return root
    return None


def examine_place(
    path: str, roots: Sequence[str], snapshot: Snapshot
) -> tuple[Step, PassedOver | None]:
    """The step, and why scans pass the file over. Raises OSError."""
    status = os.lstat(path)
    root = root_of(path, roots)
    passed = why_passed_over(path, root)
    lines = [path]
    facts: dict[str, Any] = {
        "path": path,
        "kind": _kind(status),
        "bytes": status.st_size,
        "volume": status.st_dev,
        "file_id": status.st_ino,
        "names": status.st_nlink,
        "folder": root,
        "passed_over": passed.kind if passed else None,
        "placeholder": passed is not None and passed.kind == "placeholder",
        "protected": _around(path, snapshot.protected),
        "preferred": _around(path, snapshot.preferred),
    }
    lines += _system_words(path, status, snapshot)
    if facts["placeholder"]:
        words = _("Its bytes are only in the cloud; opening it would download them.")
        lines.append(joined(words, describe_reason(Reason.PLACEHOLDER)))
    lines += _folder_words(path, root, passed)
    if facts["protected"]:
        words = _("The folder {folder} is protected: nothing in it is ever offered for removal.")
        lines.append(words.format(folder=facts["protected"]))
    if facts["preferred"]:
        words = _("The folder {folder} is preferred: copies in it stay before others.")
        lines.append(words.format(folder=facts["preferred"]))
    return Step("file", _("File"), tuple(lines), facts), passed


def _kind(status: os.stat_result) -> str:
    if stat.S_ISREG(status.st_mode):
        return "file"
    return "link" if stat.S_ISLNK(status.st_mode) else "other"


def _system_words(path: str, status: os.stat_result, snapshot: Snapshot) -> list[str]:
    kind = _kind(status)
    if kind == "link":
        target = os.path.realpath(path)
        if not os.path.exists(path):
            return [_("It is a link to {path}, which is not there.").format(path=target)]
        words = _("It is a link; the file itself is {path}. A link is never a photo.")
        return [words.format(path=target)]
    if kind == "other":
        return [_("It is a pipe, a socket or a device, and is never opened.")]
    when = datetime.fromtimestamp(status.st_mtime).isoformat(" ", "seconds")
    lines = [_("{size}, last changed {time}.").format(size=human_bytes(status.st_size), time=when)]
    if status.st_nlink > 1:
        words = ngettext(
            "The same file has {n} name on this disk; it counts once.",
            "The same file has {n} names on this disk; it counts once.",
            status.st_nlink,
        )
        lines.append(words.format(n=f"{status.st_nlink:,}"))
        for photo in snapshot.photos:
            identity = photo.stamp.identity
            if (identity.volume, identity.file_id) == (status.st_dev, status.st_ino):
                if photo.path != path:
                    words = _("The library knows it as {path}.")
                    lines.append(words.format(path=photo.path))
                break
    return lines


def _folder_words(path: str, root: str | None, passed: PassedOver | None) -> list[str]:
    lines = []
    if root is not None:
        lines.append(_("It lies in the scanned folder {folder}.").format(folder=root))
    elif not _system(path):
        words = _("It lies in no scanned folder; `albumdedup scan` its folder to add it.")
        lines.append(words)
    else:
        lines.append(_("It lies in a folder of the system, which is never scanned."))
    if passed is not None:
        words = _("Scans pass it over: {kind} ({place}).")
        lines.append(words.format(kind=passed_over(passed.kind), place=passed.place))
    return lines


def _system(path: str) -> bool:
    from albumdedup.core.errors import AlbumError

    try:
        refuse_system(os.path.dirname(path))
    except AlbumError:
        return True
    return False


def _around(path: str, folders: Sequence[str]) -> str | None:
    return next((f for f in folders if path.startswith(os.path.join(f, ""))), None)
