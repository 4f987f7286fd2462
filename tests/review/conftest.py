from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from review.decisions import Desk
from schemas.document import Box, ParsedDocument
from schemas.fields import Kind
from schemas.loader import builtin_schemas
from schemas.results import Evidence, Extraction, FieldResult, Problem, RowResult
from store.entities import Document
from store.store import Store

CONTENT = b"an invoice"


def result(name: str, kind: Kind, value: object, confidence: float | None, **more: object) -> FieldResult:
    return FieldResult.model_validate(
        {
            "name": name,
            "kind": kind,
            "answer": "not_found" if value is None else "found",
            "value": value,
            "confidence": confidence,
            "confidence_status": "scorecard" if confidence is not None else None,
            "source": "rules" if value is not None else None,
            "decision": "review",
            "reasons": (f"Reason of {name}.",),
            **more,
        }
    )


def extraction(sha256: str) -> Extraction:
    schema = builtin_schemas()["invoice"]
    evidence = (Evidence(2, (Box(1, 2, 3, 4),), "1,250.00"),)
    quantity = result("quantity", Kind.NUMBER, "3", 0.4)
    return Extraction(
        document=sha256,
        schema_name="invoice",
        schema_version=schema.version,
        fields={
            "invoice_number": result("invoice_number", Kind.IDENTIFIER, "A-1", 0.9, decision="accepted"),
            "gross_total": result("gross_total", Kind.MONEY, "1250.00", 0.7, evidence=evidence),
            "issue_date": result("issue_date", Kind.DATE, None, None),
            "line_items": result("line_items", Kind.TABLE, None, 0.8, answer="found", decision="accepted"),
        },
        rows={"line_items": (RowResult(number=1, cells={"quantity": quantity}),)},
        problems=(
            Problem(check="required", fields=("issue_date",), message="issue_date is required and was not found."),
        ),
    )


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.open(f"sqlite:///{tmp_path / 'd.db'}", tmp_path / "files")


@pytest.fixture
def document(store: Store) -> Document:
    sha256, _ = store.add_document(CONTENT, "invoice.pdf")
    (claim,) = store.claim("w")
    claim = store.save_parsed(claim, ParsedDocument(hashlib.sha256(CONTENT).hexdigest(), "text/plain", ()), "p")
    claim = store.save_extraction(claim, extraction(sha256), "e", builtin_schemas()["invoice"])
    store.decide(claim)
    return store.document(sha256)


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store, builtin_schemas(), "anna")
