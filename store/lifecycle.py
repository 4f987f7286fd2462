"""The one place where a document changes its state: checked, versioned and written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from schemas.errors import ForbiddenTransition, LeaseLost, Refusal, StaleVersion, UnknownDocument
from store.entities import Claim
from store.states import DECIDED, State, allowed
from store.tables import CounterRow, DocumentRow, TransitionRow
from store.webhooks import emit

_HELD = select(DocumentRow).where(DocumentRow.sha256 == bindparam("sha256")).with_for_update()
_COUNT_ON = update(CounterRow).where(CounterRow.name == "change").values(value=CounterRow.value + 1)
_COUNTED = select(CounterRow.value).where(CounterRow.name == "change")
_NO_REASON: dict[str, Any] = {"reason": None, "message": None, "remedy": None, "retry_at": None}


@dataclass(frozen=True, slots=True)
class Step:
    """Who moves a document, when and why; `claim` says which state of affairs a worker acted on."""

    who: str
    at: datetime
    why: str = ""
    claim: Claim | None = None


def move(connection: Connection, sha256: str, to: State, step: Step, **columns: Any) -> int:
    """Bring a document to the state `to`, set `columns`, write the transition down; return the new version.

    A document that is decided, or put away after it was, is numbered as changed, so that exports see it; a worker's
    lease ends where its work does.

    Raises:
        UnknownDocument: there is none.
        LeaseLost: the claim of `step` is not the present one.
        StaleVersion: the document has moved on since that claim.
        ForbiddenTransition: no way leads from its state to `to`.
    """
    row = locked(connection, sha256)
    check(row, step)
    if not allowed(State(row.state), to):
        raise ForbiddenTransition(
            f"{row.name} ({sha256[:12]}) is {row.state.replace('_', ' ')} and cannot become {to.replace('_', ' ')}."
        )
    version = int(row.version) + 1
    values = {**_NO_REASON, **columns}
    decided = to in DECIDED and to is not State.EXPORTED
    if decided:
        values["attempts"] = 0
    if decided or (to is State.QUARANTINED and row.record):
        values["change"] = next_change(connection)
    if to not in (State.PARSED, State.EXTRACTED):
        values |= {"lease_owner": None, "lease_until": None}
    connection.execute(
        update(DocumentRow)
        .where(DocumentRow.sha256 == sha256)
        .values(state=to, version=version, updated_at=step.at, **values)
    )
    write_down(connection, sha256, version, State(row.state), to, step)
    _tell(connection, row, to, version, step, values)
    return version


def _tell(
    connection: Connection, row: Row[Any], to: State, version: int, step: Step, values: Mapping[str, Any]
) -> None:
    """Put a decision, or a document that was put aside, into the outbox of the webhooks."""
    start = State(row.state)
    about = {
        "document": row.sha256,
        "name": row.name,
        "schema": values.get("schema_name", row.schema_name),
        "state": to.value,
        "version": version,
        "who": step.who,
    }
    if to is State.QUARANTINED:
        emit(connection, "document.quarantined", {**about, "reason": values.get("reason")}, step.at)
    # A correction of an exported document decides nothing anew as long as it stays accepted.
    elif (
        to in (State.IN_REVIEW, State.ACCEPTED) and start is not to and (start, to) != (State.EXPORTED, State.ACCEPTED)
    ):
        emit(connection, "document.decided", about, step.at)


def locked(connection: Connection, sha256: str) -> Row[Any]:
    """Return the row of a document, held until the transaction ends; raises UnknownDocument."""
    row = connection.execute(_HELD, {"sha256": sha256}).one_or_none()
    if row is None:
        raise UnknownDocument(f"No document is stored under {sha256}. `docassay status` lists what there is.")
    return row


def check(row: Row[Any], step: Step) -> None:
    """Raise LeaseLost or StaleVersion unless `row` still is what the claim of `step` is about."""
    claim = step.claim
    if claim is None:
        return
    if row.lease_token != claim.token or row.lease_owner != claim.owner:
        raise LeaseLost(
            f"{row.name} ({row.sha256[:12]}) is no longer held by {claim.owner}: its lease ended and the document "
            "was taken over. Nothing was written; drop this result."
        )
    if row.version != claim.version:
        raise StaleVersion(
            f"{row.name} ({row.sha256[:12]}) was changed in the meantime (version {row.version}, not {claim.version}). "
            "Nothing was written; look at it again, then decide."
        )


def write_down(
    connection: Connection, sha256: str, version: int, from_state: State | None, to: State, step: Step
) -> None:
    """Add the transition to the history."""
    moved = {"document": sha256, "version": version, "from_state": from_state, "to_state": to}
    connection.execute(insert(TransitionRow), {**moved, "at": step.at, "who": step.who, "why": step.why})


def next_change(connection: Connection) -> int:
    """Return the next change number. Numbers become visible in rising order.

    The counter's row stays locked until the commit, so that a lower number is never committed after a higher one:
    a watermark would skip it for good. Take it after the document's row, never before (one order, no deadlock).
    """
    connection.execute(_COUNT_ON)
    return connection.execute(_COUNTED).scalar_one()


def refused(refusal: Refusal) -> dict[str, Any]:
    """Return the columns that tell why a document stopped."""
    return {"reason": refusal.reason.value, "message": refusal.message, "remedy": refusal.remedy}
