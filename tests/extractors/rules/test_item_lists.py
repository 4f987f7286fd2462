"""Items are read from lists and tables as trades print them: without heads, with sums of groups, with tax behind."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from extractors.page.locale import locale_of
from extractors.page.reading import PageReading
from extractors.page.runs import Layout
from extractors.page.table_rows import rows_in_line
from extractors.rules.line_items import rows
from schemas.document import Box, ParsedDocument
from schemas.loader import builtin_schemas

Maker = Callable[..., ParsedDocument]
Placed = tuple[float, float, str]
INVOICE = builtin_schemas()["invoice"]
LETTER, BLANK = 5.0, 3.0  # points: width of a letter and of a blank of `laid_out`


def right(x: float, y: float, text: str) -> Placed:
    words = text.split()
    return (x - LETTER * sum(map(len, words)) - BLANK * (len(words) - 1), y, text)


def listed(y: float, text: str, *figures: tuple[float, str]) -> list[Placed]:
    """A text at the left and figures that end at their places."""
    return [(60, y, text), *(right(x, y, figure) for x, figure in figures)]


def read(document: ParsedDocument, *columns: str) -> list[tuple[Any, ...]]:
    found = rows(document, INVOICE, INVOICE.field("line_items"), locale_of(Layout(document)))
    assert found is not None
    return [tuple(row.cells[c].value if c in row.cells else None for c in columns) for row in found.rows]


def test_words_beside_a_label_make_no_column_of_their_own(laid_out: Maker) -> None:
    """ "Price excl." and "Total (VAT incl.)" each head one column, with all of its figures."""
    placed = [(60, 200, "Product"), right(310, 200, "Price (VAT incl.)"), right(380, 200, "Qty")]
    placed += [right(500, 200, "Total (VAT incl.)")]
    placed += listed(220, "Garden table", (310, "84.90"), (380, "1"), (500, "84.90"))
    placed += listed(240, "Seeds", (310, "2.95"), (380, "5"), (500, "14.75"))
    placed += [(300, 280, "Total paid"), right(500, 280, "99.65")]
    found = read(laid_out(placed), "description", "quantity", "unit_price", "line_total")
    assert found == [
        ("Garden table", Decimal(1), Decimal("84.90"), Decimal("84.90")),
        ("Seeds", Decimal(5), Decimal("2.95"), Decimal("14.75")),
    ]


@pytest.mark.parametrize("currency", ["EUR", "€", "CHF"])
def test_a_currency_alone_heads_the_amounts(laid_out: Maker, currency: str) -> None:
    """The column under a bare currency holds what each row comes to."""
    placed = [(60, 200, "Leistung"), right(300, 200, "Menge"), right(400, 200, "Satz"), right(500, 200, currency)]
    placed += listed(220, "Maut laut Tarif", (300, "2"), (400, "118,70"), (500, "237,40"))
    placed += listed(240, "Zuschlag", (300, "3"), (400, "45,00"), (500, "135,00"))
    assert read(laid_out(placed), "description", "line_total") == [
        ("Maut laut Tarif", Decimal("237.40")),
        ("Zuschlag", Decimal("135.00")),
    ]


def test_a_title_above_the_head_is_no_part_of_it(laid_out: Maker) -> None:
    """A heading that holds the word for amount does not move the columns."""
    placed = [(60, 185, "So setzt sich Ihr Betrag zusammen")]
    placed += [(60, 200, "Bezeichnung"), right(300, 200, "Menge"), right(400, 200, "Preis"), right(500, 200, "Betrag")]
    placed += listed(220, "Arbeit", (300, "2"), (400, "21,84"), (500, "43,68"))
    placed += listed(240, "Anfahrt", (300, "4"), (400, "14,50"), (500, "58,00"))
    assert read(laid_out(placed), "description", "quantity", "line_total") == [
        ("Arbeit", Decimal(2), Decimal("43.68")),
        ("Anfahrt", Decimal(4), Decimal("58.00")),
    ]


def test_single_pieces_do_not_swap_quantity_and_price(laid_out: Maker) -> None:
    """Where most quantities are one, the usual order still tells the quantity from the price."""
    placed: list[Placed] = []
    for number, (text, quantity, price, amount) in enumerate(
        [("Photographs", "1", "380,00", "380,00"), ("Stamp", "1", "2,00", "2,00"), ("Survey", "2", "450,00", "900,00")]
    ):
        placed += listed(220 + 20 * number, text, (300, quantity), (400, price), (500, amount))
    placed += listed(300, "Totale", (500, "1.282,00"))
    assert read(laid_out(placed), "quantity", "unit_price") == [
        (Decimal(1), Decimal("380.00")),
        (Decimal(1), Decimal("2.00")),
        (Decimal(2), Decimal("450.00")),
    ]


def test_a_sign_may_stand_behind_the_currency(laid_out: Maker) -> None:
    """ "€ -59,85" is an amount: returns are items."""
    placed = [(60, 200, "Product"), right(380, 200, "Prijs"), right(500, 200, "Totaal")]
    placed += listed(220, "Retour laptop", (380, "€ 289,00"), (500, "€ -867,00"))
    placed += listed(240, "Kosten", (380, "€ 25,00"), (500, "€ 25,00"))
    assert read(laid_out(placed), "line_total") == [(Decimal("-867.00"),), (Decimal("25.00"),)]


def test_tax_may_stand_behind_the_amounts_of_a_list(laid_out: Maker) -> None:
    """Of two columns that both add up, the amounts are the items' and not the tax on them."""
    placed = [(60, 200, "Our charges for the renewal of the lease,"), (60, 212, "attending you on 12 January")]
    placed = [*placed[:1], *listed(212, placed[1][2], (400, "2,850.00"), (500, "570.00"))]
    placed += listed(240, "Official copies", (400, "42.00"), (500, "8.40"))
    placed += listed(260, "Registry fee", (400, "135.00"), (500, "nil"))
    placed += [right(400, 280, "3,027.00"), right(500, 280, "578.40")]
    placed += listed(300, "Add VAT at 20%", (400, "578.40")) + listed(320, "TOTAL", (400, "3,605.40"))
    assert read(laid_out(placed), "description", "line_total") == [
        ("Our charges for the renewal of the lease, attending you on 12 January", Decimal("2850.00")),
        ("Official copies", Decimal("42.00")),
        ("Registry fee", Decimal("135.00")),
    ]


