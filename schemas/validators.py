"""Named checks of a single value, with the check digits of the standards behind them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from types import ModuleType

from stdnum import bic, iban, lei
from stdnum.exceptions import ValidationError

from schemas.fields import Kind
from schemas.values.identifiers import compact, is_national_vat_number, is_vat_number


def _by_number(module: ModuleType) -> Callable[[str], str | None]:
    def problem(value: str) -> str | None:
        try:
            module.validate(value)
        except ValidationError as error:
            return str(error)
        return None

    return problem


def _vat(value: str) -> str | None:
    number = compact(value)
    if is_vat_number(number) or is_national_vat_number(number):
        return None
    return "The check digits are not those of a VAT number."


def _positive(value: Decimal) -> str | None:
    return None if value > 0 else "The amount is not above zero."


def _not_negative(value: Decimal) -> str | None:
    return None if value >= 0 else "The amount is below zero."


def _plausible_year(value: date) -> str | None:
    return None if 1900 <= value.year <= 2100 else "The year is before 1900 or after 2100."


VALIDATORS: dict[str, Callable[..., str | None]] = {
    "iban": _by_number(iban),  # ISO 13616, mod 97
    "bic": _by_number(bic),  # ISO 9362, form only
    "eu_vat": _vat,  # per country, British and Swiss ones too, most with a check digit
    "lei": _by_number(lei),  # ISO 17442, mod 97
    "positive": _positive,
    "not_negative": _not_negative,
    "plausible_year": _plausible_year,
}
"""Name to function; each returns None if the value is sound, else one sentence that says what is wrong."""


def validated_kinds(name: str) -> frozenset[Kind]:
    """Return the kinds of fields that the validator `name` can judge."""
    if name in ("positive", "not_negative"):
        return frozenset({Kind.MONEY, Kind.NUMBER})
    if name == "plausible_year":
        return frozenset({Kind.DATE})
    return frozenset({Kind.IDENTIFIER, Kind.TEXT})


def has_check_digits(names: tuple[str, ...]) -> bool:
    """Return whether any of the named validators is strong: passing it by chance is unlikely."""
    return bool({"iban", "lei", "eu_vat"} & set(names))
