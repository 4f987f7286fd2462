"""Documents in review for the tests of the desk."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from schemas.document import Box, Line, Page, ParsedDocument, Word
from schemas.fields import Kind
from schemas.loader import builtin_schemas
from schemas.results import Evidence, Extraction, FieldResult, Problem, RowResult
from store.entities import Document
from store.store import Store

SCHEMAS = builtin_schemas()
PASTED = "Description\tAmount\tQty\nPaper\t1,000.50\t2\nInk\t7.00\t1\n"


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


def reading(sha256: str, gross: str = "1250.00", **more: FieldResult) -> Extraction:
    evidence = (Evidence(1, (Box(1, 2, 3, 4),), "1,250.00"),)
    quantity = result("quantity", Kind.NUMBER, "3", 0.4)
    return Extraction(
        document=sha256,
        schema_name="invoice",
        schema_version=SCHEMAS["invoice"].version,
        fields={
            "invoice_number": result("invoice_number", Kind.IDENTIFIER, "A-1", 0.9, decision="accepted"),
            "seller_name": result("seller_name", Kind.PARTY, "Paper Ltd", 0.9, decision="accepted"),
            "gross_total": result("gross_total", Kind.MONEY, gross, 0.7, evidence=evidence),
            "issue_date": result("issue_date", Kind.DATE, None, None),
            "line_items": result("line_items", Kind.TABLE, None, 0.8, answer="found", decision="accepted"),
            **more,
        },
        rows={"line_items": (RowResult(number=1, cells={"quantity": quantity}),)},
        problems=(
            Problem(check="required", fields=("issue_date",), message="issue_date is required and was not found."),
        ),
    )


def parsed(sha256: str, words: Sequence[str] = (), pages: int = 1) -> ParsedDocument:
    """Pages, the first of which has these words side by side, fifty points apart."""
    placed = tuple(
        Word(text, Box(10 + 50 * n, 10, 50 + 50 * n, 20), 1, True, "text", None) for n, text in enumerate(words)
    )
    first = Page(1, 600, 800, (Line(placed, 1),) if placed else ())
    others = tuple(Page(number, 600, 800, ()) for number in range(2, pages + 1))
    return ParsedDocument(sha256, "text/plain", (first, *others))


def new_document(
    store: Store, content: bytes, words: Sequence[str] = (), record: Extraction | None = None, pages: int = 1
) -> Document:
    """A document that waits for a person."""
    sha256, _ = store.add_document(content, f"{hashlib.sha256(content).hexdigest()[:6]}.pdf")
    (claim,) = store.claim("worker", documents=[sha256])
    claim = store.save_parsed(claim, parsed(sha256, words, pages), "p")
    found = record.model_copy(update={"document": sha256}) if record else reading(sha256)
    claim = store.save_extraction(claim, found, "e", SCHEMAS["invoice"])
    store.decide(claim)
    return store.document(sha256)


def decided(store: Store, document: Document) -> dict[str, Any]:
    """The bare record as it stands."""
    record = store.extraction(document.sha256)
    assert record is not None
    return record.record()
