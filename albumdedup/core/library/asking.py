"""Searches by picture."""

from __future__ import annotations

from collections.abc import Sequence

from albumdedup.core.asking import Example, Question
from albumdedup.core.control import Control, ProgressSink, Reporter
from albumdedup.core.embedding import Embedding
from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.examples import Described, describe_examples, read_examples
from albumdedup.core.library.parts import Answer, Verbs
from albumdedup.core.relatives import RelativeHit
from albumdedup.core.types import (
    ContentId,
    Descriptors,
    Photo,
    Pixels,
    SearchHit,
    Space,
)


class Asking(Verbs):
    """Searches by picture."""

    def search(self, image: str, top: int = 20) -> list[SearchHit]:
        """The most similar photos of the library, best first; one hit per file.

        Raises AlbumError(NOT_THERE, NOT_A_PHOTO, NOTHING_SCANNED)."""
        return list(self.ask(Question((Example(image),), top=top)).hits)

    def ask(
        self,
        question: Question,
        control: Control | None = None,
        sink: ProgressSink | None = None,
    ) -> Answer:
        """One page of the photos that a question asks for. What is, byte for byte, a picture to
        look away from is no answer.

        Raises AlbumError(NOT_THERE, NOT_A_PHOTO, NOTHING_SCANNED, WEB_ADDRESS, CROP_UNFIT,
        EXAMPLES_CANCEL), Cancelled."""
        control = control or Control()
        sought = self._sought(question, control, self._looking())
        hits = self._searcher.photos(
            sought.vector, question, frozenset(sought.unlike), control, Reporter(sink)
        )
        page = hits[question.offset : question.offset + question.top]
        return Answer(tuple(page), question.offset + len(page) < len(hits), sought.like)

    def search_family(
        self, question: Question, control: Control | None = None
    ) -> list[RelativeHit]:
        """The most similar photos of the other libraries, best first; of them no folders, days or
        cameras are known, so that the filters are not applied.

        Raises AlbumError as ``ask``, and NO_FAMILY, …; Cancelled."""
        control = control or Control()
        sought = self._sought(question, control, self._finder())
        hits = self.relatives.search(sought.vector, question.top)
        return [hit for hit in hits if hit.similarity >= question.least]

    def search_pixels(self, pixels: Pixels, top: int = 20) -> list[SearchHit]:
        """As ``search``, of a picture that no file holds: uint8[edge, edge, 3] of ``input_edge``.

        Raises AlbumError(NOTHING_SCANNED)."""
        if not self._parts.catalog.has_indexed():
            raise AlbumError(ErrorCode.NOTHING_SCANNED)
        return self.similar_to(self.describe([pixels])[0], top)

    def similar_to(self, vector: Descriptors, top: int) -> list[SearchHit]:
        """The photos that are most similar to float32[dim], best first; one hit per file. Safe on
        any thread."""
        return self._searcher.photos(vector, Question((), top=top))[:top]

    def cameras(self) -> list[str]:
        """The cameras of the library's photos, by name."""
        return sorted({fact.camera for fact in self._searcher.facts().values() if fact.camera})

    @property
    def input_edge(self) -> int:
        """The side, in pixels, of the squares that are described."""
        return self._looking().edge

    def describe(self, squares: Sequence[Pixels]) -> Descriptors:
        """uint8[edge, edge, 3] each → float32[n, dim] of the embedding that answers. One call at
        a time. Raises AlbumError."""
        return self._looking().describe(squares)

    def _sought(self, question: Question, control: Control, by: Embedding) -> Described:
        door = self._parts.door
        like = read_examples(door, question.like, by.edge, control)
        unlike = read_examples(door, question.unlike, by.edge, control)
        if not self._parts.catalog.has_indexed():
            raise AlbumError(ErrorCode.NOTHING_SCANNED)
        return describe_examples(question, like, unlike, by.describe)

    def _finder(self) -> Embedding:
        """What finds the duplicates, in this library and in others."""
        parts = self._parts
        return Embedding(Space(parts.space, parts.first, 0), parts.input_edge, parts.extractor)

    def _looking(self) -> Embedding:
        """From a picture to what is searched for: in the embedding that answers."""
        space = self._parts.catalog.answering()
        if space is not None and self._parts.embedding is not None:
            return self._parts.embedding(space)
        return self._finder()

    def photos_of(self, contents: Sequence[ContentId]) -> list[Photo]:
        """The files of these contents, by path. Safe on any thread."""
        return self._parts.catalog.photos_of(contents)
