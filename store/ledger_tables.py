"""The tables of the money: what each scope has spent and holds, and every reservation. Amounts are nano-dollars."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from store.instants import Instant
from store.tables import SHA256, Base


class ScopeRow(Base):
    """One thing that has a budget: a day, a month, a run, a document in a run."""

    __tablename__ = "ledger_scopes"

    scope: Mapped[str] = mapped_column(Text, primary_key=True)  # "day:2026-11-21", "run:…", "document:SHA256:RUN"
    kind: Mapped[str] = mapped_column(String(16))  # day, month, run, document
    spent: Mapped[int] = mapped_column(BigInteger)
    held: Mapped[int] = mapped_column(BigInteger)
    schema_name: Mapped[str] = mapped_column(String(64))  # of a document's scope; else ""
    pages: Mapped[int] = mapped_column(Integer)  # of a document's scope; else 0
    name: Mapped[str] = mapped_column(Text)  # for display
    alarm: Mapped[str] = mapped_column(String(16))  # "", "alarm" or "stopped"
    updated_at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (
        CheckConstraint("spent >= 0 AND held >= 0", name="not_negative"),
        Index(None, "kind", "updated_at"),
    )


class ReservationRow(Base):
    """One call: what was reserved for it, and what it cost in the end."""

    __tablename__ = "ledger_reservations"

    call: Mapped[str] = mapped_column(String(32), primary_key=True)
    provider: Mapped[str] = mapped_column(String(64))
    model: Mapped[str] = mapped_column(String(200))
    document: Mapped[str] = mapped_column(SHA256)
    scopes: Mapped[str] = mapped_column(Text)  # those it counts in, parted by line ends
    amount: Mapped[int] = mapped_column(BigInteger)  # the worst case
    cost: Mapped[int | None] = mapped_column(BigInteger)  # NULL: still held
    state: Mapped[str] = mapped_column(String(16))  # held, settled, released
    why: Mapped[str] = mapped_column(String(32))  # usage, whole, journal, not_sent, refused
    at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)  # by then its process has settled it, or is dead

    __table_args__ = (Index(None, "state", "ends_at"), Index(None, "at"))
