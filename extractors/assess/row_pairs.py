"""Which rows of two sources are the same row: by their figures in order, and between those by place or wording."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from rapidfuzz import fuzz

from schemas.comparators import normal
from schemas.fields import FieldDefinition, Kind
from schemas.results import CandidateRow
from schemas.values.typed import as_text

ALIKE = 60.0  # least similarity (0..100, rapidfuzz ratio) of the texts of two rows whose figures differ


def paired(
    field: FieldDefinition, rows: Sequence[CandidateRow], others: Sequence[CandidateRow]
) -> list[CandidateRow | None]:
    """Return for each of `rows` the row of `others` that is the same row, None where there is none.

    Rows with equal figures in the same order are paired first; rows between them by their order if as many are left on
    both sides, else by their texts.
    """
    out: list[CandidateRow | None] = [None] * len(rows)
    keys, other_keys = [_figures(field, row) for row in rows], [_figures(field, row) for row in others]
    for what, start, end, other_start, other_end in SequenceMatcher(None, keys, other_keys, False).get_opcodes():
        if what == "equal" or (what == "replace" and end - start == other_end - other_start):
            out[start:end] = others[other_start:other_end]
        elif what == "replace":
            left = list(others[other_start:other_end])
            for at in range(start, end):
                best = max(left, key=lambda other: _likeness(rows[at], other), default=None)
                if best is not None and _likeness(rows[at], best) >= ALIKE:
                    out[at] = best
                    del left[: left.index(best) + 1]  # rows stand in one order
    return out


def _figures(field: FieldDefinition, row: CandidateRow) -> tuple[str, ...]:
    return tuple(
        normal(column, value)
        for column in field.columns
        if column.kind in (Kind.MONEY, Kind.NUMBER)
        and column.name in row.cells
        and (value := row.cells[column.name].value) is not None
    ) or (_text(row),)


def _likeness(one: CandidateRow, other: CandidateRow) -> float:
    return fuzz.ratio(_text(one), _text(other))


def _text(row: CandidateRow) -> str:
    return " ".join(as_text(c.value) for c in row.cells.values() if isinstance(c.value, str)).casefold()
