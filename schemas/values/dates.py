"""Days as people write them in eleven languages. Nothing is invented: day, month and year must all stand there."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

DateOrder = Literal["day_first", "month_first"]

_NAMES = {
    "en": "january february march april may june july august september october november december",
    "de": "januar februar marz april mai juni juli august september oktober november dezember",
    "fr": "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "pt": "janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro dezembro",
    "pl": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia wrzesnia pazdziernika listopada grudnia",
    "sv": "januari februari mars april maj juni juli augusti september oktober november december",
    "da": "januar februar marts april maj juni juli august september oktober november december",
    "cs": "ledna unora brezna dubna kvetna cervna cervence srpna zari rijna listopadu prosince",
}
_SHORT = {
    "jan": 1, "ene": 1, "gen": 1, "feb": 2, "febr": 2, "fev": 2, "fevr": 2, "mar": 3, "mrz": 3, "maerz": 3, "mrt":
    3, "apr": 4, "avr": 4, "abr": 4, "mai": 5, "may": 5, "mag": 5, "mei": 5, "jun": 6, "juin": 6, "giu": 6, "jul":
    7, "juil": 7, "lug": 7, "aug": 8, "aou": 8, "ago": 8, "sep": 9, "sept": 9, "set": 9, "oct": 10, "okt": 10,
    "ott": 10, "nov": 11, "dec": 12, "dez": 12, "dic": 12, "janner": 1, "janvier": 1, "setiembre": 9,
    "fevereiro": 2, "maj": 5, "avg": 8, "out": 10, "styczen": 1, "luty": 2, "marzec": 3, "kwiecien": 4, "czerwiec": 6,
    "lipiec": 7, "sierpien": 8, "wrzesien": 9, "pazdziernik": 10, "listopad": 11, "grudzien": 12, "leden": 1, "unor": 2,
    "brezen": 3, "duben": 4, "kveten": 5, "cerven": 6, "cervenec": 7, "srpen": 8, "rijen": 10, "prosinec": 12,
}  # fmt: skip
MONTHS: dict[str, int] = {
    **_SHORT,
    **{name: number for names in _NAMES.values() for number, name in enumerate(names.split(), 1)},
}
"""Month names without accents, lower case, to 1..12."""

_MONTH = r"(?P<month>[^\W\d_]{3,12})\.?"
_YEAR = r"(?P<year>(?:1[89]|20|21)\d\d|['’]?\d\d(?!,\s?(?:19|20)\d\d))(?!\d)"  # in "4 May 24, 2009" 24 is a day
_ORDINAL = r"(?:st|nd|rd|th|er|ste|de|e|º|°|ª)?"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        # 2026-03-05, 2026/3/5, 2026.03.05, a time glued to it by OCR allowed
        r"(?<![\d.,])(?P<year>(?:1[89]|20|21)\d\d)(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d\d(?=\d\d:\d\d)|\d{1,2}(?!\d))",
        # 3rd day of January, 2007 · 5 March 2026 · 5. März 2026 · 5 de marzo de 2026 · 1er mars 2026 · 05-Mar-26
        rf"(?<![\d.,])(?P<day>\d{{1,2}})(?:\s(?:st|nd|rd|th)\b|{_ORDINAL})\.?\s*(?:day\s+of\s+|de\s+|di\s+|-|/)?\s*{_MONTH}\s*,?\s*(?:de\s+|del\s+|-|/)?\s*{_YEAR}",
        # March 5, 2026 · March 5th 2026 · Mar-05-2026
        rf"\b{_MONTH}[\s-]*(?P<day>\d{{1,2}}){_ORDINAL}(?:\s*[,.-]\s*|\s+){_YEAR}",
        # 05.03.2026 · 5/3/26 · 05-03-2026 · 05 03 2026, a time glued to it by OCR allowed
        r"(?<![\d.,/])(?P<first>\d{1,2})(?P<mark>\s?[./-]\s?|\s)(?P<second>\d{1,2})(?P=mark)(?P<year>(?:20|21)\d\d(?=\d\d:\d\d)|(?!20)\d\d(?=\d\d:\d\d)|(?:(?:1[89]|20|21)\d\d|\d\d)(?![\d]|[.,/]\d))",
        # 05032026: marks that OCR did not see; the day is always first
        r"(?<![\w.,/-])(?P<day>0[1-9]|[12]\d|3[01])(?P<month>0[1-9]|1[0-2])(?P<year>20[0-4]\d)(?![\w.,/-])",
    )
)
_NUMERIC = _FORMS[3]  # the form whose numbers can tell the order


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A day in a text: where it stands, and whether day and month could be swapped."""

    value: date
    start: int
    end: int
    swappable: bool = False  # both readings are days; `value` follows the order asked for


def find_dates(text: str, order: DateOrder = "day_first") -> list[FoundDate]:
    """Return the days in `text` from left to right; `order` settles dates such as 03/04/2026."""
    found: list[FoundDate] = []
    for form in _FORMS:
        for match in form.finditer(text):
            overlapping = any(match.start() < other.end and other.start < match.end() for other in found)
            if not overlapping and (reading := _reading(match, order)) is not None:
                found.append(reading)
    return sorted(found, key=lambda each: each.start)


def parse_date(text: str, order: DateOrder = "day_first") -> date | None:
    """Return the day if `text` is one and nothing else, or None."""
    found = find_dates(text.strip(), order)
    if len(found) == 1 and not re.search(r"\w", text.strip()[: found[0].start] + text.strip()[found[0].end :]):
        return found[0].value
    return None


def orders_shown(text: str) -> Iterator[DateOrder]:
    """Yield the order that each numeric date in `text` proves: a first number above twelve can only be a day."""
    for match in _NUMERIC.finditer(text):
        if _reading(match, "day_first") is None:
            continue  # no day in any order
        if match["mark"].isspace():
            continue  # "10 20 30" is a row of numbers: what may be a day proves nothing for the others
        first, second = int(match["first"]), int(match["second"])
        if 12 < first <= 31 and second <= 12:
            yield "day_first"
        elif 12 < second <= 31 and first <= 12:
            yield "month_first"


def _reading(match: re.Match[str], order: DateOrder) -> FoundDate | None:
    parts = match.groupdict()
    year = int(parts["year"].strip("'’"))
    if len(parts["year"].strip("'’")) == 2:
        year += 2000 if year < 70 else 1900  # POSIX strptime draws the line at 69
    if "first" in parts:
        if parts["mark"].isspace() and len(parts["year"]) == 2:
            return None  # "1 2 20" is a row of numbers
        first, second = int(parts["first"]), int(parts["second"])
        pair = (first, second) if order == "day_first" else (second, first)
        value = _day(year, pair[1], pair[0])
        other = _day(year, pair[0], pair[1])
        if value is None:
            value, other = other, None
        swappable = value is not None and other is not None and value != other
        return FoundDate(value, match.start(), match.end(), swappable) if value else None
    month = int(parts["month"]) if parts["month"].isdigit() else MONTHS.get(_plain(parts["month"]), 0)
    value = _day(year, month, int(parts["day"]))
    return FoundDate(value, match.start(), match.end()) if value else None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _plain(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char)).rstrip(".")
