"""``python -m albumdedup.evaluation.bench.child REPORT WORD…``: the program as it is, in a process
that tells afterwards how much memory it took and what it imported. Light: it imports nothing
that the program would not."""

from __future__ import annotations

import json
import runpy
import sys
from pathlib import Path

from albumdedup.evaluation.bench.peak import peak_bytes

WATCHED = ("torch", "pymilvus", "milvus_lite", "PySide6", "cv2")
"""Modules that are slow to import, or large."""


def main() -> None:
    report = Path(sys.argv[1])
    sys.argv = ["albumdedup", *sys.argv[2:]]
    try:
        runpy.run_module("albumdedup", run_name="__main__", alter_sys=True)
    finally:
        told = {
            "peak": peak_bytes(),
            "imported": [name for name in WATCHED if name in sys.modules],
        }
        with report.open("x", encoding="utf-8") as file:
            json.dump(told, file)


if __name__ == "__main__":
    main()