def test_a_reduction_that_the_sum_counts_is_an_item(laid_out: Maker) -> None:
    """A discount among the items belongs to them if only with it they add up."""
    placed = listed(220, "Fibre line", (500, "59,80")) + listed(240, "Router", (500, "9,90"))
    placed += listed(260, "Sconto fedeltà", (500, "-8,00")) + listed(280, "Totale imponibile", (500, "61,70"))
    assert read(laid_out(placed), "line_total") == [(Decimal("59.80"),), (Decimal("9.90"),), (Decimal("-8.00"),)]


def test_a_reduction_among_the_totals_is_no_item(laid_out: Maker) -> None:
    """A discount that stands with the totals, off the texts of the items, is left to them."""
    placed = listed(220, "Windows", (500, "600.00")) + listed(240, "Doors", (500, "400.00"))
    placed += [(250, 270, "Discount 3 %"), right(500, 270, "-30.00")]
    placed += [(250, 290, "Net total"), right(500, 290, "970.00")]
    found = rows(document := laid_out(placed), INVOICE, INVOICE.field("line_items"), locale_of(Layout(document)))
    assert found is None or len(found.rows) == 2


HEAD = [(60, 200, "Leistung"), right(300, 200, "Menge"), right(400, 200, "EP"), right(500, 200, "GP")]


def test_the_sum_of_a_group_does_not_end_the_items(laid_out: Maker) -> None:
    """Behind the sum of one group the next goes on; only the last sums end the table."""
    placed = [*HEAD, *listed(220, "Abbruch", (300, "2"), (400, "40,00"), (500, "80,00"))]
    placed += listed(240, "Summe Titel 1", (500, "80,00"))
    placed += listed(260, "Rohre", (300, "3"), (400, "10,00"), (500, "30,00"))
    placed += listed(280, "Becken", (300, "4"), (400, "5,00"), (500, "20,00"))
    placed += listed(300, "Summe Titel 2", (500, "50,00")) + listed(320, "Summe netto", (500, "130,00"))
    assert [text for (text,) in read(laid_out(placed), "description")] == ["Abbruch", "Rohre", "Becken"]


def test_a_sum_that_no_item_follows_ends_the_list(laid_out: Maker) -> None:
    """What stands below the subtotal of a whole list is tax, whatever words it uses."""
    placed = listed(220, "Geschäftsgebühr", (500, "865,80 EUR")) + listed(240, "Pauschale", (500, "20,00 EUR"))
    placed += listed(260, "Zwischensumme netto", (500, "885,80 EUR"))
    placed += listed(280, "19 % Umsatzsteuer Nr. 7008", (500, "168,30 EUR"))
    placed += listed(300, "zu zahlender Betrag", (500, "1.054,10 EUR"))
    assert [text for (text,) in read(laid_out(placed), "description")] == ["Geschäftsgebühr", "Pauschale"]


