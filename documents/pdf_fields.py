"""Values of form fields that a PDF leaves to the viewer to draw, set as words where a viewer would draw them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from documents.lines import lines_of
from schemas.document import Box, FormField, Page, Word

FIELD_SIZE = 10.0  # points: what viewers take for fields that state no size
LETTER_WIDTH = 0.5  # of the size


def with_fields(page: Page, typed: Sequence[FormField]) -> Page:
    """Return the page with the values of `typed` fields on it that are not among its words yet."""
    words = page.words
    missing = [
        word
        for field in typed
        if field.page == page.number and field.box is not None and not any(_inside(word, field.box) for word in words)
        for word in _words_in(field.value, field.box, page.number)
    ]
    return replace(page, lines=lines_of([*words, *missing])) if missing else page


def _inside(word: Word, box: Box) -> bool:
    x, y = word.box.middle
    return word.visible and box.x0 <= x <= box.x1 and box.y0 <= y <= box.y1


def _words_in(value: str, box: Box, page: int) -> Iterator[Word]:
    """The words of a value set into its field from the left, as viewers do."""
    size = min(FIELD_SIZE, 0.8 * box.height)
    top, x = box.y0, box.x0 + 2
    for line in value.splitlines():
        for text in line.split():
            width = LETTER_WIDTH * size * len(text)
            yield Word(text, Box(x, top, x + width, top + 1.2 * size), page, size=size)
            x += width + LETTER_WIDTH * size
        top, x = top + 1.2 * size, box.x0 + 2
