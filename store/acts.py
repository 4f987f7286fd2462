"""What people do at the desk: each act once, on what the person saw, written down, and taken back on request.

An act carries a key of the client. The same key again changes nothing and gives the first answer. The answer is made
inside the transaction of the act, and kept with it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, func, insert, select, update

from schemas.errors import ForbiddenTransition, InvalidValue, StaleField
from schemas.results import Extraction
from schemas.schema import Schema
from store import documents, records
from store.corrections import bare, field_path, rechecked
from store.database import Database
from store.desk_items import PERSONAL, personal, put_personal
from store.desk_tables import ActRow, FieldVersionRow
from store.differences import ROWS, Meanwhile, parts, taken_back, version_at
from store.entities import Document
from store.instants import utc_now
from store.lifecycle import Step, locked, move
from store.records import Deed
from store.states import State
from store.suppliers import Suppliers
from store.tables import CorrectionRow, DocumentRow, TransitionRow

DEPTH = 1000  # acts of one person that undo looks back on
ON_DOCUMENT = ("state", "schema_wanted", "reason", "message", "remedy")  # what acts on whole documents change
_ANSWER = select(ActRow.request, ActRow.answer).where(ActRow.key == bindparam("key"))
_LATELY = (
    select(ActRow.id, ActRow.act, ActRow.undoes)
    .where(ActRow.who == bindparam("who"))
    .order_by(ActRow.id.desc())
    .limit(DEPTH)
)


@dataclass(frozen=True, slots=True)
class Intent:
    """What a person wants, and what they saw when they wanted it."""

    key: str  # of the client, unique
    who: str
    act: str
    path: str = ""
    why: str = ""
    seen: Mapping[str, int] = field(default_factory=dict)  # version of each field as the person saw it
    version: int | None = None  # of the document as the person saw it; None: any
    seconds: float | None = None  # active time
    by: str = ""  # keys, mouse
    shown: Sequence[Any] = ()  # the alternatives on the screen, in JSON's types
    request: Any = None  # what was asked for, in JSON's types: a key is used for one request only


@dataclass(frozen=True, slots=True)
class Made:
    """A document that an act makes of others; its content is stored already."""

    sha256: str
    size: int
    name: str
    source: str  # what it is made of, in words
    schema_name: str | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """A document as one person finds it on the desk."""

    document: Document
    record: Extraction | None
    versions: Mapping[str, int]  # of parts that changed; see differences.version_at
    hands: frozenset[str]  # who set or accepted something in it that stands
    can_undo: bool  # this person
    can_redo: bool

    def version(self, path: str) -> int:
        """Return the version of a field, row or cell."""
        return version_at(self.versions, path)


@dataclass(frozen=True, slots=True)
class Done:
    """What an act did."""

    before: Extraction | None  # the record before it
    scene: Scene  # after it


@dataclass(frozen=True, slots=True)
class DeskAct:
    """One act as it was written down."""

    number: int
    document: str
    act: str
    path: str
    who: str
    at: datetime
    why: str
    undoes: int | None
    version: int
    from_record: int
    to_record: int
    seconds: float | None
    by: str
    shown: Sequence[Any]


Change = Callable[[Extraction], tuple[Extraction, Sequence[Deed]]]
Answering = Callable[[Done], dict[str, Any]]
Schemas = Callable[[str], Schema]
Judging = Callable[[Extraction, Suppliers], Extraction]  # adds what rules demand of a changed record


class Acts:
    """The acts of a store whose tables are up to date.

    Every method raises Unavailable as the store does, UnknownDocument, and InvalidValue when the key was used for
    something else; nothing is written then.
    """

    def __init__(self, database: Database, now: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._now = now

    def scene(self, document: str, who: str) -> Scene:
        """Return a document as `who` finds it."""
        with self._database.read() as connection:
            return _scene(connection, document, who)

    def of(self, document: str) -> list[DeskAct]:
        """Return all acts on a document, first to last."""
        query = select(ActRow).where(ActRow.document == document).order_by(ActRow.id)
        with self._database.read() as connection:
            return [_act_of(row) for row in connection.execute(query)]

    def personal(self, document: str) -> dict[str, Any]:
        """Return what people said about a document in the queue: assignee, postponed_at, postponed_by, note."""
        with self._database.read() as connection:
            return personal(connection, document)

    def finished(self, who: str, since: datetime) -> int:
        """Return how many documents a person brought to an end since a moment."""
        table = ActRow
        ends = (State.ACCEPTED, State.QUARANTINED)
        here = (table.who == documents.storable(who), table.at >= since, table.to_state.in_(ends))
        query = select(func.count(table.document.distinct())).where(*here)
        with self._database.read() as connection:
            return connection.execute(query).scalar_one()

    def change(
        self, document: str, intent: Intent, change: Change, answering: Answering, judging: Judging | None = None
    ) -> dict[str, Any]:
        """Change the record by a pure function of it, and return what `answering` makes of the result.

        Where the function changes nothing, nothing is written and no version is compared.

        Raises:
            InvalidValue: the function raised it.
            StaleField: somebody changed what the person saw.
            ForbiddenTransition: there is no record to decide on.
        """
        with self._database.write() as connection:
            row = locked(connection, document)
            if (known := _answered(connection, intent)) is not None:
                return known
            row, before = records.decided(connection, document)
            after, deeds = change(before)
            if after == before and not deeds:
                return answering(Done(before, _scene(connection, document, intent.who)))
            _refuse_stale(connection, row, intent)
            if judging is not None:
                after = judging(after, Suppliers(connection))
            number = _begin(connection, row, intent, self._now())
            step = self._step(intent)
            record = records.keep(connection, row, before, after, step, deeds, number)
            return _end(connection, number, document, intent, before, answering, to_record=record)

    def move(
        self,
        document: str,
        intent: Intent,
        to: State | None,
        answering: Answering,
        *,
        columns: Mapping[str, Any] | None = None,
        personal_columns: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Bring a whole document to a state (None: it stays), and set what people say about it in the queue.

        Args:
            columns: of the document, some of schema_wanted, message and remedy.
            personal_columns: of the queue: assignee, postponed_at, postponed_by, note.

        Raises:
            StaleVersion: the document is no longer the one the person saw.
            ForbiddenTransition: its state does not lead there.
        """
        with self._database.write() as connection:
            row = locked(connection, document)
            if (known := _answered(connection, intent)) is not None:
                return known
            _refuse_stale(connection, row, intent)
            number = _begin(connection, row, intent, self._now())
            before = _whole(connection, row)
            step = self._step(intent)
            if to is not None:
                version = move(connection, document, to, step, **(columns or {}))
                if intent.act == "reject":
                    deed = Deed("reject", "", None, None)
                    records.note(connection, document, version, row.record, step, [deed], number)
            if personal_columns:
                put_personal(connection, document, personal_columns)
            after = _whole(connection, locked(connection, document))
            detail = {"changes": [{"document": document, "before": before, "after": after}]}
            return _end(connection, number, document, intent, _record(connection, row), answering, detail=detail)

    def derive(
        self, originals: Sequence[str], intent: Intent, made: Sequence[Made], why: str, answering: Answering
    ) -> dict[str, Any]:
        """Let new documents stand for others, which are put aside and kept.

        Args:
            originals: what is put aside; the act is written down at the first.
            intent: of the person.
            made: contents that are stored already.
            why: one sentence for each original.
            answering: makes the answer.

        Raises:
            StaleVersion: the first original is no longer the one the person saw.
            ForbiddenTransition: an original is being processed, or put aside already.
        """
        with self._database.write() as connection:
            rows = [locked(connection, each) for each in sorted(set(originals))]  # in one order: no deadlock
            if (known := _answered(connection, intent)) is not None:
                return known
            first = next(row for row in rows if row.sha256 == originals[0])
            _refuse_stale(connection, first, intent)
            number = _begin(connection, first, intent, self._now())
            step, changes = self._step(intent), []
            for row in rows:
                before = _whole(connection, row)
                told = {
                    "message": f"{row.name}: {why}",
                    "remedy": "Undo it, or retry this document to read it as it is.",
                }
                move(connection, row.sha256, State.QUARANTINED, step, **told)
                changes.append({"document": row.sha256, "before": before, "after": _whole(connection, row)})
            new = [each.sha256 for each in made if _added(connection, each, first.sha256, step)]
            detail = {"changes": changes, "made": new, "live": True}
            return _end(connection, number, first.sha256, intent, _record(connection, first), answering, detail=detail)

    def undo(
        self, intent: Intent, schemas: Schemas, answering: Answering, judging: Judging | None = None
    ) -> dict[str, Any]:
        """Take back the last act of this person that stands, on whatever document; `answering` is told which.

        Raises:
            ForbiddenTransition: there is none, or its document was exported or worked on since.
            StaleField: somebody changed the same field since.
        """
        return self._take_back(intent, schemas, answering, judging, redo=False)

    def redo(
        self, intent: Intent, schemas: Schemas, answering: Answering, judging: Judging | None = None
    ) -> dict[str, Any]:
        """Do again what this person last took back, unless they have done something else since; raises as `undo`."""
        return self._take_back(intent, schemas, answering, judging, redo=True)

    def _take_back(
        self, intent: Intent, schemas: Schemas, answering: Answering, judging: Judging | None, *, redo: bool
    ) -> dict[str, Any]:
        with self._database.read() as connection:
            if (known := _answered(connection, intent)) is not None:
                return known
            target = _next(connection, intent.who)[redo]
        if target is None:
            raise ForbiddenTransition(f"There is nothing to {'do again' if redo else 'take back'}.")
        with self._database.write() as connection:
            row = locked(connection, target.document)
            if (known := _answered(connection, intent)) is not None:
                return known
            if _exported_since(connection, target):
                raise ForbiddenTransition(
                    f"{row.name} was exported since, so this is not taken back. Correct it: it is exported again."
                )
            before = _record(connection, row)
            number = _begin(connection, row, intent, self._now(), undoes=target.id, path=target.path)
            if target.from_record != target.to_record:
                to_record = self._restore_record(connection, row, target, number, intent, schemas, judging)
                return _end(connection, number, row.sha256, intent, before, answering, to_record=to_record)
            detail = self._restore_whole(connection, target, number, intent)
            return _end(connection, number, row.sha256, intent, before, answering, detail=detail)

    def _restore_record(
        self,
        connection: Connection,
        row: Row[Any],
        target: Row[Any],
        number: int,
        intent: Intent,
        schemas: Schemas,
        judging: Judging | None,
    ) -> int:
        row, now = records.decided(connection, row.sha256)
        old = records.current(connection, row.sha256, target.from_record)
        new = records.current(connection, row.sha256, target.to_record)
        if now.schema_name != old.schema_name:
            raise ForbiddenTransition(f"{row.name} was read as another kind of document since. Nothing was taken back.")
        try:
            restored, touched = taken_back(now, old, new)
        except Meanwhile as meanwhile:
            raise _stale(connection, row, meanwhile.path) from None
        if restored is not old:
            waived = records.waived(connection, row.sha256)
            restored = rechecked(restored, old.problems, schemas(str(now.schema_name)), waived)
            if judging is not None:
                restored = judging(restored, Suppliers(connection))
        before, after = parts(now), parts(restored)
        deeds = [
            Deed("undo", path, _bare(now, path, before), _bare(restored, path, after))
            for path in touched
            if not path.endswith(ROWS)
        ]
        return records.keep(connection, row, now, restored, self._step(intent), deeds, number)

    def _restore_whole(self, connection: Connection, target: Row[Any], number: int, intent: Intent) -> dict[str, Any]:
        detail, step, changes = json.loads(target.detail), self._step(intent), []
        for change in sorted(detail["changes"], key=lambda one: str(one["document"])):
            each = locked(connection, change["document"])
            present = _whole(connection, each)
            if present != change["after"]:
                raise ForbiddenTransition(f"{each.name} was changed or worked on since. Nothing was taken back.")
            _bring_back(connection, each, change["before"], step, number)
            changes.append({"document": each.sha256, "before": present, "after": change["before"]})
        made, live = detail.get("made", []), detail.get("live", False)
        for document in made:
            _put_away(connection, document, step) if live else _revive(connection, document, step)
        return {"changes": changes, "made": made, "live": not live}

    def _step(self, intent: Intent) -> Step:
        return Step(documents.storable(intent.who), self._now(), documents.storable(intent.why or intent.act))


