"""Calls and tokens per minute, counted exactly for all workers: a log of the last minute, one writer at a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select, text

from store.database import Database
from store.instants import utc_now
from store.safety_tables import RateRow

MINUTE = timedelta(minutes=1)
_LOCK = 0x72617465  # our number among PostgreSQL's advisory locks


class Rates:
    """The rates of a store whose tables are up to date. Raises Unavailable as the store does."""

    def __init__(self, database: Database, now: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._now = now

    def enter(
        self, provider: str, call: str, tokens: int, most_calls: int | None, most_tokens: int | None
    ) -> datetime | None:
        """Count a call in and return None, or count nothing and return when it is worth asking again.

        A call that alone has more tokens than a minute allows goes when the minute before it was empty.
        """
        table, now = RateRow, self._now()
        with self._database.write() as connection:
            if not self._database.is_sqlite:  # there a second writer would not see what this one is about to add
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            here = table.provider == provider
            connection.execute(delete(table).where(here, table.at <= now - MINUTE))
            query = select(func.count(), func.coalesce(func.sum(table.tokens), 0), func.min(table.at)).where(here)
            calls, sent, oldest = connection.execute(query).one()
            full = most_calls is not None and calls + 1 > most_calls
            full = full or (most_tokens is not None and calls > 0 and sent + tokens > most_tokens)
            if full:
                return oldest + MINUTE if oldest is not None else now + MINUTE
            row = {"call": call, "provider": provider, "at": now, "tokens": tokens}
            connection.execute(insert(table), row)
            return None
