"""What the compare panel says about photos, and about those it cannot show."""

from __future__ import annotations

import os
from pathlib import Path

from compare_table import Key, Table
from pictures import scene
from PySide6.QtWidgets import QLabel, QWidget


def words(widget: QWidget) -> list[str]:
    texts = [one.text() for one in widget.findChildren(QLabel) if one.isVisible()]
    return [text.replace("\u200b", "") for text in texts]


def test_the_table_holds_only_what_differs_with_the_better_value_marked(
    table: Table, qtbot
) -> None:
    table.open(table.shots.original)
    qtbot.waitUntil(lambda: "1200 × 900 ▴" in words(table.panel.details))
    said = words(table.panel.details)
    assert "400 × 300" in said
    assert "2019-05-01 12:03:04 ▴" in said
    assert "camera date" in said
    assert "Format" not in said
    assert "Camera" not in said
    assert table.panel.details.histograms.isVisibleTo(table.panel)


def test_a_photo_that_vanished_has_a_calm_sentence_in_its_place(table: Table) -> None:
    os.replace(table.shots.crop.path, table.shots.crop.path + ".away")
    table.open(table.shots.original)
    slot = table.panel.scene.slots[1]
    assert "no longer where it was" in slot.sentence
    assert not table.panel.scene.slots[0].sentence
    table.key(Key.Key_D)
    assert table.panel.scene.heat_sentence == ""
    table.panel.canvas.grab()
    os.replace(table.shots.crop.path + ".away", table.shots.crop.path)
    table.key(Key.Key_Escape)
    table.open(table.shots.original)
    assert table.panel.scene.slots[1].sentence == ""


def test_a_file_that_is_another_one_by_now_is_not_judged(table: Table) -> None:
    path = Path(table.shots.crop.path)
    scene(99, (300, 200)).save(path)
    table.open(table.shots.original)
    assert "has changed" in table.panel.scene.slots[1].sentence


def test_a_damaged_photo_says_so(table: Table, tmp_path: Path) -> None:
    path, stamp = Path(table.shots.crop.path), table.shots.crop.stamp
    path.write_bytes(path.read_bytes()[:600].ljust(stamp.size, b"\0"))
    os.utime(path, ns=(stamp.mtime_ns, stamp.mtime_ns))
    table.open(table.shots.original)
    assert table.panel.scene.slots[1].sentence