def _bring_back(connection: Connection, row: Row[Any], wanted: Mapping[str, Any], step: Step, number: int) -> None:
    """Give a document the state, the columns and what people said of it as they were."""
    columns = {name: wanted["document"][name] for name in ON_DOCUMENT if name != "state"}
    to = State(wanted["document"]["state"])
    if to != State(row.state):
        if State(row.state) is State.QUARANTINED and to not in (State.IN_REVIEW, State.RECEIVED):
            move(connection, row.sha256, State.IN_REVIEW, step)
        version = move(connection, row.sha256, to, step, **columns)
        records.note(connection, row.sha256, version, row.record, step, [Deed("undo", "", None, None)], number)
    put_personal(connection, row.sha256, wanted["personal"])


def _added(connection: Connection, made: Made, parent: str, step: Step) -> bool:
    """Add a new document; False where its content was there before and is in use."""
    is_new = documents.add(connection, made.sha256, made.size, made.name, made.schema_name, parent, step)
    documents.add_alias(connection, made.sha256, made.name, made.source, "", parent, step.at)
    if not is_new and locked(connection, made.sha256).state == State.QUARANTINED:
        move(connection, made.sha256, State.RECEIVED, step, attempts=0)
        return True
    return is_new


def _put_away(connection: Connection, document: str, step: Step) -> None:
    """Put a document away that an act made and that is taken back; one that people worked on stays."""
    row = locked(connection, document)
    acts = [act for act in records.corrections(connection, [document]) if not act.undone and act.act != "undo"]
    if acts or row.state == State.EXPORTED:
        raise ForbiddenTransition(f"{row.name} came of this, and was worked on or exported. Nothing was taken back.")
    if row.state != State.QUARANTINED:
        told = {
            "message": f"{row.name} came of an act that was taken back.",
            "remedy": "Retry it to read it all the same.",
        }
        move(connection, document, State.QUARANTINED, step, **told)


