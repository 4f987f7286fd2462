"""PDF pages by pdfium: words, rulings, pictures of pages. One page open at a time, its text closed first."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from documents.lines import lines_of
from documents.pdf_text import Glyphs, glyphs_of, main_direction, place
from documents.placement import Placement
from documents.rulings import Rulings, rulings_of
from schemas.document import Page


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page as pdfium read it."""

    page: Page
    rulings: Rulings
    glyphs: tuple[Glyphs, ...]
    cut: bool  # the page has more characters than the limit


@contextmanager
def opened_page(document: pdfium.PdfDocument, index: int) -> Iterator[pdfium.PdfPage]:
    """Give page `index` (from 0) and close it, also when reading it fails."""
    page = document[index]
    try:
        yield page
    finally:
        page.close()


def read_sheet(document: pdfium.PdfDocument, index: int, most_characters: int) -> Sheet:
    """Return page `index` (from 0) with its words and rulings; raises PdfiumError if the page cannot be loaded."""
    with opened_page(document, index) as page:
        text_page = page.get_textpage()
        try:
            glyphs, cut = glyphs_of(text_page, most_characters)
        finally:
            text_page.close()
        placement = placement_of(page, main_direction(glyphs))
        rulings = rulings_of(page, placement)
    words = place(glyphs, placement, index + 1)
    seen = Page(index + 1, placement.width, placement.height, lines_of(words), rotation=placement.rotation)
    return Sheet(seen, rulings, tuple(glyphs), cut)


def placement_of(page: pdfium.PdfPage, text_direction: int = 0) -> Placement:
    """Return how `page` is turned upright: its own rotation, and a quarter more where its text runs otherwise."""
    rotation = raw.FPDFPage_GetRotation(page.raw) * 90 % 360
    left, bottom, right, top = page.get_bbox()
    seen_direction = (text_direction - rotation) % 360
    return Placement(left, bottom, right, top, (rotation + seen_direction) % 360)
