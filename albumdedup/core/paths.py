"""Where things live on this computer."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import platformdirs

LIBRARY_VARIABLE = "ALBUMDEDUP_LIBRARY"


@dataclass(frozen=True, slots=True)
class AppPaths:
    """The files of one library. ``root`` need not exist yet."""

    root: Path

    @classmethod
    def default(cls) -> AppPaths:
        return cls(Path(platformdirs.user_data_dir("albumdedup", appauthor=False)))

    @property
    def catalog(self) -> Path:
        return self.root / "catalog.sqlite"

    @property
    def decisions(self) -> Path:
        return self.root / "decisions.sqlite"

    @property
    def vectors(self) -> Path:
        return self.root / "vectors.db"

    @property
    def thumbs(self) -> Path:
        return self.root / "thumbs"

    @property
    def reductions(self) -> Path:
        return self.root / "reductions"

    @property
    def models(self) -> Path:
        """Weights that the person downloaded or imported."""
        return self.root / "models"

    @property
    def in_hand(self) -> Path:
        return self.root / "in-hand"

    @property
    def crashes(self) -> Path:
        """Reports of errors that nobody expected."""
        return self.root / "crashes"

    @property
    def settings(self) -> Path:
        return self.root / "settings.toml"

    @property
    def service_token(self) -> Path:
        return self.root / "service-token"

    @property
    def lock(self) -> Path:
        return self.root / "library.lock"


def resource(name: str) -> Path:
    """A file that is delivered with the program: in the wheel, or in the source tree."""
    packed = Path(str(resources.files("albumdedup"))) / "_resources" / name
    if packed.exists():
        return packed
    return Path(__file__).resolve().parents[2] / "resources" / name
