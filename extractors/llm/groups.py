"""Which fields are asked together: up to 25 in a call, each table in a call of its own."""

from __future__ import annotations

from collections.abc import Iterable

from schemas.fields import Kind
from schemas.schema import Schema

MOST = 25  # fields in one call: more, and models begin to leave some out


def groups(schema: Schema, names: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """Return `names` in groups of about equal size, in the order of the schema: related fields stand together there."""
    wanted = set(names)
    ordered = [field for field in schema.fields if field.name in wanted]
    single = [field.name for field in ordered if field.kind is not Kind.TABLE]
    tables = [(field.name,) for field in ordered if field.kind is Kind.TABLE]
    count = -(-len(single) // MOST)
    size = -(-len(single) // count) if count else 1
    return (*(tuple(single[at : at + size]) for at in range(0, len(single), size)), *tables)
