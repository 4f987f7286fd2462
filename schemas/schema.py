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
from schemas.validators import VALIDATORS, validated_kinds

_TYPES: dict[Kind, type] = {Kind.MONEY: Decimal, Kind.NUMBER: Decimal, Kind.DATE: date}


_CACHED = ("version", "record_type")


class Misplaced(ValueError):
    """A mistake that only the whole schema shows; `location` is where in the definition it was made."""

    def __init__(self, message: str, location: tuple[str | int, ...]) -> None:
        super().__init__(message)
        self.location = location


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
        for place, check in enumerate(self.checks):
            problem = check.problem({field.name: field for field in self.fields})
            if problem:
                raise Misplaced(f"the check {check.kind} {problem}", ("checks", place))
        for place, field in enumerate(self.fields):
            _refuse_validators(field, ("fields", place))
            for number, column in enumerate(field.columns):
                _refuse_validators(column, ("fields", place, "columns", number))
        return self

    def __copy__(self) -> Schema:
        return _fresh(super().__copy__())

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> Schema:
        return _fresh(super().__deepcopy__(memo))

    def __getstate__(self) -> dict[Any, Any]:
        state = super().__getstate__()  # a record type is made at run time: no other process could load it
        return {**state, "__dict__": {key: value for key, value in state["__dict__"].items() if key not in _CACHED}}

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


def _fresh(copy: Schema) -> Schema:
    """A copy may be changed: what was worked out of the original does not hold for it."""
    for name in _CACHED:
        copy.__dict__.pop(name, None)
    return copy


def _refuse_validators(field: FieldDefinition, location: tuple[str | int, ...]) -> None:
    for name in field.validators:
        if name not in VALIDATORS:
            known = ", ".join(VALIDATORS)
            message = f"the field {field.name} asks for the validator {name}; there are {known}"
            raise Misplaced(message, (*location, "validators"))
        if field.kind not in validated_kinds(name):
            message = f"the validator {name} is not for a field of kind {field.kind}"
            raise Misplaced(message, (*location, "validators"))


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
