"""Short names of folders that stand beside one another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import takewhile

GAP = "…"


def last_two_parts(folder: str) -> str:
    """The end of a folder's path, which is what tells most copies apart."""
    return "/".join(_parts(folder)[-2:]) or folder


def told_apart(folders: Sequence[str]) -> list[str]:
    """A short name for each folder, that no other folder among them has: its last two parts;
    where others share these (a backup beside what it is a backup of), the parts from where the
    paths separate on as well, as few as do: "Disk 2012/…/Holiday", "Disk 2015/…/Holiday"."""
    names = {folder: last_two_parts(folder) for folder in folders}
    for alike in _sharing(names):
        names.update(_from_where_they_separate(alike))
    for alike in _sharing(names):  # with one that was told apart before
        names.update({folder: folder for folder in alike})
    return [names[folder] for folder in folders]


def _sharing(names: Mapping[str, str]) -> list[list[str]]:
    """The folders that have one name, where they are several."""
    sharing: dict[str, list[str]] = defaultdict(list)
    for folder, name in names.items():
        sharing[name].append(folder)
    return [folders for folders in sharing.values() if len(folders) > 1]


def _from_where_they_separate(folders: Sequence[str]) -> dict[str, str]:
    paths = [_parts(folder) for folder in folders]
    shortest = min(len(parts) for parts in paths)
    columns = zip(*paths, strict=False)
    common = sum(1 for _ in takewhile(lambda column: len(set(column)) == 1, columns))
    rests = [parts[min(common, shortest - 1) :] for parts in paths]
    for heads in range(1, max(len(rest) for rest in rests)):
        names = [_shortened(rest, heads) for rest in rests]
        if len(set(names)) == len(names):
            return dict(zip(folders, names, strict=True))
    return {folder: "/".join(rest) for folder, rest in zip(folders, rests, strict=True)}


def _shortened(rest: Sequence[str], heads: int) -> str:
    if len(rest) <= heads + 1:
        return "/".join(rest)
    return "/".join((*rest[:heads], GAP, rest[-1]))


def _parts(folder: str) -> list[str]:
    return [part for part in folder.replace("\\", "/").split("/") if part]
