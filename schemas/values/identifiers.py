"""Numbers that name something, with the check digits of their standards: IBAN (ISO 13616) and tax numbers of sellers.

How a VAT number is built, country by country: Commission, "VIES - VAT number structures"; HMRC VATREC; Swiss UID act.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from stdnum import iban
from stdnum.au import abn as australian
from stdnum.ch import uid as swiss
from stdnum.dk import cvr as danish
from stdnum.es import nif as spanish
from stdnum.eu import vat
from stdnum.gb import vat as british
from stdnum.it import iva as italian
from stdnum.mx import rfc as mexican
from stdnum.pl import nip as polish
from stdnum.pt import nif as portuguese

_IBAN = re.compile(r"(?<![A-Z0-9])[A-Z]{2}\s?[0-9]{2}(?:[\s.]?[A-Z0-9]{1,4}){2,9}(?![A-Z0-9])", re.IGNORECASE)
_VAT_FORMS = {
    "AT": "U[0-9]{8}",
    "BE": "[01][0-9]{9}",
    "BG": "[0-9]{9,10}",
    "CHE": "[0-9]{9}",
    "CY": "[0-9]{8}[A-Z]",
    "CZ": "[0-9]{8,10}",
    "DE": "[0-9]{9}",
    "DK": "[0-9]{8}",
    "EE": "[0-9]{9}",
    "EL": "[0-9]{9}",
    "ES": "[0-9A-Z][0-9]{7}[0-9A-Z]",
    "FI": "[0-9]{8}",
    "FR": "[0-9A-Z]{2}[0-9]{9}",
    "GB": "[0-9]{9}(?:[0-9]{3})?",
    "HR": "[0-9]{11}",
    "HU": "[0-9]{8}",
    "IE": "[0-9][0-9A-Z][0-9]{5}[A-Z]{1,2}",
    "IT": "[0-9]{11}",
    "LT": "[0-9]{9}(?:[0-9]{3})?",
    "LU": "[0-9]{8}",
    "LV": "[0-9]{11}",
    "MT": "[0-9]{8}",
    "NL": "[0-9]{9}B[0-9]{2}",
    "PL": "[0-9]{10}",
    "PT": "[0-9]{9}",
    "RO": "[0-9]{6,10}",
    "SE": "[0-9]{12}",
    "SI": "[0-9]{8}",
    "SK": "[0-9]{10}",
    "XI": "[0-9]{9}",
}
_VAT = re.compile(
    rf"(?<![A-Z0-9])(?:{'|'.join(_VAT_FORMS)})[\s.-]{{0,2}}[A-Z0-9](?:[\s.]?[A-Z0-9]){{5,12}}(?![A-Z0-9])",
    re.IGNORECASE,
)
_VAT_FORM = re.compile("|".join(f"{country}{form}" for country, form in _VAT_FORMS.items()))
# Numbers without the letters of a country, as printed behind a label: longer and more telling forms first.
_NATIONAL = re.compile(
    r"""(?<![A-Z0-9])(?:
        [A-ZÑ&]{3,4}[ -]?[0-9]{2}(?:0[1-9]|1[0-2])[0-3][0-9][ -]?[A-Z0-9]{3}          # Mexico: ABC 970611 2P8
      | [A-Z]-?[0-9]{2}[. ]?[0-9]{3}[. ]?[0-9]{2}(?:[0-9]|-?[A-Z])    # Spain, a company: B-31.448.215
      | [0-9]{2}[. ]?[0-9]{3}[. ]?[0-9]{3}-?[A-Z]          # Spain, a person: 72.441.803-K
      | [0-9]{2}\s[0-9]{3}\s[0-9]{3}\s[0-9]{3}             # Australia: 51 824 753 556
      | [0-9]{4}\s[0-9]{4}\s[0-9]{3}                       # Italy
      | [0-9]{3}[ ][0-9]{4}[ ][0-9]{2}                     # Britain: 361 0082 47
      | [0-9]{3}-[0-9]{3}-[0-9]{2}-[0-9]{2} | [0-9]{3}-[0-9]{2}-[0-9]{2}-[0-9]{3}    # Poland
      | [0-9]{3}\s[0-9]{3}\s[0-9]{3}                       # Portugal
      | [0-9]{2}\s[0-9]{2}\s[0-9]{2}\s[0-9]{2}             # Denmark
      | [A-Z]?-?[0-9]{7,11}-?[A-Z]?
    )(?![A-Z0-9])""",
    re.VERBOSE,
)
_LEAD = 14  # characters without a figure that may stand between a label and a number without a country's letters


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
    countries = (spanish, italian, portuguese, polish, danish, british, australian, mexican)
    return any(country.is_valid(number) for country in countries)


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
        pieces = list(_pieces(text, match))
        right = next((piece for piece in pieces if piece.valid), None)
        if right is not None or match[0][:2].isupper():  # "de 123456789" is a Spanish telephone
            yield from [right] if right is not None else [p for p in pieces if _VAT_FORM.fullmatch(p.value)][:1]


def _pieces(text: str, match: re.Match[str]) -> Iterator[FoundNumber]:
    """What a VAT number can be that begins where `match` does, the longest first: a word may follow the number."""
    for end in range(match.end(), match.start() + 7, -1):
        if text[end - 1].isalnum() and (end == len(text) or not text[end].isalnum()):
            number = compact(text[match.start() : end])
            yield FoundNumber(number, match.start(), end, is_vat_number(number))


def national_vat_number(text: str) -> FoundNumber | None:
    """Return the tax number without a country's letters that `text`, the words behind a label, begins with, or None.

    Spain, Italy, Portugal, Mexico and Australia print theirs so, and many a British seller does.
    """
    match = _NATIONAL.search(text)
    if match is None or any(char.isdigit() for char in text[: match.start()]) or match.start() > _LEAD:
        return None
    number = compact(match[0])
    return FoundNumber(number, match.start(), match.end(), is_national_vat_number(number))
