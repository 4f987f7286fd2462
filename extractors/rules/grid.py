"""The page as rows from top to bottom: all runs that stand beside each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from extractors.rules.runs import Layout, Run, same_row

MOST_ROWS = 20_000  # rows of a document that are looked at: hostile files have millions


@dataclass(frozen=True, slots=True)
class GridRow:
    """Runs of one row, left to right."""

    page: int
    runs: tuple[Run, ...]

    @property
    def top(self) -> float:
        """Upper edge in points."""
        return min(run.box.y0 for run in self.runs)

    @property
    def bottom(self) -> float:
        """Lower edge in points."""
        return max(run.box.y1 for run in self.runs)

    @property
    def text(self) -> str:
        """All texts, joined by blanks."""
        return " ".join(run.text for run in self.runs)


def rows_of(layout: Layout) -> list[GridRow]:
    """Return the rows of all pages in order."""
    out: list[GridRow] = []
    for page in sorted(layout.by_page):
        out.extend(_page_rows(page, layout.by_page[page]))
        if len(out) > MOST_ROWS:
            return out[:MOST_ROWS]
    return out


def _page_rows(page: int, runs: list[Run]) -> Iterator[GridRow]:
    """Gather runs from the top; one joins the row whose anchor it overlaps most of the height with."""
    row: list[Run] = []
    for run in runs:  # sorted by upper edge
        if row and not any(same_row(run.box, other.box) for other in row[:1]):
            yield GridRow(page, tuple(sorted(row, key=lambda each: each.box.x0)))
            row = []
        row.append(run)
    if row:
        yield GridRow(page, tuple(sorted(row, key=lambda each: each.box.x0)))
