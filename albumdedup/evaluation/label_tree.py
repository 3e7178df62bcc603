"""A folder per class: whose photos ask, and whose answer."""

from __future__ import annotations

import hashlib
import os
import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from albumdedup.core.control import Control
from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.i18n import _
from albumdedup.core.scanner import scan
from albumdedup.evaluation.metrics import Flags, Labels


@dataclass(frozen=True, slots=True)
class LabelTree:
    """``paths`` of all photos in order, class by class; ``labels`` int64[n] are places in
    ``classes``. ``loose`` photos lie in no folder of a class; ``skipped`` are files that a scan
    passes over as well."""

    folder: str
    classes: tuple[str, ...]
    paths: tuple[str, ...]
    labels: Labels
    loose: int
    skipped: int


@dataclass(frozen=True, slots=True)
class Split:
    """Places in the tree, int64 each; ``single`` classes have one photo, which is base."""

    queries: Labels
    base: Labels
    single: int


def read_tree(folder: Path, control: Control) -> LabelTree:
    """The photos below each folder of ``folder``, as a scan would find them, links not followed.
    Raises AlbumError: NOT_THERE, NOT_A_FOLDER, NO_RIGHTS, ROOT_REFUSED, LABELS_UNFIT; Cancelled.
    """
    if not folder.is_dir():
        code = ErrorCode.NOT_A_FOLDER if folder.exists() else ErrorCode.NOT_THERE
        raise AlbumError(code, path=str(folder))
    if not os.access(folder, os.R_OK | os.X_OK):
        raise AlbumError(ErrorCode.NO_RIGHTS, path=str(folder))
    top = os.path.abspath(folder)
    walk = scan([top], control)
    below = [(*_class_of(found.path, top), found.path) for found in walk]
    inside = sorted((name, path) for name, is_class, path in below if is_class)
    classes = sorted({name for name, _path in inside})
    place = {name: number for number, name in enumerate(classes)}
    tree = LabelTree(
        folder=top,
        classes=tuple(classes),
        paths=tuple(path for _name, path in inside),
        labels=np.array([place[name] for name, _path in inside], np.int64),
        loose=len(below) - len(inside),
        skipped=sum(walk.skipped.values()) + len(walk.problems),
    )
    refuse_unfit(tree, np.ones(len(tree.paths), np.bool_))
    return tree


def _class_of(path: str, top: str) -> tuple[str, bool]:
    first, slash, _rest = os.path.relpath(path, top).partition(os.sep)
    return first, bool(slash)


def refuse_unfit(tree: LabelTree, read: Flags) -> None:
    """Raises AlbumError(LABELS_UNFIT) unless there are two classes, one of them with two photos,
    among those that were ``read``, bool[n]."""
    sizes = np.bincount(tree.labels[read], minlength=len(tree.classes))
    if (sizes > 0).sum() == 0:
        detail = _("no folder in it holds a photo that can be read")
    elif (sizes > 0).sum() == 1:
        detail = _("only one folder in it holds photos that can be read")
    elif sizes.max() < 2:
        detail = _("no folder in it holds more than one photo that can be read")
    else:
        return
    raise AlbumError(ErrorCode.LABELS_UNFIT, path=tree.folder, detail=detail)


def split(tree: LabelTree, read: Flags, share: float, seed: int) -> Split:
    """Of each class with n ≥ 2 photos that were ``read``, bool[n], at least one and at most n - 1
    ask, about ``share`` of them. Drawn by ``seed`` and the class's name from its sorted paths:
    what other classes hold changes nothing."""
    asks = np.zeros(len(tree.paths), np.bool_)
    single = 0
    for number, name in enumerate(tree.classes):
        members = np.flatnonzero((tree.labels == number) & read)
        single += len(members) == 1
        if len(members) >= 2:
            count = min(max(1, round(share * len(members))), len(members) - 1)
            asks[_chance(seed, name).sample(members.tolist(), count)] = True
    return Split(np.flatnonzero(asks), np.flatnonzero(read & ~asks), single)


def _chance(seed: int, name: str) -> random.Random:
    """Names may hold bytes that are no text, which a generator does not take as its seed."""
    told = f"{seed}/{name}".encode("utf-8", "surrogateescape")
    return random.Random(int.from_bytes(hashlib.sha256(told).digest(), "big"))
