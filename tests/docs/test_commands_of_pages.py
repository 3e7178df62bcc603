"""Every command that a page tells one to type is typed, page by page, with some made photos."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from doc_pages import PROGRAM, Command, commands, originals
from doc_reader import SERVER, Reader, photos_of_a_reader, understood

from albumdedup.core import settings
from albumdedup.core.settings import Settings
from albumdedup.store.milvus_lite_server import MilvusLiteServer

NOT_RUN = {
    ("bench",): "measures for minutes: tests/e2e/test_bench.py runs each on tiny things",
    ("serve",): "goes on until it is stopped: tests/e2e/test_service.py starts it",
    ("models", "download"): "needs the web: tests/ml/test_download.py has a server of its own",
}
"""Beginnings of commands that are only parsed, and why."""

TYPED = [command for page in originals() for command in commands(page)]
OURS = [command for command in TYPED if command.words[0] == PROGRAM]
RUN = [one for one in OURS if not any(one.words[1:][: len(it)] == it for it in NOT_RUN)]


def is_long(command: Command) -> bool:
    """All copies of each photo: some 80 of two photos, and all their pairs."""
    return command.words[1:3] == ("evaluate", "make") and "--copies" not in command.words


LONG = {one.page for one in RUN if is_long(one) or one.words[1:3] == ("models", "measure")}
"""Pages that measure."""

SERVED = {one.page for one in RUN if SERVER in one.words}
"""Pages on which a Milvus server is named."""


def on(page: str) -> list[Command]:
    return [command for command in RUN if command.page == page]


@pytest.fixture(scope="module")
def typing(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    place = tmp_path_factory.mktemp("reader")
    made = Reader(place / "now", place / "kept")
    photos_of_a_reader(made.place)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(made.home))
        patch.setenv("XDG_DATA_HOME", str(made.home / ".local" / "share"))
        patch.delenv("ALBUMDEDUP_LIBRARY", raising=False)
        assert made.scans() == 0
    shutil.move(made.place, made.kept)
    return made


@pytest.mark.parametrize("page", sorted({one.page for one in RUN} - SERVED - LONG))
def test_all_that_a_page_says_works(page: str, typing: Reader, monkeypatch, capfd) -> None:
    follow(page, typing, monkeypatch, capfd)


@pytest.fixture(scope="module")
def weights(typing: Reader) -> None:
    """Of a network that is quick, and that pages name."""
    from random_weights import save_random

    save_random("mobilenet_v3_small", typing.kept / "desk" / "mobilenet_v3_small.pth")


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.usefixtures("weights")
@pytest.mark.parametrize("page", sorted(LONG - SERVED))
def test_a_page_that_measures_works(page: str, typing: Reader, monkeypatch, capfd) -> None:
    follow(page, typing, monkeypatch, capfd)


@pytest.fixture
def family(typing: Reader, tmp_path: Path, monkeypatch) -> Iterator[Reader]:
    """The reader with a server, and another library that told the family there of its photos."""
    server = MilvusLiteServer(tmp_path / "server.db")
    other = tmp_path / "nas"
    settings.save(
        Settings(vector_uri=server.uri, vector_family="home", library_label="NAS"),
        other / "settings.toml",
    )
    reader = replace(typing, server=server.uri)
    reader.begin(monkeypatch)
    assert reader.types(Command("", 0, (PROGRAM, "scan", "OTHER", "--library", str(other)))) == 0
    yield reader
    server.stop()


@pytest.mark.parametrize("page", sorted(SERVED - LONG))
def test_a_page_with_a_server_works(page: str, family: Reader, monkeypatch, capfd) -> None:
    follow(page, family, monkeypatch, capfd)


def follow(page: str, reader: Reader, monkeypatch, capfd) -> None:
    reader.begin(monkeypatch)
    for command in on(page):
        code = reader.types(command)
        told = capfd.readouterr()
        assert code == command.code, f"{command} ended with {code}: {told.out}{told.err}"


def test_commands_are_found_and_every_exception_is_needed() -> None:
    assert len(on("README.md")) >= 9
    assert {"docs/command-line.md", "docs/reference/scan.md"} <= {one.page for one in RUN}
    left_out = [one.words[1:] for one in OURS if one not in RUN]
    for beginning, reason in NOT_RUN.items():
        assert reason
        assert any(words[: len(beginning)] == beginning for words in left_out), beginning


@pytest.mark.parametrize("command", [one for one in OURS if one not in RUN], ids=str)
def test_a_command_that_is_not_run_is_understood(command: Command) -> None:
    words = [word.replace("NAME,NAME", "album") for word in command.words[1:]]
    assert understood(words), command
