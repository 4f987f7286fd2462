"""Tables found from the alignment of words and from drawn lines, joined over page breaks.

The method follows the idea of stream and lattice detection (Nurminen, Algorithmic Extraction of Data in Tables in PDF
Documents, 2013): drawn uprights part columns where there are any, else the gaps that all rows share.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from documents.rulings import Rulings
from schemas.document import Box, Cell, Line, Page, Row, Table, Word, around

FEWEST_COLUMNS = 3
FEWEST_ROWS = 2  # rows with that many columns
ROW_GAP = 3.2  # heights of a line between rows of one table at most
SAME_ROW = 0.5  # share of the lower height that must overlap
MOST_LINES = 4_000  # lines of a page that are looked at: a hostile page has any number
JOIN_EDGE = 12.0  # points by which the columns of a table may shift from page to page
PAGE_FOOT, PAGE_HEAD = 0.62, 0.38  # shares of the page height that a table must reach to go on over the break


@dataclass(frozen=True, slots=True)
class _Found:
    """A table of one page before joining."""

    table: Table
    page: Page
    top: float
    bottom: float


def find_tables(pages: Sequence[Page], rulings: Mapping[int, Rulings]) -> tuple[Table, ...]:
    """Return the tables of all pages in reading order; `rulings` are the drawn lines by page number, if known."""
    found: list[_Found] = []
    for page in pages:
        for rows in _regions(page):
            table = _table(rows, rulings.get(page.number, Rulings()))
            if table is None:
                continue
            each = _Found(table, page, rows[0][0].box.y0, max(line.box.y1 for line in rows[-1]))
            if found and _goes_on(found[-1], each):
                found[-1] = _joined(found[-1], each)
            else:
                found.append(each)
    return tuple(each.table for each in found)


def _regions(page: Page) -> Iterator[list[list[Line]]]:
    """Yield runs of rows that stand close below each other and of which enough have several pieces."""
    region: list[list[Line]] = []
    for row in _rows(page):
        gap = row[0].box.y0 - max(line.box.y1 for line in region[-1]) if region else 0.0
        height = median(line.box.height for line in row)
        starts = len(row) >= FEWEST_COLUMNS
        if region and (gap > ROW_GAP * height or not (starts or _belongs(row, region))):
            if _is_table(region):
                yield region
            region = []
        if region or starts:
            region.append(row)
    if _is_table(region):
        yield region


def _rows(page: Page) -> list[list[Line]]:
    lines = [line for line in page.lines if any(word.visible for word in line.words)][:MOST_LINES]
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda each: (each.box.y0, each.box.x0)):
        if rows and _beside(rows[-1][0].box, line.box):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda each: each.box.x0) for row in rows]


def _beside(one: Box, other: Box) -> bool:
    overlap = min(one.y1, other.y1) - max(one.y0, other.y0)
    return overlap >= SAME_ROW * min(one.height, other.height)


def _belongs(row: Sequence[Line], region: Sequence[Sequence[Line]]) -> bool:
    """Whether a row with few pieces goes on with a table: each piece stands under one piece of its fullest row."""
    fullest = max(region, key=len)
    return all(sum(_overlap(line.box, other.box) > 0 for other in fullest) == 1 for line in row)


def _is_table(region: Sequence[Sequence[Line]]) -> bool:
    full = [row for row in region if len(row) >= FEWEST_COLUMNS]
    figures = any(char.isdigit() for row in full[1:] for line in row for char in line.text)
    return len(full) >= FEWEST_ROWS and figures


def _table(rows: Sequence[Sequence[Line]], rulings: Rulings) -> Table | None:
    columns = _ruled_columns(rows, rulings) or _shared_columns(rows)
    if len(columns) < FEWEST_COLUMNS:
        return None
    made = [_row(row, columns) for row in rows]
    first = made[0]
    is_head = not any(char.isdigit() for cell in first.cells for char in cell.text)
    return Table(first if is_head else None, tuple(made[1:] if is_head else made), tuple(columns))


def _ruled_columns(rows: Sequence[Sequence[Line]], rulings: Rulings) -> list[tuple[float, float]]:
    """Columns between drawn uprights that run along most of the rows; empty where there are too few."""
    top, bottom = rows[0][0].box.y0, max(line.box.y1 for line in rows[-1])
    long = [s for s in rulings.vertical if min(s.end, bottom) - max(s.start, top) > 0.5 * (bottom - top)]
    edges: list[float] = []
    for segment in sorted(long):
        if not edges or segment.position - edges[-1] > 4:
            edges.append(segment.position)
    return list(pairwise(edges)) if len(edges) > FEWEST_COLUMNS else []


def _shared_columns(rows: Sequence[Sequence[Line]]) -> list[tuple[float, float]]:
    """Columns of the rows with the most pieces, widened by what stands under them without touching a neighbour."""
    most = max(len(row) for row in rows)
    full = [row for row in rows if len(row) == most]
    columns = [
        (min(row[index].box.x0 for row in full), max(row[index].box.x1 for row in full)) for index in range(most)
    ]
    merged: list[tuple[float, float]] = []
    for left, right in columns:
        if merged and left < merged[-1][1]:  # pieces of different rows overlap: they are no columns of their own
            merged[-1] = (merged[-1][0], max(right, merged[-1][1]))
        else:
            merged.append((left, right))
    return merged


def _row(lines: Sequence[Line], columns: Sequence[tuple[float, float]]) -> Row:
    cells: list[list[Word]] = [[] for _ in columns]
    for line in lines:
        whole = [
            index for index, (left, right) in enumerate(columns) if min(line.box.x1, right) > max(line.box.x0, left)
        ]
        for word in line.words:
            if word.visible:
                box = line.box if len(whole) == 1 else word.box
                cells[_nearest(box, columns)].append(word)
    words = [word for cell in cells for word in cell]
    box = around(tuple(word.box for word in words)) if words else lines[0].box
    return Row(tuple(Cell(tuple(cell), index) for index, cell in enumerate(cells)), lines[0].page, box)


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
    if upper.bottom < PAGE_FOOT * upper.page.height or lower.top > PAGE_HEAD * lower.page.height:
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
