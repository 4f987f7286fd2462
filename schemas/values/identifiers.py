"""Numbers that name something, with the check digits of their standards: IBAN (ISO 13616) and VAT numbers of Europe."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from stdnum import iban
from stdnum.ch import uid as swiss
from stdnum.dk import cvr as danish
from stdnum.es import nif as spanish
from stdnum.eu import vat
from stdnum.gb import vat as british
from stdnum.it import iva as italian
from stdnum.pl import nip as polish
from stdnum.pt import nif as portuguese

_IBAN = re.compile(r"(?<![A-Z0-9])[A-Z]{2}\s?[0-9]{2}(?:[\s.]?[A-Z0-9]{1,4}){2,9}(?![A-Z0-9])", re.IGNORECASE)
_VAT = re.compile(
    r"(?<![A-Z0-9])(?:AT|BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|FR|GB|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK|CHE|XI)"
    r"[\s.-]?[A-Z0-9](?:[\s.]?[A-Z0-9]){5,12}(?![A-Z0-9])",
    re.IGNORECASE,
)


class FoundNumber(NamedTuple):
    """A number in a text: the compact form, where it stands, and whether its check digits are right."""

    value: str
    start: int
    end: int
    valid: bool


def compact(text: str) -> str:
    """Return the identifier without blanks and dots, in capitals."""
    return re.sub(r"[\s.\u00a0-]", "", text).upper()


def is_vat_number(number: str) -> bool:
    """Return whether the check digits of a compact VAT number with its country's letters are right."""
    if number.startswith(("GB", "XI")):
        return bool(british.is_valid(number[2:]))
    if number.startswith("CHE"):
        return bool(swiss.is_valid(number))
    return bool(vat.is_valid(number))


def is_national_vat_number(number: str) -> bool:
    """Return whether a number without a country's letters is a right one of a country that prints them so."""
    return any(country.is_valid(number) for country in (spanish, italian, portuguese, polish, danish))


def find_ibans(text: str) -> Iterator[FoundNumber]:
    """Yield the bank accounts in `text`: the longest run from each start whose check digits are right."""
    at = 0
    while match := _IBAN.search(text, at):
        at = match.start() + 1  # what begins like an account may run on into one: a VAT number stands before it
        for end in range(match.end(), match.start() + 14, -1):
            piece = text[match.start() : end]
            if (end == len(text) or not text[end].isalnum()) and iban.is_valid(compact(piece)):
                yield FoundNumber(compact(piece), match.start(), end, True)
                at = end
                break


def find_vat_numbers(text: str) -> Iterator[FoundNumber]:
    """Yield the VAT numbers with a country prefix in `text`; wrong check digits are told, not hidden."""
    for match in _VAT.finditer(text):
        best: FoundNumber | None = None
        for end in range(match.end(), match.start() + 7, -1):
            piece = text[match.start() : end].rstrip()
            if end < len(text) and text[end].isalnum():
                continue
            number = compact(piece)
            if is_vat_number(number):
                yield FoundNumber(number, match.start(), end, True)
                best = None
                break
            # Most of the digits in one run: a word that follows the number is not part of it.
            if best is None and sum(char.isdigit() for char in number) >= 7 and " " not in piece[3:]:
                best = FoundNumber(number, match.start(), end, False)
        else:
            if best is not None:
                yield best
