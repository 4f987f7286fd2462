"""The tables. Times are instants (store.instants); names and paths of files are for display, never opened."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, MetaData, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from store.instants import Instant

SHA256 = String(64)
# SQLite numbers rows by itself only in a column that is exactly INTEGER; it holds 64 bits there all the same.
ROW_NUMBER = BigInteger().with_variant(Integer(), "sqlite")


class Base(DeclarativeBase):
    """Common base: names every constraint, so that migrations can speak of it."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class DocumentRow(Base):
    """One content, whatever its names: its state, its lease and which record is the current one."""

    __tablename__ = "documents"

    sha256: Mapped[str] = mapped_column(SHA256, primary_key=True)
    name: Mapped[str] = mapped_column(Text)  # the first name it came under
    size: Mapped[int] = mapped_column(BigInteger)  # bytes
    media_type: Mapped[str | None] = mapped_column(Text)  # by content; known once parsed
    state: Mapped[str] = mapped_column(String(16))
    version: Mapped[int] = mapped_column(Integer)  # rises by one with every transition
    reason: Mapped[str | None] = mapped_column(String(32))
    message: Mapped[str | None] = mapped_column(Text)
    remedy: Mapped[str | None] = mapped_column(Text)
    retry_at: Mapped[datetime | None] = mapped_column(Instant)  # only when deferred
    attempts: Mapped[int] = mapped_column(Integer)  # tries without a result: deferrals and workers that died
    schema_wanted: Mapped[str | None] = mapped_column(String(64))  # what the sender or a person said
    schema_name: Mapped[str | None] = mapped_column(String(64))  # what the current record was made with
    parser_version: Mapped[str | None] = mapped_column(Text)  # names the stored parsed document
    record: Mapped[int] = mapped_column(Integer)  # extractions.sequence of the current record; 0: none
    change: Mapped[int] = mapped_column(BigInteger)  # store-wide number of the last change that exports care about
    lease_owner: Mapped[str | None] = mapped_column(Text)
    lease_until: Mapped[datetime | None] = mapped_column(Instant)
    lease_token: Mapped[int] = mapped_column(BigInteger)  # rises with every claim: an old holder is recognised by it
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (
        Index(None, "state", "created_at", "sha256"),
        Index(None, "created_at", "sha256"),
        Index(None, "change"),
        Index(None, "reason", "state"),
    )


class AliasRow(Base):
    """A name that a content came under."""

    __tablename__ = "aliases"

    key: Mapped[str] = mapped_column(SHA256, primary_key=True)  # hash of the columns below: paths outgrow an index
    document: Mapped[str] = mapped_column(SHA256, ForeignKey("documents.sha256"), index=True)
    name: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)  # path or address it was read from; "" if none
    inbox: Mapped[str] = mapped_column(Text)  # watched folder; "" if none
    parent: Mapped[str | None] = mapped_column(SHA256, ForeignKey("documents.sha256"), index=True)  # the mail it was in
    received_at: Mapped[datetime] = mapped_column(Instant)


class TransitionRow(Base):
    """One step of one document; only ever added."""

    __tablename__ = "transitions"

    id: Mapped[int] = mapped_column(ROW_NUMBER, primary_key=True)
    document: Mapped[str] = mapped_column(SHA256, ForeignKey("documents.sha256"))
    version: Mapped[int] = mapped_column(Integer)  # of the document after the step
    from_state: Mapped[str | None] = mapped_column(String(16))  # NULL: the document was new
    to_state: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(Instant)
    who: Mapped[str] = mapped_column(Text)
    why: Mapped[str] = mapped_column(Text)

    __table_args__ = (UniqueConstraint("document", "version"), Index(None, "to_state", "from_state", "at"))


class ExtractionRow(Base):
    """One record of a document as a machine or a person left it; only ever added."""

    __tablename__ = "extractions"

    document: Mapped[str] = mapped_column(SHA256, ForeignKey("documents.sha256"), primary_key=True)
    sequence: Mapped[int] = mapped_column(Integer, primary_key=True)  # from 1
    key: Mapped[str | None] = mapped_column(SHA256, unique=True)  # of a machine's record; see store.extractions
    schema_name: Mapped[str] = mapped_column(String(64))
    schema_version: Mapped[str] = mapped_column(String(64))
    extractor_version: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)  # schemas.results.Extraction as JSON
    created_at: Mapped[datetime] = mapped_column(Instant)


class CorrectionRow(Base):
    """One act of a person on one field or on the whole record; only ever added."""

    __tablename__ = "corrections"

    id: Mapped[int] = mapped_column(ROW_NUMBER, primary_key=True)
    document: Mapped[str] = mapped_column(SHA256, ForeignKey("documents.sha256"), index=True)
    version: Mapped[int] = mapped_column(Integer)  # of the document after the act
    record: Mapped[int] = mapped_column(Integer)  # extractions.sequence that the act made; of the current one if none
    act: Mapped[str] = mapped_column(String(16))  # set, accept, reject, undo …, see entities.Act
    path: Mapped[str] = mapped_column(Text)  # "gross_total", "line_items[3].quantity"; "" is the whole record
    old: Mapped[str | None] = mapped_column(Text)  # JSON
    new: Mapped[str | None] = mapped_column(Text)  # JSON
    evidence: Mapped[str | None] = mapped_column(Text)  # JSON
    who: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant)
    why: Mapped[str] = mapped_column(Text)
    event: Mapped[int | None] = mapped_column(BigInteger, index=True)  # acts.id; NULL: made before there was a desk


class ExportRow(Base):
    """How far a target has been written."""

    __tablename__ = "exports"

    target: Mapped[str] = mapped_column(String(512), primary_key=True)
    watermark: Mapped[int] = mapped_column(BigInteger)  # every documents.change up to here is in the target
    updated_at: Mapped[datetime] = mapped_column(Instant)


class BatchRow(Base):
    """One run over a set of documents."""

    __tablename__ = "batches"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    label: Mapped[str] = mapped_column(Text)
    started_at: Mapped[datetime] = mapped_column(Instant, index=True)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)
    counts: Mapped[str | None] = mapped_column(Text)  # JSON, states as they were when it finished


class BatchDocumentRow(Base):
    """Which documents belong to a batch."""

    __tablename__ = "batch_documents"

    batch: Mapped[str] = mapped_column(String(36), ForeignKey("batches.id"), primary_key=True)
    document: Mapped[str] = mapped_column(SHA256, ForeignKey("documents.sha256"), primary_key=True, index=True)


class CounterRow(Base):
    """Numbers that are given out once, in the order of the commits (a sequence would give them before).

    "change" numbers the changes of documents; "queue …" is the last of them whose figures the queue has.
    """

    __tablename__ = "counters"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[int] = mapped_column(BigInteger)
