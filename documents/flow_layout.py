"""Text without pages set on virtual A4 pages, so that the same rules read it as a printed page.

Positions are estimates; what holds is that words have distinct boxes in reading order, cells of a row stand at one
height, and a value stands right of or below its label as the source has them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from schemas.document import Box, Cell, Line, Page, Row, Table, Word, around
from schemas.errors import Reason, Refusal

PAGE_WIDTH, PAGE_HEIGHT = 595.0, 842.0  # points, A4
MARGIN = 56.0  # points
TEXT_SIZE = 10.0  # points
HEADING_SIZES = (16.0, 13.0, 11.5)  # points, by level
PITCH = 1.25  # of the size: from line to line
PARAGRAPH_SPACE = 0.6  # of the size: below a paragraph
INDENT = 14.0  # points: list items
TAB = 72.0  # points between tab stops
CELL_GAP = 2.2  # of the size: between columns, wide enough to be seen as one
VERBATIM_WIDTH = 0.6  # of the size: every sign of fixed-width text
LEAST_VERBATIM_SIZE = 5.0  # points
NARROW, WIDE, DIGIT, CAPITAL, OTHER = 0.28, 0.85, 0.556, 0.68, 0.53  # of the size, after Helvetica
NARROW_SIGNS = frozenset("iljtfrI.,:;'!|()[]/ ")
WIDE_SIGNS = frozenset("mwMW@%&€—")
FIGURE = re.compile(r"\d")
AMOUNT = re.compile(r"[-+(]?\s*(?:[A-Z]{3}|[$€£¥])?\s*[-+]?\d[\d.,'\s]*(?:[A-Z]{3}|[$€£¥%])?\)?")
TAB_STOP = re.compile(r"\t+")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A piece of running text; line breaks and tabs of the source are kept, longer lines are wrapped."""

    text: str
    kind: Literal["heading", "text", "item", "verbatim"] = "text"
    level: int = 0  # of a heading: 0 is the title
    bold: bool = False
    together: bool = False  # on one page, where it fits on one


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of the source: texts of cells by row and column; `has_header` where the source names its first row so."""

    rows: tuple[tuple[str, ...], ...]
    has_header: bool = False


@dataclass(frozen=True, slots=True)
class PageBreak:
    """The source says that a new page starts here."""


Block = Paragraph | Grid | PageBreak


@dataclass(slots=True)
class _Sheet:
    """What stands on the pages so far."""

    width: float
    most_pages: int
    pages: list[Page] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    y: float = MARGIN
    block: int = 0
    section: str = ""

    @property
    def number(self) -> int:
        return len(self.pages) + 1

    @property
    def left(self) -> float:
        return PAGE_HEIGHT - MARGIN - self.y

    def new_page(self) -> None:
        if self.number >= self.most_pages:
            raise Refusal(
                Reason.TOO_MANY_PAGES,
                f"The text fills more than {self.most_pages} pages.",
                "Raise the limit for pages, or send the part that matters.",
            )
        self.finish_page()

    def finish_page(self) -> None:
        self.pages.append(Page(self.number, self.width, PAGE_HEIGHT, tuple(self.lines)))
        self.lines = []
        self.y = MARGIN
        self.block = 0

    def make_room(self, height: float) -> None:
        if height > self.left and self.lines:
            self.new_page()


def lay_out(blocks: Iterable[Block], most_pages: int) -> tuple[tuple[Page, ...], tuple[Table, ...]]:
    """Return pages and tables of `blocks`.

    Raises:
        Refusal: `too_many_pages` when they fill more than `most_pages`.
    """
    blocks = list(blocks)
    needed = max((_least_width(block) for block in blocks if isinstance(block, Grid)), default=0.0)
    sheet = _Sheet(max(PAGE_WIDTH, needed + 2 * MARGIN), most_pages)
    for block in blocks:
        if isinstance(block, PageBreak):
            if sheet.lines:
                sheet.new_page()
        elif isinstance(block, Grid):
            _set_grid(sheet, block)
        elif block.kind == "verbatim":
            _set_verbatim(sheet, block)
        else:
            _set_paragraph(sheet, block)
    if sheet.lines or not sheet.pages:
        sheet.finish_page()
    return tuple(sheet.pages), tuple(sheet.tables)


def text_width(text: str, size: float) -> float:
    """Return the estimated width in points of `text` in a usual print letter."""
    return size * sum(_sign_width(sign) for sign in text)


def _sign_width(sign: str) -> float:
    if sign in NARROW_SIGNS:
        return NARROW
    if sign in WIDE_SIGNS:
        return WIDE
    if sign.isdigit():
        return DIGIT
    if sign.isupper():
        return CAPITAL
    return 1.0 if ord(sign) >= 0x2E80 else OTHER


# Paragraphs


def _set_paragraph(sheet: _Sheet, paragraph: Paragraph) -> None:
    heading = paragraph.kind == "heading"
    size = HEADING_SIZES[min(paragraph.level, 2)] if heading else TEXT_SIZE
    if heading:
        sheet.section = " ".join(paragraph.text.split())
        sheet.y += size * PARAGRAPH_SPACE
        sheet.make_room(3 * size * PITCH)
    x0 = MARGIN + (INDENT if paragraph.kind == "item" else 0.0)
    if paragraph.together:
        sheet.make_room(min(len(paragraph.text.splitlines()) * size * PITCH, PAGE_HEIGHT - 2 * MARGIN))
    for printed in paragraph.text.splitlines():
        for parts in _wrapped(printed, sheet.width - MARGIN - x0, size):
            sheet.make_room(size * PITCH)
            for offset, text in parts:
                _set_line(sheet, text, x0 + offset, size, paragraph.bold or heading)
            sheet.y += size * PITCH
    sheet.block += 1
    sheet.y += size * PARAGRAPH_SPACE


def _wrapped(printed: str, width: float, size: float) -> list[list[tuple[float, str]]]:
    """One printed line as lines that fit: each a list of (offset, text), several where tabs part them."""
    parts = [part.strip() for part in TAB_STOP.split(printed.strip())]
    if len(parts) > 1:
        offset, row = 0.0, []
        for part in parts:
            row.append((offset, part))
            offset = (int((offset + text_width(part, size) + CELL_GAP * size) / TAB) + 1) * TAB
        if offset - TAB <= width:
            return [row]
    return [[(0.0, text)] for text in _filled(" ".join(parts), width, size)]


def _filled(text: str, width: float, size: float) -> list[str]:
    """Words of `text` in lines no wider than `width`; a word that is wider by itself is cut."""
    lines: list[str] = []
    used = 0.0
    for word in text.split():
        for piece in _pieces(word, width, size):
            wide = text_width(piece, size)
            if lines and used + NARROW * size + wide <= width:
                lines[-1] += " " + piece
                used += NARROW * size + wide
            else:
                lines.append(piece)
                used = wide
    return lines


def _pieces(word: str, width: float, size: float) -> list[str]:
    if text_width(word, size) <= width:
        return [word]
    signs = max(1, int(width / size))
    return [word[start : start + signs] for start in range(0, len(word), signs)]


def _set_line(sheet: _Sheet, text: str, x: float, size: float, bold: bool) -> Line | None:
    """Set words from `x` on at the height of the sheet."""
    words = []
    for word in text.split():
        end = x + text_width(word, size)
        words.append(Word(word, Box(x, sheet.y, end, sheet.y + size), sheet.number, size=size, bold=bold))
        x = end + NARROW * size
    if not words:
        return None
    line = Line(tuple(words), sheet.block, sheet.section)
    sheet.lines.append(line)
    return line


# Fixed-width text


def _set_verbatim(sheet: _Sheet, paragraph: Paragraph) -> None:
    """Every sign at its column, so that what stands below one another in the source does so on the page."""
    printed = [line.expandtabs(8).rstrip() for line in paragraph.text.split("\n")]
    usable = sheet.width - 2 * MARGIN
    longest = max((len(line) for line in printed), default=1) or 1
    size = max(LEAST_VERBATIM_SIZE, min(TEXT_SIZE, usable / (longest * VERBATIM_WIDTH)))
    columns = int(usable / (size * VERBATIM_WIDTH) + 0.001)
    for line in printed:
        if not line:
            sheet.block += 1
            sheet.y += size * PITCH
        for start in range(0, len(line), columns):
            sheet.make_room(size * PITCH)
            _set_columns(sheet, line[start : start + columns], size)
            sheet.y += size * PITCH
    sheet.block += 1
    sheet.y += size * PARAGRAPH_SPACE


def _set_columns(sheet: _Sheet, text: str, size: float) -> None:
    """One line of fixed-width text; wide blanks part it into several lines at one height."""
    step = size * VERBATIM_WIDTH
    for number, part in enumerate(re.finditer(r"\S+(?: {1,2}\S+)*", text)):
        words = []
        for match in re.finditer(r"\S+", part[0]):
            start = MARGIN + (part.start() + match.start()) * step
            box = Box(start, sheet.y, start + len(match[0]) * step, sheet.y + size)
            words.append(Word(match[0], box, sheet.number, size=size))
        if number:
            sheet.block += 1
        sheet.lines.append(Line(tuple(words), sheet.block, sheet.section))


# Tables


def _least_width(grid: Grid) -> float:
    """Points that the widest words of all columns need side by side."""
    columns = max((len(row) for row in grid.rows), default=0)
    gap = CELL_GAP * TEXT_SIZE
    widest = [
        max((text_width(word, TEXT_SIZE) for row in grid.rows for word in _cell(row, column).split()), default=0.0)
        for column in range(columns)
    ]
    return sum(min(wide, PAGE_WIDTH / 3) + gap for wide in widest)


def _cell(row: Sequence[str], column: int) -> str:
    return row[column] if column < len(row) else ""


def _column_edges(grid: Grid, usable: float) -> list[tuple[float, float]]:
    """Left and right edge of each column: as wide as its text where that fits, else shared out fairly."""
    columns = max(len(row) for row in grid.rows)
    gap = CELL_GAP * TEXT_SIZE
    texts = [[line for row in grid.rows for line in _cell(row, column).splitlines()] for column in range(columns)]
    natural = [max((text_width(text, TEXT_SIZE) for text in column), default=0.0) for column in texts]
    least = [
        max((min(text_width(word, TEXT_SIZE), PAGE_WIDTH / 3) for text in column for word in text.split()), default=0.0)
        for column in texts
    ]
    spare = usable - sum(least) - gap * columns
    wanted = sum(wide - small for wide, small in zip(natural, least, strict=True))
    share = 1.0 if wanted <= max(0.0, spare) else max(0.0, spare) / wanted
    edges, x = [], MARGIN
    for wide, small in zip(natural, least, strict=True):
        width = small + (wide - small) * share
        edges.append((x, x + width + 0.01))
        x += width + gap
    return edges


def _set_grid(sheet: _Sheet, grid: Grid) -> None:
    rows = tuple(row for row in grid.rows if any(cell.strip() for cell in row))
    if not rows:
        return
    filled = Grid(rows, grid.has_header and any(cell.strip() for cell in grid.rows[0]))
    edges = _column_edges(filled, sheet.width - 2 * MARGIN)
    heights = [_row_height(row, edges) for row in rows]
    if max(heights) > PAGE_HEIGHT - 2 * MARGIN:
        for row in rows:  # a frame around running text rather than a table
            for cell in row:
                _set_paragraph(sheet, Paragraph(cell))
        return
    header = _has_header(filled)
    laid = [
        _set_row(sheet, row, edges, height, bold=header and not number)
        for number, (row, height) in enumerate(zip(rows, heights, strict=True))
    ]
    sheet.y += TEXT_SIZE * PARAGRAPH_SPACE * 2
    if len(edges) > 1 and len(laid) > 1:
        sheet.tables.append(Table(laid[0] if header else None, tuple(laid[1:] if header else laid), tuple(edges)))


def _cell_lines(text: str, edge: tuple[float, float]) -> list[str]:
    return [
        line for printed in text.splitlines() for line in _filled(printed, edge[1] - edge[0], TEXT_SIZE) if line.strip()
    ]


def _row_height(row: Sequence[str], edges: Sequence[tuple[float, float]]) -> float:
    most = max(len(_cell_lines(_cell(row, column), edge)) for column, edge in enumerate(edges))
    return most * TEXT_SIZE * PITCH + TEXT_SIZE * 0.4


def _set_row(
    sheet: _Sheet, row: Sequence[str], edges: Sequence[tuple[float, float]], height: float, *, bold: bool
) -> Row:
    """Set the cells of a row side by side; each is a block of its own."""
    sheet.make_room(height)
    top = sheet.y
    cells = []
    for column, edge in enumerate(edges):
        sheet.y = top
        words: list[Word] = []
        for text in _cell_lines(_cell(row, column), edge):
            line = _set_line(sheet, text, edge[0], TEXT_SIZE, bold)
            words.extend(line.words if line else ())
            sheet.y += TEXT_SIZE * PITCH
        if words:
            sheet.block += 1
        cells.append(Cell(tuple(words), column))
    sheet.y = top + height
    return Row(tuple(cells), sheet.number, around([word.box for cell in cells for word in cell.words]))


def _has_header(grid: Grid) -> bool:
    """Whether the first row names the columns: the source says so, or it has no figures and the last column has."""
    if grid.has_header:
        return True
    first, *others = grid.rows
    if len(first) < 2 or not others or not all(cell.strip() for cell in first):
        return False
    if any(FIGURE.search(cell) or cell.rstrip().endswith(":") for cell in first):
        return False
    last = [cells[-1] for row in others if (cells := [cell for cell in row if cell.strip()])]
    amounts = sum(AMOUNT.fullmatch(cell.strip()) is not None for cell in last)
    return amounts >= (len(others) if len(first) == 2 else 0.5 * len(others))
