"""What people's words, and known truth, say about the answers of machines.

A label is made from two records, not from single clicks: what the machine said before anybody looked, and what stands
when people are done with the document. So undone clicks, corrections of corrections and later readings change nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from evaluation.scores import compared
from evaluation.truth import Truth
from schemas.comparators import forms
from schemas.confidence import PROVED, LabelledAnswer, origin_of
from schemas.fields import FieldDefinition, Kind
from schemas.results import Extraction, FieldResult
from schemas.schema import Schema
from store.confidence import Judged


def from_review(judged: Judged, schema: Schema, audit_share: float) -> Iterator[LabelledAnswer]:
    """Yield a label for every answer that a person has judged.

    Answers that waited for a person are judged when the document is done. Of those that had passed only the corrected
    ones are known, and they say nothing about the others: they count for no promise.

    Args:
        judged: a document that people are done with.
        schema: as it is now; fields that it has no longer give no label.
        audit_share: chance with which documents are drawn while something can pass without a person.
    """
    machine, final = judged.machine, judged.final
    for field in schema.fields:
        result = machine.fields.get(field.name)
        if result is None or field.name not in final.fields:
            continue
        waited = _waited(judged.shown, field.name)
        right = _value(machine, field) == _value(final, field)
        if right and not waited:
            continue
        drawn = bool(judged.audited)
        yield _label(
            result,
            field,
            machine,
            document=judged.document,
            record=judged.record,
            right=right,
            who=judged.who,
            at=judged.at,
            how="audit" if field.name in judged.audited else "review" if waited else "correction",
            drawn=drawn,
            in_force=machine.certificates,
            inclusion=None if not waited else audit_share if machine.certificates else 1.0,
        )


def from_truth(
    truth: Truth, extraction: Extraction, schema: Schema, at: datetime, *, document: str, random: bool
) -> Iterator[LabelledAnswer]:
    """Yield a label for every answer about which the truth says something.

    Args:
        truth: of the document.
        extraction: what the machine said.
        schema: of the extraction.
        at: when it was learned.
        document: sha256.
        random: the documents are a random sample of what comes in; else their labels are for fitting only.
    """
    record = extraction.record()
    for field in schema.fields:
        result = extraction.fields.get(field.name)
        if result is None or field.name not in truth.fields:
            continue
        outcome = compared(field, truth, record[field.name], visible=False)
        if outcome is None:
            continue
        yield _label(
            result,
            field,
            extraction,
            document=document,
            record=0,
            right=outcome.right,
            who="known truth",
            at=at,
            how="truth",
            drawn=random,
            in_force=(PROVED,),  # nobody reviewed it: it counts only as one of a random sample
            inclusion=1.0 if random else None,
        )


def _label(result: FieldResult, field: FieldDefinition, extraction: Extraction, **rest: Any) -> LabelledAnswer:
    return LabelledAnswer(
        path=field.name,
        schema_name=extraction.schema_name,
        kind=field.kind,
        answer=result.answer,
        origin=origin_of(result.signals),
        maximum_error=field.acceptance.maximum_error,
        signals=dict(result.signals),
        confidence=result.confidence,
        scorer=extraction.scorer,
        **rest,
    )


def _waited(shown: Extraction, name: str) -> bool:
    cells = (cell for row in shown.rows.get(name, ()) for cell in row.cells.values())
    return any(result.decision == "review" for result in (shown.fields[name], *cells))


def _value(extraction: Extraction, field: FieldDefinition) -> list[Any]:
    """The value in comparable form: a table by all its cells, a list in any order."""
    value = extraction.record().get(field.name)
    if field.kind is not Kind.TABLE:
        return sorted(map(str, forms(field, value)))
    rows = ([forms(column, row.get(column.name)) for column in field.columns] for row in value or ())
    return [json.dumps(row, default=str) for row in rows]
