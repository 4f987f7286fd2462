"""Records are typed by their schema, and values have one canonical form."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.fields import FieldDefinition, Kind
from schemas.loader import builtin_schemas
from schemas.validators import VALIDATORS
from schemas.values.typed import as_text, canonical


def test_a_record_is_typed_by_kind() -> None:
    """Amounts are decimals, days are dates, rows and lists are lists; what is absent is None or empty."""
    invoice = builtin_schemas()["invoice"].record_type
    record = invoice.model_validate(
        {"invoice_number": "7", "issue_date": "2026-01-31", "gross_total": "119.00", "line_items": [{"quantity": "2"}]}
    ).model_dump()
    assert record["gross_total"] == Decimal("119.00")
    assert record["issue_date"] == date(2026, 1, 31)
    assert record["line_items"][0] == {
        "description": None,
        "quantity": Decimal(2),
        "unit_price": None,
        "line_total": None,
    }
    assert record["due_date"] is None
    assert builtin_schemas()["contract"].record_type().model_dump()["parties"] == []


def test_a_record_takes_no_other_fields() -> None:
    """A misspelt name is an error, not a value that disappears."""
    with pytest.raises(ValidationError):
        builtin_schemas()["receipt"].record_type.model_validate({"totl": "1"})


def test_asking_for_an_unknown_field_says_of_which_schema() -> None:
    """The error names both."""
    with pytest.raises(KeyError, match="receipt has no field tip"):
        builtin_schemas()["receipt"].field("tip")


NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20, places=6)


@given(st.one_of(NUMBERS, st.dates(), st.text()))
def test_the_canonical_text_leads_back(value: Decimal | date | str) -> None:
    """Text and back is the same value, to the last digit, never with an exponent."""
    kind = Kind.MONEY if isinstance(value, Decimal) else Kind.DATE if isinstance(value, date) else Kind.TEXT
    text = as_text(value)
    again = canonical(kind, text)
    assert again == value
    assert as_text(again) == text
    if kind is Kind.MONEY:
        assert "E" not in text


@pytest.mark.parametrize("value", ["", "abc", "NaN", "Infinity", "1e99", "1,5", True.__class__.__name__])
def test_no_number_is_made_of_other_text(value: str) -> None:
    """What is no plain decimal of a size that a document would hold is refused."""
    with pytest.raises(ValueError, match="is no number"):
        canonical(Kind.MONEY, value)


def test_a_time_becomes_its_day() -> None:
    """A field of kind date holds days only."""
    got = canonical(Kind.DATE, datetime(2026, 1, 31, 23, 59))
    assert got == date(2026, 1, 31)
    assert not isinstance(got, datetime)
    with pytest.raises(ValueError, match="31/01/2026"):
        canonical(Kind.DATE, "31/01/2026")


@pytest.mark.parametrize(
    ("name", "sound", "unsound"),
    [
        ("iban", "DE89370400440532013000", "DE89370400440532013001"),
        ("eu_vat", "DE136695976", "DE136695977"),
        ("bic", "DEUTDEFF", "DEUT1"),
        ("lei", "5493001KJTIIGC8Y1R12", "5493001KJTIIGC8Y1R13"),
        ("positive", Decimal("0.01"), Decimal(0)),
        ("not_negative", Decimal(0), Decimal("-0.01")),
        ("plausible_year", date(2026, 1, 1), date(1026, 1, 1)),
    ],
)
def test_validators_know_sound_from_unsound(name: str, sound: object, unsound: object) -> None:
    """Check digits, signs and years are judged; an unsound value comes with a sentence."""
    assert VALIDATORS[name](sound) is None
    assert VALIDATORS[name](unsound)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "a__b", "kind": "text"},
        {"name": "a", "kind": "table"},
        {"name": "a", "kind": "text", "columns": ({"name": "b", "kind": "text", "description": "B."},)},
        {"name": "a", "kind": "choice"},
        {"name": "a", "kind": "text", "pattern": "("},
    ],
)
def test_a_field_that_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    """Definitions that no source could follow do not come into being."""
    with pytest.raises(ValidationError):
        FieldDefinition.model_validate({"description": "A field.", **wrong})
