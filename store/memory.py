"""What lasts of the layout memory: which document has which layout, and what people's corrections taught."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, case, delete, func, insert, select, update

from schemas.errors import UnknownDocument
from schemas.layouts import Fingerprint, Lesson, LessonState, ValuePlace
from store.confidence_tables import ConfidenceMarkRow
from store.database import Database
from store.documents import insert_if_absent
from store.instants import utc_now
from store.layout_tables import (
    EvaluationDocumentRow,
    LayoutDocumentRow,
    LayoutRow,
    LayoutTermRow,
    LessonRow,
    LessonTrialRow,
)
from store.tables import CorrectionRow, DocumentRow

FEWEST_SHARED = 3  # terms that a layout must share with a page to be looked at
LIKELY = 5  # layouts that are looked at
_READ = "lessons"  # how far the corrections have been read for lessons
_PAGE = 500  # corrections read at once


class MemoryStore:
    """The layout memory of a store whose tables are up to date. Every method raises Unavailable as the store does."""

    def __init__(self, database: Database, now: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._now = now

    # --- layouts -----------------------------------------------------------------------------------------------------

    def likely(self, terms: Collection[int]) -> list[tuple[int, Fingerprint]]:
        """Return the layouts that share most terms of a sketch with a page, the most first."""
        if not terms:
            return []
        table, shared = LayoutTermRow, func.count()
        query = select(table.layout).where(table.term.in_(terms)).group_by(table.layout)
        query = query.having(shared >= FEWEST_SHARED).order_by(shared.desc(), table.layout).limit(LIKELY)
        with self._database.read() as connection:
            numbers = connection.execute(query).scalars().all()
            rows = select(LayoutRow.number, LayoutRow.fingerprint).where(LayoutRow.number.in_(numbers))
            texts = dict(connection.execute(rows).tuples().all())
        return [(number, Fingerprint.model_validate_json(texts[number])) for number in numbers]

    def add_layout(self, fingerprint: Fingerprint, terms: Iterable[int]) -> int:
        """Keep a new layout with the terms that it is found by; return its number."""
        values = {"fingerprint": fingerprint.model_dump_json(), "at": self._now()}
        with self._database.write() as connection:
            number = int(
                connection.execute(insert(LayoutRow).values(**values).returning(LayoutRow.number)).scalar_one()
            )
            rows = [{"term": term, "layout": number} for term in sorted(set(terms))]
            if rows:
                connection.execute(insert(LayoutTermRow), rows)
        return number

    def assign(self, document: str, layout: int) -> None:
        """Note which layout a document has, in the place of what was noted before; nothing if it is not stored."""
        table, stored = LayoutDocumentRow, select(DocumentRow.sha256).where(DocumentRow.sha256 == document)
        with self._database.write() as connection:
            if connection.execute(stored).scalar() is None:
                return
            if not insert_if_absent(connection, table.__table__, document=document, layout=layout):
                connection.execute(update(table).where(table.document == document).values(layout=layout))

    def layout_of(self, document: str) -> int | None:
        """Return the layout of a document; None if it was not looked at."""
        query = select(LayoutDocumentRow.layout).where(LayoutDocumentRow.document == document)
        with self._database.read() as connection:
            return connection.execute(query).scalar()

    def documents_of(self, layout: int, states: Collection[str]) -> list[str]:
        """Return the documents of a layout that are in one of these states, the newest first."""
        table = LayoutDocumentRow
        query = select(table.document).join(DocumentRow, DocumentRow.sha256 == table.document)
        query = query.where(table.layout == layout, DocumentRow.state.in_(states))
        with self._database.read() as connection:
            return list(connection.execute(query.order_by(DocumentRow.created_at.desc(), table.document)).scalars())

    def evaluated(self, parser_version: str) -> dict[str, int | None]:
        """Return the documents of the evaluation set that a parser has read, each with its layout if it has one."""
        table = EvaluationDocumentRow
        query = select(table.document, table.layout).where(table.parser_version == parser_version)
        with self._database.read() as connection:
            return dict(connection.execute(query).tuples().all())

    def keep_evaluated(self, document: str, parser_version: str, layout: int | None) -> None:
        """Note that a document of the evaluation set was read, and its layout; None: it has none."""
        table, values = EvaluationDocumentRow, {"parser_version": parser_version, "layout": layout}
        with self._database.write() as connection:
            if not insert_if_absent(connection, table.__table__, document=document, **values):
                connection.execute(update(table).where(table.document == document).values(**values))

    # --- lessons -----------------------------------------------------------------------------------------------------

    def lessons(self, layouts: Collection[int] | None = None, schema_name: str | None = None) -> list[Lesson]:
        """Return lessons, oldest first: all, or those of some layouts and of a schema."""
        table = LessonRow
        query = _lessons()
        if layouts is not None:
            query = query.where(table.layout.in_(layouts))
        if schema_name is not None:
            query = query.where(table.schema_name == schema_name)
        with self._database.read() as connection:
            return [_lesson(row) for row in connection.execute(query.order_by(table.number))]

    def lesson(self, number: int) -> Lesson:
        """Return one lesson; raises UnknownDocument."""
        with self._database.read() as connection:
            return _one(connection, number)

    def trials(self, number: int) -> dict[str, bool]:
        """Return for each document that a lesson was tried on whether people's word agrees with it."""
        table = LessonTrialRow
        query = select(table.document, table.is_right).where(table.lesson == number).order_by(table.document)
        with self._database.read() as connection:
            return dict(connection.execute(query).tuples().all())

    def add_lesson(
        self, layout: int, schema_name: str, field: str, place: ValuePlace, document: str, who: str
    ) -> Lesson | None:
        """Keep what a correction taught, in shadow; None where the same document has taught about the field before."""
        values = {
            "layout": layout,
            "schema_name": schema_name,
            "field": field,
            "place": place.model_dump_json(),
            "document": document,
            "who": who,
            "at": self._now(),
            "state": "shadow",
            "why": "It was not tried yet.",
        }
        table = LessonRow
        here = (table.document == document, table.schema_name == schema_name, table.field == field)
        with self._database.write() as connection:
            if not insert_if_absent(connection, LessonRow.__table__, **values):
                return None
            return _one(connection, connection.execute(select(table.number).where(*here)).scalar_one())

    def bring_to(self, number: int, state: LessonState, why: str) -> Lesson:
        """Give a lesson another state; raises UnknownDocument. What a person took back stays so, whoever is late."""
        return self._change(number, state=state, why=why)

    def teach_again(self, number: int, place: ValuePlace, who: str) -> Lesson:
        """Give a lesson the place that its correction names now, in shadow; raises UnknownDocument."""
        return self._change(
            number, state="shadow", why="Its correction was changed.", place=place.model_dump_json(), who=who
        )

    def _change(self, number: int, **values: Any) -> Lesson:
        here = (LessonRow.number == number, LessonRow.state != "undone")
        with self._database.write() as connection:
            connection.execute(update(LessonRow).where(*here).values(at=self._now(), **values))
            return _one(connection, number)

    def keep_trials(self, document: str, lessons: Collection[int], outcomes: Mapping[int, bool]) -> None:
        """Keep what a document says of these lessons, in the place of what it said before.

        Args:
            document: sha256.
            lessons: those that are spoken about.
            outcomes: of these, whether people's word agrees with what stands at their place; of others it says nothing.
        """
        table = LessonTrialRow
        with self._database.write() as connection:
            connection.execute(delete(table).where(table.document == document, table.lesson.in_(lessons)))
            for lesson, right in outcomes.items():  # another process may be noting the same at this moment
                insert_if_absent(connection, table.__table__, lesson=lesson, document=document, is_right=right)

    # --- what people did meanwhile -----------------------------------------------------------------------------------

    def touched(self, since: int | None = None) -> tuple[list[str], int | None]:
        """Return the documents that people worked on, and the number to mark with or to go on from.

        At most some hundred acts at a time; the number is None when there are none. Acts are numbered in the order of
        their commits, because each takes a number of change before it is written down.

        Args:
            since: the number to go on from; None: the last `mark_read`.
        """
        table = CorrectionRow
        with self._database.read() as connection:
            if since is None:
                mark = select(ConfidenceMarkRow.number).where(ConfidenceMarkRow.name == _READ)
                since = connection.execute(mark).scalar() or 0
            query = select(table.id, table.document).where(table.id > since).order_by(table.id).limit(_PAGE)
            rows = connection.execute(query).all()
        return list(dict.fromkeys(row.document for row in rows)), rows[-1].id if rows else None

    def mark_read(self, up_to: int) -> None:
        """Note that the corrections up to this one have been read."""
        table = ConfidenceMarkRow
        with self._database.write() as connection:
            if not insert_if_absent(connection, table.__table__, name=_READ, value="", number=up_to):
                here = (table.name == _READ, table.number < up_to)
                connection.execute(update(table).where(*here).values(number=up_to))


