"""Nothing in the program unlinks, replaces or overwrites a file, but for the places named here.

The lint rule (``banned-api`` in pyproject.toml) says the same by file; this says it by function,
and sees methods of paths and modes of ``open`` that the lint rule cannot.
"""

from __future__ import annotations

import ast
from pathlib import Path

import albumdedup

REMOVING = {
    "remove", "unlink", "rmdir", "removedirs", "rmtree", "rename", "renames", "replace", "move",
    "moveToTrash", "truncate", "ftruncate", "send2trash", "copyfile", "copy", "copy2",
}  # fmt: skip
MODULES = {"os", "shutil", "moves", "QFile", "send2trash"}
PATH_METHODS = {"unlink", "rmdir", "rename", "write_text", "write_bytes"}

ALLOWED = {
    # our own files: settings, reports, thumbnails, damaged databases set aside, backups
    ("core/crash.py", "report"),  # the oldest of its own reports
    ("core/settings.py", "save"),
    ("core/thumbs.py", "_keep"),
    ("core/thumbs.py", "shrink"),
    ("ml/precision.py", "_keep"),
    ("cli/report.py", "run"),
    ("store/database.py", None),
    ("store/reductions.py", None),
    ("store/backup.py", None),
    ("store/decisions.py", None),
    ("store/milvus.py", None),
    ("store/milvus_lite_server.py", None),
    # training's own packed pictures, weights and checkpoints
    ("ml/train/pack.py", None),
    ("ml/train/export.py", None),
    ("ml/train/loop.py", None),
    # albums and figures for measuring, in folders of their own or where the person says
    ("cli/evaluate.py", "_write"),
    ("evaluation/album.py", "_as_it_is"),
    ("evaluation/bench/clean.py", "_album"),
    ("evaluation/copies.py", "make"),
    ("evaluation/run.py", "_folder_of"),
    ("evaluation/truth.py", "write"),
    # the folder of weights: what was downloaded or imported, its notes, what is not yet whole
    ("ml/model_folder.py", None),
    ("ml/download.py", None),
    ("system/trash_freedesktop.py", "_write_note"),  # opened exclusively
    ("evaluation/bench/clean.py", "_bare_loop"),  # files that it made itself a moment ago
    # our own small try-out files, reservations and unfinished copies
    ("system/moves.py", "discard_own"),
    # photos: a rename that cannot replace, the system's trash, a source whose copy was proved
    ("system/moves.py", "rename_exclusive"),
    ("system/moves.py", "_remove_copied_source"),
    ("system/trash.py", "put"),
}


def calls(tree: ast.Module):
    """(function, line, what) of every call that could remove, replace or overwrite a file."""
    for outer in ast.walk(tree):
        if not isinstance(outer, ast.FunctionDef):
            continue
        for node in ast.walk(outer):
            if isinstance(node, ast.Call) and (what := danger(node)):
                yield outer.name, node.lineno, what


def danger(call: ast.Call) -> str:
    """The name of what the call does to a file; empty where it does no harm."""
    function = call.func
    if isinstance(function, ast.Name):
        overwrites = function.id == "open" and may_overwrite(call, 1)
        return "open for writing" if overwrites else function.id * (function.id == "send2trash")
    if not isinstance(function, ast.Attribute):
        return ""
    name, owner = function.attr, function.value
    if isinstance(owner, ast.Name) and owner.id in MODULES and name in REMOVING:
        return name
    if name in PATH_METHODS or (name == "replace" and len(call.args) == 1 and not call.keywords):
        return name
    if name == "open" and may_overwrite(call, 0):
        return "open for writing"
    return "open for writing" if name == "fdopen" and may_overwrite(call, 1) else ""


def may_overwrite(call: ast.Call, position: int) -> bool:
    """Whether a mode is named that can change an existing file: ``x`` cannot."""
    modes = call.args[position : position + 1]
    modes += [k.value for k in call.keywords if k.arg == "mode"]
    return any(
        isinstance(mode, ast.Constant) and isinstance(mode.value, str)
        and set(mode.value) & set("wa+") and set(mode.value) <= set("rwabt+U")
        for mode in modes
    )  # fmt: skip


def test_only_named_places_remove_or_rename():
    package = Path(albumdedup.__file__).parent
    found = []
    for path in sorted(package.rglob("*.py")):
        name = path.relative_to(package).as_posix()
        for function, line, what in calls(ast.parse(path.read_text(encoding="utf-8"))):
            if (name, function) not in ALLOWED and (name, None) not in ALLOWED:
                found.append(f"{name}:{line} {function} calls {what}")
    assert found == []


def test_the_guard_sees_what_it_must_see():
    harm = [
        "os.remove(p)", "p.unlink()", "shutil.rmtree(p)", "os.replace(p, q)", "os.rename(p, q)",
        "p.write_bytes(b'')", "p.write_text('')", "send2trash(p)", "send2trash.send2trash(p)",
        "p.rmdir()", "os.rmdir(p)", "os.truncate(p, 0)", "open(p, 'w')", "open(p, 'r+b')",
        "open(p, mode='ab')", "p.open('w')", "os.fdopen(h, 'wb')", "p.replace(q)",
        "shutil.move(p, q)", "shutil.copyfile(p, q)",
    ]  # fmt: skip
    for line in harm:
        assert list(calls(ast.parse(f"def f(p):\n    {line}\n"))), line
    for line in ("open(p)", "open(p, 'rb')", "open(p, 'xb')", "text.replace('a', 'b')"):
        assert not list(calls(ast.parse(f"def f(p):\n    {line}\n"))), line


def test_nobody_imports_the_removing_functions_by_name():
    package = Path(albumdedup.__file__).parent
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module in ("os", "shutil"):
                assert not REMOVING & {alias.name for alias in node.names}, path