def _revive(connection: Connection, document: str, step: Step) -> None:
    if locked(connection, document).state == State.QUARANTINED:
        move(connection, document, State.RECEIVED, step, attempts=0)


def _answered(connection: Connection, intent: Intent) -> dict[str, Any] | None:
    """The first answer to this key, if it was used before."""
    row = connection.execute(_ANSWER, {"key": intent.key}).one_or_none()
    if row is None:
        return None
    if row.request != _hash(intent):
        raise InvalidValue("This key was used for something else. Use a new key for every act.")
    answer: dict[str, Any] = json.loads(row.answer)
    return answer


def _hash(intent: Intent) -> str:
    asked = [intent.who, intent.act, intent.path, intent.request]
    return hashlib.sha256(json.dumps(asked, sort_keys=True, default=str).encode()).hexdigest()


def _begin(
    connection: Connection, row: Row[Any], intent: Intent, at: datetime, *, undoes: int | None = None, path: str = ""
) -> int:
    """Write the act down as far as it is known; return its number."""
    statement = insert(ActRow).values(
        key=intent.key,
        request=_hash(intent),
        who=documents.storable(intent.who),
        at=at,
        document=row.sha256,
        act=intent.act,
        path=intent.path or path,
        why=documents.storable(intent.why),
        undoes=undoes,
        version=row.version,
        from_record=row.record,
        to_record=row.record,
        from_state=row.state,
        to_state=row.state,
        detail="{}",
        seconds=intent.seconds,
        by=intent.by,
        shown=json.dumps(list(intent.shown)),
        answer="{}",
    )
    return int(connection.execute(statement.returning(ActRow.id)).scalar_one())


