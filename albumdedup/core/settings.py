"""Every setting, declared once."""

from __future__ import annotations

import os
import tomllib
from dataclasses import Field, asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import tomli_w

from albumdedup.core import private
from albumdedup.core.checks import (
    Address,
    Anything,
    Between,
    Check,
    Device,
    FamilyName,
    Folder,
    Label,
    OneOf,
    SomeOf,
)
from albumdedup.core.languages import LANGUAGES
from albumdedup.core.types import Tier

CHAIN = "chain"
"""The keep rule of those who have arranged a chain of their own."""

AUTO = "auto"
VECTOR_METRICS = ("IP", "COSINE", "L2")
VECTOR_INDEXES = (AUTO, "FLAT", "IVF_FLAT", "IVF_SQ8", "HNSW")

_TIERS = tuple(tier.value for tier in Tier)
JOIN_EXACT, JOIN_INDEX = "exact", "index"

_CHECK, _LATER = "check", "later"


def _set(default: Any, check: Check, *, later: bool = False) -> Any:
    """A setting with what it may be; ``later``: a change counts from the next start."""
    return field(default=default, metadata={_CHECK: check, _LATER: later})


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user may set. Numbers that mean "automatic" are 0.

    ``batch`` is the number of photos per inference, ``commit_seconds`` the longest time that
    finished work stays uncommitted. ``keep_rule`` may be ``"chain"``: then the rules of
    ``keep_chain`` decide one after the other. ``vector_uri`` is empty for the store in the
    library's folder, ``removed_to`` for the system's trash; ``vector_certificate`` is the PEM
    file of a server whose certificate this computer does not trust by itself. Libraries with
    the same ``vector_family`` on one server find each other's photos, and call this one
    ``library_label``; empty: no family, and the computer's name.
    ``join`` says what new photos are compared by: the exact product in memory or, where there is
    a server, its index. The index of the vector store and its parameters are checked where
    it is made (``store.vector_index``).
    """

    keep_rule: str = _set("oldest", Anything())
    keep_chain: tuple[str, ...] = _set((), Anything())
    similarity: float = _set(0.90, Between(0.0, 1.0))
    tiers: tuple[str, ...] = _set(_TIERS, SomeOf(_TIERS))
    extractor: str = _set("album", Anything(), later=True)
    pca: int = _set(0, Between(0, 4096), later=True)
    pca_whiten: bool = _set(False, Anything(), later=True)
    device: str = _set("auto", Device(), later=True)
    decode_threads: int = _set(0, Between(0, 64), later=True)
    torch_threads: int = _set(0, Between(0, 64), later=True)
    batch: int = _set(32, Between(1, 4096), later=True)
    commit_seconds: float = _set(3.0, Between(0.0, 600.0), later=True)
    vector_uri: str = _set("", Address(), later=True)
    vector_token: str = _set("", Anything(), later=True)
    vector_certificate: str = _set("", Folder(), later=True)
    vector_family: str = _set("", FamilyName(), later=True)
    library_label: str = _set("", Label(), later=True)
    join: str = _set(JOIN_EXACT, OneOf((JOIN_EXACT, JOIN_INDEX)), later=True)
    vector_index: str = _set(AUTO, Anything(), later=True)
    vector_metric: str = _set("IP", Anything(), later=True)
    vector_nlist: int = _set(0, Anything(), later=True)
    vector_nprobe: int = _set(0, Anything(), later=True)
    vector_m: int = _set(0, Anything(), later=True)
    vector_ef_construction: int = _set(0, Anything(), later=True)
    vector_ef_search: int = _set(0, Anything(), later=True)
    removed_to: str = _set("", Folder())
    thumbs_megabytes: int = _set(2000, Between(50, 1_000_000))
    language: str = _set("system", OneOf(("system", *LANGUAGES)), later=True)
    theme: str = _set("system", OneOf(("system", "light", "dark")))
    recent: tuple[str, ...] = _set((), Anything())

    @property
    def rule(self) -> str:
        """The keep rule, or the chain of them with commas."""
        chained = self.keep_rule == CHAIN and self.keep_chain
        return ",".join(self.keep_chain) if chained else self.keep_rule


def check_of(name: str) -> Check:
    """What the setting of this name may be."""
    check: Check = _field(name).metadata[_CHECK]
    return check


def is_later(name: str) -> bool:
    """Whether a change counts from the next start only."""
    return bool(_field(name).metadata[_LATER])


def _field(name: str) -> Field[Any]:
    return next(one for one in fields(Settings) if one.name == name)


@dataclass(frozen=True, slots=True)
class LoadedSettings:
    """Settings with the names of entries that were not understood and so left at default."""

    settings: Settings
    rejected: tuple[str, ...] = ()


def load(path: Path) -> LoadedSettings:
    """Read settings; what is missing, unknown, of the wrong type or impossible falls back to its
    default."""
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
        understood = _understood(default[name], value) if name in default else None
        if understood is None or not check_of(name).fits(understood):
            rejected.append(name)
        else:
            good[name] = understood
    return LoadedSettings(Settings(**good), tuple(rejected))


def _understood(default: object, value: object) -> object:
    """The value as the type of its default; None where it is of another."""
    if isinstance(default, tuple):
        texts = isinstance(value, list) and all(isinstance(entry, str) for entry in value)
        return tuple(value) if texts and isinstance(value, list) else None
    if isinstance(default, float) and type(value) is int:
        return float(value)
    return value if type(value) is type(default) else None


def keep_aside(path: Path) -> Path | None:
    """Copy a settings file that was not understood beside itself, so that saving does not lose
    what a person wrote there; returns the copy, None where there is nothing to copy or no room."""
    try:
        content = path.read_bytes()
        for number in range(1, 100):
            beside = path.with_name(f"{path.stem}-not-understood-{number}{path.suffix}")
            if beside.exists():
                if beside.read_bytes() == content:
                    return beside
                continue
            with open(beside, "xb", opener=private.opener) as file:
                file.write(content)
            return beside
    except OSError:
        return None
    return None


def save(settings: Settings, path: Path) -> None:
    """Write beside, then replace: a crash leaves the old settings whole."""
    private.make_folder(path.parent)
    beside = path.with_suffix(".new")
    plain = {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(settings).items()}
    with open(beside, "w", encoding="utf-8", opener=private.opener) as file:
        file.write(tomli_w.dumps(plain))
    os.replace(beside, path)
