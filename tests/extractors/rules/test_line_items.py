"""Rows of items are read from drawn invoices of many layouts, none of which the rules know."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from decimal import Decimal
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.parse import parse_bytes
from extractors.page.locale import locale_of
from extractors.page.runs import Layout
from extractors.rules.arithmetic import best_product, multiplies
from extractors.rules.line_items import rows
from schemas.document import Box, Line, Page, ParsedDocument, Word
from schemas.fields import FieldDefinition, Kind
from schemas.loader import builtin_schemas
from schemas.results import Candidate
from schemas.schema import Schema

Maker = Callable[..., ParsedDocument]


def _layouts() -> ModuleType:
    specification = spec_from_file_location("item_layouts", Path(__file__).with_name("item_layouts.py"))
    assert specification is not None and specification.loader is not None
    module = module_from_spec(specification)
    sys.modules[specification.name] = module
    specification.loader.exec_module(module)
    return module


LAYOUTS = _layouts()


def read(document: ParsedDocument, schema: Schema | None = None) -> Candidate | None:
    chosen = schema or builtin_schemas()["invoice"]
    return rows(document, chosen, chosen.field("line_items"), locale_of(Layout(document)))


def values(found: Candidate | None, *columns: str) -> list[tuple[Any, ...]]:
    assert found is not None
    return [tuple(row.cells[c].value if c in row.cells else None for c in columns) for row in found.rows]


@pytest.mark.parametrize("layout", LAYOUTS.LAYOUTS, ids=lambda layout: layout.__name__)
def test_every_layout_gives_its_rows(layout: Callable[[], Any]) -> None:
    """All rows of a drawn invoice come out in order, with whole descriptions, and nothing else does."""
    drawn = layout()
    found = read(parse_bytes(drawn.content, "drawn.pdf"))
    assert values(found, "description", "line_total") == [(text, Decimal(total)) for text, total in drawn.rows]


@pytest.mark.parametrize("name", ["no_head", "unknown_heads", "hours_with_dates", "head_in_two_lines"])
def test_arithmetic_names_columns(name: str) -> None:
    """Quantity and unit price are found without their heads, also when a discount stands between them and the total."""
    found = read(parse_bytes(getattr(LAYOUTS, name)().content, "drawn.pdf"))
    assert found is not None and all(
        set(row.cells) == {"description", "quantity", "unit_price", "line_total"} for row in found.rows
    )
    assert found.signals["products"] == 1.0


def test_reasons_say_what_speaks_for_the_rows() -> None:
    """A table says how many rows it has, in how many the figures multiply out, and what they add up to."""
    found = read(parse_bytes(LAYOUTS.wrapped_german().content, "drawn.pdf"))
    assert found is not None and found.reasons == (
        "4 rows under the head of the table.",
        "The figures multiply out in 4 of 4 rows.",
        "The rows add up to 511.00.",
    )


def test_a_head_is_worth_more_than_none() -> None:
    """Rows under a head that names the columns score higher than the same rows without one."""
    named = read(parse_bytes(LAYOUTS.turned_margin().content, "drawn.pdf"))
    bare = read(parse_bytes(LAYOUTS.no_head().content, "drawn.pdf"))
    assert named is not None and bare is not None and named.score > bare.score


def test_every_cell_has_its_place() -> None:
    """The evidence of a wrapped description has a box for each line, on the page where it stands."""
    found = read(parse_bytes(LAYOUTS.broken_in_a_text().content, "drawn.pdf"))
    assert found is not None
    places = found.rows[1].cells["description"].evidence
    assert [(each.page, len(each.boxes)) for each in places] == [(1, 2), (2, 1)]
    assert found.rows[1].cells["line_total"].evidence[0].quote == "450,00"


def test_amounts_that_prove_nothing_are_no_rows(laid_out: Maker) -> None:
    """Lines that end in amounts but neither multiply out nor add up to anything are not taken for items."""
    document = laid_out([(60, 100, "Old balance"), (480, 100, "17.20"), (60, 115, "Your payment"), (480, 115, "4.10")])
    assert read(document) is None


def test_a_lone_figure_under_labels_is_no_row(laid_out: Maker) -> None:
    """One row with one figure counts only if the figure stands again as the total."""
    texts = [(60, 100, "Description"), (480, 100, "Amount"), (60, 115, "Advice"), (480, 115, "500.00")]
    assert read(laid_out(texts)) is None
    assert values(read(laid_out([*texts, (380, 150, "Total due"), (480, 150, "500.00")])), "description") == [
        ("Advice",)
    ]


def test_a_letter_has_no_rows(prose: Callable[[str], ParsedDocument]) -> None:
    """Running text gives no table."""
    assert (
        read(prose("We thank you for your order of 3 March and ask you to pay 100.00 by the end of the month.")) is None
    )


def test_a_sum_without_a_known_word_ends_the_rows(laid_out: Maker) -> None:
    """A row that is just the sum of the rows above it is no item, whatever it is called."""
    head = [(60, 100, "Description"), (300, 100, "Qty"), (380, 100, "Unit price"), (480, 100, "Amount")]
    items = [
        (60, 115, "Hinge"), (300, 115, "2"), (380, 115, "5.00"), (480, 115, "10.00"),
        (60, 130, "Bolt"), (300, 130, "4"), (380, 130, "1.50"), (480, 130, "6.00"),
    ]  # fmt: skip
    document = laid_out([*head, *items, (60, 145, "All goods together"), (480, 145, "16.00")])
    assert values(read(document), "description") == [("Hinge",), ("Bolt",)]


def test_a_sum_in_a_table_of_two_columns_ends_the_rows(laid_out: Maker) -> None:
    """Where every row has one figure only, the row that is the sum of those above it is no item either."""
    texts = [(60, 100, "Description"), (480, 100, "Amount")]
    for number, (text, amount) in enumerate([("Hinge", "10.00"), ("Bolt", "6.00"), ("All together", "16.00")]):
        texts += [(60, 115 + 15 * number, text), (480, 115 + 15 * number, amount)]
    assert values(read(laid_out(texts)), "description") == [("Hinge",), ("Bolt",)]


def test_the_foot_of_a_page_is_no_description(laid_out: Maker) -> None:
    """Text far below the last item of a page does not join it or the first item of the next page."""
    head = [(60, 680, "Description"), (300, 680, "Qty"), (380, 680, "Unit price"), (480, 680, "Amount")]
    first = [
        *head,
        (60, 700, "Hinge"),
        (300, 700, "2"),
        (380, 700, "5.00"),
        (480, 700, "10.00"),
        (60, 800, "Continued"),
    ]
    second = [(60, 60, "with screws"), (60, 90, "Bolt"), (300, 90, "4"), (380, 90, "1.50"), (480, 90, "6.00")]
    assert values(read(laid_out(first, second)), "description") == [("Hinge with screws",), ("Bolt",)]


def test_the_head_of_another_table_is_no_description(laid_out: Maker) -> None:
    """Words where the items have figures are the head of the next table, however close they stand."""
    head = [(60, 100, "Description"), (300, 100, "Qty"), (380, 100, "Unit price"), (480, 100, "Amount")]
    item = [(60, 115, "Hinge"), (300, 115, "2"), (380, 115, "5.00"), (480, 115, "10.00")]
    other = [(60, 126, "Kind"), (300, 126, "Share"), (380, 126, "Base"), (480, 126, "Duty")]
    assert values(read(laid_out([*head, *item, *other])), "description") == [("Hinge",)]


def test_columns_of_a_user_schema_are_typed(laid_out: Maker) -> None:
    """Dates and identifiers in the columns of any schema come out typed."""
    column = FieldDefinition
    table = FieldDefinition(
        name="trips", kind=Kind.TABLE, description="Trips.",
        columns=(
            column(name="day", kind=Kind.DATE, description="Day.", labels={"en": ("day",)}),
            column(name="route", kind=Kind.TEXT, description="Route.", labels={"en": ("route",)}),
            column(name="fare", kind=Kind.MONEY, description="Fare.", labels={"en": ("fare",)}),
        ),
    )  # fmt: skip
    schema = Schema(name="log", title="Travel log", fields=(table,))
    document = laid_out(
        [
            (60, 100, "Day"), (150, 100, "Route"), (400, 100, "Fare"),
            (60, 115, "2024-03-05"), (150, 115, "Leeds to York"), (400, 115, "17.20"),
            (60, 130, "2024-03-06"), (150, 130, "York to Hull"), (400, 130, "12.00"),
        ]
    )  # fmt: skip
    found = rows(document, schema, table, locale_of(Layout(document)))
    assert [(str(d), r, f) for d, r, f in values(found, "day", "route", "fare")] == [
        ("2024-03-05", "Leeds to York", Decimal("17.20")),
        ("2024-03-06", "York to Hull", Decimal("12.00")),
    ]


def test_a_hostile_page_does_not_hold_up_the_rest() -> None:
    """A page of 100,000 figures is looked at in a few seconds."""
    lines = tuple(
        Line(
            (
                Word(
                    f"{n % 97}.{n % 89:02}", Box(n % 50 * 11.0, n // 50 * 0.4, n % 50 * 11.0 + 9, n // 50 * 0.4 + 8), 1
                ),
            ),
            n,
        )
        for n in range(100_000)
    )
    document = ParsedDocument("0" * 64, "application/pdf", (Page(1, 595.0, 842.0, lines),))
    locale = locale_of(Layout(document))
    invoice = builtin_schemas()["invoice"]
    start = time.perf_counter()
    rows(document, invoice, invoice.field("line_items"), locale)
    assert time.perf_counter() - start < 20


@given(
    st.lists(
        st.tuples(st.integers(2, 400), st.integers(1, 99_999), st.integers(1, 9)), min_size=3, max_size=12, unique=True
    )
)
def test_columns_in_any_order_are_told_apart(drawn: list[tuple[int, int, int]]) -> None:
    """Whatever stands beside them, factors and product are found, and the product is never a factor."""
    table = [
        {"#0": Decimal(n), "#1": Decimal(count), "#2": Decimal(price) / 100, "#3": count * Decimal(price) / 100}
        for n, (count, price, _) in enumerate(drawn, 1)
    ]
    found = best_product(table, ["#0", "#1", "#2", "#3"], (None, None, None))
    assert found is not None and found.passed >= len(table)
    assert all(multiplies(row[found.factors[0]], row[found.factors[1]], row[found.total]) for row in table)


def test_a_discount_explains_a_smaller_total() -> None:
    """A column of percentages that makes up the difference is taken as a discount."""
    table = [
        {"q": Decimal(10), "p": Decimal("5.00"), "d": Decimal(10), "t": Decimal("45.00")},
        {"q": Decimal(3), "p": Decimal("2.00"), "d": Decimal(50), "t": Decimal("3.00")},
    ]
    found = best_product(table, ["q", "p", "d", "t"], ("q", "p", "t"))
    assert found is not None and found.discount == "d" and found.passed == 2


HEAD = [(60, 200, "Description"), (300, 200, "Qty"), (380, 200, "Price"), (480, 200, "Amount")]


def item(y: float, text: str, quantity: str, price: str, amount: str) -> list[tuple[float, float, str]]:
    return [(60, y, text), (300, y, quantity), (380, y, price), (480, y, amount)]


def test_items_as_blocks_of_labels(laid_out: Maker) -> None:
    """Where labels stand beside every value, each block is an item under the name above it."""
    placed = [(60, 260, "Subtotal: 49.00")]
    for number, (name, quantity, price, amount) in enumerate(
        [("Brass hinge", "2", "9.50", "19.00"), ("Site survey", "3", "10.00", "30.00")]
    ):
        y = 180 + 36 * number
        placed += [(60, y, name), (80, y + 13, f"Qty: {quantity}"), (200, y + 13, f"Price: {price}")]
        placed += [(320, y + 13, f"Amount: {amount}")]
    found = values(read(laid_out(placed)), "description", "quantity", "unit_price", "line_total")
    assert found == [
        ("Brass hinge", Decimal(2), Decimal("9.50"), Decimal("19.00")),
        ("Site survey", Decimal(3), Decimal("10.00"), Decimal("30.00")),
    ]


def test_a_sum_carried_over_the_page_is_no_item_and_no_end(laid_out: Maker) -> None:
    """Whatever the carried sum is called, the items go on behind it."""
    first = [*HEAD, *item(220, "Hinge", "2", "9.50", "19.00"), *item(240, "Survey", "3", "10.00", "30.00")]
    first.append((60, 262, "Continued"))
    first.append((480, 262, "49.00"))
    second = [*HEAD, (60, 220, "From page 1"), (480, 220, "49.00"), *item(240, "Paint", "1", "5.00", "5.00")]
    second += [(60, 280, "Subtotal"), (480, 280, "54.00")]
    found = values(read(laid_out(first, second)), "description", "line_total")
    assert [text for text, _ in found] == ["Hinge", "Survey", "Paint"]


@pytest.mark.parametrize("charge", ["Carriage", "Frais de port", "Versandkosten", "Portes", "Koszt wysyłki"])
def test_a_charge_before_the_total_is_no_item(laid_out: Maker, charge: str) -> None:
    """Freight under the items has neither quantity nor price."""
    placed = [*HEAD, *item(220, "Hinge", "2", "9.50", "19.00"), *item(240, "Survey", "3", "10.00", "30.00")]
    placed += [(60, 260, charge), (480, 260, "8.70"), (60, 280, "Subtotal"), (480, 280, "57.70")]
    assert [text for (text,) in values(read(laid_out(placed)), "description")] == ["Hinge", "Survey"]


def test_labels_of_totals_in_a_row_end_the_items(laid_out: Maker) -> None:
    """Totals in boxes beside each other, each under its label, are no item."""
    placed = [*HEAD, *item(220, "Hinge", "2", "9.50", "19.00"), *item(240, "Survey", "3", "10.00", "30.00")]
    placed += [(60, 280, "Subtotal"), (230, 280, "VAT 20%"), (420, 280, "Total due")]
    placed += [(130, 294, "49.00"), (300, 294, "9.80"), (490, 294, "58.80")]
    assert [text for (text,) in values(read(laid_out(placed)), "description")] == ["Hinge", "Survey"]


def test_descriptions_behind_the_amounts(laid_out: Maker) -> None:
    """A text close behind its amount is the description, and a blank among thousands parts no figure."""
    head = [(60, 200, "Qty"), (120, 200, "Price"), (200, 200, "Amount"), (241, 200, "Description")]
    rows = [(60, 220, "10"), (120, 220, "466.90"), (200, 220, "4 669.00  Hinge  brass")]
    rows += [(60, 240, "2"), (120, 240, "10.00"), (213, 240, "20.00 Survey")]
    found = values(read(laid_out([*head, *rows, (60, 280, "Subtotal: 4 689.00")])), "description", "line_total")
    assert found == [("Hinge brass", Decimal("4669.00")), ("Survey", Decimal("20.00"))]
