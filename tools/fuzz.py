"""Hostile files for all that reads files: ``make fuzz``, or

    python tools/fuzz.py --seconds 600 --seed 1 [--corpus DIR] [--out DIR]
    python tools/fuzz.py --repeat FILE

Files of the corpus (and pictures that are made here) are mutated and read in a process of their
own: decoded, their metadata, dates and companions read, verified; every ``--scan-every`` cases a
folder of them is scanned by the whole program. A crash, more than 10 s of computing, more than
1 GB of memory, an exception or a warning on the console is a failure; its file is kept. The same
seed gives the same cases. Exit code: 0 nothing found, 1 something found. Linux and macOS.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from fuzzing.corpus import sources
from fuzzing.keeping import keep
from fuzzing.parent import ROOT, Failure, cases, repeated
from fuzzing.scanning import scanned

_CORPUS = ROOT.parent / "shared" / "data" / "formats"
_OF_A_PLACE = 3
"""Files that are kept of failures at one place."""


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first case")
    parser.add_argument("--corpus", type=Path, default=_CORPUS)
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "fuzz")
    parser.add_argument("--scan-every", type=int, default=5000, help="cases; 0: never")
    parser.add_argument("--repeat", type=Path, help="read one saved file again")
    given = parser.parse_args()
    os.nice(10)
    with tempfile.TemporaryDirectory(prefix="fuzz-") as made:
        if given.repeat:
            return repeat(given.repeat, Path(made))
        return fuzz(given, Path(made))


def repeat(path: Path, work: Path) -> int:
    found = repeated(path, work)
    print("nothing happens" if found is None else f"{found.kind}\n{found.detail}")
    return found is not None


def fuzz(given: argparse.Namespace, work: Path) -> int:
    corpus = given.corpus if given.corpus.is_dir() else None
    found = sources(corpus)
    print(f"{len(found)} files to mutate, seed {given.seed}", flush=True)
    started = told = time.monotonic()
    places: Counter[str] = Counter()
    printed: Counter[str] = Counter()
    done = 0
    for one in cases(corpus, given.seed, given.first, work):
        done += 1
        if isinstance(one, Failure):
            places[one.place] += 1
            report(one, places, given, work)
        elif one.printed:
            printed[one.printed.split("\n")[0][:100]] += 1
        if given.scan_every and done % given.scan_every == 0:
            problem = scanned(found, given.seed, given.first + done, work)
            if problem:
                places[problem.place] += 1
                report(problem, places, given, work)
            for left in (*work.glob("album-*"), *work.glob("library-*")):
                shutil.rmtree(left)
        now = time.monotonic()
        if now - told > 60:
            told = now
            print(f"{done} cases, {now - started:.0f} s, {sum(places.values())} failures "
                  f"at {len(places)} places", flush=True)  # fmt: skip
        if now - started > given.seconds:
            break
    print(f"{done} cases in {time.monotonic() - started:.0f} s (seed {given.seed}, from case "
          f"{given.first}): {sum(places.values())} failures at {len(places)} places")  # fmt: skip
    for place, count in places.most_common():
        print(f"  {count} × {place}")
    for line, count in printed.most_common(20):
        print(f"  printed by a library, {count} ×: {line}")
    return bool(places)


def report(one: Failure, places: Counter[str], given: argparse.Namespace, work: Path) -> None:
    if places[one.place] > (1 if one.kind in ("hang", "scan") else _OF_A_PLACE):
        return
    if one.kind == "scan":
        folder = given.out / Path(one.made_of).name
        shutil.copytree(one.made_of, folder, dirs_exist_ok=True)
        print(f"scan: {one.detail}\n  albumdedup scan {folder}", flush=True)
        return
    path = keep(one, given.out, work, given.seed, first=places[one.place] == 1)
    print(f"{one.kind}, case {one.case}: {one.place}\n  {one.made_of}\n"
          f"  python tools/fuzz.py --repeat {path}", flush=True)  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
