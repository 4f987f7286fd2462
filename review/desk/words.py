"""Names of fields and codes of reasons, as people at the desk read them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from review.dashboard.reasons import advice
from schemas.errors import Reason
from schemas.schema import Schema

FIELD = "field:"  # begins the code of a field that waits
_CAPITALS = frozenset({"bic", "iban", "id", "vat"})
_CODES = {
    "unsure": "Not sure enough",
    "approval": "A second person must approve",
    "required": "A required value is missing",
    "sum": "The amounts do not add up",
    "rows_sum": "The rows do not add up to the total",
    "row_product": "A row does not multiply out",
    "order": "Dates or amounts are out of order",
    "embedded_differs": "The page and the embedded invoice differ",
    "finding": "Something odd was found in the file",
    "four_eyes": "A second person must approve",
    "second_entry": "A second person must enter a value once more",
    "sent_back": "Sent back for another look",
}


def named(name: str) -> str:
    """Return the name of a field or a schema as people write it within a sentence."""
    return " ".join(word.upper() if word in _CAPITALS else word for word in name.split("_"))


def label(name: str) -> str:
    """Return the name of a field or a schema as people read it on its own."""
    words = named(name)
    return words[:1].upper() + words[1:]


def in_words(code: str) -> str:
    """Return what a reason code, the name of a check, or field:NAME says."""
    if code.startswith(FIELD):
        return label(code.removeprefix(FIELD))
    if code in _CODES:
        return _CODES[code]
    return advice(Reason(code)).what if code in set(Reason) else label(code)


def spoken(text: str, schema: Schema) -> str:
    """Return a sentence with the fields, columns and cells of a schema named as people name them."""
    for table in (field for field in schema.fields if field.columns):
        columns = "|".join(column.name for column in table.columns)
        text = re.sub(rf"\b{table.name}\[(\d+)\]\.({columns})\b", rf"\2 in row \1 of {table.name}", text)
        text = re.sub(rf"\b{table.name}\[(\d+)\]", rf"row \1 of {table.name}", text)
    names = {each.name for field in schema.fields for each in (field, *field.columns)}
    names = {name for name in names if named(name) != name}
    if not names:
        return text
    said = re.sub(rf"\b({'|'.join(sorted(names, key=len, reverse=True))})\b", lambda m: named(m[1]), text)
    return said[:1].upper() + said[1:]


def reasons_to_choose(schemas: Sequence[Schema]) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Yield the reasons for which documents of these schemas wait, in groups: a title, then codes with their words."""
    yield "Why", [(code, words) for code, words in _CODES.items() if code not in ("four_eyes", "unsure")]
    for schema in schemas:
        fields = [(f"{FIELD}{field.name}", label(field.name)) for field in schema.fields]
        yield f"Field of {schema.name.replace('_', ' ')}", fields
