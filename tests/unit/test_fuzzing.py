"""The fuzzer: the same cases for the same seed, a death is seen, and no old finding comes back."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

TOOLS = Path(__file__).resolve().parents[2] / "tools"
CASES = 120

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="needs the limits of Unix"),
    pytest.mark.filterwarnings("ignore::UserWarning:PIL"),
]


@pytest.fixture(scope="module", autouse=True)
def _tools() -> Iterator[None]:
    sys.path.insert(0, str(TOOLS))
    yield
    sys.path.remove(str(TOOLS))


def test_the_same_seed_gives_the_same_mutants() -> None:
    from fuzzing.corpus import sources
    from fuzzing.mutating import mutant

    found, again = sources(None), sources(None)
    first = [mutant(found, 5, number) for number in range(60)]
    assert first == [mutant(again, 5, number) for number in range(60)]
    assert len({one.data for one in first}) > 50
    assert {one.is_companion for one in first} == {True, False}


def test_mutants_are_read_or_refused(tmp_path: Path) -> None:
    from fuzzing.apart import end_workers
    from fuzzing.corpus import sources
    from fuzzing.entries import ENTRIES, of
    from fuzzing.mutating import chance_of, mutant

    found = sources(None)
    for number in range(CASES):
        one = mutant(found, 7, number)
        path = tmp_path / f"case{one.suffix}"
        path.write_bytes(one.data)
        for name in of(one.is_companion):
            ENTRIES[name](path, chance_of(7, number))
    end_workers()


def test_a_worker_that_answers_otherwise_is_a_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fuzzing import apart
    from fuzzing.answers import Broken
    from fuzzing.child import Always

    from albumdedup.core.types import Reason, Refusal

    class Other:
        def run(self, task: object, stopped: object) -> Refusal:
            return Refusal(Reason.TRUNCATED)

    monkeypatch.setattr(apart, "_workers", Other)
    path = tmp_path / "a.jpg"
    path.write_bytes(b"no picture")
    with pytest.raises(Broken, match="truncated"):
        apart.apart(path, Always())


def test_a_sound_file_is_no_finding_and_a_death_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fuzzing import parent

    sidecar = tmp_path / "a.xmp"
    sidecar.write_text("<x/>")
    assert parent.repeated(sidecar, tmp_path) is None
    deadly = [sys.executable, "-c", "import os; os.abort()"]
    monkeypatch.setattr(parent, "command", lambda *words: deadly)
    (tmp_path / "console").write_text("")
    died = parent.repeated(sidecar, tmp_path)
    assert died is not None
    assert died.kind == "crash"
    assert "exit code -6" in died.detail
    assert died.data == b"<x/>"
