"""Mutation testing of the modules that decide, move and restore.

One small fault at a time is put into a copy of the package; the fast tests of the engine must
fail. ``make mutants`` runs all; ``--sample 60 --seed 1`` draws some. Works where there is a fork.
"""

from __future__ import annotations

import argparse
import ast
import copy
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MODULES = (
    "core/planning.py", "core/proof.py", "core/operations.py", "core/recovery.py",
    "core/moving.py", "core/restoring.py", "core/ahead.py", "core/part.py", "core/batches.py",
    "system/moves.py", "system/trash.py", "system/trash_folder.py", "system/trash_freedesktop.py",
    "system/trial.py", "system/syncing.py",
)  # fmt: skip
TESTS = (
    "tests/unit/core/test_operations.py", "tests/unit/core/test_engine_corners.py",
    "tests/unit/core/test_faults.py", "tests/unit/core/test_operations_places.py",
    "tests/unit/core/test_ahead.py", "tests/unit/core/test_part_undo.py",
    "tests/unit/core/test_unit_moves.py", "tests/unit/core/test_carrying.py",
    "tests/unit/core/test_unit_corners.py", "tests/unit/core/test_receipt.py",
    "tests/unit/system",
)  # fmt: skip
LIMIT = 180
"""Seconds after which a mutant that loops counts as found."""

SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE,
    ast.GtE: ast.Gt, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
    ast.And: ast.Or, ast.Or: ast.And, ast.Add: ast.Sub, ast.Sub: ast.Add,
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    module: str
    line: int
    what: str
    source: str


def mutants_of(module: str) -> Iterator[Mutant]:
    """Every mutant of one module, each with one change."""
    tree = ast.parse((ROOT / "albumdedup" / module).read_text(encoding="utf-8"))
    passed_over = set(map(id, _of_decorators(tree)))
    for number, original in enumerate(ast.walk(tree)):
        if id(original) in passed_over:
            continue
        for way in range(2):
            if not _change(copy.deepcopy(original), way):
                continue  # copying the whole tree is what takes long
            changed = copy.deepcopy(tree)
            node = next(n for i, n in enumerate(ast.walk(changed)) if i == number)
            what = _change(node, way)
            if what:
                line = int(getattr(node, "lineno", 0))
                yield Mutant(module, line, what, ast.unparse(ast.fix_missing_locations(changed)))


def _of_decorators(tree: ast.Module) -> Iterator[ast.AST]:
    """``frozen``, ``slots`` and sizes of caches are no behaviour that a test could see."""
    for node in ast.walk(tree):
        for decorator in getattr(node, "decorator_list", ()):
            yield from ast.walk(decorator)


def _change(node: ast.AST, way: int) -> str:
    """Change a node in place; says how, or nothing where there is nothing to change."""
    if way == 1:
        return _drop_call(node)
    if isinstance(node, ast.Compare) and type(node.ops[0]) in SWAPS:
        old = type(node.ops[0])
        node.ops[0] = SWAPS[old]()  # type: ignore[assignment]
        return f"{old.__name__} became {SWAPS[old].__name__}"
    if isinstance(node, ast.BoolOp | ast.BinOp) and type(node.op) in SWAPS:
        old = type(node.op)
        node.op = SWAPS[old]()  # type: ignore[assignment]
        return f"{old.__name__} became {SWAPS[old].__name__}"
    if isinstance(node, ast.If | ast.While | ast.IfExp):
        node.test = ast.UnaryOp(ast.Not(), node.test)
        return "condition negated"
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        node.value = not node.value
        return f"{not node.value} became {node.value}"
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        node.value += 1
        return f"{node.value - 1} became {node.value}"
    if isinstance(node, ast.Return) and node.value is not None:
        if isinstance(node.value, ast.Constant) and not node.value.value:
            return ""  # None, or as false as None
        node.value = ast.Constant(None)
        return "returns None"
    return ""


def _drop_call(node: ast.AST) -> str:
    """A statement that only calls something does nothing instead."""
    for body in (getattr(node, "body", None), getattr(node, "orelse", None)):
        if isinstance(body, list) and len(body) == 1 and _is_call(body[0]):
            body[0] = ast.Pass()
            return "a call was dropped"
    return ""


def _is_call(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)


def found(mutant: Mutant) -> bool:
    """Whether the tests notice it. Runs in a process of its own, on a copy of the package."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        shutil.copytree(ROOT / "albumdedup", place / "albumdedup", symlinks=True)
        (place / "albumdedup" / mutant.module).write_text(mutant.source, encoding="utf-8")
        child = os.fork()
        if child == 0:
            _test(place, mutant.module)
        started = time.monotonic()
        while time.monotonic() - started < LIMIT:
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                return status != 0
            time.sleep(0.05)
        os.killpg(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return True


def _test(place: Path, module: str) -> None:
    os.setpgid(0, 0)
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    command = [
        sys.executable, "-P", "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider",  # -P: the copy
        f"--basetemp={place / 'tmp'}", *sorted(TESTS, key=lambda test: _far(module, test)),
    ]  # fmt: skip
    os.chdir(ROOT)
    environment = {
        **os.environ,
        "PYTHONPATH": str(place),
        "HYPOTHESIS_STORAGE_DIRECTORY": str(place / "h"),
    }
    os.execve(sys.executable, command, environment)


def _far(module: str, test: str) -> bool:
    """Whether other tests are likelier to notice a fault there, and so go first."""
    return module.startswith("system/") != test.startswith("tests/unit/system")


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--sample", type=int, default=None, help="so many, drawn by --seed")
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--module", action="append", default=None)
    arguments.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    chosen = arguments.parse_args()
    everyone = [m for module in chosen.module or MODULES for m in mutants_of(module)]
    if chosen.sample is not None:
        everyone = random.Random(chosen.seed).sample(everyone, min(chosen.sample, len(everyone)))
    if found(Mutant(MODULES[0], 0, "unchanged", (ROOT / "albumdedup" / MODULES[0]).read_text())):
        print("The tests fail without any mutant; mend that first.")
        return 2
    killed = 0
    with ThreadPoolExecutor(chosen.jobs) as pool:
        for number, (mutant, seen) in enumerate(
            zip(everyone, pool.map(found, everyone), strict=True), start=1
        ):
            killed += seen
            if not seen:
                print(f"survived: {mutant.module}:{mutant.line} {mutant.what}", flush=True)
            if number % 20 == 0:
                print(f"{number} of {len(everyone)}, {killed} found", flush=True)
    share = killed / len(everyone)
    print(f"{killed} of {len(everyone)} mutants were found ({share:.1%})")
    return 0 if share >= 0.9 else 1


if __name__ == "__main__":
    sys.exit(main())
