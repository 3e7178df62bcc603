"""Every text of the program is in every catalogue, whole, with its placeholders, well set."""

from __future__ import annotations

import ast
import importlib.util
import re
import shutil
import sys
import tomllib
from collections import Counter
from pathlib import Path

import pytest
from chinese_setting import FAULTS

from albumdedup.core.catalogue import Entry, parse
from albumdedup.core.languages import ENGLISH, LANGUAGES, catalogue_file

ROOT = Path(__file__).resolve().parents[2]
OTHERS = [name for name in LANGUAGES if name != ENGLISH]
HOLDERS = re.compile(r"\{\w*(?:[:!][^}]*)?\}|%\(\w+\)\w|%[sdr]")


def _tool():
    found = importlib.util.spec_from_file_location("texts", ROOT / "tools" / "texts.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    sys.modules.setdefault("texts", module)
    found.loader.exec_module(module)
    return module


texts = _tool()


@pytest.fixture(scope="module")
def used() -> list[Entry]:
    return texts.used()


def entries(language: str) -> list[Entry]:
    return parse(catalogue_file(language).read_text(encoding="utf-8"))


def said(language: str) -> list[Entry]:
    """The translations that the program uses, without the header."""
    return [entry for entry in entries(language) if entry.one and not entry.unused]


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_translated(language, used):
    known = {(entry.one, entry.many) for entry in said(language) if entry.translated}
    missing = [text.one for text in used if (text.one, text.many) not in known]
    assert not missing, "python tools/texts.py adds them; write their translations there"


@pytest.mark.parametrize("language", OTHERS)
def test_no_translation_is_of_a_text_that_nothing_says(language, used):
    said_now = {(text.one, text.many) for text in used}
    stale = [entry.one for entry in said(language) if (entry.one, entry.many) not in said_now]
    assert not stale, "python tools/texts.py puts them aside"


@pytest.mark.parametrize("language", OTHERS)
def test_the_catalogue_is_as_the_tool_writes_it(language, used):
    old = catalogue_file(language).read_text(encoding="utf-8")
    assert texts.written(texts.updated(used, parse(old))) == old


@pytest.mark.parametrize("language", OTHERS)
def test_placeholders_are_those_of_the_text(language):
    for entry in said(language):
        wanted = Counter(HOLDERS.findall(entry.many or entry.one))
        for text in entry.texts:
            assert set(HOLDERS.findall(text)) == set(wanted), entry.one


@pytest.mark.parametrize("language", OTHERS)
def test_plural_forms_are_as_many_as_the_header_says(language):
    header = next(entry for entry in entries(language) if not entry.one).texts[0]
    found = re.search(r"nplurals=(\d)", header)
    assert found is not None
    for entry in said(language):
        assert len(entry.texts) == (int(found[1]) if entry.many else 1), entry.one


@pytest.mark.parametrize("language", OTHERS)
def test_ends_and_keys_are_those_of_the_text(language):
    for entry in said(language):
        for text in entry.texts:
            assert text.count("\n") == entry.one.count("\n"), entry.one
            assert text[:1].isspace() == entry.one[:1].isspace(), entry.one
            assert bool(re.search(r"&\w", text)) == bool(re.search(r"&\w", entry.one)), entry.one
            assert set(re.findall(r"`[^`]+`", text)) == set(re.findall(r"`[^`]+`", entry.one))


def test_one_text_has_one_entry(used):
    """As every gettext tool wants it: a text is said alone or counted, never both."""
    assert [one for one, n in Counter(text.one for text in used).items() if n > 1] == []


@pytest.mark.parametrize(("fault", "why"), FAULTS)
def test_chinese_is_set_as_chinese(fault, why):
    faulty = [
        text
        for entry in said("zh_CN")
        for text in entry.texts
        if re.search(fault, text.lstrip(" ").replace("°", ""))
    ]
    assert faulty == [], why


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("Identical", "相同"), ("Same photo", "同一张照片"), ("Edited", "编辑过"),
        ("Similar shots", "相似"), ("stays", "保留"), ("burst", "连拍"), ("Put back", "放回"),
        ("To the trash", "移到回收站"), ("Not duplicates", "不是重复"),
    ],
)  # fmt: skip
def test_words_of_the_design(english, chinese):
    assert {entry.one: entry.texts[0] for entry in said("zh_CN")}[english] == chinese


