"""Values are found where their labels point, and labels of other things keep theirs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from extractors.rules.extract import candidates
from schemas.document import ParsedDocument
from schemas.fields import FieldDefinition
from schemas.results import Candidate
from schemas.schema import Schema

Maker = Callable[..., ParsedDocument]
SCHEMA = Schema.model_validate(
    {
        "name": "order",
        "title": "Order",
        "fields": [
            FieldDefinition(
                name="number", kind="identifier", description="No.", labels={"en": ("order number", "order")}
            ),
            FieldDefinition(name="day", kind="date", description="Day.", labels={"en": ("order day", "date")}),
            FieldDefinition(name="amount", kind="money", description="Sum.", labels={"en": ("grand total", "total")}),
            FieldDefinition(
                name="client", kind="party", description="Who.", labels={"en": ("client",), "de": ("Kunde",)}
            ),
            FieldDefinition(
                name="state",
                kind="choice",
                description="State.",
                labels={"en": ("status",)},
                choices={"open": ("open", "pending"), "done": ("done",)},
            ),
            FieldDefinition(name="start", kind="date", description="First.", labels={"en": ("flight dates",)}),
            FieldDefinition(name="stop", kind="date", description="Last.", labels={"en": ("flight dates",)}),
            FieldDefinition(
                name="account", kind="identifier", description="IBAN.", labels={"en": ("IBAN",)}, validators=("iban",)
            ),
        ],
    }
)


def best(document: ParsedDocument, field: str) -> Candidate | None:
    found = [candidate for candidate in candidates(document, SCHEMA) if candidate.field == field]
    return max(found, key=lambda candidate: candidate.score) if found else None


@pytest.mark.parametrize(
    "placed",
    [
        [(60, 100, "Order number: A-17")],
        [(60, 100, "Order number"), (200, 100, "A-17")],
        [(60, 100, "Order number"), (60, 114, "A-17")],
        [(60, 100, "ORDER NO. A-17")],
        [(60, 100, "Order number A-17"), (300, 100, "Date 1 May 2026")],
    ],
)
def test_every_place_that_a_label_points_to(laid_out: Maker, placed: list[tuple[float, float, str]]) -> None:
    """Behind, right of and below its label a value is found, with evidence that quotes it."""
    found = best(laid_out(placed), "number")
    assert found is not None and found.value == "A-17"
    assert found.evidence[0].quote == "A-17" and found.evidence[0].page == 1


def test_evidence_box_lies_on_the_words(laid_out: Maker) -> None:
    """The box of the evidence is that of the quoted letters, not of the whole line."""
    found = best(laid_out([(60, 100, "Order number: A-17")]), "number")
    assert found is not None
    box = found.evidence[0].boxes[0]
    assert 120 < box.x0 < box.x1 < 160 and (box.y0, box.y1) == (100, 110)


def test_qualified_label_is_another_label(laid_out: Maker) -> None:
    """“Alt Order” is not “Order”: the plain label wins."""
    document = laid_out(
        [(60, 100, "Order / Rev:"), (200, 100, "111222"), (60, 120, "Alt Order #:"), (200, 120, "999888")]
    )
    found = best(document, "number")
    assert found is not None and found.value == "111222"


def test_decoys_keep_their_values(laid_out: Maker) -> None:
    """The delivery date does not become the order's date, although its label ends alike."""
    document = laid_out(
        [(60, 100, "Delivery date"), (200, 100, "03.05.2026"), (60, 120, "Date"), (200, 120, "28.04.2026")]
    )
    found = best(document, "day")
    assert found is not None and found.value == date(2026, 4, 28)


def test_name_that_begins_like_a_label(laid_out: Maker) -> None:
    """“Kunde GmbH” is somebody's name, not a label; “Muster-Kunde” is neither."""
    document = laid_out([(60, 100, "Client: Kunde GmbH"), (60, 120, "Muster-Kunde AG")])
    found = best(document, "client")
    assert found is not None and found.value == "Kunde GmbH"


def test_last_amount_of_a_row(laid_out: Maker) -> None:
    """In a row with a rate and a base the sum at its end is the label's."""
    document = laid_out([(60, 100, "Total 19 % of"), (200, 100, "100.00"), (300, 100, "119.00")])
    found = best(document, "amount")
    assert found is not None and found.value == Decimal("119.00")


def test_range_is_shared_by_two_fields(laid_out: Maker) -> None:
    """Two date fields with one label take the first and the last day behind it."""
    document = laid_out([(60, 100, "Flight dates: 12/30/2019 - 03/29/2020")])
    first, last = best(document, "start"), best(document, "stop")
    assert first is not None and first.value == date(2019, 12, 30)
    assert last is not None and last.value == date(2020, 3, 29)


def test_choice_by_its_words(laid_out: Maker) -> None:
    """A choice is found by any of its words and given by its value."""
    found = best(laid_out([(60, 100, "Status: Pending")]), "state")
    assert found is not None and found.value == "open"


def test_misread_label_on_a_scan(laid_out: Maker) -> None:
    """OCR slips in a long label are forgiven on scans, not on born-digital pages."""
    placed = [(60, 100, "Grand T0ta1"), (60, 130, "F1ight dates: 30.12.2019")]
    assert best(laid_out(placed, origin="ocr"), "start") is not None
    assert best(laid_out(placed), "start") is None


def test_hidden_words_are_not_read(laid_out: Maker) -> None:
    """What no person sees gives no candidate."""
    document = laid_out([(60, 100, "Hello")], hidden=[(60, 120, "Order number: EVIL-1")])
    assert best(document, "number") is None


def test_account_needs_no_label(laid_out: Maker) -> None:
    """Check digits are proof enough that a number is an account."""
    found = best(laid_out([(60, 700, "Bank DE88 2008 0000 0970 3757 00")]), "account")
    assert found is not None and found.value == "DE88200800000970375700"


def test_same_document_same_candidates(laid_out: Maker) -> None:
    """Two runs over one document agree to the last digit."""
    document = laid_out([(60, 100, "Order number: A-17"), (60, 120, "Total: 12.00"), (60, 140, "Client: Acme Ltd")])
    assert candidates(document, SCHEMA) == candidates(document, SCHEMA)


def test_range_beside_other_days(laid_out: Maker) -> None:
    """A range in one stretch of text is the whole of it; a day of another column of the line is no end of it."""
    document = laid_out(
        [
            (60, 100, "Flight dates"),
            (150, 100, "06/02/2024-06/08/2024"),
            (320, 100, "Modified"),
            (400, 100, "05/29/2024"),
        ]
    )
    start, stop = best(document, "start"), best(document, "stop")
    assert start is not None and start.value == date(2024, 6, 2)
    assert stop is not None and stop.value == date(2024, 6, 8)


def test_net_total_is_no_gross_amount(laid_out: Maker) -> None:
    """Where a gross amount is asked for, "Net total" leads to another amount; else it is a total like others."""
    document = laid_out([(60, 100, "Net Total"), (200, 100, "85.00"), (60, 120, "Sum Total"), (200, 120, "100.00")])
    field = FieldDefinition(name="cost", kind="money", description="Sum.", labels={"en": ("gross", "total")})
    plain = field.model_copy(update={"labels": {"en": ("total",)}})
    for wanted, value in ((field, Decimal("100.00")), (plain, Decimal("85.00"))):
        schema = SCHEMA.model_copy(update={"fields": (wanted,)})
        found = [c for c in candidates(document, schema) if c.field == "cost"]
        assert max(found, key=lambda candidate: candidate.score).value == value
