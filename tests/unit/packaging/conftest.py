"""The recipes of packaging/ are scripts, not a package."""

from __future__ import annotations

import sys
from pathlib import Path

PACKAGING = Path(__file__).resolve().parents[3] / "packaging"
sys.path[:0] = [str(PACKAGING / part) for part in (".", "macos", "windows", "linux")]
