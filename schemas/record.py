"""Schemas as Python classes.

class DeliveryNote(Record):
    \"\"\"Delivery note\"\"\"

    delivery_number = define("identifier", "Number of the delivery.", labels={"en": ["Delivery no"]})
    items = define("table", "What was delivered.", columns=DeliveryRow)
"""

from __future__ import annotations

import re
from typing import Any, ClassVar

from schemas.schema import Schema
from schemas.short_forms import full_field, title_of


class Define:
    """A field of a Record class before it knows its name."""

    def __init__(self, kind: str, description: str, **rest: Any) -> None:
        self.kind, self.description, self.rest = kind, description, rest

    def named(self, name: str) -> dict[str, Any]:
        """Return the full definition under the name of the class attribute, not yet checked."""
        rest = dict(self.rest)
        columns = rest.get("columns")
        if isinstance(columns, type) and issubclass(columns, Record):
            rest["columns"] = [column.named(key) for key, column in columns.defined().items()]
        field: dict[str, Any] = full_field(name, {"kind": self.kind, "description": self.description, **rest})
        return field


def define(kind: str, description: str, **rest: Any) -> Define:
    """Return a field for a Record class; `rest` are its other keys, as in a schema file."""
    return Define(kind, description, **rest)


class Record:
    """Base of schemas written as Python classes; the docstring's first line is the title."""

    schema_name: ClassVar[str] = ""  # by default the class name in lower case with underscores
    headings: ClassVar[dict[str, Any]] = {}
    checks: ClassVar[tuple[Any, ...]] = ()

    @classmethod
    def defined(cls) -> dict[str, Define]:
        """Return the fields by name, in the order in which they are written, those of base classes first."""
        members = {name: value for base in reversed(cls.__mro__) for name, value in vars(base).items()}
        return {name: value for name, value in members.items() if isinstance(value, Define)}

    @classmethod
    def schema(cls) -> Schema:
        """Return the Schema; raises pydantic.ValidationError when the definition is inconsistent."""
        name = cls.schema_name or re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", cls.__name__).lower()
        title, _, rest = (cls.__doc__ or title_of(name)).strip().partition("\n")
        return Schema.model_validate(
            {
                "name": name,
                "title": title.strip().rstrip("."),
                "description": " ".join(rest.split()),
                "headings": cls.headings,
                "fields": [field.named(key) for key, field in cls.defined().items()],
                "checks": cls.checks,
            }
        )
