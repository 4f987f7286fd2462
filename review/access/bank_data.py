"""Bank data: which fields hold it, and how it is hidden from people without the switch "bank_data".

Fields are bank data when their validators say that they hold an account (iban, bic). Their values are hidden wherever
they stand, and so is every valid IBAN in any other text: a message may quote one, and a model may put one anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from review.access.gate import queue_of
from review.access.permissions import NO_QUEUE, Person
from review.context import Context
from schemas.fields import FieldDefinition, Kind
from schemas.results import Extraction
from schemas.schema import Schema
from schemas.values.identifiers import find_ibans
from store.entities import Document

HIDDEN = "••••••"
_ACCOUNTS = frozenset({"iban", "bic"})


def is_bank_data(definition: FieldDefinition) -> bool:
    """Return whether a field holds an account."""
    return not _ACCOUNTS.isdisjoint(definition.validators)


def bank_paths(schema: Schema) -> frozenset[str]:
    """Return the fields ("iban") and columns ("accounts[].iban") of a schema that hold bank data."""
    found = set()
    for field in schema.fields:
        if is_bank_data(field):
            found.add(field.name)
        if field.kind is Kind.TABLE:
            found |= {f"{field.name}[].{column.name}" for column in field.columns if is_bank_data(column)}
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Mask:
    """Hides bank data, or (`on` False) nothing."""

    on: bool
    paths: frozenset[str] = frozenset()

    def hides(self, path: str) -> bool:
        """Return whether the value at a path ("iban", "accounts[3].iban") is hidden."""
        return self.on and re.sub(r"\[\d+\]", "[]", path) in self.paths

    def value(self, path: str, value: Any) -> Any:
        """Return the value at a path as it may be shown; what is not there needs no hiding."""
        if not self.on or value is None:
            return value
        return HIDDEN if self.hides(path) else self.data(value)

    def text(self, text: str) -> str:
        """Return a text with every account in it hidden."""
        if not self.on:
            return text
        pieces, end = [], 0
        for found in find_ibans(text):
            pieces += [text[end : found.start], HIDDEN]
            end = found.end
        return "".join((*pieces, text[end:]))

    def data(self, data: Any) -> Any:
        """Return JSON data with every account in its texts hidden."""
        if not self.on:
            return data
        if isinstance(data, str):
            return self.text(data)
        if isinstance(data, Mapping):
            return {key: self.data(value) for key, value in data.items()}
        return [self.data(value) for value in data] if isinstance(data, list | tuple) else data

    def field(self, path: str, result: Mapping[str, Any]) -> dict[str, Any]:
        """Return a field's result, as JSON, as it may be shown: value, readings, quotes, signals and reasons."""
        if not self.hides(path):
            return dict(self.data(result)) if self.on else dict(result)
        secrets = _secrets(result)
        shown: dict[str, Any] = _without(secrets, self.data(result))
        return shown


def mask_for(context: Context, person: Person, schema_name: str | None) -> Mask:
    """Return what hides the bank data of records of a schema from a person."""
    if person.may("see_bank_data", schema_name or NO_QUEUE):
        return Mask(on=False)
    schema = context.schemas.get(schema_name or "")
    return Mask(on=True, paths=bank_paths(schema) if schema else frozenset())


def mask_of(context: Context, person: Person, document: Document) -> Mask:
    """Return what hides the bank data of a document from a person."""
    return mask_for(context, person, queue_of(document))


def masked_record(context: Context, person: Person, extraction: Extraction) -> dict[str, Any]:
    """Return a record as JSON, as this person may see it."""
    hide = mask_for(context, person, extraction.schema_name)
    record = extraction.model_dump(mode="json")
    if not hide.on:
        return record
    secrets: set[str] = set()
    for name, result in record["fields"].items():
        if hide.hides(name):
            secrets |= _secrets(result)
        record["fields"][name] = hide.field(name, result)
    for name, rows in record["rows"].items():
        for row in rows:
            for column, cell in row["cells"].items():
                path = f"{name}[{row['number']}].{column}"
                if hide.hides(path):
                    secrets |= _secrets(cell)
                row["cells"][column] = hide.field(path, cell)
    shown: dict[str, Any] = _without(secrets, hide.data(record))
    return shown


def _secrets(result: Mapping[str, Any]) -> set[str]:
    """The values of a field that is hidden, in every reading and as printed."""
    found = [result["value"], *result["values"], *(each["quote"] for each in result["evidence"])]
    for other in result["alternatives"]:
        found += [other["value"], *(each["quote"] for each in other["evidence"])]
    return {text for text in found if isinstance(text, str) and text}


def _without(secrets: set[str], data: Any) -> Any:
    """Data without these texts, however their digits are spaced."""
    if isinstance(data, str):
        for secret in sorted(secrets, key=len, reverse=True):
            signs = [re.escape(sign) for sign in secret if sign.isalnum()]
            if signs:
                data = re.sub(r"[\s.\-]*".join(signs), HIDDEN, data, flags=re.IGNORECASE)
        return data
    if isinstance(data, Mapping):
        return {key: _without(secrets, value) for key, value in data.items()}
    return [_without(secrets, value) for value in data] if isinstance(data, list | tuple) else data
