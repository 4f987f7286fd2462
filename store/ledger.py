"""The ledger: what may be spent is reserved before, in one transaction over all scopes, and settled after.

A reservation that would pass a cap changes nothing. What a killed process held is settled later: by the answer, if it
was kept, else whole. Amounts are whole nano-dollars.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, insert, select, update

from schemas.money import Alarm, Balance, Halted, Held, NoRoom, Scope, ScopeKind, Settled, Stranded
from store.database import Database
from store.instants import utc_now
from store.ledger_tables import ReservationRow, ScopeRow
from store.switches import stopped

ENOUGH_KNOWN = 20  # finished documents of a schema from which on their cost says what is usual
LATELY = 500  # documents that are looked at for it


class _Full(Exception):
    """A scope has no room; ends the transaction."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope.key)
        self.scope = scope


class StoredLedger:
    """The ledger of a store whose tables are up to date. Every method raises Unavailable as the store does."""

    def __init__(self, database: Database, now: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._now = now

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
        """Hold `amount` in all scopes, or in none.

        Args:
            call: id of the call; a second reservation for it is a mistake of ours and raises IntegrityError.
            provider: whose kill switch is looked at in the same transaction.
            model: for display.
            document: sha256.
            amount: the worst case, nano-dollars.
            scopes: each at most once.
            lasts: after so long without a settlement its process counts as dead.
        """
        now = self._now()
        ordered = sorted(scopes, key=lambda scope: scope.key)  # one order for all: no deadlock
        try:
            with self._database.write() as connection:
                thrown = stopped(connection, provider)
                if thrown is not None:
                    return Halted(thrown.said)
                for scope in ordered:
                    _open(connection, scope, now)
                for scope in ordered:
                    if not _hold(connection, scope, amount, now):
                        raise _Full(scope)
                row = {"call": call, "provider": provider, "model": model, "document": document, "amount": amount}
                keys = "\n".join(scope.key for scope in ordered)
                rest = {"scopes": keys, "cost": None, "state": "held", "why": "", "at": now, "ends_at": now + lasts}
                connection.execute(insert(ReservationRow), {**row, **rest})
        except _Full as full:  # the transaction was rolled back: nothing is held anywhere
            return self._no_room(full.scope)
        return Held(call, amount)

    def _no_room(self, scope: Scope) -> NoRoom:
        balance = self.balance(scope.key)
        return NoRoom(scope, balance.spent if balance else 0, balance.held if balance else 0)

    def settle(self, call: str, cost: int, why: Settled) -> bool:
        """Book the real cost in place of what was held; False if that was done before. Never books twice."""
        with self._database.write() as connection:
            return _settle(connection, call, cost, why, self._now())

    def release(self, call: str, why: Settled = "not_sent") -> bool:
        """Give back what was held for a call that surely cost nothing; False if it was settled before."""
        return self.settle(call, 0, why)

    def stranded(self) -> Sequence[Stranded]:
        """Return the reservations whose time is over: their processes are dead."""
        table = ReservationRow
        columns = (table.call, table.provider, table.model, table.amount)
        query = select(*columns).where(table.state == "held", table.ends_at <= self._now()).order_by(table.at)
        with self._database.read() as connection:
            return [Stranded(*row) for row in connection.execute(query)]

    def balance(self, key: str) -> Balance | None:
        """Return a scope as it stands; None if nothing was ever reserved in it."""
        with self._database.read() as connection:
            row = connection.execute(select(*_BALANCE).where(ScopeRow.scope == key)).one_or_none()
        return Balance(*row) if row else None

    def balances(self, kind: ScopeKind, most: int = 20) -> Sequence[Balance]:
        """Return the scopes of a kind that changed last, newest first."""
        query = select(*_BALANCE).where(ScopeRow.kind == kind).order_by(ScopeRow.updated_at.desc()).limit(most)
        with self._database.read() as connection:
            return [Balance(*row) for row in connection.execute(query)]

    def dearest(self, since: datetime, most: int = 10) -> Sequence[Balance]:
        """Return the documents that cost most since a moment, dearest first."""
        here = (ScopeRow.kind == "document", ScopeRow.updated_at >= since)
        query = select(*_BALANCE).where(*here).order_by(ScopeRow.spent.desc()).limit(most)
        with self._database.read() as connection:
            return [Balance(*row) for row in connection.execute(query)]

    def usual(self, schema_name: str) -> int | None:
        """Return the median cost of a page of the last documents of a schema, in nano-dollars; None: too few are known.

        Documents that were stopped for their cost do not count: a runaway must not raise the bar for the next one.
        """
        table = ScopeRow
        here = (table.kind == "document", table.schema_name == schema_name, table.alarm != "stopped", table.spent > 0)
        query = select(table.spent, table.pages).where(*here).order_by(table.updated_at.desc()).limit(LATELY)
        with self._database.read() as connection:
            costs = sorted(spent // max(1, pages) for spent, pages in connection.execute(query))
        return costs[len(costs) // 2] if len(costs) >= ENOUGH_KNOWN else None

    def raise_alarm(self, key: str, alarm: Alarm) -> bool:
        """Mark a scope; return whether this is news."""
        table = ScopeRow
        earlier = ("",) if alarm == "alarm" else ("", "alarm")
        with self._database.write() as connection:
            change = update(table).where(table.scope == key, table.alarm.in_(earlier)).values(alarm=alarm)
            return connection.execute(change).rowcount == 1

    def totals(self) -> tuple[int, int]:
        """Return what all calls have cost, and what is held, over all time: for checking the scopes."""
        table = ReservationRow
        spent = func.coalesce(func.sum(table.cost), 0)
        held = select(func.coalesce(func.sum(table.amount), 0)).where(table.state == "held")
        with self._database.read() as connection:
            return int(connection.execute(select(spent)).scalar_one() or 0), int(connection.execute(held).scalar_one())


_BALANCE = (
    ScopeRow.scope,
    ScopeRow.kind,
    ScopeRow.spent,
    ScopeRow.held,
    ScopeRow.schema_name,
    ScopeRow.pages,
    ScopeRow.name,
    ScopeRow.alarm,
    ScopeRow.updated_at,
)


def _open(connection: Connection, scope: Scope, now: datetime) -> None:
    """Make the row of a scope if there is none; somebody else may do the same at this moment."""
    from sqlalchemy.dialects import postgresql, sqlite

    if connection.execute(select(ScopeRow.scope).where(ScopeRow.scope == scope.key)).first():
        return
    kind = postgresql if connection.dialect.name == "postgresql" else sqlite
    row = {"scope": scope.key, "kind": scope.kind, "spent": 0, "held": 0, "alarm": "", "updated_at": now}
    about = {"schema_name": scope.schema_name, "pages": scope.pages, "name": scope.name}
    connection.execute(kind.insert(ScopeRow).values(**row, **about).on_conflict_do_nothing())


def _hold(connection: Connection, scope: Scope, amount: int, now: datetime) -> bool:
    """Raise what a scope holds, if its cap allows: test and change are one statement, which locks the row."""
    table = ScopeRow
    room = table.spent + table.held + amount <= scope.cap if scope.cap is not None else table.spent >= 0
    change = update(table).where(table.scope == scope.key, room).values(held=table.held + amount, updated_at=now)
    return connection.execute(change).rowcount == 1


def _settle(connection: Connection, call: str, cost: int, why: Settled, now: datetime) -> bool:
    table = ReservationRow
    query = select(table.amount, table.scopes).where(table.call == call, table.state == "held").with_for_update()
    row = connection.execute(query).one_or_none()
    if row is None:
        return False
    state = "released" if why in ("not_sent", "refused") and cost == 0 else "settled"
    here = (table.call == call, table.state == "held")
    if connection.execute(update(table).where(*here).values(cost=cost, state=state, why=why)).rowcount != 1:
        return False
    for key in row.scopes.split("\n"):
        connection.execute(
            update(ScopeRow)
            .where(ScopeRow.scope == key)
            .values(held=ScopeRow.held - row.amount, spent=ScopeRow.spent + cost, updated_at=now)
        )
    return True
