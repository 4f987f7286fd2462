"""Filled form fields (AcroForm) as candidates: matched to the schema's fields by name or label."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from schemas import reasons
from schemas.document import FormField, ParsedDocument
from schemas.fields import FieldDefinition, Kind
from schemas.results import Candidate, Evidence, Value
from schemas.schema import Schema
from schemas.values.dates import parse_date
from schemas.values.identifiers import compact
from schemas.values.money import currency_of, parse_money

BY_NAME = 0.92  # the form's field has the schema field's own name
BY_LABEL = 0.85  # it has one of its labels


def candidates(document: ParsedDocument, schema: Schema) -> Iterator[Candidate]:
    """Yield a candidate for each filled form field whose name says which field it is."""
    for form_field in document.form_fields:
        if not form_field.value.strip():
            continue
        for field in schema.fields:
            score = _match(form_field.name, field)
            value = _typed(field, form_field.value) if score else None
            if value is not None:
                reason = reasons.FORM_FIELD_SAYS(name=form_field.name)
                evidence = _evidence(form_field)
                yield Candidate(field.name, field.kind, "embedded", value, evidence, score, {}, (reason,))


def _match(name: str, field: FieldDefinition) -> float:
    plain = _folded(name)
    if plain == _folded(field.name) or plain.endswith(" " + _folded(field.name)):
        return BY_NAME
    labels = (_folded(label) for texts in field.labels.values() for label in texts)
    return BY_LABEL if plain in labels else 0.0


def _typed(field: FieldDefinition, text: str) -> Value | None:
    """The value in the field's type; None if it is none: a form can hold anything."""
    text = text.strip()
    if field.kind in (Kind.MONEY, Kind.NUMBER):
        return parse_money(text)
    if field.kind is Kind.DATE:
        return parse_date(text)
    if field.kind is Kind.CURRENCY:
        return currency_of(text)
    if field.kind is Kind.IDENTIFIER and field.validators:
        return compact(text)
    return None if field.kind is Kind.TABLE else text


def _evidence(form_field: FormField) -> tuple[Evidence, ...]:
    if form_field.page is None or form_field.box is None:
        return ()
    return (Evidence(form_field.page, (form_field.box,), form_field.value),)


def _folded(text: str) -> str:
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    decomposed = unicodedata.normalize("NFKD", parted.casefold())
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    return " ".join(re.findall(r"[^\W_]+", plain))
