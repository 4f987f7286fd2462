"""A correction applied to documents that wait and are laid out alike: shown first, then done, each undone like any act.

Only what machines read is changed, and it goes on waiting: a person looks at each of these documents all the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from review.desk.acts import Desk, undecided
from review.desk.view import Seat
from schemas.errors import DocassayError, InvalidValue
from schemas.results import Extraction, FieldResult
from schemas.values.typed import as_text
from store.acts import Intent
from store.corrections import bare, field_path, with_reading
from store.entities import Document
from store.records import Deed

MOST = 200  # documents of one request


class Fitting(NamedTuple):
    """A document that waits, and what a field of it would be."""

    document: str  # sha256
    result: FieldResult


AlikeDoor = Callable[[str, str], Sequence[Fitting]]
"""Gives, for a document and a field that a person corrected in it, the waiting documents that would change."""


def none_alike(_document: str, _field: str) -> Sequence[Fitting]:
    """Know of no other document: for a service without layout memory, as in tests of other parts."""
    return ()


class Alike(BaseModel):
    """The wish to apply a correction to the documents that wait and are laid out alike."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str = Field(min_length=8, max_length=64, description="Made by the client; a replay has one effect.")
    path: str = Field(max_length=64, description="The field that was corrected.")
    documents: tuple[str, ...] = Field((), max_length=MOST, description="Those to change; a preview needs none.")
    preview: bool = Field(True, description="Only say what would change.")


def applied(
    desk: Desk, source: Document, asked: Alike, door: AlikeDoor, seat: Callable[[Document], Seat]
) -> dict[str, Any]:
    """Apply a correction to waiting documents of the same layout, or (preview) say what it would change in each.

    Args:
        desk: of whoever asks.
        source: the document that was corrected.
        asked: what is wanted.
        door: knows the documents and their new readings.
        seat: what this person may see and do about a document; those that they may not decide about are left out.
    """
    fitting = door(source.sha256, asked.path)[:MOST]
    chosen = fitting if asked.preview else [each for each in fitting if each.document in asked.documents]
    shown = [told for each in chosen if (told := _one(desk, source, asked, each, seat)) is not None]
    return {"documents": shown, "done": sum(told["ok"] for told in shown), "preview": asked.preview}


def _one(
    desk: Desk, source: Document, asked: Alike, fitting: Fitting, seat: Callable[[Document], Seat]
) -> dict[str, Any] | None:
    document = desk.store.document(fitting.document)
    theirs, record = seat(document), desk.store.extraction(fitting.document)
    if record is None or not theirs.may_review or theirs.mask.hides(asked.path):
        return None
    old, new = record.fields[asked.path].value, fitting.result.value
    told = {
        "document": document.sha256,
        "name": theirs.mask.text(document.name),
        "old": None if old is None else theirs.mask.text(as_text(old)),
        "new": None if new is None else theirs.mask.text(as_text(new)),
    }
    try:
        if not asked.preview:
            apply(desk, document, fitting.result, asked.key, f"As corrected in {source.name}.")
        return {**told, "ok": True, "message": ""}
    except DocassayError as error:
        return {**told, "ok": False, "message": theirs.mask.text(str(error))}


def apply(desk: Desk, document: Document, result: FieldResult, key: str, why: str) -> None:
    """Put another reading of a field into a record that waits, once for a key; it goes on waiting.

    Raises:
        InvalidValue: a person has decided the field, or it does not wait any more.
        Conflict: the document is being processed.
    """
    schema, name = desk.schema_of(document), result.name
    intent = Intent(
        key=hashlib.sha256(f"{key}\n{document.sha256}".encode()).hexdigest(),
        who=desk.who,
        act="recalled",
        path=name,
        why=why,
        request={"key": key, "path": name},
    )

    def change(record: Extraction) -> tuple[Extraction, Sequence[Deed]]:
        if record.fields[name].source == "person" or name not in undecided(record):
            raise InvalidValue(f"{name} of {document.name} was decided in the meantime. It stays as it is.")
        after, place = with_reading(record, schema, result), field_path(name)
        return after, [Deed("recalled", name, bare(record, place), bare(after, place), result.evidence)]

    desk.acts.change(document.sha256, intent, change, lambda _: {})
