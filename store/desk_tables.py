"""The tables of the review desk: what people did there, versions of fields, claims, drafts, what waits."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Float, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from store.instants import Instant
from store.tables import ROW_NUMBER, SHA256, Base

PATH = String(160)  # a field, a column and a row number, with their marks
PERSON = String(200)


class ActRow(Base):
    """One act of a person on one document; only ever added. Its effects on fields are in the corrections."""

    __tablename__ = "acts"

    id: Mapped[int] = mapped_column(ROW_NUMBER, primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)  # the client's: a replay finds the answer by it
    request: Mapped[str] = mapped_column(SHA256)  # hash of what was asked: a key is used for one request only
    who: Mapped[str] = mapped_column(PERSON)
    at: Mapped[datetime] = mapped_column(Instant)
    document: Mapped[str] = mapped_column(SHA256, ForeignKey("documents.sha256"))
    act: Mapped[str] = mapped_column(String(16))
    path: Mapped[str] = mapped_column(Text)  # "" is the whole document
    why: Mapped[str] = mapped_column(Text)
    undoes: Mapped[int | None] = mapped_column(BigInteger, index=True)  # acts.id; a redo undoes an undo
    version: Mapped[int] = mapped_column(Integer)  # of the document after the act
    from_record: Mapped[int] = mapped_column(Integer)  # extractions.sequence before and after
    to_record: Mapped[int] = mapped_column(Integer)
    from_state: Mapped[str] = mapped_column(String(16))
    to_state: Mapped[str] = mapped_column(String(16))
    detail: Mapped[str] = mapped_column(Text)  # JSON: what else is needed to undo it
    seconds: Mapped[float | None] = mapped_column(Float)  # active time of the person
    by: Mapped[str] = mapped_column(String(8))  # keys, mouse, "" where nobody said
    shown: Mapped[str] = mapped_column(Text)  # JSON: the alternatives that were on the screen
    answer: Mapped[str] = mapped_column(Text)  # JSON: what the client was told

    __table_args__ = (Index(None, "who", "id"), Index(None, "document", "id"))


class FieldVersionRow(Base):
    """When a field, cell or row set last changed after the first record; without a row: never."""

    __tablename__ = "field_versions"

    document: Mapped[str] = mapped_column(SHA256, ForeignKey("documents.sha256"), primary_key=True)
    path: Mapped[str] = mapped_column(PATH, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)  # of the document after the change
    who: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant)


class DeskClaimRow(Base):
    """Who has a document on the desk at the moment; a lease."""

    __tablename__ = "desk_claims"

    document: Mapped[str] = mapped_column(SHA256, ForeignKey("documents.sha256"), primary_key=True)
    owner: Mapped[str] = mapped_column(PERSON, index=True)
    until: Mapped[datetime] = mapped_column(Instant)


class DeskClaimMoveRow(Base):
    """One claim, take-over or release; only ever added."""

    __tablename__ = "desk_claim_moves"

    id: Mapped[int] = mapped_column(ROW_NUMBER, primary_key=True)
    document: Mapped[str] = mapped_column(SHA256, index=True)
    move: Mapped[str] = mapped_column(String(16))  # claim, take_over, release
    who: Mapped[str] = mapped_column(PERSON)
    of: Mapped[str] = mapped_column(PERSON)  # whose lease it was before; "" if nobody's
    at: Mapped[datetime] = mapped_column(Instant)


class DraftRow(Base):
    """What a person typed and did not save yet."""

    __tablename__ = "drafts"

    document: Mapped[str] = mapped_column(SHA256, ForeignKey("documents.sha256"), primary_key=True)
    who: Mapped[str] = mapped_column(PERSON, primary_key=True)
    path: Mapped[str] = mapped_column(PATH, primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant)


class DeskItemRow(Base):
    """What the queue knows of a document: figures of its record at a time, and what people said about it."""

    __tablename__ = "desk_items"

    document: Mapped[str] = mapped_column(SHA256, ForeignKey("documents.sha256"), primary_key=True)
    assignee: Mapped[str] = mapped_column(PERSON)  # "": nobody
    postponed_at: Mapped[datetime | None] = mapped_column(Instant)
    postponed_by: Mapped[str] = mapped_column(PERSON)
    note: Mapped[str] = mapped_column(Text)  # why it was postponed or sent back
    chance: Mapped[float] = mapped_column(Float)  # of at least one wrong value, 0..1
    cost: Mapped[float] = mapped_column(Float)  # of a wrong value, in units of an ordinary one
    seconds: Mapped[float] = mapped_column(Float)  # that a person will need
    worth: Mapped[float] = mapped_column(Float)  # chance × cost / seconds: what the queue is ordered by
    cause: Mapped[str] = mapped_column(Text)  # documents that wait for the same cause share it
    supplier: Mapped[str] = mapped_column(Text)
    supplier_key: Mapped[str] = mapped_column(Text, index=True)  # folded, for filters
    account: Mapped[str] = mapped_column(Text)  # to be paid to; "" if none
    amount: Mapped[float | None] = mapped_column(Float)  # for filters and order only, never for a record
    currency: Mapped[str] = mapped_column(Text)
    due: Mapped[str] = mapped_column(String(10))  # ISO date; "" if none
    reasons: Mapped[str] = mapped_column(Text)  # JSON list of codes or checks, for filters

    __table_args__ = (Index(None, "worth", "document"),)
