"""What lasts of the confidence: labels, audits, scorers, certificates. Joins the records and does not change them."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, case, func, insert, select, update

from schemas.confidence import Certificate, Gate, LabelledAnswer, PoolState
from schemas.fields import Kind
from schemas.results import Extraction
from store.confidence_tables import AuditRow, CertificateRow, ConfidenceMarkRow, LabelRow, PoolRow, ScorerRow
from store.database import Database
from store.documents import PAGE, insert_if_absent
from store.instants import utc_now
from store.states import State
from store.tables import CorrectionRow, DocumentRow, ExtractionRow
from store.webhooks import emit

FINISHED = (State.ACCEPTED, State.EXPORTED)  # a person's word is complete
_READ, _SECRET = "corrections", "secret"


@dataclass(frozen=True, slots=True)
class Judged:
    """A document that people are done with: what the machine said, and what stands now."""

    document: str
    record: int  # number of the machine's record
    machine: Extraction
    shown: Extraction  # what people saw: audited answers wait in it
    final: Extraction
    who: str  # of the last act
    at: datetime
    audited: frozenset[str]  # paths


@dataclass(frozen=True, slots=True)
class AuditedDocument:
    """What audits found in one document, under one certificate."""

    document: str
    answers: int
    wrong: int
    at: datetime  # of the last judgement


@dataclass(frozen=True, slots=True)
class EndedCertificate:
    """A certificate that is no longer in force."""

    certificate: Certificate
    end: str  # replaced, voided
    ended_at: datetime
    why: str


class ConfidenceStore:
    """The confidence of a store whose tables are up to date. Every method raises Unavailable as the store does."""

    def __init__(self, database: Database, now: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._now = now

    # --- what is in force ------------------------------------------------------------------------------------------

    def gate(self) -> Gate:
        """Return the certificates in force."""
        query = select(CertificateRow.body).where(CertificateRow.ended_at.is_(None)).order_by(CertificateRow.at)
        with self._database.read() as connection:
            bodies = connection.execute(query).scalars().all()
        return Gate(tuple(Certificate.model_validate_json(body) for body in bodies))

    def certificates(self) -> list[Certificate]:
        """Return every certificate that there ever was, oldest first."""
        with self._database.read() as connection:
            bodies = connection.execute(select(CertificateRow.body).order_by(CertificateRow.at)).scalars().all()
        return [Certificate.model_validate_json(body) for body in bodies]

    def ended(self) -> list[EndedCertificate]:
        """Return the certificates that are no longer in force, in the order in which they ended."""
        table = CertificateRow
        query = select(table).where(table.ended_at.is_not(None)).order_by(table.ended_at)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return [EndedCertificate(Certificate.model_validate_json(r.body), r.end, r.ended_at, r.why) for r in rows]

    def issue(self, certificate: Certificate) -> None:
        """Put a certificate in force."""
        row = {"id": certificate.id, "body": certificate.model_dump_json(), "at": certificate.at}
        with self._database.write() as connection:
            connection.execute(insert(CertificateRow), {**row, "ended_at": None, "end": "", "why": ""})

    def end(self, certificate: str, how: str, why: str) -> None:
        """Take a certificate out of force; one that ended already stays as it ended."""
        here = (CertificateRow.id == certificate, CertificateRow.ended_at.is_(None))
        now = self._now()
        values = {"ended_at": now, "end": how, "why": why}
        with self._database.write() as connection:
            ended = connection.execute(update(CertificateRow).where(*here).values(**values)).rowcount
            if ended and how == "voided":
                emit(connection, "certificate.voided", {"certificate": certificate, "why": why}, now)

    def scorer(self) -> str | None:
        """Return the text of the scorer that was adopted last; None: none was."""
        query = select(ScorerRow.text).order_by(ScorerRow.adopted_at.desc()).limit(1)
        with self._database.read() as connection:
            return connection.execute(query).scalar()

    def adopt(self, version: str, text: str, why: str) -> None:
        """Make a scorer the one in use; one that was in use before is again."""
        values = {"text": text, "adopted_at": self._now(), "why": why}
        with self._database.write() as connection:
            insert_if_absent(connection, ScorerRow.__table__, version=version, **values)
            connection.execute(update(ScorerRow).where(ScorerRow.version == version).values(**values))

    def pools(self) -> list[PoolState]:
        """Return where every pool stood at the last update, in the order of their names."""
        with self._database.read() as connection:
            bodies = connection.execute(select(PoolRow.body).order_by(PoolRow.pool)).scalars().all()
        return [PoolState.model_validate_json(body) for body in bodies]

    def keep_pools(self, states: Iterable[PoolState]) -> None:
        """Keep where the pools stand; those that are not named stay as they were."""
        at = self._now()
        with self._database.write() as connection:
            for state in states:
                values = {"body": state.model_dump_json(), "at": at}
                insert_if_absent(connection, PoolRow.__table__, pool=state.pool.key, **values)
                connection.execute(update(PoolRow).where(PoolRow.pool == state.pool.key).values(**values))

    def latest_readings(self, schema: str, limit: int) -> list[dict[str, Any]]:
        """Return the fields of the last records that machines made under a schema, newest first, in JSON's types."""
        table = ExtractionRow
        query = (
            select(table.body)
            .where(table.key.is_not(None), table.schema_name == schema)
            .order_by(table.created_at.desc(), table.document)
            .limit(limit)
        )
        with self._database.read() as connection:
            return [json.loads(body)["fields"] for body in connection.execute(query).scalars()]

    def note(self, name: str, value: str | None = None) -> str:
        """Return what is noted under a name ("" if nothing is), after noting `value` if there is one."""
        if value is None:
            query = select(ConfidenceMarkRow.value).where(ConfidenceMarkRow.name == name)
            with self._database.read() as connection:
                return str(connection.execute(query).scalar() or "")
        with self._database.write() as connection:
            _mark(connection, name, value)
            here = ConfidenceMarkRow.name == name
            connection.execute(update(ConfidenceMarkRow).where(here).values(value=value))
        return value

    # --- audits ----------------------------------------------------------------------------------------------------

    def secret(self) -> str:
        """Return the secret of the draws of this installation, made at the first call: nobody can foresee an audit."""
        with self._database.read() as connection:
            known = connection.execute(
                select(ConfidenceMarkRow.value).where(ConfidenceMarkRow.name == _SECRET)
            ).scalar()
        if known is not None:
            return str(known)
        with self._database.write() as connection:
            return str(_mark(connection, _SECRET, secrets.token_hex(16)).value)

    def audits(self, certificate: str) -> list[AuditedDocument]:
        """Return what audits found under a certificate, by document, in the order in which they were judged."""
        table = AuditRow
        wrong = func.sum(case((table.is_right.is_(False), 1), else_=0))
        last = func.max(table.judged_at)
        query = (
            select(table.document, func.count(), wrong, last)
            .where(table.certificate == certificate, table.judged_at.is_not(None))
            .group_by(table.document)
            .order_by(last, table.document)
        )
        with self._database.read() as connection:
            return [AuditedDocument(*row) for row in connection.execute(query).all()]

    def pending_audits(self) -> int:
        """Return how many documents wait for a person because of an audit."""
        query = select(func.count(AuditRow.document.distinct())).where(AuditRow.judged_at.is_(None))
        with self._database.read() as connection:
            return connection.execute(query).scalar_one()

    # --- labels ----------------------------------------------------------------------------------------------------

    def judged(self, limit: int = PAGE) -> tuple[list[Judged], int | None]:
        """Return documents about which people have spoken since the last `mark_read`, and how far that is.

        Only those that people are done with: half of a review says more about wrong values than about right ones. Such
        a document comes when the last word has been spoken. None instead of a number: nothing new.
        """
        with self._database.read() as connection:
            since = _read_up_to(connection)
            table = CorrectionRow
            query = select(table.id, table.document).where(table.id > since).order_by(table.id).limit(limit)
            new = connection.execute(query).all()
            documents = list(dict.fromkeys(row.document for row in new))
            found = [each for document in documents if (each := _judged(connection, document)) is not None]
        return found, new[-1].id if new else None

    def mark_read(self, up_to: int) -> None:
        """Note that the labels of everything that people said up to there are kept."""
        with self._database.write() as connection:
            _mark(connection, _READ, "")
            table = ConfidenceMarkRow
            connection.execute(update(table).where(table.name == _READ).values(number=up_to))

    def add_labels(self, labels: Iterable[LabelledAnswer]) -> int:
        """Keep labels, and outcomes of audits among them; what is there stays as it is. Return how many are new."""
        added = 0
        with self._database.write() as connection:
            for label in labels:
                row = _row_of(label)
                key = {name: row[name] for name in ("document", "record", "path")}
                here = [getattr(LabelRow, name) == value for name, value in key.items()]
                if connection.execute(select(LabelRow.path).where(*here)).first() is not None:
                    continue
                connection.execute(insert(LabelRow), row)
                added += 1
                connection.execute(
                    update(AuditRow)
                    .where(*(getattr(AuditRow, name) == value for name, value in key.items()))
                    .values(is_right=label.right, judged_at=label.at)
                )
        return added

    def labels(self) -> Iterator[LabelledAnswer]:
        """Yield all labels, in the order in which they were given."""
        query = select(LabelRow).order_by(LabelRow.at, LabelRow.document, LabelRow.record, LabelRow.path)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        yield from map(_label_of, rows)


