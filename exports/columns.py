"""Which tables a schema gives, and of which type each column is.

Every schema has its own set of tables, named after it: `documents` (a row per document) and `documents__FIELD` (a row
per row or value) for each field that repeats. One table of all documents would need the columns of every schema and
leave most cells empty. One long table, `fields`, is shared: a row per value with its proof.

A field of several plain values also stands in `documents` as a JSON list, so that a reader of one sheet sees it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from functools import cached_property

import polars as pl

from schemas.fields import FieldDefinition, Kind
from schemas.schema import Schema

DECIMAL_DIGITS = 38  # what Parquet and DuckDB hold at most
DECIMAL_PLACES = 10  # enough for unit prices and exchange rates; leaves 28 digits before the point
_LONGEST_NAME = 63  # bytes of an identifier in PostgreSQL


class ColumnType(Enum):
    """The types that every format has."""

    TEXT = "text"
    DECIMAL = "decimal"
    DATE = "date"
    INSTANT = "instant"  # UTC, without a zone: Excel and SQLite have none
    INTEGER = "integer"
    SHARE = "share"  # 0..1, binary floating point


POLARS: dict[ColumnType, pl.DataType] = {
    ColumnType.TEXT: pl.String(),
    ColumnType.DECIMAL: pl.Decimal(DECIMAL_DIGITS, DECIMAL_PLACES),
    ColumnType.DATE: pl.Date(),
    ColumnType.INSTANT: pl.Datetime("us"),
    ColumnType.INTEGER: pl.Int64(),
    ColumnType.SHARE: pl.Float64(),
}
_BY_KIND = {Kind.MONEY: ColumnType.DECIMAL, Kind.NUMBER: ColumnType.DECIMAL, Kind.DATE: ColumnType.DATE}


@dataclass(frozen=True)
class Column:
    """One column: what it is called, its type, and the field it shows (None: it is about the record itself)."""

    name: str
    type: ColumnType
    field: str | None = None
    whole_cents: bool = False  # an amount of money: printed with at least two decimals


@dataclass(frozen=True)
class TableLayout:
    """One table; `schema` is "" for the table that all schemas share."""

    schema: str
    table: str
    columns: tuple[Column, ...]

    @property
    def path(self) -> str:
        """Name of its file below a folder, without the ending: invoice/documents."""
        return f"{self.schema}/{self.table}" if self.schema else self.table

    @property
    def flat_name(self) -> str:
        """Name in a database: invoice__documents; one that is too long for PostgreSQL is cut and told apart."""
        name = f"{self.schema}__{self.table}" if self.schema else self.table
        if len(name) <= _LONGEST_NAME:
            return name
        return name[: _LONGEST_NAME - 9] + "_" + hashlib.sha256(name.encode()).hexdigest()[:8]

    @cached_property
    def polars_schema(self) -> dict[str, pl.DataType]:
        """Column names and their polars types, in order."""
        return {column.name: POLARS[column.type] for column in self.columns}


_RECORD_COLUMNS = (
    Column("document_id", ColumnType.TEXT),
    Column("source_name", ColumnType.TEXT),
    Column("schema", ColumnType.TEXT),
    Column("schema_version", ColumnType.TEXT),
    Column("status", ColumnType.TEXT),
    Column("reviewed_by", ColumnType.TEXT),
    Column("exported_at", ColumnType.INSTANT),
    Column("record_version", ColumnType.INTEGER),
)
_ROW_COLUMNS = (Column("document_id", ColumnType.TEXT), Column("row_number", ColumnType.INTEGER))

FIELDS = TableLayout(
    "",
    "fields",
    (
        Column("document_id", ColumnType.TEXT),
        Column("source_name", ColumnType.TEXT),
        Column("schema", ColumnType.TEXT),
        Column("field", ColumnType.TEXT),  # "gross_total", "line_items.quantity"
        Column("row_number", ColumnType.INTEGER),  # from 1, for what repeats
        Column("answer", ColumnType.TEXT),
        Column("value", ColumnType.TEXT),  # canonical text, exact
        Column("confidence", ColumnType.SHARE),
        Column("confidence_status", ColumnType.TEXT),
        Column("source", ColumnType.TEXT),
        Column("decision", ColumnType.TEXT),
        Column("reviewer", ColumnType.TEXT),
        Column("page", ColumnType.INTEGER),
        Column("box", ColumnType.TEXT),  # JSON: [[x0, y0, x1, y1], …] in points, origin at the top left
        Column("quote", ColumnType.TEXT),
    ),
)
"""The proof of every value, for all schemas together."""


def layouts(schema: Schema) -> tuple[TableLayout, ...]:
    """Return the tables of a schema: `documents` first, then one for each field that repeats."""
    plain = [field for field in schema.fields if field.kind is not Kind.TABLE]
    repeated = [field for field in schema.fields if field.kind is Kind.TABLE or field.many]
    main = TableLayout(schema.name, "documents", (*_RECORD_COLUMNS, *_field_columns(plain, _RECORD_COLUMNS)))
    children = (
        TableLayout(
            schema.name,
            f"documents__{field.name}",
            (*_ROW_COLUMNS, *_field_columns(field.columns or [_single(field)], _ROW_COLUMNS)),
        )
        for field in repeated
    )
    return (main, *children)


def fits(value: Decimal) -> bool:
    """Return whether a decimal column holds `value` exactly (polars would cut it without a word)."""
    _, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int) or value.adjusted() >= DECIMAL_DIGITS - DECIMAL_PLACES:
        return False
    beyond = max(0, -exponent - DECIMAL_PLACES)  # digits that the scale has no place for: they must all be zero
    return not beyond or not any(digits[-beyond:])


def _single(field: FieldDefinition) -> FieldDefinition:
    return field.model_copy(update={"many": False})


def _field_columns(fields: Iterable[FieldDefinition], taken_columns: tuple[Column, ...]) -> list[Column]:
    """A column per field; one that is called like a column of ours gets an underscore at its end."""
    taken = {column.name for column in taken_columns} | {"op"}
    columns = []
    for field in fields:
        name = field.name
        while name in taken:
            name += "_"
        taken.add(name)
        kind = ColumnType.TEXT if field.many else _BY_KIND.get(field.kind, ColumnType.TEXT)
        columns.append(Column(name, kind, field.name, whole_cents=field.kind is Kind.MONEY and not field.many))
    return columns
