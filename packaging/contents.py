"""What is in a bundle: licences, notices and a bill of materials (CycloneDX).

``contents.py WORK FOLDER``: PyInstaller's tables in ``WORK`` name the file that each part came
from; a package is in the bundle when one of its files is. pip-licenses tells licences,
cyclonedx-py writes the bill; both know the environment, and are cut to what is in the bundle.
"""

from __future__ import annotations

import ast
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

BIN = Path(sys.executable).parent


def main() -> None:
    work, folder = Path(sys.argv[1]), Path(sys.argv[2])
    resources = folder / "_internal" / "albumdedup" / "_resources"
    if sys.platform == "darwin" and not resources.exists():
        resources = folder / "albumdedup" / "_resources"
    sources = sources_of(work)
    inside = {_plain(d.name) for d in metadata.distributions() if _is_in(d, sources)}
    texts = resources / "licences"
    texts.mkdir(exist_ok=True)
    rows = [row for row in licences() if _plain(row["Name"]) in inside]
    rows.append(
        {
            "Name": "Python", "Version": platform.python_version(), "License": "PSF-2.0",
            "LicenseText": _python_licence(),
        }
    )  # fmt: skip
    for row in rows:
        (texts / f"{row['Name']}.txt").write_text(row["LicenseText"], encoding="utf-8")
    system = system_packages(sources, folder)
    for package, (_, notice) in system.items():
        if notice is not None:
            shutil.copyfile(notice, texts / f"system-{package}.txt")
    notices = [
        {"name": row["Name"], "version": row["Version"], "licence": row["License"]} for row in rows
    ]
    notices += [
        {"name": package, "version": version, "licence": ""}
        for package, (version, _) in system.items()
    ]
    notices.sort(key=lambda row: row["name"].lower())
    (resources / "third-party.json").write_text(_json(notices), encoding="utf-8")
    bill = cut(bill_of_environment(), inside, system)
    (texts / "bill-of-materials.cdx.json").write_text(_json(bill), encoding="utf-8")
    print(f"{len(rows)} packages and {len(system)} libraries of the system, with their licences")


def sources_of(work: Path) -> frozenset[str]:
    """Every file that PyInstaller took."""
    found: set[str] = set()

    def walk(value: object) -> None:
        if isinstance(value, str):
            if os.path.isabs(value):
                found.add(os.path.realpath(value))
        elif isinstance(value, list | tuple):
            for inner in value:
                walk(inner)

    for table in work.rglob("*.toc"):
        if table.name.startswith(("PYZ", "COLLECT", "BUNDLE")):
            walk(ast.literal_eval(table.read_text(encoding="utf-8")))
    return frozenset(found)


def _is_in(distribution: metadata.Distribution, sources: frozenset[str]) -> bool:
    return any(
        os.path.realpath(str(distribution.locate_file(file))) in sources
        for file in distribution.files or ()
        if ".dist-info" not in str(file)
    )


def licences() -> list[dict[str, str]]:
    found = subprocess.run(
        [BIN / "pip-licenses", "--format=json", "--with-license-file", "--no-license-path",
         "--with-system", "--from=mixed"],
        check=True, capture_output=True, encoding="utf-8",
    ).stdout  # fmt: skip
    rows: list[dict[str, str]] = json.loads(found)
    return rows


def bill_of_environment() -> dict[str, Any]:
    found = subprocess.run(
        [BIN / "cyclonedx-py", "environment", "--output-reproducible", "--of", "JSON",
         "--pyproject", str(Path(__file__).resolve().parents[1] / "pyproject.toml"),
         sys.executable],
        check=True, capture_output=True, encoding="utf-8",
    ).stdout  # fmt: skip
    bill: dict[str, Any] = json.loads(found)
    return bill


def cut(
    bill: dict[str, Any], inside: set[str], system: dict[str, tuple[str, Path | None]]
) -> dict[str, Any]:
    """To what is in the bundle, and with what came from the system that it was built on."""
    kept = [part for part in bill["components"] if _plain(part["name"]) in inside]
    kept += [
        {
            "type": "library", "name": package, "version": version,
            "bom-ref": f"system-{package}", "description": "from the system it was built on",
        }
        for package, (version, _) in system.items()
    ]  # fmt: skip
    known = {part["bom-ref"] for part in kept} | {bill["metadata"]["component"]["bom-ref"]}
    graph = [
        {**row, "dependsOn": [ref for ref in row.get("dependsOn", ()) if ref in known]}
        for row in bill.get("dependencies", ())
        if row["ref"] in known
    ]
    return {**bill, "components": kept, "dependencies": graph}


def system_packages(sources: frozenset[str], folder: Path) -> dict[str, tuple[str, Path | None]]:
    """Version and notice of Debian's packages that libraries came from and are still there after
    trimming; empty elsewhere."""
    if shutil.which("dpkg-query") is None:
        return {}
    found: dict[str, tuple[str, Path | None]] = {}
    there = {path.name for path in folder.rglob("*.so*")}
    for source in sorted(sources):
        if not source.startswith(("/usr/lib", "/lib")) or ".so" not in source:
            continue
        if not any(os.path.basename(source).startswith(name) for name in there):
            continue  # a name in a bundle is the short one: libz.so.1, not libz.so.1.2.13
        package = _owner(source)
        if package is not None and package not in found:
            asked = ["dpkg-query", "-W", "-f", "${Version}", package]
            version = subprocess.run(asked, capture_output=True, text=True).stdout.strip()
            notice = Path("/usr/share/doc") / package / "copyright"
            found[package] = (version, notice if notice.exists() else None)
    return found


def _owner(source: str) -> str | None:
    for name in (source, source.removeprefix("/usr")):
        asked = subprocess.run(["dpkg-query", "-S", name], capture_output=True, text=True)
        if asked.returncode == 0:
            return asked.stdout.split(":", 1)[0].strip()
    return None


def _python_licence() -> str:
    places = (Path(sys.base_prefix) / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}",
              Path(sys.base_prefix))  # fmt: skip
    for place in places:
        for name in ("LICENSE.txt", "LICENSE"):
            if (place / name).is_file():
                return (place / name).read_text(encoding="utf-8")
    return "Python Software Foundation License Version 2"


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _json(value: object) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    main()
