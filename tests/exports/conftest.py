"""Records as an export gets them, made from plain values."""

from collections.abc import Callable
from typing import Any

import pytest

from exports.records import ExportRecord
from schemas.document import Box
from schemas.fields import Kind
from schemas.loader import builtin_schemas
from schemas.results import Evidence, Extraction, FieldResult, Problem, RowResult
from store.states import State

MakeRecord = Callable[..., ExportRecord]


def _result(name: str, kind: Kind, value: Any) -> FieldResult:
    if value in (None, []):
        return FieldResult(name=name, kind=kind, answer="not_found")
    evidence = Evidence(page=1, boxes=(Box(10, 20, 60.123, 30),), quote=str(value))
    if isinstance(value, list):
        proofs = tuple(Evidence(page=2, boxes=(), quote=one) for one in value)
        return FieldResult(name=name, kind=kind, answer="found", values=tuple(value), evidence=proofs, source="rules")
    return FieldResult(
        name=name,
        kind=kind,
        answer="found",
        value=value,
        confidence=0.875,
        confidence_status="scorecard",
        evidence=(evidence,),
        source="rules",
        decision="accepted",
    )


@pytest.fixture(scope="session")
def make_record() -> MakeRecord:
    """Return a function that makes a record of a built-in schema from {field: value}."""

    def make(
        document_id: str,
        values: dict[str, Any],
        *,
        schema: str = "invoice",
        version: int = 1,
        state: State = State.ACCEPTED,
        problems: tuple[Problem, ...] = (),
        reviewers: dict[str, str] | None = None,
        source_name: str = "letter.pdf",
    ) -> ExportRecord:
        definition = builtin_schemas()[schema]
        fields, rows = {}, {}
        for field in definition.fields:
            value = values.get(field.name)
            if field.kind is Kind.TABLE:
                fields[field.name] = FieldResult(name=field.name, kind=field.kind, answer="found")
                rows[field.name] = tuple(
                    RowResult(
                        number=number,
                        cells={c.name: _result(c.name, c.kind, row[c.name]) for c in field.columns if c.name in row},
                    )
                    for number, row in enumerate(value or (), 1)
                )
            else:
                fields[field.name] = _result(field.name, field.kind, value)
        extraction = Extraction(
            document=document_id,
            schema_name=schema,
            schema_version=definition.version,
            fields=fields,
            rows=rows,
            problems=problems,
        )
        return ExportRecord(document_id, source_name, extraction, state, version, reviewers or {})

    return make
