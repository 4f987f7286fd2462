"""The budget as it stands, for people: periods, runs, documents, and what stops calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from extractors.llm.guards.budget import next_period
from flows.model import limits_of
from flows.settings import Settings
from schemas.money import Balance, ScopeKind
from store.breakers import Breakers, BreakerState
from store.ledger import StoredLedger
from store.store import Store
from store.switches import Switches, Thrown

RUNS = 5  # how many of the last ones are told of
DOCUMENTS = 10  # how many of the dearest ones
LATELY = timedelta(days=31)  # within which they were worked on


@dataclass(frozen=True, slots=True)
class Period:
    """The present day or month."""

    balance: Balance
    cap: int | None
    ends_at: datetime

    @property
    def left(self) -> int | None:
        """What may still be spent or held; None without a cap."""
        return None if self.cap is None else max(0, self.cap - self.balance.spent - self.balance.held)


@dataclass(frozen=True, slots=True)
class BudgetNow:
    """Everything about money at this moment."""

    periods: tuple[Period, ...]
    runs: Sequence[Balance]
    documents: Sequence[Balance]
    stopped: Sequence[Thrown]
    breakers: Sequence[BreakerState]


def budget_now(
    settings: Settings, store: Store, now: datetime, runs: int, documents: int, lately: timedelta
) -> BudgetNow:
    """Return the budget as it stands; raises Unavailable."""
    ledger = StoredLedger(store.database)
    return BudgetNow(
        periods_now(settings, ledger, now),
        ledger.balances("run", runs),
        ledger.dearest(now - lately, documents),
        Switches(store.database).thrown(),
        Breakers(store.database).states(),
    )


def periods_now(settings: Settings, ledger: StoredLedger, now: datetime) -> tuple[Period, ...]:
    """Return the present day and month of the budget's calendar, as they stand."""
    limits, zone = limits_of(settings), settings.budget.timezone
    local = now.astimezone(ZoneInfo(zone))
    wanted: tuple[tuple[ScopeKind, str, int | None], ...] = (
        ("day", f"day:{local:%Y-%m-%d}", limits.day),
        ("month", f"month:{local:%Y-%m}", limits.month),
    )
    periods = []
    for kind, key, cap in wanted:
        balance = ledger.balance(key) or Balance(key, kind, 0, 0, "", 0, "", "", now)
        periods.append(Period(balance, cap, next_period(kind, now, zone) or now))
    return tuple(periods)


def budget_data(settings: Settings, now: BudgetNow) -> dict[str, Any]:
    """Return the budget for programs; amounts are whole nano-dollars."""
    return {
        "timezone": settings.budget.timezone,
        "periods": [
            {**_figures(each.balance), "cap": each.cap, "left": each.left, "ends_at": each.ends_at.isoformat()}
            for each in now.periods
        ],
        "runs": [_figures(balance) for balance in now.runs],
        "documents": [_figures(balance) for balance in now.documents],
        "stopped": [thrown.said for thrown in now.stopped],
        "breakers": [
            {"model": f"{each.provider}/{each.model}", "state": each.state, "cause": each.cause}
            for each in now.breakers
        ],
    }


def _figures(balance: Balance) -> dict[str, Any]:
    return {
        "scope": balance.key,
        "name": balance.name or None,
        "spent": balance.spent,
        "held": balance.held,
        "alarm": balance.alarm or None,
    }
