"""Words of one PDF page, grouped from the boxes of its characters as pdfium gives them."""

from __future__ import annotations

import ctypes
import math
import re
from dataclasses import dataclass
from typing import Any, NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from documents.placement import Placement
from schemas.document import Word

WIDEST_GAP = 0.28  # of the font size: a wider gap between two characters parts words even without a blank
FURTHEST_BACK = 1.2  # of the font size: a character that steps further back starts a new word
LARGEST_SHIFT = 0.55  # of the font size, across the reading direction: more is another line
FLATTEST_BOX = 0.6  # of the font size: fonts that state no ascent give boxes flatter than this
TALLEST_BOX = 2.2  # of the font size: fonts with odd metrics give boxes taller than this
ASCENT, DESCENT = 0.8, 0.2  # of the font size: where a box stands around the base line when the font's own is unusable
BOLD_NAME = re.compile(r"bold|black|heavy|demi(?!oblique)|,b\b|-b\b", re.IGNORECASE)
BOLD_WEIGHT = 600
INVISIBLE_MODES = frozenset({raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP})
STROKED_MODES = frozenset({raw.FPDF_TEXTRENDERMODE_FILL_STROKE})
HYPHENS = {0x02: "-", 0xFFFE: "-", 0xAD: "-"}  # pdfium's marks for a hyphen at the end of a line, and the soft hyphen
LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st"}
SPELLED = {**HYPHENS, **LIGATURES}
BLANKS = frozenset(
    [*range(0x09, 0x0E), 0x20, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200C), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000]
)


