"""Two values are the same exactly when a person who checks records would say so."""

import importlib.util
import json
import random
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.comparators import equal, forms, normal
from schemas.fields import FieldDefinition, Kind
from schemas.loader import builtin_schemas


def _field(kind: str, **rest: Any) -> FieldDefinition:
    return FieldDefinition(name="value", kind=Kind(kind), description="A value.", **rest)


@pytest.mark.parametrize(
    ("kind", "truth", "got"),
    [
        ("date", "2018-03-05", date(2018, 3, 5)),
        ("date", "2018-03-05", "March 5, 2018"),
        ("date", "2018-03-05", "05.03.2018"),
        ("date", "2018-03-05", "2018-3-5T00:00"),
        ("money", "1234.56", "1.234,56 €"),
        ("money", "-3.10", "(3.10)"),
        ("money", "2.01", Decimal("2.005")),
        ("money", "0.00", "-0.00"),
        ("number", "2", Decimal("2.000")),
        ("party", "Wynn Resorts, Limited", "WYNN RESORTS LTD."),
        ("party", "Müller & Söhne GmbH", "muller and sohne gmbh"),
        ("identifier", "DE88 2008 0000", "DE8820080000"),
        ("identifier", "RE-20190610/507", "re 20190610 507"),
        ("duration", "2 years", "24 months"),
        ("duration", "2 years", "two (2) years"),
        ("jurisdiction", "New York", "NEW YORK"),
        ("currency", "EUR", "eur"),
    ],
)
def test_spellings_of_one_value_are_equal(kind: str, truth: object, got: object) -> None:
    """The same value in another spelling counts as right."""
    assert equal(_field(kind), truth, got)


@pytest.mark.parametrize(
    ("kind", "truth", "got"),
    [
        ("date", "2018-03-05", "2018-05-03"),
        ("money", "1234.56", "1234.57"),
        ("money", "3.10", "-3.10"),
        ("number", "2", "2.5"),
        ("party", "Wynn Resorts Ltd", "Wynn Las Vegas Ltd"),
        ("identifier", "2019-06-10-12", "2019-06-10-13"),
        ("duration", "2 years", "2 months"),
        ("text", "a", ""),
        ("text", None, "a"),
    ],
)
def test_other_values_are_not_equal(kind: str, truth: object, got: object) -> None:
    """A different value never counts as right."""
    assert not equal(_field(kind), truth, got)


def test_amounts_of_credit_notes_may_count_without_sign() -> None:
    """With either_sign an amount equals its negative, and only then."""
    assert equal(_field("money"), "-8.79", "8.79", either_sign=True)
    assert not equal(_field("money"), "-8.79", "8.79")


def test_a_list_needs_every_value_once() -> None:
    """Order does not matter; a missing or additional value makes the list wrong."""
    parties = _field("party", many=True)
    assert equal(parties, ["Alpha Inc.", "Beta LLC"], ["BETA LLC", "Alpha Incorporated"])
    assert not equal(parties, ["Alpha Inc.", "Beta LLC"], ["Alpha Inc."])
    assert not equal(parties, ["Alpha Inc."], ["Alpha Inc.", "Beta LLC"])


def test_rows_match_by_amount_and_description() -> None:
    """A row is right with the same total and an alike description, whatever the other columns say."""
    items = builtin_schemas()["invoice"].field("line_items")
    truth = [{"description": "Design (hours): Of a sample invoice", "line_total": "160.00"}]
    assert equal(items, truth, [{"description": "Design (hours)", "quantity": Decimal(1), "line_total": Decimal(160)}])
    assert not equal(items, truth, [{"description": "Design (hours)", "line_total": "161.00"}])
    assert not equal(items, truth, [{"description": "Postage", "line_total": "160.00"}])


