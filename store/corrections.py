"""What a person's act makes of a record: pure functions from an extraction to the next one."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from schemas import reasons
from schemas.errors import InvalidValue
from schemas.fields import FieldDefinition, Kind
from schemas.reasons import Sentence
from schemas.results import Alternative, Evidence, Extraction, FieldResult, Problem, RowResult, Value
from schemas.schema import Schema
from schemas.values.typed import as_text, canonical

_PATH = re.compile(r"(?P<field>[a-z][a-z0-9_]*)(\[(?P<row>[1-9][0-9]{0,5})\](\.(?P<column>[a-z][a-z0-9_]*))?)?")


class FieldPath(NamedTuple):
    """A field ("gross_total"), a row ("line_items[3]", numbered from 1) or a cell ("line_items[3].quantity")."""

    field: str
    row: int | None = None
    column: str | None = None

    def __str__(self) -> str:
        row = f"[{self.row}]" if self.row is not None else ""
        return f"{self.field}{row}{'.' + self.column if self.column else ''}"


def field_path(text: str) -> FieldPath:
    """Read a path; raises InvalidValue."""
    match = _PATH.fullmatch(text)
    if match is None:
        raise InvalidValue(
            f"{text!r} names no field. Write a field like gross_total or a cell like line_items[3].quantity."
        )
    row = match["row"]
    return FieldPath(match["field"], int(row) if row else None, match["column"])


def bare(extraction: Extraction, path: FieldPath) -> Any:
    """Return the bare value at `path` in JSON's types; None where there is none."""
    if path.row is None:
        return _json(extraction.record().get(path.field))
    row = _row(extraction, path)
    if row is None:
        return None
    if path.column is None:
        return {column: _json(cell.value) for column, cell in row.cells.items()}
    cell = row.cells.get(path.column)
    return None if cell is None else _json(cell.value)


def with_value(
    extraction: Extraction, schema: Schema, path: FieldPath, value: Any, evidence: Sequence[Evidence], reason: Sentence
) -> Extraction:
    """Return the record with a person's `value` at `path` and the checks of the schema made again.

    None says that the document does not state it; None for a row drops the row. A cell of the row after the last one
    makes a new row. A list of values is given as a list.

    Raises:
        InvalidValue: the schema has no such field, or the value is none of its kind.
    """
    definition = _definition(schema, path)
    if definition.kind is Kind.TABLE:
        if path.row is None or value is not None:
            raise InvalidValue(f"{path} is a table: set its cells, like {path.field}[1].{definition.columns[0].name}.")
        changed = _without_row(extraction, path)
    elif path.row is None:
        old = extraction.fields.get(path.field)
        result = _by_person(definition, value, evidence, reason, old)
        changed = _replace(extraction, fields={**extraction.fields, path.field: result})
    else:
        changed = _with_cell(extraction, path, definition, value, evidence, reason)
    return _rechecked(extraction, changed, schema)


def with_reading(extraction: Extraction, schema: Schema, result: FieldResult) -> Extraction:
    """Return the record with another reading of a field, by a machine, and the checks of the schema made again."""
    changed = _replace(extraction, fields={**extraction.fields, result.name: result})
    return _rechecked(extraction, changed, schema)


def with_acceptance(extraction: Extraction, path: FieldPath, reason: Sentence) -> Extraction:
    """Return the record with the field, row or cell at `path` accepted as it is (a table: with all its rows).

    Raises:
        InvalidValue: the record has nothing there.
    """
    if path.row is None and path.field in extraction.fields:
        fields = {**extraction.fields, path.field: _accepted(extraction.fields[path.field], reason)}
        rows = {**extraction.rows}
        if path.field in rows:
            rows[path.field] = tuple(_accepted_row(row, None, reason) for row in rows[path.field])
        return _replace(extraction, fields=fields, rows=rows)
    row = _row(extraction, path)
    if row is None or (path.column is not None and path.column not in row.cells):
        raise InvalidValue(f"The record has no {path}. `docassay review show` lists what it has.")
    return _with_row(extraction, path.field, _accepted_row(row, path.column, reason))


def carried_over(
    old: Extraction, new: Extraction, paths: Collection[FieldPath], waived: Collection[str], schema: Schema
) -> Extraction:
    """Return the `new` reading with what a person decided in the `old` record: later readings never overwrite it.

    A table in which a person touched anything stays as it was: rows of two readings need not be the same rows. Problems
    whose message is in `waived` stay waived.
    """
    names = {path.field for path in paths if path.field in old.fields or path.field in old.rows}
    if not names:
        return new
    merged = _replace(
        new,
        fields={**new.fields, **{name: old.fields[name] for name in names if name in old.fields}},
        rows={**new.rows, **{name: old.rows[name] for name in names if name in old.rows}},
    )
    problems = _rechecked(new, merged, schema).problems
    return _replace(merged, problems=tuple(problem for problem in problems if problem.message not in waived))


