"""The receipt of a clean-up as one self-contained HTML page."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import TextIO

from albumdedup.core.i18n import _, about, human_bytes, listed, ngettext, tier_name
from albumdedup.core.languages import language_tag
from albumdedup.core.receipt import Receipt, ReceiptLine, Rehearsal, Stays, failures
from albumdedup.core.report import HEAD, STYLE, shown

_OWN_STYLE = """
table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:3px 8px}
td{overflow-wrap:anywhere}code{font-size:11px;color:#6b6b70}.bad{color:#b3261e}.good{color:#1f8a4c}
"""


def write_receipt(receipt: Receipt, rehearsals: Sequence[Rehearsal], file: TextIO) -> None:
    """What went, why, what stays with its SHA-256, what comes free, and what a trial showed."""
    title = _("Receipt of clean-up {id}").format(id=receipt.operation)
    file.write(
        HEAD.format(language=language_tag(), title=html.escape(title), style=STYLE + _OWN_STYLE)
    )
    file.write(f"<h1>{html.escape(title)}</h1>\n")
    file.writelines(f"<p>{shown(sentence)}</p>\n" for sentence in sentences(receipt))
    file.writelines(_trial(rehearsals))
    for _group, lines in groupby(receipt.lines, key=lambda one: (one.group, one.keeper)):
        file.writelines(_section(list(lines)))
    if receipt.left:
        file.write(f"<h2>{html.escape(_('Left where they are'))}</h2>\n<ul>\n")
        file.writelines(f"<li>{shown(about(e.path, e.problem))}</li>\n" for e in receipt.left)
        file.write("</ul>\n")
    file.write("</body></html>\n")


def sentences(receipt: Receipt) -> list[str]:
    """The receipt in words: how many, where, what comes free, and what cannot be known."""
    count = receipt.photos
    place = receipt.target or _("the trash")
    went = ngettext(
        "On {when}, {n} copy ({size}) went to {place}.",
        "On {when}, {n} copies ({size}) went to {place}.",
        count,
    ).format(
        when=f"{receipt.started.astimezone():%Y-%m-%d %H:%M}",
        n=f"{count:,}",
        size=human_bytes(receipt.bytes),
        place=place,
    )
    free = human_bytes(receipt.freed)
    if receipt.at_once:
        freed = _("{size} came free on the volumes that they left.").format(size=free)
    elif receipt.target is not None:
        freed = _("{size} come free when you delete that folder, not before.").format(size=free)
    else:
        freed = _("{size} come free when you empty the trash, not before.").format(size=free)
    told = [went, freed]
    if receipt.freed < receipt.bytes:
        told.append(_("The rest has another name (hard link) elsewhere, or is gone from there."))
    told.append(shared_blocks())
    bad = sorted({line.keeper for line in receipt.lines if line.stays is not Stays.WHOLE})
    if bad:
        told.append(
            _("Not as it was at the clean-up: {paths}. Look at them before you empty the trash.")
            .format(paths=listed(bad))
        )  # fmt: skip
    elif receipt.lines:
        told.append(_("Every file that stays was read again just now and is whole."))
    missing = [line.path for line in receipt.lines if not line.there]
    if missing:
        told.append(
            ngettext(
                "{n} removed file is no longer where it was put.",
                "{n} removed files are no longer where they were put.",
                len(missing),
            ).format(n=f"{len(missing):,}")
        )
    return told


def shared_blocks() -> str:
    """What no program can know about the bytes that come free."""
    return _(
        "Where a file system lets copies share their blocks (APFS, Btrfs, XFS, ReFS), how much "
        "of this was shared cannot be known, and less may come free."
    )


def trial_sentence(rehearsals: Sequence[Rehearsal]) -> str:
    bad = len(failures(rehearsals))
    return _(
        "Restored on trial: {n} removed files, drawn at random; {good} came back byte for byte, "
        "{bad} did not."
    ).format(n=len(rehearsals), good=len(rehearsals) - bad, bad=bad)


def _trial(rehearsals: Sequence[Rehearsal]) -> Iterable[str]:
    if not rehearsals:
        return
    yield f"<section><p>{shown(trial_sentence(rehearsals))}</p><ul>\n"
    for one in rehearsals:
        mark = "bad" if one.problem else "good"
        yield f'<li class="{mark}">{shown(one.path)} {shown(one.problem or "✓")}</li>\n'
    yield "</ul></section>\n"


def _section(lines: Sequence[ReceiptLine]) -> Iterable[str]:
    first = lines[0]
    words = {
        Stays.WHOLE: ("good", _("whole")),
        Stays.CHANGED: ("bad", _("changed since")),
        Stays.UNREADABLE: ("bad", _("cannot be read")),
    }
    css, state = words[first.stays]
    yield (
        f"<section><p><b>{html.escape(_('Stays'))}</b> {shown(first.keeper)} "
        f'<span class="{css}">{html.escape(state)}</span><br>'
        f"<code>SHA-256 {first.keeper_content or '–'}</code><br>{shown(first.reason)}</p>"
        f"<table><tr><th>{html.escape(_('Went'))}</th><th>{html.escape(_('Why'))}</th>"
        f"<th>{html.escape(_('Size'))}</th><th>{html.escape(_('Comes free'))}</th>"
        f"<th>{html.escape(_('Lies at'))}</th></tr>\n"
    )
    for line in lines:
        lies = line.place or "" if line.there else _("no longer there")
        yield (
            f"<tr><td>{shown(line.path)}<br><code>{line.content}</code></td>"
            f"<td>{shown(tier_name(line.tier))}</td><td>{human_bytes(line.bytes)}</td>"
            f"<td>{human_bytes(line.freed)}</td><td>{shown(lies)}</td></tr>\n"
        )
    yield "</table></section>\n"
