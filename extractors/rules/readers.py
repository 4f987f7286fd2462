"""Values of a kind in a stretch of text: the same readers serve labels, tables, free and remembered places."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from extractors.page.amounts import AMOUNT
from extractors.page.companies import LEGAL_FORM
from extractors.page.locale import DOLLARS, Locale, currencies_in
from extractors.page.runs import Passage, folded, tokens_of
from extractors.rules import scoring
from extractors.rules.blocks import is_street
from schemas.fields import FieldDefinition, Kind
from schemas.results import Value
from schemas.values.dates import find_dates
from schemas.values.identifiers import compact, find_ibans, find_vat_numbers, national_vat_number
from schemas.values.money import currency_of, parse_money

_CENTS = re.compile(r"[.,][0-9]{2}(?![0-9])")
_SPAN_OF_DAYS = re.compile(
    r"\s*-?\s*(?:days?|tagen?|tg|jours?|jrs|d[ií]as?|giorni|gg|dagen|dgn|dage|dagar|dias|dni|dn[ií]|months?|mois|monate?n?)\b",
    re.IGNORECASE,
)
_COUNTRY_AND_DIGITS = re.compile(r"[A-Z]{2,3}[\s.-]?[A-Z]?[0-9]")
_NAME_END = re.compile(
    r"\s{2,}|[|·•;]|,(?=\s)|\s(?:onder vermelding|o\.?v\.?v\.?|unter Angabe|mit (?:dem )?Verwendungszweck|quoting|"
    r"stating|en indiquant|en précisant|indicando|con causale|con indicazione)\b"
)
_ACCOUNT = re.compile(r"\b[A-Z]{2}[0-9]{2}(?:\s?[A-Z0-9]{4}){2,7}(?:\s?[A-Z0-9]{1,3})?\b")
_IDENTIFIER = re.compile(r"[A-Z0-9ÄÖÜ](?:[\w.#/\\-]*\w)?", re.IGNORECASE)


_DAY = re.compile(r"[0-9]{1,4}([/.-])[0-9]{1,2}\1[0-9]{2,4}(?:-[0-9]{1,4}\1[0-9]{1,2}\1[0-9]{2,4})?")


LONGEST_PHRASE = 8  # words; a text value that is longer is a sentence
SHORT_NUMBER = 3  # characters below which an identifier is more likely a count
LABEL_WORDS = frozenset(
    [
        "code",
        "ref",
        "reference",
        "name",
        "names",
        "id",
        "no",
        "date",
        "dates",
        "type",
        "desc",
        "description",
        "external",
        "internal",
        "product",
        "agency",
        "contact",
        "original",
        "revision",
        "rev",
        "estimate",
        "page",
        "positions",
        "position",
        "art",
        "lief",
        "nummer",
        "kennung",
        "bezeichnung",
        "adresse",
        "address",
        "number",
        "details",
        "info",
        "information",
        "nom",
        "numero",
        "datum",
        "typ",
        "email",
        "phone",
        "tel",
        "fax",
        "iban",
        "bic",
        "vat",
    ]
)
"""Words that make a label what it is; a text of nothing else is a label, not a value."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A value in a text, where it stands, and what about its form speaks for or against it."""

    value: Value
    start: int
    end: int
    factors: Mapping[str, float]


Reader = Callable[[str, FieldDefinition, Locale], Iterator[Reading]]


def read(passage: Passage, field: FieldDefinition, locale: Locale) -> list[Reading]:
    """Return the values of the field's kind in the passage, left to right; places count from the run's start."""
    reader = _READERS.get(field.kind)
    if reader is None:
        return []
    found = []
    for reading in reader(passage.text, field, locale):
        if field.pattern and not re.fullmatch(field.pattern, str(reading.value)):
            continue
        found.append(
            Reading(reading.value, reading.start + passage.start, reading.end + passage.start, reading.factors)
        )
    return found