def with_new_row(
    extraction: Extraction, schema: Schema, table: str, number: int, values: Mapping[str, Any], reason: Sentence
) -> Extraction:
    """Return the record with a row by a person at `number`; the rows from there on move down, to the next gap.

    Args:
        table: name of the table field.
        number: of the new row, from 1; at most one more than the last.
        values: canonical or typed, by column; a column left out is not stated in this row.

    Raises:
        InvalidValue: there is no such table, column or place, or a value is none of its kind.
    """
    definition = _definition(schema, FieldPath(table))
    if definition.kind is not Kind.TABLE:
        raise InvalidValue(f"{table} is no table and has no rows.")
    for column in values:
        _definition(schema, FieldPath(table, number, column))
    rows = extraction.rows.get(table, ())
    last = max((row.number for row in rows), default=0)
    if not 1 <= number <= last + 1:
        raise InvalidValue(f"{table} has no place for a row {number}. The next new row would be number {last + 1}.")
    cells = {
        column.name: _by_person(column, values.get(column.name), (), reason, None) for column in definition.columns
    }
    taken, gap = {row.number for row in rows}, number
    while gap in taken:
        gap += 1
    moved = tuple(
        row.model_copy(update={"number": row.number + 1}) if number <= row.number < gap else row for row in rows
    )
    before = _replace(extraction, rows={**extraction.rows, table: moved})
    return _rechecked(extraction, _with_row(before, table, RowResult(number=number, cells=cells)), schema)


def rechecked(
    extraction: Extraction, before: Collection[Problem], schema: Schema, waived: Collection[str]
) -> Extraction:
    """Return the record with the checks made anew; of other problems it keeps its own and those it had `before`."""
    kinds = {"required", *(check.kind for check in schema.checks)}
    others = [problem for problem in (*extraction.problems, *before) if problem.check not in kinds]
    problems = dict.fromkeys((*_failures(extraction, schema), *others))
    return _replace(extraction, problems=tuple(problem for problem in problems if problem.message not in waived))


def _rechecked(before: Extraction, after: Extraction, schema: Schema) -> Extraction:
    """Drop the problems that no longer hold and add new ones; what failed before without being shown was waived."""
    kinds = {"required", *(check.kind for check in schema.checks)}
    waived = [problem for problem in _failures(before, schema) if problem not in before.problems]
    others = [problem for problem in after.problems if problem.check not in kinds]
    failures = [problem for problem in _failures(after, schema) if problem not in waived]
    return _replace(after, problems=(*others, *failures))


def _failures(extraction: Extraction, schema: Schema) -> list[Problem]:
    record = extraction.record()
    verdicts = [(check, check.verdict(record)) for check in schema.checks]
    failed = [
        Problem(check=check.kind, fields=check.fields, message=verdict.message)
        for check, verdict in verdicts
        if verdict.outcome == "failed"
    ]
    missing = [
        Problem(check="required", fields=(field.name,), message=reasons.REQUIRED(field=field.name))
        for field in schema.fields
        if field.acceptance.required and not _found(extraction, field.name)
    ]
    return failed + missing


def _found(extraction: Extraction, name: str) -> bool:
    result = extraction.fields.get(name)
    return result is not None and result.answer == "found"


def _definition(schema: Schema, path: FieldPath) -> FieldDefinition:
    known = {field.name: field for field in schema.fields}
    field = known.get(path.field)
    if field is None:
        raise InvalidValue(f"The schema {schema.name} has no field {path.field}. It has {', '.join(known)}.")
    if path.row is not None and field.kind is not Kind.TABLE:
        raise InvalidValue(f"{path.field} is no table and has no rows. Set it without a number.")
    if path.column is None:
        return field
    columns = {column.name: column for column in field.columns}
    if path.column not in columns:
        raise InvalidValue(f"{path.field} has no column {path.column}. It has {', '.join(columns)}.")
    return columns[path.column]


