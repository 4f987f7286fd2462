"""The one door: bytes to ParsedDocument, in this process; `documents.jail` runs it in a killable child."""

from __future__ import annotations

import hashlib

import pypdfium2 as pdfium

from documents.limits import Limits
from documents.parts import Parts
from documents.pdf import read_sheet
from schemas.document import ParsedDocument

STANDARD = Limits()


def parse_bytes(
    content: bytes, name: str = "", *, limits: Limits = STANDARD, password: str | None = None
) -> ParsedDocument:
    """Return what `content` holds; raises Refusal with a reason code when it cannot be read within `limits`."""
    document = pdfium.PdfDocument(content, password=password)
    try:
        sheets = [read_sheet(document, index, limits.characters_per_page) for index in range(len(document))]
    finally:
        document.close()
    parts = Parts(tuple(sheet.page for sheet in sheets), rulings={s.page.number: s.rulings for s in sheets})
    return ParsedDocument(hashlib.sha256(content).hexdigest(), "application/pdf", parts.pages)
