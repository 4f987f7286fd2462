"""Words of one PDF page, grouped from the boxes of its characters as pdfium gives them."""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
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
OVERPRINTED = 0.1  # of the font size: the same word that stands no further off is the same ink
SMALLEST_STEP = 0.1  # points
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
    colour: tuple[int, int, int] | None = None  # red, green, blue that fill it; None: outlined, patterned or unknown
    backed: bool = True  # false: in its place nothing is to be seen even in pictures
    drawn_by: int = 0  # address of the page object that draws its first letter; 0 if unknown
    cut_off: bool = False  # no ink, since the file clips it at the edge of its place, but the line before it is seen


@dataclass(frozen=True, slots=True)
class Style:
    """How a run of characters is drawn."""

    size: float  # points
    direction: int  # as in Glyphs
    bold: bool
    drawn: bool
    colour: tuple[int, int, int] | None
    back: float  # points: how far the next character may step back, a negative number
    gap: float  # points: how far on it may stand
    shift: float  # points: how far it may stand off across the direction
    drawn_by: int = 0  # as in Glyphs


def glyphs_of(text_page: pdfium.PdfTextPage, most_characters: int) -> tuple[list[Glyphs], bool]:
    """Return the words of a page in the order of the file; the flag says that the page was cut at the limit."""
    handle = text_page.raw
    count = max(0, raw.FPDFText_CountChars(handle))
    styles = _Styles(handle)
    unicode_of, box_of = raw.FPDFText_GetUnicode, raw.FPDFText_GetLooseCharBox
    sides = (ctypes.c_float * 4)()  # pdfium writes left, top, right, bottom
    rectangle = ctypes.cast(sides, ctypes.POINTER(raw.FS_RECTF))
    grown: list[_Growing] = []
    word: _Growing | None = None
    for index in range(min(count, most_characters)):
        code = unicode_of(handle, index)
        if code in BLANKS or code == 0:
            word = None
            continue
        box_of(handle, index, rectangle)
        box = sides[:]
        if word is None or not word.continues(box):
            word = _Growing(styles.at(index), not raw.FPDFText_HasUnicodeMapError(handle, index))
            grown.append(word)
        word.letters.append(SPELLED.get(code) or chr(code))
        word.boxes.append(box)
    return [word.finished() for word in grown], count > most_characters


class _Growing:
    """A word while its characters arrive; their boxes are left, top, right, bottom."""

    __slots__ = ("boxes", "letters", "mapped", "style")

    def __init__(self, style: Style, mapped: bool) -> None:
        self.style = style
        self.mapped = mapped
        self.letters: list[str] = []
        self.boxes: list[list[float]] = []

    def continues(self, box: list[float]) -> bool:
        """Whether a character at `box` goes on with this word."""
        last, style = self.boxes[-1], self.style
        if style.direction == 0:
            gap, shift = box[0] - last[2], box[3] - last[3]
        elif style.direction == 180:
            gap, shift = last[0] - box[2], box[3] - last[3]
        elif style.direction == 90:
            gap, shift = box[3] - last[1], box[0] - last[0]
        else:
            gap, shift = last[3] - box[1], box[0] - last[0]
        return style.back < gap < style.gap and -style.shift < shift < style.shift

    def finished(self) -> Glyphs:
        """The word as it stands."""
        style, boxes = self.style, self.boxes
        text = "".join(self.letters)
        if any("\ud800" <= letter <= "\udfff" for letter in text):
            text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        if len(boxes) == 1:
            left, top, right, bottom = boxes[0]
        else:
            lefts, tops, rights, bottoms = zip(*boxes, strict=True)
            left, top, right, bottom = min(lefts), max(tops), max(rights), min(bottoms)
        size = style.size
        if style.direction == 0 and not FLATTEST_BOX * size <= top - bottom <= TALLEST_BOX * size:
            middle = (top + bottom) / 2
            top, bottom = middle + size / 2, middle - size / 2
        return Glyphs(
            text, left, bottom, right, top, style.direction, size, style.bold, style.drawn, self.mapped, style.colour,
            drawn_by=style.drawn_by,
        )  # fmt: skip


class _Styles:
    """Styles of the characters of a text page, asked once for each piece of text that the file draws in one go."""

    def __init__(self, handle: Any) -> None:
        self._handle = handle
        self._matrix = raw.FS_MATRIX()
        self._of_objects: dict[int, Style] = {}
        self._bold: dict[int, bool] = {}

    def at(self, index: int) -> Style:
        """How the character is drawn."""
        drawn_by = raw.FPDFText_GetTextObject(self._handle, index)
        if not drawn_by:
            return self._style(index, False, True, None)
        key = ctypes.addressof(drawn_by.contents)
        if key not in self._of_objects:
            mode = raw.FPDFTextObj_GetTextRenderMode(drawn_by)
            bold = mode in STROKED_MODES or self._is_bold(drawn_by)
            style = self._style(index, bold, mode not in INVISIBLE_MODES, self._colour(index, mode))
            self._of_objects[key] = replace(style, drawn_by=key)
        return self._of_objects[key]

    def _style(self, index: int, bold: bool, drawn: bool, colour: tuple[int, int, int] | None) -> Style:
        matrix = self._matrix
        if not raw.FPDFText_GetMatrix(self._handle, index, matrix):
            matrix.a, matrix.b, matrix.c, matrix.d = 1.0, 0.0, 0.0, 1.0
        scale = math.hypot(matrix.c, matrix.d) or 1.0
        size = abs(raw.FPDFText_GetFontSize(self._handle, index) * scale) or 1.0
        direction = round(math.degrees(math.atan2(matrix.b, matrix.a)) / 90) * 90 % 360
        return Style(
            size, direction, bold, drawn, colour, -FURTHEST_BACK * size, WIDEST_GAP * size, LARGEST_SHIFT * size
        )

    def _colour(self, index: int, mode: int) -> tuple[int, int, int] | None:
        if mode != raw.FPDF_TEXTRENDERMODE_FILL:
            return None
        red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
        told = raw.FPDFText_GetFillColor(self._handle, index, red, green, blue, alpha)
        return (red.value, green.value, blue.value) if told else None

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
    words, of = [], placement.box
    width, height = placement.width, placement.height
    for glyphs in found:
        box = of(glyphs.left, glyphs.bottom, glyphs.right, glyphs.top)
        on_page = box.x1 > 0 and box.y1 > 0 and box.x0 < width and box.y0 < height
        words.append(
            Word(glyphs.text, box, number, glyphs.drawn and on_page, "text", None, round(glyphs.size, 2), glyphs.bold)
        )
    return words


def printed_once(words: Iterable[Word]) -> Iterator[Word]:
    """Yield the words without those that are printed a second time in their place, to look bold or for a shadow."""
    seen: set[tuple[str, int, int]] = set()
    for word in words:
        step = max(OVERPRINTED * word.size, SMALLEST_STEP)
        column, row = round(word.box.x0 / step), round(word.box.y0 / step)
        near = {(word.text, column + right, row + down) for right in (-1, 0, 1) for down in (-1, 0, 1)}
        if not word.visible or seen.isdisjoint(near):
            yield word
        if word.visible:
            seen.add((word.text, column, row))
