"""Pages of scans and photographs as pictures, for a model that can see. Runs in a parser child, as parsing does."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

from documents.limits import Limits
from documents.sniff import media_type
from schemas.document import Attachment, ParsedDocument

if TYPE_CHECKING:
    from PIL.Image import Image

PARSER = "documents.page_pictures:page_pictures"  # what a parser pool is told, to have its children draw
LONGEST_SIDE = 2_000  # pixels: models shrink larger pictures themselves
MOST_PAGES = 10
QUALITY = 85  # of JPEG
JPEG = "image/jpeg"


def page_pictures(
    content: bytes,
    name: str = "",  # noqa: ARG001 - what every parser is given
    *,
    limits: Limits,
    password: str | None = None,
) -> ParsedDocument:
    """Return the first pages of a PDF or picture as attachments: JPEG, named by their page number; no words.

    Pages that cannot be drawn are left out, and so are all of files of other kinds.

    Raises:
        Refusal: as `documents.parse.parse_bytes` does for files that cannot be opened.
    """
    kind = media_type(content)
    pages = _of_pdf(content, limits, password) if kind == "application/pdf" else _of_picture(content, kind, limits)
    drawn = tuple(_attachment(number, image) for number, image in pages)
    return ParsedDocument(hashlib.sha256(content).hexdigest(), kind, (), attachments=drawn)


def _of_pdf(content: bytes, limits: Limits, password: str | None) -> Iterator[tuple[int, Image]]:
    import pypdfium2 as pdfium

    from documents.pdf_open import open_pdf
    from documents.pdf_page import PictureTooLarge, picture_of, read_sheet

    document, _ = open_pdf(content, password, limits.seconds / 4)
    try:
        for index in range(min(MOST_PAGES, len(document))):
            try:
                sheet = read_sheet(document, index, limits.characters_per_page, limits.pixels)
                image, _ = picture_of(document, sheet, limits.pixels)
            except (pdfium.PdfiumError, PictureTooLarge):
                continue
            yield index + 1, image
    finally:
        document.close()


def _of_picture(content: bytes, kind: str, limits: Limits) -> Iterator[tuple[int, Image]]:
    from documents.image import frames
    from documents.parse import PICTURES

    if kind not in PICTURES:
        return
    for number, (image, _, _) in enumerate(frames(content, kind, limits), 1):
        if number > MOST_PAGES:
            return
        yield number, image


def _attachment(number: int, image: Image) -> Attachment:
    image = image.convert("RGB")
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    target = io.BytesIO()
    image.save(target, "JPEG", quality=QUALITY)
    data = target.getvalue()
    return Attachment(str(number), JPEG, data, hashlib.sha256(data).hexdigest())
