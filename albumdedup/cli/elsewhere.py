"""``albumdedup elsewhere``: which photos other libraries of the family have too, or lack."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Iterable, Sequence

from albumdedup.cli.console import ConsoleReporter, printable, say, stopping
from albumdedup.cli.exits import Exit
from albumdedup.cli.family import waiting_words
from albumdedup.cli.session import open_session
from albumdedup.core.control import Control
from albumdedup.core.elsewhere import LOOKS_THE_SAME, Elsewhere, Here, How, Sighting, There
from albumdedup.core.family import Holding, Relative
from albumdedup.core.i18n import _, about, joined, ngettext


def run(arguments: Namespace) -> Exit:
    alike = LOOKS_THE_SAME if arguments.similarity is None else arguments.similarity
    control, reporter = Control(), ConsoleReporter()
    with open_session(arguments) as session, stopping(control):
        relatives = session.library.relatives
        try:
            found = relatives.elsewhere(alike, arguments.relative, control, reporter)
        finally:
            reporter.end()
        waiting = relatives.untold()
    if arguments.json:
        print(json.dumps(_document(found, alike, missing=arguments.missing), indent=1))
        return Exit.DONE
    if not found.relatives:
        print(_("No other library is in the family yet."))
        return Exit.DONE
    if not arguments.count:
        for line in _missing(found) if arguments.missing else _also(found):
            print(printable(line))
    for line in _sums(found, alike, missing=arguments.missing):
        print(printable(line))
    if waiting:
        say(waiting_words(waiting))
    return Exit.DONE


# --- lists ----------------------------------------------------------------------------------


def _also(found: Elsewhere) -> Iterable[str]:
    for one in found.also:
        yield one.holding.path
        yield from _sightings(one)


def _sightings(one: Here) -> Iterable[str]:
    for sighting in one.there:
        words = (
            _("the same bytes: {path}")
            if sighting.how is How.BYTES
            else _("looks the same ({similarity}): {path}")
        )
        told = words.format(path=_place(sighting.holding), similarity=f"{sighting.similarity:.4f}")
        yield f"    {about(sighting.relative.label, told)}"


def _place(holding: Holding) -> str:
    more = holding.files - 1
    if more < 1:
        return holding.path
    words = ngettext("{path} and {n} more file", "{path} and {n} more files", more)
    return words.format(path=holding.path, n=f"{more:,}")


def _missing(found: Elsewhere) -> Iterable[str]:
    if found.only_here:
        yield _("Only here:")
    for one in found.only_here:
        yield f"  {one.holding.path}"
        yield from _sightings(one)
    if found.there:
        yield _("Only elsewhere:")
    for other in found.there:
        for relative, holding in other.holdings:
            yield f"  {about(relative.label, _place(holding))}"
        if other.like is not None:
            words = _("    looks the same here ({similarity}): {path}")
            yield words.format(path=other.like.path, similarity=f"{other.similarity:.4f}")


# --- sums -----------------------------------------------------------------------------------


def _sums(found: Elsewhere, alike: float, *, missing: bool) -> Iterable[str]:
    for relative in found.relatives:
        yield (_lacking if missing else _having)(found, relative)
    yield joined(
        _("Copies count once.") if found.here else "",
        _(
            "“Looks the same” is a similarity of {similarity} or more between descriptors; pixels "
            "were not compared."
        ).format(similarity=f"{alike:g}"),
        _("What other libraries told may be older than their disks."),
    )
    yield _(
        "This is to read, not to rely on: clean-up takes a copy only if another one stays on this "
        "computer."
    )


def _having(found: Elsewhere, relative: Relative) -> str:
    seen = [_in(one, relative) for one in found.here]
    same = sum(one is not None and one.how is How.BYTES for one in seen)
    alike = sum(one is not None and one.how is How.LOOKS for one in seen)
    words = ngettext(
        "{label}: {same} of {n} photo of this library is there with the same bytes; {alike} more "
        "looks the same as one there.",
        "{label}: {same} of {n} photos of this library are there with the same bytes; {alike} more "
        "look the same as one there.",
        len(found.here),
    )
    return words.format(
        label=relative.label, same=f"{same:,}", n=f"{len(found.here):,}", alike=f"{alike:,}"
    )


def _lacking(found: Elsewhere, relative: Relative) -> str:
    seen = [_in(one, relative) for one in found.here]
    here = sum(one is None or one.how is not How.BYTES for one in seen)
    there = sum(any(r == relative for r, _one in one.holdings) for one in found.there)
    if not here:
        words = _("{label}: the bytes of all photos of this library are there; {there} more are.")
        return words.format(label=relative.label, there=f"{there:,}")
    words = ngettext(
        "{label}: {here} photo of this library is not there with these bytes; {there} of its own "
        "are not here.",
        "{label}: {here} photos of this library are not there with these bytes; {there} of its own "
        "are not here.",
        here,
    )
    return words.format(label=relative.label, here=f"{here:,}", there=f"{there:,}")


def _in(one: Here, relative: Relative) -> Sighting | None:
    return next((s for s in one.there if s.relative == relative), None)


# --- for machines ---------------------------------------------------------------------------


def _document(found: Elsewhere, alike: float, *, missing: bool) -> dict[str, object]:
    document: dict[str, object] = {
        "schema": 1,
        "similarity": alike,
        "photos": len(found.here),
        "libraries": [
            {"id": one.library, "label": one.label, "photos": one.rows,
             "written": one.written and one.written.isoformat()}
            for one in found.relatives
        ],
    }  # fmt: skip
    if missing:
        document["only_here"] = [_here(one) for one in found.only_here]
        document["only_elsewhere"] = [_there(one) for one in found.there]
    else:
        document["elsewhere"] = [_here(one) for one in found.also]
    return document


def _here(one: Here) -> dict[str, object]:
    return {**_facts(one.holding), "in": [_sighting(sighting) for sighting in one.there]}


def _sighting(one: Sighting) -> dict[str, object]:
    return {
        "library": one.relative.label,
        "how": one.how.value,
        "similarity": one.similarity,
        **_facts(one.holding),
    }


def _there(one: There) -> dict[str, object]:
    held: Sequence[tuple[Relative, Holding]] = one.holdings
    return {
        "in": [{"library": relative.label, **_facts(holding)} for relative, holding in held],
        "looks_the_same": one.like and {**_facts(one.like), "similarity": one.similarity},
    }


def _facts(one: Holding) -> dict[str, object]:
    return {
        "path": one.path,
        "content": one.content,
        "files": one.files,
        "bytes": one.bytes,
        "width": one.width,
        "height": one.height,
        "taken": one.taken,
    }
