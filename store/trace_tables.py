"""The tables of what was asked and answered: raw answers as they came, and the spans of traces."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, Float, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from store.instants import Instant
from store.tables import SHA256, Base


class ResponseRow(Base):
    """One answer of a provider, byte for byte, with the request that it answers."""

    __tablename__ = "responses"

    call: Mapped[str] = mapped_column(String(32), primary_key=True)
    key: Mapped[str] = mapped_column(SHA256)  # the same for requests that ask the same
    provider: Mapped[str] = mapped_column(String(64))
    model: Mapped[str] = mapped_column(String(200))
    document: Mapped[str] = mapped_column(SHA256)
    status: Mapped[int] = mapped_column(Integer)
    headers: Mapped[str] = mapped_column(Text)  # JSON, of the answer; cookies and the like left out
    body: Mapped[bytes] = mapped_column(LargeBinary)  # compressed
    request: Mapped[bytes] = mapped_column(LargeBinary)  # compressed body of the request; never its headers
    seconds: Mapped[float] = mapped_column(Float)
    at: Mapped[datetime] = mapped_column(Instant)
    servable: Mapped[bool] = mapped_column(Boolean)  # whole, no refusal, and not found wanting since

    __table_args__ = (Index(None, "key", "servable", "at"), Index(None, "at"))


class SpanRow(Base):
    """One span of a trace."""

    __tablename__ = "spans"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    trace: Mapped[str] = mapped_column(String(32), primary_key=True)
    parent: Mapped[str | None] = mapped_column(String(16))
    document: Mapped[str] = mapped_column(SHA256)
    name: Mapped[str] = mapped_column(Text)
    started_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime] = mapped_column(Instant)
    ok: Mapped[bool] = mapped_column(Boolean)
    attributes: Mapped[str] = mapped_column(Text)  # JSON; no text of documents

    __table_args__ = (Index(None, "trace"), Index(None, "document", "started_at"), Index(None, "started_at"))
