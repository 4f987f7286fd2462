"""Pages for people who may not see bank data: what carries it is covered, in the picture and in the text.

Covered are the words that the mask of the document hides, wherever they stand, and whatever stands where a hidden field
was read. An account that no word of the page holds, as in a picture that nobody read, is not known, so not covered.
"""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from starlette.requests import Request

from review.access.bank_data import HIDDEN, Mask, mask_for, said_before
from review.access.gate import document_of, queue_of
from review.access.identity import person_of
from review.context import context_of
from review.queue import every_result
from schemas.document import Box
from schemas.results import Evidence, Extraction
from store.page_index import PageIndex

MARGIN = 0.15  # of a word's height that is painted around it: letters reach beyond their boxes, most so in scans
LEAST_MARGIN = 1.0  # points


@dataclass(frozen=True, slots=True)
class Cover:
    """What of the pages of one document is covered for one person."""

    mask: Mask
    pages: PageIndex | None = None
    places: Mapping[int, tuple[Box, ...]] = field(default_factory=lambda: MappingProxyType({}))  # by page

    def boxes(self, number: int) -> tuple[Box, ...]:
        """Return what is painted over on a page; raises UnknownDocument if there is no such page."""
        if not self.mask.on:
            return ()
        words = self._words(number)["words"]
        covered = [Box(*words[at][:4]) for at in sorted(self.hidden(number, words))]
        return tuple(_wider(box) for box in (*self.places.get(number, ()), *covered))

    def words(self, number: int) -> bytes:
        """Return the words of a page as JSON, those that are covered as dots; raises UnknownDocument."""
        sheet = self._words(number)
        words, hidden = sheet["words"], self.hidden(number, sheet["words"])
        told = [[*word[:4], HIDDEN, *word[5:]] if at in hidden else word for at, word in enumerate(words)]
        return json.dumps({**sheet, "words": told}, separators=(",", ":"), ensure_ascii=False).encode()

    def hidden(self, number: int, words: Sequence[Sequence[Any]]) -> frozenset[int]:
        """Return which words of a page are covered, counted from 0."""
        if not self.mask.on:
            return frozenset()
        every = range(len(words))
        places = [_wider(box) for box in self.places.get(number, ())]
        found = {at for at in every if any(place.holds(Box(*words[at][:4])) for place in places)} if places else set()
        found.update(self._said(words, every))
        found.update(self._said(words, [at for at in every if words[at][5]]))  # hidden text may stand in between
        return frozenset(found)

    def _said(self, words: Sequence[Sequence[Any]], chosen: Sequence[int]) -> Iterator[int]:
        """Yield the words over which a stretch runs that the mask hides."""
        starts, length = [], 0
        for at in chosen:
            starts.append(length)
            length += len(words[at][4]) + 1
        for start, end in self.mask.spans(" ".join(words[at][4] for at in chosen)):
            yield from chosen[bisect_right(starts, start) - 1 : bisect_left(starts, end)]

    def _words(self, number: int) -> dict[str, Any]:
        assert self.pages is not None  # noqa: S101 - whoever masks has pages
        sheet: dict[str, Any] = json.loads(self.pages.words(number))
        return sheet


def cover_of(request: Request) -> Cover:
    """Return what is covered of the document in the path for whoever asks.

    Raises:
        UnknownDocument: the document has no pages, where some of it may have to be covered.
    """
    context, found = context_of(request), document_of(request)
    mask = mask_for(context, person_of(request), queue_of(found))
    if not mask.on:
        return Cover(mask)
    pages = context.pictures.index(found.sha256)
    if not mask.paths or not found.record:
        return Cover(mask, pages)
    record = context.store.extraction(found.sha256)
    return Cover(mask.knowing(record, said_before(context, mask, found)), pages, _places(mask, record))


def _places(mask: Mask, record: Extraction | None) -> Mapping[int, tuple[Box, ...]]:
    """Where hidden fields were read, in every reading, by page."""
    found: dict[int, tuple[Box, ...]] = {}
    for path, result in every_result(record) if record is not None else ():
        if not mask.hides(path):
            continue
        evidence: list[Evidence] = [*result.evidence]
        for other in result.alternatives:
            evidence += other.evidence
        for each in evidence:
            found[each.page] = (*found.get(each.page, ()), *each.boxes)
    return found


def _wider(box: Box) -> Box:
    """A box with a margin around it."""
    by = max(LEAST_MARGIN, MARGIN * box.height)
    return Box(box.x0 - by, box.y0 - by, box.x1 + by, box.y1 + by)
