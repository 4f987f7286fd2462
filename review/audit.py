"""Which accepted answers a person judges without knowing that they were accepted.

Audits are drawn by document: a share of the documents in which anything passed, by a hash of the document and a secret
of the installation, so that neither the confidence nor the sender has a say in it. In a drawn document everything that
passed goes to a person. Every accepted answer thus has the same chance, and of a hundred documents that could go
through untouched only as many wait as the share says; drawing single answers one by one would reach most documents
that have twenty fields. What follows from several answers of one document is dealt with where they are counted
(evaluation.pools: one a document; evaluation.alarm: a document is one trial).
"""

from __future__ import annotations

from collections.abc import Mapping

from schemas.confidence import PROVED, Audit, accepted_by_machine
from schemas.draws import share
from schemas.results import ConfidenceStatus, Extraction, FieldResult, RowResult


def is_drawn(secret: str, document: str, audit_share: float) -> bool:
    """Return whether a document is drawn: always the same for one document and one installation."""
    return share(secret, document, "audit") < audit_share


def blinded(extraction: Extraction, status: ConfidenceStatus, *, holds: bool) -> tuple[Extraction, tuple[Audit, ...]]:
    """Return the record as a person is to see it, and the audits in it; the record itself if nothing had passed.

    Args:
        extraction: of a document that is drawn.
        status: what confidences are called that no certificate speaks for.
        holds: keep the document back from exports until the person has spoken, even if nothing else waits in it.
    """
    passed = tuple(accepted_by_machine(extraction))
    if not passed:
        return extraction, ()
    released = not holds and extraction.decision == "accepted"
    audits = tuple(
        Audit(extraction.document, 0, result.name, result.certificate or PROVED, result.confidence, released)
        for result in passed
    )
    fields: Mapping[str, FieldResult] = {result.name: _waiting(result, status) for result in passed}
    rows = {
        name: tuple(_waiting_row(row) for row in rows) if name in fields else rows
        for name, rows in extraction.rows.items()
    }
    return extraction.model_copy(update={"fields": {**extraction.fields, **fields}, "rows": rows}), audits


def _waiting(result: FieldResult, status: ConfidenceStatus) -> FieldResult:
    shown = status if result.confidence is not None else None
    return result.model_copy(update={"decision": "review", "confidence_status": shown, "certificate": None})


def _waiting_row(row: RowResult) -> RowResult:
    update = {"decision": "review", "certificate": None}
    return RowResult(number=row.number, cells={name: c.model_copy(update=update) for name, c in row.cells.items()})
