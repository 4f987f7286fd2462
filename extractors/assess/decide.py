"""Accept or review: by the field's policy, and never a value without a certificate or a proof.

Two steps. While an answer is put together it may be accepted as *proved*, if the operator has opted into that. When all
answers of a document are known, `decided` lets pass what a certificate covers and nothing speaks against.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from schemas.confidence import PROVED, Certificate, Gate, counts_as, origin_of
from schemas.fields import FieldDefinition, Kind
from schemas.results import Decision, Evidence, Extraction, FieldResult, RowResult
from schemas.schema import Schema

SEEN_TWICE = 0.98  # history of a lesson that people agreed with on a further document; of its own correction it is less
NO_DOUBT = 0.8  # confidence below which nothing proves a value


def proved(evidence: tuple[Evidence, ...], confidence: float, *, confirmed: bool) -> bool:
    """Return whether a value is proved: it stands word for word on the page, and something independent agrees.

    Args:
        evidence: where the value stands.
        confidence: what else is known may still make it doubtful.
        confirmed: its label and its check digits, arithmetic over several fields, or a second source agree with it.
    """
    stands = bool(evidence) and all(place.match in ("exact", "normalized") for place in evidence)
    return stands and confirmed and confidence >= NO_DOUBT


@dataclass(frozen=True, slots=True)
class Policy:
    """What decides, beside the proof of a value, whether it waits for a person."""

    blocked: bool  # a validator or a check on the field failed, or the document has a finding that needs a person
    accept_proved: bool  # the operator has opted into accepting proved values before thresholds are certified
    absence_told: bool  # the document carries an e-invoice: what that does not name is not there


def decision(field: FieldDefinition, policy: Policy, *, is_proved: bool) -> Decision:
    """Return the decision on a value that was found; `is_proved`: see `proved`."""
    if policy.blocked or field.acceptance.always_review or not policy.accept_proved or not is_proved:
        return "review"
    return "accepted"


def absent(field: FieldDefinition, policy: Policy) -> Decision:
    """Return the decision on a field for which no source found anything.

    Only what is optional may stay empty, and only if an e-invoice tells so: that rules found nothing proves nothing.
    """
    return "review" if field.acceptance.required else decision(field, policy, is_proved=policy.absence_told)


def decided(extraction: Extraction, schema: Schema, gate: Gate, *, accept_proved: bool) -> Extraction:
    """Return the extraction with everything accepted that a certificate in force covers.

    An answer passes if its pool has a certificate for this scorer and schema, its confidence reaches the threshold, it
    stands on the page (or says that there is no value), and nothing blocks it. What the layout memory alone says passes
    only after people agreed with it on a second document: else one mistake would pass on every further one. A table
    passes as one answer, with all its cells, or not at all. What was accepted before stays so.
    """
    fields, rows = dict(extraction.fields), dict(extraction.rows)
    for field in schema.fields:
        result = fields.get(field.name)
        if result is None:
            continue
        cells = tuple(_cells(rows.get(field.name, ())))
        certificate = _certificate(field, result, cells, extraction, gate)
        if certificate is not None:
            fields[field.name] = _certified(result, certificate)
            if cells:
                rows[field.name] = tuple(_certified_row(row, certificate) for row in rows[field.name])
    in_force = tuple(certificate.id for certificate in gate.certificates if certificate.scorer == extraction.scorer)
    known = (*in_force, PROVED) if accept_proved else in_force
    return extraction.model_copy(update={"fields": fields, "rows": rows, "certificates": known})


def _certificate(
    field: FieldDefinition, result: FieldResult, cells: tuple[FieldResult, ...], extraction: Extraction, gate: Gate
) -> Certificate | None:
    policy = field.acceptance
    if policy.always_review or result.confidence is None or result.answer == "not_looked":
        return None
    if result.answer == "found" and not all(_stands(one) for one in cells or (result,)):
        return None
    if result.answer != "found" and policy.required:
        return None
    if any(one.blocked for one in (result, *cells)):
        return None
    if result.source == "memory" and result.signals.get("layout_history", 0.0) < SEEN_TWICE:
        return None
    kind = counts_as(field.kind, result.answer)
    found = gate.certificate(
        extraction.schema_name, kind, origin_of(result.signals), policy.maximum_error, extraction.scorer
    )
    return found if found is not None and result.confidence >= found.threshold else None


def _stands(result: FieldResult) -> bool:
    """Whether every value of an answer was found on a page; an empty cell needs no place."""
    if result.answer != "found":
        return result.kind is not Kind.TABLE
    return len(result.evidence) >= max(1, len(result.values))


def _cells(rows: tuple[RowResult, ...]) -> Iterator[FieldResult]:
    return (cell for row in rows for cell in row.cells.values())


def _certified(result: FieldResult, certificate: Certificate) -> FieldResult:
    update = {"decision": "accepted", "confidence_status": "certified", "certificate": certificate.id}
    return result.model_copy(update=update)


def _certified_row(row: RowResult, certificate: Certificate) -> RowResult:
    """The cells pass with their table: a certificate speaks of the table as a whole, not of their own confidences."""
    update = {"decision": "accepted", "certificate": certificate.id}
    return RowResult(number=row.number, cells={n: c.model_copy(update=update) for n, c in row.cells.items()})