def test_the_comparator_of_a_field_goes_before_that_of_its_kind() -> None:
    """A schema that asks for exact comparison gets it."""
    assert equal(_field("text"), "A b", "ab")
    assert not equal(_field("text", comparator="exact"), "A b", "ab")
    assert equal(_field("text", comparator="money"), "1.5", "1,50 EUR")


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**9), max_value=10**9))
def test_an_amount_equals_itself_written_plainly(amount: Decimal) -> None:
    """Any amount equals its canonical text."""
    assert equal(_field("money"), amount, format(amount, "f"))


@given(st.sampled_from(list(Kind)), st.text())
def test_a_value_equals_itself(kind: Kind, text: str) -> None:
    """Any text of any plain kind equals itself, and comparing never fails."""
    if kind not in (Kind.TABLE, Kind.CHOICE):
        assert equal(_field(kind.value), text, text)


@pytest.fixture(scope="module")
def reference(shared_data: Path) -> ModuleType:
    """The scorer that the shared truth files come with."""
    file = shared_data.parent / "tools" / "score.py"
    if not file.is_file():
        pytest.skip(f"no scorer at {file}")
    spec = importlib.util.spec_from_file_location("reference_score", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _truths(data: Path) -> Iterator[tuple[FieldDefinition, Any]]:
    schemas = builtin_schemas()
    for file in sorted(data.glob("*/truth.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if row["kind"] in schemas:
                for name, value in row["fields"].items():
                    yield schemas[row["kind"]].field(name), value


def _mutations(value: Any, others: list[Any], chance: random.Random) -> Iterator[Any]:
    """The value as other sources might give it: spelt differently, cut, changed by a letter, or another one."""
    yield value
    yield chance.choice(others)
    if isinstance(value, list):
        yield value[:-1]
        yield value[::-1]
        yield [*value, *chance.choice(others)]
        yield [next(_mutations(one, [one], chance)) for one in value]
        if isinstance(value[0], dict):
            yield [{**row, "description": str(row.get("description"))[:9]} for row in value]
            yield [{**row, "description": f"1 {row.get('description')} x"} for row in value]
            yield [{**row, "line_total": str(row.get("line_total")).replace(".", ",")} for row in value]
        return
    text = str(value)
    yield text.upper()
    yield text.lower().replace(",", "").replace(".", "")
    yield text.replace("-", " ").replace(" ", "")
    yield text.replace(".", ",")
    yield f" {text} "
    yield text[:-1]
    place = chance.randrange(len(text))
    yield text[:place] + chance.choice("0123456789abcXYZ-. ,&") + text[place + 1 :]
    yield text.replace("Inc", "Incorporated").replace("Corporation", "Corp.").replace("years", "year")


def test_the_verdicts_are_those_of_the_reference_scorer(shared_data: Path, reference: ModuleType) -> None:
    """On every shared truth and its mutations we say right or wrong as the reference scorer does."""
    chance = random.Random(20261120)
    truths = list(_truths(shared_data))
    by_name: dict[str, list[Any]] = {}
    for field, value in truths:
        by_name.setdefault(field.name, []).append(value)
    right = compared = 0
    for field, value in truths:
        for got in _mutations(value, by_name[field.name], chance):
            case = reference.case({"fields": {field.name: value}}, {"fields": {field.name: got}}, field.name, False)
            compared += 1
            right += case[3]
            assert equal(field, value, got) == case[3], (field.name, value, got)
    assert compared > 10_000
    assert 0.2 < right / compared < 0.8  # a comparison that says always yes or always no would prove nothing


def test_numbers_beyond_all_measure_do_no_harm() -> None:
    """A row of digits that is no amount is compared, not tripped over."""
    long = "9" * 100
    assert equal(_field("money"), long, long)
    assert not equal(_field("money"), long, "8" * 100)
    assert not equal(_field("money"), "1234567890123456789012345678.01", "1234567890123456789012345678.02")


def test_absent_values_have_no_form() -> None:
    """None, an empty text and an empty list all mean that nothing is there."""
    field = _field("text")
    assert forms(field, None) == forms(field, "") == forms(field, []) == []
    assert normal(field, "A-B") == "ab"
