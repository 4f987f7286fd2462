"""What a person types, read by the kind of its field and by the way the document at hand writes."""

from __future__ import annotations

import json
import re
from typing import Any

from extractors.page.locale import Locale
from schemas.errors import InvalidValue
from schemas.fields import FieldDefinition, Kind
from schemas.schema import Schema
from schemas.validators import has_check_digits
from schemas.values.dates import parse_date
from schemas.values.durations import parse_duration
from schemas.values.identifiers import compact
from schemas.values.money import currency_of, parse_money

_PLAIN_NUMBER = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?")
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_UNIT = re.compile(r"\s*(%|[^\W\d_]{1,8}\.?)$")  # "12 Stk.", "19 %"


def read_value(definition: FieldDefinition, text: str, locale: Locale | None = None) -> Any:
    """Return what a person typed, ready to be checked by the kind of the field.

    A field that holds many values takes a JSON list, or its values with ";" between them.

    Args:
        definition: of the field or column.
        text: as typed, clicked on or pasted.
        locale: how the document writes numbers and days; None: only canonical forms (1250.00, 2026-01-31).
    """
    if definition.many:
        return [_read_one(definition, part, locale) for part in _parts(definition, text)]
    return _read_one(definition, text, locale)


def definition_at(schema: Schema, path: str) -> FieldDefinition | None:
    """Return the field or column that `path` names; None for rows, and where there is none."""
    match = re.fullmatch(r"(\w+)(?:\[\d+\](?:\.(\w+))?)?", path)
    if match is None:
        return None
    field = next((field for field in schema.fields if field.name == match[1]), None)
    if field is None or field.kind is not Kind.TABLE:
        return field
    return next((column for column in field.columns if column.name == match[2]), None)


def _parts(definition: FieldDefinition, text: str) -> list[str]:
    if text.lstrip().startswith("["):
        try:
            return [str(part) for part in json.loads(text)]
        except ValueError:
            raise InvalidValue(f'{definition.name} takes a JSON list like ["A Ltd", "B Inc"].') from None
    return [part.strip() for part in text.split(";") if part.strip()]


def _read_one(definition: FieldDefinition, text: str, locale: Locale | None) -> Any:
    text, kind = text.strip(), definition.kind
    if kind in (Kind.MONEY, Kind.NUMBER):
        return _number(text, locale)
    if kind is Kind.CHOICE:
        return _choice(definition, text)
    if kind is Kind.IDENTIFIER and has_check_digits(definition.validators):
        return compact(text)
    if locale is not None:
        if kind is Kind.DATE and not _ISO_DATE.fullmatch(text):
            return parse_date(text, locale.date_order) or text
        if kind is Kind.CURRENCY:
            return currency_of(text) or text.upper()
        if kind is Kind.DURATION:
            return parse_duration(text) or text
    return " ".join(text.split()) if kind is not Kind.CLAUSE else text


def _number(text: str, locale: Locale | None) -> Any:
    plain = text.replace(" ", "")
    if locale is None:
        return plain
    # "1.234" is a thousand and more where the document writes a decimal comma, and canonical text elsewhere.
    if _PLAIN_NUMBER.fullmatch(plain) and locale.decimal != ",":
        return plain
    value = parse_money(text, locale.decimal)
    if value is None:
        value = parse_money(_UNIT.sub("", text), locale.decimal)
    return plain if value is None else value


def _choice(definition: FieldDefinition, text: str) -> str:
    wanted = text.casefold()
    for choice, words in definition.choices.items():
        if wanted == choice.casefold() or wanted in (word.casefold() for word in words):
            return choice
    return text
