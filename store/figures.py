"""Figures of the whole line, for people who watch it: read only, from counts over indexes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, func, select, type_coerce

from store.confidence_tables import AuditRow, LabelRow
from store.database import Database
from store.desk_tables import ActRow
from store.instants import utc_now
from store.ledger_tables import ScopeRow
from store.records import stands
from store.states import State, allowed
from store.tables import CorrectionRow, DocumentRow, TransitionRow

_DAY_MICROSECONDS = 86_400_000_000
_EPOCH = date(1970, 1, 1)
_STOPPED = tuple(state for state in State if allowed(state, State.QUARANTINED))
_COUNTED = (  # the steps that figures of a flow are counts of, in the order of its fields
    (State.ACCEPTED, (State.EXTRACTED,)),
    (State.IN_REVIEW, (State.EXTRACTED, State.PARSED)),
    (State.ACCEPTED, (State.IN_REVIEW,)),
    (State.QUARANTINED, _STOPPED),
    (State.EXPORTED, (State.ACCEPTED,)),
)


@dataclass(frozen=True, slots=True)
class Flow:
    """What happened in a span of time; a document that was processed twice counts twice, except in `received`."""

    received: int  # new contents
    straight: int  # accepted by the line alone
    to_review: int  # left to a person by the line
    by_people: int  # accepted by a person
    refused: int  # put aside: by the line or by a person
    exported: int

    @property
    def accepted(self) -> int:
        """How many were accepted, by the line or by people."""
        return self.straight + self.by_people

    @property
    def straight_share(self) -> float | None:
        """The share of the line's decisions that needed no person, 0..1; None without any."""
        decided = self.straight + self.to_review
        return self.straight / decided if decided else None


@dataclass(frozen=True, slots=True)
class DayFlow:
    """What happened on one day of UTC."""

    day: date
    received: int
    straight: int
    to_review: int
    by_people: int


@dataclass(frozen=True, slots=True)
class Backlog:
    """What is in the store at this moment."""

    states: dict[State, int]  # those without any are left out
    oldest: datetime | None  # when the document came that waits longest for a person

    @property
    def waiting(self) -> int:
        """How many wait for a person."""
        return self.states.get(State.IN_REVIEW, 0)

    @property
    def unfinished(self) -> int:
        """How many the line has still to take through."""
        return sum(self.states.get(state, 0) for state in (State.RECEIVED, State.PARSED, State.EXTRACTED))


@dataclass(frozen=True, slots=True)
class Failure:
    """Documents that stand still for one reason."""

    state: State  # quarantined, deferred or in_review
    reason: str | None  # a code; None: a person rejected it
    count: int


@dataclass(frozen=True, slots=True)
class Cost:
    """What models cost for documents, in nano-dollars."""

    documents: int  # for which a model was asked, counted once for each run
    spent: int

    @property
    def each(self) -> int | None:
        """The average of a document; None without any."""
        return self.spent // self.documents if self.documents else None


@dataclass(frozen=True, slots=True)
class CorrectedField:
    """How often people changed a field or column."""

    schema_name: str
    field: str  # "gross_total", "line_items.quantity"
    corrections: int


@dataclass(frozen=True, slots=True)
class FieldAttention:
    """How long people worked on a field or column."""

    field: str
    acts: int
    seconds: float  # of all acts


@dataclass(frozen=True, slots=True)
class Attention:
    """How long people worked at the desk: active time, as the page measured it."""

    documents: int  # with at least one act of which the time is known
    seconds: float  # of all acts
    fields: Sequence[FieldAttention]  # the most time first

    @property
    def each(self) -> float | None:
        """Active seconds of a document, on average; None without any."""
        return self.seconds / self.documents if self.documents else None


