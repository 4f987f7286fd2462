"""First and last day of one period."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extractors.rules import periods
from extractors.rules.extract import candidates
from schemas.document import ParsedDocument
from schemas.loader import builtin_schemas
from schemas.schema import Schema
from schemas.short_forms import full_schema

Maker = Callable[..., ParsedDocument]


def schema_of(first: str, last: str) -> Schema:
    text = f"schema: s\ntitle: S\nfields:\n  {first}\n  {last}\n"
    return Schema.model_validate(full_schema(yaml.safe_load(text)))


START_AND_END = schema_of("start_date: {kind: date}", "end_date: {kind: date}")


def ends(document: ParsedDocument, schema: Schema) -> tuple[date | None, date | None]:
    found = candidates(document, schema)
    best = [
        max((c for c in found if c.field == field.name), key=lambda c: c.score, default=None) for field in schema.fields
    ]
    first, last = (candidate and candidate.value for candidate in best)
    return first, last  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("valid_from: {kind: date}", "valid_until: {kind: date}"),
        ("one: {kind: date, labels: [from]}", "two: {kind: date, labels: [to]}"),
        ("one: {kind: date, labels: [stay]}", "two: {kind: date, labels: [stay]}"),
        ("one: {kind: date, labels: [Beginn]}", "two: {kind: date, labels: [Ende]}"),
    ],
)
def test_pairs(first: str, last: str) -> None:
    """A wording in common, or beginning and end of the same, makes two fields the ends of a period."""
    assert [(a.name, b.name) for a, b in periods.pairs(schema_of(first, last))] == [
        (first.partition(":")[0], last.partition(":")[0])
    ]


def test_no_pairs() -> None:
    """Other days that follow each other are no period, and none of an invoice is one."""
    assert not list(periods.pairs(schema_of("start_date: {kind: date}", "print_date: {kind: date}")))
    assert not list(periods.pairs(schema_of("hired_from: {kind: date}", "paid_to: {kind: date}")))
    assert not list(periods.pairs(builtin_schemas()["invoice"]))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(
    first=st.dates(date(2001, 1, 13), date(2099, 1, 1)),
    days=st.integers(1, 700),
    between=st.sampled_from([" - ", "-", " to ", " \u2013 ", " bis ", " through "]),
)
def test_whole_period(laid_out: Maker, first: date, days: int, between: str) -> None:
    """Two days with a dash or a word between them are first and last day, whatever names the period."""
    last = first + timedelta(days)
    page = [(40, 60, "Contract Dates"), (150, 60, f"{first:%d.%m.%Y}{between}{last:%d.%m.%Y}")]
    assert ends(laid_out(page), START_AND_END) == (first, last)


def test_label_of_one_end_leads_to_both(laid_out: Maker) -> None:
    """ "Booked stay" is akin to the first field alone; the period behind it is of both."""
    schema = schema_of("one: {kind: date, labels: [stay start date]}", "two: {kind: date, labels: [stay end date]}")
    page = [
        (40, 40, "Invoice Period"), (150, 40, "01/20/2024 - 02/28/2024"),
        (40, 60, "Booked Stay"), (150, 60, "01/27/2024 - 02/23/2024"),
    ]  # fmt: skip
    assert ends(laid_out(page), schema) == (date(2024, 1, 27), date(2024, 2, 23))


def test_word_between_days_is_no_label(laid_out: Maker) -> None:
    """The "to" of a row's period does not outdo the label of the whole."""
    schema = schema_of("stay_from: {kind: date, labels: [from]}", "stay_to: {kind: date, labels: [to]}")
    page = [
        (40, 60, "Stay:"), (150, 60, "01/27/2024 - 02/23/2024"),
        (40, 90, "01/27/2024 to 01/30/2024"), (40, 110, "02/01/2024 to 02/05/2024"),
    ]  # fmt: skip
    assert ends(laid_out(page), schema) == (date(2024, 1, 27), date(2024, 2, 23))


def test_two_labels_for_two_days(laid_out: Maker) -> None:
    """Where each end has a label of its own, each day is taken from its own."""
    page = [(40, 60, "Start Date"), (150, 60, "01/27/2024"), (40, 80, "End Date"), (150, 80, "02/23/2024")]
    assert ends(laid_out(page), START_AND_END) == (date(2024, 1, 27), date(2024, 2, 23))
