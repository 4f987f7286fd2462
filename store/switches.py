"""The kill switch: thrown in the database, so that it holds for every process and survives restarts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from store.database import Database
from store.instants import utc_now
from store.safety_tables import DrillRow, SwitchMoveRow, SwitchRow
from store.webhooks import emit

ALL = ""  # the switch of all providers


@dataclass(frozen=True, slots=True)
class Thrown:
    """A switch that stops calls."""

    provider: str  # "": all
    at: datetime
    who: str
    why: str

    @property
    def said(self) -> str:
        """One sentence about it."""
        which = f"Calls to {self.provider} were" if self.provider else "All calls were"
        reason = f" ({self.why})" if self.why else ""
        return f"{which} stopped by {self.who} at {self.at:%Y-%m-%d %H:%M:%S} UTC{reason}."


@dataclass(frozen=True, slots=True)
class Drill:
    """How fast the switch was, in a drill."""

    at: datetime
    who: str
    calls: int  # in flight when it was thrown
    started_after: int  # calls that reached the server more than a second later
    seconds: float  # until the last call in flight had ended


def stopped(connection: Connection, provider: str) -> Thrown | None:
    """Return the switch that stops calls to `provider`, if any; for use inside another transaction."""
    table = SwitchRow
    query = (
        select(table.provider, table.at, table.who, table.why)
        .where(table.provider.in_((ALL, provider)))
        .order_by(table.provider)
    )
    row = connection.execute(query).first()
    return Thrown(*row) if row else None


class Switches:
    """The switches of a store whose tables are up to date. Every method raises Unavailable as the store does."""

    def __init__(self, database: Database, now: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._now = now

    def stopped(self, provider: str) -> str | None:
        """Return why calls to `provider` are stopped, in a sentence; None if they are not."""
        with self._database.read() as connection:
            thrown = stopped(connection, provider)
        return thrown.said if thrown else None

    def thrown(self) -> Sequence[Thrown]:
        """Return all switches that are thrown."""
        table = SwitchRow
        query = select(table.provider, table.at, table.who, table.why).order_by(table.provider)
        with self._database.read() as connection:
            return [Thrown(*row) for row in connection.execute(query)]

    def stop(self, provider: str, who: str, why: str) -> bool:
        """Throw the switch of a provider ("": of all); return whether it was not thrown before."""
        with self._database.write() as connection:
            if connection.execute(select(SwitchRow.at).where(SwitchRow.provider == provider)).first():
                return False
            now = self._now()
            row = {"provider": provider, "at": now, "who": who, "why": why}
            connection.execute(insert(SwitchRow), row)
            connection.execute(insert(SwitchMoveRow), {**row, "act": "stop"})
            emit(connection, "calls.stopped", _about(row), now)
            return True

    def resume(self, provider: str, who: str, why: str = "") -> Sequence[str]:
        """Release the switch of a provider ("": every one that is thrown); return those that were released."""
        with self._database.write() as connection:
            here = SwitchRow.provider == provider if provider else SwitchRow.provider.is_not(None)
            released = sorted(connection.execute(select(SwitchRow.provider).where(here)).scalars())
            connection.execute(delete(SwitchRow).where(here))
            now = self._now()
            for each in released:
                row = {"provider": each, "act": "resume", "at": now, "who": who, "why": why}
                connection.execute(insert(SwitchMoveRow), row)
                emit(connection, "calls.resumed", _about(row), now)
            return released

    def keep_drill(self, drill: Drill) -> None:
        """Write a drill down."""
        row = {name: getattr(drill, name) for name in ("at", "who", "calls", "started_after", "seconds")}
        with self._database.write() as connection:
            connection.execute(insert(DrillRow), row)

    def drills(self) -> Sequence[Drill]:
        """Return all drills, oldest first."""
        table = DrillRow
        query = select(table.at, table.who, table.calls, table.started_after, table.seconds).order_by(table.id)
        with self._database.read() as connection:
            return [Drill(*row) for row in connection.execute(query)]


def _about(row: Mapping[str, Any]) -> dict[str, Any]:
    """What a webhook tells of a throw or release."""
    return {"provider": row["provider"] or "all", "who": row["who"], "why": row["why"]}
