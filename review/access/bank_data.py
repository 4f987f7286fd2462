"""Bank data: which fields hold it, and how it is hidden from people without the switch "bank_data".

Fields are bank data when their validators say that they hold an account (iban, bic). Their values are hidden wherever
they stand, and so is every valid IBAN in any other text: a message may quote one, and a model may put one anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from review.access.gate import queue_of
from review.access.permissions import NO_QUEUE, Person
from review.context import Context
from review.queue import every_result
from schemas.fields import FieldDefinition, Kind
from schemas.results import Evidence, Extraction, FieldResult
from schemas.schema import Schema
from schemas.values.identifiers import find_ibans
from store.entities import Document

HIDDEN = "••••••"
SHORT = 6  # letters and digits: what has fewer is hidden where it stands alone, not within other words
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
    secrets: frozenset[str] = frozenset()  # what hidden fields of the document at hand say: hidden elsewhere too

    def knowing(self, record: Extraction | None, said: Iterable[object] = ()) -> Mask:
        """Return a mask that also hides what the hidden fields of a record say, and what else they `said`."""
        if not self.on:
            return self
        found = {str(each) for each in said if each}
        for path, result in every_result(record) if record is not None else ():
            if self.hides(path):
                found |= _said(result)
        return replace(self, secrets=self.secrets | found)

    def hides(self, path: str) -> bool:
        """Return whether the value at a path ("iban", "accounts[3].iban") is hidden."""
        return self.on and re.sub(r"\[\d+\]", "[]", path) in self.paths

    def value(self, path: str, value: Any) -> Any:
        """Return the value at a path as it may be shown; what is not there needs no hiding."""
        if not self.on or value is None:
            return value
        return HIDDEN if self.hides(path) else self.data(value)

    def text(self, text: str) -> str:
        """Return a text with every account in it hidden, and every word of the secrets."""
        pieces, end = [], 0
        for start, stop in self.spans(text):
            pieces += [text[end:start], HIDDEN]
            end = stop
        return "".join((*pieces, text[end:]))

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Return the stretches of a text that are hidden, in order and apart from each other."""
        if not self.on:
            return []
        found = [(each.start, each.end) for each in find_ibans(text)]
        if (pattern := _pattern(self.secrets)) is not None:
            found += [match.span() for match in pattern.finditer(text)]
        apart: list[tuple[int, int]] = []
        for start, end in sorted(found):
            if apart and start < apart[-1][1]:
                apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
            else:
                apart.append((start, end))
        return apart

    def data(self, data: Any) -> Any:
        """Return JSON data with every account in its texts hidden."""
        if not self.on:
            return data
        if isinstance(data, str):
            return self.text(data)
        if isinstance(data, Mapping):
            return {key: self.data(value) for key, value in data.items()}
        return [self.data(value) for value in data] if isinstance(data, list | tuple) else data

    def record(self, record: Extraction) -> Extraction:
        """Return a record as it may be shown: hidden fields keep where they stand, not what they say."""
        if not self.on:
            return record
        hide = _Words(self.knowing(record))
        fields = {name: hide.result(name, result) for name, result in record.fields.items()}
        rows = {
            table: tuple(
                row.model_copy(
                    update={
                        "cells": {
                            column: hide.result(f"{table}[{row.number}].{column}", cell)
                            for column, cell in row.cells.items()
                        }
                    }
                )
                for row in found
            )
            for table, found in record.rows.items()
        }
        problems = tuple(
            problem.model_copy(update={"message": hide.text(problem.message)}) for problem in record.problems
        )
        return record.model_copy(update={"fields": fields, "rows": rows, "problems": problems})


@dataclass(frozen=True, slots=True)
class _Words:
    """Hides what the hidden fields of one record say, wherever else it stands."""

    mask: Mask

    def text(self, text: str) -> str:
        return self.mask.text(text)

    def result(self, path: str, result: FieldResult) -> FieldResult:
        closed = self.mask.hides(path)
        return result.model_copy(
            update={
                "value": self._value(result.value, closed),
                "values": tuple(self._value(value, closed) for value in result.values),
                "evidence": self._places(result.evidence, closed),
                "alternatives": tuple(
                    other.model_copy(
                        update={
                            "value": self._value(other.value, closed),
                            "evidence": self._places(other.evidence, closed),
                        }
                    )
                    for other in result.alternatives
                ),
                "reasons": tuple(self.text(reason) for reason in result.reasons),
            }
        )

    def _value(self, value: Any, closed: bool) -> Any:
        if value is not None and closed:
            return HIDDEN
        return self.text(value) if isinstance(value, str) else value

    def _places(self, evidence: tuple[Evidence, ...], closed: bool) -> tuple[Evidence, ...]:
        return tuple(replace(each, quote=HIDDEN if closed else self.text(each.quote)) for each in evidence)


def mask_for(context: Context, person: Person, schema_name: str | None) -> Mask:
    """Return what hides the bank data of records of a schema from a person."""
    if person.may("see_bank_data", schema_name or NO_QUEUE):
        return Mask(on=False)
    schema = context.schemas.get(schema_name or "")
    return Mask(on=True, paths=bank_paths(schema) if schema else frozenset())


def mask_of(context: Context, person: Person, document: Document) -> Mask:
    """Return what hides the bank data of a document from a person, also where other fields and texts repeat it."""
    mask = mask_for(context, person, queue_of(document))
    if not mask.paths:
        return mask
    record = context.store.extraction(document.sha256) if document.record else None
    return mask.knowing(record, said_before(context, mask, document))


def said_before(context: Context, mask: Mask, document: Document) -> list[object]:
    """Return what hidden fields said before people changed them: it stands on the pages all the same."""
    decided = [each for each in context.store.corrections(document.sha256) if mask.hides(each.path)]
    return [text for each in decided for value in (each.old, each.new) for text in _texts(value)]


def _said(result: FieldResult) -> set[str]:
    """What a field says, in every reading and as printed."""
    found: list[object] = [result.value, *result.values, *(each.quote for each in result.evidence)]
    for other in result.alternatives:
        found += [other.value, *(each.quote for each in other.evidence)]
    return {str(each) for each in found if each}


def _texts(value: object) -> list[str]:
    """The texts in a value of JSON."""
    if isinstance(value, Mapping):
        return [text for each in value.values() for text in _texts(each)]
    if isinstance(value, list | tuple):
        return [text for each in value for text in _texts(each)]
    return [value] if isinstance(value, str) else []


@lru_cache(maxsize=64)
def _pattern(secrets: frozenset[str]) -> re.Pattern[str] | None:
    """What finds the secrets however they are spaced, the longest first; None where there are none."""
    parts = []
    for secret in sorted(secrets, key=len, reverse=True):
        signs = [re.escape(sign) for sign in secret if sign.isalnum()]
        spaced = r"[\s.\-]*".join(signs)
        if signs:
            parts.append(rf"(?<![^\W_]){spaced}(?![^\W_])" if len(signs) < SHORT else spaced)
    return re.compile("|".join(parts), re.IGNORECASE) if parts else None
