"""Columns without any head: rows that end in an amount below each other, and where their pieces stand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from extractors.page.runs import Passage, Run
from extractors.rules.columns import UNNAMED, Column, Head
from extractors.rules.grid import GridRow
from extractors.rules.item_rows import TIGHT, Bounds
from extractors.rules.pieces import AMOUNT_ALONE, WIDE_GAP
from schemas.document import Box, around

SAME_EDGE = 4.0  # points by which the amounts of one column may stand off their common right edge
NUMBERED = 14.0  # points by which the first line of a text may begin left of the others: "1. Windows"
MOST_BETWEEN = 8  # rows without amounts between two rows of one table
FEWEST_ROWS = 2
MOST_EDGES = 6  # right edges of amounts that are tried
WITH_CENTS = re.compile(r"[0-9][.,][0-9]{2}(?![0-9])")


@dataclass(frozen=True, slots=True)
class Aligned:
    """A head made up for a table that has none, and the column of the amounts at the right."""

    head: Head
    anchor: str


def aligned_tables(rows: Sequence[GridRow], bounds: Bounds, text_column: str) -> list[Aligned]:
    """Return the tables that rows with an amount at one right edge make, each with its columns named "#0", "#1" ….

    Every edge that amounts share is tried, from the right: a rate, a tax or a balance may stand behind the amounts.
    """
    out = []
    ends = [_ends_of_amounts(row) for row in rows]
    for edge in _edges(ends):
        for numbers in _sequences(rows, ends, edge, bounds):
            columns = _columns([_split(rows[number]) for number in numbers], text_column)
            if columns is None:
                continue
            first = numbers[0]
            left = next(column.box.x0 for column in columns if column.name == text_column)
            while first > 0 and not ends[first - 1] and _leads_in(rows, first - 1, left, bounds):
                first -= 1
            aside = [column for column in columns if column.name != text_column]
            anchor = min(aside, key=lambda column: abs(column.box.x1 - edge))
            out.append(Aligned(Head(tuple(columns), first, first), anchor.name))
    return out


def _edges(ends: Sequence[Sequence[float]]) -> list[float]:
    """Right edges that the amounts of several rows share, from the right."""
    groups: list[list[float]] = []
    for end in sorted((end for row in ends for end in row), reverse=True):
        if groups and groups[-1][-1] - end <= SAME_EDGE:
            groups[-1].append(end)
        else:
            groups.append([end])
    return [group[len(group) // 2] for group in groups if len(group) >= FEWEST_ROWS][:MOST_EDGES]


def _sequences(
    rows: Sequence[GridRow], ends: Sequence[Sequence[float]], edge: float, bounds: Bounds
) -> Iterator[list[int]]:
    """Numbers of rows that belong together: with an amount at the edge, and no end of a table between them."""
    current: list[int] = []
    for number, row in enumerate(rows):
        if bounds.skipped(number) or bounds.sums(number):
            continue
        over = bool(current) and number - current[-1] > MOST_BETWEEN and rows[current[-1]].page == row.page
        if over or bounds.ends(number):
            if len(current) >= FEWEST_ROWS:
                yield current
            current = []
        if not bounds.ends(number) and any(abs(end - edge) <= SAME_EDGE for end in ends[number]):
            current.append(number)
    if len(current) >= FEWEST_ROWS:
        yield current


def _ends_of_amounts(row: GridRow) -> list[float]:
    """Right edges of the amounts in the row; none if it says nothing beside them."""
    pieces = _split(row)
    if not any(_is_text(piece) for piece in pieces):
        return []
    return [piece.box.x1 for piece in pieces if _is_amount(piece) and WITH_CENTS.search(piece.text)]


def _is_amount(piece: Passage) -> bool:
    return AMOUNT_ALONE.fullmatch(piece.text.strip()) is not None


def _is_text(piece: Passage) -> bool:
    return sum(char.isalpha() for char in piece.text) >= 3 and not _is_amount(piece)


def _split(row: GridRow) -> list[Passage]:
    return [passage for run in row.runs for passage in _parts(run)]


def _parts(run: Run) -> Iterator[Passage]:
    cuts = [0]
    for index in range(1, len(run.words)):
        if run.words[index].box.x0 - run.words[index - 1].box.x1 > WIDE_GAP * max(run.words[index].box.height, 1):
            cuts.append(run.starts[index])
    cuts.append(len(run.text) + 1)
    return (Passage(run, start, end - 1) for start, end in pairwise(cuts))


def _columns(rows: Sequence[Sequence[Passage]], text_column: str) -> list[Column] | None:
    """Figures that stand below each other are a column each; the widest of the texts is the one of the items."""
    figures = _stacked([p.box for row in rows for p in row if not _is_text(p)])
    texts = _stacked([p.box for row in rows for p in row if _is_text(p)])
    if not texts or not figures:
        return None
    letters = [
        sum(len(p.text) for row in rows for p in row if _is_text(p) and _within(p.box, column)) for column in texts
    ]
    main = texts[letters.index(max(letters))]
    others = [box for box in texts if box is not main and not any(_touch(box, figure) for figure in figures)]
    columns = [Column(text_column, None, main)]
    for number, box in enumerate(sorted([*figures, *others])):
        columns.append(Column(f"{UNNAMED}{number}", None, box))
    return sorted(columns, key=lambda column: column.box.x1)


def _stacked(boxes: Sequence[Box]) -> list[Box]:
    out: list[Box] = []
    for box in sorted(boxes):
        if out and _touch(out[-1], box):
            out[-1] = around([out[-1], box])
        else:
            out.append(box)
    return out


def _touch(one: Box, other: Box) -> bool:
    return min(one.x1, other.x1) > max(one.x0, other.x0)


def _within(box: Box, column: Box) -> bool:
    return column.x0 <= box.x0 and box.x1 <= column.x1


def _leads_in(rows: Sequence[GridRow], number: int, left: float, bounds: Bounds) -> bool:
    """Whether the row may be text of the first item: it stands tight above it and begins where the texts do."""
    row, below = rows[number], rows[number + 1]
    if row.page != below.page or bounds.ends(number) or bounds.skipped(number) or row.text.rstrip().endswith(":"):
        return False
    begins = any(-NUMBERED <= run.box.x0 - left <= SAME_EDGE for run in row.runs)
    return begins and below.top - row.bottom < TIGHT * (row.bottom - row.top)
