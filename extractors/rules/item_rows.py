"""The rows of a table below its head: amounts anchor an item, lines without amounts are parts of its text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from extractors.page.runs import Passage
from extractors.rules.columns import Head
from extractors.rules.grid import GridRow
from extractors.rules.pieces import AMOUNT_ALONE, cells_of

LONGEST_GAP = 7.0  # line heights without anything after which a table has ended
TIGHT = 0.5  # line heights between the lines of one text
LOOSE = 1.6  # line heights that may part the lines of one item when nothing else tells
CLEARLY = 1.35  # times by which one gap must be wider than others to part two items
PAGE_BREAK = 0.55  # line heights: what a page break counts as between two lines
FOOT_ROWS = 4  # rows that the foot of a page may have
MOST_LINES = 40  # lines of text that one item may have
Cells = list[tuple[str, Passage]]


@dataclass(slots=True)
class Item:
    """One item while it is gathered: the pieces of text in each column."""

    page: int
    bottom: float
    cells: dict[str, list[Passage]] = field(default_factory=dict)
    is_sum: bool = False  # of items above it, which others follow
    bold: bool = False  # whether its row is printed bold

    def add(self, cells: Cells, *, before: bool = False) -> None:
        """Put pieces of text into their columns, above or below what is there."""
        if before:
            for name, passage in reversed(cells):
                self.cells.setdefault(name, []).insert(0, passage)
        else:
            for name, passage in cells:
                self.cells.setdefault(name, []).append(passage)


@dataclass(frozen=True, slots=True)
class _Text:
    """A row without amounts: text of the item above, of the item below or of none."""

    cells: Cells
    gap: float  # points to whatever stands above
    bold: bool


@dataclass(frozen=True, slots=True)
class Bounds:
    """What ends or interrupts a table.

    Attributes:
        ends: whether the row of that number is below the table (totals).
        skipped: whether it belongs to nobody (running heads and feet).
        sums: whether it is a sum between items (of a group, or carried forward).
        foreign: numbers of the rows in which another table begins.
    """

    ends: Callable[[int], bool]
    skipped: Callable[[int], bool]
    sums: Callable[[int], bool]
    foreign: frozenset[int]


def gather(
    rows: Sequence[GridRow], heads: Sequence[Head], text_column: str, anchor: str, bounds: Bounds, line: float
) -> list[Item]:
    """Return the items under the heads.

    Args:
        rows: all rows of the document.
        heads: heads of the table, in order; the columns of the last one seen hold.
        text_column: column that takes text which no other column claims.
        anchor: column that must hold an amount for a row to begin an item.
        bounds: what ends or interrupts the table.
        line: height of a line in points.
    """
    return _Gathering(rows, heads, text_column, anchor, bounds, line).items()


class _Gathering:
    """One pass over the rows below the heads."""

    def __init__(
        self, rows: Sequence[GridRow], heads: Sequence[Head], text_column: str, anchor: str, bounds: Bounds, line: float
    ) -> None:
        self.rows, self.text_column, self.anchor, self.bounds, self.line = rows, text_column, anchor, bounds, line
        self.starts = {each.first: each for each in heads if each.after > each.first}  # a head made up has no rows
        self.head = heads[0]
        self.found: list[Item] = []
        self.waiting: list[_Text] = []
        self.open = True  # whether text may still belong to the item above
        self.leads = False  # whether texts stand above their amounts
        self.joined: float | None = None  # widest gap within an item that was settled
        self.between: float | None = None  # narrowest gap between two items without texts in between
        self.page = rows[heads[0].first].page
        self.bottom = rows[heads[0].after - 1].bottom if heads[0].after > heads[0].first else None

    def items(self) -> list[Item]:
        index: int | None = self.head.after
        while index is not None and index < len(self.rows):
            index = self._step(index)
        self._settle(None, None)
        return self.found

    def _step(self, index: int) -> int | None:
        """Take one row and return the number of the next, None at the end of the table."""
        if index in self.starts:
            return self._begin_again(self.starts[index])
        row = self.rows[index]
        if row.page != self.page:
            if any(number >= index and self.rows[number].page == row.page for number in self.starts):
                return min(
                    number for number in self.starts if number >= index
                )  # what stands above it is the page's head
            self._leave_page()
            self.page, self.bottom = row.page, None
        if self.bounds.skipped(index):
            return index + 1
        if index in self.bounds.foreign or (self.bounds.ends(index) and not self.bounds.sums(index)):
            return self._after_end(index)
        if self._is_far(row):
            return self._past_foot(index) or self._after_end(index)
        self._take(row, cells_of(row, self.head.columns, self.text_column), self.bounds.sums(index))
        self.bottom = row.bottom
        return index + 1

    def _begin_again(self, head: Head) -> int:
        """The head stands again, mostly on the next page."""
        self._leave_page()
        self.head, self.page = head, self.rows[head.first].page
        self.bottom = None if self.found else self.rows[head.after - 1].bottom
        return head.after

    def _leave_page(self) -> None:
        """Forget texts that stand far below the last item of a page: its foot."""
        gaps = [text.gap for text in self.waiting]
        kept = next((n for n, each in enumerate(gaps) if each > self._most_gap(gaps[:n])), len(gaps))
        del self.waiting[kept:]

    def _is_far(self, row: GridRow) -> bool:
        return bool(self.found) and self.bottom is not None and row.top - self.bottom > LONGEST_GAP * self.line

    def _past_foot(self, index: int) -> int | None:
        """Number of the first row of the next page if but a few rows, its foot, are left on this one."""
        for number in range(index, min(index + FOOT_ROWS + 1, len(self.rows))):
            if self.bounds.ends(number):
                return None
            if self.rows[number].page != self.rows[index].page:
                return number
        return None

    def _after_end(self, index: int) -> int | None:
        """The table goes on under its next head; a sum may stand at the foot of every page."""
        later = [number for number in self.starts if number > index]
        if not later:
            return None
        self._settle(None, None)
        return min(later)

    def _take(self, row: GridRow, cells: Cells, is_sum: bool) -> None:
        gap = PAGE_BREAK * self.line if self.bottom is None else max(row.top - self.bottom, 0.0)
        if any(name == self.anchor and AMOUNT_ALONE.fullmatch(p.text.strip()) for name, p in cells):
            item = Item(row.page, row.bottom, is_sum=is_sum, bold=_is_bold(row))
            item.add(cells)
            self._settle(*((None, None) if is_sum else (item, gap)))  # no text belongs to a sum
            self.found.append(item)
            self.open = not is_sum
            return
        if is_sum:
            return
        if self._is_head_like(cells):
            self._settle(None, None)
            self.open = False
            return
        texts = [(name, passage) for name, passage in cells if name == self.text_column]
        if texts and len(self.waiting) < MOST_LINES:
            self.waiting.append(_Text(texts, gap, _is_bold(row)))

    def _is_head_like(self, cells: Cells) -> bool:
        """Whether words stand where items have figures: the head of another table."""
        aside = [p for name, p in cells if name != self.text_column]
        wordy = [p for p in aside if not any(char.isdigit() for char in p.text)]
        return bool(self.found) and len(wordy) == len(aside) and len({name for name, _ in cells}) > 2

    def _settle(self, item: Item | None, gap: float | None) -> None:
        """Give the waiting texts to the item above and to `item` below, which stands `gap` points under them."""
        texts, self.waiting = self.waiting, []
        above = self.found[-1] if self.found and self.open else None
        if not texts:
            if above is not None and gap is not None and self.bottom is not None:
                self.between = gap if self.between is None else min(gap, self.between)
            return
        bare = item is not None and self.text_column not in item.cells
        cut = self._cut(texts, above, bare, gap)
        if above is not None and not above.bold:  # a heading of the next group
            cut = next((number for number, text in enumerate(texts[:cut]) if text.bold), cut)
        if above is not None:
            for text in texts[:cut]:
                above.add(text.cells)
            self.joined = max([self.joined or 0.0, *(text.gap for text in texts[:cut])]) if cut else self.joined
        if item is None or gap is None:
            return
        below = texts[cut:]
        if bare:
            self.leads = True
        else:
            below = self._near(below, gap)
        for text in reversed(below):
            item.add(text.cells, before=True)

    def _cut(self, texts: Sequence[_Text], above: Item | None, bare: bool, gap: float | None) -> int:
        """How many of the texts go to the item above."""
        if above is None:
            return 0
        gaps = [text.gap for text in texts]
        if gap is None:  # nothing follows: stop at the first wide gap
            wide = next((n for n, each in enumerate(gaps) if each > self._most_gap(gaps[:n])), len(gaps))
            return 0 if self.leads and gaps[0] > 0 else wide  # amounts in the middle of their text overlap it
        gaps.append(gap)
        widest = max(range(len(gaps)), key=lambda number: gaps[number])
        others = sorted(gaps[:widest] + gaps[widest + 1 :])
        middle = others[len(others) // 2]
        if gaps[widest] > max(CLEARLY * middle, middle + 1.2) and not (bare and widest == len(texts)):
            return widest
        return 0 if bare and self.leads else len(texts) - 1 if bare else len(texts)

    def _most_gap(self, before: Sequence[float]) -> float:
        """How far below an item's last line text may stand that is still its own, by what other items show."""
        if before:
            return max(TIGHT * self.line, CLEARLY * max(before) + 1.2)
        if self.joined is not None:
            return max(TIGHT * self.line, CLEARLY * self.joined + 1.2)
        return LOOSE * self.line if self.between is None else max(TIGHT * self.line, CLEARLY * self.between)

    def _near(self, texts: list[_Text], gap: float) -> list[_Text]:
        """Texts above an item that has a text of its own: its first lines if they stand tight, else a heading."""
        if gap > TIGHT * self.line or (texts and texts[-1].bold):
            return []
        first = len(texts) - 1
        while first > 0 and texts[first].gap <= TIGHT * self.line:
            first -= 1
        return texts[first:]


def _is_bold(row: GridRow) -> bool:
    return all(word.bold for run in row.runs for word in run.words)
