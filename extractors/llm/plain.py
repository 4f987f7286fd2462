"""The text that a model gives for a value, brought to the canonical form of its kind where that is sure.

A model that is not held to the schema writes "1,210.00 EUR" for 1210.00: reading that costs nothing, asking again does.
What stays unsure is left as it is, and the pattern of the kind refuses it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from schemas.fields import Kind
from schemas.values.dates import parse_date
from schemas.values.durations import parse_duration
from schemas.values.money import currency_of, parse_money

_AMOUNT = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})[T ][0-9:.]+Z?")
_NOTHING = frozenset(["", "null", "n/a"])
# Directions turned about and letters that nobody sees: a value with them reads otherwise than it is.
_UNSEEN = frozenset([*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))])


def plain(kind: Kind, choices: Mapping[str, tuple[str, ...]], given: str) -> str | None:
    """Return the canonical text of `given`, or the text itself where that is not sure; None when it says nothing.

    Raises:
        ValueError: it holds control characters or others that no page shows.
    """
    text = readable(given)
    if text.lower() in _NOTHING:
        return None
    if kind in (Kind.MONEY, Kind.NUMBER):
        return _amount(text)
    if kind is Kind.DATE:
        return _date(text)
    if kind is Kind.DURATION:
        return parse_duration(text) or text
    if kind is Kind.CURRENCY:
        return text.upper() if re.fullmatch(r"[A-Za-z]{3}", text) else currency_of(text) or text
    if kind is Kind.CHOICE:
        return _choice(choices, text)
    return text


def readable(text: str) -> str:
    """Return `text` with its runs of blanks and line ends made one blank; raises ValueError as `plain` does."""
    joined = " ".join(text.split())
    for letter in joined:
        if unicodedata.category(letter) in ("Cc", "Cs") or letter in _UNSEEN or "\U000e0000" <= letter <= "\U000e007f":
            raise ValueError("it holds control characters")
    return joined


def _amount(text: str) -> str:
    if _AMOUNT.fullmatch(text):
        return text
    value = parse_money(text.removesuffix("%"))
    return text if value is None else format(value, "f")


def _date(text: str) -> str:
    if _DAY.fullmatch(text):
        return text
    moment = _MOMENT.fullmatch(text)
    if moment:
        return moment["day"]
    days = {parse_date(text, "day_first"), parse_date(text, "month_first")}
    only = days.pop()
    return only.isoformat() if only and not days else text


def _choice(choices: Mapping[str, tuple[str, ...]], text: str) -> str:
    wanted = text.casefold()
    for name, words in choices.items():
        if wanted == name.casefold() or wanted in (word.casefold() for word in words):
            return name
    return text
