"""The rows of a table below its head: amounts anchor an item, lines without amounts go on with its text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from extractors.rules.columns import Column, Head
from extractors.rules.grid import GridRow
from extractors.rules.runs import Passage, Run
from schemas.fields import Kind

CLOSE = 2.6  # line heights from one line of an item to the next
LONGEST_GAP = 7.0  # line heights without anything after which a table has ended
NUMERIC = re.compile(r"[-−–+(]?\s?(?:[€$£]|[A-Z]{3}\s)?\s?[0-9][0-9.,'’ \u00a0]*(?:[€$£]|\s?[A-Za-z%/.²³]{1,8})?\)?-?")
AMOUNT_ALONE = re.compile(
    r"[-−–+(]?\s?(?:€|\$|£|[A-Z]{2,3}\s)?\s?[0-9][0-9.,'’ \u00a0]*(?:\s?(?:€|\$|£|[A-Z]{2,3}))?\)?-?\*?"
)


@dataclass(slots=True)
class Item:
    """One item while it is gathered: the pieces of text in each column."""

    page: int
    bottom: float
    cells: dict[str, list[Passage]] = field(default_factory=dict)

    def add(self, name: str, passage: Passage) -> None:
        """Put a piece of text into a column."""
        self.cells.setdefault(name, []).append(passage)


def gather(
    rows: Sequence[GridRow],
    heads: Sequence[Head],
    text_column: str,
    anchors: Sequence[str],
    ends: Callable[[GridRow], bool],
    skipped: Callable[[GridRow], bool],
    line: float,
) -> list[Item]:
    """Return the items under the heads.

    Args:
        rows: all rows of the document.
        heads: heads of the table, in order; the columns of the last one seen hold.
        text_column: column that takes text which no other column claims.
        anchors: columns of which one must hold an amount for a row to begin an item.
        ends: whether a row is below the table (totals).
        skipped: whether a row belongs to nobody (sums carried forward).
        line: height of a line in points.
    """
    head, index = heads[0], heads[0].after
    starts = {each.first: each for each in heads}
    items: list[Item] = []
    waiting: list[tuple[str, Passage]] = []
    bottom, page = rows[head.after - 1].bottom, rows[head.first].page
    while index < len(rows):
        row = rows[index]
        if index in starts:  # the head again on the next page
            head, index = starts[index], starts[index].after
            page, bottom, waiting = rows[head.first].page, rows[head.after - 1].bottom, []
            continue
        index += 1
        if row.page != page:
            if any(number >= index - 1 for number in starts):
                continue  # the table goes on under its next head: what stands before it is the page's head
            page, bottom = row.page, row.top
        if ends(row):
            later = [number for number in starts if number >= index]
            if not later:
                break
            index = min(later)  # a sum at the foot of a page: the table goes on under its next head
            continue
        if skipped(row):
            waiting = []
            continue
        if row.top - bottom > LONGEST_GAP * line and items:
            break
        cells = _cells(row, head.columns, text_column)
        if any(name in anchors and AMOUNT_ALONE.fullmatch(p.text.strip()) for name, p in cells):
            item = Item(row.page, row.bottom)
            own_text = any(name == text_column for name, _ in cells)
            for name, passage in ([] if own_text else waiting) + cells:
                item.add(name, passage)
            if own_text and waiting and items and items[-1].page == row.page:
                for name, passage in waiting:
                    items[-1].add(name, passage)
            waiting = []
            items.append(item)
        else:
            _continue(items, waiting, row, cells, text_column, bottom, line)
        bottom = row.bottom
    return items


def _continue(
    items: list[Item],
    waiting: list[tuple[str, Passage]],
    row: GridRow,
    cells: list[tuple[str, Passage]],
    text_column: str,
    bottom: float,
    line: float,
) -> None:
    """Give a row without amounts to the item above when it stands close, else keep it for the item below."""
    texts = [(name, passage) for name, passage in cells if name == text_column]
    if not texts:
        return
    last = items[-1] if items else None
    if (
        last is not None
        and last.page == row.page
        and text_column in last.cells
        and row.top - bottom < CLOSE * line
        and not waiting
    ):
        for name, passage in texts:
            last.add(name, passage)
        last.bottom = row.bottom
    else:
        waiting.extend(texts)


def _cells(row: GridRow, columns: Sequence[Column], text_column: str) -> list[tuple[str, Passage]]:
    """Each piece of the row with the name of its column; runs that hold several cells are parted at their words."""
    out: list[tuple[str, Passage]] = []
    for run in row.runs:
        for passage in _pieces(run, columns):
            out.append((_column_of(passage, columns, text_column), passage))
    return out


def _pieces(run: Run, columns: Sequence[Column]) -> list[Passage]:
    """A run that reaches over several heads is parted where a gap or a figure begins the next column."""
    touched = [c for c in columns if c.box.x0 < run.box.x1 and c.box.x1 > run.box.x0]
    if len(touched) < 2 or len(run.words) < 2:
        return [Passage(run, 0, len(run.text))]
    cuts = [0]
    for index in range(1, len(run.words)):
        before, word = run.words[index - 1], run.words[index]
        gap = word.box.x0 - before.box.x1
        wide = gap > 0.9 * max(word.box.height, 1)
        figures = NUMERIC.fullmatch(word.text) is not None and _nearest(word.box.x0, word.box.x1, columns) != _nearest(
            before.box.x0, before.box.x1, columns
        )
        leaves_number = index == 1 and re.fullmatch(r"\d{1,4}\.?", before.text) is not None and not figures
        if wide or (figures and word.text[:1].isdigit()) or leaves_number:
            cuts.append(run.starts[index])
    cuts.append(len(run.text) + 1)
    return [Passage(run, start, end - 1) for start, end in pairwise(cuts)]


def _nearest(x0: float, x1: float, columns: Sequence[Column]) -> Column:
    def distance(column: Column) -> float:
        edges = (abs(x0 - column.box.x0), abs(x1 - column.box.x1), abs((x0 + x1 - column.box.x0 - column.box.x1) / 2))
        overlap = min(x1, column.box.x1) - max(x0, column.box.x0)
        return min(edges) if overlap <= 0 else min(*edges, 0.5 * min(edges))

    return min(columns, key=distance)


def _column_of(passage: Passage, columns: Sequence[Column], text_column: str) -> str:
    """Figures belong to the column with the nearest edge or middle, other text mostly to the text column."""
    box = passage.box
    figures = NUMERIC.fullmatch(passage.text.strip()) is not None
    if figures:
        return _nearest(box.x0, box.x1, [c for c in columns if c.name != text_column] or columns).name
    text = next((c for c in columns if c.name == text_column), None)
    if text is None:
        return text_column
    following = [c.box.x0 for c in columns if c.box.x0 > text.box.x1]
    preceding = [c for c in columns if c.box.x1 < text.box.x0 and not c.name]
    if any(abs(box.x0 - c.box.x0) < 8 and box.x1 < text.box.x0 for c in preceding):
        return ""
    if following and box.x0 >= min(following) - 4:
        return _nearest(box.x0, box.x1, columns).name
    return text_column


def kinds_of(columns: Mapping[str, Kind], kind: Kind) -> list[str]:
    """Return the names of the columns of a kind, in the schema's order."""
    return [name for name, each in columns.items() if each is kind]
