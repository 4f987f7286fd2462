"""A known day in a text that writes it out: in words, with ordinals, with the months of further languages.

Rules read days in eleven languages; here the day is known and only looked for, so that more forms can be told safely.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from extractors.page.runs import Token, folded, tokens_of
from schemas.values.dates import MONTHS
from schemas.values.durations import WORDS

_MORE_MONTHS = """
janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro dezembro
januari februari mars april maj juni juli augusti september oktober november december
januar februar marts april maj juni juli august september oktober november desember
tammikuu helmikuu maaliskuu huhtikuu toukokuu kesakuu heinakuu elokuu syyskuu lokakuu marraskuu joulukuu
stycznia lutego marca kwietnia maja czerwca lipca sierpnia wrzesnia pazdziernika listopada grudnia
ledna unora brezna dubna kvetna cervna cervence srpna zari rijna listopadu prosince
januar februar marcius aprilis majus junius julius augusztus szeptember oktober november december
ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie
ocak subat mart nisan mayis haziran temmuz agustos eylul ekim kasim aralik
gener febrer marc abril maig juny juliol agost setembre octubre novembre desembre
januarja februarja marca aprila maja junija julija avgusta septembra oktobra novembra decembra
sijecnja veljace ozujka travnja svibnja lipnja srpnja kolovoza rujna listopada studenoga prosinca
января февраля марта апреля мая июня июля августа сентября октября ноября декабря
січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня
ιανουαριου φεβρουαριου μαρτιου απριλιου μαιου ιουνιου ιουλιου αυγουστου σεπτεμβριου οκτωβριου νοεμβριου δεκεμβριου
"""
_TO_TEN = "zeroth first second third fourth fifth sixth seventh eighth ninth tenth "
_TO_TWENTY = "eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
_ORDINALS = tuple((_TO_TEN + _TO_TWENTY).split())
_FIRST = ("premier", "primero", "primo", "primeiro", "eerste", "ersten", "erster", "erste")
_SMALL_WORDS = "day of the in year our lord and a d de del di do da le la el il den der des am im e"
_FILLERS = frozenset(_SMALL_WORDS.split())
BEFORE, AFTER = 6, 9  # words around the month in which day and year may stand


def _month_names() -> dict[str, set[int]]:
    out: dict[str, set[int]] = {name: {number} for name, number in MONTHS.items()}
    for line in _MORE_MONTHS.strip().splitlines():
        for number, name in enumerate(line.split(), 1):
            out.setdefault(folded(name), set()).add(number)
            out.setdefault(folded(name) + "ta", set()).add(number)  # the Finnish partitive: "5. maaliskuuta"
    return out


_NAMES = _month_names()
_BY_MONTH = {number: [name for name, numbers in _NAMES.items() if number in numbers] for number in range(1, 13)}


def find_written(text: str, day: date) -> Iterator[tuple[int, int]]:
    """Yield first and last character of each place where `day` is written around the name of its month."""
    if not any(name in folded(text) for name in _BY_MONTH[day.month]):
        return
    tokens = tokens_of(text)
    for at, token in enumerate(tokens):
        if day.month in _NAMES.get(token.text, ()):
            span = _around(tokens, at, day)
            if span is not None:
                yield span


def _around(tokens: Sequence[Token], at: int, day: date) -> tuple[int, int] | None:
    """The span of day, month and year; nothing but small words may stand between them."""
    before = _last(tokens[max(0, at - BEFORE) : at], day.day)
    after = tokens[at + 1 : at + 1 + AFTER]
    if before is not None:
        year = _first(after, _years(day.year))
        return (before, after[year - 1].end) if year else None
    number = _first(after, _days(day.day))
    year = _first(after[number:], _years(day.year)) if number else 0
    return (tokens[at].start, after[number + year - 1].end) if year else None


def _last(tokens: Sequence[Token], number: int) -> int | None:
    """Where the day begins that ends before the month, small words between them left out."""
    words = list(tokens)
    while words and words[-1].text in _FILLERS and (words[-1].text,) not in _days(number):
        words.pop()
    for form in _days(number):
        if len(words) >= len(form) and tuple(word.text for word in words[-len(form) :]) == form:
            return words[-len(form)].start
    return None


def _first(tokens: Sequence[Token], forms: Sequence[tuple[str, ...]]) -> int:
    """How many tokens go by until one of the forms has ended, small words before it left out; 0 if it does not."""
    lead = 0
    while True:
        for form in forms:
            if tuple(token.text for token in tokens[lead : lead + len(form)]) == form:
                return lead + len(form)
        if lead >= len(tokens) or tokens[lead].text not in _FILLERS:
            return 0
        lead += 1


def _days(number: int) -> list[tuple[str, ...]]:
    forms: list[tuple[str, ...]] = [(str(number),), (f"{number:02}",)]
    forms += [(f"{number}{ending}",) for ending in ("st", "nd", "rd", "th", "er", "ste", "de", "e", "a", "o")]
    forms += [(str(number), ending) for ending in ("st", "nd", "rd", "th")]
    forms += [tuple(word.split("-")) for word, worth in WORDS.items() if worth == number and len(word) > 2]
    if number <= 20:
        forms.append((_ORDINALS[number],))
    elif number < 30:
        forms.append(("twenty", _ORDINALS[number - 20]))
    else:
        forms.append(("thirtieth",) if number == 30 else ("thirty", "first"))
    if number == 1:
        forms += [(word,) for word in _FIRST]
    return sorted(forms, key=len, reverse=True)


def _years(year: int) -> list[tuple[str, ...]]:
    forms: list[tuple[str, ...]] = [(str(year),), (f"{year % 100:02}",)]
    rest = [word for word, worth in WORDS.items() if worth == year % 100 and re.fullmatch(r"[a-z]+(-[a-z]+)?", word)]
    for word in rest:
        tail = tuple(word.split("-"))
        if 2000 < year < 2100:
            forms += [("two", "thousand", *tail), ("two", "thousand", "and", *tail), ("twenty", *tail)]
        elif 1900 < year < 2000:
            forms += [("nineteen", *tail), ("nineteen", "hundred", *tail), ("nineteen", "hundred", "and", *tail)]
    if year == 2000:
        forms.append(("two", "thousand"))
    return sorted(forms, key=len, reverse=True)
