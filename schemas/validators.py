"""Named checks of a single value, with the check digits of the standards behind them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from types import ModuleType

from stdnum import bic, iban, lei
from stdnum.exceptions import InvalidChecksum, ValidationError

from schemas import reasons
from schemas.fields import Kind
from schemas.reasons import Sentence
from schemas.values.identifiers import compact, is_national_vat_number, is_vat_number


def _by_number(module: ModuleType) -> Callable[[str], Sentence | None]:
    def problem(value: str) -> Sentence | None:
        try:
            module.validate(value)
        except InvalidChecksum:
            return reasons.WRONG_DIGITS()
        except ValidationError:
            return reasons.WRONG_FORM()
        return None

    return problem


def _vat(value: str) -> Sentence | None:
    number = compact(value)
    return None if is_vat_number(number) or is_national_vat_number(number) else reasons.NO_VAT_NUMBER()


def _positive(value: Decimal) -> Sentence | None:
    return None if value > 0 else reasons.NOT_ABOVE_ZERO()


def _not_negative(value: Decimal) -> Sentence | None:
    return None if value >= 0 else reasons.BELOW_ZERO()


def _plausible_year(value: date) -> Sentence | None:
    return None if 1900 <= value.year <= 2100 else reasons.NO_PLAUSIBLE_YEAR()


VALIDATORS: dict[str, Callable[..., Sentence | None]] = {
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
