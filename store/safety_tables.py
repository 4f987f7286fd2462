"""The tables of what may stop a call: switches and their history, drills, breakers, rates."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Float, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from store.instants import Instant
from store.tables import ROW_NUMBER, Base

PROVIDER = String(64)
MODEL = String(200)


class SwitchRow(Base):
    """A switch that is thrown: no calls to a provider, or ("") to any."""

    __tablename__ = "switches"

    provider: Mapped[str] = mapped_column(PROVIDER, primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    who: Mapped[str] = mapped_column(Text)
    why: Mapped[str] = mapped_column(Text)


class SwitchMoveRow(Base):
    """One throw or release; only ever added."""

    __tablename__ = "switch_moves"

    id: Mapped[int] = mapped_column(ROW_NUMBER, primary_key=True)
    provider: Mapped[str] = mapped_column(PROVIDER)
    act: Mapped[str] = mapped_column(String(16))  # stop, resume
    at: Mapped[datetime] = mapped_column(Instant)
    who: Mapped[str] = mapped_column(Text)
    why: Mapped[str] = mapped_column(Text)


class DrillRow(Base):
    """One drill of the switch; only ever added."""

    __tablename__ = "drills"

    id: Mapped[int] = mapped_column(ROW_NUMBER, primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    who: Mapped[str] = mapped_column(Text)
    calls: Mapped[int] = mapped_column(Integer)  # in flight when it was thrown
    started_after: Mapped[int] = mapped_column(Integer)  # calls that reached the server over a second later
    seconds: Mapped[float] = mapped_column(Float)  # until the last call in flight had ended


class BreakerRow(Base):
    """What is known of one model of a provider; no row: nothing bad."""

    __tablename__ = "breakers"

    provider: Mapped[str] = mapped_column(PROVIDER, primary_key=True)
    model: Mapped[str] = mapped_column(MODEL, primary_key=True)
    state: Mapped[str] = mapped_column(String(16))  # closed, open, probing
    failures: Mapped[int] = mapped_column(Integer)  # in the present window
    successes: Mapped[int] = mapped_column(Integer)  # in the present window
    documents: Mapped[str] = mapped_column(Text)  # on which it failed in it, first digits, parted by blanks
    window_until: Mapped[datetime] = mapped_column(Instant)
    openings: Mapped[int] = mapped_column(Integer)  # in a row, without a success between them
    open_until: Mapped[datetime | None] = mapped_column(Instant)  # NULL: closed
    probe: Mapped[str | None] = mapped_column(String(32))  # id of the call that is the probe
    probe_until: Mapped[datetime | None] = mapped_column(Instant)  # its lease
    cause: Mapped[str] = mapped_column(Text)  # of the last failure


class RateRow(Base):
    """One call that was let through lately."""

    __tablename__ = "rates"

    call: Mapped[str] = mapped_column(String(32), primary_key=True)
    provider: Mapped[str] = mapped_column(PROVIDER)
    at: Mapped[datetime] = mapped_column(Instant)
    tokens: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (Index(None, "provider", "at"),)
