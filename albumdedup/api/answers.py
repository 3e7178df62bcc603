"""Answers that only scripts ask for; the others are those of ``core.types``."""

from __future__ import annotations

from dataclasses import dataclass

from albumdedup.core.types import Operation, Photo, Plan, PlanItem, Tier


@dataclass(frozen=True, slots=True)
class NearPair:
    """Two photos of the library and how alike they are. ``tier`` is what was proved of them."""

    a: Photo
    b: Photo
    similarity: float
    tier: Tier


@dataclass(frozen=True, slots=True)
class CleanUp:
    """What would go, or went: ``operation`` is None while nothing has moved. ``problems`` are
    whole sentences about what was left alone."""

    plan: Plan
    operation: Operation | None = None
    problems: tuple[str, ...] = ()

    @property
    def applied(self) -> bool:
        return self.operation is not None

    @property
    def photos(self) -> tuple[PlanItem, ...]:
        """Each photo of the plan (``victim.path``), what stays for it (``survivor.path``), and
        why (``reason``)."""
        return self.plan.photos

    @property
    def bytes(self) -> int:
        """The size of all files of the plan."""
        return self.plan.bytes
