"""``albumdedup bench scan DIR…``, ``bench rescan``, ``bench regroup``, ``bench clean``"""

from __future__ import annotations

import json
from argparse import Namespace
from dataclasses import asdict

from albumdedup.cli.console import say
from albumdedup.cli.exits import Exit
from albumdedup.cli.session import chosen_paths, chosen_settings
from albumdedup.core.i18n import _, human_bytes
from albumdedup.evaluation.bench import (
    RegroupFigures,
    RescanFigures,
    ScanFigures,
    bench_regroup,
    bench_rescan,
    bench_scan,
)
from albumdedup.evaluation.bench_clean import CleanFigures, bench_clean


def run(arguments: Namespace) -> Exit:
    settings = chosen_settings(arguments, chosen_paths(arguments))
    figures: ScanFigures | RescanFigures | RegroupFigures | CleanFigures
    match arguments.what:
        case "scan":
            if not arguments.folders:
                say(_("Name a folder of photos: albumdedup bench scan DIR"))
                return Exit.USAGE
            figures = bench_scan(arguments.folders, settings)
        case "rescan":
            figures = bench_rescan(arguments.photos or 10_000, settings)
        case "clean":
            figures = bench_clean(arguments.photos or 10_000, settings)
        case _:
            figures = bench_regroup(arguments.photos or 100_000)
    if arguments.json:
        print(json.dumps(asdict(figures), indent=1))
        return Exit.DONE
    match figures:
        case CleanFigures():
            _print_clean(figures)
        case ScanFigures():
            _print_scan(figures)
        case RescanFigures():
            print(
                f"rescan of {figures.files:,} unchanged files: {figures.seconds:.3f} s, bare walk "
                f"with stat {figures.bare_seconds:.3f} s, ratio {figures.ratio:.2f}"
            )
        case RegroupFigures():
            print(
                f"regroup of {figures.photos:,} photos with {figures.pairs:,} pairs: median "
                f"{figures.median_seconds * 1000:.0f} ms, worst "
                f"{figures.worst_seconds * 1000:.0f} ms, prepared once in "
                f"{figures.prepare_seconds:.2f} s"
            )
    return Exit.DONE


def _print_clean(figures: CleanFigures) -> None:
    print(f"{figures.files:,} small files   files/s   seconds beside a bare loop")
    print(f"  clean-up     {figures.clean:9,.0f}   {figures.clean_ratio:.2f}")
    print(f"  undo         {figures.undo:9,.0f}   {figures.undo_ratio:.2f}")
    print(f"  bare loop    {figures.bare_rename:9,.0f}   rename and fsync for each file")
    print(f"{figures.photos:,} photos of 3 MB, content checked again")
    print(f"  clean-up     {figures.checked:9,.0f}   {figures.checked_ratio:.2f}")
    print(f"  bare loop    {figures.bare_checked:9,.0f}   both hashed, rename, fsync")


def _print_scan(figures: ScanFigures) -> None:
    print(
        f"{figures.photos:,} photos, {human_bytes(figures.bytes)}, "
        f"{figures.decode_threads} decoding threads"
    )
    print(f"cold scan  {figures.seconds:7.2f} s  {figures.photos_per_second:6.1f} photos/s")
    print(f"bare loop  {figures.bare_seconds:7.2f} s  {figures.bare_photos_per_second:6.1f}")
    print(
        f"ratio {figures.ratio:.2f} (without the check of pairs "
        f"{figures.ratio_without_verification:.2f})"
    )
    for part, share in figures.share.items():
        print(f"  {part:10s} {share:6.1%} of the work, all threads summed")
