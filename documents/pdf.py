"""PDF: pdfium for the text and its places, pypdf for the structure, OCR for pages without usable text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

import pypdf
import pypdfium2 as pdfium
import pypdfium2.raw as raw

from documents.limits import Limits
from documents.lines import lines_of
from documents.parts import Parts
from documents.pdf_page import PictureTooLarge, Sheet, picture_of, read_sheet
from documents.pdf_structure import Structure, opened, read_structure, repaired, text_of
from documents.pdf_text import Glyphs, place
from documents.time_slice import SliceOver, time_slice
from schemas.document import Box, Finding, FormField, Page, Word
from schemas.errors import Reason, Refusal

SCAN_SHARE = 0.5  # of the page: pictures that cover as much make it a scan
PICTURE_SHARE = 0.04  # of the page: smaller pictures hold no text that is worth reading
SHAPES_OF_TEXT = 40  # drawn shapes on a page without text: letters turned to curves
FEW_WORDS = 20  # on a scan: page numbers, stamps and fax lines, not the text of the page
LEAST_LAYER = 5  # words that a hidden text layer of a scan must have to be believed
UNREADABLE = 0.3  # share of letters without a meaning from which a text is garbage
STRUCTURE_SHARE = 0.25  # of the seconds of a document that pypdf may take for one of its tasks
SUSPICIOUS_PAGES = 10  # pages that are asked for a second opinion
DISAGREEMENT = 0.2  # difference in letters between the two readers that a person should know of
LEAST_LETTERS = 20  # texts shorter than this are not compared
FIELD_SIZE = 10.0  # points: what viewers take for fields that state no size
LETTER_WIDTH = 0.5  # of the size
MISREAD = re.compile(r"\d[a-zA-Z]+\d|[A-Za-z]\d+[A-Za-z]|[|\\[\]{}~^_¢«»§¥]|[^\W\d_][^\w\s.,'’&/@:-]{1,2}[^\W\d_]")
MISREAD_SHARE = 0.02  # of the words of a text layer; measured on scans: 0.04 to 0.12 where dates were misread, else 0
NOT_LETTERS = re.compile("[\ufffd\ue000-\uf8ff\x00-\x08\x0e-\x1f\x7f-\x9f]")
TAIL = 2048  # bytes at the end in which an intact file points to its table of contents


@dataclass(slots=True)
class _Work:
    """A PDF while it is read."""

    document: pdfium.PdfDocument
    content: bytes
    limits: Limits
    password: str | None
    findings: list[Finding] = field(default_factory=list)
    reader: pypdf.PdfReader | None = None


def parse_pdf(content: bytes, limits: Limits, password: str | None = None) -> Parts:
    """Return pages, attachments, form fields and findings of a PDF.

    Raises:
        Refusal: `password_needed`, `broken_structure`, `too_many_pages`.
    """
    findings: list[Finding] = []
    document = _opened(content, limits, password, findings)
    work = _Work(document, content, limits, password, findings)
    try:
        sheets = _sheets(work)
        structure = _structure(work, sheets)
        _second_opinion(work, sheets)
        pages = tuple(_with_fields(_page(work, sheet), structure.typed) for sheet in sheets)
    finally:
        document.close()
    rulings = {sheet.number: sheet.rulings for sheet in sheets}
    found = (*findings, *structure.findings)
    return Parts(pages, structure.attachments, structure.form_fields, found, structure.metadata, rulings=rulings)


# Opening


def _opened(content: bytes, limits: Limits, password: str | None, findings: list[Finding]) -> pdfium.PdfDocument:
    try:
        document = _unlocked(content, password)
    except pdfium.PdfiumError as error:
        document = _repaired(content, limits, password, error)
        findings.append(_repair_finding())
        return document
    if not _points_to_its_contents(content):
        findings.append(_repair_finding())
    return document


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


def _repaired(content: bytes, limits: Limits, password: str | None, error: Exception) -> pdfium.PdfDocument:
    try:
        with time_slice(STRUCTURE_SHARE * limits.seconds):
            return pdfium.PdfDocument(repaired(content, password))
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


# Pages


def _sheets(work: _Work) -> list[Sheet]:
    count = _page_count(work)
    sheets = []
    for index in range(count):
        try:
            sheet = read_sheet(work.document, index, work.limits.characters_per_page)
        except pdfium.PdfiumError:
            work.findings.append(_unreadable(index + 1, "its structure is damaged"))
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


def _unreadable(number: int, why: str) -> Finding:
    message = f"Page {number} could not be read: {why}."
    return Finding("page_unreadable", message, number, needs_review=True)


def _page(work: _Work, sheet: Sheet) -> Page:
    """The page with the words that a person sees: drawn, in the text layer of a scan, or read from a picture."""
    words = place(list(sheet.glyphs), sheet.placement, sheet.number)
    drawn = [glyphs for glyphs in sheet.glyphs if glyphs.drawn]
    hidden = [glyphs for glyphs in sheet.glyphs if not glyphs.drawn]
    scan = sheet.picture_share >= SCAN_SHARE
    if not _readable(drawn):
        return _instead_of_garbage(work, sheet, words)
    if scan and len(hidden) >= max(LEAST_LAYER, len(drawn)) and _readable(hidden):
        if _garbled(hidden):
            return _read_from_picture(work, sheet, [word for word in words if word.visible])
        return _made(
            sheet, [_of_layer(sheet, word, glyphs) for word, glyphs in zip(words, sheet.glyphs, strict=True)], "ocr"
        )
    _tell_hidden(work, sheet, words)
    picture_only = not drawn and (sheet.picture_share >= PICTURE_SHARE or sheet.paths >= SHAPES_OF_TEXT)
    if picture_only or (scan and len(drawn) < FEW_WORDS):
        return _read_from_picture(work, sheet, words)
    return _made(sheet, words, "text")


def _instead_of_garbage(work: _Work, sheet: Sheet, words: list[Word]) -> Page:
    """The page as OCR reads it; where that finds nothing, the letters of the file with a warning."""
    page = _read_from_picture(work, sheet, [])
    if page.lines:
        return page
    message = f"The file does not say which letters page {sheet.number} shows; its text may be wrong."
    work.findings.append(Finding("letters_unknown", message, sheet.number, needs_review=True))
    return _made(sheet, words, "text")


def _readable(glyphs: Sequence[Glyphs]) -> bool:
    """Whether most letters of a text have a meaning; an empty text has nothing unreadable."""
    letters = sum(len(each.text) for each in glyphs)
    bad = sum(len(NOT_LETTERS.findall(each.text)) if each.mapped else len(each.text) for each in glyphs)
    return bad <= UNREADABLE * letters


def _garbled(layer: Sequence[Glyphs]) -> bool:
    """Whether a scanner's text layer has more misread words than our own reading would leave."""
    return sum(MISREAD.search(glyphs.text) is not None for glyphs in layer) > MISREAD_SHARE * len(layer)


