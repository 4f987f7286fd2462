"""What the ledger and its callers say to each other. Amounts are whole nano-dollars."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

ScopeKind = Literal["day", "month", "run", "document"]
Alarm = Literal["", "alarm", "stopped"]
Settled = Literal["usage", "whole", "journal", "not_sent", "refused"]


@dataclass(frozen=True, slots=True)
class Scope:
    """Something that has a budget, and how much of it there is."""

    key: str  # "day:2026-11-21", "month:2026-11", "run:ID", "document:SHA256:RUN"
    kind: ScopeKind
    cap: int | None  # None: counted only
    schema_name: str = ""
    pages: int = 0
    name: str = ""  # for display


@dataclass(frozen=True, slots=True)
class Held:
    """A reservation that was made."""

    call: str
    amount: int


@dataclass(frozen=True, slots=True)
class NoRoom:
    """The scope that kept a reservation from being made, as it stands."""

    scope: Scope
    spent: int
    held: int


@dataclass(frozen=True, slots=True)
class Halted:
    """The kill switch was found thrown when the reservation was to be made."""

    said: str


@dataclass(frozen=True, slots=True)
class Balance:
    """A scope as it stands."""

    key: str
    kind: ScopeKind
    spent: int
    held: int
    schema_name: str
    pages: int
    name: str
    alarm: Alarm
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Stranded:
    """A reservation whose process did not settle it in time."""

    call: str
    provider: str
    model: str
    amount: int
