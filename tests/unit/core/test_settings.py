"""Settings survive a round trip, and a broken file breaks nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from albumdedup.core.settings import LoadedSettings, Settings, load, save


def test_round_trip(tmp_path):
    settings = replace(Settings(), keep_rule="best", similarity=0.8, recent=("/a", "/ü"))
    save(settings, tmp_path / "sub" / "settings.toml")
    assert load(tmp_path / "sub" / "settings.toml") == LoadedSettings(settings)


def test_a_missing_file_means_the_defaults(tmp_path):
    assert load(tmp_path / "none.toml") == LoadedSettings(Settings())


@pytest.mark.parametrize("content", [b"similarity = ", b"\xff\xfe\x00", b"[[["])
def test_a_broken_file_is_named_and_means_the_defaults(tmp_path, content):
    path = tmp_path / "settings.toml"
    path.write_bytes(content)
    assert load(path) == LoadedSettings(Settings(), ("settings.toml",))


def test_entries_of_the_wrong_kind_are_named_and_the_rest_is_used(tmp_path):
    path = tmp_path / "settings.toml"
    path.write_text('similarity = "high"\nbatch = 8\ncolour = 3\ntiers = [1]\n')
    loaded = load(path)
    assert loaded.settings == replace(Settings(), batch=8)
    assert set(loaded.rejected) == {"similarity", "colour", "tiers"}


def test_a_whole_number_is_a_similarity_too(tmp_path):
    path = tmp_path / "settings.toml"
    path.write_text("similarity = 1\n")
    assert load(path).settings.similarity == 1.0
