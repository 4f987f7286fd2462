"""The budget: the worst case of a call is held in every scope before it goes, and settled by what it really cost."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from extractors.llm.bounds import settled_cost, worst_cost
from extractors.llm.guards.guard import Guard
from extractors.llm.guards.network import NotSent
from extractors.llm.guards.switch import halted
from extractors.llm.prices import DOLLAR, Price
from schemas.calls import Answer, Call, Purpose
from schemas.errors import CallRefused, Reason
from schemas.money import Alarm, Balance, Halted, Held, NoRoom, Scope, Settled

MARGIN = timedelta(minutes=2)  # beyond a call's own time, before its reservation counts as stranded
REMEMBERED_SECONDS = 60.0  # how long what is usual is not asked again

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """What may be spent, in nano-dollars; None: counted only. Checked at birth."""

    day: int | None
    month: int | None = None
    run: int | None = None
    document: int | None = None  # in one run
    zone: str = "UTC"  # IANA; whose calendar days and months
    usual_document: int = 20_000_000  # until enough documents of a schema are known
    alarm_factor: int = 10
    stop_factor: int = 50

    def __post_init__(self) -> None:
        caps = (self.day, self.month, self.run, self.document)
        if any(cap is not None and cap < 0 for cap in caps) or self.usual_document <= 0:
            raise ValueError(f"A budget is not below zero: {self}")
        ZoneInfo(self.zone)


class Ledger(Protocol):
    """Where money is kept; see store.ledger."""

    def reserve(
        self,
        call: str,
        provider: str,
        model: str,
        document: str,
        amount: int,
        scopes: Sequence[Scope],
        lasts: timedelta,
    ) -> Held | NoRoom | Halted:
        """Hold an amount in all scopes or in none."""
        ...

    def settle(self, call: str, cost: int, why: Settled) -> bool:
        """Book the cost in place of what was held; False if that was done before."""
        ...

    def usual(self, schema_name: str) -> int | None:
        """Return the median cost of a page of documents of a schema; None while too few are known."""
        ...

    def balance(self, key: str) -> Balance | None:
        """Return a scope as it stands."""
        ...

    def raise_alarm(self, key: str, alarm: Alarm) -> bool:
        """Mark a scope; return whether that is news."""
        ...


class Budget:
    """Lets a call go only if the most that it can cost has room in every scope."""

    def __init__(
        self,
        next_guard: Guard,
        ledger: Ledger,
        limits: Limits,
        price: Callable[[Call], Price],
        now: Callable[[], datetime],
        call_seconds: float = 60.0,
    ) -> None:
        """Guard with `limits`.

        Args:
            next_guard: what sends.
            ledger: where money is kept.
            limits: the caps.
            price: of the call's model; raises CallRefused with `price_unknown`.
            now: the clock of calendar days.
            call_seconds: the longest that a call takes.
        """
        self._next = next_guard
        self._ledger = ledger
        self._limits = limits
        self._price = price
        self._now = now
        self._lasts = timedelta(seconds=call_seconds) + MARGIN
        self._usual: dict[str, tuple[float, int | None]] = {}

    def send(self, call: Call) -> Answer:
        """Return the answer.

        Raises:
            CallRefused: `budget_exhausted`, `price_unknown`, `stopped`, or what the next guard raises.
        """
        price = self._price(call)
        amount = worst_cost(call, price)
        # The stop looks at what a document has cost: the worst case of one call may be above it for cheap documents.
        scopes = scopes_of(call.purpose, self._limits, self._now(), stop=self._stop(call.purpose) - 1 + amount)
        held = self._ledger.reserve(
            call.id, call.provider, call.model, call.purpose.document, amount, scopes, self._lasts
        )
        if isinstance(held, Halted):
            raise halted(held.said)
        if isinstance(held, NoRoom):
            raise self._no_room(call.purpose, held, amount)
        try:
            answer = self._next.send(call)
        except NotSent:
            self._ledger.settle(call.id, 0, "not_sent")
            raise
        except BaseException:  # it was sent, or nobody knows: it may be billed
            self._ledger.settle(call.id, amount, "whole")
            raise
        cost = settled_cost(call.wire, answer, price, amount)
        self._ledger.settle(call.id, cost, _why(answer, cost, amount))
        self._watch(call.purpose, scopes)
        return answer

    def _stop(self, purpose: Purpose) -> int:
        """What a document may have cost when it asks again: many times the usual."""
        return self._limits.stop_factor * self._usual_cost(purpose)

    def _usual_cost(self, purpose: Purpose) -> int:
        asked_at, page = self._usual.get(purpose.schema_name, (float("-inf"), None))
        if time.monotonic() - asked_at > REMEMBERED_SECONDS:
            page = self._ledger.usual(purpose.schema_name)
            self._usual[purpose.schema_name] = (time.monotonic(), page)
        return self._limits.usual_document if not page else page * max(1, purpose.pages)

    def _watch(self, purpose: Purpose, scopes: Sequence[Scope]) -> None:
        key = next(scope.key for scope in scopes if scope.kind == "document")
        balance = self._ledger.balance(key)
        if balance is None or balance.alarm:
            return
        usual = self._usual_cost(purpose)
        if balance.spent >= self._limits.alarm_factor * usual and self._ledger.raise_alarm(key, "alarm"):
            _log.warning(
                "Document %s has cost %s, %d times what is usual; see: docassay budget",
                purpose.document[:12],
                dollars(balance.spent),
                balance.spent // usual,
            )

    def _no_room(self, purpose: Purpose, full: NoRoom, amount: int) -> CallRefused:
        scope, cap = full.scope, full.scope.cap or 0
        figures = f"{dollars(full.spent)} spent, {dollars(full.held)} held, this call at most {dollars(amount)}"
        if scope.kind == "document" and cap != self._limits.document:
            if self._ledger.raise_alarm(scope.key, "stopped"):
                _log.warning("Document %s was stopped for its cost; see: docassay budget", purpose.document[:12])
            return CallRefused(
                Reason.BUDGET_EXHAUSTED,
                f"{purpose.name} was stopped at {self._limits.stop_factor} times the usual cost ({figures}).",
                "Look at its trace, then fill the fields in review.",
                passing=False,
            )
        after = next_period(scope.kind, self._now(), self._limits.zone)
        what = {"day": "of the day", "month": "of the month", "run": "of this run", "document": f"for {purpose.name}"}
        return CallRefused(
            Reason.BUDGET_EXHAUSTED,
            f"The budget {what[scope.kind]} ({dollars(cap)}) has no room for the call: {figures}.",
            f"It is taken up again at {after:%Y-%m-%d %H:%M} UTC." if after else "Raise it in the settings to go on.",
            retry_at=after,
            passing=after is not None,
        )


def scopes_of(purpose: Purpose, limits: Limits, now: datetime, *, stop: int) -> list[Scope]:
    """Return the scopes that a call made `now` counts in; `stop` caps its document whatever the settings say."""
    local = now.astimezone(ZoneInfo(limits.zone))
    document = stop if limits.document is None else min(stop, limits.document)
    return [
        Scope(f"day:{local:%Y-%m-%d}", "day", limits.day),
        Scope(f"month:{local:%Y-%m}", "month", limits.month),
        Scope(f"run:{purpose.run}", "run", limits.run),
        Scope(
            f"document:{purpose.document}:{purpose.run}",
            "document",
            document,
            purpose.schema_name,
            purpose.pages,
            purpose.name,
        ),
    ]


def next_period(kind: str, now: datetime, zone: str) -> datetime | None:
    """Return when the next calendar day or month of `zone` begins, in UTC; None for scopes that do not come again.

    Days have 23 to 25 hours where clocks change, and begin after midnight where midnight is skipped.
    """
    local = now.astimezone(ZoneInfo(zone))
    if kind == "day":
        wanted = (local + timedelta(days=1)).date()
    elif kind == "month":
        wanted = (local.replace(day=1) + timedelta(days=32)).date().replace(day=1)
    else:
        return None
    midnight = datetime(wanted.year, wanted.month, wanted.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    while midnight.astimezone(ZoneInfo(zone)).date() < wanted:  # a midnight that does not exist reads as the day before
        midnight += timedelta(minutes=15)
    return midnight


def dollars(nano: int) -> str:
    """Return an amount of nano-dollars for people: cents at least, and as many places as it needs up to six."""
    whole, rest = divmod(abs(nano), DOLLAR)
    places = f"{rest:09}"[:6].rstrip("0").ljust(2, "0")
    if nano and not whole and not places.strip("0"):
        return "less than $0.000001"
    return f"{'-' if nano < 0 else ''}${whole:,}.{places}"


def _why(answer: Answer, cost: int, amount: int) -> Settled:
    if cost == 0 and answer.status >= 400:
        return "refused"
    return "whole" if cost == amount else "usage"
