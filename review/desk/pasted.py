"""Rows pasted from a spreadsheet: cells parted by tabs, each read by the kind of its column."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from extractors.page.locale import Locale
from review.desk.wrong import WrongPart
from review.values import read_value
from schemas.errors import InvalidValue
from schemas.fields import FieldDefinition, Kind
from schemas.schema import Schema
from schemas.values.typed import canonical

ROWS_PASTED = 1000  # at once


def pasted_rows(schema: Schema, table: str, text: str, locale: Locale | None) -> list[dict[str, Any]]:
    """Return the rows of text from a spreadsheet (cells parted by tabs), each cell read by the kind of its column.

    A first row that names columns says which cell is which; else cells stand in the order of the schema.

    Raises:
        WrongPart: a cell is no value of its column's kind, or there are too many cells or rows.
    """
    definition = next((field for field in schema.fields if field.name == table), None)
    if definition is None or definition.kind is not Kind.TABLE:
        raise InvalidValue(f"{table} is no table: rows cannot be pasted there.")
    lines = [row for row in csv.reader(io.StringIO(text), delimiter="\t") if any(cell.strip() for cell in row)]
    if len(lines) > ROWS_PASTED:
        raise InvalidValue(f"{len(lines)} rows are too many to paste at once; {ROWS_PASTED} are the most.")
    columns: list[FieldDefinition | None] = list(definition.columns)
    if lines and (named := _headings(definition, lines[0])):
        columns, lines = named, lines[1:]
    if not lines:
        raise InvalidValue("There is no row in what was pasted.")
    return [_pasted_row(columns, row, number, table, locale) for number, row in enumerate(lines, 1)]


def _pasted_row(
    columns: Sequence[FieldDefinition | None], row: Sequence[str], number: int, table: str, locale: Locale | None
) -> dict[str, Any]:
    if any(cell.strip() for cell in row[len(columns) :]):
        raise InvalidValue(f"Row {number} has {len(row)} cells; {table} has {len(columns)} columns.")
    out = {}
    for column, cell in zip(columns, row, strict=False):
        if column is None or not cell.strip():
            continue
        value = read_value(column, cell, locale)
        try:
            canonical(column.kind, value)
        except (ValueError, TypeError):
            path = f"{table}[{number}].{column.name}"
            raise WrongPart(
                path, f"Row {number}: {cell.strip()!r} is no {column.kind.value} for {column.name}."
            ) from None
        out[column.name] = value
    return out


def _headings(table: FieldDefinition, row: Sequence[str]) -> list[FieldDefinition | None]:
    """The columns that a row of headings names; empty if it is none."""
    named: list[FieldDefinition | None] = []
    for cell in row:
        said = cell.strip().casefold()
        names = {
            column.name: {column.name, column.name.replace("_", " ")}
            | {label.casefold() for labels in column.labels.values() for label in labels}
            for column in table.columns
        }
        exact = (column for column in table.columns if said and said in names[column.name] and column not in named)
        named.append(next(exact, None))
    known = sum(column is not None for column in named)
    return named if known and known >= sum(bool(cell.strip()) for cell in row) / 2 else []
