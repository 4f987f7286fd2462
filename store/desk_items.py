"""What the queue keeps of a document beside its record: who is to do it, who put it off and why, and its figures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from store.desk_tables import DeskItemRow
from store.documents import insert_if_absent, storable
from store.instants import Instant

PERSONAL = ("assignee", "postponed_at", "postponed_by", "note")  # what people say; the rest is reckoned
_NOTHING: dict[str, Any] = {"assignee": "", "postponed_at": None, "postponed_by": "", "note": ""}
_UNRECKONED: dict[str, Any] = {
    "chance": 1.0,
    "cost": 1.0,
    "seconds": 1.0,
    "worth": 0.0,
    "cause": "",
    "supplier": "",
    "supplier_key": "",
    "account": "",
    "amount": None,
    "currency": "",
    "due": "",
    "reasons": "[]",
}


def personal(connection: Connection, document: str) -> dict[str, Any]:
    """Return what people said about a document, in JSON's types (times in microseconds)."""
    row = connection.execute(select(DeskItemRow).where(DeskItemRow.document == document)).one_or_none()
    if row is None:
        return dict(_NOTHING)
    at = Instant().process_bind_param(row.postponed_at, connection.dialect)
    return {"assignee": row.assignee, "postponed_at": at, "postponed_by": row.postponed_by, "note": row.note}


def new_item(connection: Connection, document: str) -> None:
    """Make the row of a document unless there is one."""
    insert_if_absent(connection, DeskItemRow.__table__, document=document, **_NOTHING, **_UNRECKONED)


def put_personal(connection: Connection, document: str, values: Mapping[str, Any]) -> None:
    """Set some of what people say about a document; times as datetimes or microseconds."""
    new_item(connection, document)
    changed = {name: storable(value) if isinstance(value, str) else value for name, value in values.items()}
    at = changed.get("postponed_at")
    if at is not None and not isinstance(at, datetime):
        changed["postponed_at"] = Instant().process_result_value(at, connection.dialect)
    if changed:
        connection.execute(update(DeskItemRow).where(DeskItemRow.document == document).values(**changed))
