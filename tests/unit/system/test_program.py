"""The program begins itself again, from an installation and from a bundle."""

from __future__ import annotations

import subprocess
import sys

import pytest

from albumdedup import __main__ as program
from albumdedup import __version__
from albumdedup.system.isolation.worker import WORD
from albumdedup.system.program import MODULE, bare_command, own_command


def test_the_words_are_the_same_where_they_cannot_be_imported() -> None:
    assert program.OWN_MODULE == MODULE
    assert program.DECODE_WORKER == WORD


def test_an_installation_asks_its_interpreter() -> None:
    done = subprocess.run([*own_command(), "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"albumdedup {__version__}"


def test_a_bundle_asks_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", "/opt/albumdedup")
    assert own_command() == ("/opt/albumdedup",)
    assert own_command("albumdedup.x") == ("/opt/albumdedup", "--module", "albumdedup.x")
    assert bare_command() == ("/opt/albumdedup", "--module")


def test_a_bundle_runs_modules_of_its_own_and_no_others(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    for words in ([], ["this"], ["albumdedup_else"]):
        monkeypatch.setattr(sys, "argv", ["albumdedup", MODULE, *words])
        assert program.main() == 0
    assert capsys.readouterr().out == ""
    module = "albumdedup.evaluation.bench.child"
    monkeypatch.setattr(sys, "argv", ["albumdedup", MODULE, module])
    with pytest.raises(IndexError):  # it wants a report
        program.main()
