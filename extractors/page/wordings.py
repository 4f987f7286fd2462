"""What a field may be called on the page beside what its schema lists: its own name, and what built-in fields call it.

Whoever describes a kind of document in a few lines lists a few wordings, or none. The built-in schemas serve as a
vocabulary then: a field that shares a wording with a field of theirs of a like kind may bear any of its other names,
and stand where it stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache

from extractors.page.runs import wording
from schemas.fields import FieldDefinition, Kind
from schemas.loader import builtin_schemas
from schemas.schema import Schema

FEW_WORDINGS = 12  # a field with more says all that it wants
PROSE_KINDS = {Kind.CLAUSE, Kind.JURISDICTION, Kind.DURATION}
PROSE_PLACES = {"preamble", "signature"}
_BORROWED_VALIDATORS = {"iban", "eu_vat"}  # they say how a number is written, and find it without a label
_ALIKE = {Kind.TEXT: {Kind.TEXT, Kind.PARTY, Kind.IDENTIFIER}, Kind.NUMBER: {Kind.NUMBER, Kind.MONEY}}

Wording = tuple[str, ...]


def is_prose(field: FieldDefinition) -> bool:
    """Return whether the field is read from sentences rather than from labels and places."""
    return field.kind in PROSE_KINDS or bool(PROSE_PLACES & set(field.places))


def has_few(field: FieldDefinition) -> bool:
    """Return whether the schema lists so few wordings of the field that others are looked for."""
    return field.kind is not Kind.TABLE and not is_prose(field) and sum(map(len, field.labels.values())) < FEW_WORDINGS


def wordings(field: FieldDefinition) -> list[Wording]:
    """Return the wordings that the schema lists, and the field's own name last if they are few."""
    found = dict.fromkeys(wording(text) for texts in field.labels.values() for text in texts)
    if has_few(field):
        found.setdefault(own_name(field))
    return [each for each in found if each]


def own_name(field: FieldDefinition) -> Wording:
    """Return the field's name as a wording: "contract_number" says "contract no"."""
    return wording(field.name.replace("_", " "))


def borrowed(field: FieldDefinition) -> tuple[Wording, ...]:
    """Return what the built-in field that is most alike is called; nothing if none shares a wording."""
    found = _alike(field)
    return tuple(wordings(found)) if found is not None else ()


@lru_cache(maxsize=64)
def completed(schema: Schema) -> Schema:
    """Return the schema with places and forms of numbers for fields that tell none, if it is one of invoices.

    Only a schema that asks for the number of an invoice is: who sells stands elsewhere on an order.
    """
    alike = {field.name: found for field in schema.fields if (found := _alike(field)) is not None}
    fields = []
    of_invoice = any(found.name == "invoice_number" for found in alike.values())
    for field in schema.fields:
        found, update = alike.get(field.name), dict[str, object]()
        if found is not None and of_invoice and not field.places and found.kind is field.kind:
            update["places"] = found.places
        if found is not None and not field.validators and field.kind is Kind.IDENTIFIER:
            update["validators"] = tuple(name for name in found.validators if name in _BORROWED_VALIDATORS)
        fields.append(field.model_copy(update=update))
    return schema.model_copy(update={"fields": tuple(fields)})


@lru_cache(maxsize=1024)
def _alike_by(kind: Kind, own: tuple[Wording, ...]) -> FieldDefinition | None:
    best: tuple[int, int] | None = None
    found: FieldDefinition | None = None
    for field in _vocabulary():
        if field.kind not in _ALIKE.get(kind, {kind}):
            continue
        ranks = {each: place for place, each in enumerate(wordings(field))}
        for place, each in enumerate(own):
            if each in ranks and (best is None or (place, ranks[each]) < best):
                best, found = (place, ranks[each]), field
    return found


def _alike(field: FieldDefinition) -> FieldDefinition | None:
    """The built-in field whose name, or else whose wording, is the most telling one that the two share."""
    if not has_few(field):
        return None
    by_name = next((each for each in _vocabulary() if each.name == field.name and each.kind is field.kind), None)
    return by_name or _alike_by(field.kind, tuple(wordings(field)))


@cache
def _vocabulary() -> tuple[FieldDefinition, ...]:
    return tuple(_single_fields())


def _single_fields() -> Iterator[FieldDefinition]:
    for schema in builtin_schemas().values():
        yield from (field for field in schema.fields if field.kind is not Kind.TABLE and not is_prose(field))
