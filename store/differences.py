"""What differs between two records of a document, and how the difference is taken back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from schemas.results import Extraction, FieldResult, RowResult
from store.corrections import FieldPath, field_path

ROWS = "[]"  # after the name of a table: which rows it has


def parts(record: Extraction) -> dict[str, FieldResult | tuple[int, ...]]:
    """Return what of a record can change by itself: fields and cells by their path, and which rows a table has."""
    out: dict[str, FieldResult | tuple[int, ...]] = dict(record.fields)
    for name, rows in record.rows.items():
        if rows:
            out[name + ROWS] = tuple(row.number for row in rows)
        for row in rows:
            out |= {f"{name}[{row.number}].{column}": cell for column, cell in row.cells.items()}
    return out


def changed_paths(before: Extraction, after: Extraction) -> list[str]:
    """Return the paths of all parts that differ, in the order of the records."""
    old, new = parts(before), parts(after)
    return [path for path in dict.fromkeys((*old, *new)) if old.get(path) != new.get(path)]


def version_at(versions: Mapping[str, int], path: str) -> int:
    """Return the version of a field or cell; of a row or a table the highest of all in it. From 1."""
    own = versions.get(path, 1)
    if path.endswith("]"):
        within = (version for other, version in versions.items() if other.startswith(path + "."))
        return max((own, *within))
    return own


def taken_back(now: Extraction, before: Extraction, after: Extraction) -> tuple[Extraction, list[str]]:
    """Return the record `now` without the change that led from `before` to `after`, and the paths that changed.

    Problems are those of `now`, unless nothing else has changed since: then it is the record `before` itself.

    Raises:
        Meanwhile: a part that the change touched is no longer as it left it.
    """
    touched = changed_paths(before, after)
    tables = {path.removesuffix(ROWS) for path in touched if path.endswith(ROWS)}
    present, left = parts(now), parts(after)
    for path in touched:
        if present.get(path) != left.get(path):
            raise Meanwhile(path)
    for name in tables:
        if now.rows.get(name) != after.rows.get(name):
            raise Meanwhile(name)
    fields, rows = dict(now.fields), dict(now.rows)
    for name in tables:
        rows[name] = before.rows.get(name, ())
    for path in touched:
        place = field_path(path.removesuffix(ROWS))
        if place.row is None:
            _put(fields, place.field, before.fields)
        elif place.field not in tables:
            rows[place.field] = _with_cell(rows[place.field], place, before.rows[place.field])
    rows = {name: kept for name, kept in rows.items() if kept or name in before.rows}
    if fields == before.fields and rows == before.rows:
        return before, touched
    return now.model_copy(update={"fields": fields, "rows": rows}), touched


class Meanwhile(Exception):
    """A part of the record was changed by somebody else; `path` says which."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


def _put(fields: dict[str, FieldResult], name: str, source: Mapping[str, FieldResult]) -> None:
    if name in source:
        fields[name] = source[name]
    else:
        fields.pop(name, None)


def _with_cell(rows: Iterable[RowResult], place: FieldPath, before: Iterable[RowResult]) -> tuple[RowResult, ...]:
    old = next(row for row in before if row.number == place.row)
    out = []
    for row in rows:
        if row.number == place.row:
            cells: dict[str, Any] = dict(row.cells)
            _put(cells, str(place.column), old.cells)
            row = row.model_copy(update={"cells": cells})
        out.append(row)
    return tuple(out)
