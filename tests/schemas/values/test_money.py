"""Amounts are read as people write them, and nothing else is taken for one."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.values.money import currency_of, parse_money

STYLES = [(".", ","), (",", "."), (",", " "), (".", "'"), (",", "\u00a0"), (",", "\u202f"), (".", ""), (",", "")]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.234,56 €", "1234.56"),
        ("$1,234.50", "1234.50"),
        ("1'234.50", "1234.50"),
        ("CHF 1’234.50", "1234.50"),
        ("1 234,56", "1234.56"),
        ("(123.45)", "-123.45"),
        ("-5.00", "-5.00"),
        ("5.00-", "-5.00"),
        ("−12,30 EUR", "-12.30"),
        ("12.00 CR", "-12.00"),
        ("RM 8.20", "8.20"),
        ("100,-", "100"),
        ("12.345.678", "12345678"),
        ("0.025", "0.025"),
        ("1,234", "1234"),
    ],
)
def test_written_forms(text: str, value: str) -> None:
    """Every usual way to write an amount gives its value and sign."""
    assert parse_money(text) == Decimal(value)


@pytest.mark.parametrize(
    "text", ["", "19 %", "2026-01", "1.234,567.8", "1,23,4", "12.34.56.7", "abc", "١٢٣", "１２", "1O.50", "(5.00"]
)
def test_what_is_no_amount(text: str) -> None:
    """Percentages, dates, odd groups, digits of other scripts and look-alike letters are no amounts."""
    assert parse_money(text) is None


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2), st.sampled_from(STYLES))
def test_round_trip(value: Decimal, style: tuple[str, str]) -> None:
    """Any amount with cents that we format in any style is parsed back."""
    decimal, group = style
    text = f"{value:,.2f}".replace(",", "\0").replace(".", decimal).replace("\0", group)
    assert parse_money(text) == value


@given(st.integers(1, 999), st.integers(0, 999))
def test_known_mark_settles_doubt(head: int, tail: int) -> None:
    """One mark before three digits is a group or a fraction as the document's own mark says."""
    text = f"{head}.{tail:03d}"
    assert parse_money(text, ",") == Decimal(f"{head}{tail:03d}")
    assert parse_money(text, ".") == Decimal(text)


@given(st.text(max_size=40))
def test_any_text_is_taken(text: str) -> None:
    """No text makes the parser fail."""
    value = parse_money(text)
    assert value is None or value.is_finite()


@pytest.mark.parametrize(
    ("text", "code"),
    [("12 €", "EUR"), ("$5", "USD"), ("RM 3.00", "MYR"), ("Fr. 2.00", "CHF"), ("EUR", "EUR"), ("12", None)],
)
def test_currency(text: str, code: str | None) -> None:
    """The sign or code beside an amount names its currency."""
    assert currency_of(text) == code
