"""What the album becomes, per folder and per tier; and the list of a plan as a file."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

from albumdedup.core.outlook import Amount, outlook
from albumdedup.core.report import write_plan_csv
from albumdedup.core.types import (
    ContentId,
    FileIdentity,
    FileProof,
    Photo,
    PhotoMetadata,
    Plan,
    PlanItem,
    Stamp,
    Tier,
)


def make_photo(path: str, size: int = 10) -> Photo:
    stamp = Stamp(size, 0, FileIdentity(1, hash(path)))
    return Photo(1, path, stamp, ContentId(path), 4, 3, "JPEG", None, PhotoMetadata())


def item(victim: Photo, survivor: Photo, tier: Tier = Tier.IDENTICAL) -> PlanItem:
    def proof(one: Photo) -> FileProof:
        return FileProof(one.path, one.stamp, one.content)

    return PlanItem(proof(victim), proof(survivor), tier, "g", "Kept: oldest file.")


def test_folders_and_tiers_are_counted_with_what_stays() -> None:
    keep, gone, small, other = (
        make_photo("/a/1.jpg", size=100), make_photo("/b/1.jpg", size=100),
        make_photo("/b/2.jpg", size=30), make_photo("/b/3.jpg", size=7),
    )  # fmt: skip
    raw = replace(
        item(gone, keep),
        victim=FileProof("/b/1.dng", gone.stamp._replace(size=900), gone.content),
        part_of="/b/1.jpg",
    )
    plan = Plan((raw, item(gone, keep), item(small, keep, Tier.SAME)))
    seen = outlook(plan, [keep, gone, small, other])
    assert seen.tiers == {Tier.IDENTICAL: Amount(1, 1000), Tier.SAME: Amount(1, 30)}
    (folder,) = seen.folders
    assert (folder.folder, folder.going) == ("/b", Amount(2, 1030))
    assert folder.after.photos == 1
    assert (seen.before.photos, seen.after.photos) == (4, 2)


def test_the_list_names_companions_with_their_photo_and_guards_cells() -> None:
    keep, gone = make_photo("/a/1.jpg"), make_photo("/b/=1.jpg")
    part = replace(
        item(gone, keep), victim=FileProof("/b/1.mov", gone.stamp, gone.content), part_of=gone.path
    )
    formula = replace(item(gone, keep), reason="=1+1")
    file = io.StringIO()
    write_plan_csv(Plan((part, formula)), file)
    (line,) = csv.DictReader(io.StringIO(file.getvalue()))
    assert line["goes"] == "/b/=1.jpg"
    assert line["with"] == "/b/1.mov"
    assert line["reason"] == "'=1+1"
