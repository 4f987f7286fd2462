"""Records: what was extracted from a document, by machines and by people; nothing is ever overwritten."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Connection, Row, bindparam, delete, exists, func, insert, select
from sqlalchemy.orm import aliased

from schemas.confidence import Audit
from schemas.errors import ForbiddenTransition
from schemas.results import Evidence, Extraction
from schemas.schema import Schema
from store.audits import keep_audits
from store.corrections import FieldPath, carried_over, field_path
from store.desk_tables import ActRow, FieldVersionRow
from store.differences import changed_paths
from store.entities import Act, Claim, Correction
from store.lifecycle import Step, locked, move
from store.states import DECIDED, State
from store.tables import CorrectionRow, ExtractionRow
from store.webhooks import emit

DECIDING = ("set", "accept", "second_entry")  # acts that a later reading may not overwrite
PATHS_AT_ONCE = 300  # of one statement: SQLite takes 32,766 variables

_RECORD = select(ExtractionRow).where(
    ExtractionRow.document == bindparam("document"), ExtractionRow.sequence == bindparam("sequence")
)
_EXTRACTOR = _RECORD.with_only_columns(ExtractionRow.extractor_version)
_LAST = select(func.max(ExtractionRow.sequence)).where(ExtractionRow.document == bindparam("document"))
_VERSIONS = select(FieldVersionRow.path, FieldVersionRow.version).where(
    FieldVersionRow.document == bindparam("document")
)
_EVIDENCE: TypeAdapter[tuple[Evidence, ...]] = TypeAdapter(tuple[Evidence, ...])


class Deed(NamedTuple):
    """What a person did to a field, or (path "") to the whole record; values bare, in JSON's types."""

    act: Act
    path: str
    old: Any
    new: Any
    evidence: tuple[Evidence, ...] = ()


def key_of(document: str, schema_version: str, extractor_version: str) -> str:
    """Return the idempotence key: the same content, schema and extractor give one record, however often they run."""
    return hashlib.sha256(f"{document}\n{schema_version}\n{extractor_version}".encode()).hexdigest()


def save(
    connection: Connection,
    claim: Claim,
    extraction: Extraction,
    extractor_version: str,
    schema: Schema,
    step: Step,
    shown: Extraction | None = None,
    audits: Iterable[Audit] = (),
) -> int:
    """Keep a machine's reading as the current record, with what people decided before; return the new version.

    A reading under a key that is stored already changes nothing: the first one stays. With audits the reading is kept
    as it is, and then as people are to see it (`shown`), which becomes the current record.
    """
    row = locked(connection, claim.document)
    key = key_of(claim.document, extraction.schema_version, extractor_version)
    stored = connection.execute(select(ExtractionRow).where(ExtractionRow.key == key)).one_or_none()
    if stored is None:
        sequence = _append(connection, extraction, extractor_version, step, key)
    else:
        sequence, extraction = stored.sequence, _extraction_of(stored)
    if shown is not None:
        keep_audits(connection, audits, sequence, step.at)
        sequence, extraction = _append(connection, shown, extractor_version, step, None), shown
    if row.record:
        before = current(connection, row.sha256, row.record)
        sequence, extraction = _with_decisions(
            connection, row, before, sequence, extraction, extractor_version, schema, step
        )
        note_changes(connection, row.sha256, before, extraction, row.version + 1, step)
    columns = {"record": sequence, "schema_name": extraction.schema_name}
    return move(connection, claim.document, State.EXTRACTED, step, **columns)


def current(connection: Connection, document: str, record: int) -> Extraction:
    """Return one record of a document by its number."""
    return _extraction_of(connection.execute(_RECORD, {"document": document, "sequence": record}).one())


def every(connection: Connection, document: str) -> list[Extraction]:
    """Return all records of a document, first to last."""
    query = select(ExtractionRow).where(ExtractionRow.document == document).order_by(ExtractionRow.sequence)
    return [_extraction_of(row) for row in connection.execute(query)]


def decided(connection: Connection, document: str) -> tuple[Row[Any], Extraction]:
    """Return the held row and the current record of a document that a person may decide on.

    Raises:
        UnknownDocument: there is none.
        ForbiddenTransition: it has no record yet, or a worker is to process it again.
    """
    row = locked(connection, document)
    if row.state not in DECIDED or not row.record:
        raise ForbiddenTransition(
            f"{row.name} ({document[:12]}) is {row.state.replace('_', ' ')} and has no record to decide on. "
            "If no schema was recognised, name one: docassay retry DOCUMENT --schema NAME."
        )
    return row, current(connection, document, row.record)


def keep(
    connection: Connection,
    row: Row[Any],
    before: Extraction,
    changed: Extraction,
    step: Step,
    deeds: Iterable[Deed],
    event: int,
) -> int:
    """Keep the record that an act made, what it did to each field, and move the document on; return its number."""
    here = {"document": row.sha256, "sequence": row.record}
    extractor_version = connection.execute(_EXTRACTOR, here).scalar_one()
    sequence = _append(connection, changed, extractor_version, step, None)
    to = State.ACCEPTED if changed.decision == "accepted" else State.IN_REVIEW
    version = move(connection, row.sha256, to, step, record=sequence)
    done = list(deeds)
    note(connection, row.sha256, version, sequence, step, done, event)
    note_changes(connection, row.sha256, before, changed, version, step)
    corrected = [deed.path for deed in done if deed.act == "set" and deed.old != deed.new]
    if corrected:
        about = {"document": row.sha256, "name": row.name, "schema": changed.schema_name, "state": to.value}
        more = {"version": version, "who": step.who, "fields": corrected}
        emit(connection, "document.corrected", {**about, **more}, step.at)
    return sequence