class Figures:
    """The figures of a store whose tables are up to date. Every method raises Unavailable as the store does."""

    def __init__(self, database: Database, now: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._now = now

    def flow(self, since: datetime | None = None) -> Flow:
        """Return what happened since a moment; None: ever."""
        with self._database.read() as connection:
            count = select(func.count()).select_from(DocumentRow)
            received = connection.execute(_since(count, DocumentRow.created_at, since)).scalar_one()
            steps = [_steps(connection, to, starts, since) for to, starts in _COUNTED]
        return Flow(received, *steps)

    def days(self, most: int) -> Sequence[DayFlow]:
        """Return the last days of UTC, today last, each with what happened on it."""
        today = self._now().astimezone(UTC).date()
        first = today - timedelta(days=most - 1)
        since = datetime(first.year, first.month, first.day, tzinfo=UTC)
        day = _day(DocumentRow.created_at)
        came = select(day, func.count()).where(DocumentRow.created_at >= since).group_by(day)
        with self._database.read() as connection:
            received = dict(connection.execute(came).tuples().all())
            steps = [_steps_by_day(connection, to, starts, since) for to, starts in _COUNTED[:3]]
        found = []
        for place in range(most):
            each = first + timedelta(days=place)
            number = (each - _EPOCH).days
            found.append(DayFlow(each, received.get(number, 0), *(counts.get(number, 0) for counts in steps)))
        return found

    def backlog(self) -> Backlog:
        """Return how many documents are in each state, and since when the oldest one waits for a person."""
        states = select(DocumentRow.state, func.count()).group_by(DocumentRow.state)
        oldest = select(func.min(DocumentRow.created_at)).where(DocumentRow.state == State.IN_REVIEW)
        with self._database.read() as connection:
            counts = {State(row[0]): row[1] for row in connection.execute(states)}
            return Backlog(counts, connection.execute(oldest).scalar())

    def failures(self) -> Sequence[Failure]:
        """Return why documents stand still now, the most frequent reason first."""
        table = DocumentRow
        coded = (
            select(table.state, table.reason, func.count())
            .where(table.reason.is_not(None))
            .group_by(table.reason, table.state)
        )
        rejected = select(func.count()).where(table.reason.is_(None), table.state == State.QUARANTINED)
        with self._database.read() as connection:
            found = [Failure(State(row[0]), row[1], row[2]) for row in connection.execute(coded)]
            by_people = connection.execute(rejected).scalar_one()
        if by_people:
            found.append(Failure(State.QUARANTINED, None, by_people))
        return sorted(found, key=lambda each: (-each.count, each.state, each.reason or ""))

    def cost(self, since: datetime) -> Cost:
        """Return what models cost for documents since a moment."""
        here = (ScopeRow.kind == "document", ScopeRow.updated_at >= since, ScopeRow.spent > 0)
        query = select(func.count(), func.coalesce(func.sum(ScopeRow.spent), 0)).where(*here)
        with self._database.read() as connection:
            documents, spent = connection.execute(query).one()
        return Cost(documents, int(spent))

    def judged(self, scorer: str) -> Sequence[tuple[float, bool]]:
        """Return, of answers that people judged, the confidence that this scorer gave, and whether they were right."""
        table = LabelRow
        here = (table.scorer == scorer, table.confidence.is_not(None), table.how != "truth")
        query = select(table.confidence, table.is_right).where(*here)
        with self._database.read() as connection:
            return [(float(confidence), bool(right)) for confidence, right in connection.execute(query)]

    def audits(self) -> tuple[int, int]:
        """Return how many accepted answers were judged in audits, and how many of them were wrong."""
        judged = select(func.count()).where(AuditRow.judged_at.is_not(None))
        wrong = judged.where(AuditRow.is_right.is_(False))
        with self._database.read() as connection:
            return connection.execute(judged).scalar_one(), connection.execute(wrong).scalar_one()

    def spent(self) -> int:
        """Return what all calls have ever cost, in nano-dollars: every call counts in some month."""
        query = select(func.coalesce(func.sum(ScopeRow.spent), 0)).where(ScopeRow.kind == "month")
        with self._database.read() as connection:
            return int(connection.execute(query).scalar_one())

    def corrected(self, since: datetime, most: int = 10) -> Sequence[CorrectedField]:
        """Return the fields and columns that people changed most since a moment, the most frequent first."""
        table = CorrectionRow
        query = (
            select(DocumentRow.schema_name, table.path, func.count())
            .join(DocumentRow, DocumentRow.sha256 == table.document)
            .where(table.act == "set", table.at >= since, table.old != table.new, stands())
            .group_by(DocumentRow.schema_name, table.path)
        )
        changes: Counter[tuple[str, str]] = Counter()
        with self._database.read() as connection:
            for schema_name, path, count in connection.execute(query):
                changes[schema_name or "", _field(path)] += count
        ranked = sorted(changes.items(), key=lambda item: (-item[1], item[0]))[:most]
        return [CorrectedField(*key, count) for key, count in ranked]

    def attention(self, since: datetime, most: int = 10) -> Attention:
        """Return how long people worked on documents and fields at the desk since a moment."""
        table = ActRow
        query = (
            select(table.path, table.document, func.count(), func.sum(table.seconds))
            .where(table.at >= since, table.seconds.is_not(None))
            .group_by(table.path, table.document)
        )
        documents: set[str] = set()
        total = 0.0
        acts: Counter[str] = Counter()
        seconds: dict[str, float] = {}
        with self._database.read() as connection:
            for path, document, count, spent in connection.execute(query):
                documents.add(document)
                total += spent
                if path:
                    field = _field(path)
                    acts[field] += count
                    seconds[field] = seconds.get(field, 0.0) + spent
        fields = [FieldAttention(field, count, seconds[field]) for field, count in acts.items()]
        slowest = sorted(fields, key=lambda each: (-each.seconds, each.field))[:most]
        return Attention(len(documents), total, slowest)


def _steps(connection: Connection, to: State, starts: Sequence[State], since: datetime | None) -> int:
    """How often documents went into a state from one of these."""
    table = TransitionRow
    query = select(func.count()).where(table.to_state == to, table.from_state.in_(starts))
    return int(connection.execute(_since(query, table.at, since)).scalar_one())


def _steps_by_day(connection: Connection, to: State, starts: Sequence[State], since: datetime) -> dict[int, int]:
    table, day = TransitionRow, _day(TransitionRow.at)
    here = (table.to_state == to, table.from_state.in_(starts), table.at >= since)
    return dict(connection.execute(select(day, func.count()).where(*here).group_by(day)).tuples().all())


def _since(query: Any, column: Any, since: datetime | None) -> Any:
    return query if since is None else query.where(column >= since)


def _day(column: Any) -> ColumnElement[int]:
    """The number of the day since 1970, in UTC."""
    return type_coerce(column, BigInteger) // _DAY_MICROSECONDS


def _field(path: str) -> str:
    """The field or column of a path, whatever the row."""
    return re.sub(r"\[\d+\]", "", path)
