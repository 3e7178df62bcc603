"""Export the groups: JSON (schema 1, see docs/command-line.md), CSV, one HTML page."""

from __future__ import annotations

import base64
import csv
import html
import json
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from typing import Any, TextIO

from albumdedup.core.causes import as_facts, by_cause, cause_words, passed_over_words
from albumdedup.core.dates import as_iso
from albumdedup.core.edit_words import edit_words, notes_of_scene
from albumdedup.core.i18n import (
    _,
    about,
    describe_problem,
    joined,
    listed,
    ngettext,
    tier_name,
)
from albumdedup.core.keeper import KeepContext, Step, explain
from albumdedup.core.languages import language_tag
from albumdedup.core.types import PROVEN_TIERS, Group, Member, Photo, Plan, Role, Snapshot, View

SCHEMA = 1
OPEN_CAUSE = 10
"""On the page a cause of more files is folded."""

Thumbnail = Callable[[Member], bytes | None]
"""Small JPEG bytes of a member, or None where it cannot be read now."""


def _removable(groups: Sequence[Group]) -> list[Member]:
    return [m for g in groups for m in g.members if m.role is Role.REMOVE]


def summary(groups: Sequence[Group], snapshot: Snapshot) -> dict[str, Any]:
    going = _removable(groups)
    return {
        "files": len(snapshot.photos) + len(snapshot.unreadable),
        "photos": len(snapshot.photos),
        "groups": len(groups),
        "removable_files": len(going),
        "removable_bytes": sum(m.photo.unit_bytes for m in going),
        "unreadable": len(snapshot.unreadable),
        "companions": sum(len(photo.companions) for photo in snapshot.photos),
        "skipped": dict(sorted(snapshot.skipped.items())),
    }


def _member(member: Member) -> dict[str, Any]:
    photo = member.photo
    evidence = asdict(member.evidence) if member.evidence else {}
    return {
        "path": photo.path,
        "tier": member.tier.value,
        "role": member.role.value,
        "similarity": round(member.similarity, 4),
        "content": photo.content,
        "bytes": photo.stamp.size,
        "width": photo.width,
        "height": photo.height,
        "taken": as_iso(photo.taken) if photo.taken else None,
        "taken_from": photo.taken.source.value if photo.taken else None,
        "evidence": {key: value for key, value in evidence.items() if value is not None},
        "note": member.note,
        "companions": [
            {"path": one.path, "kind": one.kind.value, "bytes": one.stamp.size}
            for one in photo.companions
        ],
    }


Explain = Callable[[Group], tuple[Step, ...]]
"""What each keep rule of the chain decided in a group."""


def explaining(view: View, snapshot: Snapshot) -> Explain:
    context = KeepContext(snapshot.preferred, snapshot.protected, view.clear)

    def decided(group: Group) -> tuple[Step, ...]:
        """Among the keeper and what is proved to be it; among all where nothing is."""
        proved = [m.photo for m in group.members[1:] if m.tier in PROVEN_TIERS]
        others = proved or [m.photo for m in group.members[1:]]
        return explain([group.keeper, *others], view.rule, context)

    return decided


def write_json(
    groups: Sequence[Group], snapshot: Snapshot, file: TextIO, steps: Explain | None = None
) -> None:
    """Schema 1; with ``steps`` each group has what its rules decided."""
    document = {
        "schema": SCHEMA,
        "summary": summary(groups, snapshot),
        "groups": [
            {
                **group_document(group),
                **({} if steps is None else {"steps": [asdict(step) for step in steps(group)]}),
            }
            for group in groups
        ],
        "unreadable": [
            {"path": p.path, "reason": describe_problem(p), "code": p.reason.value}
            for p in snapshot.unreadable
        ],
        "causes": as_facts(by_cause(snapshot.unreadable)),
        "loose": [
            {"path": one.path, "kind": one.kind.value, "candidates": list(one.candidates)}
            for one in snapshot.loose
        ],
    }
    json.dump(document, file, indent=1)
    file.write("\n")


def group_document(group: Group) -> dict[str, Any]:
    """A group as schema 1 tells it."""
    return {
        "id": group.id,
        "keeper": group.keeper.path,
        "reason": group.reason,
        "warning": group.warning,
        "burst": group.burst,
        "left_out": group.left_out,
        "members": [_member(member) for member in group.members],
    }


CSV_COLUMNS = (
    "group", "role", "tier", "similarity", "path", "bytes", "width", "height", "taken",
    "taken_from", "content", "reason", "note", "companions",
)  # fmt: skip


def write_csv(groups: Sequence[Group], snapshot: Snapshot, file: TextIO) -> None:
    """One line per member, then one for each file that could not be read, whose role is
    ``unreadable`` and whose note is the code of its reason. A cell that a
    spreadsheet would take for a formula gets a quote."""
    writer = csv.writer(file)
    writer.writerow(CSV_COLUMNS)
    for group in groups:
        for member in group.members:
            row = {**_member(member), "group": group.id, "reason": group.reason}
            row["companions"] = "; ".join(one.path for one in member.photo.companions)
            writer.writerow([_cell(row[column]) for column in CSV_COLUMNS])
    for problem in snapshot.unreadable:
        told = {"role": "unreadable", "path": problem.path, "note": problem.reason.value}
        row = {**told, "reason": describe_problem(problem)}
        writer.writerow([_cell(row.get(column)) for column in CSV_COLUMNS])


