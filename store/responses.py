"""Answers as they came: journal (before anybody reads them), cache and cassette in one."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from schemas.calls import Answer, Call
from store.database import Database
from store.instants import utc_now
from store.trace_tables import ResponseRow

KEPT_HEADERS = frozenset(("content-type", "date", "retry-after", "retry-after-ms", "x-request-id", "request-id"))
FAST = 1  # level of compression


@dataclass(frozen=True, slots=True)
class Kept:
    """A kept answer and the request that it answers."""

    call: str
    provider: str
    model: str
    document: str
    request: bytes
    answer: Answer
    at: datetime
    servable: bool


class Responses:
    """The answers of a store whose tables are up to date. Every method raises Unavailable as the store does."""

    def __init__(self, database: Database, now: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._now = now

    def keep(self, call: Call, key: str, answer: Answer, *, servable: bool) -> None:
        """Write an answer down; when this returns it is on disk."""
        headers = [[name, value] for name, value in answer.headers if name.lower() in KEPT_HEADERS]
        row = {
            "call": call.id,
            "key": key,
            "provider": call.provider,
            "model": call.model,
            "document": call.purpose.document,
            "status": answer.status,
            "headers": json.dumps(headers),
            "body": zlib.compress(answer.body, FAST),
            "request": zlib.compress(call.body, FAST),
            "seconds": answer.seconds,
            "at": self._now(),
            "servable": servable,
        }
        with self._database.write() as connection:
            connection.execute(insert(ResponseRow), row)

    def find(self, key: str) -> Answer | None:
        """Return the newest answer to requests of this key that may be served again."""
        table = ResponseRow
        query = (
            select(table.status, table.headers, table.body, table.seconds)
            .where(table.key == key, table.servable.is_(True))
            .order_by(table.at.desc())
            .limit(1)
        )
        with self._database.read() as connection:
            row = connection.execute(query).first()
        return _answer(row) if row else None

    def of_call(self, call: str) -> Kept | None:
        """Return the answer to one call; None if none came, or it is deleted."""
        with self._database.read() as connection:
            row = connection.execute(select(*_KEPT).where(ResponseRow.call == call)).one_or_none()
        return _kept(row) if row else None

    def of_document(self, document: str) -> Sequence[Kept]:
        """Return all kept answers about a document, oldest first."""
        query = select(*_KEPT).where(ResponseRow.document == document).order_by(ResponseRow.at)
        with self._database.read() as connection:
            return [_kept(row) for row in connection.execute(query)]

    def disown(self, key: str) -> None:
        """Do not serve any answer to requests of this key again: they were found wanting."""
        with self._database.write() as connection:
            connection.execute(update(ResponseRow).where(ResponseRow.key == key).values(servable=False))

    def purge(self, days: int) -> int:
        """Delete what is older than so many days; return how many answers."""
        before = self._now() - timedelta(days=days)
        with self._database.write() as connection:
            return connection.execute(delete(ResponseRow).where(ResponseRow.at < before)).rowcount


_KEPT = (
    ResponseRow.call,
    ResponseRow.provider,
    ResponseRow.model,
    ResponseRow.document,
    ResponseRow.request,
    ResponseRow.status,
    ResponseRow.headers,
    ResponseRow.body,
    ResponseRow.seconds,
    ResponseRow.at,
    ResponseRow.servable,
)


def _answer(row: Row[Any]) -> Answer:
    headers = tuple((name, value) for name, value in json.loads(row.headers))
    return Answer(row.status, headers, zlib.decompress(row.body), row.seconds, "store")


def _kept(row: Row[Any]) -> Kept:
    request = zlib.decompress(row.request)
    return Kept(row.call, row.provider, row.model, row.document, request, _answer(row), row.at, row.servable)
