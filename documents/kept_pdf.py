"""The PDF file of the last job of a parser child, still open: with its fonts loaded, the next page takes half the time.

What pdfium keeps of a file grows with the pages that were looked at, so it is closed after some of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import pypdfium2 as pdfium

from documents.pdf_open import open_pdf

PAGES = 50  # after which a file is opened anew


@dataclass(slots=True)
class _Kept:
    content: bytes
    password: str | None
    document: pdfium.PdfDocument
    pages: int = 0


_last: _Kept | None = None


def kept_open(content: bytes, password: str | None, repair_seconds: float) -> pdfium.PdfDocument:
    """Return the open file for one page; whoever asks must not close it.

    It is opened unless `content` is the very object of the call before. Raises Refusal as `open_pdf` does.
    """
    global _last  # of the child, which does one job at a time
    if _last is not None and (_last.content is not content or _last.password != password or _last.pages >= PAGES):
        _last.document.close()
        _last = None
    if _last is None:
        _last = _Kept(content, password, open_pdf(content, password, repair_seconds)[0])
    _last.pages += 1
    return _last.document
