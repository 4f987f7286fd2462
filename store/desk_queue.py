"""What waits for people: found, ordered and counted in the database, whatever its length."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
    update,
)

from schemas.results import Extraction
from store.database import Database
from store.desk_items import new_item
from store.desk_tables import DeskClaimRow, DeskItemRow
from store.documents import document_of, insert_if_absent, storable
from store.entities import Document
from store.instants import utc_now
from store.states import DECIDED, State
from store.tables import CounterRow, DocumentRow, ExtractionRow

Order = Literal["worth", "oldest", "due", "amount"]
AT_ONCE = 200  # documents whose figures are reckoned between two transactions


@dataclass(frozen=True, slots=True)
class Figures:
    """What the order of the queue is made of, and what it is filtered by."""

    chance: float = 1.0  # that at least one value is wrong, 0..1
    cost: float = 1.0  # of a wrong value, in units of an ordinary one
    seconds: float = 10.0  # that a person is expected to need
    cause: str = ""  # documents that wait for the same cause share it
    supplier: str = ""
    supplier_key: str = ""  # folded
    account: str = ""
    amount: float | None = None
    currency: str = ""
    due: str = ""  # ISO date
    reasons: tuple[str, ...] = ()  # codes

    @property
    def worth(self) -> float:
        """What a second of a person's time saves here: (chance of being wrong × cost of being wrong) / seconds."""
        return self.chance * self.cost / self.seconds


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person wants to see of the queue; what is left out filters nothing."""

    states: Sequence[State] = (State.IN_REVIEW,)
    queues: frozenset[str] | None = None  # schemas that the person may see; None: all
    schema: str = ""
    reason: str = ""
    supplier: str = ""  # part of the folded name
    amount_from: float | None = None
    amount_to: float | None = None
    arrived_before: datetime | None = None
    arrived_after: datetime | None = None
    due_until: str = ""  # ISO date
    assignees: Sequence[str] | None = None  # "": nobody
    postponed: bool | None = None
    cause: str = ""
    free_at: datetime | None = None  # only what nobody has claimed at this time


@dataclass(frozen=True, slots=True)
class Waits:
    """One document of the queue."""

    document: Document
    figures: Figures
    assignee: str
    postponed_at: datetime | None
    postponed_by: str
    note: str
    owner: str  # of the claim; "" if nobody's
    owner_until: datetime | None


@dataclass(frozen=True, slots=True)
class Group:
    """Documents that wait for the same cause."""

    cause: str
    count: int
    worth: float  # of doing them all


class DeskQueue:
    """The queue of a store whose tables are up to date. Every method raises Unavailable as the store does."""

    def __init__(self, database: Database, now: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._now = now

    def refresh(self, formula: str, reckon: Callable[[Document, Extraction | None], Figures]) -> int | None:
        """Reckon the figures of some documents that changed since the last time, the first ones first.

        Args:
            formula: names how figures are reckoned; another name makes all anew.
            reckon: gives the figures of a document with its record; None: it has none.

        Returns:
            How many documents were reckoned, at most AT_ONCE; 0: others did it. None: nothing is left to do.
        """
        reader = f"queue {formula}"
        with self._database.read() as connection:
            since = _seen(connection, reader)
            changed = _changed_since(connection, since)
        if not changed:
            return None
        figures = [(row.sha256, reckon(document_of(row), _record(row))) for row in changed]
        with self._database.write() as connection:
            insert_if_absent(connection, CounterRow.__table__, name=reader, value=0)
            if _seen(connection, reader, hold=True) != since:  # of later records perhaps
                return 0
            _put(connection, figures)
            connection.execute(update(CounterRow).where(CounterRow.name == reader).values(value=changed[-1].change))
        return len(changed)

    def page(
        self, wanted: Wanted, order: Order, limit: int, after: tuple[Any, str] | None = None
    ) -> tuple[list[Waits], tuple[Any, str] | None]:
        """Return some of the queue and the place where it goes on (None: this was the end).

        Places are values, not numbers: what is added or leaves meanwhile shifts nothing.
        """
        key, falling = _key(order)
        query = _found(select(*_COLUMNS, key.label("key")), wanted)
        if after is not None:
            value, document = after
            beyond = key < value if falling else key > value
            query = query.where(or_(beyond, and_(key == value, DocumentRow.sha256 > document)))
        query = query.order_by(key.desc() if falling else key, DocumentRow.sha256).limit(limit + 1)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        more = len(rows) > limit
        rows = rows[:limit]
        return [_waits(row, self._now()) for row in rows], (rows[-1].key, rows[-1].sha256) if more else None

    def count(self, wanted: Wanted) -> int:
        """Return how many documents are wanted."""
        with self._database.read() as connection:
            found = connection.execute(_found(select(func.count()).select_from(DocumentRow), wanted))
            return int(found.scalar_one())

    def groups(self, wanted: Wanted, limit: int = 20) -> list[Group]:
        """Return the causes that several documents share, the worthiest first."""
        gain = func.sum(DeskItemRow.chance * DeskItemRow.cost)
        worth = (gain / func.sum(DeskItemRow.seconds)).label("worth")
        query = _found(select(DeskItemRow.cause, func.count(), worth).select_from(DocumentRow), wanted)
        query = query.group_by(DeskItemRow.cause).having(func.count() > 1)
        with self._database.read() as connection:
            found = connection.execute(query.order_by(worth.desc(), DeskItemRow.cause).limit(limit))
            return [Group(*row) for row in found]


_FIGURES = tuple(field.name for field in dataclasses.fields(Figures) if field.name != "reasons")
_COLUMNS = (
    *DocumentRow.__table__.columns,
    *(
        getattr(DeskItemRow, name)
        for name in (*_FIGURES, "reasons", "assignee", "postponed_at", "postponed_by", "note")
    ),
    DeskClaimRow.owner,
    DeskClaimRow.until,
)


def _seen(connection: Connection, reader: str, *, hold: bool = False) -> int:
    """The last change that the figures know."""
    query = select(CounterRow.value).where(CounterRow.name == reader)
    return connection.execute(query.with_for_update() if hold else query).scalar() or 0


def _changed_since(connection: Connection, change: int) -> Sequence[Row[Any]]:
    """Some documents that were decided on since, with their records. Changes are numbered in the order of commits."""
    record, document = ExtractionRow, DocumentRow
    query = select(document, record.body).outerjoin(
        record, and_(record.document == document.sha256, record.sequence == document.record)
    )
    # The state is hidden from its index, by which SQLite would look at every document that was ever decided.
    query = query.where(document.change > change, func.coalesce(document.state, "").in_(DECIDED))
    return connection.execute(query.order_by(document.change).limit(AT_ONCE)).all()


def _record(row: Row[Any]) -> Extraction | None:
    return None if row.body is None else Extraction.model_validate_json(row.body)


def _put(connection: Connection, found: Sequence[tuple[str, Figures]]) -> None:
    """Write figures down; what people said of the documents stays."""
    for document, _ in found:
        new_item(connection, document)
    changed = update(DeskItemRow).where(DeskItemRow.document == bindparam("of"))
    connection.execute(changed, [{"of": document, **_columns(figures)} for document, figures in found])


def _columns(figures: Figures) -> dict[str, Any]:
    values = {name: getattr(figures, name) for name in _FIGURES}
    values = {name: storable(value) if isinstance(value, str) else value for name, value in values.items()}
    return {**values, "reasons": json.dumps(figures.reasons), "worth": figures.worth}


def _key(order: Order) -> tuple[ColumnElement[Any], bool]:
    """What a page is ordered by, and whether the highest comes first."""
    if order == "oldest":
        return DocumentRow.__table__.c.created_at, False
    if order == "due":
        return case((DeskItemRow.due == "", "9999-12-31"), else_=DeskItemRow.due), False
    if order == "amount":
        return func.coalesce(DeskItemRow.amount, literal(-1.0)), True
    return DeskItemRow.__table__.c.worth, True


def _found(query: Select[Any], wanted: Wanted) -> Select[Any]:
    item, claim = DeskItemRow, DeskClaimRow
    query = query.join(item, item.document == DocumentRow.sha256)
    query = query.outerjoin(claim, claim.document == DocumentRow.sha256)
    return query.where(*_conditions(wanted))


def _conditions(wanted: Wanted) -> Iterable[ColumnElement[bool]]:
    item, claim = DeskItemRow, DeskClaimRow
    schema = func.coalesce(DocumentRow.schema_name, DocumentRow.schema_wanted, "")
    yield DocumentRow.state.in_(wanted.states)
    if wanted.queues is not None:
        yield schema.in_(sorted(wanted.queues))
    if wanted.schema:
        yield schema == wanted.schema
    if wanted.reason:
        yield item.reasons.contains(json.dumps(wanted.reason), autoescape=True)
    if wanted.supplier:
        yield item.supplier_key.contains(wanted.supplier, autoescape=True)
    if wanted.amount_from is not None:
        yield item.amount >= wanted.amount_from
    if wanted.amount_to is not None:
        yield item.amount <= wanted.amount_to
    if wanted.arrived_before is not None:
        yield DocumentRow.created_at < wanted.arrived_before
    if wanted.arrived_after is not None:
        yield DocumentRow.created_at >= wanted.arrived_after
    if wanted.due_until:
        yield and_(item.due != "", item.due <= wanted.due_until)
    if wanted.assignees is not None:
        yield item.assignee.in_(wanted.assignees)
    if wanted.postponed is not None:
        yield item.postponed_at.is_not(None) if wanted.postponed else item.postponed_at.is_(None)
    if wanted.cause:
        yield item.cause == wanted.cause
    if wanted.free_at is not None:
        yield or_(claim.until.is_(None), claim.until <= wanted.free_at)


def _waits(row: Row[Any], now: datetime) -> Waits:
    held = row.owner if row.until is not None and row.until > now else ""
    return Waits(
        document=document_of(row),
        figures=Figures(**{name: getattr(row, name) for name in _FIGURES}, reasons=tuple(json.loads(row.reasons))),
        assignee=row.assignee,
        postponed_at=row.postponed_at,
        postponed_by=row.postponed_by,
        note=row.note,
        owner=held,
        owner_until=row.until if held else None,
    )
