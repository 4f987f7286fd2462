"""What the store hands out: frozen values, all times aware and in UTC."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from schemas.errors import Reason
from schemas.results import Evidence, Extraction
from store.states import State

Act = Literal["set", "accept", "reject", "undo", "approve", "send_back", "second_entry", "recalled"]


@dataclass(frozen=True, slots=True)
class Document:
    """One stored content and where it stands."""

    sha256: str
    name: str  # the first name it came under: untrusted text, for display
    size: int  # bytes
    media_type: str | None  # by content; None until parsed
    state: State
    version: int  # rises by one with every transition
    reason: Reason | None  # why it is quarantined, deferred or in review without a record
    message: str | None
    remedy: str | None
    retry_at: datetime | None  # only when deferred
    attempts: int  # tries without a result since the last one with: deferrals and workers that died
    schema_wanted: str | None  # what the sender or a person said
    schema_name: str | None  # what the current record was made with
    parser_version: str | None  # names the stored parsed document; None until parsed
    record: int  # number of the current record, from 1; 0: none yet
    lease_owner: str | None
    lease_until: datetime | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Alias:
    """A name that a content came under."""

    document: str
    name: str  # untrusted text
    source: str  # path or address it was read from; "" if none
    inbox: str  # watched folder; "" if none
    parent: str | None  # sha256 of the mail it was attached to
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Transition:
    """One step in the life of a document."""

    document: str
    version: int  # of the document after the step
    from_state: State | None  # None: the document was new
    to_state: State
    at: datetime
    who: str
    why: str


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to work on one document until `until`; every write shows it, and is refused once it is lost."""

    document: str  # sha256
    name: str
    state: State
    version: int
    owner: str
    token: int  # higher than that of every earlier claim on this document
    until: datetime
    attempts: int  # as in Document, this claim's take-over included
    schema_wanted: str | None
    parser_version: str | None


@dataclass(frozen=True, slots=True)
class Correction:
    """One act of a person."""

    document: str
    version: int  # of the document after the act
    record: int  # number of the record that the act made
    act: Act
    path: str  # "gross_total", "line_items[3].quantity"; "" is the whole record
    old: Any  # bare value in JSON's types
    new: Any
    evidence: tuple[Evidence, ...]
    who: str
    at: datetime
    why: str
    event: int | None = None  # number of the act at the desk that it belongs to
    undone: bool = False  # taken back later, and not done again since: it says nothing about the document


@dataclass(frozen=True, slots=True)
class Record:
    """The current record of a document, ready for an export."""

    document: Document
    sequence: int  # store-wide number of its last change: what watermarks count
    extraction: Extraction
    reviewers: Mapping[str, str] = dataclasses.field(default_factory=dict)  # path -> who last decided it


@dataclass(frozen=True, slots=True)
class ExportWindow:
    """What a target lacks: changes after `since`, up to and with `until`."""

    target: str
    since: int
    until: int
    count: int  # records in the window


@dataclass(frozen=True, slots=True)
class Batch:
    """One run over a set of documents."""

    id: str
    label: str
    started_at: datetime
    finished_at: datetime | None
    counts: Mapping[State, int]  # now if it runs, else as it ended; states without documents are left out
