"""Breakers: one for each model of a provider, shared by all processes; when half open, one call is the probe.

Closed: calls go. Enough failures in a window, on more than one document, open it: no calls for a pause. After the pause
exactly one call may go, as the probe; its success closes the breaker, its failure opens it for twice as long.
(Nygard, Release It!, 2007, chapter 5.)
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from schemas.calls import Shut
from store.database import Database
from store.instants import utc_now
from store.safety_tables import BreakerRow

CLOSED, OPEN, PROBING = "closed", "open", "probing"
DIGITS = 12  # of a document's sha256


@dataclass(frozen=True, slots=True)
class BreakerRule:
    """When a breaker opens, and for how long; checked at birth."""

    window: timedelta = timedelta(seconds=60)
    failures: int = 5  # in the window
    share: float = 0.5  # of the calls in it
    documents: int = 2  # on so many at least: one that the provider chokes on says nothing of the provider
    first_pause: timedelta = timedelta(seconds=30)
    longest_pause: timedelta = timedelta(minutes=10)
    probe_lease: timedelta = timedelta(seconds=90)  # a probe whose process died is given up after so long

    def __post_init__(self) -> None:
        if self.failures < 1 or not 0 < self.share <= 1 or self.documents < 1:
            raise ValueError(f"failures and documents are at least 1, share is above 0 and at most 1: {self}")


@dataclass(frozen=True, slots=True)
class BreakerState:
    """A breaker as it stands."""

    provider: str
    model: str
    state: str
    failures: int
    open_until: datetime | None
    probe_until: datetime | None
    cause: str

    @property
    def until(self) -> datetime | None:
        """When the next probe may go."""
        return self.probe_until if self.state == PROBING else self.open_until


class Breakers:
    """The breakers of a store whose tables are up to date. Every method raises Unavailable as the store does."""

    def __init__(
        self,
        database: Database,
        now: Callable[[], datetime] = utc_now,
        rule: BreakerRule | None = None,
        dice: random.Random | None = None,
    ) -> None:
        self._database = database
        self._now = now
        self._rule = rule or BreakerRule()
        self._dice = dice or random.Random()  # noqa: S311 - spreads waits, guards nothing

    def enter(self, provider: str, model: str, call: str) -> Shut | None:
        """Ask whether a call may go; None lets it. When the pause is over, exactly one caller gets None: the probe."""
        with self._database.read() as connection:  # the usual case writes nothing
            row = _row(connection, provider, model)
            if row is None or row.state == CLOSED:
                return None
            if (shut := self._shut(row)) is not None:
                return shut
        with self._database.write() as connection:
            row = _row(connection, provider, model, lock=True)
            if row is None or row.state == CLOSED:
                return None
            if (shut := self._shut(row)) is not None:
                return shut
            until = self._now() + self._rule.probe_lease
            _set(connection, provider, model, state=PROBING, probe=call, probe_until=until)
            return None

    def _shut(self, row: Row[Any]) -> Shut | None:
        until = row.probe_until if row.state == PROBING else row.open_until
        return Shut(until, row.cause) if until is not None and self._now() < until else None

    def succeeded(self, provider: str, model: str, call: str) -> None:
        """Note a call that the provider answered; the probe's success closes the breaker."""
        with self._database.read() as connection:
            row = _row(connection, provider, model)
            if row is None or (row.state == CLOSED and not row.failures):
                return
        with self._database.write() as connection:
            row = _row(connection, provider, model, lock=True)
            if row is None:
                return
            if row.state == PROBING and row.probe == call:
                _delete(connection, provider, model)
            elif row.state == CLOSED:
                if self._now() >= row.window_until:
                    _delete(connection, provider, model)
                else:
                    _set(connection, provider, model, successes=row.successes + 1)

    def failed(self, provider: str, model: str, call: str, document: str, cause: str) -> None:
        """Note a call that failed in a way that speaks of the provider."""
        now, rule = self._now(), self._rule
        with self._database.write() as connection:
            row = _row(connection, provider, model, lock=True)
            if row is None:
                row = _new(connection, provider, model, now + rule.window)
            if row.state == PROBING and row.probe == call:
                self._open(connection, provider, model, row.openings + 1, cause)
                return
            if row.state != CLOSED:
                return  # a call from before it opened
            fresh = now >= row.window_until
            failures, successes = (1, 0) if fresh else (row.failures + 1, row.successes)
            known = set() if fresh else set(row.documents.split())
            known = known if len(known) >= rule.documents else known | {document[:DIGITS]}
            values = {
                "failures": failures,
                "successes": successes,
                "documents": " ".join(sorted(known)),
                "window_until": now + rule.window if fresh else row.window_until,
                "cause": cause,
            }
            _set(connection, provider, model, **values)
            enough = failures >= rule.failures and len(known) >= rule.documents
            if enough and failures >= rule.share * (failures + successes):
                self._open(connection, provider, model, row.openings + 1, cause)

    def given_up(self, provider: str, model: str, call: str) -> None:
        """Note that the probe was not made after all (no budget, stopped): the next caller may be the probe."""
        with self._database.read() as connection:
            row = _row(connection, provider, model)
            if row is None or row.probe != call:
                return
        with self._database.write() as connection:
            row = _row(connection, provider, model, lock=True)
            if row is not None and row.state == PROBING and row.probe == call:
                _set(connection, provider, model, state=OPEN, open_until=self._now(), probe=None, probe_until=None)

    def _open(self, connection: Connection, provider: str, model: str, openings: int, cause: str) -> None:
        rule = self._rule
        pause = min(rule.longest_pause, rule.first_pause * 2 ** min(openings - 1, 20))
        until = self._now() + pause * self._dice.uniform(1.0, 1.2)  # so that several providers' probes drift apart
        values = {"state": OPEN, "openings": openings, "open_until": until, "cause": cause}
        _set(connection, provider, model, probe=None, probe_until=None, failures=0, successes=0, documents="", **values)

    def states(self) -> Sequence[BreakerState]:
        """Return the breakers of which anything bad is known."""
        table = BreakerRow
        columns = (table.provider, table.model, table.state, table.failures, table.open_until, table.probe_until)
        query = select(*columns, table.cause).order_by(table.provider, table.model)
        with self._database.read() as connection:
            return [BreakerState(*row) for row in connection.execute(query)]

    def reset(self, provider: str = "") -> None:
        """Close the breakers of a provider ("": all)."""
        with self._database.write() as connection:
            here = BreakerRow.provider == provider if provider else BreakerRow.provider.is_not(None)
            connection.execute(delete(BreakerRow).where(here))


