"""The outbox of the webhooks: what happened is written with the event itself, and sent afterwards.

An event that was committed is sent at least once; one that was rolled back never. A receiver knows repeats by the id.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, delete, func, insert, select, update

from schemas.events import EventType
from store.database import Database
from store.instants import utc_now
from store.webhook_tables import WebhookEndpointRow, WebhookMessageRow

MessageState = Literal["waiting", "delivered", "dead"]
LONGEST_ERROR = 300  # characters of an error that are kept


@dataclass(frozen=True, slots=True)
class Message:
    """One event for one receiver."""

    id: str  # the same at every attempt
    endpoint: str
    type: str
    body: str  # JSON
    at: datetime  # of the event
    state: MessageState
    attempts: int
    due_at: datetime  # of the next attempt
    status: int | None  # HTTP, of the last answer
    error: str  # of the last attempt


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands with one receiver."""

    endpoint: str
    waiting: int
    delivered: int  # those still kept
    dead: int
    oldest: datetime | None  # event of the oldest message that waits
    error: str  # the last one of a message that is not delivered


def emit(connection: Connection, type: EventType, data: Mapping[str, Any], at: datetime) -> None:
    """Write an event into the outbox of every receiver that wants it; for use inside the transaction of the event.

    Args:
        connection: inside the transaction that makes the event true.
        type: what happened.
        data: names, numbers and codes, which JSON can hold; never a value or text of a document.
        at: when.
    """
    receivers = connection.execute(select(WebhookEndpointRow.name, WebhookEndpointRow.events)).all()
    wanted = [row.name for row in receivers if not row.events or type in row.events.split()]
    if not wanted:
        return
    body = json.dumps({"type": type, "timestamp": at.isoformat(), "data": dict(data)}, ensure_ascii=True)
    same = {"type": type, "body": body, "at": at, "state": "waiting", "attempts": 0, "due_at": at, "error": ""}
    rows = [{"id": f"msg_{uuid.uuid4().hex}", "endpoint": name, **same} for name in wanted]
    connection.execute(insert(WebhookMessageRow), rows)


