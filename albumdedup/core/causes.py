"""What could not be read, by cause: people mend causes, not files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from albumdedup.core.i18n import (
    about,
    describe_problem,
    describe_reason,
    listed,
    ngettext,
    passed_over_count,
)
from albumdedup.core.types import Problem, Reason

_BY_DETAIL = frozenset({Reason.UNSUPPORTED})
"""Reasons whose detail names the format: another format is another cause."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Files that cannot be read for one reason, by path. ``kind`` is the format where that is a
    cause of its own, else empty."""

    reason: Reason
    kind: str
    problems: tuple[Problem, ...]

    @property
    def words(self) -> str:
        """What it is and what to do, in one sentence."""
        if not self.kind:
            return describe_reason(self.reason)
        return describe_problem(Problem("", self.reason, self.kind))

    def line(self, problem: Problem) -> str:
        """A file of this cause, with the words of its own that the cause does not say."""
        if problem.detail in ("", self.kind):
            return problem.path
        return about(problem.path, problem.detail)


def by_cause(problems: Iterable[Problem]) -> tuple[Cause, ...]:
    """Most files first; of as many, by name."""
    found: dict[tuple[Reason, str], list[Problem]] = {}
    for problem in problems:
        kind = problem.detail if problem.reason in _BY_DETAIL else ""
        found.setdefault((problem.reason, kind), []).append(problem)
    causes = [
        Cause(reason, kind, tuple(sorted(some, key=lambda problem: problem.path)))
        for (reason, kind), some in found.items()
    ]
    return tuple(sorted(causes, key=lambda one: (-len(one.problems), one.reason.value, one.kind)))


def cause_words(cause: Cause) -> str:
    """What heads the files of a cause: how many there are, why, and what to do."""
    count = len(cause.problems)
    words = ngettext("{n} file: {words}", "{n} files: {words}", count)
    return words.format(n=f"{count:,}", words=cause.words)


def passed_over_words(skipped: Mapping[str, int]) -> str:
    """What was left out of the scans, by kind; "" where nothing was."""
    total = sum(skipped.values())
    if not total:
        return ""
    kinds = listed(passed_over_count(kind, n) for kind, n in sorted(skipped.items()) if n)
    return ngettext(
        "{n} file or folder was passed over: {kinds}.",
        "{n} files and folders were passed over: {kinds}.",
        total,
    ).format(n=f"{total:,}", kinds=kinds)


def as_facts(causes: Iterable[Cause]) -> list[dict[str, Any]]:
    """For a machine: ``code``, ``kind``, ``files`` (how many) and ``reason``, a sentence."""
    return [
        {
            "code": one.reason.value,
            "kind": one.kind,
            "files": len(one.problems),
            "reason": one.words,
        }
        for one in causes
    ]