def _of_layer(sheet: Sheet, word: Word, glyphs: Glyphs) -> Word:
    return word if glyphs.drawn else replace(word, visible=_on(sheet, word), origin="ocr")


def _tell_hidden(work: _Work, sheet: Sheet, words: list[Word]) -> None:
    hidden = sum(not word.visible and _on(sheet, word) for word in words)
    if hidden:
        message = f"Page {sheet.number} holds {hidden} words that no person would see; they were not used."
        work.findings.append(Finding("hidden_text", message, sheet.number, needs_review=True))


def _on(sheet: Sheet, word: Word) -> bool:
    """Words beside the page are leftovers of making it; words upon it without ink are there for machines only."""
    x, y = word.box.middle
    return 0 < x < sheet.placement.width and 0 < y < sheet.placement.height


def _read_from_picture(work: _Work, sheet: Sheet, words: list[Word]) -> Page:
    """The page as OCR reads it, beside what stood on it as text; a finding where that cannot be done."""
    from documents.ocr import read_turned  # heavy, and most files need none

    try:
        image, points_per_pixel = picture_of(work.document, sheet, work.limits.pixels)
        reading = read_turned(image, points_per_pixel=points_per_pixel, page=sheet.number)
    except PictureTooLarge:
        why = f"as a picture it has more than {work.limits.pixels:,} pixels"
        work.findings.append(_unreadable(sheet.number, why))
        return _made(sheet, words, "text")
    except (pdfium.PdfiumError, ValueError, OSError):
        work.findings.append(_unreadable(sheet.number, "no picture of it can be drawn"))
        return _made(sheet, words, "text")
    if not reading.words:
        return _made(sheet, words, "text" if words else "ocr")
    if reading.turn or reading.skew:
        words = []  # they stand in the picture as well, where the other words were found
    read = [word for word in reading.words if not any(_overlap(word, other) for other in words)]
    placement = replace(sheet.placement, rotation=(sheet.placement.rotation + reading.turn) % 360)
    return _made(replace(sheet, placement=placement), words + read, "ocr")


def _overlap(word: Word, other: Word) -> bool:
    x, y = word.box.middle
    return other.visible and other.box.x0 <= x <= other.box.x1 and other.box.y0 <= y <= other.box.y1


def _made(sheet: Sheet, words: list[Word], origin: str) -> Page:
    at = sheet.placement
    return Page(sheet.number, at.width, at.height, lines_of(words), "ocr" if origin == "ocr" else "text", at.rotation)


def _with_fields(page: Page, typed: Sequence[FormField]) -> Page:
    """The page with the values of form fields that the file leaves to the viewer to draw."""
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


# Structure and second opinion


def _structure(work: _Work, sheets: list[Sheet]) -> Structure:
    placements = {sheet.number: sheet.placement for sheet in sheets}
    try:
        with time_slice(STRUCTURE_SHARE * work.limits.seconds):
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
    with suppress(Exception, SliceOver), time_slice(STRUCTURE_SHARE * work.limits.seconds):
        for sheet in asked[:SUSPICIOUS_PAGES]:
            ours = sum(len(glyphs.text) for glyphs in sheet.glyphs)
            theirs = len("".join(text_of(work.reader, sheet.number).split()))
            if max(ours, theirs) >= LEAST_LETTERS and abs(ours - theirs) > DISAGREEMENT * max(ours, theirs):
                message = f"Two readers find different text on page {sheet.number} ({ours} and {theirs} letters)."
                work.findings.append(Finding("readers_disagree", message, sheet.number, needs_review=True))