def note(
    connection: Connection,
    document: str,
    version: int,
    record: int,
    step: Step,
    deeds: Iterable[Deed],
    event: int,
) -> None:
    """Add what an act of a person did to the history; `event` is the number of the act."""
    rows = [
        {
            "document": document,
            "version": version,
            "record": record,
            "act": act,
            "path": path,
            "old": json.dumps(old, ensure_ascii=True),
            "new": json.dumps(new, ensure_ascii=True),
            "evidence": _EVIDENCE.dump_json(evidence).decode() if evidence else None,
            "who": step.who,
            "at": step.at,
            "why": step.why,
            "event": event,
        }
        for act, path, old, new, evidence in deeds
    ]
    if rows:
        connection.execute(insert(CorrectionRow), rows)


def corrections(connection: Connection, documents: Iterable[str]) -> list[Correction]:
    """Return what people did to these documents, first to last."""
    named = list(documents)
    query = select(CorrectionRow).where(CorrectionRow.document.in_(named)).order_by(CorrectionRow.id)
    taken_back = undone(connection, named)
    return [
        Correction(
            document=row.document,
            version=row.version,
            record=row.record,
            act=row.act,
            path=row.path,
            old=json.loads(row.old),
            new=json.loads(row.new),
            evidence=_EVIDENCE.validate_json(row.evidence) if row.evidence else (),
            who=row.who,
            at=row.at,
            why=row.why,
            event=row.event,
            undone=row.event in taken_back,
        )
        for row in connection.execute(query)
    ]


def undone(connection: Connection, documents: Sequence[str]) -> set[int]:
    """Return the numbers of the acts on these documents that were taken back and not done again since."""
    query = select(ActRow.id, ActRow.undoes).where(ActRow.document.in_(documents), ActRow.undoes.is_not(None))
    out: set[int] = set()
    for number, undoes in connection.execute(query.order_by(ActRow.id.desc())):
        if number not in out:
            out.add(undoes)
    return out


@cache  # building it takes longer than most queries
def stands() -> ColumnElement[bool]:
    """Return the condition that a correction was not taken back, or was done again since, for use in a query."""
    undo, redo = aliased(ActRow), aliased(ActRow)
    redone = exists().where(redo.undoes == undo.id)
    return ~exists().where(undo.undoes == CorrectionRow.event, ~redone)


def versions(connection: Connection, document: str) -> dict[str, int]:
    """Return the versions of the parts of a record that changed since the first one, by path."""
    return dict(connection.execute(_VERSIONS, {"document": document}).tuples().all())


def note_changes(
    connection: Connection, document: str, before: Extraction, after: Extraction, version: int, step: Step
) -> None:
    """Give every part that differs between two records the version that the document has after the step."""
    paths = changed_paths(before, after)
    table = FieldVersionRow
    for first in range(0, len(paths), PATHS_AT_ONCE):
        some = paths[first : first + PATHS_AT_ONCE]
        connection.execute(delete(table).where(table.document == document, table.path.in_(some)))
        same = {"document": document, "version": version, "who": step.who, "at": step.at}
        connection.execute(insert(table), [{"path": path, **same} for path in some])


def _with_decisions(
    connection: Connection,
    row: Row[Any],
    before: Extraction,
    sequence: int,
    reading: Extraction,
    extractor_version: str,
    schema: Schema,
    step: Step,
) -> tuple[int, Extraction]:
    """Return the record, with its number, that is `reading` with a person's decisions on the one `before`."""
    if before.schema_name != reading.schema_name:
        return sequence, reading
    paths = _decided_paths(connection, row.sha256, before)
    merged = carried_over(before, reading, paths, waived(connection, row.sha256), schema)
    if merged == reading:
        return sequence, reading
    if merged == before:
        return int(row.record), before
    return _append(connection, merged, extractor_version, step, None), merged


def _decided_paths(connection: Connection, document: str, record: Extraction) -> set[FieldPath]:
    """Return what people set or accepted under the schema of `record`; accepting it whole decides every field."""
    query = select(ExtractionRow.sequence).where(
        ExtractionRow.document == document, ExtractionRow.schema_name == record.schema_name
    )
    of_schema = set(connection.execute(query).scalars())
    texts = {
        act.path
        for act in corrections(connection, [document])
        if act.act in DECIDING and not act.undone and act.record in of_schema
    }
    if "" in texts:
        return {FieldPath(name) for name in record.fields}
    return {field_path(text) for text in texts}


def waived(connection: Connection, document: str) -> set[str]:
    """Return the messages of the problems that were open when a person accepted the record whole."""
    whole = [
        act for act in corrections(connection, [document]) if act.act == "accept" and not act.path and not act.undone
    ]
    return {message for act in whole for message in act.old or ()}


def _append(connection: Connection, extraction: Extraction, extractor_version: str, step: Step, key: str | None) -> int:
    sequence = (connection.execute(_LAST, {"document": extraction.document}).scalar() or 0) + 1
    row = {
        "document": extraction.document,
        "sequence": sequence,
        "key": key,
        "schema_name": extraction.schema_name,
        "schema_version": extraction.schema_version,
        "extractor_version": extractor_version,
        "body": extraction.model_dump_json(),
        "created_at": step.at,
    }
    connection.execute(insert(ExtractionRow), row)
    return sequence


def _extraction_of(row: Row[Any]) -> Extraction:
    return Extraction.model_validate_json(row.body)
