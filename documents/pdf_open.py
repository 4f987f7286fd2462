"""Opening a PDF: with its password, after a repair where it is damaged, and telling when it was."""

from __future__ import annotations

import re

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from documents.pdf_structure import repaired
from documents.time_slice import SliceOver, time_slice
from schemas.document import Finding
from schemas.errors import Reason, Refusal

TAIL = 2048  # bytes at the end in which an intact file points to its table of contents


def open_pdf(content: bytes, password: str | None, repair_seconds: float) -> tuple[pdfium.PdfDocument, list[Finding]]:
    """Return the open document and, if it was damaged, a finding that says so.

    Raises:
        Refusal: `password_needed`, or `broken_structure` if it cannot be repaired within `repair_seconds`.
    """
    try:
        document = _unlocked(content, password)
    except pdfium.PdfiumError as error:
        return _repaired(content, password, repair_seconds, error), [_repair_finding()]
    return document, ([] if _points_to_its_contents(content) else [_repair_finding()])


def _unlocked(content: bytes, password: str | None) -> pdfium.PdfDocument:
    """The document without a password, else with the one given; raises Refusal if neither opens it."""
    for attempt in (None, password) if password else (None,):
        try:
            return pdfium.PdfDocument(content, password=attempt)
        except pdfium.PdfiumError as error:
            if error.err_code != raw.FPDF_ERR_PASSWORD:
                raise
    tried = "The password given does not open the file." if password else "The file is locked with a password."
    raise Refusal(Reason.PASSWORD_NEEDED, tried, "Give its password with --password, or save an unlocked copy.")


def _repaired(content: bytes, password: str | None, seconds: float, error: Exception) -> pdfium.PdfDocument:
    try:
        with time_slice(seconds):
            return pdfium.PdfDocument(repaired(content, password))
    except MemoryError:
        raise
    except (Exception, SliceOver):  # noqa: BLE001 - a hostile file makes pypdf raise anything
        raise Refusal(
            Reason.BROKEN_STRUCTURE,
            f"The PDF is damaged and neither of two readers can open it ({str(error)[:80]}).",
            "Ask the sender for the file again, or print it to a new PDF in a viewer that still shows it.",
        ) from None


def _repair_finding() -> Finding:
    return Finding(
        "repaired", "The PDF is damaged and was read after a repair; parts of it may be missing.", needs_review=True
    )


def _points_to_its_contents(content: bytes) -> bool:
    """Whether the last lines of the file lead to its cross-reference table, as in every file that was fully written."""
    end = content[-TAIL:]
    pointers = re.findall(rb"startxref\s+(\d+)", end)
    if not pointers or b"%%EOF" not in end:
        return False
    junk = max(0, content[:1024].find(b"%PDF-"))
    return any(
        re.match(rb"\s*(?:xref\b|\d+\s+\d+\s+obj\b)", content[int(pointers[-1]) + start :][:40])
        for start in {0, junk}
        if len(pointers[-1]) < 12
    )
