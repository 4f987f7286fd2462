"""Rows of a table in windows: what to ask next, given what has come, so that row 41 of 120 is not forgotten.

Pure: the state is frozen and says what it wants; somebody else asks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from schemas.results import CandidateRow

SIZE = 40  # rows asked for at once
SMALLEST = 5
MOST_ASKED = 24  # questions about one table


@dataclass(frozen=True, slots=True)
class RowsWanted:
    """Rows by number, from 1."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class PageWanted:
    """All rows of a page; those known are named."""

    page: int
    known: tuple[str, ...]  # quotes


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row that came."""

    page: int
    quote: str
    row: CandidateRow

    @property
    def key(self) -> tuple[int, str, tuple[tuple[str, str], ...]]:
        """What is the same for a row that is given twice."""
        cells = tuple(sorted((name, str(cell.value)) for name, cell in self.row.cells.items()))
        return self.page, " ".join(self.quote.split()).casefold(), cells


@dataclass(frozen=True, slots=True)
class Gathering:
    """The rows of one table so far, and what has been asked."""

    pages: int  # of the document
    rows: tuple[TableRow, ...] = ()
    counted: int | None = None  # rows of the whole table, the most that any answer said
    size: int = SIZE
    asked: int = 0
    asked_pages: frozenset[int] = frozenset()
    stuck: bool = False  # the last window brought nothing new
    doubtful: bool = False  # the last window came full, and no answer has ever counted more rows than had come
    failed: bool = field(default=False)  # no answer at all to the last question

    @property
    def missing(self) -> int:
        """How many rows are said to exist and have not come."""
        return max(0, (self.counted or 0) - len(self.rows))

    def wants(self) -> RowsWanted | PageWanted | None:
        """Return the next question; None: all rows have come, or asking on is useless."""
        if self.asked >= MOST_ASKED or self.failed:
            return None
        if self.counted is None:
            return RowsWanted(1, self.size)
        if self.doubtful:
            return RowsWanted(len(self.rows) + 1, len(self.rows) + self.size)
        if not self.missing:
            return None
        if not self.stuck:
            return RowsWanted(len(self.rows) + 1, min(len(self.rows) + self.size, self.counted))
        return self._page_wanted()

    def _page_wanted(self) -> PageWanted | None:
        """The page that is likeliest to hold more: those with rows first, then those beside them, then the rest."""
        held = Counter(row.page for row in self.rows)
        near = {page + step for page in held for step in (-1, 1)}
        order = sorted(range(1, self.pages + 1), key=lambda page: (page not in held, page not in near, page))
        page = next((page for page in order if page not in self.asked_pages), None)
        return None if page is None else PageWanted(page, tuple(r.quote for r in self.rows if r.page == page))

    def came(self, wanted: RowsWanted | PageWanted, rows: Sequence[TableRow], counted: int | None) -> Gathering:
        """Return the state after an answer."""
        merged = _merged(self.rows, rows)
        most = max((count for count in (self.counted, counted) if count is not None), default=len(merged))
        pages = self.asked_pages | ({wanted.page} if isinstance(wanted, PageWanted) else frozenset())
        stuck = self.stuck or len(merged) == len(self.rows)
        # A model that stops at the end of the window may also count no further than that.
        full = isinstance(wanted, RowsWanted) and len(rows) > wanted.last - wanted.first
        trusted = self.counted is not None and self.counted > len(self.rows)
        return replace(
            self,
            rows=merged,
            counted=most,
            asked=self.asked + 1,
            asked_pages=frozenset(pages),
            stuck=stuck,
            doubtful=full and not stuck and not trusted and most <= len(merged),
        )

    def cut_off(self) -> Gathering:
        """Return the state after an answer that was too long: fewer rows at once, or none when that cannot help."""
        if self.size <= SMALLEST:
            return replace(self, asked=self.asked + 1, failed=True)
        return replace(self, asked=self.asked + 1, size=max(SMALLEST, self.size // 2))

    def gave_up(self) -> Gathering:
        """Return the state after a question that got no answer."""
        return replace(self, asked=self.asked + 1, failed=True)


def _merged(old: Sequence[TableRow], new: Sequence[TableRow]) -> tuple[TableRow, ...]:
    """Both, each row as often as the answer that gives it most often: a table may hold equal rows.

    Rows stand by page, and within a page in the order in which they came.
    """
    known, seen = Counter(row.key for row in old), Counter[tuple[int, str, tuple[tuple[str, str], ...]]]()
    added = []
    for row in new:
        seen[row.key] += 1
        if seen[row.key] > known[row.key]:
            added.append(row)
    return tuple(sorted((*old, *added), key=lambda row: row.page))