def amounts(text: str, field: FieldDefinition, locale: Locale) -> Iterator[Reading]:
    """Yield amounts of money; without cents they are doubtful, most of all as totals where cents are written."""
    taken = [(found.start, found.end) for found in find_dates(text, locale.date_order)]
    if _COUNTRY_AND_DIGITS.search(text):
        taken += [(found.start, found.end) for find in (find_ibans, find_vat_numbers) for found in find(text)]
    plain = scoring.WRONG_FORMAT
    if "totals" in field.places and locale.decimal is not None:
        plain = scoring.TOTAL_WITHOUT_CENTS
    for match in AMOUNT.finditer(text):
        if any(match.start() < end and start < match.end() for start, end in taken):
            continue
        value = parse_money(match[0], locale.decimal)
        if value is None or len(re.sub(r"\D", "", match[0])) > 13:
            continue
        if "totals" in field.places and match[0].strip().isdigit() and _SPAN_OF_DAYS.match(text[match.end() :]):
            continue
        marked = currency_of(match[0]) is not None
        factors = {} if _CENTS.search(match[0]) else {"format": scoring.WRONG_FORMAT if marked else plain}
        lead = len(match[0]) - len(match[0].lstrip())
        yield Reading(value, match.start() + lead, match.end(), factors)


def numbers(text: str, field: FieldDefinition, locale: Locale) -> Iterator[Reading]:
    """Yield quantities and rates."""
    for reading in amounts(text, field, locale):
        yield Reading(reading.value, reading.start, reading.end, {})


def days(text: str, _field: FieldDefinition, locale: Locale) -> Iterator[Reading]:
    """Yield days; one whose day and month could be swapped is doubtful unless the document shows its order."""
    for found in find_dates(text, locale.date_order):
        factors = {"swappable": scoring.SWAPPABLE_DATE} if found.swappable and not locale.order_is_shown else {}
        yield Reading(found.value, found.start, found.end, factors)


def identifiers(text: str, field: FieldDefinition, _locale: Locale) -> Iterator[Reading]:
    """Yield the first number-like word; one with a digit is expected."""
    if "iban" in field.validators:
        yield from _accounts(text)
        return
    if "eu_vat" in field.validators:
        yield from _vat_numbers(text)
        return
    begin = _after_number_sign(text)
    for position, match in enumerate(_IDENTIFIER.finditer(text, begin)):
        if position > 1:
            return
        if any(char.isdigit() for char in match[0]) and not text[match.end() :].lstrip().startswith("%"):
            end = _with_short_tail(text, match.end())
            start = _with_series(text, match.start(), end)
            factors = {} if position == 0 or start < match.start() else {"second_word": 0.6}
            if end - start < SHORT_NUMBER:
                factors["short"] = 0.5
            if _DAY.fullmatch(text[start:end]):
                factors["day"] = 0.4
            yield Reading(text[start:end], start, end, factors)
            return


def _with_series(text: str, start: int, end: int) -> int:
    """Where the number begins with the capitals of its series, if no more than words follow: "FPR 88/24 vom"."""
    series = re.fullmatch(r"[\s:]*([A-ZÄÖÜ]{1,4}) ", text[:start])
    if series is None or series[1].casefold() in LABEL_WORDS or re.match(r"\s*[^\sa-zß-ÿ]", text[end:]):
        return start
    return series.start(1)


def _after_number_sign(text: str) -> int:
    """Where the value begins: behind the last "No." among the first words ("(380) Nr. 471102")."""
    signs = [token.end for token in tokens_of(text)[:4] if token.text == "no"]
    return signs[-1] if signs and text[signs[-1] :].strip(" .:°º") else 0


def _accounts(text: str) -> Iterator[Reading]:
    found = [Reading(number.value, number.start, number.end, {}) for number in find_ibans(text)]
    if not found and (match := _ACCOUNT.search(text)):
        found = [Reading(compact(match[0]), match.start(), match.end(), {"check_digits": 0.6})]
    yield from found


def _vat_numbers(text: str) -> Iterator[Reading]:
    found = False
    for number in find_vat_numbers(text):
        found = True
        yield Reading(number.value, number.start, number.end, {} if number.valid else {"check_digits": 0.8})
    if not found and (bare := national_vat_number(text)) is not None:
        yield Reading(bare.value, bare.start, bare.end, {} if bare.valid else {"format": 0.7})