class Glyphs(NamedTuple):
    """One word in stored coordinates; `direction` is the quarter in which it reads, counter-clockwise degrees."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    direction: int
    size: float
    bold: bool
    drawn: bool  # false: the file paints no ink for it
    mapped: bool  # false: the file does not say which letters its shapes are


@dataclass(frozen=True, slots=True)
class Style:
    """How a run of characters is drawn."""

    size: float
    direction: int
    bold: bool
    drawn: bool


def glyphs_of(text_page: pdfium.PdfTextPage, most_characters: int) -> tuple[list[Glyphs], bool]:
    """Return the words of a page in the order of the file; the flag says that the page was cut at the limit."""
    handle = text_page.raw
    count = max(0, raw.FPDFText_CountChars(handle))
    styles = _Styles(handle)
    unicode_of, box_of = raw.FPDFText_GetUnicode, raw.FPDFText_GetLooseCharBox
    rectangle = raw.FS_RECTF()
    reference = ctypes.byref(rectangle)
    grown: list[_Growing] = []
    word: _Growing | None = None
    for index in range(min(count, most_characters)):
        code = unicode_of(handle, index)
        if code in BLANKS or code == 0:
            word = None
            continue
        box_of(handle, index, reference)
        box = (rectangle.left, rectangle.bottom, rectangle.right, rectangle.top)
        if word is not None and not word.continues(box):
            word = None
        if word is None:
            word = _Growing(styles.at(index), not raw.FPDFText_HasUnicodeMapError(handle, index))
            grown.append(word)
        word.add(SPELLED.get(code) or chr(code), box)
    return [word.finished() for word in grown], count > most_characters


class _Growing:
    """A word while its characters arrive."""

    __slots__ = ("boxes", "letters", "mapped", "style")

    def __init__(self, style: Style, mapped: bool) -> None:
        self.style = style
        self.mapped = mapped
        self.letters: list[str] = []
        self.boxes: list[tuple[float, float, float, float]] = []

    def add(self, letters: str, box: tuple[float, float, float, float]) -> None:
        self.letters.append(letters)
        self.boxes.append(box)

    def continues(self, box: tuple[float, float, float, float]) -> bool:
        """Whether a character at `box` goes on with this word."""
        last, size, direction = self.boxes[-1], self.style.size, self.style.direction
        if direction == 0:
            gap, shift = box[0] - last[2], box[1] - last[1]
        elif direction == 180:
            gap, shift = last[0] - box[2], box[1] - last[1]
        elif direction == 90:
            gap, shift = box[1] - last[3], box[0] - last[0]
        else:
            gap, shift = last[1] - box[3], box[0] - last[0]
        return -FURTHEST_BACK * size < gap < WIDEST_GAP * size and abs(shift) < LARGEST_SHIFT * size

    def finished(self) -> Glyphs:
        text = "".join(self.letters)
        if any("\ud800" <= letter <= "\udfff" for letter in text):
            text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        left, bottom, right, top = self._sides()
        return Glyphs(
            text,
            left,
            bottom,
            right,
            top,
            self.style.direction,
            self.style.size,
            self.style.bold,
            self.style.drawn,
            self.mapped,
        )

    def _sides(self) -> tuple[float, float, float, float]:
        lefts, bottoms, rights, tops = zip(*self.boxes, strict=True)
        left, bottom, right, top = min(lefts), min(bottoms), max(rights), max(tops)
        size = self.style.size
        if self.style.direction == 0 and not FLATTEST_BOX * size <= top - bottom <= TALLEST_BOX * size:
            middle = (top + bottom) / 2
            top, bottom = middle + size / 2, middle - size / 2
        return left, bottom, right, top


class _Styles:
    """Styles of the characters of a text page; what depends on the font alone is asked once a font."""

    def __init__(self, handle: Any) -> None:
        self._handle = handle
        self._matrix = raw.FS_MATRIX()
        self._bold: dict[int, bool] = {}

    def at(self, index: int) -> Style:
        matrix = self._matrix
        if not raw.FPDFText_GetMatrix(self._handle, index, matrix):
            matrix.a, matrix.b, matrix.c, matrix.d = 1.0, 0.0, 0.0, 1.0
        scale = math.hypot(matrix.c, matrix.d) or 1.0
        size = raw.FPDFText_GetFontSize(self._handle, index) * scale or 1.0
        direction = round(math.degrees(math.atan2(matrix.b, matrix.a)) / 90) * 90 % 360
        drawn_by = raw.FPDFText_GetTextObject(self._handle, index)
        if not drawn_by:
            return Style(abs(size), direction, False, True)
        mode = raw.FPDFTextObj_GetTextRenderMode(drawn_by)
        bold = mode in STROKED_MODES or self._is_bold(drawn_by)
        return Style(abs(size), direction, bold, mode not in INVISIBLE_MODES)

    def _is_bold(self, drawn_by: Any) -> bool:
        font = raw.FPDFTextObj_GetFont(drawn_by)
        if not font:
            return False
        key = ctypes.addressof(font.contents)
        if key not in self._bold:
            name = ctypes.create_string_buffer(200)
            raw.FPDFFont_GetBaseFontName(font, name, 200)
            named = BOLD_NAME.search(name.value.decode("utf-8", "replace")) is not None
            self._bold[key] = named or raw.FPDFFont_GetWeight(font) >= BOLD_WEIGHT
        return self._bold[key]


def main_direction(found: list[Glyphs]) -> int:
    """Return the quarter (counter-clockwise degrees) in which most letters of a page read; 0 if none is clear."""
    letters = dict.fromkeys((0, 90, 180, 270), 0)
    for glyphs in found:
        letters[glyphs.direction] += len(glyphs.text)
    best = max(letters, key=lambda quarter: letters[quarter])
    return best if letters[best] > 0.7 * sum(letters.values()) else 0


def place(found: list[Glyphs], placement: Placement, number: int) -> list[Word]:
    """Return the words of page `number` as a person sees them; words off the page or without ink are not visible."""
    words = []
    for glyphs in found:
        box = placement.box(glyphs.left, glyphs.bottom, glyphs.right, glyphs.top)
        on_page = box.x1 > 0 and box.y1 > 0 and box.x0 < placement.width and box.y0 < placement.height
        words.append(
            Word(glyphs.text, box, number, glyphs.drawn and on_page, "text", None, round(glyphs.size, 2), glyphs.bold)
        )
    return words
