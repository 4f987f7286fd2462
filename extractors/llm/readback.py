"""From the text of an answer to candidates. Nothing that a model says raises here: what does not fit is dropped.

A dropped value is named with a reason that quotes nothing of the answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from extractors.llm.answer_model import Row, Single, TableAnswer, column_attributes, column_property, field_adapter
from extractors.llm.certainty import Certainties
from extractors.llm.strict_json import NotPlain, strict_object
from schemas import reasons
from schemas.fields import FieldDefinition, Kind
from schemas.results import Candidate, CandidateRow, Value
from schemas.schema import Schema
from schemas.values.durations import parse_duration
from schemas.values.identifiers import compact
from schemas.values.jurisdictions import find_jurisdictions
from schemas.values.money import CURRENCIES
from schemas.values.typed import canonical

# How much a model's word is worth before anybody has looked for its quote on the page: see `score`.
STATED = 0.6
INFERRED = 0.35
WITHOUT_QUOTE = 0.5  # factor
VALUE_IN_QUOTE = 0.1  # added
LARGEST = Decimal(10) ** 12  # no amount or number of a document reaches it
YEARS = range(1900, 2200)
NOT_GIVEN = Certainties()  # the provider gives no log-probabilities
_CODES = frozenset(CURRENCIES.values())


@dataclass(frozen=True, slots=True)
class Dropped:
    """A value that was not believed."""

    field: str
    reason: str  # a plain sentence part: "is no date"
    row: int | None = None  # place in the answer's rows, from 1
    column: str | None = None


@dataclass(frozen=True, slots=True)
class ReadBack:
    """What one answer holds."""

    candidates: tuple[Candidate, ...] = ()
    absent: tuple[str, ...] = ()  # fields that the model says the document does not give
    dropped: tuple[Dropped, ...] = ()
    unanswered: tuple[str, ...] = ()  # fields for which there is no usable answer at all
    counts: Mapping[str, int] = field(default_factory=dict)  # rows of each whole table, as the model counts them
    fault: str = ""  # why nothing of the answer can be used; "" if it can


def read_back(text: str, schema: Schema, asked: Sequence[str], certain: Certainties = NOT_GIVEN) -> ReadBack:
    """Return what the text of an answer says of the fields `asked`; never raises for what stands in it.

    Args:
        text: the answer.
        schema: the fields there are.
        asked: names of those that were asked for.
        certain: how sure the model was of each value, by its path in the answer.
    """
    try:
        data = strict_object(text)
    except NotPlain as fault:
        return ReadBack(unanswered=tuple(asked), fault=str(fault))
    parts = [_field(schema, schema.field(name), data, certain) for name in asked]
    return ReadBack(
        candidates=tuple(candidate for part in parts for candidate in part.candidates),
        absent=tuple(name for part in parts for name in part.absent),
        dropped=tuple(drop for part in parts for drop in part.dropped),
        unanswered=tuple(name for part in parts for name in part.unanswered),
        counts={name: count for part in parts for name, count in part.counts.items()},
    )


def score(basis: str, quote: str, value: Value) -> tuple[float, dict[str, float]]:
    """Return what a model's reading is worth (0..1) and the signals it was made from.

    It compares readings of one model only; whether quote and value stand on the page is found out later, by others.
    """
    signals = {"stated": 1.0 if basis == "stated" else 0.0, "inferred": 1.0 if basis == "inferred" else 0.0}
    worth = STATED if basis == "stated" else INFERRED
    if not quote:
        return round(worth * WITHOUT_QUOTE, 4), signals
    if isinstance(value, str) and value.casefold() in quote.casefold():
        worth += VALUE_IN_QUOTE
    return round(worth, 4), signals


def typed(definition: FieldDefinition, text: str) -> Value:
    """Return the value that a canonical text stands for.

    Raises:
        ValueError: it is none of the field's kind, or outside what a document could hold; says so without the text.
    """
    kind = definition.kind
    if definition.pattern and kind not in (Kind.MONEY, Kind.NUMBER, Kind.DATE):
        text = compact(text) if not re.fullmatch(definition.pattern, text) else text
        if not re.fullmatch(definition.pattern, text):
            raise ValueError("does not have the form that the schema asks for")
    reader = _READERS.get(kind)
    if reader is not None:
        return reader(text)
    return text


def _number(text: str) -> Value:
    value = canonical(Kind.NUMBER, text)
    if not isinstance(value, Decimal) or abs(value) >= LARGEST:
        raise ValueError("is larger than any that a document holds")
    return value + 0 if value else abs(value)  # no minus before nothing


def _date(text: str) -> Value:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError("is no day of the calendar") from None
    if day.year not in YEARS:
        raise ValueError(f"is not between {YEARS.start} and {YEARS.stop}")
    return day


def _duration(text: str) -> Value:
    span = parse_duration(text)
    if span is None:
        raise ValueError("is no span of time")
    return span


def _currency(text: str) -> Value:
    if text not in _CODES and not re.fullmatch(r"[A-Z]{3}", text):
        raise ValueError("is no code of a currency")
    return text


def _jurisdiction(text: str) -> Value:
    """The bare name if the text holds just one that we know ("State of New York"); else the text."""
    names = {found.name for found in find_jurisdictions(text)}
    return names.pop() if len(names) == 1 else text


_READERS = {
    Kind.MONEY: _number,
    Kind.NUMBER: _number,
    Kind.DATE: _date,
    Kind.DURATION: _duration,
    Kind.CURRENCY: _currency,
    Kind.JURISDICTION: _jurisdiction,
}


def _field(schema: Schema, definition: FieldDefinition, data: Mapping[str, Any], certain: Certainties) -> ReadBack:
    name = definition.name
    if name not in data:
        return ReadBack(unanswered=(name,), dropped=(Dropped(name, "was left out of the answer"),))
    if definition.kind is Kind.TABLE:
        return _table(schema, definition, data[name], certain)
    if definition.many:
        return _many(schema, definition, data[name], certain)
    try:
        single: Single = field_adapter(schema, name).validate_python(data[name])
    except ValidationError as error:
        return ReadBack(unanswered=(name,), dropped=(Dropped(name, _why(error)),))
    return _single(definition, single, certain.signals((name, "value")))


def _single(definition: FieldDefinition, single: Single, sure: Mapping[str, float]) -> ReadBack:
    name = definition.name
    if single.basis == "absent" and single.value is None:
        return ReadBack(absent=(name,))
    if single.basis == "absent" or single.value is None:
        reason = "is called absent and given all the same" if single.value else "is called present and not given"
        return ReadBack(unanswered=(name,), dropped=(Dropped(name, reason),))
    try:
        return ReadBack(candidates=(_candidate(definition, single.basis, single.quote or "", single.value, sure),))
    except ValueError as reason:
        return ReadBack(unanswered=(name,), dropped=(Dropped(name, str(reason)),))


def _many(schema: Schema, definition: FieldDefinition, given: Any, certain: Certainties) -> ReadBack:
    """A list: what fits counts, each on its own; a list of which nothing fits is no answer."""
    name = definition.name
    candidates: list[Candidate] = []
    dropped: list[Dropped] = []
    adapter = field_adapter(schema, name)
    for place, each in enumerate(given if isinstance(given, list) else [None]):
        try:
            (single,) = adapter.validate_python([each])
        except ValidationError as error:
            dropped.append(Dropped(name, _why(error)))
            continue
        part = _single(definition, single, certain.signals((name, place, "value")))
        candidates += part.candidates
        dropped += part.dropped
    distinct: dict[Value | None, Candidate] = {}
    for candidate in candidates:
        distinct.setdefault(candidate.value, candidate)
    candidates = list(distinct.values())
    absent = (name,) if not candidates and not dropped else ()
    unanswered = (name,) if not candidates and dropped else ()
    return ReadBack(tuple(candidates), absent, tuple(dropped), unanswered)


def _table(schema: Schema, definition: FieldDefinition, given: Any, certain: Certainties) -> ReadBack:
    """A table: rows that fit count, each on its own, and in a row each cell."""
    name = definition.name
    adapter = field_adapter(schema, name)
    rows: list[CandidateRow] = []
    dropped: list[Dropped] = []
    listed = given.get("rows") if isinstance(given, dict) else None
    count = given.get("count") if isinstance(given, dict) else None
    try:
        table: TableAnswer = adapter.validate_python({"count": count, "rows": []})
    except ValidationError:
        return ReadBack(unanswered=(name,), dropped=(Dropped(name, "has no count of rows"),))
    if not isinstance(listed, list):
        return ReadBack(unanswered=(name,), dropped=(Dropped(name, "has no list of rows"),))
    for number, each in enumerate(listed, 1):
        try:
            row: Row = adapter.validate_python({"count": count, "rows": [_lenient(each)]}).rows[0]
        except ValidationError as error:
            dropped.append(Dropped(name, _why(error), number))
            continue
        cells = dict(_cells(definition, row, number, dropped, certain))
        if cells:
            rows.append(CandidateRow(cells, row.page))
    if not rows:
        empty = not listed and not table.count
        return ReadBack(
            absent=(name,) if empty else (),
            unanswered=() if empty else (name,),
            dropped=tuple(dropped),
            counts={name: table.count},
        )
    worth = sum(cell.score for row in rows for cell in row.cells.values()) / sum(len(row.cells) for row in rows)
    signals = {"stated": 1.0, "inferred": 0.0, "rows": float(len(rows)), "counted": float(table.count)}
    candidate = Candidate(name, Kind.TABLE, "llm", None, score=round(worth, 4), signals=signals, rows=tuple(rows))
    return ReadBack((candidate,), dropped=tuple(dropped), counts={name: table.count})


def _lenient(row: Any) -> Any:
    """A row without the cells that do not fit alone: one bad figure does not cost the row."""
    if not isinstance(row, dict):
        return row
    return {key: value for key, value in row.items() if isinstance(value, (str, int)) or value is None}


def _cells(
    definition: FieldDefinition, row: Row, number: int, dropped: list[Dropped], certain: Certainties
) -> Iterator[tuple[str, Candidate]]:
    attributes = column_attributes(definition.columns)
    for column in definition.columns:
        value = getattr(row, attributes[column.name])
        if value is None:
            continue
        try:
            sure = certain.signals((definition.name, "rows", number - 1, column_property(column)))
            yield column.name, _candidate(column, "stated", row.quote or "", value, sure)
        except ValueError as reason:
            dropped.append(Dropped(definition.name, str(reason), number, column.name))


def _candidate(definition: FieldDefinition, basis: str, quote: str, text: str, sure: Mapping[str, float]) -> Candidate:
    value = typed(definition, text)
    worth, signals = score(basis, quote, value)
    signals |= sure
    reason = reasons.MODEL_STATES() if basis == "stated" else reasons.MODEL_INFERRED()
    return Candidate(
        definition.name, definition.kind, "llm", value, score=worth, signals=signals, reasons=(reason,), quote=quote
    )


_FAULTS = {
    "string_pattern_mismatch": "does not have the form of its kind",
    "string_too_long": "is too long",
    "literal_error": "is none of the choices",
    "value_error": "holds control characters",
    "missing": "lacks a part",
    "extra_forbidden": "has a part that nobody asked for",
    "too_long": "has too many entries",
}


def _why(error: ValidationError) -> str:
    kinds = [str(each["type"]) for each in error.errors(include_input=False, include_context=False)]
    return next((_FAULTS[kind] for kind in kinds if kind in _FAULTS), "is not of the form that was asked for")
