"""Parties, addresses and totals of invoices and receipts are read without any template."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

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


def test_row_of_the_total_holds_its_parts(laid_out: Maker) -> None:
    """Where sum, tax and total stand in one row under heads without a label of their own, the row tells them."""
    document = laid_out(
        [
            (330, 200, "HT"), (410, 200, "TVA 20%"), (500, 200, "TTC"),
            (40, 214, "Total de votre facture"), (330, 214, "33,32"), (410, 214, "6,67"), (500, 214, "39,99"),
        ]
    )  # fmt: skip
    for field, amount in (("net_total", "33.32"), ("tax_total", "6.67"), ("gross_total", "39.99")):
        found = best(document, "invoice", field)
        assert found is not None and found.value == Decimal(amount), field


def test_sum_without_tax_is_what_tax_leaves(laid_out: Maker) -> None:
    """An amount that no label leads to is the sum without tax if it is what the tax leaves of the total."""
    placed = [
        (40, 270, "Service Charges"), (480, 270, "EUR 360.00"), (40, 283, "VAT - 19%"), (480, 283, "EUR 68.40"),
        (40, 296, "Invoice total"), (480, 296, "EUR 428.40"),
    ]  # fmt: skip
    found = best(laid_out(placed), "invoice", "net_total")
    assert found is not None and found.value == Decimal("360.00")
    assert any("leaves of" in reason for reason in found.reasons)
    assert found.evidence[0].quote.endswith("360.00")


def test_tax_is_never_made_of_a_difference(laid_out: Maker) -> None:
    """What is missing between subtotal and total can be freight: it is not called tax."""
    document = laid_out(
        [
            (350, 300, "Subtotal"), (480, 300, "100.00"), (350, 315, "Crating"), (480, 315, "19.00"),
            (350, 330, "Invoice total"), (480, 330, "119.00"),
        ]
    )  # fmt: skip
    assert best(document, "invoice", "tax_total") is None


def test_number_printed_in_groups(laid_out: Maker) -> None:
    """A number in groups of digits is taken whole if nothing stands behind it."""
    found = best(laid_out([(40, 108, "n° de facture 1C24 0218 7741")]), "invoice", "invoice_number")
    assert found is not None and found.value == "1C24 0218 7741"


@pytest.mark.parametrize(
    ("line", "city"),
    [
        ("Marlow & Finch Software PLC · 8 Dock Road · London SE16 7LL", "Norwich NR3 1TT"),
        ("Halvorsen Roofing LLC · 1580 Route 9 · Austin, TX 78701", "Portland, OR 97205"),
        ("Lavaux Vins SA | Rue du Lac 8 | 1003 Lausanne", "1204 Genève"),
        ("Mälaren Bygg AB · Storgatan 12 · 411 05 Göteborg", "111 22 Stockholm"),
        ("Viveiros do Minho Lda. · Rua das Flores 21 · 4000-123 Porto", "1200-442 Lisboa"),
    ],
)
def test_senders_line_of_any_country(laid_out: Maker, line: str, city: str) -> None:
    """The line over the addressee tells the sender, whatever postcodes look like where they live."""
    document = laid_out(
        [(60, 120, line), (60, 140, "Kestrel Depot Trading"), (60, 153, "14 Quayside"), (60, 166, city)]
    )
    seller, buyer = best(document, "invoice", "seller_name"), best(document, "invoice", "buyer_name")
    assert seller is not None and line.startswith(f"{seller.value} ")
    assert buyer is not None and buyer.value == "Kestrel Depot Trading"


@pytest.mark.parametrize(
    ("lines", "day"),
    [
        (("Faktura nr 7/2026", "Data wystawienia: 4 września 2026", "Do zapłaty: 1 230,00 zł"), date(2026, 9, 4)),
        (
            ("Fatura n.º 7/2026", "Data de emissão: 4 de setembro de 2026", "Total a pagar: 1 230,00 €"),
            date(2026, 9, 4),
        ),
        (("Fakturanummer 7/2026", "Fakturadatum: 2026-09-04", "Att betala: 1 230,00 kr"), date(2026, 9, 4)),
        (("Faktura nr. 7/2026", "Fakturadato: 4. september 2026", "I alt inkl. moms: 1.230,00 kr."), date(2026, 9, 4)),
        (("Faktura č. 7/2026", "Datum vystavení: 4. září 2026", "Celkem k úhradě: 1 230,00 Kč"), date(2026, 9, 4)),
    ],
)
def test_further_languages(laid_out: Maker, lines: tuple[str, ...], day: date) -> None:
    """Invoices in Polish, Portuguese, Swedish, Danish and Czech are read by their labels."""
    document = laid_out([(60, 100 + 20 * number, line) for number, line in enumerate(lines)])
    number, issued = best(document, "invoice", "invoice_number"), best(document, "invoice", "issue_date")
    total = best(document, "invoice", "gross_total")
    assert number is not None and number.value == "7/2026"
    assert issued is not None and issued.value == day
    assert total is not None and total.value == Decimal("1230.00")
