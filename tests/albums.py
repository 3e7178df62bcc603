"""Small albums of plain files for the tests of the engine: content is what counts there."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from albumdedup.core.types import (
    ContentId,
    FileIdentity,
    Group,
    Member,
    Photo,
    PhotoMetadata,
    Role,
    Stamp,
    Tier,
)


def photo(path: Path, number: int = 1) -> Photo:
    """A file as the catalog would know it."""
    status = os.lstat(path)
    return Photo(
        id=number,
        path=str(path),
        stamp=Stamp(status.st_size, status.st_mtime_ns, FileIdentity(status.st_dev, status.st_ino)),
        content=ContentId(hashlib.sha256(path.read_bytes()).hexdigest()),
        width=100,
        height=100,
        format="JPEG",
        taken=None,
        metadata=PhotoMetadata(),
    )


def group(keeper: Photo, *others: Photo, tier: Tier = Tier.IDENTICAL) -> Group:
    members = [Member(keeper, Tier.IDENTICAL, Role.KEEP, 1.0)]
    members += [Member(other, tier, Role.REMOVE, 1.0) for other in others]
    return Group(f"group-{keeper.path}", tuple(members), "Kept: a test.")


def write(path: Path, content: bytes, mtime: int = 1_500_000_000) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (mtime, mtime))
    return path


@dataclass(frozen=True)
class Kept:
    """What lies where: every regular file below some folders, by content."""

    files: dict[str, tuple[str, int]]

    @classmethod
    def below(cls, *folders: Path) -> Kept:
        return cls(
            {
                str(p): (hashlib.sha256(p.read_bytes()).hexdigest(), p.stat().st_mtime_ns)
                for folder in folders
                for p in sorted(folder.rglob("*"))
                if p.is_file() and not p.is_symlink()
            }
        )

    @property
    def contents(self) -> set[str]:
        return {content for content, _ in self.files.values()}
