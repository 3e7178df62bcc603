"""The pages for people: the same in both languages, with pictures, links and tests that exist."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
IMAGES = DOCS / "images"
ENGLISH = sorted((DOCS / "guide").glob("*.md"))
CHINESE = sorted((DOCS / "zh").glob("*.md"))
OURS = [
    *ENGLISH, *CHINESE, *sorted((DOCS / "decisions").glob("*.md")),
    DOCS / "safety.md", DOCS / "faq.md", DOCS / "glossary.md",
]  # fmt: skip

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
LARGEST = 3_000_000
"""Bytes of all pictures together."""

ENGLISH_ONLY = {
    "glossary": "both languages stand side by side in it",
    "architecture": "how it is built", "matching": "how it is built",
    "embeddings": "how it is built", "extractors": "how it is built",
    "training": "how it is built", "isolation": "how it is built",
    "metadata": "how it is built", "verification": "how it is built",
    "packaging": "for those who take part", "papercuts": "for those who take part",
    "benchmarks": "figures", "evaluation": "figures", "scale": "figures",
    "python-api": "for programs", "service": "for programs", "vector-stores": "for programs",
}  # fmt: skip
"""Pages beside the guide that no user needs, and why."""

HAN, SIGNS = "\u4e00-\u9fff", "\uff0c\u3002\uff1b\uff1a\uff1f\uff01\u3001\uff08\uff09"
NOT_READ = re.compile(r"`[^`]*`|(?<=\])\([^)]*\)|(?<=[\u3002\uff1f\uff01])\*\* |\*| *\| *")
"""Code, addresses, marks, and the space behind a heading in bold."""


def told(page: Path) -> str:
    """Without blocks of commands."""
    return FENCE.sub("", page.read_text(encoding="utf-8"))


def commands(page: Path) -> list[str]:
    blocks = FENCE.findall(page.read_text(encoding="utf-8"))
    lines = "\n".join(blocks).splitlines()
    return [line.partition("#")[0].strip() for line in lines if not line.startswith("```")]


def in_english(page: Path) -> Path:
    """The page that a Chinese one translates: of the guide, or one beside it."""
    guide = DOCS / "guide" / page.name
    return guide if guide.is_file() else DOCS / page.name


def anchors(page: Path) -> set[str]:
    """As GitHub and the site make them of headings."""
    plain = (re.sub(r"[^\w\s-]", "", one.lower()).strip() for one in HEADING.findall(told(page)))
    return {re.sub(r"\s", "-", one) for one in plain}


def test_every_page_of_the_guide_is_there_in_both_languages() -> None:
    assert {page.name for page in ENGLISH} <= {page.name for page in CHINESE}
    assert len(ENGLISH) >= 8


def test_every_page_for_users_is_there_in_both_languages() -> None:
    """A new page has its Chinese one, or a reason above why no user needs it."""
    beside = {page.stem for page in DOCS.glob("*.md")}
    assert beside - set(ENGLISH_ONLY) <= {page.stem for page in CHINESE}
    assert set(ENGLISH_ONLY) <= beside - {page.stem for page in CHINESE}, "an exception too many"


@pytest.mark.parametrize("page", CHINESE, ids=lambda page: page.name)
@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (f"[{HAN}][,;:!?]|[,;!?][{HAN}]", "punctuation of Latin script beside Chinese"),
        (f"[{SIGNS}] | [{SIGNS}]", "a space beside Chinese punctuation"),
        (f"[{HAN}][A-Za-z0-9]|[A-Za-z0-9][{HAN}]", "no space between Chinese and Latin script"),
        (f"[{HAN}] [{HAN}]", "a space between Chinese characters"),
        ("您|聚类|阈值", "not a word of this program"),
    ],
)
def test_a_page_in_chinese_is_set_as_chinese(page: Path, fault: str, why: str) -> None:
    lines = (NOT_READ.sub("\x00", line) for line in told(page).splitlines())
    assert not [line for line in lines if re.search(fault, line)], why


@pytest.mark.parametrize("page", CHINESE, ids=lambda page: page.name)
def test_a_translation_has_the_parts_of_its_page(page: Path) -> None:
    other = in_english(page)
    ours, theirs = HEADING.findall(told(page)), HEADING.findall(told(other))
    assert len(ours) == len(theirs), (ours, theirs)
    assert commands(page) == commands(other)
    assert f"[English]({other_way(page, other)})" in told(page)
    assert f"[简体中文]({other_way(other, page)})" in told(other)
    shown = [Path(where).name for _words, where in PICTURE.findall(told(page))]
    assert shown == [Path(where).name for _words, where in PICTURE.findall(told(other))]
    own = [where for _words, where in PICTURE.findall(told(page))]
    assert all("images/zh/" in where for where in own), "a picture in the other language"


def other_way(page: Path, other: Path) -> str:
    if page.parent == DOCS:
        return other.relative_to(DOCS).as_posix()
    return "../" + other.relative_to(DOCS).as_posix()


@pytest.mark.parametrize("page", OURS, ids=lambda page: page.relative_to(DOCS).as_posix())
def test_links_and_pictures_lead_somewhere(page: Path) -> None:
    for where in LINK.findall(told(page)):
        if where.startswith(("http:", "https:")):
            continue
        path, _hash, anchor = where.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.is_file(), where
        assert target.is_relative_to(DOCS), f"{where} is no page of the site"
        if anchor and target.suffix == ".md":
            assert anchor in anchors(target), where
    for words, where in PICTURE.findall(told(page)):
        assert words, f"{where} says nothing to those who do not see it"


def test_every_picture_is_used_and_all_are_small() -> None:
    kinds = ("*.md", "*.yml", "*.css", "*.html")
    pages = [ROOT / "README.md", ROOT / "mkdocs.yml"]
    pages += [page for kind in kinds for page in DOCS.rglob(kind)]
    shown = "\n".join(page.read_text(encoding="utf-8") for page in pages if page.is_file())
    pictures = [one for one in IMAGES.rglob("*") if one.is_file()]
    unused = [one for one in pictures if one.relative_to(DOCS).as_posix() not in shown]
    assert not unused
    assert sum(one.stat().st_size for one in pictures) < LARGEST


@pytest.mark.parametrize("page", [DOCS / "safety.md", DOCS / "zh" / "safety.md"], ids=str)
def test_the_tests_that_show_a_promise_exist(page: Path) -> None:
    sources = {path: path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py")}
    everything = "\n".join(sources.values())
    named = set(re.findall(r"`(test_\w+)`", told(page)))
    assert len(named) > 20
    assert not {one for one in named if f"def {one}(" not in everything}
    for path in re.findall(r"`(tests/[\w/]+\.py)`", told(page)):
        assert ROOT / path in sources, path


def test_the_questions_are_many_and_the_decisions_all_listed() -> None:
    assert len(re.findall(r"^### ", told(DOCS / "faq.md"), re.MULTILINE)) >= 25
    listed = set(LINK.findall(told(DOCS / "decisions" / "index.md")))
    pages = {page.name for page in (DOCS / "decisions").glob("0*.md")}
    assert pages == listed
    for name in pages:
        parts = HEADING.findall(told(DOCS / "decisions" / name))
        assert parts[1:] == ["Context", "Decision", "Alternatives", "Consequences"], name


def diagrams() -> ModuleType:
    spec = importlib.util.spec_from_file_location("diagrams", ROOT / "tools" / "diagrams.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_diagrams_are_as_their_tool_draws_them() -> None:
    tool = diagrams()
    for name, (draw, spoken) in tool.DIAGRAMS.items():
        for language, words in spoken.items():
            folder = IMAGES if language == "en" else IMAGES / language
            assert (folder / f"{name}.svg").read_text(encoding="utf-8") == draw(words), name
