"""The tables of the confidence: labels, audits, scorers, certificates, where every pool stands."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, Float, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from store.instants import Instant
from store.tables import SHA256, Base

PATH = String(128)


class LabelRow(Base):
    """What is known about one answer of a machine, as it was decided; only ever added."""

    __tablename__ = "labels"

    document: Mapped[str] = mapped_column(SHA256, primary_key=True)  # no foreign key: known truth needs no document
    record: Mapped[int] = mapped_column(Integer, primary_key=True)  # extractions.sequence; 0: known truth
    path: Mapped[str] = mapped_column(PATH, primary_key=True)
    schema_name: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(16))
    answer: Mapped[str] = mapped_column(String(16))
    origin: Mapped[str | None] = mapped_column(String(16))
    maximum_error: Mapped[float] = mapped_column(Float)
    signals: Mapped[str] = mapped_column(Text)  # JSON
    confidence: Mapped[float | None] = mapped_column(Float)
    scorer: Mapped[str] = mapped_column(String(64))
    is_right: Mapped[bool] = mapped_column(Boolean)
    who: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant, index=True)
    how: Mapped[str] = mapped_column(String(16))  # review, audit, correction, truth
    drawn: Mapped[bool] = mapped_column(Boolean)
    in_force: Mapped[str] = mapped_column(Text)  # ids of certificates, parted by blanks
    inclusion: Mapped[float | None] = mapped_column(Float)


class AuditRow(Base):
    """One accepted answer that was drawn for a person."""

    __tablename__ = "audits"

    document: Mapped[str] = mapped_column(SHA256, ForeignKey("documents.sha256"), primary_key=True)
    record: Mapped[int] = mapped_column(Integer, primary_key=True)  # extractions.sequence in which it is accepted
    path: Mapped[str] = mapped_column(PATH, primary_key=True)
    certificate: Mapped[str] = mapped_column(String(16))
    confidence: Mapped[float | None] = mapped_column(Float)
    released: Mapped[bool] = mapped_column(Boolean)  # exports may have that record meanwhile
    at: Mapped[datetime] = mapped_column(Instant)
    is_right: Mapped[bool | None] = mapped_column(Boolean)  # NULL: nobody has judged it yet
    judged_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (Index(None, "certificate", "judged_at"),)


class ScorerRow(Base):
    """One scorer; the one that was adopted last is in use."""

    __tablename__ = "scorers"

    version: Mapped[str] = mapped_column(String(64), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    adopted_at: Mapped[datetime] = mapped_column(Instant)
    why: Mapped[str] = mapped_column(Text)


class CertificateRow(Base):
    """One certificate and how it ended."""

    __tablename__ = "certificates"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    body: Mapped[str] = mapped_column(Text)  # schemas.confidence.Certificate as JSON
    at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant, index=True)  # NULL: in force
    end: Mapped[str] = mapped_column(String(16))  # "", replaced, voided
    why: Mapped[str] = mapped_column(Text)


class PoolRow(Base):
    """Where a pool stood at the last update."""

    __tablename__ = "pools"

    pool: Mapped[str] = mapped_column(String(128), primary_key=True)
    body: Mapped[str] = mapped_column(Text)  # schemas.confidence.PoolState as JSON
    at: Mapped[datetime] = mapped_column(Instant)


class ConfidenceMarkRow(Base):
    """Single values: how far the corrections have been read, the secret of the draws, the last warnings."""

    __tablename__ = "confidence_marks"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[str] = mapped_column(Text)
    number: Mapped[int] = mapped_column(BigInteger)