def _by_person(
    definition: FieldDefinition, value: Any, evidence: Sequence[Evidence], reason: Sentence, old: FieldResult | None
) -> FieldResult:
    if definition.many:
        given = [] if value is None else value if isinstance(value, list | tuple) else [value]
        one, many = None, tuple(_typed(definition, item) for item in given)
    else:
        one, many = None if value is None else _typed(definition, value), ()
    return FieldResult(
        name=definition.name,
        kind=definition.kind,
        answer="stated_absent" if one is None and not many else "found",
        value=one,
        values=many,
        evidence=tuple(evidence),
        source="person",  # no confidence: nobody computed one
        alternatives=_with_first_reading(old, one),
        reasons=(reason,),
        decision="accepted",
    )


def _with_first_reading(old: FieldResult | None, value: Value | None) -> tuple[Alternative, ...]:
    if old is None:
        return ()
    others = old.alternatives
    if old.value is not None and old.value != value and old.source is not None:
        reading = Alternative(
            kind=old.kind, value=old.value, source=old.source, evidence=old.evidence, confidence=old.confidence
        )
        others = (reading, *others)
    return tuple(other for other in others if other.value != value)[:3]


def _typed(definition: FieldDefinition, value: Any) -> Value:
    if isinstance(value, Mapping | list | tuple) or value == "":
        raise InvalidValue(f"{definition.name} takes one {definition.kind.value}; {value!r} is none.")
    try:
        typed = canonical(definition.kind, value)
    except (ValueError, TypeError):
        wanted = {Kind.DATE: "a date like 2026-01-31", Kind.MONEY: "an amount like 1250.00", Kind.NUMBER: "a number"}
        needs = wanted.get(definition.kind, definition.kind.value)
        raise InvalidValue(f"{definition.name} takes {needs}; {value!r} is none.") from None
    if definition.kind is Kind.CHOICE and typed not in definition.choices:
        raise InvalidValue(f"{definition.name} is one of {', '.join(definition.choices)}; {value!r} is none of them.")
    return typed


def _with_cell(
    extraction: Extraction,
    path: FieldPath,
    definition: FieldDefinition,
    value: Any,
    evidence: Sequence[Evidence],
    reason: Sentence,
) -> Extraction:
    if path.row is None or path.column is None:
        raise InvalidValue(f"{path} is no cell.")
    row = _row(extraction, path)
    if row is None:
        following = max((row.number for row in extraction.rows.get(path.field, ())), default=0) + 1
        if path.row != following:
            raise InvalidValue(f"{path.field} has no row {path.row}. A new row would be number {following}.")
        row = RowResult(number=path.row, cells={})
    cell = _by_person(definition, value, evidence, reason, row.cells.get(path.column))
    return _with_row(extraction, path.field, RowResult(number=row.number, cells={**row.cells, path.column: cell}))


def _with_row(extraction: Extraction, field: str, changed: RowResult) -> Extraction:
    others = [row for row in extraction.rows.get(field, ()) if row.number != changed.number]
    rows = tuple(sorted((*others, changed), key=lambda row: row.number))
    fields = dict(extraction.fields)
    if field not in fields or fields[field].answer != "found":
        fields[field] = FieldResult(
            name=field, kind=Kind.TABLE, answer="found", source="person", reasons=(reasons.ROWS_ADDED(),),
            decision="accepted",
        )  # fmt: skip
    return _replace(extraction, fields=fields, rows={**extraction.rows, field: rows})


def _without_row(extraction: Extraction, path: FieldPath) -> Extraction:
    if _row(extraction, path) is None:
        raise InvalidValue(f"{path.field} has no row {path.row}.")
    rows = tuple(row for row in extraction.rows[path.field] if row.number != path.row)
    return _replace(extraction, rows={**extraction.rows, path.field: rows})


def _row(extraction: Extraction, path: FieldPath) -> RowResult | None:
    return next((row for row in extraction.rows.get(path.field, ()) if row.number == path.row), None)


def _accepted(result: FieldResult, reason: Sentence) -> FieldResult:
    if result.decision == "accepted":
        return result
    return result.model_copy(update={"decision": "accepted", "reasons": (*result.reasons, reason)})


def _accepted_row(row: RowResult, column: str | None, reason: Sentence) -> RowResult:
    cells = {name: _accepted(cell, reason) if column in (None, name) else cell for name, cell in row.cells.items()}
    return RowResult(number=row.number, cells=cells)


def _replace(extraction: Extraction, **values: Any) -> Extraction:
    return extraction.model_copy(update=values)


def _json(value: Any) -> Any:
    if isinstance(value, Decimal | date):
        return as_text(value)
    if isinstance(value, list):
        return [_json(item) for item in value]
    if isinstance(value, dict):
        return {key: _json(item) for key, item in value.items()}
    return value
