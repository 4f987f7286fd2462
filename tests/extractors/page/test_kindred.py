"""Labels that a short schema does not list but means."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import yaml

from extractors.rules.extract import candidates
from schemas.document import ParsedDocument
from schemas.results import Value
from schemas.schema import Schema
from schemas.short_forms import full_schema

Maker = Callable[..., ParsedDocument]
BOOKING = """
schema: booking
title: Booking
fields:
  number: {kind: identifier, labels: [booking number, booking, invoice number]}
  guest: {kind: text, labels: [guest]}
  price: {kind: money, labels: [gross amount]}
  arrival: {kind: date, labels: [stay dates, arrival]}
  departure: {kind: date, labels: [stay dates, departure]}
"""
PAGE = [
    (40, 60, "Booking"), (150, 60, "77120"), (40, 80, "Guest"), (150, 80, "Maria Lind"),
    (40, 100, "Booked Stay"), (150, 100, "03/14/2024 - 03/19/2024"), (40, 120, "Gross Total"), (150, 120, "$ 640.00"),
]  # fmt: skip


def schema_of(text: str) -> Schema:
    return Schema.model_validate(full_schema(yaml.safe_load(text)))


def read(document: ParsedDocument, schema: Schema | None = None) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for candidate in sorted(candidates(document, schema or schema_of(BOOKING)), key=lambda each: each.score):
        found[candidate.field] = candidate.value
    return found


def test_label_with_a_telling_word(laid_out: Maker) -> None:
    """ "Booked Stay" and "Gross Total" lead to what "stay dates" and "gross amount" ask for."""
    assert read(laid_out(PAGE)) == {
        "number": "77120",
        "guest": "Maria Lind",
        "price": Decimal("640.00"),
        "arrival": date(2024, 3, 14),
        "departure": date(2024, 3, 19),
    }


def test_listed_label_is_enough(laid_out: Maker) -> None:
    """Where a listed wording leads to a value, a label that is only akin to it is not asked."""
    page = [*PAGE, (40, 140, "Gross Amount"), (150, 140, "$ 610.00")]
    offered = [c.value for c in candidates(laid_out(page), schema_of(BOOKING)) if c.field == "price"]
    assert offered == [Decimal("610.00")]


def test_word_of_another_field(laid_out: Maker) -> None:
    """The last telling word says whose label it is: "Guest Booking" is no guest."""
    page = [(40, 60, "Guest Booking"), (150, 60, "77120")]
    assert "guest" not in read(laid_out(page))


def test_common_words_tell_nothing(laid_out: Maker) -> None:
    """ "Total" is akin to no amount in particular, "Date" to no day."""
    page = [(40, 60, "Total Amount"), (150, 60, "$ 99.00"), (40, 80, "Date"), (150, 80, "03/14/2024")]
    assert read(laid_out(page), schema_of(BOOKING.replace("gross amount", "deposit amount"))) == {}


def test_names_that_built_in_fields_bear(laid_out: Maker) -> None:
    """Whoever lists one name of an amount, a day or a party gets the others that the built-in schemas know."""
    schema = schema_of(
        "schema: bill\ntitle: Bill\nfields:\n  price: {kind: money, labels: [gross amount]}\n"
        "  vendor: {kind: party, labels: [vendor]}\n  until: {kind: date, labels: [due date]}\n"
    )
    page = [
        (40, 60, "Lieferant"), (150, 60, "Nordlicht Bau GmbH"), (40, 80, "Gesamtbetrag"), (150, 80, "119,00 EUR"),
        (40, 100, "zahlbar bis"), (150, 100, "14.03.2024"),
    ]  # fmt: skip
    expected = {"price": Decimal("119.00"), "vendor": "Nordlicht Bau GmbH", "until": date(2024, 3, 14)}
    assert read(laid_out(page), schema) == expected


def test_names_of_fields_alone(laid_out: Maker) -> None:
    """A schema without any labels is read by the names of its fields."""
    fields = "booking_number: identifier, guest: text, gross_amount: money, stay_from: date, stay_to: date"
    schema = schema_of(
        "schema: bare\ntitle: Bare\nfields:\n"
        + "".join(f"  {name}: {{kind: {kind}}}\n" for name, kind in (each.split(": ") for each in fields.split(", ")))
    )
    found = read(laid_out(PAGE), schema)
    assert found == {
        "booking_number": "77120", "guest": "Maria Lind", "gross_amount": Decimal("640.00"),
        "stay_from": date(2024, 3, 14), "stay_to": date(2024, 3, 19),
    }  # fmt: skip


def test_name_counts_after_the_labels(laid_out: Maker) -> None:
    """A listed wording comes before the field's own name."""
    schema = schema_of("schema: s\ntitle: S\nfields:\n  guest: {kind: text, labels: [traveller]}\n")
    page = [(40, 60, "Guest"), (150, 60, "Maria Lind"), (40, 80, "Traveller"), (150, 80, "Jon Berg")]
    assert read(laid_out(page), schema)["guest"] == "Jon Berg"
    assert read(laid_out(page[:2]), schema)["guest"] == "Maria Lind"


