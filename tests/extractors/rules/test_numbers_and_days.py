"""Numbers and days of real invoices: terms of the trade, series, blanks, deductions, and columns of tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import pytest

from extractors.rules.extract import candidates
from schemas.document import ParsedDocument
from schemas.loader import builtin_schemas
from schemas.results import Value

Maker = Callable[..., ParsedDocument]
Placed = tuple[float, float, str]


def value(document: ParsedDocument, field: str) -> Value | None:
    found = [c for c in candidates(document, builtin_schemas()["invoice"]) if c.field == field]
    return max(found, key=lambda candidate: candidate.score).value if found else None


@pytest.mark.parametrize(
    ("placed", "number"),
    [
        ([(60, 100, "Bill number BB-0098 4471 26")], "BB-0098 4471 26"),
        ([(60, 100, "Serie y folio: A 10472")], "A 10472"),
        ([(60, 100, "Folio / Tax Invoice"), (200, 100, ": F 220914")], "F 220914"),
        ([(60, 100, "MINUTA DE HONORARIOS núm. 34/2026")], "34/2026"),
        ([(60, 100, "PARCELLA N. 27/2026")], "27/2026"),
        ([(60, 100, "Declaratienummer: 20260388")], "20260388"),
        ([(60, 100, "Honorarnote Nr. 2026/77")], "2026/77"),
        ([(60, 100, "No. 2026-011 / 18th March 2026 / your PO CSS-PO-88")], "2026-011"),
        ([(60, 100, "Facture du 5 mars 2026"), (60, 114, "n° 10 447 218 903")], "10 447 218 903"),
        (
            [(60, 100, "NOTA DI CREDITO"), (60, 114, "numero NC 12/2026"), (60, 128, "rif. ns. fattura 2026/0871")],
            "NC 12/2026",
        ),
        ([(60, 100, "Factura simplificada / completa WEB-2026-0077412 del 01/06/2026")], "WEB-2026-0077412"),
        (
            [
                (60, 100, "Creditfactuur"),
                (160, 100, "CF-2026-0062"),
                (60, 119, "Oorspr. factuur"),
                (160, 119, "VF-2026-1187"),
            ],
            "CF-2026-0062",
        ),
        ([(60, 100, "No. 8, Mill Lane")], None),
        ([(60, 100, "N° TVA : FR 15 782 330 941")], None),
    ],
)
def test_invoice_number(laid_out: Maker, placed: Sequence[Placed], number: str | None) -> None:
    """A number is found behind the terms of the trade, with its series and blanks, or behind a bare "No."."""
    assert value(laid_out(placed), "invoice_number") == number


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("We will collect this amount by Direct Debit on or after 28 February 2026.", date(2026, 2, 28)),
        ("Den Betrag buchen wir am 06.02.2026 von Ihrem Konto ab.", date(2026, 2, 6)),
        ("Montant à payer avant le 20/03/2026 : 303,91 €", date(2026, 3, 20)),
        ("Fecha de cargo: 17/02/2026", date(2026, 2, 17)),
        ("Vervalt : 27-04-26", date(2026, 4, 27)),
        ("Zahlungsbedingung: bis 17.03.2026 mit 2 % Skonto (106,33 EUR), bis 02.04.2026 netto.", date(2026, 4, 2)),
        ("Zahlbar bis 30.04.2026 netto, 3% Skonto innerhalb 10 Tagen bis 15.04.2026", date(2026, 4, 30)),
        ("Addebito il 11 maggio 2026", date(2026, 5, 11)),
        ("Verrà compensato con le fatture in scadenza il 31 maggio 2026.", None),
    ],
)
def test_due_date(laid_out: Maker, line: str, day: date | None) -> None:
    """The day of a direct debit is the day on which the amount is due; that of other invoices is not."""
    assert value(laid_out([(60, 400, line)]), "due_date") == day


@pytest.mark.parametrize(
    ("placed", "reference"),
    [
        ([(60, 100, "Su orden: OC 77041")], "OC 77041"),
        ([(60, 100, "Werf: De Linde - Uw bestelbon PO-DV-1187")], "PO-DV-1187"),
        ([(60, 100, "RIFERIMENTO"), (60, 112, "VS. ORD. 118 DEL 09/02/2026")], "118"),
        ([(60, 100, "CUSTOMER P.O."), (200, 100, "SALES ORDER"), (70, 114, "P-556120"), (210, 114, "01")], "P-556120"),
    ],
)
def test_order_reference(laid_out: Maker, placed: Sequence[Placed], reference: str) -> None:
    """The buyer's order is found behind the terms of the trade, also dotted ones."""
    assert value(laid_out(placed), "order_reference") == reference


def test_day_of_what_is_taken_off(laid_out: Maker) -> None:
    """The day of an invoice on account that is taken off is not the day of the invoice."""
    document = laid_out(
        [
            (60, 100, "Kiel, 20. April 2026"),
            (60, 400, "abzgl. 1. Abschlagsrechnung vom 11.03.2026"),
            (480, 400, "-5,00"),
        ]
    )
    assert value(document, "issue_date") == date(2026, 4, 20)


def test_day_under_the_head_of_a_column(laid_out: Maker) -> None:
    """A column of days is a table's: the day beside a label of the same wording is believed more."""
    document = laid_out(
        [
            (60, 200, "Date"), (200, 200, "Charges"), (60, 214, "03/03/26"), (60, 228, "04/03/26"),
            (60, 242, "05/03/26"), (330, 100, "Date"), (460, 100, ": 06/03/26"),
        ]
    )  # fmt: skip
    assert value(document, "issue_date") == date(2026, 3, 6)
