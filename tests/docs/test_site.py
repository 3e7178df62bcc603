"""The site as `make docs` builds it: without a warning, and without anything from elsewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from doc_pages import ROOT

LOADING = {
    "script": ("src",), "img": ("src", "srcset"), "iframe": ("src",), "source": ("src", "srcset"),
    "video": ("src", "poster"), "audio": ("src",), "embed": ("src",), "object": ("data",),
    "link": ("href",), "use": ("href", "xlink:href"), "image": ("href", "xlink:href"),
}  # fmt: skip
SAYING_ONLY = {"canonical", "next", "prev", "alternate", "author", "license"}
"""Relations of <link> that a browser does not load."""


class Page(HTMLParser):
    """What a page loads, and where it leads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.policy = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        self.ids |= {told[name] for name in ("id", "name") if name in told}
        if tag == "a":
            self.links.append(told.get("href", ""))
        if told.get("http-equiv") == "Content-Security-Policy":
            self.policy = told["content"]
        if tag == "link" and SAYING_ONLY & set(told.get("rel", "").split()):
            return
        self.loaded += [told[name] for name in LOADING.get(tag, ()) if told.get(name)]
        self.loaded += re.findall(r"url\(([^)]+)\)", told.get("style", ""))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("material", reason="needs the extra docs")
    place = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(place)],
        cwd=ROOT, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"}, capture_output=True, text=True,
        timeout=240, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert not done.stderr.strip(), "it is built without a warning"
    return place


@pytest.fixture(scope="module")
def built(site: Path) -> dict[Path, Page]:
    return {path: Page(path.read_text(encoding="utf-8")) for path in sorted(site.rglob("*.html"))}


def elsewhere(address: str) -> bool:
    return bool(re.match(r"(?:[a-z+]+:)?//", address.strip("'\" "), re.IGNORECASE))


def test_every_page_is_there(built: dict[Path, Page], site: Path) -> None:
    names = {path.relative_to(site).as_posix() for path in built}
    documents = {path.relative_to(ROOT / "docs") for path in (ROOT / "docs").rglob("*.md")}
    assert {path.with_suffix(".html").as_posix() for path in documents} <= names
    assert {"contributing.html", "changelog.html"} <= names


def test_what_is_loaded_is_there(built: dict[Path, Page], site: Path) -> None:
    for path, page in built.items():
        for address in page.loaded:
            place = site if path.name == "404.html" else path.parent
            name = unquote(urlsplit(address).path).lstrip("/" if place is site else "")
            assert address.startswith("data:") or (place / name).is_file(), f"{path}: {address}"


def test_nothing_is_loaded_from_elsewhere(built: dict[Path, Page], site: Path) -> None:
    for path, page in built.items():
        assert page.loaded, path
        assert not [address for address in page.loaded if elsewhere(address)], path
    for sheet in site.rglob("*.css"):
        text = re.sub(r"/\*.*?\*/", "", sheet.read_text(encoding="utf-8"), flags=re.DOTALL)
        loaded = re.findall(r"""(?:url\(|@import\s+)["']?([^"')\s]+)""", text)
        assert not [address for address in loaded if elsewhere(address)], sheet


def test_the_browser_is_told_to_refuse_what_is_elsewhere(built: dict[Path, Page]) -> None:
    """The theme's script has addresses in it that it would ask for diagrams and star counts."""
    for path, page in built.items():
        if path.name != "404.html" or page.policy:
            sources = set(page.policy.replace(";", " ").split())
            assert "default-src" in sources, path
            assert not {one for one in sources if "//" in one or one in ("*", "http:", "https:")}


def test_links_lead_to_pages_and_places_that_are_there(built: dict[Path, Page]) -> None:
    """MkDocs looks at Markdown's links; this looks at what came of all of them, HTML too."""
    for path, page in built.items():
        if path.name == "404.html":
            continue
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc or not (parts.path or parts.fragment):
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            target = target / "index.html" if target.is_dir() else target
            assert target.is_file(), f"{path.name}: {link}"
            if parts.fragment and target in built:
                assert unquote(parts.fragment) in built[target].ids, f"{path.name}: {link}"
