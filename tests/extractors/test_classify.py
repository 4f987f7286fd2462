"""The kind of a document is told by its headings and labels, and doubt is said."""

from __future__ import annotations

from collections.abc import Callable

from extractors.classify import classify
from schemas.document import ParsedDocument
from schemas.loader import builtin_schemas

SCHEMAS = tuple(builtin_schemas().values())
Maker = Callable[..., ParsedDocument]


def test_title_and_labels(laid_out: Maker) -> None:
    """A title with its labels is enough, in any of the languages."""
    document = laid_out(
        [
            (60, 60, "RECHNUNG"),
            (60, 90, "Rechnungsnummer: 1"),
            (60, 110, "Rechnungsdatum: 1.2.2026"),
            (60, 200, "Gesamtbetrag 5,00"),
        ]
    )
    assert classify(document, SCHEMAS).schema_name == "invoice"


def test_contract(laid_out: Maker) -> None:
    """An agreement is a contract although it speaks of invoices."""
    text = [
        (60, 60, "SERVICES AGREEMENT"),
        (60, 90, "This Agreement is governed by the laws of Ohio."),
        (60, 110, "Invoices are payable in 30 days."),
    ]
    assert classify(laid_out(text), SCHEMAS).schema_name == "contract"


def test_doubt_is_said(laid_out: Maker) -> None:
    """A page that speaks for nothing is given to a person, with a reason."""
    result = classify(laid_out([(60, 60, "Minutes of the meeting"), (60, 90, "We had cake.")]), SCHEMAS)
    assert result.schema_name is None and result.reasons


def test_only_schema(laid_out: Maker) -> None:
    """With one schema there is nothing to choose."""
    assert classify(laid_out([(60, 60, "anything")]), SCHEMAS[:1]).schema_name == SCHEMAS[0].name
