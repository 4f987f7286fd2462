"""Batches: which documents one run was about, and how it ended."""

from __future__ import annotations

import json
import uuid
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from schemas.errors import UnknownDocument
from store import documents
from store.documents import insert_if_absent, storable
from store.entities import Batch
from store.lifecycle import Step
from store.states import State
from store.tables import BatchDocumentRow, BatchRow


def start(connection: Connection, label: str, step: Step) -> str:
    """Begin a batch; return its id."""
    batch = str(uuid.uuid4())
    connection.execute(insert(BatchRow).values(id=batch, label=storable(label), started_at=step.at))
    return batch


def add(connection: Connection, batch: str, document: str) -> None:
    """Put a document into a batch; twice is once."""
    insert_if_absent(connection, BatchDocumentRow.__table__, batch=batch, document=document)


def finish(connection: Connection, batch: str, step: Step) -> Batch:
    """End a batch and keep its counts as they are now; a batch that ended stays as it was."""
    found = get(connection, batch)
    if found.finished_at is not None:
        return found
    counts = json.dumps({state.value: count for state, count in found.counts.items()})
    connection.execute(update(BatchRow).where(BatchRow.id == batch).values(finished_at=step.at, counts=counts))
    return get(connection, batch)


def get(connection: Connection, batch: str) -> Batch:
    """Return one batch; raises UnknownDocument."""
    row = connection.execute(select(BatchRow).where(BatchRow.id == batch)).one_or_none()
    if row is None:
        raise UnknownDocument(f"There is no batch {batch}.")
    return _batch_of(connection, row)


def latest(connection: Connection, limit: int) -> list[Batch]:
    """Return the latest batches, newest first."""
    query = select(BatchRow).order_by(BatchRow.started_at.desc(), BatchRow.id).limit(limit)
    return [_batch_of(connection, row) for row in connection.execute(query).all()]


def _batch_of(connection: Connection, row: Row[Any]) -> Batch:
    if row.counts is None:
        counts = documents.counts(connection, row.id)
    else:
        counts = {State(name): count for name, count in json.loads(row.counts).items()}
    return Batch(row.id, row.label, row.started_at, row.finished_at, counts)
