"""The tables of the webhooks: who is told of events, and the outbox of what they are told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from store.instants import Instant
from store.tables import Base

ENDPOINT = String(64)


class WebhookEndpointRow(Base):
    """A receiver that the settings of the running service name; its address and secret are in the settings only."""

    __tablename__ = "webhook_endpoints"

    name: Mapped[str] = mapped_column(ENDPOINT, primary_key=True)
    events: Mapped[str] = mapped_column(Text)  # the types it wants, parted by blanks; "": all


class WebhookMessageRow(Base):
    """One event for one receiver, written in the transaction of the event."""

    __tablename__ = "webhook_messages"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)  # the same at every attempt
    endpoint: Mapped[str] = mapped_column(ENDPOINT)
    type: Mapped[str] = mapped_column(String(64))
    body: Mapped[str] = mapped_column(Text)  # JSON, sent as it stands
    at: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[str] = mapped_column(String(16))  # waiting, delivered, dead
    attempts: Mapped[int] = mapped_column(Integer)  # begun ones; also tells the present holder from an earlier one
    due_at: Mapped[datetime] = mapped_column(Instant)  # of the next attempt; while one runs, when it counts as lost
    status: Mapped[int | None] = mapped_column(Integer)  # HTTP, of the last answer
    error: Mapped[str] = mapped_column(Text)  # of the last attempt
    ended_at: Mapped[datetime | None] = mapped_column(Instant)  # delivered or given up

    __table_args__ = (Index(None, "endpoint", "state", "due_at"), Index(None, "state", "ended_at"))
