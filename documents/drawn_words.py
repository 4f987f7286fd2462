"""What the picture of a page shows at given places, read by OCR. Runs in a parser child, as parsing does.

A file states which letter each of its shapes is, and may lie: only the picture tells what a person reads.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from documents.limits import Limits
from documents.sniff import media_type
from schemas.document import Box, Line, Page, ParsedDocument, Word
from schemas.errors import Reason, Refusal

if TYPE_CHECKING:
    from PIL.Image import Image

PARSER = "documents.drawn_words:drawn_words"  # what a parser pool is told, to have its children read places
RIM = 1.5  # points around a place: what is cut to its letters reads badly


def drawn_words(
    content: bytes,
    name: str = "",  # noqa: ARG001 - what every parser is given
    *,
    limits: Limits,
    password: str | None = None,
    pages: Sequence[dict[str, Any]],
    dots: float,
) -> ParsedDocument:
    """Return pages with a line of one word for each place, in its order: its box, what is read there, maybe nothing.

    Args:
        content: a PDF file.
        name: of the file.
        limits: bounds for the work.
        password: opens the file.
        pages: `number`, `width`, `height` and `rotation` as `schemas.document.Page` has them, and `boxes`.
        dots: pixels per inch.

    Raises:
        Refusal: `not_supported` for other files, and what `documents.drawn_page.drawn_page` raises.
    """
    from documents.drawn_page import pdf_picture
    from documents.ocr import read_strips
    from documents.pdf_open import open_pdf

    if media_type(content) != "application/pdf":
        raise Refusal(Reason.NOT_SUPPORTED, "Files of this kind have no pictures of pages.", "Read its text instead.")
    read = []
    with open_pdf(content, password, limits.seconds / 4)[0] as document:
        for page in pages:
            boxes = [Box(*each) for each in page["boxes"]]
            picture = pdf_picture(document, page, dots, limits)
            texts = read_strips([_cut(picture, box, dots / 72) for box in boxes])
            read.append(_page(page, boxes, texts))
    return ParsedDocument(hashlib.sha256(content).hexdigest(), "application/pdf", tuple(read))


def _cut(picture: Image, box: Box, scale: float) -> Image:
    left, top = max(0, int((box.x0 - RIM) * scale)), max(0, int((box.y0 - RIM) * scale))
    right, bottom = (
        min(picture.width, int((box.x1 + RIM) * scale) + 1),
        min(picture.height, int((box.y1 + RIM) * scale) + 1),
    )
    return picture.crop((left, top, max(right, left + 1), max(bottom, top + 1)))


def _page(page: dict[str, Any], boxes: Sequence[Box], texts: Sequence[tuple[str, float]]) -> Page:
    words = [
        Word(text, box, page["number"], origin="ocr", ocr_confidence=score)
        for box, (text, score) in zip(boxes, texts, strict=True)
    ]
    lines = tuple(Line((word,), block) for block, word in enumerate(words))
    return Page(page["number"], page["width"], page["height"], lines, "ocr", page["rotation"])
