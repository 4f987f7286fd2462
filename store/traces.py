"""Spans of traces: what happened in each call and attempt, kept beside the documents they are about."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, insert, select

from schemas.calls import SpanRecord
from store.database import Database
from store.instants import utc_now
from store.trace_tables import SpanRow


class Traces:
    """The spans of a store whose tables are up to date. Every method raises Unavailable as the store does."""

    def __init__(self, database: Database, now: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._now = now

    def keep(self, spans: Iterable[SpanRecord]) -> None:
        """Write spans down, all or none."""
        rows = [
            {
                "id": span.id,
                "trace": span.trace,
                "parent": span.parent,
                "document": span.document,
                "name": span.name,
                "started_at": span.started_at,
                "ended_at": span.ended_at,
                "ok": span.ok,
                "attributes": json.dumps(dict(span.attributes), default=list),
            }
            for span in spans
        ]
        if rows:
            with self._database.write() as connection:
                connection.execute(insert(SpanRow), rows)

    def of_document(self, document: str) -> Sequence[SpanRecord]:
        """Return the spans about a document, oldest first."""
        table = SpanRow
        columns = (table.id, table.trace, table.parent, table.document, table.name, table.started_at, table.ended_at)
        query = (
            select(*columns, table.ok, table.attributes)
            .where(table.document == document)
            .order_by(table.started_at, table.id)
        )
        with self._database.read() as connection:
            return [_span(row) for row in connection.execute(query)]

    def purge(self, days: int) -> int:
        """Delete what is older than so many days; return how many spans."""
        before = self._now() - timedelta(days=days)
        with self._database.write() as connection:
            return connection.execute(delete(SpanRow).where(SpanRow.started_at < before)).rowcount


def _span(row: Row[Any]) -> SpanRecord:
    return SpanRecord(
        row.id,
        row.trace,
        row.parent,
        row.document,
        row.name,
        row.started_at,
        row.ended_at,
        row.ok,
        json.loads(row.attributes),
    )
