"""Draws the diagrams of the documents, in both languages, as SVG.

python tools/diagrams.py [--out docs/images]
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

INK, QUIET, LINE, PAPER = "#1C1C1E", "#636368", "#C9C9CE", "#FFFFFF"
ACCENT, STAYS, GOES, MAT = "#2862D9", "#19763F", "#965800", "#F2F2F4"
FONT = "system-ui, 'Segoe UI', 'Noto Sans', 'Noto Sans CJK SC', sans-serif"

Words = dict[str, Sequence[str]]

TIERS: dict[str, Words] = {
    "en": {
        "questions": (
            "Are the bytes|the same?", "Do they look alike|from afar?",
            "Is it the same shot,|only stored again?", "Does one lie in|the other?",
        ),
        "proofs": (
            "size and SHA-256", "descriptions,|0.60 and more", "pixels, noise,|capture times",
            "alignment, and the|noise of one shot",
        ),
        "ends": ("▣ Identical", "no group", "● Same photo", "◐ Edited"),
        "fates": ("goes by itself", "", "goes by itself", "if you say so"),
        "last": ("○ Similar shots", "never goes by itself;", "shown as far as", "the slider says"),
        "yes_no": ("yes", "no"),
    },
    "zh": {
        "questions": ("字节|完全一样？", "大致看上去|相像？", "是同一次拍摄，|只是重新存过？",
                      "一张在|另一张之内？"),
        "proofs": ("大小和 SHA-256", "描述符，|0.60 以上", "像素、噪点、|拍摄时间",
                   "对齐，以及同一次|曝光的噪点"),
        "ends": ("▣ 相同", "不成组", "● 同一张照片", "◐ 编辑过"),
        "fates": ("自动移走", "", "自动移走", "你同意才移走"),
        "last": ("○ 相似", "绝不自动移走；", "显示到哪里", "由滑块决定"),
        "yes_no": ("是", "否"),
    },
}  # fmt: skip

MOVES: dict[str, Words] = {
    "en": {
        "steps": ("Check", "Reserve", "Write down", "Move", "Make fast", "Write down"),
        "what": (
            "both files are|read again", "a free place|in the trash", "“moving”, and|where to",
            "one rename,|then: found there?", "the disk confirms|the folders", "“moved”",
        ),
        "where": ("in its place", "in its place or in the trash", "in the trash"),
        "asks": ("Should the power go here, the photo is …",),
    },
    "zh": {
        "steps": ("核对", "占位", "记下", "移动", "落盘", "记下"),
        "what": ("两个文件|都重新读取", "回收站里的|一个空位", "“正在移走”|和去处",
                 "一次改名，|再看在不在", "磁盘确认|文件夹", "“已移走”"),
        "where": ("在原处", "在原处或在回收站", "在回收站"),
        "asks": ("如果在这一步断电，照片……",),
    },
}  # fmt: skip

DATES: dict[str, Words] = {
    "en": {
        "files": ("camera’s photo", "back-up, zone lost", "Google Takeout", "messenger copy",
                  "time of a copied file"),
        "tells": ("12:03:04.25, +02:00", "12:03:04", "10:03:04 UTC", "2019-05-01 in its name",
                  "2021-08-02"),
        "means": ("this one counts", "equal: only the zone is missing", "equal: the same instant",
                  "some time in this day: never the oldest", "a hint, of low confidence"),
        "axis": ("1 May 2019", "2021"),
    },
    "zh": {
        "files": ("相机的照片", "备份，丢了时区", "Google Takeout", "聊天软件的副本",
                  "复制后的文件时间"),
        "tells": ("12:03:04.25，+02:00", "12:03:04", "10:03:04 UTC", "文件名里的 2019-05-01",
                  "2021-08-02"),
        "means": ("以它为准", "相等：只缺时区", "相等：同一时刻", "当天某时：绝不算最早",
                  "只是线索，把握不大"),
        "axis": ("2019 年 5 月 1 日", "2021 年"),
    },
}  # fmt: skip


def text(x: float, y: float, words: str, *, size: int = 13, fill: str = INK,
         anchor: str = "middle", bold: bool = False) -> str:  # fmt: skip
    """Lines parted by |, the first one at ``y``."""
    weight = ' font-weight="600"' if bold else ""
    return "".join(
        f'<text x="{x:g}" y="{y + number * size * 1.35:g}" font-size="{size}" fill="{fill}"'
        f' text-anchor="{anchor}"{weight}>{escape(line)}</text>'
        for number, line in enumerate(words.split("|"))
    )


def box(x: float, y: float, width: float, height: float, *, fill: str = MAT,
        line: str = LINE) -> str:  # fmt: skip
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="8"'
        f' fill="{fill}" stroke="{line}"/>'
    )


def arrow(x: float, y: float, to_x: float, to_y: float) -> str:
    return (
        f'<line x1="{x:g}" y1="{y:g}" x2="{to_x:g}" y2="{to_y:g}" stroke="{QUIET}"'
        f' stroke-width="1.5" marker-end="url(#tip)"/>'
    )


def drawing(width: int, height: int, parts: Sequence[str]) -> str:
    tip = (
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7"'
        f' markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="{QUIET}"/></marker></defs>'
    )
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
    paper = f'<rect width="{width}" height="{height}" rx="12" fill="{PAPER}"/>'
    lines = (f'{head} width="{width}" font-family="{FONT}">', tip, paper, *parts, "</svg>", "")
    return "\n".join(lines)


def tiers(words: Words) -> str:
    """From question to question; each answer ends in a tier."""
    yes, no = words["yes_no"]
    step, wide = 186, 156
    parts = []
    for number, question in enumerate(words["questions"]):
        x = 16 + number * step
        middle = x + wide / 2
        parts += [box(x, 16, wide, 88), text(middle, 40, question, bold=True)]
        parts.append(text(middle, 76, words["proofs"][number], size=11, fill=QUIET))
        on, down = (yes, no) if number == 1 else (no, yes)
        parts += [arrow(x + wide, 60, x + step, 60), text(x + wide + 14, 52, on, size=11)]
        parts += [arrow(middle, 104, middle, 150), text(middle + 16, 132, down, size=11)]
        colour = ACCENT if words["fates"][number] else LINE
        parts += [box(x, 152, wide, 60, fill=PAPER, line=colour)]
        below = words["fates"][number]
        parts.append(text(middle, 178 if below else 188, words["ends"][number], bold=True))
        parts.append(text(middle, 198, below, size=11, fill=QUIET))
    x = 16 + 4 * step
    parts += [box(x, 16, wide, 88, fill=PAPER, line=ACCENT)]
    parts.append(text(x + wide / 2, 42, words["last"][0], bold=True))
    parts.append(text(x + wide / 2, 62, "|".join(words["last"][1:]), size=11, fill=QUIET))
    return drawing(16 + 4 * step + wide + 16, 228, parts)


def move(words: Words) -> str:
    """The six steps of one move, and where the photo is in each."""
    step, wide = 150, 130
    parts = []
    for number, name in enumerate(words["steps"]):
        x = 16 + number * step
        parts += [box(x, 16, wide, 84), text(x + wide / 2, 40, f"{number + 1}  {name}", bold=True)]
        parts.append(text(x + wide / 2, 64, words["what"][number], size=12, fill=QUIET))
        if number:
            parts.append(arrow(x - step + wide, 58, x, 58))
    parts.append(text(16, 130, words["asks"][0], anchor="start", fill=QUIET, size=12))
    for first, last, colour, where in (
        (0, 2, STAYS, words["where"][0]), (3, 4, GOES, words["where"][1]),
        (5, 5, ACCENT, words["where"][2]),
    ):  # fmt: skip
        x, end = 16 + first * step, 16 + last * step + wide
        parts += [box(x, 142, end - x, 34, fill=colour, line=colour)]
        parts.append(text((x + end) / 2, 164, where, fill=PAPER, bold=True))
    return drawing(16 + 5 * step + wide + 16, 192, parts)


def dates(words: Words) -> str:
    """One shot in five files, on one day's line."""
    left, day, hour = 186, 360, 360 / 24
    parts = [text(left + day / 2, 28, words["axis"][0], fill=QUIET, size=12)]
    parts.append(text(left + day + 46, 28, words["axis"][1], fill=QUIET, size=12))
    for number, name in enumerate(words["files"]):
        y = 62 + number * 42
        parts.append(text(16, y + 4, name, anchor="start", bold=True))
        parts.append(f'<line x1="{left}" y1="{y}" x2="{left + day}" y2="{y}" stroke="{LINE}"/>')
        x = left + 12.05 * hour
        if number == 3:
            parts.append(
                f'<line x1="{left}" y1="{y}" x2="{left + day}" y2="{y}" stroke="{GOES}"'
                ' stroke-width="7" stroke-linecap="round" opacity="0.55"/>'
            )
        else:
            at = left + day + 46 if number == 4 else x
            colour = STAYS if number == 0 else QUIET if number == 4 else ACCENT
            parts.append(f'<circle cx="{at:g}" cy="{y}" r="6" fill="{colour}"/>')
        tells = words["tells"][number]
        parts.append(text(left + 8, y - 9, tells, anchor="start", size=11, fill=QUIET))
        parts.append(text(left + day + 84, y + 4, words["means"][number], anchor="start", size=12))
    return drawing(left + day + 84 + 250, 62 + 5 * 42 - 16, parts)


DIAGRAMS = {"tiers": (tiers, TIERS), "move": (move, MOVES), "dates": (dates, DATES)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("docs/images"))
    arguments = parser.parse_args()
    for name, (draw, spoken) in DIAGRAMS.items():
        for language, words in spoken.items():
            folder = arguments.out if language == "en" else arguments.out / language
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{name}.svg").write_text(draw(words), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
