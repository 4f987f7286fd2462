"""Whether the rows of an answer are all the rows that the pages show, and which are missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from extractors.assess.drafts import Draft
from extractors.page.table_rows import ShownRow
from schemas import reasons
from schemas.document import Box
from schemas.fields import Kind
from schemas.reasons import Sentence, listed
from schemas.results import Completeness, MissingRow, Source

OVERLAP = 0.5  # share of the lower of two heights by which an answer's cell and a line of the page are one row
MOST_NAMED = 5  # missing rows that a sentence names
LONGEST_ROW = 60  # characters of a missing row that are shown


def completeness(
    rows: Sequence[Mapping[str, Draft]],
    shown: Sequence[ShownRow],
    by_source: Mapping[Source, int],
    *,
    adds_up: bool,
) -> Completeness | None:
    """Return how complete `rows` are beside what the pages show; None where the pages show no rows.

    Args:
        rows: the rows of the answer.
        shown: the rows that the layout shows.
        by_source: how many rows each source gave.
        adds_up: the rows make up their total, so that a further line with an amount (a discount, freight) is no row.
    """
    if not shown:
        return None
    places = [_places(row) for row in rows]
    claimed = [any(_is_at(line, each) for each in places) for line in shown]
    unclaimed = [line for line, is_claimed in zip(shown, claimed, strict=True) if not is_claimed]
    sums = _running_sums(rows)
    missing = [line for line in unclaimed if not (line.amounts & sums) and (not adds_up or line.amounts == {0})]
    placed = sum(bool(each) for each in places)
    return Completeness(
        expected=placed + max(len(missing), len(rows) - placed),
        returned=len(rows),
        missing=tuple(MissingRow(line.page, line.box, line.text) for line in missing),
        by_source=dict(by_source),
    )


def said_of(found: Completeness) -> Sentence:
    """Return the sentence on completeness: "13 of 13 rows", or which rows are missing."""
    if not found.missing:
        return reasons.ROWS_ALL(count=found.returned, expected=found.expected)
    named = [f"“{_short(row.text)}” on page {row.page}" for row in found.missing[:MOST_NAMED]]
    further = len(found.missing) - len(named)
    named += [f"{further} more"] if further else []
    return reasons.ROWS_MISSING(
        count=found.expected - len(found.missing), expected=found.expected, missing=listed(named)
    )


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_ROW else f"{text[:LONGEST_ROW]}…"


def _places(row: Mapping[str, Draft]) -> list[tuple[int, Box]]:
    """Where the figures of a row stand; where its text does, if none of them has a place."""
    figures = [cell for cell in row.values() if cell.field.kind in (Kind.MONEY, Kind.NUMBER) and cell.evidence]
    cells = figures or [cell for cell in row.values() if cell.evidence]
    return [(place.page, box) for cell in cells for place in cell.evidence[:1] for box in place.boxes]


def _is_at(line: ShownRow, places: Sequence[tuple[int, Box]]) -> bool:
    for page, box in places:
        overlap = min(line.box.y1, box.y1) - max(line.box.y0, box.y0)
        if page == line.page and overlap >= OVERLAP * min(line.box.height, box.height):
            return True
    return False


def _running_sums(rows: Sequence[Mapping[str, Draft]]) -> set[Decimal]:
    """What two or more rows from the first on add up to, in the column of amounts: a line with it is a sum."""
    out: set[Decimal] = set()
    total = Decimal()
    for number, row in enumerate(rows, 1):
        amounts = [cell.value for cell in row.values() if cell.field.kind is Kind.MONEY and cell.value is not None]
        last = amounts[-1] if amounts else None
        total += last if isinstance(last, Decimal) else 0
        if number > 1 and total:
            out.add(total)
    return out
