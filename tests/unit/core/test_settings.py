"""Settings survive a round trip, and a broken file breaks nothing."""

from __future__ import annotations

from dataclasses import asdict, replace

import pytest

from albumdedup.core.settings import LoadedSettings, Settings, check_of, keep_aside, load, save


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


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("theme", "dark", "pink"),
        ("device", "cuda:1", "cuda:x"),
        ("decode_threads", 64, 65),
        ("thumbs_megabytes", 50, 49),
        ("vector_uri", "http://192.168.1.5:19530", "192.168.1.5"),
        ("vector_uri", "", "http://here:99999"),
        ("removed_to", "", "some/folder"),
        ("tiers", ("same",), ()),
        ("tiers", ("same", "edited"), ("same", "same")),
    ],
)
def test_each_setting_knows_what_it_may_be(name, good, bad):
    assert check_of(name).fits(good)
    assert not check_of(name).fits(bad)


def test_every_default_is_a_value_that_may_be():
    for name, value in asdict(Settings()).items():
        assert check_of(name).fits(value), name


def test_an_impossible_value_in_the_file_is_named_and_left_at_its_default(tmp_path):
    path = tmp_path / "settings.toml"
    path.write_text('decode_threads = 9000\ndevice = "quantum"\nbatch = 8\n')
    loaded = load(path)
    assert loaded.settings == replace(Settings(), batch=8)
    assert set(loaded.rejected) == {"decode_threads", "device"}


def test_a_file_that_was_not_understood_is_kept_aside_once(tmp_path):
    path = tmp_path / "settings.toml"
    path.write_bytes(b"similarity = \xff")
    aside = keep_aside(path)
    assert aside is not None
    assert aside.read_bytes() == b"similarity = \xff"
    assert keep_aside(path) == aside  # the same again needs no second copy
    save(Settings(), path)
    path.write_bytes(b"[[[")
    other = keep_aside(path)
    assert other not in (None, aside)
    assert aside.read_bytes() == b"similarity = \xff"


def test_nothing_is_kept_aside_where_nothing_is(tmp_path):
    assert keep_aside(tmp_path / "settings.toml") is None
