"""What a person sees on a PDF page: its drawn text, the text layer of a scan, or what OCR reads from its picture."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pypdfium2 as pdfium

from documents.limits import Limits
from documents.lines import lines_of
from documents.pdf_page import PictureTooLarge, Sheet, picture_of
from documents.pdf_text import Glyphs, place, printed_once
from schemas.document import Finding, Origin, Page, Word

SCAN_SHARE = 0.5  # of the page: pictures that cover as much make it a scan
PICTURE_SHARE = 0.04  # of the page: smaller pictures hold no text that is worth reading
SHAPES_OF_TEXT = 40  # drawn shapes on a page without text: letters turned to curves
FEW_WORDS = 20  # on a scan: page numbers, stamps and fax lines, not the text of the page
LEAST_LAYER = 5  # words that a hidden text layer of a scan must have to be believed
UNREADABLE = 0.3  # share of letters without a meaning from which a text is garbage
MISREAD = re.compile(r"\d[a-zA-Z]+\d|[A-Za-z]\d+[A-Za-z]|[|\\[\]{}~^_¢«»§¥]|[^\W\d_][^\w\s.,'’&/@:-]{1,2}[^\W\d_]")
MISREAD_SHARE = 0.02  # of the words of a text layer; measured on scans: 0.04 to 0.12 where dates were misread, else 0
NOT_LETTERS = re.compile("[\ufffd\ue000-\uf8ff\x00-\x08\x0e-\x1f\x7f-\x9f]")


@dataclass(slots=True)
class PageReader:
    """Reads the sheets of an open document; `findings` gathers what a person should know."""

    document: pdfium.PdfDocument
    limits: Limits
    findings: list[Finding] = field(default_factory=list)

    def page(self, sheet: Sheet) -> Page:
        """Return the page with the words that a person sees; hidden ones are marked as not visible."""
        words = place(list(sheet.glyphs), sheet.placement, sheet.number)
        drawn = [glyphs for glyphs in sheet.glyphs if glyphs.drawn]
        hidden = [
            glyphs for glyphs in sheet.glyphs if not glyphs.drawn and glyphs.backed
        ]  # what a scan's layer may say
        scan = sheet.picture_share >= SCAN_SHARE
        if not _readable(drawn):
            return self._instead_of_garbage(sheet, words)
        if scan and len(hidden) >= max(LEAST_LAYER, len(drawn)) and _readable(hidden):
            if _garbled(hidden):
                return self._from_picture(sheet, [word for word in words if word.visible])
            layered = _with_layer(sheet, words)
            self._tell_hidden(sheet, layered)
            return _made(sheet, layered, "ocr")
        self._tell_hidden(sheet, words)
        picture_only = not drawn and (sheet.picture_share >= PICTURE_SHARE or sheet.paths >= SHAPES_OF_TEXT)
        if picture_only or (scan and len(drawn) < FEW_WORDS):
            return self._from_picture(sheet, words)
        return _made(sheet, words, "text")

    def _instead_of_garbage(self, sheet: Sheet, words: list[Word]) -> Page:
        """The page as OCR reads it; where that finds nothing, the letters of the file with a warning."""
        page = self._from_picture(sheet, [])
        if page.lines:
            return page
        message = f"The file does not say which letters page {sheet.number} shows; its text may be wrong."
        self.findings.append(Finding("letters_unknown", message, sheet.number, needs_review=True))
        return _made(sheet, words, "text")

    def _tell_hidden(self, sheet: Sheet, words: list[Word]) -> None:
        if not sheet.looked_at:
            message = f"Whether a person sees the text of page {sheet.number} could not be checked."
            self.findings.append(Finding("visibility_unchecked", message, sheet.number, needs_review=True))
        unseen = [
            glyphs.cut_off
            for word, glyphs in zip(words, sheet.glyphs, strict=True)
            if not word.visible and _on(sheet, word)
        ]
        cut_off, hidden = sum(unseen), len(unseen) - sum(unseen)
        if cut_off:
            message = (
                f"On page {sheet.number} {cut_off} words are cut off at the edge of their place; they were not used."
            )
            self.findings.append(Finding("clipped_text", message, sheet.number))
        if hidden:
            message = f"Page {sheet.number} holds {hidden} words that no person would see; they were not used."
            self.findings.append(Finding("hidden_text", message, sheet.number, needs_review=True))

    def _from_picture(self, sheet: Sheet, words: list[Word]) -> Page:
        """The page as OCR reads it, beside what stood on it as text; a finding where that cannot be done."""
        from documents.ocr import read_turned  # heavy, and most files need none

        try:
            image, points_per_pixel = picture_of(self.document, sheet, self.limits.pixels)
            reading = read_turned(image, points_per_pixel=points_per_pixel, page=sheet.number)
        except PictureTooLarge:
            self.findings.append(unreadable(sheet.number, f"a picture on it has over {self.limits.pixels:,} pixels"))
            return _made(sheet, words, "text")
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001 - drawing and reading hostile pictures fails in many ways
            self.findings.append(unreadable(sheet.number, "its picture cannot be drawn or read"))
            return _made(sheet, words, "text")
        if not reading.words:
            return _made(sheet, words, "text" if words else "ocr")
        if reading.turn or reading.skew:
            words = []  # they stand in the picture as well, where the other words were found
        read = [word for word in reading.words if not any(_overlap(word, other) for other in words)]
        placement = replace(sheet.placement, rotation=(sheet.placement.rotation + reading.turn) % 360)
        return _made(replace(sheet, placement=placement), words + read, "ocr", reading.skew)


def unreadable(number: int, why: str) -> Finding:
    """Return the finding that page `number` could not be read."""
    return Finding("page_unreadable", f"Page {number} could not be read: {why}.", number, needs_review=True)


def _readable(glyphs: Sequence[Glyphs]) -> bool:
    """Whether most letters of a text have a meaning; an empty text has nothing unreadable."""
    letters = sum(len(each.text) for each in glyphs)
    bad = sum(len(NOT_LETTERS.findall(each.text)) if each.mapped else len(each.text) for each in glyphs)
    return bad <= UNREADABLE * letters


def _garbled(layer: Sequence[Glyphs]) -> bool:
    """Whether a scanner's text layer has more misread words than our own reading would leave."""
    return sum(MISREAD.search(glyphs.text) is not None for glyphs in layer) > MISREAD_SHARE * len(layer)


def _with_layer(sheet: Sheet, words: list[Word]) -> list[Word]:
    """The words of a scan, those of its invisible text layer as read by OCR."""
    return [
        word if glyphs.drawn else replace(word, visible=glyphs.backed and _on(sheet, word), origin="ocr")
        for word, glyphs in zip(words, sheet.glyphs, strict=True)
    ]


def _on(sheet: Sheet, word: Word) -> bool:
    """Words beside the page are leftovers of making it; words upon it without ink are there for machines only."""
    x, y = word.box.middle
    return 0 < x < sheet.placement.width and 0 < y < sheet.placement.height


def _overlap(word: Word, other: Word) -> bool:
    x, y = word.box.middle
    return other.visible and other.box.x0 <= x <= other.box.x1 and other.box.y0 <= y <= other.box.y1


def _made(sheet: Sheet, words: list[Word], origin: Origin, lean: float = 0.0) -> Page:
    at = sheet.placement
    return Page(sheet.number, at.width, at.height, lines_of(list(printed_once(words))), origin, at.rotation, lean)
