"""Numbers with check digits are found among blanks, and one wrong digit is seen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iban

from schemas.validators import VALIDATORS
from schemas.values.durations import duration, find_durations, parse_duration
from schemas.values.identifiers import compact, find_ibans, find_vat_numbers, national_vat_number
from schemas.values.jurisdictions import find_jurisdictions


@given(st.text("0123456789", min_size=18, max_size=18), st.text("abc xyz", max_size=8))
def test_account_is_found_in_its_place(digits: str, before: str) -> None:
    """A German IBAN is found whether printed in groups or not, where it stands."""
    number = "DE" + iban.calc_check_digits("DE00" + digits) + digits
    printed = " ".join(number[i : i + 4] for i in range(0, 22, 4))
    text = f"{before}: {printed} BIC"
    found = list(find_ibans(text))
    assert [(each.value, text[each.start : each.end].strip()) for each in found] == [(number, printed)]


def test_wrong_digit_is_no_account() -> None:
    """An IBAN with one digit changed is not taken."""
    assert list(find_ibans("DE88 2008 0000 0970 3757 00"))
    assert not list(find_ibans("DE88 2008 0000 0970 3757 01"))


def test_account_after_a_number_that_begins_like_one() -> None:
    """A VAT number or reference before an account does not swallow it."""
    for before in ("USt-IdNr. DE123456789 IBAN", "AB12", "DE88 2008"):
        (found,) = find_ibans(f"{before} DE89 3704 0044 0532 0130 00 BIC")
        assert found.value == "DE89370400440532013000"


def test_vat_numbers() -> None:
    """VAT numbers stop before the next word, and wrong check digits are told."""
    found = list(find_vat_numbers("USt-IdNr. DE 136695976 Amtsgericht, TVA FR11999999998, DE999999999"))
    assert [(each.value, each.valid) for each in found] == [
        ("DE136695976", True),
        ("FR11999999998", True),
        ("DE999999999", False),
    ]


def test_compact() -> None:
    """Blanks, dots and dashes do not belong to a number."""
    assert compact("de 12.34-5") == "DE12345"


@given(st.integers(1, 999), st.sampled_from(["day", "week", "month", "year"]))
def test_durations_round_trip(number: int, unit: str) -> None:
    """Any span of time that we format is parsed back."""
    text = duration(str(number), unit)
    assert parse_duration(text) == text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("for a period of two (2) years from", "2 years"),
        ("eighteen (18) months", "18 months"),
        ("a 24-month period", "24 months"),
        ("zwei Jahre", "2 years"),
    ],
)
def test_spelt_durations(text: str, value: str) -> None:
    """Number words, figures in brackets and hyphens are understood."""
    assert [found.value for found in find_durations(text)] == [value]


def test_jurisdictions() -> None:
    """The longest name at a place is taken, and words in lower case are no states."""
    names = [found.name for found in find_jurisdictions("laws of the State of New York, England and Wales; turkey")]
    assert names == ["New York", "England and Wales"]


def test_vat_numbers_beyond_the_union() -> None:
    """British and Swiss numbers are known by their own check digits, printed with blanks or dots."""
    found = list(find_vat_numbers("VAT Reg No: GB 980 7806 84, CHE-107.787.577 MWST"))
    assert [(each.value, each.valid) for each in found] == [("GB980780684", True), ("CHE107787577", True)]
    judge = VALIDATORS["eu_vat"]
    assert judge("GB980780684") is None and judge("CHE107787577") is None and judge("501964843") is None
    assert judge("GB980780685") is not None and judge("501964844") is not None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("TVA FR 62 448 210 733 – Assurance", "FR62448210733"),
        ("BTW NL 8038.17.442.B02 KvK 34118820", "NL803817442B02"),
        ("VAT no. IE 4827193KA · a@b.example", "IE4827193KA"),
    ],
)
def test_vat_numbers_in_groups_with_wrong_digits(text: str, value: str) -> None:
    """A number of its country's form is found among blanks and dots, and its check digits are told to be wrong."""
    assert [(each.value, each.valid) for each in find_vat_numbers(text)] == [(value, False)]


@pytest.mark.parametrize(
    ("text", "value", "valid"),
    [
        (" 51 824 753 556", "51824753556", True),
        (": SDT140822H31", "SDT140822H31", True),
        (" ABA 970611 2P8", "ABA9706112P8", True),
        (" A-08.447.120 · GC-0448", "A08447120", True),
        (": 72.441.803-K", "72441803K", False),
        (" 361 0082 47", "361008247", False),
        (" 00931180261", "00931180261", False),
    ],
)
def test_numbers_without_a_country(text: str, value: str, valid: bool) -> None:
    """Australian, Mexican, Spanish, British and Italian numbers are read behind a label as they are printed."""
    found = national_vat_number(text)
    assert found is not None and (found.value, found.valid) == (value, valid)


def test_telephone_is_no_vat_number() -> None:
    """A small word before a number is no country."""
    assert not list(find_vat_numbers("llame al teléfono de 612345678 o es 912345678"))


@given(st.text("ABDEFIRTUX0123456789 .-", max_size=30))
def test_what_is_found_stands_there(text: str) -> None:
    """Any number that is found is the text at its place without blanks and marks."""
    found = [*find_vat_numbers(text), *(each for each in [national_vat_number(text)] if each)]
    assert all(each.value == compact(text[each.start : each.end]) for each in found)
