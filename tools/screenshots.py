"""Makes the pictures of the README: starts the real window on an album that it builds.

    python tools/screenshots.py [--photos DIR] [--out docs/images] [--language zh_CN]

The album is made of generated pictures, or of the photos in DIR, with the copies that home
libraries grow: back-ups, messenger copies, exports. Everything lies in a temporary folder.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import traceback
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageOps
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from albumdedup.core.languages import ENGLISH, LANGUAGES
from albumdedup.core.paths import AppPaths
from albumdedup.core.settings import Settings
from albumdedup.gui.app import Session
from albumdedup.gui.bars import Place
from albumdedup.gui.brought import Brought

SIZE = (1180, 780)
DEADLINE_MS = 240_000


def landscape(seed: int, size: tuple[int, int] = (1600, 1067)) -> Image.Image:
    """A sky, a sun, and ranges of hills or a sea: calm, and different for each seed."""
    chance = np.random.default_rng(seed)
    width, height = size
    skies = ((250, 214, 165), (135, 190, 235), (244, 160, 150), (60, 80, 140), (190, 215, 225))
    top = np.array(skies[seed % len(skies)], float) * 0.75
    low = np.array(skies[(seed * 3 + 1) % len(skies)], float)
    blend = np.linspace(0, 1, height)[:, None, None] ** 1.3
    sky = np.broadcast_to(top * (1 - blend) + low * blend, (height, width, 3))
    image = Image.fromarray(sky.astype(np.uint8))
    draw = ImageDraw.Draw(image)
    x, y = chance.uniform(0.15, 0.85) * width, chance.uniform(0.15, 0.45) * height
    r = chance.uniform(0.03, 0.08) * width
    draw.ellipse((x - r, y - r, x + r, y + r), fill=(255, 244, 214))
    image = image.filter(ImageFilter.GaussianBlur(3))
    draw = ImageDraw.Draw(image)
    ground = np.array(((46, 84, 70), (70, 78, 110), (120, 84, 60), (40, 70, 96))[seed % 4], float)
    layers = int(chance.integers(3, 6))
    across = np.arange(0, width + 8, 8)
    for layer in range(layers):
        depth = (layer + 1) / layers
        base = height * (0.45 + 0.5 * layer / layers)
        ridge = sum(
            chance.uniform(8, 60) * np.sin(across / chance.uniform(60, 400) + chance.uniform(0, 6))
            for _ in range(4)
        )
        colour = ground * depth + low * (1 - depth) * 0.9
        points = [(float(a), float(base + b)) for a, b in zip(across, ridge, strict=True)]
        fill = tuple(int(v) for v in np.clip(colour, 0, 255))
        draw.polygon([*points, (width, height), (0, height)], fill=fill)
        if layer == layers - 1:
            for _ in range(int(chance.integers(6, 30))):
                tx = float(chance.uniform(0, width))
                ty = float(base + chance.uniform(10, 120))
                th = float(chance.uniform(40, 140))
                dark = tuple(int(v * 0.6) for v in fill)
                draw.polygon([(tx, ty - th), (tx - th / 4, ty), (tx + th / 4, ty)], fill=dark)
    grain = chance.normal(0, 4, (height, width, 1))
    return Image.fromarray(np.clip(np.asarray(image, float) + grain, 0, 255).astype(np.uint8))


def originals(photos: Path | None) -> list[tuple[str, Image.Image]]:
    if photos is None:
        return [(f"IMG_{4210 + 7 * n}.jpg", landscape(n)) for n in range(24)]
    found = sorted(p for p in photos.rglob("*") if p.suffix.lower() in (".jpg", ".jpeg", ".png"))
    pictures = []
    for path in found:
        with Image.open(path) as image:
            image.draft("RGB", (2400, 2400))
            upright = ImageOps.exif_transpose(image).convert("RGB")
        upright.thumbnail((2400, 2400))
        pictures.append((path.with_suffix(".jpg").name, upright))
    return pictures


def save(image: Image.Image, path: Path, quality: int, taken: str | None = None) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    exif = Image.Exif()
    if taken:
        exif[0x0110] = "Camera"
        exif.get_ifd(0x8769)[0x9003] = taken
    image.save(path, "JPEG", quality=quality, exif=exif)


def build_album(folder: Path, photos: Path | None) -> None:
    """Originals with the copies of a home library around them."""
    for number, (name, image) in enumerate(originals(photos)):
        taken = f"2019:{1 + number % 12:02d}:{3 + number:02d} 12:{number:02d}:04"
        original = folder / "Pictures" / "2019" / name
        save(image, original, 92, taken)
        if number % 4 != 3:
            backup = folder / "Backup" / "Phone 2020" / name
            backup.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(original, backup)
        if number % 3 != 2:
            small = ImageOps.contain(image, (1280, 1280))
            save(small, folder / "WhatsApp Images" / f"IMG-2019-WA{number:04d}.jpg", 74)
        if number % 5 == 0:
            save(ImageOps.contain(image, (800, 800)), folder / "Pictures" / "For mail" / name, 80)
    broken = folder / "Pictures" / "2019" / "IMG_4999.jpg"
    broken.write_bytes((folder / "Pictures" / "2019").glob("*.jpg").__next__().read_bytes()[:9000])


class Tour(QObject):
    """Goes through the states of the window and keeps a picture of each."""

    def __init__(self, session: Session, album: Path, out: Path, theme: str) -> None:
        super().__init__()
        self._session, self._album, self._out, self._theme = session, album, out, theme
        self._window = session.window
        self._steps = iter(
            (self._empty, self._dragging, self._scanning, self._review, self._compared,
             self._found, self._library, self._settings, self._clean_up, self._sheet, self._done,
             self._history, self._back, self._errors)
        )  # fmt: skip
        self._ready = self._opened
        self._timer = QTimer(self)
        self._timer.setInterval(120)
        self._timer.timeout.connect(self._tick)
        self._timer.start()
        self._calm = 0
        QTimer.singleShot(DEADLINE_MS, self, self._late)

    def _tick(self) -> None:
        self._calm = self._calm + 1 if self._ready() else 0
        if self._calm < (1 if self._session.album.scanning else 3):
            return
        self._calm = 0
        step = next(self._steps, None)
        if step is None:
            self._timer.stop()
            self._window.close()
            QApplication.quit()
            return
        try:
            step()
        except Exception:  # in a slot it would be printed, and the tour go on
            traceback.print_exc()
            QApplication.exit(1)

    def _late(self) -> None:
        print("the tour did not end in time", file=sys.stderr)
        QApplication.exit(1)

    def _keep(self, name: str) -> None:
        place = self._out / f"{name}-{self._theme}.png"
        self._window.grab().save(str(place))
        print(place)

    # what each step waits for, and what it does

    def _opened(self) -> bool:
        return self._session.album.library is not None and self._session.album.idle

    def _idle(self) -> bool:
        loader = self._session.loader
        return self._session.album.idle and not loader.loading

    def _empty(self) -> None:
        self._keep("empty")

    def _dragging(self) -> None:
        album = str(self._album)
        self._window.overlay.show_for(Brought((album,), (album,)))
        self._keep("dragging")
        self._window.overlay.hide()
        self._window.add_folders([str(self._album)])
        self._ready = self._some_groups
        self._timer.setInterval(40)

    def _some_groups(self) -> bool:
        album = self._session.album
        speed = "/s" in self._window.bottom.sentence.text()
        painted = bool(album.shown) and not self._session.loader.loading
        return painted and (speed or album.idle)

    def _scanning(self) -> None:
        self._keep("scanning")
        self._timer.setInterval(120)
        self._ready = self._idle

    def _review(self) -> None:
        self._keep("review")
        self._window.review.compare.click()
        self._timer.setInterval(400)

    def _compared(self) -> None:
        self._keep("compare")
        self._window.review.side.toggle()
        self._timer.setInterval(120)
        self._window.find_sheet.find_photo(self._session.album.shown[0].keeper)

    def _found(self) -> None:
        self._keep("find")
        self._window.find_sheet.dismiss()
        self._window.show_place(Place.LIBRARY)

    def _library(self) -> None:
        self._keep("library")
        self._window.settings.open()

    def _settings(self) -> None:
        self._keep("settings")
        self._window.settings.dismiss()
        self._window.show_place(Place.REVIEW)

    def _clean_up(self) -> None:
        self._window.clean_up()
        self._ready = self._planned

    def _planned(self) -> bool:
        return self._window.cleanup.isVisible()

    def _sheet(self) -> None:
        self._keep("clean-up")
        self._window.cleanup.go.click()
        self._ready = self._receipt

    def _receipt(self) -> bool:
        return self._session.album.idle and self._window.place is Place.DONE

    def _done(self) -> None:
        self._keep("done")
        self._session.album.ask_history()

    def _history(self) -> None:
        self._keep("history")
        self._window.history.dismiss()
        self._window.done.back.click()

    def _back(self) -> None:
        self._keep("put-back")
        self._window.show_errors()

    def _errors(self) -> None:
        self._keep("errors")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photos", type=Path, help="take these photos instead of generated ones")
    parser.add_argument("--out", type=Path, default=Path("docs/images"))
    parser.add_argument("--language", choices=LANGUAGES, default=ENGLISH)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    application = QApplication(sys.argv[:1])
    code = 0
    for theme in ("light", "dark"):
        with tempfile.TemporaryDirectory(prefix="album-") as folder:
            home = Path(folder)
            os.environ["HOME"] = str(home)
            os.environ["XDG_DATA_HOME"] = str(home / "data")
            build_album(home / "Photos", arguments.photos)
            session = Session(
                AppPaths(home / "library"),
                Settings(theme=theme, language=arguments.language, batch=8, commit_seconds=0.5),
            )
            session.window.resize(*SIZE)
            session.start([])
            tour = Tour(session, home / "Photos", arguments.out, theme)
            code = code or application.exec()
            tour.deleteLater()
            session.stop()
            session.window.deleteLater()
    return code


if __name__ == "__main__":
    sys.exit(main())
