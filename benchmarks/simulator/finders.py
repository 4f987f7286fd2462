"""Finding values of each kind in a text, by the readers of schemas.values: what stands there, and what else does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from extractors.page.amounts import AMOUNT
from schemas.values.dates import DateOrder, find_dates
from schemas.values.durations import find_durations
from schemas.values.identifiers import find_ibans, find_vat_numbers
from schemas.values.jurisdictions import find_jurisdictions
from schemas.values.money import CURRENCIES, parse_money

Found = tuple[int, int, str]
_GROUP = r"[.,'’ \u00a0\u202f]?"
_REFERENCE = re.compile(r"(?<![\w/.-])[A-Z]{0,4}[-/]?\d[\w/.-]{2,24}(?<![/.-])(?!\w)")
_ORDERS: tuple[DateOrder, ...] = ("day_first", "month_first")


def decimal(value: str) -> Decimal | None:
    """Return the number that a canonical text is, or None."""
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


@lru_cache(maxsize=4096)
def _number_pattern(value: str) -> re.Pattern[str] | None:
    number = decimal(value)
    if number is None:
        return None
    whole, _, fraction = format(abs(number), "f").partition(".")
    groups = [whole[max(0, end - 3) : end] for end in range(len(whole), 0, -3)][::-1]
    fraction = fraction.rstrip("0")
    tail = rf"[.,]{fraction}0*" if fraction else r"(?:[.,](?:0{1,4}|-{1,2}))?"
    head = _GROUP.join(groups) if whole != "0" else "0?" if fraction else "0"
    return re.compile(rf"(?<!\w)(?<!\d[.,]){head}{tail}(?![.,]?\d)")


def number_places(text: str, value: str) -> Iterator[tuple[int, int]]:
    """Yield where a number is printed, in any way of marking decimals and thousands; its sign is not looked at."""
    pattern = _number_pattern(value)
    yield from (match.span() for match in pattern.finditer(text)) if pattern else ()


def currency_places(text: str, code: str) -> Iterator[tuple[int, int]]:
    """Yield where a currency's code or sign stands."""
    yield from (match.span() for match in _currency_pattern(code).finditer(text))


@lru_cache(maxsize=256)
def _currency_pattern(code: str) -> re.Pattern[str]:
    signs = [code, *(sign for sign, meant in CURRENCIES.items() if meant == code and sign != "kr")]
    forms = [
        rf"(?<![^\W\d]){re.escape(sign)}(?![^\W\d])" if sign[0].isalpha() else re.escape(sign)
        for sign in sorted(signs, key=len, reverse=True)
    ]
    return re.compile("|".join(forms), re.IGNORECASE)


def _amounts(text: str) -> Iterator[Found]:
    for match in AMOUNT.finditer(text):
        value = parse_money(match[0])
        if value is not None:
            yield match.start(), match.end(), format(value, "f")


def _days(text: str) -> Iterator[Found]:
    seen: set[Found] = set()
    for order in _ORDERS:
        for found in find_dates(text, order):
            item = (found.start, found.end, found.value.isoformat())
            if item not in seen:
                seen.add(item)
                yield item


def _spans_of_time(text: str) -> Iterator[Found]:
    yield from ((found.start, found.end, found.value) for found in find_durations(text))


def _places_of_law(text: str) -> Iterator[Found]:
    yield from ((found.start, found.end, found.name) for found in find_jurisdictions(text))


READERS: dict[str, Callable[[str], Iterator[Found]]] = {
    "date": _days,
    "duration": _spans_of_time,
    "jurisdiction": _places_of_law,
}
"""Kinds whose values are printed in other words than the canonical ones."""


def same(kind: str, value: str) -> str:
    """Return what two values of one kind share when they mean the same: twelve months are one year."""
    if kind == "duration" and (match := re.fullmatch(r"(\d+) (month|year)s?", value)):
        return f"{int(match[1]) * (12 if match[2] == 'year' else 1)} months"
    if kind in ("money", "number") and (number := decimal(value)) is not None:
        return format(abs(number).normalize(), "f")
    return re.sub(r"[\W_]+", "", value.casefold())


def others(kind: str, text: str, lines: tuple[str, ...], like: str) -> set[str]:
    """Return values of the same type as `like` that stand in `text`; `like` itself is left out."""
    found = {value for value in _candidates(kind, text, lines, like) if value}
    known = same(kind, like)
    return {value for value in found if same(kind, value) != known}


def _candidates(kind: str, text: str, lines: tuple[str, ...], like: str) -> Iterator[str]:
    if kind in ("money", "number"):
        yield from (value for _, _, value in _amounts(text) if ("." in value) == ("." in like) or not like)
    elif kind in READERS:
        yield from (value for _, _, value in READERS[kind](text))
    elif kind == "identifier":
        yield from _identifiers(text, like)
    elif kind == "currency":
        yield from {code for code in CURRENCIES.values() if next(currency_places(text, code), None)}
    elif kind == "clause":
        yield from (line for line in lines if len(line) > 40)
    elif kind in ("party", "address", "text"):
        yield from (line for line in lines if 4 <= len(line) <= 80 and sum(map(str.isalpha, line)) > len(line) / 2)


def _identifiers(text: str, like: str) -> Iterator[str]:
    """Numbers of the same sort: accounts for an account, VAT numbers for a VAT number, references else."""
    if any(found.value == like for found in find_ibans(like)):
        yield from (found.value for found in find_ibans(text))
    elif any(found.value == like for found in find_vat_numbers(like)):
        yield from (found.value for found in find_vat_numbers(text))
    else:
        days = [(start, end) for start, end, _ in _days(text)]
        for match in _REFERENCE.finditer(text):
            if not any(start < match.end() and match.start() < end for start, end in days):
                yield match[0]
