"""What an answer must look like: a pydantic model for a group of fields, and the JSON Schema that is sent with it.

Every property is required and may be null, nothing else is allowed, and every text is bounded, so that the same schema
serves strict structured outputs, forced tools and engines that turn it into a grammar.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, create_model

from extractors.llm.plain import plain, readable
from extractors.llm.strict_json import NotPlain, strict_object
from schemas.fields import FieldDefinition, Kind
from schemas.schema import Schema

Basis = Literal["stated", "inferred", "absent"]

# Characters. Engines that turn a schema into a grammar unfold these bounds; llama.cpp refuses any above 2,000.
QUOTE = 600
NAME = 200
TEXT = 500
CLAUSE = 2000
IDENTIFIER = 64
MOST_VALUES = 50  # of a field that holds many
MOST_ROWS = 80  # of a table in one answer
MOST_COUNTED = 5000  # rows of a whole table
MOST_PAGES = 5000

AMOUNT = r"^-?[0-9]{1,12}(\.[0-9]{1,6})?$"
PATTERNS: Mapping[Kind, str] = {
    Kind.MONEY: AMOUNT,
    Kind.NUMBER: AMOUNT,
    Kind.DATE: r"^(19|2[01])[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$",
    Kind.DURATION: r"^[0-9]{1,3}(\.[0-9])? (days?|weeks?|months?|years?)$",
    Kind.CURRENCY: r"^[A-Z]{3}$",
}
LENGTHS: Mapping[Kind, int] = {
    Kind.MONEY: 20,
    Kind.NUMBER: 20,
    Kind.DATE: 10,
    Kind.DURATION: 14,
    Kind.CURRENCY: 3,
    Kind.IDENTIFIER: IDENTIFIER,
    Kind.PARTY: NAME,
    Kind.ADDRESS: TEXT,
    Kind.JURISDICTION: NAME,
    Kind.CLAUSE: CLAUSE,
    Kind.TEXT: TEXT,
}
RESERVED = ("page", "quote")  # of a row: a column of that name travels under another one


def _readable(given: Any) -> Any:
    """A quote with blanks made one; one with characters that no page shows is none, and costs its value no more."""
    if not isinstance(given, str):
        return given
    try:
        return readable(given) or None
    except ValueError:
        return None


Quote = Annotated[Annotated[str, Field(max_length=QUOTE)] | None, BeforeValidator(_readable)]
LongQuote = Annotated[Annotated[str, Field(max_length=CLAUSE)] | None, BeforeValidator(_readable)]  # of a clause


class Single(BaseModel):
    """One value as a model gives it; `value` is text in the canonical form of its kind."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    basis: Basis
    quote: Quote
    value: str | None


class Row(BaseModel):
    """One row of a table; the columns are further properties of the row's own model."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    page: Annotated[int, Field(ge=1, le=MOST_PAGES, strict=True)]
    quote: Quote


class TableAnswer(BaseModel):
    """Rows of a table; `count` is how many the whole table has."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    count: Annotated[int, Field(ge=0, le=MOST_COUNTED, strict=True)]
    rows: list[Any]


class Answers(BaseModel):
    """Base of all answers."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @classmethod
    def model_json_schema(cls, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Return the schema without what only people read: it is sent, and paid for, with every call."""
        schema = super().model_json_schema(*args, **kwargs)
        bare: dict[str, Any] = _without_titles(schema)
        return {**bare, "title": cls.__name__}

    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray, **kwargs: Any) -> Any:
        """Return the answer that a text holds.

        Raises:
            pydantic.ValidationError: it is no such answer; a key given twice is a mistake too.
        """
        try:
            data: Any = strict_object(json_data if isinstance(json_data, str) else bytes(json_data).decode("utf-8"))
        except (NotPlain, UnicodeDecodeError) as fault:
            data = Unreadable(str(fault))
        return cls.model_validate(data, context=kwargs.get("context"))


