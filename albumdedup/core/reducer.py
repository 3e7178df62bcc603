"""From an extractor's own descriptors to the reduced ones that a library asks for."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from albumdedup.core.control import Control, Progress, Reporter, Stage
from albumdedup.core.embedding import Wish
from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.ports import Catalog, Drawer
from albumdedup.core.reducing import SAMPLE, Loss, Reduction, carry, fit, loss, sample_of
from albumdedup.core.scale import Scale
from albumdedup.core.types import Space

MEASURED_BYTES = 256 << 20

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reducer:
    """``own`` is the extractor's space and ``source`` its drawer. A reduction is fitted when it is
    first needed, and is the same from then on: new photos do not turn the axes."""

    catalog: Catalog
    own: Space
    source: Callable[[], Drawer]
    load: Callable[[Space], Reduction]
    save: Callable[[Reduction], Space]

    def space(self, wish: Wish) -> Space | None:
        """The reduced embedding that is there, the newest."""
        found = [
            use.space for use in self.catalog.spaces()
            if use.space.source == self.own.name
            and (use.space.dim, use.space.whiten) == (wish.dim, wish.whiten)
        ]  # fmt: skip
        return found[-1] if found else None

    def fitted(self, wish: Wish, control: Control) -> Reduction:
        """A new one. Raises AlbumError: PCA_TOO_LARGE, PCA_TOO_FEW; Cancelled."""
        own = self.own
        blocks = sample_of(self.source(), own.dim, control)
        scale = Scale(own.floor, own.similar)
        return fit(blocks, own.dim, wish.dim, own.extractor, scale, whiten=wish.whiten)

    def run(self, wish: Wish, control: Control, reporter: Reporter) -> Space:
        """Bring all that is on the source's drawer onto the reduced one. Raises as ``fitted``."""

        def told(done: int, total: int) -> None:
            reporter.report(Progress(Stage.REDUCING, done, total))

        space, reduction = self._known(wish)
        if space is None or reduction is None:
            told(0, len(self.source().indexed_contents()))
            reduction = self.fitted(wish, control)
            space = self.save(reduction)
        carry(self.source(), self.catalog.drawer(space), reduction, control, told)
        reporter.flush()
        return space

    def _known(self, wish: Wish) -> tuple[Space | None, Reduction | None]:
        space = self.space(wish)
        if space is None:
            return None, None
        try:
            return space, self.load(space)
        except AlbumError as error:
            if error.code is not ErrorCode.PCA_DAMAGED:
                raise
            _log.warning("A reduction is fitted anew: %s", error)
            return None, None

    def outdated(self, space: Space) -> Sequence[Space]:
        """What the catalog keeps of this extractor and nobody can use beside ``space``: of other
        weights, or reduced by a file that is lost."""
        return [
            use.space for use in self.catalog.spaces()
            if use.space.extractor == self.own.extractor and use.space != space
            and use.space.name != self.own.name
            and (
                use.space.source != self.own.name
                or (use.space.dim, use.space.whiten) == (space.dim, space.whiten)
            )
        ]  # fmt: skip


def measured(reducer: Reducer, wish: Wish, control: Control) -> Loss:
    """Fit, and look how many of each photo's nearest stay its nearest: asked of a thousand photos,
    among so many as were fitted on and as fit into memory. Raises AlbumError, Cancelled."""
    source, own = reducer.source(), reducer.own
    known = source.indexed_contents()
    if not known:
        raise AlbumError(ErrorCode.NOTHING_DESCRIBED, name=own.extractor)
    reduction = reducer.fitted(wish, control)
    most = min(SAMPLE, MEASURED_BYTES // (4 * own.dim))
    _ids, rows = source.vectors(known[:most])
    return loss(reduction, rows, control=control)
