"""Records to tables: pure, a chunk of records at a time, every column of a declared type."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import polars as pl

from exports.columns import FIELDS, Column, ColumnType, TableLayout, fits, layouts
from exports.records import ExportRecord
from schemas.fields import Kind
from schemas.results import Evidence, FieldResult, Value
from schemas.schema import Schema
from schemas.values.typed import as_text

_Row = tuple[Any, ...]


@dataclass(frozen=True)
class Chunk:
    """Some records as tables, and what a database needs to know of them."""

    tables: tuple[tuple[TableLayout, pl.DataFrame], ...]
    versions: Mapping[str, int]  # document id -> record version, of the records that are in the tables
    withdrawn: tuple[str, ...] = ()  # document ids of records that may not be in the target (any more)
    notes: tuple[str, ...] = ()  # values that no typed column holds; their text stands in `fields`


def as_chunk(
    records: Sequence[ExportRecord],
    schemas: Mapping[str, Schema],
    exported_at: datetime,
    withdrawn: Sequence[str] = (),
) -> Chunk:
    """Return the tables of `records`.

    Args:
        records: each under one of `schemas`.
        schemas: by name; their current fields are the columns.
        exported_at: an aware time, written in UTC.
        withdrawn: handed on.
    """
    rows: dict[TableLayout, list[_Row]] = {}
    notes: list[str] = []
    at = exported_at.astimezone(UTC).replace(tzinfo=None)
    tables = {name: layouts(schemas[name]) for name in sorted({record.extraction.schema_name for record in records})}
    for name in tables:
        for layout in tables[name]:
            rows[layout] = []
    rows[FIELDS] = []
    for record in records:
        main, *children = tables[record.extraction.schema_name]
        rows[main].append(_document_row(main, record, at, notes))
        for child in children:
            rows[child].extend(_child_rows(child, record, notes))
        rows[FIELDS].extend(_proofs(record))
    return Chunk(
        tables=tuple((layout, _frame(layout, lines)) for layout, lines in rows.items()),
        versions={record.document_id: record.record_version for record in records},
        withdrawn=tuple(withdrawn),
        notes=tuple(notes),
    )


def _frame(layout: TableLayout, rows: list[_Row]) -> pl.DataFrame:
    columns = zip(*rows, strict=True) if rows else ((),) * len(layout.columns)
    typed = zip(layout.polars_schema.items(), columns, strict=True)
    return pl.DataFrame([_series(name, kind, values) for (name, kind), values in typed])


def _series(name: str, kind: pl.DataType, values: Sequence[Any]) -> pl.Series:
    try:
        return pl.Series(name, values, dtype=kind, strict=True)
    except UnicodeEncodeError:  # names of files may hold bytes that are no text
        clean = [None if value is None else value.encode("utf-8", "replace").decode() for value in values]
        return pl.Series(name, clean, dtype=kind, strict=True)


def _document_row(layout: TableLayout, record: ExportRecord, at: datetime, notes: list[str]) -> _Row:
    extraction = record.extraction
    about: dict[str, Any] = {
        "document_id": record.document_id,
        "source_name": record.source_name,
        "schema": extraction.schema_name,
        "schema_version": extraction.schema_version,
        "status": record.status,
        "reviewed_by": record.reviewed_by,
        "exported_at": at,
        "record_version": record.record_version,
    }
    return tuple(
        _cell(column, extraction.fields.get(column.field), record, notes) if column.field else about[column.name]
        for column in layout.columns
    )


def _child_rows(layout: TableLayout, record: ExportRecord, notes: list[str]) -> Iterator[_Row]:
    field = layout.table.removeprefix("documents__")
    columns = [column for column in layout.columns if column.field is not None]
    result = record.extraction.fields.get(field)
    if result is not None and result.values:
        for number, value in enumerate(result.values, 1):
            yield (record.document_id, number, _typed(columns[0], value, record, notes))
    for row in record.extraction.rows.get(field, ()):
        cells = (_cell(column, row.cells.get(column.field or ""), record, notes) for column in columns)
        yield (record.document_id, row.number, *cells)


def _cell(column: Column, result: FieldResult | None, record: ExportRecord, notes: list[str]) -> Any:
    if result is None:
        return None
    if result.values:
        return json.dumps([as_text(value) for value in result.values], ensure_ascii=False)
    return None if result.value is None else _typed(column, result.value, record, notes)


def _typed(column: Column, value: Value, record: ExportRecord, notes: list[str]) -> Any:
    """The value in the column's type; None with a note where the type cannot hold it, never another value."""
    if column.type is ColumnType.TEXT:
        return as_text(value)
    if column.type is ColumnType.DECIMAL and isinstance(value, Decimal) and fits(value):
        return value
    if column.type is ColumnType.DATE and isinstance(value, date):
        return value
    notes.append(
        f"{record.source_name} ({record.document_id[:12]}): {column.name} {as_text(value)!r} does not fit a column of "
        f"type {column.type.value}; its text stands in the table fields."
    )
    return None


def _proofs(record: ExportRecord) -> Iterator[_Row]:
    for name, result in record.extraction.fields.items():
        if result.kind is Kind.TABLE:
            yield _proof(record, name, result, None, record.reviewer(name))
            for row in record.extraction.rows.get(name, ()):
                for column, cell in row.cells.items():
                    who = record.reviewer(name, row.number, column)
                    yield _proof(record, f"{name}.{column}", cell, row.number, who, cell.value, cell.evidence)
        elif result.values:
            who = record.reviewer(name)
            for number, value in enumerate(result.values, 1):
                yield _proof(record, name, result, number, who, value, result.evidence[number - 1 : number])
        else:
            yield _proof(record, name, result, None, record.reviewer(name), result.value, result.evidence)


def _proof(
    record: ExportRecord,
    field: str,
    result: FieldResult,
    row_number: int | None,
    reviewer: str | None,
    value: Value | None = None,
    evidence: tuple[Evidence, ...] = (),
) -> _Row:
    place = evidence[0] if evidence else None
    return (
        record.document_id,
        record.source_name,
        record.extraction.schema_name,
        field,
        row_number,
        result.answer,
        None if value is None else as_text(value),
        result.confidence,
        result.confidence_status,
        result.source,
        result.decision,
        reviewer,
        place.page if place else None,
        json.dumps([[round(edge, 2) for edge in box] for box in place.boxes]) if place and place.boxes else None,
        place.quote if place else None,
    )