def _with_short_tail(text: str, end: int) -> int:
    """A number can go on after a blank when only digits follow: "4500 123 456"."""
    tail = re.match(r"(?: [0-9]{2,6})+(?![\w.,/])", text[end:])
    if tail and text[:end].strip().isdigit():
        return end + tail.end()
    groups = re.match(r"(?: [0-9]{2,6}){2,}\s*$", text[end:])  # "1C24 0218 7741", and nothing behind it
    return end + len(groups[0].rstrip()) if groups else end


def names(text: str, field: FieldDefinition, _locale: Locale) -> Iterator[Reading]:
    """Yield the text up to the next mark that parts names from what follows."""
    start = len(text) - len(text.lstrip(" :-–"))
    stop = next((m.start() for m in _NAME_END.finditer(text, start) if not _name_goes_on(text, m)), len(text))
    value = text[start:stop].strip(" :,;-–/")
    if ": " in value and not any(char.isdigit() for char in value.partition(": ")[0]):
        value = value.rpartition(": ")[2]
    if is_label_like(value) or LEGAL_FORM.fullmatch(value):
        return
    if field.kind is Kind.PARTY and sum(c.isdigit() for c in value) > sum(c.isalpha() for c in value):
        return
    if field.kind is Kind.PARTY and is_street(value) and LEGAL_FORM.search(value) is None:
        return
    factors = {"sentence": scoring.IN_SENTENCE} if value[:1].islower() and not LEGAL_FORM.match(value) else {}
    if sum(char.isalpha() for char in value) >= 2:
        begin = text.index(value, start)
        yield Reading(value, begin, begin + len(value), factors)


def _name_goes_on(text: str, mark: re.Match[str]) -> bool:
    """Whether a comma belongs to the name: "Acme, Inc.", "Wolfe, Beth"; an address or a clause does not follow."""
    if mark[0] != "," or LEGAL_FORM.match(text, mark.end() + 1) is not None:
        return mark[0] == ","
    rest = text[mark.end() :].strip()
    following = rest.partition(",")[0]
    return rest[:1].isupper() and not any(c.isdigit() for c in rest) and len(following.split()) <= 3


def is_label_like(text: str) -> bool:
    """Return whether a text is itself a label: it ends in a colon or consists of nothing but words of labels."""
    words = [token.text for token in tokens_of(text)]
    return text.rstrip().endswith(":") or (bool(words) and all(word in LABEL_WORDS for word in words))


def texts(text: str, _field: FieldDefinition, _locale: Locale) -> Iterator[Reading]:
    """Yield the whole text unless it is itself a label; a long one in lower case is a piece of a sentence."""
    value = text.strip(" :")
    if value and not is_label_like(value):
        start = text.index(value)
        goes_on = value[:1].islower() and len(value.split()) > LONGEST_PHRASE
        yield Reading(value, start, start + len(value), {"sentence": scoring.IN_SENTENCE} if goes_on else {})


def currencies(text: str, _field: FieldDefinition, locale: Locale) -> Iterator[Reading]:
    """Yield the currency that is named."""
    dollar = locale.currency if locale.currency in DOLLARS else "USD"
    for code, start, end in currencies_in(text, locale.languages, dollar or "USD"):
        yield Reading(code, start, end, {})


def chosen(text: str, field: FieldDefinition, _locale: Locale) -> Iterator[Reading]:
    """Yield the choices whose words stand in the text."""
    plain = folded(text)
    if len(plain) != len(text):
        plain = text.lower()
    for choice, wordings in field.choices.items():
        for wording in wordings or (choice,):
            match = re.search(rf"\b{re.escape(folded(wording))}\b", plain)
            if match:
                yield Reading(choice, match.start(), match.end(), {})
                break


_READERS: dict[Kind, Reader] = {
    Kind.MONEY: amounts,
    Kind.NUMBER: numbers,
    Kind.DATE: days,
    Kind.IDENTIFIER: identifiers,
    Kind.PARTY: names,
    Kind.TEXT: texts,
    Kind.CURRENCY: currencies,
    Kind.CHOICE: chosen,
}
