"""Audits beside the records: kept with them, and what exports may have while one is pending."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, exists, select

from schemas.confidence import Audit
from schemas.results import Extraction
from store.confidence_tables import AuditRow
from store.documents import insert_if_absent
from store.states import State
from store.tables import CorrectionRow, DocumentRow, ExtractionRow


def keep_audits(connection: Connection, audits: Iterable[Audit], record: int, at: datetime) -> None:
    """Keep what was drawn in a document, for use in the transaction that keeps its record."""
    for audit in audits:
        insert_if_absent(
            connection,
            AuditRow.__table__,
            document=audit.document,
            record=record,
            path=audit.path,
            certificate=audit.certificate,
            confidence=audit.confidence,
            released=audit.released,
            at=at,
            is_right=None,
            judged_at=None,
        )


def released(connection: Connection, documents: Sequence[str]) -> dict[str, Extraction]:
    """Return the records that may be exported of documents that wait only for an audit.

    Once a person has changed anything, the machine's record is no longer given: the document waits until they are done.
    """
    changed = exists().where(
        CorrectionRow.document == AuditRow.document,
        CorrectionRow.record > AuditRow.record,
        CorrectionRow.act.in_(("set", "reject")),
    )
    query = (
        select(ExtractionRow.document, ExtractionRow.body)
        .join(AuditRow, (AuditRow.document == ExtractionRow.document) & (AuditRow.record == ExtractionRow.sequence))
        .join(DocumentRow, DocumentRow.sha256 == AuditRow.document)
        .where(DocumentRow.sha256.in_(documents), DocumentRow.state == State.IN_REVIEW)
        .where(AuditRow.released.is_(True), AuditRow.judged_at.is_(None), ~changed)
        .order_by(AuditRow.record)
    )
    return {row.document: Extraction.model_validate_json(row.body) for row in connection.execute(query)}
