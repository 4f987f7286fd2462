"""How far each target has been written: changes are numbered, a target remembers the last number it has."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from schemas.results import Extraction
from store import records
from store.audits import released
from store.database import Database
from store.documents import PAGE, document_of, insert_if_absent
from store.entities import Document, ExportWindow, Record
from store.lifecycle import Step
from store.states import State
from store.tables import CounterRow, DocumentRow, ExportRow, ExtractionRow, TransitionRow


def window(connection: Connection, target: str, states: Sequence[State]) -> ExportWindow:
    """Return what `target` lacks now. All changes up to `until` are committed: numbers are given in commit order."""
    since = _watermark(connection, target)
    until = connection.execute(select(CounterRow.value).where(CounterRow.name == "change")).scalar_one()
    lacking = _lacking(select(func.count()).select_from(DocumentRow), since, until, states)
    return ExportWindow(target, since, until, connection.execute(lacking).scalar_one())


def stream(database: Database, span: ExportWindow, states: Sequence[State]) -> Iterator[Record]:
    """Yield the records of a window by rising change number, a page at a time.

    A document that changes while this runs leaves the window, and is in the target's next one.
    """
    since = span.since
    while True:
        with database.read() as connection:
            page = _page(connection, since, span.until, states)
        yield from page
        if len(page) < PAGE:
            return
        since = page[-1].sequence


def mark(connection: Connection, target: str, watermark: int, step: Step) -> int:
    """Note that `target` has all changes up to `watermark`; return how many documents became exported by it.

    The watermark and the states move together or not at all, and a watermark never goes back.
    """
    done = _watermark(connection, target, create=True, step=step)
    if watermark > done:
        values = {"watermark": watermark, "updated_at": step.at}
        connection.execute(update(ExportRow).where(ExportRow.target == target).values(**values))
    total = 0
    while count := _mark_page(connection, target, watermark, step):
        total += count
    return total


def forget(connection: Connection, target: str, step: Step) -> None:
    """Start a target anew: its next window holds everything."""
    _watermark(connection, target, create=True, step=step)
    values = {"watermark": 0, "updated_at": step.at}
    connection.execute(update(ExportRow).where(ExportRow.target == target).values(**values))


def _mark_page(connection: Connection, target: str, watermark: int, step: Step) -> int:
    query = (
        select(DocumentRow.sha256, DocumentRow.version)
        .where(DocumentRow.state == State.ACCEPTED, DocumentRow.change <= watermark)
        .order_by(DocumentRow.created_at, DocumentRow.sha256)  # as its index does; every export locks in this order
        .limit(PAGE)
        .with_for_update()
    )
    found = connection.execute(query).all()
    if not found:
        return 0
    connection.execute(
        update(DocumentRow)
        .where(DocumentRow.sha256.in_([row.sha256 for row in found]))
        .values(state=State.EXPORTED, version=DocumentRow.version + 1, updated_at=step.at)
    )
    why = step.why or f"written to {target}"
    connection.execute(
        insert(TransitionRow),
        [
            {
                "document": row.sha256,
                "version": row.version + 1,
                "from_state": State.ACCEPTED,
                "to_state": State.EXPORTED,
                "at": step.at,
                "who": step.who,
                "why": why,
            }
            for row in found
        ],
    )
    return len(found)


def _watermark(connection: Connection, target: str, *, create: bool = False, step: Step | None = None) -> int:
    if create and step is not None:
        insert_if_absent(connection, ExportRow.__table__, target=target, watermark=0, updated_at=step.at)
    query = select(ExportRow.watermark).where(ExportRow.target == target)
    if create:
        query = query.with_for_update()
    return connection.execute(query).scalar() or 0


def _lacking(query: Any, since: int, until: int, states: Sequence[State]) -> Any:
    return query.where(
        DocumentRow.change > since,
        DocumentRow.change <= until,
        # Hidden from the index on states, which SQLite would prefer and then sort everything for every page.
        func.coalesce(DocumentRow.state, "").in_(states),
        DocumentRow.record > 0,
    )


def _page(connection: Connection, since: int, until: int, states: Sequence[State]) -> list[Record]:
    query = select(DocumentRow, ExtractionRow.body).join(
        ExtractionRow,
        (ExtractionRow.document == DocumentRow.sha256) & (ExtractionRow.sequence == DocumentRow.record),
    )
    rows = connection.execute(_lacking(query, since, until, states).order_by(DocumentRow.change).limit(PAGE)).all()
    waiting = [row.sha256 for row in rows if row.state == State.IN_REVIEW]
    passed = released(connection, waiting) if waiting else {}
    reviewers: dict[str, dict[str, str]] = {}
    for correction in records.corrections(connection, [row.sha256 for row in rows]):
        if correction.act in records.DECIDING and not correction.undone:
            reviewers.setdefault(correction.document, {})[correction.path] = correction.who
    return [
        Record(
            document=_as_accepted(document_of(row)) if row.sha256 in passed else document_of(row),
            sequence=row.change,
            extraction=passed.get(row.sha256) or Extraction.model_validate_json(row.body),
            reviewers=reviewers.get(row.sha256, {}),
        )
        for row in rows
    ]


def _as_accepted(document: Document) -> Document:
    """A document that waits for nothing but an audit: exports have the record that had passed."""
    return dataclasses.replace(document, state=State.ACCEPTED)
