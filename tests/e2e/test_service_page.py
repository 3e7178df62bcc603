"""The page of the service in a real browser: drop a picture, see what is like it, see groups."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import browser
import pytest
from browser import Browser
from commands import Program
from pictures import small_album
from serving import Service

GROUPS = 12
"""More than a page of them holds."""


@pytest.fixture(scope="module")
def album(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("seen") / "album"
    small_album(folder, 2 * GROUPS)
    return folder


@pytest.fixture(scope="module")
def service(album: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    why = browser.missing()
    if why:
        pytest.skip(why)
    home = tmp_path_factory.mktemp("home")
    Program(album.parent / "library", home).ok("scan", album)
    with Service(album.parent / "library", home) as made:
        yield made


@pytest.fixture(scope="module")
def page(service: Service) -> Iterator[Browser]:
    with Browser() as made:
        yield made


@pytest.fixture
def opened(page: Browser, service: Service) -> Browser:
    """The page as the link shows it, its groups there."""
    link = f"{service.url}/?token={service.token}"
    assert page.load(link)
    page.until("document.querySelectorAll('#groups article').length")
    return page


def drop(page: Browser, data: bytes, event: str = "drop") -> None:
    """As a file manager drops a file on the page, or a person pastes one."""
    text = base64.b64encode(data).decode()
    kind, carried = {
        "drop": ("DragEvent", "dataTransfer"),
        "paste": ("ClipboardEvent", "clipboardData"),
    }[event]
    page.act(
        f"const bytes = Uint8Array.from(atob('{text}'), (c) => c.charCodeAt(0));"
        "const carrier = new DataTransfer();"
        "carrier.items.add(new File([bytes], 'a.jpg', { type: 'image/jpeg' }));"
        f"document.dispatchEvent(new {kind}('{event}', {{ {carried}: carrier, bubbles: true }}));"
    )


STATUS = "document.getElementById('status').textContent"


def test_the_link_opens_the_page_and_leaves_no_token_behind(opened, service):
    assert opened.js("location.href") == f"{service.url}/"
    assert opened.js("document.cookie") == ""  # no script can read it
    assert not opened.js(f"document.documentElement.outerHTML.includes('{service.token}')")
    assert "Photos in the library: 48" in opened.js("document.body.innerText")


@pytest.mark.parametrize("event", ["drop", "paste"])
def test_a_picture_finds_its_copies(opened, album, event):
    drop(opened, (album / "Pictures" / "IMG_0004.jpg").read_bytes(), event)
    opened.until("document.querySelectorAll('#hits li').length")
    first = opened.js("[...document.querySelectorAll('#hits figcaption')].map((c) => c.innerText)")
    assert len(first) == 12
    assert all("IMG_0004.jpg" in words for words in first[:3])
    assert all("100 % alike" in words for words in first[:3])
    assert "IMG_0004.jpg" not in "".join(first[3:])
    opened.until(
        "[...document.querySelectorAll('#hits img')].slice(0, 3).every((i) => i.naturalWidth)"
    )
    assert opened.js(STATUS) == "Shown, most alike first: 12"
    assert opened.js("document.getElementById('asked').naturalWidth") == 640


def test_a_file_that_is_no_picture_is_told_in_words(opened, album):
    drop(opened, b"Dear diary, today I took a photo. " * 20)
    opened.until(f"{STATUS}.includes('not a picture')")
    assert not opened.js("document.getElementById('asked').naturalWidth")
    whole = (album / "Pictures" / "IMG_0004.jpg").read_bytes()
    drop(opened, whole[: len(whole) // 3])
    opened.until(f"{STATUS}.includes('ends too early')")
    assert opened.js("document.getElementById('results').hidden")


def test_a_huge_file_is_not_even_sent(opened):
    opened.act(
        "window.fetch = () => { throw new Error('sent'); };"
        "const carrier = new DataTransfer();"
        "carrier.items.add(new File([new Uint8Array(100000001)], 'a.jpg'));"
        "document.dispatchEvent(new DragEvent('drop', { dataTransfer: carrier }));"
    )
    opened.until(f"{STATUS}.includes('larger than 100 MB')")


FOCUS = "(document.activeElement.id || document.activeElement.className)"


def test_groups_are_turned_with_the_keyboard(opened):
    """Tab reaches everything in the order in which one reads; Space presses."""
    assert opened.js("document.getElementById('page').textContent") == "Page 1 of 2, groups: 12"
    assert opened.js("document.querySelectorAll('#groups article').length") == 10
    reached = [opened.js(FOCUS)]
    while reached[-1] != "later" and len(reached) < 5:
        opened.key("Tab")  # reaches the page a moment later
        reached.append(opened.until(f"{FOCUS} !== '{reached[-1]}' && {FOCUS}"))
    assert reached[1:] == ["skip", "file", "later"]  # "earlier" is off on the first page
    opened.key("Space")
    opened.until("document.getElementById('page').textContent.startsWith('Page 2')")
    assert opened.js("document.querySelectorAll('#groups article').length") == 2
    assert opened.js("document.getElementById('later').disabled")
    assert "stays · Identical" in opened.js("document.getElementById('groups').innerText")


def test_everything_has_a_name_and_nothing_came_from_elsewhere(opened, service):
    unnamed = opened.js(
        "[...document.querySelectorAll('button, input, img:not([hidden])')].filter((one) => "
        "!(one.innerText || one.alt || one.labels?.[0]?.innerText)).length"
    )
    assert unnamed == 0
    assert opened.js("document.querySelectorAll('[role=status][aria-live]').length") == 2
    sources = opened.js("performance.getEntriesByType('resource').map((entry) => entry.name)")
    assert sources
    assert all(name.startswith((service.url, "blob:")) for name in sources)
    assert opened.complaints() == []


CONTRAST = """(() => {
  const light = (text) => {
    const parts = text.match(/[\\d.]+/g).slice(0, 3).map((v) => v / 255)
      .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
  };
  const ground = (one) => {
    const colour = getComputedStyle(one).backgroundColor;
    return colour === 'rgba(0, 0, 0, 0)' ? ground(one.parentElement) : colour;
  };
  const words = [...document.querySelectorAll('h1, h2, p, span, b, figcaption, button:enabled')];
  return words.map((one) => {
    const [a, b] = [light(getComputedStyle(one).color), light(ground(one))];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  }).sort((a, b) => a - b)[0];
})()"""


@pytest.mark.parametrize("dark", [False, True])
def test_it_is_readable_in_light_and_dark_and_speaks_chinese(service, dark):
    with Browser("zh-CN" if dark else "en-US", dark=dark) as page:
        page.load(f"{service.url}/?token={service.token}")
        page.until("document.querySelectorAll('#groups article').length")
        assert page.js("matchMedia('(prefers-color-scheme: dark)').matches") == dark
        assert page.js(CONTRAST) >= 4.5
        assert page.js("document.documentElement.lang") == ("zh-CN" if dark else "en")
        said = page.js("document.body.innerText")
        assert ("把图片拖到这里" in said) == dark
        assert ("保留 · 相同" in said) == dark
        page.load(f"{service.url}/docs")
        assert page.js("document.querySelectorAll('h2').length") >= 7
        assert page.complaints() == []


def test_without_the_token_the_page_says_how_to_get_one(service):
    with Browser() as page:
        page.load(service.url)
        page.until("document.body.innerText.includes('--show-link')")