class Unreadable:
    """Stands for an answer that is no plain JSON object, so that validation says what is wrong with it."""

    def __init__(self, fault: str) -> None:
        self.fault = fault

    def __repr__(self) -> str:
        return self.fault


@lru_cache(maxsize=512)
def answer_model(schema: Schema, fields: tuple[str, ...]) -> type[Answers]:
    """Return the model of an answer about `fields` of `schema`; raises KeyError for a field that it has not."""
    parts: dict[str, Any] = {}
    for number, name in enumerate(fields):  # a field may be called "copy" or "json": attributes get names of our own
        parts[f"field_{number}"] = (_type(schema.field(name)), Field(alias=name))
    return create_model("answer", __base__=Answers, __doc__="The fields of the document.", **parts)


@lru_cache(maxsize=2048)
def field_adapter(schema: Schema, field: str) -> TypeAdapter[Any]:
    """Return what validates the answer about one field on its own."""
    return TypeAdapter(_type(schema.field(field)))


def column_property(column: FieldDefinition) -> str:
    """Return the name under which a column travels; no field name has two underscores, so it is nobody else's."""
    return f"{column.name}__value" if column.name in RESERVED else column.name


def column_attributes(columns: Sequence[FieldDefinition]) -> Mapping[str, str]:
    """Return the attribute of the row model for each column."""
    return {column.name: f"column_{number}" for number, column in enumerate(columns)}


def _type(field: FieldDefinition) -> Any:
    if field.kind is Kind.TABLE:
        return _table(field)
    if field.many:
        return Annotated[list[_single(field)], Field(max_length=MOST_VALUES)]  # type: ignore[misc]
    return _single(field)


def _single(field: FieldDefinition) -> type[Single]:
    return _single_of(field.kind, tuple(field.choices.items()), field.name if field.kind is Kind.CHOICE else "")


@lru_cache(maxsize=512)
def _single_of(kind: Kind, choices: tuple[tuple[str, tuple[str, ...]], ...], name: str) -> type[Single]:
    """One model for all fields of a kind: it stands once in the schema that is sent."""
    called = f"{kind.value}_{name}" if name else kind.value
    quote: Any = LongQuote if kind is Kind.CLAUSE else Quote
    return create_model(called, __base__=Single, quote=(quote, ...), value=(_value(kind, dict(choices)), ...))


def _table(field: FieldDefinition) -> type[TableAnswer]:
    attributes = column_attributes(field.columns)
    columns: dict[str, Any] = {
        attributes[column.name]: (_value(column.kind, column.choices), Field(alias=column_property(column)))
        for column in field.columns
    }
    row = create_model(f"{field.name}_row", __base__=Row, **columns)
    rows = Annotated[list[row], Field(max_length=MOST_ROWS)]
    return create_model(field.name, __base__=TableAnswer, rows=(rows, ...))


def _value(kind: Kind, choices: Mapping[str, tuple[str, ...]]) -> Any:
    def canonical(given: Any) -> Any:
        if isinstance(given, int) and not isinstance(given, bool):
            given = str(given)  # a number where text was asked for; those with a point are text already
        return plain(kind, choices, given) if isinstance(given, str) else given

    if kind is Kind.CHOICE:
        return Annotated[Literal[tuple(choices)] | None, BeforeValidator(canonical)]
    text = Annotated[str, Field(max_length=LENGTHS[kind], pattern=PATTERNS.get(kind))]
    return Annotated[text | None, BeforeValidator(canonical)]


def _without_titles(node: Any, *, names: bool = False) -> Any:
    """Drop titles and docstrings; `names`: the keys of this object are properties, which may be called anything."""
    if isinstance(node, dict):
        return {
            key: _without_titles(value, names=not names and key in ("properties", "$defs"))
            for key, value in node.items()
            if names or key not in ("title", "description")
        }
    return [_without_titles(each) for each in node] if isinstance(node, list) else node
