"""Documents and the names they came under: adding, finding, listing."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, bindparam, func, literal, or_, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from schemas.errors import Reason, UnknownDocument
from store.database import Database
from store.entities import Alias, Document, Transition
from store.instants import Instant
from store.lifecycle import Step, write_down
from store.states import State
from store.tables import AliasRow, BatchDocumentRow, DocumentRow, TransitionRow

SHA256_DIGITS = 64
PAGE = 500  # documents read at a time: what a long listing holds in memory
_ONE = select(DocumentRow).where(DocumentRow.sha256 == bindparam("sha256"))  # building it takes longer than to ask


def add(
    connection: Connection, sha256: str, size: int, name: str, schema: str | None, parent: str | None, step: Step
) -> bool:
    """Add a document in state received; return False, changing nothing, when its content is there already."""
    shown = storable(name)
    why = f"attached to {parent[:12]}" if parent else step.why
    is_new = insert_if_absent(
        connection,
        DocumentRow.__table__,
        sha256=sha256,
        name=shown,
        size=size,
        state=State.RECEIVED,
        version=1,
        attempts=0,
        schema_wanted=schema,
        record=0,
        change=0,
        lease_token=0,
        created_at=step.at,
        updated_at=step.at,
    )
    if is_new:
        write_down(connection, sha256, 1, None, State.RECEIVED, Step(step.who, step.at, why))
    return is_new


def add_alias(
    connection: Connection, sha256: str, name: str, source: str, inbox: str, parent: str | None, now: datetime
) -> None:
    """Note that the content came under this name; the same name from the same place is noted once."""
    texts = (sha256, storable(name), storable(source), storable(inbox), parent or "")
    key = hashlib.sha256("\0".join(texts).encode()).hexdigest()
    insert_if_absent(
        connection,
        AliasRow.__table__,
        key=key,
        document=sha256,
        name=texts[1],
        source=texts[2],
        inbox=texts[3],
        parent=parent,
        received_at=now,
    )


def find(connection: Connection, text: str) -> str:
    """Return the sha256 of the document that `text` names: a sha256, a name, a source path, or first digits.

    Raises:
        UnknownDocument: there is none, or more than one.
    """
    if len(text) == SHA256_DIGITS and connection.execute(_ONE, {"sha256": text}).one_or_none() is not None:
        return text
    named = or_(AliasRow.name == text, AliasRow.source == text)
    found = _few(connection, select(AliasRow.document).where(named).distinct())
    if not found and re.fullmatch(r"[0-9a-f]{4,64}", text.lower()):
        prefix = text.lower()
        found = _few(connection, select(DocumentRow.sha256).where(DocumentRow.sha256.startswith(prefix)))
    if len(found) == 1:
        return found[0]
    if found:
        several = ", ".join(sha256[:12] for sha256 in found)
        raise UnknownDocument(
            f"{text!r} means more than one document ({several}). Give the digits of the one you mean."
        )
    raise UnknownDocument(
        f"No document is stored under {text!r}. Give its file name, or at least four digits of its sha256."
    )


def get(connection: Connection, sha256: str) -> Document:
    """Return one document; raises UnknownDocument."""
    row = connection.execute(_ONE, {"sha256": sha256}).one_or_none()
    if row is None:
        raise UnknownDocument(f"No document is stored under {sha256}.")
    return document_of(row)


def stream(
    database: Database,
    states: Sequence[State] | None,
    batch: str | None,
    since: datetime | None,
    retry_before: datetime | None = None,
) -> Iterator[Document]:
    """Yield documents, oldest first, a page at a time; each page is a read of its own and blocks nobody."""
    query = select(DocumentRow).order_by(DocumentRow.created_at, DocumentRow.sha256).limit(PAGE)
    if states is not None:
        query = query.where(DocumentRow.state.in_(states))
    if batch is not None:
        members = select(BatchDocumentRow.document).where(BatchDocumentRow.batch == batch)
        query = query.where(DocumentRow.sha256.in_(members))
    if since is not None:
        query = query.where(DocumentRow.created_at >= since)
    if retry_before is not None:
        query = query.where(DocumentRow.retry_at <= retry_before)
    last: Document | None = None
    while True:
        page = query
        if last is not None:
            place = tuple_(DocumentRow.created_at, DocumentRow.sha256)
            page = query.where(place > tuple_(literal(last.created_at, Instant), literal(last.sha256)))
        with database.read() as connection:
            found = [document_of(row) for row in connection.execute(page)]
        yield from found
        if len(found) < PAGE:
            return
        last = found[-1]


def counts(connection: Connection, batch: str | None = None) -> dict[State, int]:
    """Return how many documents are in each state; states without any are left out."""
    query = select(DocumentRow.state, func.count()).group_by(DocumentRow.state)
    if batch is not None:
        query = query.join(BatchDocumentRow, BatchDocumentRow.document == DocumentRow.sha256)
        query = query.where(BatchDocumentRow.batch == batch)
    found: dict[str, int] = {row[0]: row[1] for row in connection.execute(query)}
    return {state: found[state] for state in State if state in found}


def aliases(connection: Connection, sha256: str) -> list[Alias]:
    """Return the names a document came under, oldest first."""
    query = select(AliasRow).where(AliasRow.document == sha256).order_by(AliasRow.received_at, AliasRow.key)
    return [
        Alias(row.document, row.name, row.source, row.inbox, row.parent, row.received_at)
        for row in connection.execute(query)
    ]


def children(connection: Connection, sha256: str) -> list[str]:
    """Return the sha256 of every document that was attached to this one."""
    query = select(AliasRow.document).where(AliasRow.parent == sha256).distinct().order_by(AliasRow.document)
    return list(connection.execute(query).scalars())


def history(connection: Connection, sha256: str) -> list[Transition]:
    """Return every step of a document, first to last."""
    query = select(TransitionRow).where(TransitionRow.document == sha256).order_by(TransitionRow.version)
    return [
        Transition(
            document=row.document,
            version=row.version,
            from_state=State(row.from_state) if row.from_state else None,
            to_state=State(row.to_state),
            at=row.at,
            who=row.who,
            why=row.why,
        )
        for row in connection.execute(query)
    ]


def document_of(row: Row[Any]) -> Document:
    """Return the entity of a row of the documents table (further columns are ignored)."""
    return Document(
        sha256=row.sha256,
        name=row.name,
        size=row.size,
        media_type=row.media_type,
        state=State(row.state),
        version=row.version,
        reason=Reason(row.reason) if row.reason else None,
        message=row.message,
        remedy=row.remedy,
        retry_at=row.retry_at,
        attempts=row.attempts,
        schema_wanted=row.schema_wanted,
        schema_name=row.schema_name,
        parser_version=row.parser_version,
        record=row.record,
        lease_owner=row.lease_owner,
        lease_until=row.lease_until,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def insert_if_absent(connection: Connection, table: Any, **values: Any) -> bool:
    """Insert a row unless its key is there (or another process is inserting it now); return whether it did."""
    assert isinstance(table, Table)  # noqa: S101 - SQLAlchemy types a mapped class's table more loosely
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(table).values(**values).on_conflict_do_nothing()
    # SQLAlchemy counts the rows of an INSERT only when asked to; without this PostgreSQL answers -1.
    return connection.execute(statement, execution_options={"preserve_rowcount": True}).rowcount == 1


def storable(text: str) -> str:
    """Return `text` with what no database takes (NUL, bytes that are no UTF-8) written as escapes."""
    return text.replace("\0", "\\x00").encode("utf-8", "backslashreplace").decode()


def _few(connection: Connection, query: Select[Any]) -> list[str]:
    return list(connection.execute(query.limit(5)).scalars())


def hasten(connection: Connection, reason: Reason, now: datetime) -> int:
    """Set the time of documents deferred for `reason` to now, if it is later; return how many wait for it in all."""
    table = DocumentRow
    waiting = (table.state == State.DEFERRED, table.reason == reason.value)
    connection.execute(update(table).where(*waiting, table.retry_at > now).values(retry_at=now))
    return connection.execute(select(func.count()).where(*waiting)).scalar_one()
