"""Parties, addresses and totals of invoices and receipts are read without any template."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from extractors.rules.extract import candidates
from schemas.document import ParsedDocument
from schemas.loader import builtin_schemas
from schemas.results import Candidate

Maker = Callable[..., ParsedDocument]


def best(document: ParsedDocument, schema: str, field: str) -> Candidate | None:
    found = [c for c in candidates(document, builtin_schemas()[schema]) if c.field == field]
    return max(found, key=lambda candidate: candidate.score) if found else None


WINDOW = [
    (70, 120, "Brückner Technik AG · Industrieweg 8 · 04329 Leipzig"),
    (70, 140, "Hotel Seeblick GmbH"),
    (70, 153, "Uferpromenade 2"),
    (70, 166, "88045 Friedrichshafen"),
    (350, 300, "Nettobetrag"),
    (480, 300, "100,00 €"),
    (350, 315, "zzgl. 19 % MwSt."),
    (480, 315, "19,00 €"),
    (350, 330, "Rechnungsbetrag"),
    (480, 330, "119,00 €"),
]


def test_window_envelope(laid_out: Maker) -> None:
    """The line above the address names the seller, the block below it the buyer."""
    document = laid_out(WINDOW)
    seller, buyer = best(document, "invoice", "seller_name"), best(document, "invoice", "buyer_name")
    assert seller is not None and seller.value == "Brückner Technik AG"
    assert buyer is not None and buyer.value == "Hotel Seeblick GmbH"


def test_name_over_two_lines(laid_out: Maker) -> None:
    """A legal form on the line below belongs to the name above it."""
    document = laid_out(
        [
            (60, 50, "POPULAR BOOK"),
            (60, 61, "CO. (M) SDN BHD (113825-W)"),
            (60, 80, "No. 8, Jalan 7/118B"),
            (60, 92, "56100 Kuala Lumpur"),
        ]
    )
    found = best(document, "receipt", "merchant_name")
    assert found is not None and str(found.value).startswith("POPULAR BOOK CO. (M) SDN BHD")
    address = best(document, "receipt", "merchant_address")
    assert address is not None and address.value == "No. 8, Jalan 7/118B, 56100 Kuala Lumpur"


def test_totals_are_settled_together(laid_out: Maker) -> None:
    """Amounts that add up are believed more than the same amounts alone, and say why."""
    document = laid_out(WINDOW)
    alone = laid_out([place for place in WINDOW if "MwSt" not in place[2] and place[2] != "19,00 €"])
    settled, single = best(document, "invoice", "gross_total"), best(alone, "invoice", "gross_total")
    assert settled is not None and single is not None
    assert settled.value == single.value == Decimal("119.00")
    assert settled.score > single.score
    assert any("add up" in reason for reason in settled.reasons)


def test_tax_by_rate_is_summed(laid_out: Maker) -> None:
    """Where tax stands by rate only, the sum that makes ends meet is offered with both places."""
    document = laid_out(
        [
            (350, 300, "Nettobetrag"), (480, 300, "200,00"), (350, 315, "MwSt. 7 %"), (480, 315, "7,00"),
            (350, 330, "MwSt. 19 %"), (480, 330, "19,00"), (350, 345, "Gesamtbetrag"), (480, 345, "226,00"),
        ]
    )  # fmt: skip
    found = best(document, "invoice", "tax_total")
    assert found is not None and found.value == Decimal("26.00")
    assert len(found.evidence) == 2


def test_total_of_a_receipt_is_not_the_cash(laid_out: Maker) -> None:
    """Cash and change are labels of their own."""
    document = laid_out(
        [
            (20, 100, "TOTAL"),
            (150, 100, "15.30"),
            (20, 115, "CASH"),
            (150, 115, "20.00"),
            (20, 130, "CHANGE"),
            (150, 130, "4.70"),
        ]
    )
    found = best(document, "receipt", "total")
    assert found is not None and found.value == Decimal("15.30")


def test_rows_over_pages_with_wrapped_texts(laid_out: Maker) -> None:
    """Rows go on over a page break under a repeated head; wrapped lines join their row; carried sums are no rows."""
    head = [(60, "Description"), (300, "Qty"), (380, "Unit price"), (480, "Amount")]
    first = [(x, 200, text) for x, text in head]
    first += [
        (60, 215, "Steel bracket,"),
        (60, 226, "zinc plated"),
        (300, 215, "2"),
        (380, 215, "5.00"),
        (480, 215, "10.00"),
    ]
    first += [(60, 700, "Carried forward"), (480, 700, "10.00")]
    second = [(x, 80, text) for x, text in head] + [
        (60, 95, "Hinge"),
        (300, 95, "3"),
        (380, 95, "2.00"),
        (480, 95, "6.00"),
    ]
    second += [(380, 130, "Total"), (480, 130, "16.00")]
    found = best(laid_out(first, second), "invoice", "line_items")
    assert found is not None
    rows = [{name: cell.value for name, cell in row.cells.items()} for row in found.rows]
    assert [row["line_total"] for row in rows] == [Decimal("10.00"), Decimal("6.00")]
    assert rows[0]["description"] == "Steel bracket, zinc plated"
    assert found.rows[1].cells["quantity"].evidence[0].page == 2
