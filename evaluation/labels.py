"""Answers beside known truth: each field and each cell as a label that a scorer can be fitted on."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evaluation.scores import compared
from evaluation.truth import Truth
from schemas.comparators import forms, hits
from schemas.confidence import Origin, origin_of
from schemas.fields import FieldDefinition, Kind
from schemas.results import Answer, Extraction, FieldResult, RowResult
from schemas.schema import Schema


@dataclass(frozen=True, slots=True)
class TruthLabel:
    """One answer and whether it is right; fits evaluation.calibration.Labelled."""

    document: str
    path: str  # of the field; of a cell "items.price"
    kind: Kind
    origin: Origin | None
    answer: Answer
    signals: Mapping[str, float]
    confidence: float | None  # as stated with the answer
    right: bool


def labels_of(
    truth: Truth, extraction: Extraction, schema: Schema, known: Collection[str], *, visible: bool = False
) -> Iterator[TruthLabel]:
    """Yield the labels of one document: its fields, answered or left empty, and the cells of its tables.

    Args:
        truth: what is right.
        extraction: what was answered.
        schema: of the document.
        known: fields that the truth speaks of at all; one that it leaves out is absent from this document.
        visible: count a truth only where the page prints it.
    """
    record = extraction.record()
    for field in schema.fields:
        if field.name not in known:
            continue
        result = extraction.fields[field.name]
        outcome = compared(field, truth, record[field.name], visible=visible)
        if outcome is None:
            continue
        yield _label(truth, field.name, result, outcome.right)
        if field.kind is Kind.TABLE and truth.fields.get(field.name) and not (visible and _hides_rows(truth)):
            yield from _cells(truth, field, extraction.rows.get(field.name, ()))


def _label(truth: Truth, path: str, result: FieldResult, right: bool) -> TruthLabel:
    signals = result.signals
    return TruthLabel(truth.id, path, result.kind, origin_of(signals), result.answer, signals, result.confidence, right)


def _hides_rows(truth: Truth) -> bool:
    return not all(truth.visible_items)


def _cells(truth: Truth, table: FieldDefinition, rows: Sequence[RowResult]) -> Iterator[TruthLabel]:
    """The cells of each row beside those of the true row that it is most like; a row like none is wrong in all."""
    open_rows = [row for row in truth.fields[table.name] if isinstance(row, dict)]
    for row in rows:
        likeness = [sum(_same(table, c, true, row, truth.either_sign) for c in table.columns) for true in open_rows]
        best = max(range(len(open_rows)), key=likeness.__getitem__, default=None)
        true = open_rows.pop(best) if best is not None and likeness[best] else {}
        for column in table.columns:
            cell = row.cells.get(column.name)
            if cell is None:
                continue
            if true and true.get(column.name) in (None, ""):  # a page may print more than the truth lists
                if cell.answer != "found":
                    yield _label(truth, f"{table.name}.{column.name}", cell, True)
                continue
            right = bool(true) and _same(table, column, true, row, truth.either_sign)
            yield _label(truth, f"{table.name}.{column.name}", cell, right)


def _same(
    table: FieldDefinition, column: FieldDefinition, true: Mapping[str, Any], row: RowResult, either_sign: bool
) -> bool:
    cell, wanted = row.cells.get(column.name), true.get(column.name)
    if cell is None or cell.value is None or wanted in (None, ""):
        return False
    if column.kind in (Kind.TEXT, Kind.CLAUSE):  # worded otherwise on the page than in the data behind it
        return bool(hits(forms(table, [{column.name: wanted}]), forms(table, [{column.name: cell.value}])))
    return bool(
        hits(forms(column, wanted, either_sign=either_sign), forms(column, cell.value, either_sign=either_sign))
    )
