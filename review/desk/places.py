"""What stands where a person points: words, running text without page heads, and how the document writes.

Pages are read one by one from their index, and only those that are needed: a save must not wait for a thousand of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cached_property
from itertools import groupby
from typing import Protocol

from extractors.page.locale import Locale, locale_of
from extractors.page.runs import Layout
from extractors.rules.flow import Flow
from schemas.document import Box, Line, Page, ParsedDocument, Word, around
from schemas.errors import InvalidValue, UnknownDocument
from schemas.results import Evidence
from store.entities import Document
from store.page_index import PageIndex
from store.store import Store

LOCALE_PAGES = 5  # that are read at most to see how a document writes
TEXT_REACH = 10  # pages before and after a clause that show what is a page head
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
    """The places of one document; its pages are read from the store only when one is asked for."""

    def __init__(self, store: Store, document: Document, near: int = 1) -> None:
        """Use a stored document; how it writes is judged from the page with the number `near` first."""
        self._store = store
        self._document = document
        self._near = near
        self._read: dict[int, Page] = {}

    @cached_property
    def locale(self) -> Locale:
        """How the document writes numbers and days; of other pages than the near one only as many as are needed."""
        if self._index is None or not self._index.pages:
            return _PLAIN
        numbers = [page.number for page in self._index.pages]
        nearest = sorted(numbers, key=lambda number: (abs(number - self._near), number))[: LOCALE_PAGES - 1]
        read: list[Page] = []
        found = _PLAIN
        for number in dict.fromkeys((nearest[0], numbers[0], *nearest)):
            read.append(self._page_at(self._index, number))
            found = locale_of(Layout(self._document_of(read)))
            if found.decimal is not None and found.order_is_shown:
                break
        return found

    def evidence(self, spans: Iterable[Pointed]) -> tuple[Evidence, ...]:
        """Return the evidence at these places: boxes and quote are those of the words there, where there are any.

        Raises:
            InvalidValue: the document has no such page.
        """
        return tuple(self._evidence(span) for span in spans)

    def running_text(self, spans: Iterable[Pointed]) -> str:
        """Return what the running text says at these places, without page heads and numbers; "" if nothing."""
        index, pointed = self._index, [(span.page, Box(*box)) for span in spans for box in span.boxes]
        if index is None:
            return ""
        near = [
            self._page_at(index, each.number)
            for each in index.pages
            if any(abs(each.number - page) <= TEXT_REACH for page, _ in pointed)
        ]
        flow = Flow(Layout(self._document_of(near)))
        passages = flow.passages(0, len(flow.text))
        lines = []
        for passage in passages:
            words = [
                word
                for word in passage.run.words
                if any(page == passage.run.page and box.holds(word.box) for page, box in pointed)
            ]
            if words:
                lines.append(" ".join(word.text for word in words))
        return " ".join(lines)

    def _evidence(self, span: Pointed) -> Evidence:
        page = self._page(span.page)
        boxes = [Box(*box) for box in span.boxes]
        lines = []
        for line in page.lines if page is not None else ():
            words = [word for word in line.words if word.visible and any(box.holds(word.box) for box in boxes)]
            if words:
                lines.append(words)
        if not lines:
            return Evidence(span.page, tuple(boxes), span.quote)
        found = tuple(around(tuple(word.box for word in words)) for words in lines)
        return Evidence(span.page, found, " ".join(word.text for words in lines for word in words))

    @cached_property
    def _index(self) -> PageIndex | None:
        """The stored pages; None where there are none."""
        version = self._document.parser_version
        return None if version is None else self._store.files.get_pages(self._document.sha256, version)

    def _page(self, number: int) -> Page | None:
        if self._index is None:
            return None
        try:
            return self._page_at(self._index, number)
        except UnknownDocument:
            raise InvalidValue(f"{self._document.name} has no page {number}.") from None

    def _page_at(self, index: PageIndex, number: int) -> Page:
        if number not in self._read:
            shape, words = index.page(number), json.loads(index.words(number))["words"]
            lines = tuple(
                Line(tuple(Word(word[4], Box(*word[:4]), number, bool(word[5])) for word in line), at)
                for at, line in groupby(words, key=lambda word: int(word[6]))
            )
            self._read[number] = Page(number, shape.width, shape.height, lines)
        return self._read[number]

    def _document_of(self, pages: Iterable[Page]) -> ParsedDocument:
        in_order = tuple(sorted(pages, key=lambda page: page.number))
        return ParsedDocument(self._document.sha256, "", in_order)
