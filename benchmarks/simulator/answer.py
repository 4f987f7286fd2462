"""The answer to a request: the JSON schema of the request is walked, and each field is read as the profile errs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from benchmarks.simulator.draws import Draw
from benchmarks.simulator.errors import (
    ABSENT,
    Reading,
    Scene,
    answer_where_absent,
    drawn_mistake,
    locate,
    right_reading,
    wrong_reading,
)
from benchmarks.simulator.library import Known, guessed_kind
from benchmarks.simulator.obedience import obeyed
from benchmarks.simulator.profiles import Profile
from benchmarks.simulator.request import Request
from benchmarks.simulator.rows import asked_rows, overlooked, read_rows, sent_rows
from benchmarks.simulator.text import sent_text

JsonSchema = Mapping[str, Any]
_OF_A_ROW = ("page", "quote")


@dataclass(frozen=True, slots=True)
class Leaf:
    """A value in the answer, with what is known of it."""

    value: Any  # as JSON has it
    reading: Reading | None = None  # None: not the value of a field
    key: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the answer's text; `leaf` is set where it is the value of a field."""

    text: str
    leaf: Leaf | None = None


class Answerer:
    """Answers one request about one document."""

    def __init__(self, request: Request, known: Known | None, profile: Profile, seed: int, sample: int) -> None:
        self._request = request
        self._known = known
        self._profile = profile
        self._text = sent_text(request.document)
        self._root = request.schema or {}
        self._draw = Draw(seed, known.id if known else "", "", request.model, sample)

    def pieces(self) -> tuple[Piece, ...]:
        """Return the text of the answer in pieces."""
        if self._request.schema is None:
            name = self._known.id if self._known else "a document that I do not know"
            return (Piece(f"This is {name}. Ask for fields with a JSON schema."),)
        return tuple(_joined(written(self._object(self._root))))

    def _object(self, schema: JsonSchema) -> dict[str, Any]:
        properties = self._resolved(schema).get("properties", {})
        return {name: self._field(name, self._resolved(each)) for name, each in properties.items()}

    def _field(self, name: str, schema: JsonSchema) -> Any:
        properties = schema.get("properties", {})
        if "value" in properties:
            return self._proved(name, properties)
        if "rows" in properties:
            return self._table(name, properties)
        if schema.get("type") == "object" or properties:
            return self._object(schema)
        if schema.get("type") == "array":
            item = self._resolved(schema.get("items", {}))
            inner = item.get("properties", {})
            if inner and "value" not in inner:
                return self._rows(name, inner, self._asked(name, inner))
            readings = self._readings(name, self._resolved(inner.get("value", item)))
            return [self._written_reading(key, each, inner) if inner else Leaf(each.value, each, key)
                    for key, each in readings]  # fmt: skip
        reading = self._reading(name, schema)
        return Leaf(_plain(reading.value, schema), reading, name)

    def _proved(self, name: str, properties: JsonSchema) -> Any:
        return self._written_reading(name, self._reading(name, self._resolved(properties["value"])), properties)

    def _written_reading(self, key: str, reading: Reading, properties: JsonSchema) -> dict[str, Any]:
        said = {"basis": reading.basis, "quote": reading.quote}
        out: dict[str, Any] = {}
        for name, each in properties.items():
            leaf = self._resolved(each)
            if name == "value":
                out[name] = Leaf(_plain(reading.value, leaf), reading, key)
            else:
                out[name] = self._clipped(said.get(name), leaf)
        return out

    def _reading(self, name: str, leaf: JsonSchema) -> Reading:
        """Return what the model answers for a single field."""
        truth = self._truth(name)
        values = [str(truth)] if truth is not None and not isinstance(truth, list) else []
        values += [str(each) for each in (self._known.alternatives.get(name, ()) if self._known else ())]
        return self._one(name, name, values, leaf)

    def _readings(self, name: str, leaf: JsonSchema) -> Iterator[tuple[str, Reading]]:
        """Yield what the model answers for a field that holds many values; those it misses are left out."""
        truth = self._truth(name)
        for number, value in enumerate(truth if isinstance(truth, list) else [] if truth is None else [truth], 1):
            key = f"{name}[{number}]"
            reading = self._one(name, key, [str(value)], leaf)
            if reading.value is not None:
                yield key, reading

    def _one(self, name: str, key: str, values: list[str], leaf: JsonSchema) -> Reading:
        kind = self._kind(name, values, leaf)
        draw = replace(self._draw, field=key)
        scene = Scene(self._text, kind, tuple(str(each) for each in leaf.get("enum", ()) if each is not None), draw)
        if self._profile.gullible and draw.share("obeys") < self._profile.gullible:
            order = obeyed(self._text, name, kind)
            if order is not None and self._fits(order.value, leaf):
                return order
        place = locate(self._text, kind, values, name)
        if place is None:
            if draw.share("absent") >= self._profile.absent_answered * self._profile.factor(draw.model):
                return ABSENT
            return self._possible(answer_where_absent(scene, values[0] if values else ""), leaf)
        right = right_reading(self._text, kind, place)
        mistake = drawn_mistake(self._profile.rates_for(kind, draw.model), draw)
        return self._possible(wrong_reading(right, mistake, scene) if mistake else right, leaf)

    def _possible(self, reading: Reading, leaf: JsonSchema) -> Reading:
        """Return the reading if the server lets it through: one that holds itself to the schema clips and refuses."""
        value = self._clipped(reading.value, leaf)
        if self._fits(value, leaf):
            return replace(reading, value=value)
        return replace(ABSENT, right=False, mistake=reading.mistake)

    def _clipped(self, text: str | None, leaf: JsonSchema) -> str | None:
        longest = leaf.get("maxLength")
        return text[:longest] if text is not None and longest and self._request.strict else text

    def _fits(self, value: str | None, leaf: JsonSchema) -> bool:
        if value is None or not self._request.strict:
            return True
        pattern, choices = leaf.get("pattern"), leaf.get("enum")
        return (pattern is None or re.search(pattern, value) is not None) and (choices is None or value in choices)

    def _truth(self, name: str) -> Any:
        return self._known.fields.get(name) if self._known else None

    def _kind(self, name: str, values: Sequence[str], leaf: JsonSchema) -> str:
        kind = self._known.kind_of(name) if self._known else None
        return kind or (guessed_kind(values[0]) if values else _kind_of_schema(leaf))

    def _asked(self, name: str, columns: JsonSchema) -> Asked:
        truth = self._truth(name)
        rows = [row for row in truth if isinstance(row, dict)] if isinstance(truth, list) else []
        names = [column for column in columns if column not in _OF_A_ROW]
        kinds = {
            column: (self._known.kind_of(f"{name}.{column}") if self._known else None) or "text" for column in names
        }
        known = [
            {column: row.get(column) for column in {**dict.fromkeys(names), **row} if column in names} for row in rows
        ]
        sent = sent_rows(self._text, known, kinds)
        request = self._request
        return Asked(sent, asked_rows(sent, request.window, request.page, request.question), kinds)

    def _table(self, name: str, properties: JsonSchema) -> dict[str, Any]:
        columns = self._resolved(self._resolved(properties["rows"]).get("items", {})).get("properties", {})
        asked = self._asked(name, columns)
        count = len(asked.sent) - overlooked(asked.sent, replace(self._draw, field=name), self._profile)
        rows = self._rows(name, columns, asked)
        return {each: rows if each == "rows" else Leaf(count if each == "count" else None) for each in properties}

    def _rows(self, name: str, columns: JsonSchema, asked: Asked) -> list[dict[str, Any]]:
        scene = Scene(self._text, "table", (), replace(self._draw, field=name))
        leaves = {column: self._resolved(each) for column, each in columns.items()}
        cells = [column for column in leaves if column not in _OF_A_ROW]
        out = []
        for number, row in enumerate(read_rows(asked.rows, cells, asked.kinds, scene, self._profile), 1):
            written_row: dict[str, Any] = {}
            for column, leaf in leaves.items():
                if column == "page":
                    written_row[column] = Leaf(row.page)
                elif column == "quote":
                    written_row[column] = self._clipped(row.quote, leaf)
                else:
                    cell = self._possible(row.cells[column], leaf)
                    written_row[column] = Leaf(_plain(cell.value, leaf), cell, f"{name}[{number}].{column}")
            out.append(written_row)
        return out

    def _resolved(self, schema: JsonSchema) -> JsonSchema:
        """Follow references, and of alternatives take the one that is not null."""
        for _ in range(20):
            if "$ref" in schema:
                schema = self._at(schema["$ref"])
            elif options := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf"):
                schema = next((each for each in options if each.get("type") != "null"), options[0])
            elif isinstance(schema.get("type"), list):
                schema = {**schema, "type": next((t for t in schema["type"] if t != "null"), "null")}
            else:
                break
        return schema

    def _at(self, reference: str) -> JsonSchema:
        place: Any = self._root
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]
        return place  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class Asked:
    """Rows of one table: all that were sent, and those that the question is about."""

    sent: list[Any]
    rows: list[Any]
    kinds: Mapping[str, str]


