"""Nothing in the program unlinks or replaces a file, but for the places named here."""

from __future__ import annotations

import ast
from pathlib import Path

import albumdedup

REMOVING = {
    "remove", "unlink", "rmdir", "removedirs", "rmtree", "rename", "renames", "replace", "move",
    "moveToTrash", "truncate",
}  # fmt: skip
MODULES = {"os", "shutil", "moves", "QFile"}

ALLOWED = {
    # our own files: settings, reports, thumbnails, damaged databases set aside, backups
    ("core/settings.py", "save"),
    ("core/thumbs.py", "_keep"),
    ("core/thumbs.py", "shrink"),
    ("cli/report.py", "run"),
    ("store/database.py", None),
    ("store/backup.py", None),
    ("store/decisions.py", None),
    ("store/milvus.py", None),
    ("store/milvus_lite_server.py", None),
    # training's own packed pictures, weights and checkpoints
    ("ml/train/pack.py", None),
    ("ml/train/export.py", None),
    ("ml/train/loop.py", None),
    ("evaluation/bench_clean.py", "_bare_loop"),  # files that it made itself a moment ago
    # our own small try-out files, reservations and unfinished copies
    ("system/moves.py", "discard_own"),
    # photos: a rename that cannot replace, the system's trash, a source whose copy was proved
    ("system/moves.py", "rename_exclusive"),
    ("system/moves.py", "_remove_copied_source"),
    ("system/trash.py", "put"),
}


def calls(tree: ast.Module):
    """(function, line, what) of every call that could remove or replace a file."""
    for outer in ast.walk(tree):
        if not isinstance(outer, ast.FunctionDef):
            continue
        for node in ast.walk(outer):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            name, owner = node.func.attr, node.func.value
            if name not in REMOVING:
                continue
            module = isinstance(owner, ast.Name) and owner.id in MODULES
            path_method = name in ("unlink", "rmdir", "rename") or (
                name == "replace" and len(node.args) == 1 and not node.keywords
            )
            if module or path_method:
                yield outer.name, node.lineno, name


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
    tree = ast.parse("def f(p):\n    os.remove(p)\n    p.unlink()\n    shutil.rmtree(p)\n")
    assert [what for _, _, what in calls(tree)] == ["remove", "unlink", "rmtree"]


def test_nobody_imports_the_removing_functions_by_name():
    package = Path(albumdedup.__file__).parent
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module in ("os", "shutil"):
                assert not REMOVING & {alias.name for alias in node.names}, path
