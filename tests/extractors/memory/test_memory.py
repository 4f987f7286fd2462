"""Layout memory: pages of one layout are told from others, and a value is found again beside its neighbours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extractors.memory.fingerprint import ALIKE, fingerprint, kept_terms, likeness, looked_up_terms
from extractors.memory.phrases import Reader
from extractors.memory.place import place_of, recall
from schemas.document import ParsedDocument
from schemas.fields import FieldDefinition, Kind
from schemas.layouts import ValuePlace
from schemas.results import Evidence, Extraction, FieldResult, RowResult
from schemas.schema import Schema

Maker = Callable[..., ParsedDocument]

SCHEMA = Schema(
    name="note",
    title="Note",
    fields=(
        FieldDefinition(name="number", kind=Kind.IDENTIFIER, description="Its number."),
        FieldDefinition(name="day", kind=Kind.DATE, description="Its day."),
        FieldDefinition(name="total", kind=Kind.MONEY, description="What it comes to.", labels={"en": ("Total",)}),
        FieldDefinition(name="carrier", kind=Kind.PARTY, description="Who brought it."),
        FieldDefinition(name="account", kind=Kind.IDENTIFIER, description="Account.", validators=("iban",)),
    ),
)
NUMBERS = st.from_regex(r"[A-M]{2}-[0-9]{4,6}", fullmatch=True)  # "NR-" reads as a sign for "number"
AMOUNTS = st.decimals("100", "99999", places=2)
DAYS = st.dates(date(2020, 1, 1), date(2029, 12, 31))
GOODS = st.lists(st.sampled_from(["Oak board", "Steel hook", "Paint", "Brass hinge", "Glue"]), min_size=1, max_size=12)
SHIFTS = st.tuples(st.floats(-8, 8), st.floats(-15, 15))
QUICK = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def texts(
    number: str, day: date, total: Decimal, goods: Sequence[str], shift: tuple[float, float] = (0, 0)
) -> list[tuple[float, float, str]]:
    """A delivery note with a table of any length above its total, shifted on the page as a scanner does."""
    right, down = shift
    amount = f"{total:,.2f}"
    placed = [
        (60, 60, "Halden Timber Works"),
        (60, 75, "Quay Street"),
        (360, 60, "Delivery note"),
        (360, 90, "Consignment code"),
        (460, 90, number),
        (360, 105, "Dispatched on"),
        (460, 105, f"{day:%d.%m.%Y}"),
        (60, 180, "Goods"),
        (300, 180, "Packages"),
        (480, 180, "Amount"),
    ]
    y = 200.0
    for name in goods:
        placed += [(60, y, name), (300, y, "3"), (480, y, "12.50")]
        y += 14
    placed += [(360, y + 10, "Carriage"), (480, y + 10, "4.00"), (360, y + 25, "Total")]
    placed += [(530 - 5 * len(amount), y + 25, amount), (60, y + 60, "Goods remain ours until they are paid")]
    return [(x + right, each + down, text) for x, each, text in placed]


def pointed_to(reader: Reader, words: str) -> tuple[Evidence, ...]:
    """Where words stand, as a person who clicks on them says it."""
    for run in reader.layout.runs:
        at = run.text.find(words)
        if at >= 0:
            return (Evidence(run.page, (run.box_between(at, at + len(words)),), words),)
    raise AssertionError(words)


def learned(
    reader: Reader, name: str, value: object, words: str = "", evidence: tuple[Evidence, ...] = (), **record: Any
) -> ValuePlace | None:
    """What a correction of one field teaches."""
    evidence = evidence or pointed_to(reader, words)
    field = SCHEMA.field(name)
    result = FieldResult(name=name, kind=field.kind, answer="found", value=value, evidence=evidence, source="person")
    given = Extraction(document="0" * 64, schema_name="note", schema_version="1", fields={name: result}, **record)
    return place_of(reader, SCHEMA, given, field, evidence)


@QUICK
@given(NUMBERS, NUMBERS, DAYS, DAYS, AMOUNTS, AMOUNTS, GOODS, GOODS, SHIFTS)
def test_values_are_found_again_beside_their_neighbours(
    laid_out: Maker,
    first: str,
    second: str,
    day: date,
    later: date,
    total: Decimal,
    other: Decimal,
    goods: list[str],
    more: list[str],
    shift: tuple[float, float],
) -> None:
    """Whatever the values, the rows and the shift: a place that one page taught gives the value of another."""
    teacher = Reader(laid_out(texts(first, day, total, goods)))
    page = Reader(laid_out(texts(second, later, other, more, shift)))
    lessons = {
        "number": (first, first, second),
        "day": (day, f"{day:%d.%m.%Y}", later),
        "total": (total, f"{total:,.2f}", other),
    }
    for name, (value, words, expected) in lessons.items():
        place = learned(teacher, name, value, words)
        assert place is not None, name
        found = recall(page, place, SCHEMA.field(name))
        assert found is not None and found.value == expected, name
        assert all(each.boxes for each in found.evidence)


@QUICK
@given(NUMBERS, NUMBERS, DAYS, DAYS, AMOUNTS, GOODS, GOODS, SHIFTS)
def test_fingerprint_stays_while_values_change(
    laid_out: Maker,
    first: str,
    second: str,
    day: date,
    later: date,
    total: Decimal,
    goods: list[str],
    more: list[str],
    shift: tuple[float, float],
) -> None:
    """Other values, more rows and a shift leave a page alike, and its sketch finds it."""
    one = fingerprint(laid_out(texts(first, day, total, goods)))
    other = fingerprint(laid_out(texts(second, later, total, more, shift)))
    assert likeness(one, other) >= ALIKE
    assert likeness(one, other) == pytest.approx(likeness(other, one), abs=0.1)
    assert len(kept_terms(one) & looked_up_terms(other)) >= 3


def test_same_words_in_another_order_are_another_layout(laid_out: Maker) -> None:
    """A name in the letterhead does not make a layout: the same words at other places are not alike."""
    placed = texts("AB-1234", date(2026, 1, 2), Decimal("120.00"), ["Paint"])
    moved = [(595 - x if x < 480 else 60, 800 - y, text) for x, y, text in placed]
    one, other = fingerprint(laid_out(placed)), fingerprint(laid_out(moved))
    assert likeness(one, one) == 1.0
    assert likeness(one, other) < ALIKE


def test_value_without_its_label_is_not_taken(laid_out: Maker) -> None:
    """Where the label of a value is missing, what stands at its place is something else."""
    placed = texts("AB-1234", date(2026, 1, 2), Decimal("120.00"), ["Paint"])
    place = learned(Reader(laid_out(placed)), "total", Decimal("120.00"), "120.00")
    assert place is not None
    renamed = [(x, y, "Deposit" if text == "Total" else text) for x, y, text in placed]
    assert recall(Reader(laid_out(renamed)), place, SCHEMA.field("total")) is None


def test_label_that_stands_there_twice_is_unclear(laid_out: Maker) -> None:
    """Two labels with a value each, and nothing that tells them apart: no answer rather than one of the two."""
    placed = texts("AB-1234", date(2026, 1, 2), Decimal("120.00"), ["Paint"])
    place = learned(Reader(laid_out(placed)), "total", Decimal("120.00"), "120.00")
    assert place is not None
    twice = [(360, 300, "Total"), (500, 300, "120.00"), (360, 500, "Total"), (500, 500, "130.00")]
    assert recall(Reader(laid_out(twice)), place, SCHEMA.field("total")) is None


def test_what_does_not_read_as_its_kind_is_not_taken(laid_out: Maker) -> None:
    """Words at the place of a day that are no day, and an account whose check digits are wrong, are no answers."""
    placed = texts("AB-1234", date(2026, 1, 2), Decimal("120.00"), ["Paint"])
    place = learned(Reader(laid_out(placed)), "day", date(2026, 1, 2), "02.01.2026")
    assert place is not None
    other = [(x, y, "next week" if text == "02.01.2026" else text) for x, y, text in placed]
    assert recall(Reader(laid_out(other)), place, SCHEMA.field("day")) is None
    account = [*placed, (60, 120, "Pay to DE89370400440532013000")]
    place = learned(Reader(laid_out(account)), "account", "DE89370400440532013000", "DE89370400440532013000")
    assert place is not None
    wrong = [*placed, (60, 120, "Pay to DE89370400440532013001")]
    assert recall(Reader(laid_out(wrong)), place, SCHEMA.field("account")) is None


@pytest.mark.parametrize("first_over_two_lines", [True, False])
def test_a_name_takes_its_legal_form_from_the_line_below(laid_out: Maker, *, first_over_two_lines: bool) -> None:
    """A name that is printed over one line or two is found whole either way, wherever it was learned."""

    def page(over_two_lines: bool, name: str, form: str) -> Reader:
        lines = (name, form) if over_two_lines else (f"{name} {form}", "Dock 4")
        placed = texts("AB-1234", date(2026, 1, 2), Decimal("120.00"), ["Paint"])
        return Reader(laid_out([*placed, (60, 110, "Brought by"), (60, 123, lines[0]), (60, 135, lines[1])]))

    teacher = page(first_over_two_lines, "Rhine Barge Lines", "B.V.")
    evidence = pointed_to(teacher, "Rhine Barge Lines" if first_over_two_lines else "Rhine Barge Lines B.V.")
    if first_over_two_lines:
        boxes = (*evidence[0].boxes, *pointed_to(teacher, "B.V.")[0].boxes)
        evidence = (Evidence(1, boxes, "Rhine Barge Lines B.V."),)
    place = learned(teacher, "carrier", "Rhine Barge Lines B.V.", evidence=evidence)
    assert place is not None
    for over_two_lines in (True, False):
        found = recall(page(over_two_lines, "Alpine Road Freight", "GmbH"), place, SCHEMA.field("carrier"))
        assert found is not None and found.value == "Alpine Road Freight GmbH"
        assert len(found.evidence[0].boxes) == 1 + over_two_lines


def test_a_label_that_a_machine_took_for_a_row_is_still_a_neighbour(laid_out: Maker) -> None:
    """What machines say of tables hides no words around a value: they take labels for rows. What people set does."""
    reader = Reader(laid_out(texts("AB-1234", date(2026, 1, 2), Decimal("120.00"), ["Paint"])))
    for source, is_hidden in (("rules", False), ("person", True)):
        cell = FieldResult(
            name="goods",
            kind=Kind.TEXT,
            answer="found",
            value="Total",
            evidence=pointed_to(reader, "Total"),
            source=source,
        )
        rows = {"items": (RowResult(number=1, cells={"goods": cell}),)}
        place = learned(reader, "total", Decimal("120.00"), "120.00", rows=rows)
        texts_around = [neighbour.text for neighbour in place.neighbours] if place else []
        assert ("total" not in texts_around) is is_hidden


def test_words_that_stand_everywhere_tell_no_place(laid_out: Maker) -> None:
    """A page full of the label is no answer, and its twenty thousand places are not compared pair by pair."""
    placed = texts("AB-1234", date(2026, 1, 2), Decimal("120.00"), ["Paint"])
    place = learned(Reader(laid_out(placed)), "total", Decimal("120.00"), "120.00")
    assert place is not None
    full = [(360.0, float(y) / 10, "Total 120.00") for y in range(1000, 21000)]
    assert recall(Reader(laid_out(full)), place, SCHEMA.field("total")) is None


def test_typed_value_that_does_not_stand_there_teaches_nothing(laid_out: Maker) -> None:
    """A slip of the keys, or a click on another value, is no lesson."""
    reader = Reader(laid_out(texts("AB-1234", date(2026, 1, 2), Decimal("120.00"), ["Paint"])))
    assert learned(reader, "total", Decimal("121.00"), "120.00") is None
    assert learned(reader, "number", "AB-1243", "AB-1234") is None


@QUICK
@given(st.lists(st.tuples(st.floats(0, 590), st.floats(0, 830), st.text(min_size=1, max_size=12)), max_size=12))
def test_any_page_can_be_asked(laid_out: Maker, placed: list[tuple[float, float, str]]) -> None:
    """Whatever stands on a page, it has a fingerprint, and a place from elsewhere is found there or not."""
    document = laid_out(placed)
    assert 0.0 <= likeness(fingerprint(document), fingerprint(document)) <= 1.0
    teacher = Reader(laid_out(texts("AB-1234", date(2026, 1, 2), Decimal("120.00"), ["Paint"])))
    place = learned(teacher, "total", Decimal("120.00"), "120.00")
    assert place is not None
    found = recall(Reader(document), place, SCHEMA.field("total"))
    assert found is None or isinstance(found.value, Decimal)