def _kind_of_schema(leaf: JsonSchema) -> str:
    """Return what kind a schema lets through, for fields that no truth knows."""
    if leaf.get("enum"):
        return "choice"
    pattern = leaf.get("pattern")
    for kind, example in (("date", "2026-03-05"), ("money", "-1210.00"), ("currency", "EUR")):
        if pattern and re.search(pattern, example) and not re.search(pattern, "any words"):
            return kind
    return "text"


def _plain(value: str | None, leaf: JsonSchema) -> Any:
    """Return the value as the type that a schema asks for."""
    if value is None:
        return None
    try:
        if leaf.get("type") == "integer":
            return int(value)
        if leaf.get("type") == "number":
            return float(value)
    except ValueError:
        return None
    return value.casefold() in ("true", "yes", "1") if leaf.get("type") == "boolean" else value


def written(value: Any) -> Iterator[Piece]:
    """Yield the JSON text of `value` in pieces, a piece of its own for each field's value."""
    if isinstance(value, Leaf):
        text = json.dumps(value.value, ensure_ascii=False)
        if value.reading is None or not isinstance(value.value, str):
            yield Piece(text, value if value.reading else None)
        else:
            yield from (Piece('"'), Piece(text[1:-1], value), Piece('"'))
    elif isinstance(value, dict):
        yield Piece("{")
        for number, (name, each) in enumerate(value.items()):
            yield Piece(f"{',' if number else ''}{json.dumps(name)}:")
            yield from written(each)
        yield Piece("}")
    elif isinstance(value, list):
        yield Piece("[")
        for number, each in enumerate(value):
            yield from (Piece(","),) if number else ()
            yield from written(each)
        yield Piece("]")
    else:
        yield Piece(json.dumps(value, ensure_ascii=False))


def _joined(pieces: Iterator[Piece]) -> Iterator[Piece]:
    waiting = ""
    for piece in pieces:
        if piece.leaf is None:
            waiting += piece.text
            continue
        yield Piece(waiting)
        yield piece
        waiting = ""
    yield Piece(waiting)
