"""The page as rows from top to bottom: all runs that stand beside each other."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from extractors.page.runs import Layout, Run, folded, same_row

MOST_ROWS = 20_000  # rows of a document that are looked at: hostile files have millions
SIDEWAYS = 3.0  # line heights: a run taller than this and taller than wide is text that runs up or down the page
MARGIN = 0.14  # share of the page height at top and bottom in which running heads and feet stand


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
        upright = [run for run in layout.by_page[page] if not _is_sideways(run, layout.line_height)]
        out.extend(_page_rows(page, upright))
        if len(out) > MOST_ROWS:
            return out[:MOST_ROWS]
    return out


def running_rows(rows: list[GridRow], layout: Layout) -> set[int]:
    """Return the numbers of the rows that stand in the margins of most pages with the same words: heads and feet."""
    pages = {row.page for row in rows}
    patterns: dict[str, list[int]] = {}
    for number, row in enumerate(rows):
        height = layout.height_of(row.page)
        if row.top < MARGIN * height or row.bottom > (1 - MARGIN) * height:
            patterns.setdefault(re.sub(r"\d+", "0", folded(row.text)), []).append(number)
    out: set[int] = set()
    for numbers in patterns.values():
        on = Counter(rows[number].page for number in numbers)
        if len(on) > 1 and 2 * len(on) >= len(pages) and max(on.values()) == 1 and _same_place(numbers, rows):
            out.update(numbers)
    return out


def _same_place(numbers: list[int], rows: list[GridRow]) -> bool:
    """Whether most of these rows stand at one height of their pages: rows of a table do so only by chance."""
    tops = Counter(round(rows[number].top / 3) for number in numbers)
    return 2 * tops.most_common(1)[0][1] >= len(numbers)


def _is_sideways(run: Run, line: float) -> bool:
    return run.box.height > SIDEWAYS * line and run.box.height > run.box.width


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