def _lessons() -> Any:
    """Lessons with their history."""
    right = func.coalesce(func.sum(case((LessonTrialRow.is_right.is_(True), 1), else_=0)), 0).label("right")
    wrong = func.coalesce(func.sum(case((LessonTrialRow.is_right.is_(False), 1), else_=0)), 0).label("wrong")
    counted = select(LessonTrialRow.lesson, right, wrong).group_by(LessonTrialRow.lesson).subquery()
    columns = (LessonRow.__table__, counted.c.right, counted.c.wrong)
    return select(*columns).outerjoin(counted, counted.c.lesson == LessonRow.number)


def _one(connection: Connection, number: int) -> Lesson:
    row = connection.execute(_lessons().where(LessonRow.number == number)).one_or_none()
    if row is None:
        raise UnknownDocument(f"There is no lesson {number}. `docassay memory list` shows those that there are.")
    return _lesson(row)


def _lesson(row: Row[Any]) -> Lesson:
    return Lesson(
        number=row.number,
        layout=row.layout,
        schema_name=row.schema_name,
        field=row.field,
        place=ValuePlace.model_validate_json(row.place),
        document=row.document,
        who=row.who,
        at=row.at,
        state=row.state,
        why=row.why,
        right=row.right or 0,
        wrong=row.wrong or 0,
    )