@pytest.mark.parametrize("service", ["Transport Antwerpen", "Report on the survey"])
def test_a_service_may_be_called_as_a_sum_carried_over(laid_out: Maker, service: str) -> None:
    """Words that head a carried sum in one language are services in another."""
    placed = [*HEAD, *listed(220, "Rohre", (300, "3"), (400, "10,00"), (500, "30,00"))]
    placed += listed(240, service, (300, "1"), (400, "48,50"), (500, "48,50"))
    assert [text for (text,) in read(laid_out(placed), "description")] == ["Rohre", service]


def test_hours_behind_the_totals_are_no_items(laid_out: Maker) -> None:
    """A list that stands below the totals, such as the hours worked, is not preferred to the amounts above them."""
    placed = listed(220, "Honorarium A", (500, "1.824,00")) + listed(240, "Honorarium B", (500, "1.911,00"))
    placed += listed(260, "Totaal", (500, "3.735,00"))
    for number, (text, hours) in enumerate([("Studie", "1,80"), ("Zitting", "4,20"), ("Overleg", "2,60")]):
        placed += listed(400 + 20 * number, text, (500, hours))
    placed += listed(460, "Totaal", (500, "8,60"))
    assert [text for (text,) in read(laid_out(placed), "description")] == ["Honorarium A", "Honorarium B"]


def test_a_total_beside_other_facts_ends_the_list(laid_out: Maker) -> None:
    """In a summary beside other facts, the tax is no item and does not stand for the list below."""
    placed = [(60, 100, "Contract 8500"), (300, 100, "Power"), right(500, 100, "25,09 €")]
    placed += [(60, 115, "Day 10"), (300, 115, "Energy"), right(500, 115, "74,91 €")]
    placed += [(60, 130, "Due 17"), (300, 130, "IVA"), right(500, 130, "21,00 €")]
    placed += [(300, 145, "TOTAL"), right(500, 145, "121,00 €")]
    for number, (text, amount) in enumerate([("Power", "25,09 €"), ("Energy day", "60,00 €"), ("Night", "14,91 €")]):
        placed += listed(220 + 15 * number, text, (500, amount))
    placed += listed(275, "Base imponible", (500, "100,00 €")) + listed(290, "IVA 21%", (500, "21,00 €"))
    assert (None, Decimal("21.00")) not in (found := read(laid_out(placed), "description", "line_total"))
    assert Decimal("21.00") not in [amount for _, amount in found]


def test_the_number_of_an_item_may_stand_left_of_its_text(laid_out: Maker) -> None:
    """ "1. Windows" above "14 pieces at 10.00" is the description also where it begins a little to the left."""
    placed = [(55, 200, "1. Windows"), (62, 212, "14 pces à Fr. 10.00"), right(500, 212, "Fr. 140.00")]
    placed += [(55, 240, "2. Doors"), (62, 252, "3 pces à Fr. 20.00"), right(500, 252, "Fr. 60.00")]
    placed += [(250, 280, "Rabais 3 %"), right(500, 280, "./. Fr. 6.00")]
    placed += [(250, 300, "Total hors TVA"), right(500, 300, "Fr. 194.00")]
    assert read(laid_out(placed), "description", "quantity") == [("Windows", Decimal(14)), ("Doors", Decimal(3))]


def test_an_amount_above_the_list_that_its_sum_leaves_out_is_no_item(laid_out: Maker) -> None:
    """A balance printed above the charges is not one of them."""
    placed = listed(180, "Balance of last bill", (500, "75.30"))
    for number, (text, amount) in enumerate([("Line rental", "46.00"), ("Calls", "12.37"), ("Static address", "7.50")]):
        placed += listed(200 + 15 * number, text, (500, amount))
    placed += listed(260, "Total excluding VAT", (500, "65.87")) + listed(280, "VAT 20%", (500, "13.17"))
    assert [text for (text,) in read(laid_out(placed), "description")] == ["Line rental", "Calls", "Static address"]


@pytest.mark.parametrize("reduction", ["Rabais 3 %", "Remise", "Discount", "Descuento", "Sconto", "Korting"])
def test_a_reduction_below_the_items_is_no_row_that_is_missing(laid_out: Maker, reduction: str) -> None:
    """Rows are counted as they are read: a reduction among the totals is none in any language."""
    placed = listed(220, "Windows", (500, "600.00")) + listed(240, "Doors", (500, "400.00"))
    placed += [(250, 260, reduction), right(500, 260, "30.00")]
    reading = PageReading(laid_out(placed), INVOICE)
    known = [(1, Box(470, 220, 500, 230)), (1, Box(470, 240, 500, 250))]
    shown = rows_in_line(reading.layout, reading.labels_by_run, INVOICE, INVOICE.field("line_items"), known)
    assert [row.amounts for row in shown] == [{Decimal("600.00")}, {Decimal("400.00")}]
