"""PDF: pdfium for the text and its places, pypdf for the structure, OCR for pages without usable text."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field

import pypdf
import pypdfium2 as pdfium

from documents.fonts import has_doubtful_font
from documents.limits import Limits
from documents.parts import Parts
from documents.pdf_fields import with_fields
from documents.pdf_open import open_pdf
from documents.pdf_page import Sheet, read_sheet
from documents.pdf_reading import PageReader, unreadable
from documents.pdf_structure import Structure, opened, read_structure, text_of
from documents.time_slice import SliceOver, time_slice
from schemas.document import DOUBTFUL_FONT, Finding
from schemas.errors import Reason, Refusal

STRUCTURE_SHARE = 0.25  # of the seconds of a document that pypdf may take for one of its tasks
SUSPICIOUS_PAGES = 10  # pages that are asked for a second opinion
DISAGREEMENT = 0.2  # difference in letters between the two readers that a person should know of
LEAST_LETTERS = 20  # texts shorter than this are not compared


@dataclass(slots=True)
class _Work:
    """A PDF while it is read."""

    document: pdfium.PdfDocument
    content: bytes
    limits: Limits
    password: str | None
    findings: list[Finding] = field(default_factory=list)
    reader: pypdf.PdfReader | None = None

    @property
    def slice(self) -> float:
        """Seconds for one task of pypdf."""
        return STRUCTURE_SHARE * self.limits.seconds


def parse_pdf(content: bytes, limits: Limits, password: str | None = None) -> Parts:
    """Return pages, attachments, form fields and findings of a PDF.

    Raises:
        Refusal: `password_needed`, `broken_structure`, `too_many_pages`.
    """
    document, findings = open_pdf(content, password, STRUCTURE_SHARE * limits.seconds)
    work = _Work(document, content, limits, password, findings)
    try:
        sheets = _sheets(work)
        structure = _structure(work, sheets)
        _second_opinion(work, sheets)
        _doubt_fonts(work)
        reader = PageReader(document, limits, findings)
        pages = tuple(with_fields(reader.page(sheet), structure.typed) for sheet in sheets)
    finally:
        document.close()
    rulings = {sheet.number: sheet.rulings for sheet in sheets}
    found = (*findings, *structure.findings)
    return Parts(pages, structure.attachments, structure.form_fields, found, structure.metadata, rulings=rulings)


def _sheets(work: _Work) -> list[Sheet]:
    count = _page_count(work)
    sheets = []
    for index in range(count):
        try:
            sheet = read_sheet(work.document, index, work.limits.characters_per_page, work.limits.pixels)
        except pdfium.PdfiumError:
            work.findings.append(unreadable(index + 1, "its structure is damaged"))
            continue
        if sheet.cut:
            message = f"Page {sheet.number} has more than {work.limits.characters_per_page:,} characters; it was cut."
            work.findings.append(Finding("page_cut", message, sheet.number, needs_review=True))
        sheets.append(sheet)
    if not sheets:
        raise Refusal(
            Reason.BROKEN_STRUCTURE,
            "The PDF is damaged: none of its pages can be read.",
            "Ask the sender for the file again.",
        )
    return sheets


def _page_count(work: _Work) -> int:
    """Number of pages; a count that the file states but does not have is damage, not length."""
    count, most = len(work.document), work.limits.pages
    if count <= most:
        return max(0, count)
    try:
        work.document[most].close()
    except pdfium.PdfiumError:
        raise Refusal(
            Reason.BROKEN_STRUCTURE,
            f"The PDF is damaged: it claims to have {count:,} pages and does not.",
            "Ask the sender for the file again.",
        ) from None
    raise Refusal(
        Reason.TOO_MANY_PAGES,
        f"The PDF has {count:,} pages, the limit is {most:,}.",
        "Split it, or raise the limit of pages in the settings.",
    )


def _structure(work: _Work, sheets: list[Sheet]) -> Structure:
    placements = {sheet.number: sheet.placement for sheet in sheets}
    try:
        with time_slice(work.slice):
            work.reader = opened(work.content, work.password)
            return read_structure(work.reader, placements, work.limits.attachment_megabytes * 1_000_000)
    except SliceOver:
        why = "took too long"
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - a hostile file makes pypdf raise anything
        why = f"failed ({type(error).__name__})"
    message = f"Reading attachments and form fields {why}; there may be some that were not used."
    work.findings.append(Finding("structure_unread", message, needs_review=True))
    return Structure()


def _second_opinion(work: _Work, sheets: list[Sheet]) -> None:
    """Compare with pypdf's text where pdfium's is suspicious: pages without text that are drawn on, damaged files."""
    damaged = any(finding.code == "repaired" for finding in work.findings)
    asked = [sheet for sheet in sheets if damaged or (not sheet.glyphs and sheet.paths and not sheet.picture_share)]
    if work.reader is None or not asked:
        return
    with suppress(Exception, SliceOver), time_slice(work.slice):
        for sheet in asked[:SUSPICIOUS_PAGES]:
            ours = sum(len(glyphs.text) for glyphs in sheet.glyphs)
            theirs = len("".join(text_of(work.reader, sheet.number).split()))
            if max(ours, theirs) >= LEAST_LETTERS and abs(ours - theirs) > DISAGREEMENT * max(ours, theirs):
                message = f"Two readers find different text on page {sheet.number} ({ours} and {theirs} letters)."
                work.findings.append(Finding("readers_disagree", message, sheet.number, needs_review=True))


def _doubt_fonts(work: _Work) -> None:
    """Tell of fonts that may draw other letters than they state; what cannot be looked at is doubted."""
    doubted = True
    with suppress(Exception, SliceOver), time_slice(work.slice):
        doubted = work.reader is None or has_doubtful_font(work.reader)
    if doubted:
        message = (
            "A font may draw other letters than the file says; values are compared with the picture of their page."
        )
        work.findings.append(Finding(DOUBTFUL_FONT, message))
