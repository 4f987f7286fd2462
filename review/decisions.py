"""What a person decides about a field or a document: read by the field's kind, checked, kept in the history."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from schemas.errors import InvalidValue, UnknownDocument
from schemas.fields import FieldDefinition, Kind
from schemas.schema import Schema
from store.entities import Document
from store.store import Store


@dataclass(frozen=True, slots=True)
class Desk:
    """Where one person decides: the store, the schemas, and who they are."""

    store: Store
    schemas: Mapping[str, Schema]
    who: str

    def set_value(self, document: Document, path: str, text: str | None, why: str = "") -> Document:
        """Set a field or cell to what `text` says; None: the document does not state it (of a row: drop it).

        Raises:
            InvalidValue: there is no such field, or the text is no value of its kind.
            StaleVersion: somebody changed the document since it was read.
        """
        schema = self._schema(document)
        definition = _definition(schema, path)
        value = None if text is None or definition is None else read_value(definition, text)
        return self.store.correct_field(
            document.sha256, path, value, who=self.who, schema=schema, why=why, version=document.version
        )

    def accept(self, document: Document, path: str | None = None, why: str = "") -> Document:
        """Accept a field as it is, or the whole document; open problems are waived only with a reason.

        Raises:
            InvalidValue: there is nothing at `path`, or a check fails and no reason was given.
            StaleVersion: somebody changed the document since it was read.
        """
        if path is None:
            return self.store.accept_document(document.sha256, who=self.who, why=why, version=document.version)
        return self.store.accept_field(document.sha256, path, who=self.who, why=why, version=document.version)

    def reject(self, document: Document, why: str) -> Document:
        """Put a document aside for good; `why` is kept.

        Raises:
            StaleVersion: somebody changed the document since it was read.
        """
        return self.store.reject_document(document.sha256, who=self.who, why=why, version=document.version)

    def _schema(self, document: Document) -> Schema:
        if document.schema_name is None or not document.record:
            raise UnknownDocument(
                f"{document.name} has no record yet. "
                f"Name its schema: docassay retry {document.sha256[:12]} --schema NAME."
            )
        if document.schema_name not in self.schemas:
            raise InvalidValue(
                f"{document.name} is a record of {document.schema_name}, which the settings no longer know. "
                "Add that schema to 'schemas' again."
            )
        return self.schemas[document.schema_name]


def read_value(definition: FieldDefinition, text: str) -> Any:
    """Return what a person typed, ready to be checked by the kind of the field.

    A field that holds many values takes a JSON list, or its values with ";" between them.
    """
    if definition.many:
        if text.lstrip().startswith("["):
            try:
                return json.loads(text)
            except ValueError:
                raise InvalidValue(f'{definition.name} takes a JSON list like ["A Ltd", "B Inc"].') from None
        return [part.strip() for part in text.split(";") if part.strip()]
    if definition.kind in (Kind.MONEY, Kind.NUMBER):
        return text.strip().replace(" ", "")
    if definition.kind is Kind.CHOICE:
        return next((choice for choice in definition.choices if choice.casefold() == text.strip().casefold()), text)
    return text.strip()


def _definition(schema: Schema, path: str) -> FieldDefinition | None:
    """The field or column that `path` names; None where the store will say what is wrong with it, and for rows."""
    match = re.fullmatch(r"(\w+)(?:\[\d+\](?:\.(\w+))?)?", path)
    if match is None:
        return None
    field = next((field for field in schema.fields if field.name == match[1]), None)
    if field is None or field.kind is not Kind.TABLE:
        return field
    return next((column for column in field.columns if column.name == match[2]), None)
