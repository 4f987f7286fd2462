"""Quantities and prices spelled out in texts are found, and believed only if they multiply to the amount."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.page.locale import Locale, locale_of
from extractors.page.runs import Layout
from extractors.rules.line_items import rows
from extractors.rules.written_products import written_products
from schemas.document import ParsedDocument
from schemas.loader import builtin_schemas

Maker = Callable[..., ParsedDocument]
INVOICE = builtin_schemas()["invoice"]
POINT = Locale(decimal=".", date_order="day_first", order_is_shown=True, languages=("en",), currency="GBP")
FORMS = ["{q} × {p}", "{q} hrs × €{p}", "{q} Std. à {p}", "{q} h @ {p}", "{q} uur à € {p}", "work of {q} m² at £{p}/m²"]


def read(document: ParsedDocument) -> list[tuple[Any, ...]]:
    found = rows(document, INVOICE, INVOICE.field("line_items"), locale_of(Layout(document)))
    assert found is not None
    names = ("description", "quantity", "unit_price", "line_total")
    return [tuple(row.cells[n].value if n in row.cells else None for n in names) for row in found.rows]


@given(st.integers(1, 99_999), st.decimals(Decimal("0.01"), Decimal(9_999), places=2), st.sampled_from(FORMS))
def test_what_is_written_is_found(quantity: int, price: Decimal, form: str) -> None:
    """Quantity and price come out of every usual way to write them, with the place of each."""
    text = form.format(q=f"{quantity:,}", p=f"{price:,}")
    found = [(each.quantity, each.price) for each in written_products(text, POINT)]
    assert (Decimal(quantity), price) in found
    for each in written_products(text, POINT):
        assert text[slice(*each.quantity_at)].replace(",", "") == str(each.quantity)


@given(st.text(max_size=200))
def test_any_text_can_be_looked_at(text: str) -> None:
    """Whatever a text holds, places lie inside it."""
    for each in written_products(text, POINT):
        assert 0 <= each.quantity_at[0] < each.quantity_at[1] <= each.price_at[0] < each.price_at[1] <= len(text)


def test_a_line_of_its_own_is_no_description(laid_out: Maker) -> None:
    """The line that says how many at what price fills its columns and leaves the description."""
    placed = [(60, 200, "Packaging design"), (60, 212, "32 hrs × €75.00"), (460, 212, "€2,400.00")]
    placed += [(60, 240, "Artwork for 6 x 2 shops"), (60, 252, "6 × €140.00"), (468, 252, "€840.00")]
    placed += [(60, 290, "Sum"), (460, 290, "€3,240.00")]
    assert read(laid_out(placed)) == [
        ("Packaging design", Decimal(32), Decimal("75.00"), Decimal("2400.00")),
        ("Artwork for 6 x 2 shops", Decimal(6), Decimal("140.00"), Decimal("840.00")),
    ]


def test_what_does_not_multiply_is_text(laid_out: Maker) -> None:
    """ "4 x 31" of a description whose amount is another says nothing of quantity and price."""
    placed = [(60, 200, "Weekly delivery, 4 x 31 rooms"), (475, 200, "384.40")]
    placed += [(60, 220, "Night service, 2 x 8 hours"), (480, 220, "25.00"), (60, 250, "Total"), (475, 250, "409.40")]
    assert [row[:3] for row in read(laid_out(placed))] == [
        ("Weekly delivery, 4 x 31 rooms", None, None),
        ("Night service, 2 x 8 hours", None, None),
    ]


@pytest.mark.parametrize(("first", "second"), [("284 × Proofs", "1 × Blurb"), ("284 Proofs", "1 Blurb")])
def test_a_number_that_leads_the_text_is_the_quantity(laid_out: Maker, first: str, second: str) -> None:
    """If the number times the price beside it is the amount, it is taken out of the description."""
    placed = [(60, 200, first), (380, 200, "4.20"), (465, 200, "1,192.80")]
    placed += [(60, 220, second), (370, 220, "120.00"), (475, 220, "120.00")]
    placed += [(60, 250, "Total"), (465, 250, "1,312.80")]
    assert [row[:3] for row in read(laid_out(placed))] == [
        ("Proofs", Decimal(284), Decimal("4.20")),
        ("Blurb", Decimal(1), Decimal("120.00")),
    ]


def test_ones_alone_prove_no_quantity(laid_out: Maker) -> None:
    """A leading 1 beside a price that equals the amount may be a part of the name."""
    placed = [(60, 200, "1 Street survey"), (370, 200, "120.00"), (475, 200, "120.00")]
    placed += [(60, 220, "Blurb"), (380, 220, "20.00"), (480, 220, "20.00"), (60, 250, "Total"), (475, 250, "140.00")]
    assert [row[0] for row in read(laid_out(placed))] == ["1 Street survey", "Blurb"]


def test_lines_that_work_their_amounts_out_are_items(laid_out: Maker) -> None:
    """Without any column, "4 hours x 35.00 = 140.00" below its name is an item, also beside other text."""
    placed = [(300, 200, "Translation, catalogue"), (300, 212, "11 840 words x 0.11 € = 1 302.40 €")]
    placed += [(60, 238, "Your reference"), (300, 240, "Proof reading"), (60, 247, "Gauguin")]
    placed += [(300, 252, "4 hours x 35.00 € = 140.00 €"), (300, 290, "Total to pay: 1 442.40 €")]
    assert read(laid_out(placed)) == [
        ("Translation, catalogue", Decimal(11840), Decimal("0.11"), Decimal("1302.40")),
        ("Proof reading", Decimal(4), Decimal("35.00"), Decimal("140.00")),
    ]


def test_an_equation_that_is_wrong_is_no_item(laid_out: Maker) -> None:
    """What does not multiply to what is said is text."""
    placed = [(60, 200, "Size"), (60, 212, "4 m x 35.00 = 150.00"), (60, 240, "Depth"), (60, 252, "2 m x 3.00 = 7.00")]
    document = laid_out(placed)
    assert rows(document, INVOICE, INVOICE.field("line_items"), locale_of(Layout(document))) is None