def _judged(connection: Connection, document: str) -> Judged | None:
    row = connection.execute(select(DocumentRow).where(DocumentRow.sha256 == document)).one()
    if row.state not in FINISHED or not row.record:
        return None
    last = connection.execute(
        select(CorrectionRow).where(CorrectionRow.document == document).order_by(CorrectionRow.id.desc()).limit(1)
    ).one()
    first = connection.execute(
        select(func.min(CorrectionRow.record)).where(CorrectionRow.document == document, CorrectionRow.act != "reject")
    ).scalar()
    if first is None:
        return None
    table = ExtractionRow
    query = select(table).where(table.document == document).order_by(table.sequence)
    records = {r.sequence: r for r in connection.execute(query)}
    # What the machine last said before people spoke; what it read later knew their word.
    machine = max((n for n, r in records.items() if r.key is not None and n < first), default=None)
    if machine is None or records[machine].schema_name != records[row.record].schema_name:
        return None
    audited = select(AuditRow.path).where(AuditRow.document == document, AuditRow.record == machine)
    return Judged(
        document=document,
        record=machine,
        machine=Extraction.model_validate_json(records[machine].body),
        shown=Extraction.model_validate_json(records[max(n for n in records if n < first)].body),
        final=Extraction.model_validate_json(records[row.record].body),
        who=last.who,
        at=last.at,
        audited=frozenset(connection.execute(audited).scalars()),
    )


