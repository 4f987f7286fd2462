"""A schema: the fields of a kind of document, its cross-field checks, and the pydantic model of its records."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, create_model, model_validator

from schemas.checks import Check
from schemas.fields import FieldDefinition, Kind, Language
from schemas.validators import VALIDATORS

_TYPES: dict[Kind, type] = {Kind.MONEY: Decimal, Kind.NUMBER: Decimal, Kind.DATE: date}


class Schema(BaseModel):
    """What a record is. Made from a YAML file or a Record class by schemas.loader."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,62}$", description="Lower case with underscores; a folder name too.")
    title: str = Field(description="What people call such a document.")
    description: str = Field("", description="One sentence: which documents it is for.")
    headings: dict[Language, tuple[str, ...]] = Field(
        default_factory=dict, description="Titles and phrases that mark such a document, for classification."
    )
    fields: tuple[FieldDefinition, ...] = Field(min_length=1)
    checks: tuple[Check, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Schema:
        names = [field.name for field in self.fields]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"the field {name} is defined twice")
        for check in self.checks:
            for name in check.fields:
                if name not in names:
                    raise ValueError(f"the check {check.kind} names {name}, which is no field of this schema")
        for field in (*self.fields, *(column for table in self.fields for column in table.columns)):
            for validator in field.validators:
                if validator not in VALIDATORS:
                    known = ", ".join(VALIDATORS)
                    raise ValueError(f"the field {field.name} asks for the validator {validator}; there are {known}")
        return self

    @cached_property
    def version(self) -> str:
        """First 12 hex digits of the sha256 of the definition: changes whenever a result could change."""
        text = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def __hash__(self) -> int:
        return hash((self.name, self.version))

    def field(self, name: str) -> FieldDefinition:
        """Return the field called `name`; raises KeyError."""
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(f"{self.name} has no field {name}")

    @cached_property
    def record_type(self) -> type[BaseModel]:
        """The pydantic model of a record: every field optional, typed by kind, tables as lists of row models."""
        return _model(self.name, self.fields, self.title)


def _model(name: str, fields: tuple[FieldDefinition, ...], title: str) -> type[BaseModel]:
    types: dict[str, Any] = {}
    for field in fields:
        if field.kind is Kind.TABLE:
            row = _model(f"{name}_{field.name}_row", field.columns, field.description)
            types[field.name] = (list[row], Field(default_factory=list, description=field.description))  # type: ignore[valid-type]
        elif field.many:
            inner = _TYPES.get(field.kind, str)
            types[field.name] = (list[inner], Field(default_factory=list, description=field.description))  # type: ignore[valid-type]
        else:
            types[field.name] = (_TYPES.get(field.kind, str) | None, Field(None, description=field.description))
    return create_model(name, __config__=ConfigDict(frozen=True, extra="forbid", title=title), **types)
