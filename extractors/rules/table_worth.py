"""What a table is worth: whether a head named its columns, rows multiply out and add up to an amount on the page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from schemas import reasons
from schemas.checks import CENTS, RowProductCheck
from schemas.document import ParsedDocument
from schemas.fields import FieldDefinition, Kind
from schemas.results import Candidate, CandidateRow
from schemas.schema import Schema

HEAD_FOUND = 0.6  # worth of a table whose head names its columns
NO_HEAD = 0.4
PRODUCT = 0.25  # added by rows that multiply out, in proportion
SUM = 0.12  # added when the rows add up to an amount on the page


@dataclass(frozen=True, slots=True)
class Worth:
    """The rows of a table and what speaks for them."""

    rows: tuple[CandidateRow, ...]
    has_head: bool
    passed: int  # rows that multiply out
    judged: int  # rows that have all figures for it
    total: Decimal | None  # what the rows add up to, if that stands on the document
    is_late: bool = False  # whether it stands below totals

    @property
    def score(self) -> float:
        """0..1"""
        base = HEAD_FOUND if self.has_head else NO_HEAD
        products = PRODUCT * self.passed / self.judged if self.judged else 0.0
        return round(base + products + (SUM if self.total is not None else 0.0), 4)


def candidate_of(table: Worth, field: FieldDefinition) -> Candidate:
    """Return the table as a candidate with its reasons."""
    of_rows = reasons.ROWS_UNDER_HEAD if table.has_head else reasons.ROWS_WITHOUT_HEAD
    said = [of_rows(count=len(table.rows))]
    if table.judged:
        said.append(reasons.ROWS_MULTIPLY(passed=table.passed, judged=table.judged))
    if table.total is not None:
        said.append(reasons.ROWS_ADD_UP(total=table.total))
    signals = {
        "rows": float(len(table.rows)),
        "products": table.passed / table.judged if table.judged else 0.0,
        "sum": float(table.total is not None),
        "head": float(table.has_head),
    }
    return Candidate(field.name, Kind.TABLE, "rules", None, (), table.score, signals, tuple(said), table.rows)


def row_arithmetic(schema: Schema, field: FieldDefinition) -> tuple[str, str, str] | None:
    """Return the two factors and the product that the schema checks in each row of the field."""
    for check in schema.checks:
        if isinstance(check, RowProductCheck) and check.rows == field.name and len(check.factors) == 2:
            return (check.factors[0], check.factors[1], check.product)
    return None


def sums_on(document: ParsedDocument) -> Counter[str]:
    """Return how often the digits of each figure stand where a person sees them on the document."""
    lines = (line for page in document.pages for line in page.lines)
    texts = (" ".join(word.text for word in line.words if word.visible) for line in lines)
    figures = (match for text in texts for match in re.findall(r"[0-9]+(?:[.,'’ ][0-9]+)*", text))
    return Counter(re.sub(r"[^0-9]", "", figure) for figure in figures)


def is_lone(rows: Sequence[CandidateRow], column: str, sums: Mapping[str, int]) -> bool:
    """Return whether nothing speaks for these rows: one, with one figure, which stands nowhere else as a total."""
    if len(rows) != 1 or sum(cell.kind in (Kind.MONEY, Kind.NUMBER) for cell in rows[0].cells.values()) > 1:
        return False
    return sums.get(_digits(cast(Decimal, rows[0].cells[column].value)), 0) < 2


def adds_up(rows: Sequence[CandidateRow], column: str, sums: Mapping[str, int]) -> Decimal | None:
    """Return the sum of that column if several rows have it and that amount stands on the document."""
    cells = [row.cells.get(column) for row in rows]
    if len(cells) < 2 or any(cell is None for cell in cells):
        return None
    total = sum((cast(Decimal, cell.value) for cell in cells if cell is not None), Decimal())
    return total if _digits(total) in sums and abs(total) > CENTS else None


def _digits(amount: Decimal) -> str:
    return re.sub(r"[^0-9]", "", f"{amount:.2f}")
