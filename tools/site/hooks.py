"""What MkDocs does not do by itself: navigation by what is there, and two pages from the root."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

FROM_THE_ROOT = {"CONTRIBUTING.md": "contributing.md", "CHANGELOG.md": "changelog.md"}
DOCUMENT = re.compile(r"`docs/([\w/-]+)\.md`")
LINK = re.compile(r"\]\(([^)#:]+\.md)(?:#[^)]*)?\)")


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    config.nav = there(config.nav or [], Path(config.docs_dir))
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """CONTRIBUTING.md and CHANGELOG.md are pages too."""
    root = Path(config.config_file_path).parent
    for name, page in FROM_THE_ROOT.items():
        text = (root / name).read_text(encoding="utf-8")
        files.append(File.generated(config, page, content=as_page(text)))
    return files


def on_page_markdown(markdown: str, page: Page, **_others: Any) -> str:
    """The front page has no neighbours to lead to."""
    if page.is_homepage:
        page.meta["hide"] = ["navigation", "toc"]
    return markdown


def on_post_page(output: str, page: Page, **_others: Any) -> str:
    """Pages in Chinese say so, for fonts and voices."""
    chinese = page.url.startswith("zh/")
    return output.replace('<html lang="en"', '<html lang="zh-CN"', 1) if chinese else output


def as_page(text: str) -> str:
    """Links of a file in the root, as they are from a page of the site."""
    text = DOCUMENT.sub(r"[\1](\1.md)", text.replace("](docs/", "]("))
    for name, page in FROM_THE_ROOT.items():
        text = text.replace(f"]({name})", f"]({page})")
    return text


def there(entries: list[Any], docs: Path) -> list[Any]:
    """The entries whose pages are there; folders as their pages; no empty headings."""
    kept: list[Any] = []
    for entry in entries:
        if isinstance(entry, str):
            kept += pages_of(entry, docs)
            continue
        ((title, below),) = entry.items()
        found = pages_of(below, docs) if isinstance(below, str) else there(below, docs)
        if found:
            page = isinstance(below, str) and below.endswith(".md")
            kept.append({title: found[0] if page else found})
    return kept


def pages_of(entry: str, docs: Path) -> list[str]:
    if not entry.endswith("/"):
        made = entry in FROM_THE_ROOT.values()
        return [entry] if made or (docs / entry).is_file() else []
    folder = docs / entry
    parts = [index.parent for index in folder.glob("*/**/index.md")]
    pages = sorted(
        path
        for path in folder.rglob("*.md")
        if path.name != "index.md" and not any(path.is_relative_to(part) for part in parts)
    )
    index = folder / "index.md"
    if not index.is_file():
        return [path.relative_to(docs).as_posix() for path in pages]
    named = [(folder / link).resolve() for link in LINK.findall(index.read_text(encoding="utf-8"))]
    pages.sort(key=lambda path: (named.index(path) if path in named else len(named), path))
    return [path.relative_to(docs).as_posix() for path in [index, *pages]]