def test_a_word_more_is_another_number(laid_out: Maker) -> None:
    """ "Order / Rev" is the order, "Alt Order #" is another one."""
    schema = schema_of("schema: s\ntitle: S\nfields:\n  order_number: {kind: identifier, labels: [order number]}\n")
    page = [(40, 60, "Alt Order #"), (150, 60, "09749211"), (40, 80, "Order / Rev:"), (150, 80, "1344601")]
    assert read(laid_out(page), schema)["order_number"] == "1344601"


def test_document_number_under_a_title(laid_out: Maker) -> None:
    """The number that a schema asks of one sort of document is that of the sort that the page says it is."""
    schema = schema_of("schema: s\ntitle: S\nfields:\n  contract_number: {kind: identifier}\n")
    page = [(200, 30, "ORDER"), (40, 60, "Order #"), (150, 60, "55-120"), (40, 80, "Estimate #"), (150, 80, "8032")]
    assert read(laid_out(page), schema)["contract_number"] == "55-120"


def test_many_wordings_are_complete(laid_out: Maker) -> None:
    """A field with many wordings means those and no others."""
    many = ", ".join(f"gross amount {word}" for word in "abcdefghijkl")
    schema = schema_of(BOOKING.replace("labels: [gross amount]", f"labels: [{many}]"))
    assert "price" not in read(laid_out(PAGE), schema)


def test_number_of_what_the_page_calls_itself(laid_out: Maker) -> None:
    """Under the title INVOICE the invoice's number comes first, though the schema lists it last."""
    page = [(200, 30, "INVOICE"), (40, 60, "Booking"), (150, 60, "77120"), (40, 80, "Invoice #"), (150, 80, "77120-1")]
    assert read(laid_out(page))["number"] == "77120-1"
    assert read(laid_out(page[1:]))["number"] == "77120"


def test_small_word_inside_a_name(laid_out: Maker) -> None:
    """The "to" of a name is no label, that of a range is one."""
    schema = schema_of(
        "schema: trip\ntitle: Trip\nfields:\n  guest: {kind: party, labels: [guest]}\n"
        "  start: {kind: date, labels: [from]}\n  end: {kind: date, labels: [to]}\n"
    )
    page = [(40, 60, "Guest: Road to Tomorrow"), (40, 80, "From 03/14/2024 to 03/19/2024")]
    found = read(laid_out(page), schema)
    assert found == {"guest": "Road to Tomorrow", "start": date(2024, 3, 14), "end": date(2024, 3, 19)}


def test_label_is_no_text(laid_out: Maker) -> None:
    """A text field takes no other label for its value."""
    page = [(40, 60, "Guest"), (40, 72, "Product"), (150, 72, "Suite")]
    assert read(laid_out(page)).get("guest") != "Product"
