"""A reader with some photos who types what a page says, line after line, in one process."""

from __future__ import annotations

import io
import os
import re
import shutil
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest
from doc_pages import Command
from pictures import save, scene, small_album

from albumdedup.cli.main import main, parser

SERVER = "http://SERVER:19530"
CARD = "/media/card"
SMALL = (240, 180)


@dataclass(frozen=True, slots=True)
class Reader:
    """``place`` holds the home, the card and the folder where commands are typed; ``kept`` how
    all of it was at first."""

    place: Path
    kept: Path
    server: str = ""

    @property
    def home(self) -> Path:
        return self.place / "home"

    @property
    def desk(self) -> Path:
        return self.place / "desk"

    def begin(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """As if nothing had been typed yet but a scan: copies are other files, by their inodes."""
        shutil.rmtree(self.place, ignore_errors=True)
        shutil.copytree(self.kept, self.place)
        monkeypatch.setenv("HOME", str(self.home))
        monkeypatch.setenv("XDG_DATA_HOME", str(self.home / ".local" / "share"))
        monkeypatch.chdir(self.desk)
        assert self.scans() == 0

    def scans(self) -> int:
        return self.types(Command("", 0, ("albumdedup", "scan", "~/Pictures", "~/Phone")))

    def types(self, command: Command) -> int:
        """The exit code."""
        words = [self._meant(word) for word in command.words[1:]]
        try:
            return main(words)
        except SystemExit as ended:
            return int(ended.code or 0)

    def _meant(self, word: str) -> str:
        if word == CARD or word.startswith(f"{CARD}/"):
            return str(self.place / "card") + word.removeprefix(CARD)
        return os.path.expanduser(re.sub(rf"^{SERVER}$", self.server, word))


def photos_of_a_reader(place: Path) -> None:
    """Pictures with copies on a phone and a card, and folders of the names that pages use."""
    home, desk = place / "home", place / "desk"
    album = small_album(place / "made", 8)
    shutil.copytree(place / "made" / "Pictures", home / "Pictures")
    shutil.copytree(place / "made" / "Messenger", home / "Phone")
    shutil.copytree(place / "made" / "Backup", place / "card")
    shutil.rmtree(place / "made")
    shutil.copy2(home / "Pictures" / next(iter(album)), home / "Pictures" / "copy.jpg")
    desk.mkdir()
    for number in range(2):
        save(scene(100 + number, SMALL), desk / "ORIGINALS" / f"{number}.jpg")
        for take in range(2):
            crop = scene(200 + number, SMALL).crop((take * 9, 0, 230 + take * 9, 180))
            for folder in ("SERIES", "SCENES", "CLASSES"):
                save(crop, desk / folder / f"scene {number}" / f"{take}.jpg", quality=90 - take)
        save(scene(300 + number, SMALL), desk / "OTHER" / f"{number}.jpg")
    shutil.copytree(desk / "CLASSES", desk / "DIR")


def understood(words: list[str]) -> bool:
    """Whether the parser takes them; nothing is done."""
    with redirect_stderr(io.StringIO()), redirect_stdout(io.StringIO()):
        try:
            parser().parse_args(words)
        except SystemExit as ended:
            return ended.code == 0
    return True
