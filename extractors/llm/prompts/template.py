"""A prompt template: what is said around the document and the fields, and the version that its text makes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cached_property, lru_cache
from importlib import resources
from string import Template as Text
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from schemas.errors import InputError

LONGEST = 100_000  # characters of a template file
_PLACES: Mapping[str, frozenset[str]] = {
    "system": frozenset(),
    "document": frozenset(["marker", "document"]),
    "fields": frozenset(["title", "description", "fields"]),
    "rows": frozenset(["table", "first", "last"]),
    "missing_rows": frozenset(["table", "page", "known"]),
}
_NEEDED: Mapping[str, frozenset[str]] = {
    "document": frozenset(["marker", "document"]),
    "fields": frozenset(["fields"]),
    "rows": frozenset(["table", "first", "last"]),
    "missing_rows": frozenset(["table", "page"]),
}


class Parameters(BaseModel):
    """Numbers that shape a question."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    labels_per_field: int = Field(4, ge=0, le=20, description="Words of the schema that are named beside a field.")


class Template(BaseModel):
    """One template; frozen, known by the hash of everything in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    system: str = Field(min_length=1, description="Instructions; the same for every call with this template.")
    document: str = Field(min_length=1, description="What stands around the document: $marker and $document.")
    fields: str = Field(min_length=1, description="The question: $fields, and $title and $description of the schema.")
    rows: str = Field(min_length=1, description="Asks for rows $first to $last of $table.")
    missing_rows: str = Field(min_length=1, description="Asks for the rows of $table on $page; $known says what is.")
    parameters: Parameters = Parameters()

    @field_validator("system", "document", "fields", "rows", "missing_rows")
    @classmethod
    def _places(cls, text: str, info: Any) -> str:
        part = info.field_name
        if not Text(text).is_valid():
            raise ValueError("a dollar sign that names nothing; write $$ for the sign itself")
        named = set(Text(text).get_identifiers())
        if unknown := sorted(named - _PLACES[part]):
            raise ValueError(f"${unknown[0]} is not filled in here; there are {_listed(_PLACES[part])}")
        if missing := sorted(_NEEDED.get(part, frozenset()) - named):
            raise ValueError(f"${missing[0]} is missing")
        return text

    @cached_property
    def version(self) -> str:
        """The sha256 of texts and parameters, hex."""
        return _hash(self.model_dump(mode="json"))

    def version_for(self, schema_version: str) -> str:
        """Return the version of the prompt that this template makes with a schema: a sha256, hex."""
        return _hash({"template": self.version, "schema": schema_version})

    def fill(self, part: str, **values: object) -> str:
        """Return a part with its places filled; raises KeyError for one that is not given."""
        return Text(getattr(self, part)).substitute(values).rstrip("\n")


def read_template(text: str, name: str = "the template") -> Template:
    """Return the template that a YAML text holds.

    Raises:
        InputError: it is none; says which part is wrong and what may stand there.
    """
    if len(text) > LONGEST:
        raise InputError(f"{name} is longer than {LONGEST} characters. Shorten it.")
    try:
        data = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        raise InputError(f"{name}{line} is no YAML. Compare it with: docassay prompts show production") from None
    if not isinstance(data, dict):
        raise InputError(f"{name} has no parts. Compare it with: docassay prompts show production")
    try:
        return Template.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        part = ".".join(str(step) for step in first["loc"])
        said = first["msg"].removeprefix("Value error, ")
        raise InputError(f"{name}: {part}: {said}. Compare it with: docassay prompts show production") from None


def builtin_text() -> str:
    """Return the template that is in force where nobody chose another one, as its file holds it."""
    return resources.files("extractors.llm.prompts").joinpath("production.yaml").read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def builtin() -> Template:
    """Return the built-in template."""
    return read_template(builtin_text(), "the built-in template")


def _listed(names: frozenset[str]) -> str:
    return ", ".join(f"${name}" for name in sorted(names)) or "no places"


def _hash(data: object) -> str:
    text = json.dumps(data, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
