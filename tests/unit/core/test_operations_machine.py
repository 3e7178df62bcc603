"""A state machine: random albums, random misfortunes, and death at every step."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from albums import Kept, group, photo, write
from fake_journal import MemoryJournal
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from albumdedup.core import ahead, batches, operations
from albumdedup.core.control import Control, Reporter
from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.operations import apply, undo
from albumdedup.core.part import Part
from albumdedup.core.planning import plan_clean
from albumdedup.core.proof import FAT_STEP_NS
from albumdedup.core.recovery import recover
from albumdedup.core.types import PROVEN_TIERS, ItemState, Tier
from albumdedup.system.trash import open_trash


class Killed(BaseException):
    """The process died here."""


class Mortal:
    """Forwards to a real part; the process dies before or after the n-th call in all."""

    def __init__(self, real, life):
        self._real, self._life = real, life

    def __getattr__(self, name):
        method = getattr(self._real, name)
        if not callable(method):
            return method

        def call(*args, **kwargs):
            self._life.step()
            result = method(*args, **kwargs)
            self._life.step()
            return result

        return call


class Life:
    def __init__(self, steps):
        self._left = steps

    def step(self):
        self._left -= 1
        if self._left == 0:
            raise Killed


class CleanUps(RuleBasedStateMachine):
    """Album, trash and folder of removed photos in one temporary place."""

    @initialize(
        counts=st.lists(st.integers(0, 3), min_size=1, max_size=4),
        to_folder=st.booleans(),
        links=st.booleans(),
        tier=st.sampled_from([Tier.IDENTICAL, Tier.SAME]),
        batch=st.sampled_from([1, 2, 3, 256]),
        fresh=st.booleans(),
    )
    def make(self, counts, to_folder, links, tier, batch, fresh):
        batches.BATCH = operations.BATCH = batch
        ahead.FAT_STEP_NS = FAT_STEP_NS if fresh else 0  # whether what was read ahead is used
        self.tier = tier
        self.place = Path(tempfile.mkdtemp())
        self.album = self.place / "album"
        self.target = str(self.place / "removed") if to_folder else None
        self.before_home = os.environ.get("XDG_DATA_HOME")
        os.environ["XDG_DATA_HOME"] = str(self.place / "data")
        self.journal = MemoryJournal()
        self.taken = 0
        for number, copies in enumerate(counts):
            content = f"photo {number} ".encode() * 20
            write(self.album / f"{number}.jpg", content, 1_400_000_000 + number)
            for copy in range(copies):
                write(self.album / f"c{copy}" / f"{number}.jpg", content, 1_500_000_000 + copy)
        if links:
            os.symlink(self.album / "0.jpg", self.album / "link.jpg")
            for copy in self.album.glob("c1/*.jpg"):  # a second name that no scan has seen
                os.link(copy, self.place / f"hard {copy.name}")
        self.all_contents = Kept.below(self.album).contents
        self.whole = Kept.below(self.album)
        self.strangers = set()

    def groups(self):
        by_content = {}
        for path in sorted(self.album.rglob("*.jpg")):
            if path.is_file() and not path.is_symlink():
                found = photo(path)
                by_content.setdefault(found.content, []).append(found)
        return [group(*photos, tier=self.tier) for photos in by_content.values() if len(photos) > 1]

    @rule()
    def refuse_protected(self):
        folder = self.album / "c0"
        inside = [m for g in self.groups() for m in g.members[1:]
                  if m.photo.path.startswith(str(folder))]  # fmt: skip
        before = Kept.below(self.place)
        if inside:
            self.refuse(self.groups(), [str(self.place / "album" / ".." / "album" / "c0")])
        assert Kept.below(self.place) == before

    @rule()
    def refuse_overlap(self):
        """What stays in one group must not go in another."""
        for one in self.groups():
            photos = [m.photo for m in one.members]
            if len(photos) > 2:
                self.refuse([group(photos[0], photos[1]), group(photos[1], photos[2])])
                self.refuse([group(photos[0], photos[2]), group(photos[1], photos[2])])
            self.refuse([group(photos[0], photos[1]), group(photos[1], photos[0])])
            self.refuse([group(photos[0], photos[0])])

    def refuse(self, groups, protected=()):
        with pytest.raises(AlbumError) as raised:
            plan_clean(groups, PROVEN_TIERS, self.target, protected)
        assert raised.value.code is ErrorCode.PLAN_REFUSED

    @rule(steps=st.integers(1, 60), change=st.integers(0, 3))
    def clean(self, steps, change):
        groups = self.groups()
        plan = plan_clean(groups, PROVEN_TIERS, self.target, ())
        if groups and change == 1:  # the survivor of the first group goes elsewhere
            self.shift(groups[0].keeper.path)
        if groups and change == 2:  # a copy is replaced by a stranger
            self.stranger(groups[0].members[-1].photo.path)
        life = Life(steps)
        try:
            apply(
                plan, Mortal(self.journal, life), Mortal(open_trash(self.target), life), (),
                Control(), Reporter(),
            )  # fmt: skip
        except Killed:
            recover(self.journal, open_trash)

    def shift(self, path):
        self.taken += 1
        os.rename(path, self.album / f"moved {self.taken}.jpg")

    def stranger(self, path):
        self.taken += 1
        os.rename(path, self.album / f"kept {self.taken}.jpg")
        write(Path(path), f"stranger {self.taken}".encode() * 9)
        self.strangers |= Kept.below(self.album).contents - self.all_contents
        self.all_contents |= self.strangers

    @rule(steps=st.integers(1, 60), take=st.booleans())
    def put_back(self, steps, take):
        waiting = [o for o in self.journal.operations() if o.moved]
        if not waiting:
            return
        if take:
            path = Path(waiting[0].moved[-1].item.victim.path)
            if not path.exists():
                self.taken += 1
                write(path, f"newcomer {self.taken}".encode() * 9)
                self.all_contents |= Kept.below(self.album).contents
        life = Life(steps)
        try:
            undo(
                waiting[0], Mortal(self.journal, life), Mortal(open_trash(self.target), life),
                Control(), Reporter(),
            )  # fmt: skip
        except Killed:
            recover(self.journal, open_trash)

    @rule(steps=st.integers(1, 40), which=st.integers(0, 5), whole_group=st.booleans())
    def put_one_back(self, steps, which, whole_group):
        """A photo or a group; what was not named stays in the trash."""
        waiting = [o for o in self.journal.operations() if o.moved]
        if not waiting:
            return
        moved = waiting[0].moved
        one = moved[which % len(moved)].item
        part = Part(groups=(one.group_id,)) if whole_group else Part((one.victim.path,))
        named = {e.id for e in moved if (e.item.group_id == one.group_id if whole_group
                 else e.item.victim.path == one.victim.path)}  # fmt: skip
        life = Life(steps)
        try:
            report = undo(
                waiting[0], Mortal(self.journal, life), Mortal(open_trash(self.target), life),
                Control(), Reporter(), part,
            )  # fmt: skip
            assert {entry.id for entry in report.done} == named
        except Killed:
            recover(self.journal, open_trash)
        after = {e.id for e in self.journal.operation(waiting[0].id).moved}
        assert after >= {e.id for e in moved} - named

    @invariant()
    def nothing_is_lost(self):
        if not hasattr(self, "place"):
            return
        here = Kept.below(self.album).contents
        assert here == self.all_contents  # each content has a survivor outside the trash
        assert self.journal.unfinished() == []
        for operation in self.journal.operations():
            for entry in operation.items:
                assert entry.state is not ItemState.MOVING
                if entry.state is ItemState.MOVED:
                    assert entry.place is not None
                    assert os.path.exists(entry.place)

    def teardown(self):
        if not hasattr(self, "place"):
            return
        copies = len(Kept.below(self.album).files)
        for operation in self.journal.operations():
            if operation.moved:
                copies += len(operation.moved)
                try:
                    undo(operation, self.journal, open_trash(self.target), Control(), Reporter())
                except AlbumError as error:
                    raise AssertionError(error) from error
        after = Kept.below(self.album)
        assert len(after.files) == copies  # every file came back
        originals = set(self.whole.files.values())
        assert originals <= set(after.files.values())  # with its bytes and its time
        if self.before_home is None:
            del os.environ["XDG_DATA_HOME"]
        else:
            os.environ["XDG_DATA_HOME"] = self.before_home
        shutil.rmtree(self.place)
        batches.BATCH = operations.BATCH = 256
        ahead.FAT_STEP_NS = FAT_STEP_NS


TestCleanUps = CleanUps.TestCase
TestCleanUps.settings = settings(
    max_examples=int(os.environ.get("ALBUMS", "60")),  # `make albums` takes 10,000
    stateful_step_count=6,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
