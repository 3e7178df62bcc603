"""Which language is spoken: by the environment, by a list of wishes, by the settings."""

from __future__ import annotations

import pytest

from albumdedup.core import languages
from albumdedup.core.i18n import about, human_bytes, joined, listed, ngettext, tier_name
from albumdedup.core.keeper.words import span
from albumdedup.core.languages import (
    CHINESE,
    ENGLISH,
    LANGUAGES,
    first_known,
    language,
    language_tag,
    of_environment,
    speak,
)
from albumdedup.core.settings import check_of
from albumdedup.core.types import Tier


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [
        ({}, ENGLISH),
        ({"LANG": "C"}, ENGLISH),
        ({"LANG": "C.UTF-8", "LANGUAGE": "zh_CN"}, ENGLISH),
        ({"LANG": "POSIX"}, ENGLISH),
        ({"LANG": "zh_CN.UTF-8"}, CHINESE),
        ({"LANG": "zh_CN.GB18030"}, CHINESE),
        ({"LANG": "zh_SG"}, CHINESE),
        ({"LANG": "de_DE.UTF-8"}, ENGLISH),
        ({"LANG": "zh_TW.UTF-8"}, ENGLISH),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8"}, CHINESE),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_US.UTF-8"}, ENGLISH),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, ENGLISH),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": ""}, CHINESE),
        ({"LANG": "de_DE.UTF-8", "LANGUAGE": "fr:zh_CN:en"}, CHINESE),
        ({"LANG": "zh_CN.UTF-8", "LANGUAGE": "en:zh_CN"}, ENGLISH),
    ],
)
def test_the_environment(environment, wanted):
    assert of_environment(environment) == wanted


@pytest.mark.parametrize(
    ("wishes", "wanted"),
    [
        (["zh-Hans-CN", "en-US"], CHINESE),
        (["de-DE", "zh-CN"], CHINESE),
        (["en-GB", "zh-CN"], ENGLISH),
        (["zh-Hant-TW", "zh-Hans"], CHINESE),
        (["zh-HK"], ENGLISH),
        (["zh"], CHINESE),
        (["C", ""], ENGLISH),
        ([], ENGLISH),
    ],
)
def test_the_first_wish_that_is_known(wishes, wanted):
    assert first_known(wishes) == wanted


def test_english_until_something_else_is_chosen():
    assert (language(), language_tag()) == (ENGLISH, "en")
    assert tier_name(Tier.SAME) == "Same photo"
    assert ngettext("{n} photo", "{n} photos", 1) == "{n} photo"
    assert joined("One.", "", "Two.") == "One. Two."
    assert listed(["a", "b"]) == "a, b"
    assert about("x.jpg", "it is gone") == "x.jpg: it is gone"


def test_chinese_and_back():
    speak(CHINESE)
    assert (language(), language_tag()) == (CHINESE, "zh-CN")
    assert tier_name(Tier.SAME) == "同一张照片"
    assert joined("一。", "", "二。") == "一。二。"
    assert listed(["a", "b"]) == "a、b"
    assert about("x.jpg", "不在") == "x.jpg：不在"
    assert human_bytes(5_300_000_000) == "5.3 GB"
    speak(ENGLISH)
    assert tier_name(Tier.SAME) == "Same photo"


@pytest.mark.parametrize("n", [0, 1, 2, 21])
def test_chinese_has_one_form_for_every_count(n):
    speak(CHINESE)
    said = ngettext("{n} photo", "{n} photos", n).format(n=n)
    assert said == f"{n} 张照片"


def test_spans_of_time():
    from datetime import timedelta

    speak(CHINESE)
    assert span(timedelta(days=1)) == "24 小时"
    assert span(timedelta(days=1461)) == "4 年"
    assert span(timedelta(days=120)) == "4 个月"
    assert span(timedelta(days=5)) == "5 天"
    assert span(timedelta(minutes=12)) == "12 分钟"


def test_without_its_catalogue_the_program_speaks_english(monkeypatch, tmp_path, caplog):
    speak(CHINESE)
    monkeypatch.setattr(languages, "catalogue_file", lambda name: tmp_path / "none.po")
    speak(CHINESE)
    assert language() == ENGLISH
    assert tier_name(Tier.SAME) == "Same photo"
    assert "no catalogue of zh_CN" in caplog.text


def test_the_settings_offer_what_is_spoken():
    assert check_of("language").options == ("system", *LANGUAGES)
