"""PO files are read as translators' tools write them, and looked up as gettext does."""

from __future__ import annotations

import pytest

from albumdedup.core.catalogue import Entry, parse, translations

HEADER = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=3; plural=n%10==1 ? 0 : n%10<5 ? 1 : 2;\\n"
"""


def test_entries_with_places_plurals_and_lines():
    found = parse(
        '# a note of a translator\n#: a.py b.py\n#: c.py\n#, python-brace-format\nmsgid "One"\n'
        'msgstr "Eins"\n\nmsgid ""\n"Long "\n"text\\n"\nmsgstr ""\n"Langer \\"Text\\"\\n"\n'
        'msgid "{n} day"\nmsgid_plural "{n} days"\nmsgstr[0] "{n} Tag"\nmsgstr[1] "{n} Tage"\n'
    )
    assert found == [
        Entry("One", texts=("Eins",), places=("a.py", "b.py", "c.py")),
        Entry("Long text\n", texts=('Langer "Text"\n',)),
        Entry("{n} day", "{n} days", ("{n} Tag", "{n} Tage")),
    ]


def test_lines_may_end_as_on_windows_and_the_last_one_nowhere():
    assert parse('msgid "A"\r\nmsgstr "B"\r\n\r\nmsgid "C"\r\nmsgstr "D"') == [
        Entry("A", texts=("B",)),
        Entry("C", texts=("D",)),
    ]


def test_fuzzy_unused_and_empty_ones_are_not_said():
    texts = translations(
        parse(
            HEADER + '\n#, fuzzy\nmsgid "A"\nmsgstr "a"\n\n#~ msgid "B"\n#~ msgstr "b"\n\n'
            'msgid "C"\nmsgstr ""\n\nmsgid "D"\nmsgstr "d"\n'
        )
    )
    assert [texts.gettext(word) for word in "ABCDE"] == ["A", "B", "C", "d", "E"]


def test_unused_entries_know_what_they_are():
    kept = parse('#~ msgid "{n} x"\n#~ msgid_plural "{n} y"\n#~ msgstr[0] "z"\n#~ msgstr[1] "w"\n')
    assert kept == [Entry("{n} x", "{n} y", ("z", "w"), unused=True)]


def test_plural_forms_are_those_of_the_header():
    texts = translations(
        parse(
            HEADER + '\nmsgid "{n} file"\nmsgid_plural "{n} files"\nmsgstr[0] "{n} файл"\n'
            'msgstr[1] "{n} файла"\nmsgstr[2] "{n} файлов"\n'
        )
    )
    said = [texts.ngettext("{n} file", "{n} files", n) for n in (1, 3, 7, 21)]
    assert said == ["{n} файл", "{n} файла", "{n} файлов", "{n} файл"]
    assert texts.ngettext("{n} day", "{n} days", 3) == "{n} days"


def test_many_texts_find_their_own_translations():
    many = [Entry(f"text {n}", texts=(f"文本 {n}" * (n % 7 + 1),)) for n in range(500)]
    texts = translations([*parse(HEADER), *many])
    assert all(texts.gettext(entry.one) == entry.texts[0] for entry in many)


@pytest.mark.parametrize(
    ("po", "line"),
    [
        ('msgid "A"\nmsgstr "B\n', 2),
        ('"lost"\n', 1),
        ("msgid A\n", 1),
        ('msgid "A"\n\nmsgid "B"\n', 2),
        ('msgstr "B"\n\n', 2),
    ],
)
def test_what_is_no_po_is_refused_with_its_line(po, line):
    with pytest.raises(ValueError, match=f"line {line} is no PO"):
        parse(po)