class Webhooks:
    """The outbox of a store whose tables are up to date. Every method raises Unavailable as the store does."""

    def __init__(self, database: Database, now: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._now = now

    def register(self, receivers: Mapping[str, Collection[str]]) -> None:
        """Let events be kept for these receivers from now on, each with the types it wants (none: all), and no others.

        What still waits for a receiver that is no longer named is given up.
        """
        wanted = {name: " ".join(sorted(types)) for name, types in receivers.items()}
        with self._database.read() as connection:
            known = dict(connection.execute(select(WebhookEndpointRow.name, WebhookEndpointRow.events)).tuples().all())
        if known == wanted:
            return
        table = WebhookMessageRow
        with self._database.write() as connection:
            connection.execute(delete(WebhookEndpointRow))
            if wanted:
                connection.execute(
                    insert(WebhookEndpointRow), [{"name": name, "events": types} for name, types in wanted.items()]
                )
            gone = {"state": "dead", "ended_at": self._now(), "error": "The settings no longer name this receiver."}
            here = (table.state == "waiting", table.endpoint.not_in(wanted))
            connection.execute(update(table).where(*here).values(**gone))

    def claim(self, endpoint: str, lasts: timedelta) -> Message | None:
        """Begin an attempt at the message of a receiver that is due longest; None when none is.

        Args:
            endpoint: name of the receiver.
            lasts: after so long without a word the attempt counts as lost, and the message is due again.
        """
        now, table = self._now(), WebhookMessageRow
        due = (table.endpoint == endpoint, table.state == "waiting", table.due_at <= now)
        query = select(*_MESSAGE).where(*due).order_by(table.due_at, table.id).limit(1)
        with self._database.read() as connection:  # the usual case writes nothing
            if connection.execute(query).first() is None:
                return None
        with self._database.write() as connection:
            row = connection.execute(query.with_for_update(skip_locked=True)).first()
            if row is None:
                return None
            values = {"attempts": row.attempts + 1, "due_at": now + lasts}
            connection.execute(update(table).where(table.id == row.id).values(**values))
            return Message(*connection.execute(select(*_MESSAGE).where(table.id == row.id)).one())

    def delivered(self, message: Message, status: int) -> None:
        """Note that the receiver has the message."""
        values = {"state": "delivered", "status": status, "error": "", "ended_at": self._now()}
        with self._database.write() as connection:
            here = (WebhookMessageRow.id == message.id, WebhookMessageRow.state == "waiting")
            connection.execute(update(WebhookMessageRow).where(*here).values(**values))

    def failed(self, message: Message, status: int | None, error: str, again_at: datetime | None) -> None:
        """Note that an attempt failed; it is made again at `again_at`, or never (None). A later attempt is not undone.

        Args:
            message: as `claim` gave it.
            status: HTTP, None without an answer.
            error: one sentence, without anything that the receiver sent.
            again_at: of the next attempt.
        """
        table = WebhookMessageRow
        values: dict[str, Any] = {"status": status, "error": error[:LONGEST_ERROR]}
        values |= {"state": "dead", "ended_at": self._now()} if again_at is None else {"due_at": again_at}
        with self._database.write() as connection:
            here = (table.id == message.id, table.state == "waiting", table.attempts == message.attempts)
            connection.execute(update(table).where(*here).values(**values))

    def retry(self, endpoint: str) -> int:
        """Let the dead messages of a receiver be sent again, with attempts at zero; return how many they are."""
        table = WebhookMessageRow
        named = select(WebhookEndpointRow.name).where(WebhookEndpointRow.name == endpoint)
        values = {"state": "waiting", "attempts": 0, "due_at": self._now(), "ended_at": None}
        with self._database.write() as connection:
            here = (table.endpoint.in_(named), table.state == "dead")
            return connection.execute(update(table).where(*here).values(**values)).rowcount

    def standings(self) -> Sequence[Standing]:
        """Return how it stands with each receiver that is named or still has messages."""
        table = WebhookMessageRow
        count = select(table.endpoint, table.state, func.count(), func.min(table.at)).group_by(
            table.endpoint, table.state
        )
        with self._database.read() as connection:
            names = set(connection.execute(select(WebhookEndpointRow.name)).scalars())
            counts = {(row[0], row[1]): (row[2], row[3]) for row in connection.execute(count)}
            names |= {endpoint for endpoint, _ in counts}
            errors = {name: _last_error(connection, name) for name in names}
        none = (0, None)
        return [
            Standing(
                name,
                counts.get((name, "waiting"), none)[0],
                counts.get((name, "delivered"), none)[0],
                counts.get((name, "dead"), none)[0],
                counts.get((name, "waiting"), none)[1],
                errors[name],
            )
            for name in sorted(names)
        ]

    def messages(self, state: MessageState, most: int = 20) -> Sequence[Message]:
        """Return messages in a state, newest event first."""
        table = WebhookMessageRow
        query = select(*_MESSAGE).where(table.state == state).order_by(table.at.desc(), table.id).limit(most)
        with self._database.read() as connection:
            return [Message(*row) for row in connection.execute(query)]

    def forget(self, before: datetime) -> int:
        """Delete messages that were delivered or given up before a moment; return how many."""
        table = WebhookMessageRow
        with self._database.write() as connection:
            here = (table.state.in_(("delivered", "dead")), table.ended_at < before)
            return connection.execute(delete(table).where(*here)).rowcount


_MESSAGE = (
    WebhookMessageRow.id,
    WebhookMessageRow.endpoint,
    WebhookMessageRow.type,
    WebhookMessageRow.body,
    WebhookMessageRow.at,
    WebhookMessageRow.state,
    WebhookMessageRow.attempts,
    WebhookMessageRow.due_at,
    WebhookMessageRow.status,
    WebhookMessageRow.error,
)


def _last_error(connection: Connection, endpoint: str) -> str:
    table = WebhookMessageRow
    here = (table.endpoint == endpoint, table.state.in_(("waiting", "dead")), table.error != "")
    query = select(table.error).where(*here).order_by(table.at.desc()).limit(1)
    return connection.execute(query).scalar() or ""
