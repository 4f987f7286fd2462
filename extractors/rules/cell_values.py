"""Typed values of the pieces of text in a cell."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from extractors.page.locale import Locale
from extractors.page.runs import Passage, evidence_of
from extractors.rules.item_rows import Item
from extractors.rules.readers import amounts, read
from schemas import reasons
from schemas.fields import FieldDefinition, Kind
from schemas.results import Candidate, CandidateRow, Value

CELL_SCORE = 0.8  # a value under the head of its column, before the rows are judged
FIGURES = (Kind.MONEY, Kind.NUMBER)
_WITH_UNIT = re.compile(r"\s*([0-9][0-9.,]*)")
_ANY_FIGURE = FieldDefinition(name="figure", kind=Kind.NUMBER, description="Any figure.")


def figures_of(item: Item, locale: Locale) -> dict[str, Decimal]:
    """Return the figure in each column that holds one, named and unnamed columns alike; rates count without "%"."""
    out: dict[str, Decimal] = {}
    for name, passages in item.cells.items():
        found = _figure(_ANY_FIGURE, passages[:1], locale)
        if found is not None and isinstance(found[0], Decimal):
            out[name] = found[0]
    return out


def typed_row(item: Item, field: FieldDefinition, places: Mapping[str, str], locale: Locale) -> CandidateRow:
    """Return the row of the field's columns; `places` says under which name each stands in the item."""
    cells: dict[str, Candidate] = {}
    for column in field.columns:
        passages = item.cells.get(places.get(column.name, ""), [])
        found = _value(column, passages, locale) if passages else None
        if found is not None:
            value, used = found
            named = places[column.name] == column.name
            reason = reasons.IN_COLUMN() if named else reasons.COLUMN_BY_ARITHMETIC()
            cells[column.name] = Candidate(
                column.name, column.kind, "rules", value, evidence_of(used), CELL_SCORE, {}, (reason,)
            )
    return CandidateRow(cells, item.page)


def with_text(row: CandidateRow, column: str, text: str) -> CandidateRow:
    """Return the row with another text in that column."""
    return CandidateRow({**row.cells, column: replace(row.cells[column], value=text)}, row.page)


def _value(
    column: FieldDefinition, passages: Sequence[Passage], locale: Locale
) -> tuple[Value, Sequence[Passage]] | None:
    if column.kind in FIGURES:
        return _figure(column, passages, locale)
    if column.kind is not Kind.TEXT:
        for passage in passages:
            readings = read(passage, column, locale)
            if readings:
                return readings[0].value, [Passage(passage.run, readings[0].start, readings[0].end)]
        return None
    text = " ".join(passage.text.strip() for passage in passages)
    return (text, passages) if any(char.isalnum() for char in text) else None


def _figure(
    column: FieldDefinition, passages: Sequence[Passage], locale: Locale
) -> tuple[Value, Sequence[Passage]] | None:
    for passage in passages:
        text = re.sub(r"(?<=[0-9])(?=[A-Za-z²³])", " ", passage.text)
        for reading in amounts(text, column, locale):
            return reading.value, [passage]
        match = _WITH_UNIT.match(passage.text)  # a quantity with its unit or a rate: "5,000 kg", "12 Stk.", "10 %"
        if match is not None:
            for reading in amounts(match[1].rstrip(".,"), column, locale):
                return reading.value, [Passage(passage.run, passage.start, passage.start + match.end())]
    return None
