"""One document made of several, and several of one: new documents with their lineage; originals are kept, put aside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import PurePath
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from review.desk.acts import Desk
from schemas.document import Attachment
from schemas.errors import InvalidValue, Reason, Refusal
from store.acts import Answering, Intent, Made
from store.entities import Document
from store.states import UNFINISHED

PARTS = 100  # of one document
CutDoor = Callable[[Sequence[bytes], str, Sequence[tuple[int, int]]], Sequence[Attachment]]
"""Makes new PDFs of ranges of the pages of some files, or (no ranges) one of all. Raises Refusal."""


def uncut(*_: object) -> Sequence[Attachment]:
    """Refuse to cut: for a service without children that do it, as in tests of other parts."""
    raise Refusal(Reason.NOT_SUPPORTED, "This service cuts and joins no documents.", "Start it with `docassay serve`.")


class Split(BaseModel):
    """The wish to make several documents of one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str = Field(min_length=8, max_length=64)
    ranges: tuple[tuple[int, int], ...] = Field(min_length=2, max_length=PARTS, description="First and last page each.")
    schemas: tuple[str | None, ...] = Field((), description="Schema of each part; none: classified.")
    version: int | None = Field(None, description="Of the document as seen.")
    why: str = Field("", max_length=4000)


class Merge(BaseModel):
    """The wish to make one document of several, in this order."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str = Field(min_length=8, max_length=64)
    documents: tuple[str, ...] = Field(min_length=2, max_length=PARTS)
    schema_name: str | None = Field(None, alias="schema")
    why: str = Field("", max_length=4000)


def split(desk: Desk, document: Document, asked: Split, cut: CutDoor, answering: Answering) -> dict[str, Any]:
    """Make a new document of each range of pages, and put the original aside; the answer is `answering`'s.

    Raises:
        InvalidValue: ranges overlap or leave pages out, or name pages that are not there.
        Refusal: the file has no pages of its own, or cannot be opened.
        Conflict: the document is being processed, or changed since.
    """
    _refuse_unfinished(document)
    parsed = desk.store.parsed(document.sha256)
    pages = [number for first, last in asked.ranges for number in range(first, last + 1)]
    every = list(range(1, len(parsed.pages) + 1)) if parsed else sorted(pages)
    if sorted(pages) != every:
        raise InvalidValue(f"Every page of {document.name}, 1 to {len(every)}, belongs to exactly one part.")
    schemas = _known(desk, (*asked.schemas, *[None] * (len(asked.ranges) - len(asked.schemas))))
    made = cut([desk.store.content(document.sha256)], document.name, asked.ranges)
    stem = PurePath(document.name).stem
    new = [
        _stored(desk, part, f"{stem} pages {part.name}.pdf", f"{document.name}, pages {part.name}", schema)
        for part, schema in zip(made, schemas, strict=False)
    ]
    intent = _intent(desk, "split", asked.key, asked.why, asked.model_dump(mode="json"), asked.version)
    why = f"it was split into {len(new)} documents by {desk.who}."
    return desk.acts.derive([document.sha256], intent, new, why, answering)


def merge(
    desk: Desk, documents: Sequence[Document], asked: Merge, cut: CutDoor, answering: Answering
) -> dict[str, Any]:
    """Make one document of several, in their order, and put them aside; raises as `split`."""
    for each in documents:
        _refuse_unfinished(each)
    (schema,) = _known(desk, (asked.schema_name,))
    first = documents[0]
    (made,) = cut([desk.store.content(each.sha256) for each in documents], first.name, ())
    name = f"{PurePath(first.name).stem} and {len(documents) - 1} more.pdf"
    new = _stored(desk, made, name, ", ".join(each.name for each in documents), schema)
    intent = _intent(desk, "merge", asked.key, asked.why, asked.model_dump(mode="json"), None)
    why = f"it was joined with {len(documents) - 1} more by {desk.who}."
    return desk.acts.derive([each.sha256 for each in documents], intent, [new], why, answering)


def _stored(desk: Desk, part: Attachment, name: str, source: str, schema: str | None) -> Made:
    sha256 = desk.store.files.put(part.content)
    return Made(sha256, len(part.content), name, source, schema)


def _known(desk: Desk, names: Sequence[str | None]) -> Sequence[str | None]:
    for name in names:
        if name is not None and name not in desk.schemas:
            raise InvalidValue(f"There is no schema {name}. There are: {', '.join(desk.schemas)}.")
    return names


def _refuse_unfinished(document: Document) -> None:
    if document.state in UNFINISHED:
        raise InvalidValue(f"{document.name} is being processed. Wait until it is decided.")


def _intent(desk: Desk, act: str, key: str, why: str, request: Any, version: int | None) -> Intent:
    return Intent(key=key, who=desk.who, act=act, why=why.strip(), version=version, request=request)
