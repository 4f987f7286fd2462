"""Leases: who works on which document, for how long, and what happens when they die.

A claim carries a token that rises with every claim on the document. A worker that was too slow keeps its old token, and
every write with it is refused: it can lose time, never a result.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, or_, select, update

from schemas.errors import LeaseLost
from store.entities import Claim
from store.states import State
from store.tables import BatchDocumentRow, DocumentRow


def claim(
    connection: Connection,
    now: datetime,
    owner: str,
    states: Sequence[State],
    limit: int,
    seconds: float,
    batch: str | None = None,
    documents: Sequence[str] | None = None,
) -> list[Claim]:
    """Take up to `limit` free documents; a document whose lease has ended is free.

    The states are looked through in the order given, each from its oldest document on. Taking over from a worker that
    let its lease run out counts as an attempt.
    """
    until = now + timedelta(seconds=seconds)
    claims: list[Claim] = []
    for state in states:  # one query for each: it ends after a few rows of the index, however long the queue is
        query = _free(now, state, limit - len(claims))
        if batch is not None:
            members = select(BatchDocumentRow.document).where(BatchDocumentRow.batch == batch)
            query = query.where(DocumentRow.sha256.in_(members))
        if documents is not None:
            query = query.where(DocumentRow.sha256.in_(documents))
        claims += [_claim_of(row, owner, until) for row in connection.execute(query)]
        if len(claims) >= limit:
            break
    if claims:
        _take(connection, claims)
    return claims


def renew(connection: Connection, now: datetime, held: Claim, seconds: float) -> Claim:
    """Return the claim with a later end; raises LeaseLost when somebody else has it."""
    until = now + timedelta(seconds=seconds)
    changed = connection.execute(update(DocumentRow).where(*_is_held(held)).values(lease_until=until))
    if changed.rowcount != 1:
        raise LeaseLost(
            f"{held.name} ({held.document[:12]}) is no longer held by {held.owner}: its lease ended and the document "
            "was taken over or finished elsewhere. Drop this work."
        )
    return dataclasses.replace(held, until=until)


def release(connection: Connection, held: Claim) -> bool:
    """Give the document back undone; return False when the claim was lost already."""
    changed = connection.execute(update(DocumentRow).where(*_is_held(held)).values(lease_owner=None, lease_until=None))
    return changed.rowcount == 1


def _free(now: datetime, state: State, limit: int) -> Select[Any]:
    return (
        select(DocumentRow)
        .where(DocumentRow.state == state)
        .where(or_(DocumentRow.lease_until.is_(None), DocumentRow.lease_until <= now))
        .order_by(DocumentRow.created_at, DocumentRow.sha256)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )


def _claim_of(row: Row[Any], owner: str, until: datetime) -> Claim:
    return Claim(
        document=row.sha256,
        name=row.name,
        state=State(row.state),
        version=row.version,
        owner=owner,
        token=row.lease_token + 1,
        until=until,
        attempts=row.attempts + (row.lease_owner is not None),
        schema_wanted=row.schema_wanted,
        parser_version=row.parser_version,
    )


def _take(connection: Connection, claims: Sequence[Claim]) -> None:
    connection.execute(
        update(DocumentRow)
        .where(DocumentRow.sha256 == bindparam("document"))
        .values(
            lease_owner=bindparam("owner"),
            lease_until=bindparam("until"),
            lease_token=bindparam("token"),
            attempts=bindparam("tries"),
        ),
        [
            {
                "document": claim.document,
                "owner": claim.owner,
                "until": claim.until,
                "token": claim.token,
                "tries": claim.attempts,
            }
            for claim in claims
        ],
    )


def _is_held(held: Claim) -> tuple[ColumnElement[bool], ...]:
    return (
        DocumentRow.sha256 == held.document,
        DocumentRow.lease_owner == held.owner,
        DocumentRow.lease_token == held.token,
    )