PLAN_COLUMNS = ("goes", "bytes", "tier", "stays", "reason", "with", "content", "group")


def write_plan_csv(plan: Plan, file: TextIO) -> None:
    """One line per photo that a clean-up would take; nothing has moved."""
    parts: dict[str, list[str]] = {}
    for item in plan.items:
        if item.part_of is not None:
            parts.setdefault(item.part_of, []).append(item.victim.path)
    writer = csv.writer(file)
    writer.writerow(PLAN_COLUMNS)
    for item in plan.photos:
        row = (
            item.victim.path, item.victim.stamp.size, item.tier.value, item.survivor.path,
            item.reason, "; ".join(parts.get(item.victim.path, ())), item.victim.content,
            item.group_id,
        )  # fmt: skip
        writer.writerow([_cell(value) for value in row])


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    text = text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t") else text


def write_html(
    groups: Sequence[Group], snapshot: Snapshot, thumbnail: Thumbnail, file: TextIO
) -> None:
    """One self-contained page, written group by group so that its size stays off memory."""
    figures = summary(groups, snapshot)
    file.write(
        HEAD.format(
            language=language_tag(), title=html.escape(_("Album Deduplicator report")), style=STYLE
        )
    )
    file.write(f"<h1>{html.escape(_headline(figures))}</h1>\n")
    for group in groups:
        file.writelines(_group_lines(group, thumbnail))
    file.writelines(_unreadable_lines(snapshot))
    file.writelines(_loose_lines(snapshot))
    file.write(f"<p><i>{shown(passed_over_words(snapshot.skipped))}</i></p>\n")
    file.write("</body></html>\n")


def _headline(figures: dict[str, Any]) -> str:
    return _(
        "{groups} groups in {photos} photos · {files} copies could go · {megabytes} MB"
    ).format(
        groups=f"{figures['groups']:,}",
        photos=f"{figures['photos']:,}",
        files=f"{figures['removable_files']:,}",
        megabytes=f"{figures['removable_bytes'] / 1e6:,.1f}",
    )


def shown(value: str) -> str:
    shown = value.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return html.escape(shown)


def _group_lines(group: Group, thumbnail: Thumbnail) -> Iterable[str]:
    yield "<section>\n"
    for member in group.members:
        photo, picture = member.photo, thumbnail(member)
        source = "" if picture is None else base64.b64encode(picture).decode("ascii")
        image = f'<img alt="" src="data:image/jpeg;base64,{source}">' if source else "<div></div>"
        folder, name = os.path.split(photo.path)
        remarks = (member.note, edit_words(group.keeper, member), notes_of_scene(member))
        below = "".join("<br>" + shown(remark) for remark in remarks if remark)
        yield (
            f'<figure class="{member.role.value}" title="{shown(photo.path)}">{image}'
            f"<b>{shown(_ROLE_WORDS[member.role]())}</b> {shown(tier_name(member.tier))}"
            f"<figcaption>{shown(name)}<br>{photo.width} × {photo.height} · "
            f"{photo.unit_bytes / 1e6:.2f} MB{shown(_beside(photo))}<br><i>{shown(folder)}</i>"
            f"{below}</figcaption></figure>\n"
        )
    yield f"<p>{shown(joined(group.reason, group.warning))}</p></section>\n"


def _beside(photo: Photo) -> str:
    names = [os.path.basename(one.path) for one in photo.companions]
    return " · " + _("with {names}").format(names=listed(names)) if names else ""


_ROLE_WORDS = {
    Role.KEEP: lambda: _("✓ stays"),
    Role.REMOVE: lambda: _("↷ can go"),
    Role.REVIEW: lambda: _("◦ your choice"),
}


def _unreadable_lines(snapshot: Snapshot) -> Iterable[str]:
    count = len(snapshot.unreadable)
    if not count:
        return
    heading = ngettext("{n} file could not be read", "{n} files could not be read", count)
    yield f"<h2>{html.escape(heading.format(n=f'{count:,}'))}</h2>\n"
    for cause in by_cause(snapshot.unreadable):
        opened = " open" if len(cause.problems) <= OPEN_CAUSE else ""
        yield f"<details{opened}><summary>{shown(cause_words(cause))}</summary><ul>\n"
        for problem in cause.problems:
            yield f"<li>{shown(cause.line(problem))}</li>\n"
        yield "</ul></details>\n"


def _loose_lines(snapshot: Snapshot) -> Iterable[str]:
    if not snapshot.loose:
        return
    heading = _("Files that could belong to several photos, and so are left where they are")
    yield f"<h2>{html.escape(heading)}</h2>\n<ul>\n"
    for one in snapshot.loose:
        yield f"<li>{shown(about(one.path, listed(one.candidates)))}</li>\n"
    yield "</ul>\n"


HEAD = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><title>{title}</title><style>{style}</style>
</head><body>
"""
STYLE = """
body{font:14px system-ui,sans-serif;background:#f6f6f7;color:#1c1c1e;margin:24px}
section{background:#fff;border:1px solid #ddd;border-radius:6px;padding:12px;margin:12px 0}
figure{display:inline-block;vertical-align:top;width:180px;margin:4px 8px}
img{max-width:176px;max-height:140px;border-radius:4px}
figure.keep b{color:#1f8a4c}figure.remove b{color:#8a5200}figure.review b{color:#6b6b70}
figcaption{font-size:11px;overflow-wrap:anywhere}i{color:#6b6b70}p{margin:4px 8px}
"""
