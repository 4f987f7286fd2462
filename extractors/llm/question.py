"""What is sent for one question: instructions, then the document, then the question.

In this order everything up to the question is the same for all calls on a document, so that a provider which keeps
prefixes reads the document once.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from string import Template as Text
from typing import Any

from extractors.llm.client import Message
from extractors.llm.prompts.template import Template
from schemas.fields import FieldDefinition, Kind
from schemas.schema import Schema

MARKER = 16  # hex digits
LONGEST_LABEL = 60  # characters
KNOWN_ROWS = 40  # rows that are named when others are asked for
KNOWN_CHARACTERS = 120  # of each

_WORDS = {
    Kind.MONEY: "amount",
    Kind.IDENTIFIER: "number or code",
    Kind.PARTY: "name",
    Kind.JURISDICTION: "state or country",
    Kind.DURATION: "span of time",
}


@dataclass(frozen=True, slots=True)
class Picture:
    """A page as a picture."""

    page: int
    media_type: str  # "image/png" or "image/jpeg"
    content: bytes


def marker_of(secret: bytes, document: str) -> str:
    """Return the mark for a document: the same in every call, and nothing that its author could have foreseen.

    Args:
        secret: of this installation.
        document: its sha256.
    """
    return hmac.new(secret, document.encode(), hashlib.sha256).hexdigest()[:MARKER]


def escaped(text: str, marker: str) -> str:
    """Return a document's text in which the mark does not stand, however it is written."""
    half = len(marker) // 2
    return re.sub(re.escape(marker), lambda found: f"{found[0][:half]}-{found[0][half:]}", text, flags=re.IGNORECASE)


def messages(
    template: Template, text: str, marker: str, question: str, pictures: Sequence[Picture] = ()
) -> list[Message]:
    """Return the messages: instructions, document, question.

    Args:
        template: what is said.
        text: the document's visible text, page-marked.
        marker: what stands around it.
        question: one of the questions below.
        pictures: of pages, which follow the text.
    """
    document = template.fill("document", marker=marker, document=escaped(text, marker))
    return [
        {"role": "system", "content": template.fill("system")},
        {"role": "user", "content": _with_pictures(document, pictures)},
        {"role": "user", "content": question},
    ]


def fields_question(template: Template, schema: Schema, names: Sequence[str], text: str) -> str:
    """Return the question for fields, described by their schema and the labels that stand in the text."""
    return template.fill(
        "fields",
        title=schema.title,
        description=schema.description,
        fields="\n".join(_described(schema.field(name), text, template.parameters.labels_per_field) for name in names),
    )


SECOND = """\
Document type: $title. This is a check by a second reader.
Begin at the end of the document. For each thing below first look for everything in the document that could be meant by
its description, then give the one that the document as a whole supports best; absent, if none is clearly it. What
stands nearest to a familiar word is often something else: a date of another event, a part of a sum, another party.
$fields"""


def second_question(schema: Schema, names: Sequence[str]) -> str:
    """Return the question of a second reading: in other words and order, and without the labels that led the first."""
    described = "\n".join(_described(schema.field(name), "", 0) for name in reversed(names))
    return Text(SECOND).substitute(title=schema.title, fields=described)


def rows_question(template: Template, schema: Schema, table: str, first: int, last: int, text: str) -> str:
    """Return the question for the rows `first` to `last` of a table, counted from 1."""
    asked = template.fill("rows", table=table, first=first, last=last)
    return f"{fields_question(template, schema, [table], text)}\n\n{asked}"


def missing_rows_question(
    template: Template, schema: Schema, table: str, page: int, known: Sequence[str], text: str
) -> str:
    """Return the question for the rows of a table that a page holds beside those `known` by their quotes."""
    said = "\n".join(f"- {quote[:KNOWN_CHARACTERS]}" for quote in known[:KNOWN_ROWS])
    asked = template.fill(
        "missing_rows", table=table, page=page, known=f"Leave out those that are known already:\n{said}" if said else ""
    )
    return f"{fields_question(template, schema, [table], text)}\n\n{asked}"


def _described(field: FieldDefinition, text: str, labels: int, indent: str = "") -> str:
    many = ", a list" if field.many else ""
    line = f"{indent}- {field.name} ({_kind(field)}{many}): {field.description}"
    known = _labels_in(field, text, labels)
    if known:
        line += f" Here called: {', '.join(known)}."
    return "\n".join([line, *(_described(column, text, 0, "  ") for column in field.columns)])


def _kind(field: FieldDefinition) -> str:
    if field.kind is Kind.CHOICE:
        return "one of " + ", ".join(field.choices)
    return _WORDS.get(field.kind, field.kind.value)


def _labels_in(field: FieldDefinition, text: str, most: int) -> list[str]:
    """The field's labels that the text holds, longest first: a shorter one is often a part of them."""
    plain = text.casefold()
    found = {
        label
        for labels in field.labels.values()
        for label in labels
        if len(label) <= LONGEST_LABEL and re.search(rf"(?<!\w){re.escape(label.casefold())}(?!\w)", plain)
    }
    return sorted(found, key=lambda label: (-len(label), label))[:most]


def _with_pictures(document: str, pictures: Sequence[Picture]) -> Any:
    if not pictures:
        return document
    from instructor.processing.multimodal import Image

    parts: list[Any] = [document]
    for picture in pictures:
        data = base64.b64encode(picture.content).decode()
        parts += [f"Picture of page {picture.page}:", Image(source=data, media_type=picture.media_type, data=data)]
    return parts
