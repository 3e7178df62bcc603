"""The real program with a temporary home and library."""

from __future__ import annotations

from pathlib import Path

import pytest
from commands import Program


@pytest.fixture
def program(tmp_path: Path, temporary_home: Path) -> Program:
    return Program(tmp_path / "library", temporary_home)
