"""A variable of the shell that is not set must not stand for the current folder."""

from __future__ import annotations

import pytest

from albumdedup.cli.main import main


@pytest.mark.parametrize(
    "words",
    [
        ("scan", ""), ("clean", "--from", "", "--apply"), ("clean", "--to", "", "--apply"),
        ("clean", "--receipt", ""), ("forget", ""), ("protect", ""), ("prefer", ""),
        ("not-duplicates", "", ""), ("card", ""), ("search", ""), ("search", "a.jpg", "--not", ""),
        ("undo", "--photo", ""), ("report", "--out", ""), ("history", "--receipt", ""),
        ("doctor", ""), ("--library", "", "doctor"),
    ],
)  # fmt: skip
def test_an_empty_name_is_refused_before_anything_is_opened(words, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("ALBUMDEDUP_LIBRARY", str(tmp_path / "library"))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as refused:
        main(words)
    assert refused.value.code == 2
    assert "an empty name is no file or folder" in capsys.readouterr().err
    assert not (tmp_path / "library").exists()
