"""Every setting, declared once."""

from __future__ import annotations

import os
import tomllib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import tomli_w

from albumdedup.core.types import Tier

CHAIN = "chain"
"""The keep rule of those who have arranged a chain of their own."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user may set. Numbers that mean "automatic" are 0.

    ``batch`` is the number of photos per inference, ``commit_seconds`` the longest time that
    finished work stays uncommitted. ``keep_rule`` may be ``"chain"``: then the rules of
    ``keep_chain`` decide one after the other.
    """

    keep_rule: str = "oldest"
    keep_chain: tuple[str, ...] = ()
    similarity: float = 0.90
    tiers: tuple[str, ...] = tuple(tier.value for tier in Tier)
    extractor: str = "album"
    device: str = "auto"
    decode_threads: int = 0
    torch_threads: int = 0
    batch: int = 32
    commit_seconds: float = 3.0
    theme: str = "system"
    recent: tuple[str, ...] = ()

    @property
    def rule(self) -> str:
        """The keep rule, or the chain of them with commas."""
        chained = self.keep_rule == CHAIN and self.keep_chain
        return ",".join(self.keep_chain) if chained else self.keep_rule


@dataclass(frozen=True, slots=True)
class LoadedSettings:
    """Settings with the names of entries that were not understood and so left at default."""

    settings: Settings
    rejected: tuple[str, ...] = ()


def load(path: Path) -> LoadedSettings:
    """Read settings; what is missing, unknown or of the wrong type falls back to its default."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return LoadedSettings(Settings())
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return LoadedSettings(Settings(), (path.name,))
    default = asdict(Settings())
    good: dict[str, Any] = {}
    rejected = []
    for name, value in raw.items():
        if name not in default:
            rejected.append(name)
        elif isinstance(default[name], tuple):
            if isinstance(value, list) and all(isinstance(entry, str) for entry in value):
                good[name] = tuple(value)
            else:
                rejected.append(name)
        elif isinstance(default[name], float) and isinstance(value, int | float):
            good[name] = float(value)
        elif type(value) is type(default[name]):
            good[name] = value
        else:
            rejected.append(name)
    return LoadedSettings(Settings(**good), tuple(rejected))


def save(settings: Settings, path: Path) -> None:
    """Write beside, then replace: a crash leaves the old settings whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".new")
    plain = {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(settings).items()}
    beside.write_text(tomli_w.dumps(plain), encoding="utf-8")
    os.replace(beside, path)
