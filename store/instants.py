"""Instants: aware datetimes in UTC outside, whole microseconds since 1970 in the database.

An integer is the same on every database, sorts and compares as time does, and has no time zone that a session or a
driver could change; SQLite has no type for time, and its text sorts rightly only in one exact spelling.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Dialect
from sqlalchemy.types import TypeDecorator

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def utc_now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.now(UTC)


class Instant(TypeDecorator[datetime]):
    """A column of instants; refuses datetimes without a time zone."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Return microseconds since 1970; raises ValueError for a naive datetime."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value.isoformat()} has no time zone; give an aware datetime.")
        return (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the aware datetime in UTC."""
        return None if value is None else _EPOCH + timedelta(microseconds=int(value))
