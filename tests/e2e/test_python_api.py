"""The Python API: every example of its page, in the order of the page, without Qt."""

from __future__ import annotations

import re
from pathlib import Path

from pictures import small_album
from snippets import run_script

PAGE = Path(__file__).resolve().parents[2] / "docs" / "python-api.md"
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)

AT_THE_END = """
import sys
qt = sorted(name for name in sys.modules if name.split(".")[0] in ("PySide6", "shiboken6"))
assert not qt, qt
"""


def test_every_example_of_the_page_runs(tmp_path, temporary_home):
    small_album(tmp_path / "Pictures", 6)
    before = sorted(path.name for path in (tmp_path / "Pictures").rglob("*.jpg"))
    blocks = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    assert len(blocks) >= 8
    done = run_script("".join(blocks) + AT_THE_END, tmp_path, temporary_home)
    assert done.returncode == 0, done.stderr
    assert "12 photos, 12 of them new, 0 unreadable" in done.stdout
    assert "6 photos are back" in done.stdout
    assert "not_there" in done.stdout
    assert sorted(path.name for path in (tmp_path / "Pictures").rglob("*.jpg")) == before


def test_importing_the_package_costs_nothing(tmp_path, temporary_home):
    heavy = "{'torch', 'pymilvus', 'PySide6', 'numpy', 'PIL', 'starlette', 'uvicorn'}"
    code = (
        "import sys, albumdedup\n"
        f"assert not {heavy} & set(sys.modules)\n"
        "albumdedup.open\n"
        "assert not {'torch', 'pymilvus', 'PySide6', 'starlette', 'uvicorn'} & set(sys.modules)\n"
        "try:\n"
        "    albumdedup.nothing\n"
        "except AttributeError:\n"
        "    print('no such thing')\n"
    )
    done = run_script(code, tmp_path, temporary_home)
    assert done.stdout == "no such thing\n", done.stderr


def test_an_error_shows_its_sentence_in_a_traceback(tmp_path, temporary_home):
    done = run_script(
        "import albumdedup\nalbumdedup.open('l').scan('gone')\n", tmp_path, temporary_home
    )
    assert done.returncode == 1
    assert done.stderr.rstrip().endswith(
        f"{tmp_path / 'gone'} is not there; check the name, or plug in its drive."
    )
