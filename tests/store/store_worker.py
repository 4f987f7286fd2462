"""What the tests feed the store with: small readings, and a worker that walks documents through it."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from review.decisions import Decisions
from schemas.document import Attachment, Box, Line, Page, ParsedDocument, Word
from schemas.fields import Kind
from schemas.loader import builtin_schemas
from schemas.results import Evidence, Extraction, FieldResult, RowResult, Value
from schemas.schema import Schema
from store.entities import Claim
from store.states import State
from store.store import Store

SCHEMAS = builtin_schemas()
INVOICE: Schema = SCHEMAS["invoice"]


class Clock:
    """A clock that stands until a test moves it."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def parsed(sha256: str, text: str = "Total 12.50") -> ParsedDocument:
    words = tuple(Word(part, Box(10 * n, 0, 10 * n + 9, 10), 1) for n, part in enumerate(text.split()))
    attached = b"<xml/>"
    attachment = Attachment("a.xml", "text/xml", attached, hashlib.sha256(attached).hexdigest())
    return ParsedDocument(sha256, "application/pdf", (Page(1, 595, 842, (Line(words, 0),)),), attachments=(attachment,))


def field(name: str, kind: Kind, value: Value | None, decision: str = "accepted") -> FieldResult:
    return FieldResult(
        name=name,
        kind=kind,
        answer="not_found" if value is None else "found",
        value=value,
        confidence=None if value is None else 0.9,
        confidence_status=None if value is None else "scorecard",
        evidence=() if value is None else (Evidence(1, (Box(0, 0, 9, 10),), str(value)),),
        source=None if value is None else "rules",
        decision=decision,
    )


def reading(
    sha256: str,
    gross: str | None = "12.50",
    *,
    net: str = "10.50",
    tax: str = "2.00",
    decision: str = "accepted",
    schema_version: str | None = None,
) -> Extraction:
    """An invoice with one line; `decision` is that of its gross total."""
    row = {
        "description": field("description", Kind.TEXT, "Paper"),
        "quantity": field("quantity", Kind.NUMBER, Decimal("1")),
        "unit_price": field("unit_price", Kind.MONEY, Decimal(net)),
        "line_total": field("line_total", Kind.MONEY, Decimal(net)),
    }
    return Extraction(
        document=sha256,
        schema_name="invoice",
        schema_version=schema_version or INVOICE.version,
        fields={
            "net_total": field("net_total", Kind.MONEY, Decimal(net)),
            "tax_total": field("tax_total", Kind.MONEY, Decimal(tax)),
            "gross_total": field("gross_total", Kind.MONEY, Decimal(gross) if gross else None, decision),
            "line_items": FieldResult(
                name="line_items", kind=Kind.TABLE, answer="found", source="rules", decision="accepted"
            ),
        },
        rows={"line_items": (RowResult(number=1, cells=row),)},
    )


def walk(store: Store, claim: Claim) -> None:
    """Bring one claimed document to its decision, from whatever state it was left in."""
    if claim.state is State.RECEIVED:
        claim = store.save_parsed(claim, parsed(claim.document), "parser-1")
    if claim.state is State.PARSED:
        document = store.parsed(claim.document)
        assert document is not None
        claim = store.save_extraction(claim, reading(document.sha256), "extractor-1", INVOICE)
    store.decide(claim)


def person(store: Store, who: str = "anna") -> Decisions:
    """What somebody decides, by the acts that people have."""
    return Decisions(store, SCHEMAS, who)
