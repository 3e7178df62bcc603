"""``albumdedup bench scan DIR…``, ``bench rescan``, ``bench regroup``, ``bench clean``"""

from __future__ import annotations

import json
from argparse import Namespace
from dataclasses import asdict

from albumdedup.cli.columns import padded
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
                _(
                    "rescan of {n} unchanged files: {seconds} s, bare walk with stat {bare} s, "
                    "ratio {ratio}"
                ).format(
                    n=f"{figures.files:,}",
                    seconds=f"{figures.seconds:.3f}",
                    bare=f"{figures.bare_seconds:.3f}",
                    ratio=f"{figures.ratio:.2f}",
                )
            )
        case RegroupFigures():
            print(
                _(
                    "regroup of {photos} photos with {pairs} pairs: median {median} ms, worst "
                    "{worst} ms, prepared once in {seconds} s"
                ).format(
                    photos=f"{figures.photos:,}",
                    pairs=f"{figures.pairs:,}",
                    median=f"{figures.median_seconds * 1000:.0f}",
                    worst=f"{figures.worst_seconds * 1000:.0f}",
                    seconds=f"{figures.prepare_seconds:.2f}",
                )
            )
    return Exit.DONE


def _print_clean(figures: CleanFigures) -> None:
    words = _("{n} small files: files per second, and seconds beside a bare loop")
    print(words.format(n=f"{figures.files:,}"))
    _row(_("clean-up"), f"{figures.clean:9,.0f}   {figures.clean_ratio:.2f}")
    _row(_("undo"), f"{figures.undo:9,.0f}   {figures.undo_ratio:.2f}")
    bare = _("rename and fsync for each file")
    _row(_("bare loop"), f"{figures.bare_rename:9,.0f}   {bare}")
    print(_("{n} photos of 3 MB, content checked again").format(n=f"{figures.photos:,}"))
    _row(_("clean-up"), f"{figures.checked:9,.0f}   {figures.checked_ratio:.2f}")
    _row(_("bare loop"), f"{figures.bare_checked:9,.0f}   {_('both hashed, rename, fsync')}")


def _print_scan(figures: ScanFigures) -> None:
    print(
        _("{n} photos, {size}, {threads} decoding threads").format(
            n=f"{figures.photos:,}",
            size=human_bytes(figures.bytes),
            threads=figures.decode_threads,
        )
    )
    per_second = _("{seconds} s, {speed} photos per second")
    for name, seconds, speed in (
        (_("cold scan"), figures.seconds, figures.photos_per_second),
        (_("bare loop"), figures.bare_seconds, figures.bare_photos_per_second),
    ):
        _row(name, per_second.format(seconds=f"{seconds:7.2f}", speed=f"{speed:6.1f}"))
    print(
        _("ratio {ratio} (without the check of pairs {other})").format(
            ratio=f"{figures.ratio:.2f}", other=f"{figures.ratio_without_verification:.2f}"
        )
    )
    for part, share in figures.share.items():
        _row(part, _("{share} of the work, all threads summed").format(share=f"{share:6.1%}"))


def _row(name: str, figures: str) -> None:
    print(f"  {padded(name, 12)} {figures}")
