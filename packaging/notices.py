"""Writes resources/third-party.json: all packages that the program needs, with their licences.

``python packaging/notices.py`` in an environment with all of that and pip-licenses. A bundle has
its own list, of what is in it (contents.py).
"""

from __future__ import annotations

import json
import re
import tomllib
from importlib import metadata
from pathlib import Path

from contents import licences
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
EXTRAS = ("raw", "serve")
GPU = re.compile(r"nvidia|cuda|triton|setuptools")
"""Needed by some builds of torch only."""


def asked_for() -> list[str]:
    """The requirements of the program itself and of its extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    return [*project["dependencies"], *(words for extra in EXTRAS for words in extras[extra])]


def needed(requirements: list[str], found: set[str]) -> set[str]:
    """The packages of ``requirements`` and those that they need; as they are called in lists."""
    for words in requirements:
        requirement = Requirement(words)
        name = re.sub(r"[-_.]+", "-", requirement.name).lower()
        marker = requirement.marker
        meant = marker is None or marker.evaluate({"extra": ""})
        if meant and name not in found and not GPU.search(name):
            found.add(name)
            needed(metadata.requires(requirement.name) or [], found)
    return found


def main() -> None:
    wanted = needed(asked_for(), set())
    rows = [
        {"name": row["Name"], "licence": row["License"]}
        for row in licences()
        if re.sub(r"[-_.]+", "-", row["Name"]).lower() in wanted
    ]
    rows.append({"name": "Python", "licence": "PSF-2.0"})
    rows.sort(key=lambda row: row["name"].lower())
    text = json.dumps(rows, indent=1, ensure_ascii=False) + "\n"
    (ROOT / "resources" / "third-party.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