def _read_up_to(connection: Connection) -> int:
    query = select(ConfidenceMarkRow.number).where(ConfidenceMarkRow.name == _READ)
    return int(connection.execute(query).scalar() or 0)


def _mark(connection: Connection, name: str, value: str) -> Row[Any]:
    """The mark of that name, made if need be (in a writing transaction)."""
    query = select(ConfidenceMarkRow.value, ConfidenceMarkRow.number).where(ConfidenceMarkRow.name == name)
    found = connection.execute(query).one_or_none()
    if found is None:
        insert_if_absent(connection, ConfidenceMarkRow.__table__, name=name, value=value, number=0)
        found = connection.execute(query).one()
    return found


def _row_of(label: LabelledAnswer) -> dict[str, Any]:
    return {
        "document": label.document,
        "record": label.record,
        "path": label.path,
        "schema_name": label.schema_name,
        "kind": label.kind.value,
        "answer": label.answer,
        "origin": label.origin,
        "maximum_error": label.maximum_error,
        "signals": json.dumps(dict(label.signals), sort_keys=True),
        "confidence": label.confidence,
        "scorer": label.scorer,
        "is_right": label.right,
        "who": label.who,
        "at": label.at,
        "how": label.how,
        "drawn": label.drawn,
        "in_force": " ".join(label.in_force),
        "inclusion": label.inclusion,
    }


def _label_of(row: Row[Any]) -> LabelledAnswer:
    return LabelledAnswer(
        document=row.document,
        record=row.record,
        path=row.path,
        schema_name=row.schema_name,
        kind=Kind(row.kind),
        answer=row.answer,
        origin=row.origin,
        maximum_error=row.maximum_error,
        signals=json.loads(row.signals),
        confidence=row.confidence,
        scorer=row.scorer,
        right=row.is_right,
        who=row.who,
        at=row.at,
        how=row.how,
        drawn=row.drawn,
        in_force=tuple(row.in_force.split()),
        inclusion=row.inclusion,
    )
