"""Spans of time in contracts: "two (2) years", "18 months", "ninety days", "zwei Jahre"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
WORDS: dict[str, int] = {word: number for number, word in enumerate(_ONES.split())} | _TENS
WORDS |= {f"{ten}-{one}": value + WORDS[one] for ten, value in _TENS.items() for one in _ONES.split()[1:10]}
WORDS |= {
    "a": 1,
    "an": 1,
    "ein": 1,
    "eine": 1,
    "zwei": 2,
    "drei": 3,
    "fünf": 5,
    "zehn": 10,
    "un": 1,
    "une": 1,
    "deux": 2,
    "trois": 3,
    "cinq": 5,
}
WORDS |= {
    "uno": 1,
    "dos": 2,
    "tres": 3,
    "cinco": 5,
    "due": 2,
    "tre": 3,
    "cinque": 5,
    "een": 1,
    "twee": 2,
    "drie": 3,
    "vijf": 5,
}
"""Number words to numbers, as contracts spell them."""

_UNITS = {
    "day": "day", "days": "day", "week": "week", "weeks": "week", "month": "month", "months": "month", "year":
    "year", "years": "year", "anniversary": "year", "tag": "day", "tage": "day", "tagen": "day", "monat": "month",
    "monate": "month", "monaten": "month", "jahr": "year", "jahre": "year", "jahren": "year", "jour": "day",
    "jours": "day", "mois": "month", "an": "year", "ans": "year", "année": "year", "années": "year", "mes":
    "month", "meses": "month", "año": "year", "años": "year", "mese": "month", "mesi": "month", "anno": "year",
    "anni": "year", "maand": "month", "maanden": "month", "jaar": "year", "jaren": "year",
}  # fmt: skip
_WORD = "|".join(sorted(map(re.escape, WORDS), key=len, reverse=True))
_UNIT = "|".join(sorted(_UNITS, key=len, reverse=True))
_DURATION = re.compile(
    rf"\b(?:(?P<word>{_WORD})|(?P<digits>\d{{1,3}}(?:\.5)?))"
    r"(?:[\s-]*\(\s*(?P<bracket>\d{1,3}(?:\.5)?|[a-z-]+)\s*\))?[\s-]*"
    r"(?:full\s+|calendar\s+|consecutive\s+|additional\s+|business\s+|volle[nr]?\s+)?"
    rf"(?P<unit>{_UNIT})\b",
    re.IGNORECASE,
)
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_ANNIVERSARY = re.compile(
    rf"\b(?:(?P<word>{'|'.join(_ORDINALS)})(?:\s*\(\s*\d{{1,2}}(?:st|nd|rd|th)\s*\))?|(?P<digits>\d{{1,2}})(?:st|nd|rd|th))"
    r"\s+anniversary\b",
    re.IGNORECASE,
)


class FoundDuration(NamedTuple):
    """A span of time in a text; `value` is "{number} {unit}" with the unit in the plural above one."""

    value: str
    start: int
    end: int


def find_durations(text: str) -> Iterator[FoundDuration]:
    """Yield the spans of time in `text`, left to right; the figure in brackets wins over the word before it.

    "The second anniversary" of a day is 2 years.
    """
    yield from sorted((*_counted(text), *_anniversaries(text)), key=lambda found: found.start)


def _anniversaries(text: str) -> Iterator[FoundDuration]:
    for match in _ANNIVERSARY.finditer(text):
        number = match["digits"] or str(_ORDINALS.index(match["word"].lower()) + 1)
        yield FoundDuration(duration(number, "year"), match.start(), match.end())


def _counted(text: str) -> Iterator[FoundDuration]:
    for match in _DURATION.finditer(text):
        bracket, digits, word = match["bracket"], match["digits"], match["word"]
        if bracket and bracket[0].isdigit():
            number = bracket
        elif digits:
            number = digits
        else:
            number = str(WORDS[word.lower()])
        unit = _UNITS[match["unit"].lower()]
        if match["unit"].lower() == "anniversary":
            continue
        yield FoundDuration(duration(number, unit), match.start(), match.end())


def duration(number: str, unit: str) -> str:
    """Return the canonical text of a span of time ("2 years", "1 year")."""
    return f"{number} {unit}" if number in ("1", "1.0") else f"{number} {unit}s"


def parse_duration(text: str) -> str | None:
    """Return the canonical span of time if `text` is one and nothing else, or None."""
    found = list(find_durations(text))
    return found[0].value if len(found) == 1 and found[0].start == 0 and found[0].end == len(text.strip()) else None
