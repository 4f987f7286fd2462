"""Tables found from the alignment of words and from drawn lines, joined over page breaks.

The method follows the idea of stream and lattice detection (Nurminen, Algorithmic Extraction of Data in Tables in PDF
Documents, 2013): drawn uprights part columns where there are any, else the gaps that all rows share.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from documents.rulings import Rulings
from schemas.document import Box, Cell, Line, Page, Row, Table, Word, around

FEWEST_COLUMNS = 3
FEWEST_ROWS = 2  # rows with that many columns
MOST_COLUMNS = 60  # pieces in a row: more are no table but a drawing made of letters
ROW_GAP = 3.2  # heights of a line between rows of one table at most
TEXT_GAP = 0.6  # heights of a line between the lines of one cell at most
SAME_ROW = 0.5  # share of the lower height that must overlap
ALONG = 0.5  # share of a table's height or width along which a drawn line must run to part it
APART = 4.0  # points: drawn lines nearer to each other are the two strokes of one
MOST_LINES = 4_000  # lines and strokes of a page that are looked at: a hostile page has any number
JOIN_EDGE = 12.0  # points by which the columns of a table may shift from page to page
PAGE_FOOT, PAGE_HEAD = 0.62, 0.38  # shares of the page height that a table must reach to go on over the break


@dataclass(frozen=True, slots=True)
class _Piece:
    """A line of words with its box, which a line works out anew each time."""

    line: Line
    box: Box


@dataclass(frozen=True, slots=True)
class _Pieces:
    """Lines that stand beside each other, left to right."""

    pieces: tuple[_Piece, ...]
    box: Box

    def __len__(self) -> int:
        return len(self.pieces)


@dataclass(frozen=True, slots=True)
class _Found:
    """A table of one page before joining."""

    table: Table
    page: Page
    box: Box


def find_tables(pages: Sequence[Page], rulings: Mapping[int, Rulings]) -> tuple[Table, ...]:
    """Return the tables of all pages in reading order; `rulings` are the drawn lines by page number, if known."""
    found: list[_Found] = []
    for page in pages:
        drawn = _usable(rulings.get(page.number, Rulings()))
        for rows in _regions(page):
            table = _table(rows, drawn)
            if table is None:
                continue
            each = _Found(table, page, around([row.box for row in rows]))
            if found and _goes_on(found[-1], each):
                found[-1] = _joined(found[-1], each)
            else:
                found.append(each)
    return tuple(each.table for each in found)


def _usable(rulings: Rulings) -> Rulings:
    """The drawn lines unless there are so many that they are a picture."""
    return rulings if len(rulings.vertical) + len(rulings.horizontal) <= MOST_LINES else Rulings()


def _regions(page: Page) -> Iterator[list[_Pieces]]:
    """Yield runs of rows that stand close below each other and of which enough have several pieces."""
    region: list[_Pieces] = []
    fullest: _Pieces | None = None
    for row in _rows(page):
        starts = FEWEST_COLUMNS <= len(row) <= MOST_COLUMNS
        if region and fullest is not None:
            near = row.box.y0 - region[-1].box.y1 <= ROW_GAP * median(piece.box.height for piece in row.pieces)
            if not near or not (starts or _belongs(row, fullest)):
                if _is_table(region):
                    yield region
                region, fullest = [], None
        if region or starts:
            region.append(row)
            fullest = row if fullest is None or len(row) > len(fullest) else fullest
    if _is_table(region):
        yield region


def _rows(page: Page) -> Iterator[_Pieces]:
    lines = [line for line in page.lines if any(word.visible for word in line.words)][:MOST_LINES]
    row: list[_Piece] = []
    for piece in sorted((_Piece(line, line.box) for line in lines), key=lambda each: (each.box.y0, each.box.x0)):
        if row and not _beside(row[0].box, piece.box):
            yield _pieces(row)
            row = []
        row.append(piece)
    if row:
        yield _pieces(row)


def _pieces(row: Sequence[_Piece]) -> _Pieces:
    return _Pieces(tuple(sorted(row, key=lambda each: each.box.x0)), around([piece.box for piece in row]))


def _beside(one: Box, other: Box) -> bool:
    overlap = min(one.y1, other.y1) - max(one.y0, other.y0)
    return overlap >= SAME_ROW * min(one.height, other.height)


def _belongs(row: _Pieces, fullest: _Pieces) -> bool:
    """Whether a row with few pieces goes on with a table: each piece stands under one piece of its fullest row."""
    if len(row) > MOST_COLUMNS:
        return False
    return all(sum(_overlap(piece.box, other.box) > 0 for other in fullest.pieces) == 1 for piece in row.pieces)


def _is_table(region: Sequence[_Pieces]) -> bool:
    full = [row for row in region if len(row) >= FEWEST_COLUMNS]
    figures = any(char.isdigit() for row in full[1:] for piece in row.pieces for char in piece.line.text)
    return len(full) >= FEWEST_ROWS and figures


def _table(rows: Sequence[_Pieces], rulings: Rulings) -> Table | None:
    columns = _ruled_columns(rows, rulings) or _shared_columns(rows)
    if len(columns) < FEWEST_COLUMNS:
        return None
    made = _with_continued([_row(row, columns) for row in rows], _ruled_bands(rows, rulings))
    if not _is_wordy(made[0]):
        return Table(None, tuple(made), tuple(columns))
    head, after = made[0], 1
    while after < len(made) - 1 and _is_second_line(head, made[after]):
        head, after = _with_lines(head, made[after]), after + 1
    return Table(head, tuple(made[after:]), tuple(columns))


def _is_wordy(row: Row) -> bool:
    return not any(char.isdigit() for cell in row.cells for char in cell.text)


def _is_second_line(head: Row, row: Row) -> bool:
    """Whether a row goes on with the words of the head above it: no figures, close, and under several of them."""
    under = sum(bool(one.words and other.words) for one, other in zip(head.cells, row.cells, strict=True))
    return _is_wordy(row) and under > 1 and row.box.y0 - head.box.y1 <= TEXT_GAP * row.box.height


def _ruled_columns(rows: Sequence[_Pieces], rulings: Rulings) -> list[tuple[float, float]]:
    """Columns between drawn uprights that run along most of the rows; empty where there are too few."""
    top, bottom = rows[0].box.y0, rows[-1].box.y1
    long = (s for s in rulings.vertical if min(s.end, bottom) - max(s.start, top) > ALONG * (bottom - top))
    edges = _distinct(sorted(segment.position for segment in long))
    return list(pairwise(edges)) if FEWEST_COLUMNS < len(edges) <= MOST_COLUMNS else []


def _ruled_bands(rows: Sequence[_Pieces], rulings: Rulings) -> list[float]:
    """Heights of the level lines that part the rows of a full grid; empty unless there is one for nearly every row."""
    whole = around([row.box for row in rows])
    levels = [
        s.position
        for s in rulings.horizontal
        if whole.y0 - APART < s.position < whole.y1 + APART
        and min(s.end, whole.x1) - max(s.start, whole.x0) > ALONG * whole.width
    ]
    bands = _distinct(sorted(levels))
    full = [bisect(bands, row.box.middle[1]) for row in rows if len(row) >= FEWEST_COLUMNS]
    return bands if len(set(full)) == len(full) else []


def _distinct(positions: Sequence[float]) -> list[float]:
    out: list[float] = []
    for position in positions:
        if not out or position - out[-1] > APART:
            out.append(position)
    return out


def _shared_columns(rows: Sequence[_Pieces]) -> list[tuple[float, float]]:
    """Columns of the rows with the most pieces; those that overlap from row to row are one."""
    most = max(len(row) for row in rows)
    full = [row for row in rows if len(row) == most]
    columns = [
        (min(row.pieces[index].box.x0 for row in full), max(row.pieces[index].box.x1 for row in full))
        for index in range(most)
    ]
    merged: list[tuple[float, float]] = []
    for left, right in columns:
        if merged and left < merged[-1][1]:  # pieces of different rows overlap: they are no columns of their own
            merged[-1] = (merged[-1][0], max(right, merged[-1][1]))
        else:
            merged.append((left, right))
    return merged


def _row(row: _Pieces, columns: Sequence[tuple[float, float]]) -> Row:
    cells: list[list[Word]] = [[] for _ in columns]
    for piece in row.pieces:
        box = piece.box
        whole = sum(min(box.x1, right) > max(box.x0, left) for left, right in columns) == 1
        for word in piece.line.words:
            if word.visible:
                cells[_nearest(box if whole else word.box, columns)].append(word)
    words = [word for cell in cells for word in cell]
    around_words = around([word.box for word in words])
    return Row(tuple(Cell(tuple(cell), index) for index, cell in enumerate(cells)), words[0].page, around_words)


def _with_continued(rows: Sequence[Row], bands: Sequence[float]) -> list[Row]:
    """The rows, with the further lines of a cell put to the row that they belong to."""
    out: list[Row] = []
    for row in rows:
        if out and len(out) + bool(bands) > 1 and _continues(out[-1], row, bands):
            out[-1] = _with_lines(out[-1], row)
        else:
            out.append(row)
    return out


def _continues(above: Row, row: Row, bands: Sequence[float]) -> bool:
    """Whether a row is the next line of cells above it: between the same drawn lines, or close below texts."""
    if bands:
        return bisect(bands, above.box.middle[1]) == bisect(bands, row.box.middle[1])
    filled = [(one, other) for one, other in zip(above.cells, row.cells, strict=True) if other.words]
    if len(filled) > FEWEST_COLUMNS - 2 or row.box.y0 - above.box.y1 > TEXT_GAP * row.box.height:
        return False
    return all(one.words and any(char.isalpha() for char in other.text) for one, other in filled)


def _with_lines(above: Row, row: Row) -> Row:
    cells = (Cell((*one.words, *other.words), one.column) for one, other in zip(above.cells, row.cells, strict=True))
    return Row(tuple(cells), above.page, around([above.box, row.box]))


def _nearest(box: Box, columns: Sequence[tuple[float, float]]) -> int:
    def distance(index: int) -> float:
        left, right = columns[index]
        overlap = min(box.x1, right) - max(box.x0, left)
        return -overlap if overlap > 0 else max(left - box.x1, box.x0 - right)

    return min(range(len(columns)), key=distance)


def _goes_on(upper: _Found, lower: _Found) -> bool:
    """Whether a table at the head of a page is the rest of the one at the foot of the page before."""
    if lower.page.number != upper.page.number + 1:
        return False
    if upper.box.y1 < PAGE_FOOT * upper.page.height or lower.box.y0 > PAGE_HEAD * lower.page.height:
        return False
    one, other = upper.table.columns, lower.table.columns
    if len(one) != len(other):
        return False
    return all(min(abs(a[0] - b[0]), abs(a[1] - b[1])) <= JOIN_EDGE for a, b in zip(one, other, strict=True))


def _joined(upper: _Found, lower: _Found) -> _Found:
    rows, head = lower.table.rows, lower.table.header
    if head is not None and (upper.table.header is None or _texts(head) != _texts(upper.table.header)):
        rows = (head, *rows)  # the first row of the rest only looks like a head
    return replace(lower, table=replace(upper.table, rows=(*upper.table.rows, *rows)))


def _texts(row: Row) -> tuple[str, ...]:
    return tuple(cell.text for cell in row.cells)


def _overlap(one: Box, other: Box) -> float:
    return min(one.x1, other.x1) - max(one.x0, other.x0)