def _end(
    connection: Connection,
    number: int,
    document: str,
    intent: Intent,
    before: Extraction | None,
    answering: Answering,
    *,
    to_record: int | None = None,
    detail: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Complete the act with what came of it, and with its answer."""
    row = locked(connection, document)
    values: dict[str, Any] = {"version": row.version, "to_state": row.state}
    if to_record is not None:
        values["to_record"] = to_record
    if detail is not None:
        values["detail"] = json.dumps(detail)
    connection.execute(update(ActRow).where(ActRow.id == number).values(**values))
    said = json.dumps(answering(Done(before, _scene(connection, document, intent.who))))
    connection.execute(update(ActRow).where(ActRow.id == number).values(answer=said))
    answer: dict[str, Any] = json.loads(said)
    return answer


def _refuse_stale(connection: Connection, row: Row[Any], intent: Intent) -> None:
    """Raise unless everything that the person saw still is so."""
    present = records.versions(connection, row.sha256)
    for path, version in intent.seen.items():
        if version_at(present, path) != version:
            raise _stale(connection, row, path)
    if intent.version is not None and intent.version != row.version:
        raise _stale(connection, row, "")


def _stale(connection: Connection, row: Row[Any], path: str) -> StaleField:
    table = FieldVersionRow
    query = select(table.who, table.at).where(table.document == row.sha256).order_by(table.version.desc())
    last = connection.execute(query.where(table.path.startswith(path, autoescape=True)).limit(1)).one_or_none()
    what = path or row.name
    by = f" by {last.who}" if last else ""
    return StaleField(
        f"{what} was changed{by} in the meantime. Nothing was written; look at both values.",
        path,
        last.who if last else "",
        last.at if last else None,
    )


def _scene(connection: Connection, document: str, who: str) -> Scene:
    found = documents.get(connection, document)
    undoable, redoable = _next(connection, who)
    return Scene(
        document=found,
        record=records.current(connection, document, found.record) if found.record else None,
        versions=records.versions(connection, document),
        hands=frozenset(connection.execute(_hands(), {"document": document}).scalars()),
        can_undo=undoable is not None and not _exported_since(connection, undoable),
        can_redo=redoable is not None and not _exported_since(connection, redoable),
    )


@cache  # building it takes longer than to ask
def _hands() -> Select[tuple[str]]:
    """Who set or accepted something in a document that stands."""
    table = CorrectionRow
    here = (table.document == bindparam("document"), table.act.in_(("set", "accept")), records.stands())
    return select(table.who.distinct()).where(*here)


def _next(connection: Connection, who: str) -> tuple[Row[Any] | None, Row[Any] | None]:
    """The acts that this person's undo and redo are about."""
    off: set[int] = set()
    redo, is_new = None, False  # what was taken back before something new was done stays so
    for number, act, undoes in connection.execute(_LATELY, {"who": documents.storable(who)}):
        if undoes is None:
            is_new = True
            if number not in off:
                return _act_row(connection, number), redo
        elif number not in off:
            off.add(undoes)
            if act == "undo" and redo is None and not is_new:
                redo = _act_row(connection, number)
    return None, redo


def _act_row(connection: Connection, number: int) -> Row[Any]:
    table = ActRow
    columns = (table.id, table.document, table.path, table.version, table.from_record, table.to_record, table.detail)
    return connection.execute(select(*columns).where(table.id == number)).one()


def _exported_since(connection: Connection, act: Row[Any]) -> bool:
    table = TransitionRow
    here = (table.document == act.document, table.to_state == State.EXPORTED, table.version > act.version)
    return connection.execute(select(table.id).where(*here).limit(1)).first() is not None


def _whole(connection: Connection, row: Row[Any]) -> dict[str, Any]:
    """What acts on a whole document change, in JSON's types."""
    columns = [getattr(DocumentRow, name) for name in ON_DOCUMENT]
    found = connection.execute(select(*columns).where(DocumentRow.sha256 == row.sha256)).one()
    said = personal(connection, row.sha256)
    return {"document": dict(found._mapping), "personal": {name: said[name] for name in PERSONAL}}


def _record(connection: Connection, row: Row[Any]) -> Extraction | None:
    return records.current(connection, row.sha256, row.record) if row.record else None


def _bare(record: Extraction, path: str, there: Mapping[str, Any]) -> Any:
    return bare(record, field_path(path)) if path in there else None


def _act_of(row: Row[Any]) -> DeskAct:
    return DeskAct(
        number=row.id,
        document=row.document,
        act=row.act,
        path=row.path,
        who=row.who,
        at=row.at,
        why=row.why,
        undoes=row.undoes,
        version=row.version,
        from_record=row.from_record,
        to_record=row.to_record,
        seconds=row.seconds,
        by=row.by,
        shown=json.loads(row.shown),
    )
