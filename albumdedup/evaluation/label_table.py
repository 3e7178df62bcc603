"""What ``evaluate labels`` found, as plain text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator

from albumdedup.core.i18n import _, ngettext
from albumdedup.evaluation.label_run import LabelBench, LabelRow
from albumdedup.evaluation.table import share

SCHEMA = 1


def head() -> tuple[str, ...]:
    return (
        _("extractor"), _("taken"), _("dim"), _("compared by"), _("top-1"), _("top-5"),
        _("mAP"), _("s per photo"),
    )  # fmt: skip


def cells(row: LabelRow) -> tuple[str, ...]:
    """As many as the head has; fewer where nothing was measured: the last says why."""
    first = (row.recipe.name, row.recipe.taken, str(row.dim), row.recipe.rule)
    if row.judged is None:
        if row.missing:
            words = _("weights not here: albumdedup models download {name}")
            return (*first, words.format(name=row.recipe.extractor))
        return (*first, row.problem)
    judged = row.judged
    seconds = "–" if row.seconds is None else f"{row.seconds:.4f}"
    return (*first, share(judged.top1), share(judged.top5), share(judged.mean_ap), seconds)


def sentences(bench: LabelBench) -> Iterator[str]:
    """What was measured, and what was not."""
    words = _("{photos} photos of {classes} classes: {queries} ask, {base} answer; seed {seed}")
    yield words.format(
        photos=f"{bench.photos:,}", classes=f"{len(bench.classes):,}",
        queries=f"{bench.queries:,}", base=f"{bench.base:,}", seed=bench.seed,
    )  # fmt: skip
    if bench.single:
        yield ngettext(
            "{n} class has a single photo, which never asks.",
            "{n} classes have a single photo each, which never asks.",
            bench.single,
        ).format(n=f"{bench.single:,}")
    if bench.unreadable:
        yield ngettext(
            "{n} photo cannot be read and is left out.",
            "{n} photos cannot be read and are left out.",
            bench.unreadable,
        ).format(n=f"{bench.unreadable:,}")
    if bench.loose:
        yield ngettext(
            "{n} photo lies in no folder of a class and is left out.",
            "{n} photos lie in no folder of a class and are left out.",
            bench.loose,
        ).format(n=f"{bench.loose:,}")
    if bench.skipped:
        yield ngettext(
            "{n} file is passed over, as a scan does: hidden, a link, or no photo.",
            "{n} files are passed over, as a scan does: hidden, links, or no photos.",
            bench.skipped,
        ).format(n=f"{bench.skipped:,}")


def notes(bench: LabelBench) -> Iterator[str]:
    """What must be known of figures that have a well-known name."""
    for name in dict.fromkeys(row.recipe.extractor for row in bench.measured if row.foreign):
        yield _("{name}: measured with weights that are not torchvision's own.").format(name=name)


def as_json(bench: LabelBench) -> str:
    """Schema 1 (docs/evaluation.md)."""
    document = {
        "schema": SCHEMA,
        "folder": bench.folder,
        "seed": bench.seed,
        "query_share": bench.share,
        "photos": bench.photos,
        "queries": bench.queries,
        "base": bench.base,
        "single": bench.single,
        "unreadable": bench.unreadable,
        "loose": bench.loose,
        "skipped": bench.skipped,
        "classes": list(bench.classes),
        "rows": [_row(row) for row in bench.rows],
    }
    return json.dumps(document, indent=1)


def _row(row: LabelRow) -> dict[str, object]:
    judged = row.judged
    return {
        "name": row.recipe.name,
        "extractor": row.recipe.extractor,
        "taken": row.recipe.taken,
        "dim": row.dim,
        "metric": row.recipe.metric.value,
        "threshold": row.recipe.least,
        "weights_missing": row.missing,
        "weights_foreign": row.foreign,
        "problem": row.problem or None,
        "top1": judged.top1 if judged else None,
        "top5": judged.top5 if judged else None,
        "map": judged.mean_ap if judged else None,
        "seconds_per_photo": row.seconds,
        "confusion": judged.confusion.tolist() if judged else None,
    }