def _row(connection: Connection, provider: str, model: str, *, lock: bool = False) -> Row[Any] | None:
    query = select(*BreakerRow.__table__.columns).where(BreakerRow.provider == provider, BreakerRow.model == model)
    return connection.execute(query.with_for_update() if lock else query).one_or_none()


def _new(connection: Connection, provider: str, model: str, window_until: datetime) -> Row[Any]:
    from sqlalchemy.dialects import postgresql, sqlite

    kind = postgresql if connection.dialect.name == "postgresql" else sqlite
    row = {"provider": provider, "model": model, "state": CLOSED, "failures": 0, "successes": 0, "documents": ""}
    rest = {"window_until": window_until, "openings": 0, "cause": ""}
    connection.execute(kind.insert(BreakerRow).values(**row, **rest).on_conflict_do_nothing())
    made = _row(connection, provider, model, lock=True)
    assert made is not None  # noqa: S101 - inserted above, or by another at the same time
    return made


def _set(connection: Connection, provider: str, model: str, **values: Any) -> None:
    here = (BreakerRow.provider == provider, BreakerRow.model == model)
    connection.execute(update(BreakerRow).where(*here).values(**values))


def _delete(connection: Connection, provider: str, model: str) -> None:
    connection.execute(delete(BreakerRow).where(BreakerRow.provider == provider, BreakerRow.model == model))
