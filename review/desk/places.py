"""What stands where a person points: words, running text without page heads, and how the document writes."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Protocol

from extractors.page.runs import Layout
from extractors.rules.flow import Flow
from extractors.rules.locale import Locale, locale_of
from schemas.document import Box, Page, ParsedDocument, around
from schemas.errors import InvalidValue
from schemas.results import Evidence
from store.entities import Document
from store.store import Store

_PLAIN = Locale(decimal=None, date_order="day_first", order_is_shown=False, languages=(), currency=None)


class Pointed(Protocol):
    """A place that a person pointed to."""

    @property
    def page(self) -> int:
        """Number of the page, from 1."""

    @property
    def boxes(self) -> tuple[tuple[float, float, float, float], ...]:
        """Rectangles in points."""

    @property
    def quote(self) -> str:
        """What the page said stands there."""


class Places:
    """The places of one document; it is read from the store only when one is asked for."""

    def __init__(self, store: Store, document: Document) -> None:
        self._store = store
        self._document = document

    @cached_property
    def parsed(self) -> ParsedDocument | None:
        """The stored pages; None where there are none."""
        version = self._document.parser_version
        return None if version is None else self._store.files.get_parsed(self._document.sha256, version)

    @cached_property
    def locale(self) -> Locale:
        """How the document writes numbers and days."""
        return _PLAIN if self.parsed is None else locale_of(Layout(self.parsed))

    def evidence(self, spans: Iterable[Pointed]) -> tuple[Evidence, ...]:
        """Return the evidence at these places: boxes and quote are those of the words there, where there are any.

        Raises:
            InvalidValue: the document has no such page.
        """
        return tuple(self._evidence(span) for span in spans)

    def running_text(self, spans: Iterable[Pointed]) -> str:
        """Return what the running text says at these places, without page heads and numbers; "" if nothing."""
        if self.parsed is None:
            return ""
        flow = Flow(Layout(self.parsed))
        passages = flow.passages(0, len(flow.text))
        pointed = [(span.page, Box(*box)) for span in spans for box in span.boxes]
        lines = []
        for passage in passages:
            words = [
                word
                for word in passage.run.words
                if any(page == passage.run.page and _within(word.box, box) for page, box in pointed)
            ]
            if words:
                lines.append(" ".join(word.text for word in words))
        return " ".join(lines)

    def _evidence(self, span: Pointed) -> Evidence:
        page = self._page(span.page)
        boxes = [Box(*box) for box in span.boxes]
        lines = []
        for line in page.lines if page is not None else ():
            words = [word for word in line.words if word.visible and any(_within(word.box, box) for box in boxes)]
            if words:
                lines.append(words)
        if not lines:
            return Evidence(span.page, tuple(boxes), span.quote)
        found = tuple(around(tuple(word.box for word in words)) for words in lines)
        return Evidence(span.page, found, " ".join(word.text for words in lines for word in words))

    def _page(self, number: int) -> Page | None:
        if self.parsed is None:
            return None
        page = next((page for page in self.parsed.pages if page.number == number), None)
        if page is None:
            raise InvalidValue(f"{self._document.name} has no page {number}.")
        return page


def _within(word: Box, box: Box) -> bool:
    """Whether the middle of a word lies in a box."""
    x, y = (word.x0 + word.x1) / 2, (word.y0 + word.y1) / 2
    return box.x0 <= x <= box.x1 and box.y0 <= y <= box.y1
