"""What helps those who work on the program: targets, templates, and where to touch what."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = re.findall(r"^([a-z][a-z-]*):(.*)$", MAKEFILE, re.MULTILINE)


# --- targets --------------------------------------------------------------------------------


def test_every_target_says_what_it_does_and_is_no_file():
    silent = [name for name, rest in TARGETS if not re.search(r"## \S.{8,}", rest)]
    assert silent == []
    phony = re.findall(r"^\.PHONY: ((?:.*\\\n)*.*)$", MAKEFILE, re.MULTILINE)
    named = " ".join(phony).replace("\\\n", " ").split()
    assert sorted(named) == sorted(name for name, _ in TARGETS)


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
def test_make_help_lists_every_target():
    done = subprocess.run(
        ["make", "help"], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=True
    )
    assert re.findall(r"^make (\S+)", done.stdout, re.MULTILINE) == sorted(n for n, _ in TARGETS)


def test_what_runs_by_night_is_a_target():
    (nightly,) = re.findall(r"^NIGHTLY \?= (.*)$", MAKEFILE, re.MULTILINE)
    assert set(nightly.split()) <= {name for name, _ in TARGETS}


def test_one_failure_by_night_does_not_stop_the_others(tmp_path, capsys):
    found = importlib.util.spec_from_file_location("nightly", ROOT / "tools" / "nightly.py")
    assert found is not None
    assert found.loader is not None
    nightly = importlib.util.module_from_spec(found)
    sys.modules["nightly"] = nightly
    found.loader.exec_module(nightly)
    script = "import sys; print('I am', sys.argv[1]); sys.exit(sys.argv[1] == 'two')"
    make = (sys.executable, "-c", script)
    assert nightly.main(["one", "two", "three"], make, tmp_path / "logs") == 1
    told = capsys.readouterr().out
    assert re.findall(r"^(one|two|three) +(ok|failed \(1\)) ", told, re.MULTILINE) == [
        ("one", "ok"), ("two", "failed (1)"), ("three", "ok"),
    ]  # fmt: skip
    assert "    I am two\n" in told
    assert (tmp_path / "logs" / "three.log").read_text().strip() == "I am three"


# --- where to touch what --------------------------------------------------------------------


def file_of(name: str) -> Path | None:
    """The file that a document means; modules are named from the package on."""
    places = [ROOT / name, ROOT / "albumdedup" / name]
    return next((place for place in places if place.exists()), None)


def rows() -> list[tuple[str, str]]:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split("touch only these", 1)[1]
    return re.findall(r"^\| (an? [^|]+?) \| (.+) \|$", text, re.MULTILINE)


@pytest.mark.parametrize(("what", "touched"), rows(), ids=[what for what, _ in rows()])
def test_what_is_to_be_touched_is_there(what, touched):
    """Each file exists, and each name stands in one of the files of its row."""
    named = [one for one in re.findall(r"`([^`]+)`", touched) if "LANGUAGE" not in one]
    files = [one for one in named if "/" in one or one.endswith((".py", ".toml", ".md"))]
    gone = [one for one in files if file_of(one) is None]
    assert gone == []
    said = ""
    for one in files:
        place = file_of(one)
        assert place is not None
        said += place.read_text(encoding="utf-8") if place.is_file() else ""
    for name in set(named) - set(files):
        if re.fullmatch(r"[A-Za-z_-]+", name):
            assert re.search(rf"\b{name}\b", said) or name == "run", f"{name} is in none of {files}"


def test_all_that_people_add_is_in_the_table():
    wanted = ("image format", "extractor", "setting", "command", "keep rule", "language",
              "vector store", "page or sheet of the window")  # fmt: skip
    assert {what.split(" ", 1)[1] for what, _ in rows()} >= set(wanted)


# --- templates and hooks --------------------------------------------------------------------

FORMS = sorted(
    {*(ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml")}
    - {ROOT / ".github" / "ISSUE_TEMPLATE" / "config.yml"}
)
KINDS = {"markdown", "textarea", "input", "dropdown", "checkboxes"}


@pytest.mark.parametrize("form", FORMS, ids=[form.stem for form in FORMS])
def test_a_form_for_issues_is_one_that_can_be_shown(form):
    yaml = pytest.importorskip("yaml", reason="comes with the development tools")
    document = yaml.safe_load(form.read_text(encoding="utf-8"))
    assert {"name", "description", "body"} <= set(document)
    asked = [part for part in document["body"] if part["type"] != "markdown"]
    assert {part["type"] for part in document["body"]} <= KINDS
    assert all(part["attributes"]["label"] for part in asked)
    ids = [part["id"] for part in asked]
    assert len(set(ids)) == len(ids) > 0
    assert any(part.get("validations", {}).get("required") for part in asked)


def test_the_hooks_run_what_the_lint_target_runs():
    yaml = pytest.importorskip("yaml", reason="comes with the development tools")
    text = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    hooks = [hook for repo in yaml.safe_load(text)["repos"] for hook in repo["hooks"]]
    entries = {hook["entry"].split()[0] for hook in hooks if hook["language"] == "system"}
    linted = MAKEFILE.split("\nlint:", 1)[1].split("\n\n", 1)[0]
    assert {entry.removeprefix(".venv/bin/") for entry in entries} >= set(
        re.findall(r"\$\(BIN\)/(\S+)", linted)
    )