def test_no_text_is_said_before_the_language_is_chosen():
    """At the level of a module or class, or as a default, ``_`` would run at import."""
    early = []
    for file in sorted((ROOT / "albumdedup").rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        early += [f"{file.name}:{line}" for line in _early(tree)]
    assert early == []


def _early(node: ast.AST) -> list[int]:
    found = []
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Lambda):
            continue
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            for default in (*child.args.defaults, *child.args.kw_defaults, *child.decorator_list):
                found += _early(ast.Expression(default)) if default is not None else []
            continue
        if isinstance(child, ast.Call) and getattr(child.func, "id", "") in texts.COUNTS:
            found.append(child.lineno)
        found += _early(child)
    return found


def test_the_wheel_holds_the_catalogues():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["force-include"]["resources"] == "albumdedup/_resources"
    for language in OTHERS:
        assert catalogue_file(language).is_relative_to(ROOT / "resources")


# --- the tool ---------------------------------------------------------------------------


def test_texts_are_found_in_calls_with_their_files(tmp_path):
    package = tmp_path / "package"
    package.mkdir()
    (package / "b.py").write_text('print(_("One."), ngettext("{n} day", "{n} days", n))\n')
    (package / "a.py").write_text('print(_("One.")); other("not this"); x._("nor this")\n')
    assert texts.used(package) == [
        Entry("One.", places=("package/a.py", "package/b.py")),
        Entry("{n} day", "{n} days", places=("package/b.py",)),
    ]


@pytest.mark.parametrize("call", ['_(f"{n} days")', "_(words)", '_("")', 'ngettext("a", b, n)'])
def test_a_text_that_cannot_be_extracted_is_refused(tmp_path, call):
    (tmp_path / "a.py").write_text(f"{call}\n")
    with pytest.raises(SystemExit, match=r"a\.py:1: a text must stand here itself"):
        texts.used(tmp_path)


def test_translations_survive_an_update_and_those_of_lost_texts_stand_aside():
    old = [
        Entry("", texts=("Language: xx\n",)),
        Entry("Photo", texts=("照片",)),
        Entry("Gone", texts=("走了",)),
        Entry("Never translated"),
    ]
    new = texts.updated([Entry("New", places=("a.py",)), Entry("Photo", places=("b.py",))], old)
    assert new == [
        old[0],
        Entry("New", places=("a.py",)),
        Entry("Photo", texts=("照片",), places=("b.py",)),
        Entry("Gone", texts=("走了",), unused=True),
    ]
    assert parse(texts.written(new)) == new
    again = texts.updated([Entry("Gone", places=("c.py",))], parse(texts.written(new)))
    assert again[1] == Entry("Gone", texts=("走了",), places=("c.py",))


def test_long_and_odd_texts_come_back_from_the_file():
    odd = [
        Entry('say "x" \\ y\tz', texts=("a\n\nb\n",)),
        Entry("word " * 60, texts=("字" * 300,)),
        Entry("{n} a", "{n} b", ("1", "2", "3"), fuzzy=True),
        Entry("x" * 93 + "\\" * 4 + "y" * 40, texts=("\\" * 200,)),
    ]
    assert parse(texts.written(odd)) == odd


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A copy of the catalogues for the tool to write to."""
    shutil.copytree(texts.CATALOGUES, tmp_path / "locale")
    monkeypatch.setattr(texts, "CATALOGUES", tmp_path / "locale")
    monkeypatch.setattr(texts, "ROOT", tmp_path)
    return tmp_path / "locale" / "zh_CN" / "LC_MESSAGES" / "albumdedup.po"


def test_the_tool_lists_what_is_missing_and_changes_nothing_when_it_checks(
    place, monkeypatch, capsys
):
    whole = place.read_text(encoding="utf-8")
    without = whole.replace('msgid "Same photo"\nmsgstr "同一张照片"\n', "")
    assert without != whole
    place.write_text(without, encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["texts.py", "--check"])
    assert texts.main() == 1
    told = capsys.readouterr().out
    assert "zh_CN: no translation of “Same photo”" in told
    assert "is not up to date" in told
    assert place.read_text(encoding="utf-8") == without
    monkeypatch.setattr(sys, "argv", ["texts.py"])
    assert texts.main() == 1
    assert 'msgid "Same photo"\nmsgstr ""\n' in place.read_text(encoding="utf-8")


def test_the_tool_forgets_only_when_it_is_told_to(place, monkeypatch):
    place.write_text(
        place.read_text(encoding="utf-8") + '\n#~ msgid "Old"\n#~ msgstr "旧"\n', encoding="utf-8"
    )
    monkeypatch.setattr(sys, "argv", ["texts.py"])
    assert texts.main() == 0
    assert '#~ msgid "Old"' in place.read_text(encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["texts.py", "--forget"])
    assert texts.main() == 0
    assert "#~" not in place.read_text(encoding="utf-8")
