"""When two values are the same, by kind: what evaluation counts as right and what two sources agree on.

Every value has one normal form as text; two values are equal if their normal forms are. A field that holds many values
is equal if each value on one side has its own counterpart on the other. Rows of a table are matched by their amount and
their description, because the wording of a description differs between a page and the data behind it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from typing import Any, NamedTuple

from schemas.fields import Comparator, FieldDefinition, Kind

_BY_KIND: dict[Kind, Comparator] = {
    Kind.MONEY: "money",
    Kind.NUMBER: "number",
    Kind.DATE: "date",
    Kind.DURATION: "duration",
    Kind.PARTY: "name",
    Kind.IDENTIFIER: "identifier",
    Kind.CURRENCY: "identifier",
}

# Spellings of legal forms that mean the same company; the value is the spelling that both become.
_LEGAL_FORMS = {
    "incorporated": "inc",
    "corporation": "corp",
    "limited": "ltd",
    "company": "co",
    "companies": "cos",
    "sendirian": "sdn",
    "berhad": "bhd",
}

_NUMBER_WORDS = {
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "fifteen": 15,
    "eighteen": 18,
    "twenty": 20,
    "thirty": 30,
    "sixty": 60,
    "ninety": 90,
}

_CENT = Decimal("0.01")
_HALF_UP = Context(prec=60, rounding=ROUND_HALF_UP)
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DAY_FORMATS = ("%d.%m.%Y", "%d %B %Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y", "%Y/%m/%d", "%Y%m%d")
_LENGTH_OF_TIME = re.compile(r"(?P<count>\d+(?:\.\d+)?|[a-z]+) (?:\(?\d+\)? )?(?P<unit>day|week|month|year)")

# Two descriptions are alike if they begin alike for so many letters, or share so many of the words of the true one.
_SAME_START = 12
_SHARED_WORDS = 0.6
_SHORTEST_PART = 6  # letters: a shorter answer that merely occurs within the truth says nothing


class RowForm(NamedTuple):
    """What rows are compared by: folded words of the first text column, and the amount of the last money column."""

    words: str
    amount: str | None


def comparator(field: FieldDefinition) -> Comparator:
    """Return the comparator of `field`: its own, or the one of its kind."""
    return field.comparator or _BY_KIND.get(field.kind, "text")


def normal(field: FieldDefinition, value: Any, *, either_sign: bool = False) -> str:
    """Return the text that equal values of `field` share.

    Args:
        field: says how to compare; a table has no normal form of its own (see `forms`).
        value: typed or as text; numbers as text may be written as people write them.
        either_sign: amounts count without their sign (credit notes are printed both ways).
    """
    name = comparator(field)
    if name == "money":
        return _money(value, either_sign)
    return _NORMAL[name](value)


def forms(field: FieldDefinition, value: Any, *, either_sign: bool = False) -> list[str] | list[RowForm]:
    """Return the normal forms of all that `value` holds, plain values without repetitions; empty if it is absent."""
    if value is None or (isinstance(value, (str, list, tuple, dict)) and not value):
        return []
    if field.kind is Kind.TABLE:
        return [_row_form(field, row, either_sign) for row in value if isinstance(row, dict)]
    several = value if isinstance(value, (list, tuple)) else [value]
    return list(dict.fromkeys(normal(field, one, either_sign=either_sign) for one in several))


def hits(truth: Sequence[str | RowForm], got: Sequence[str | RowForm]) -> frozenset[int]:
    """Return the places in `truth` that found a counterpart in `got`; each answer serves one truth only."""
    open_places = list(range(len(truth)))
    found: set[int] = set()
    for answer in got:
        place = next((place for place in open_places if _alike(truth[place], answer)), None)
        if place is not None:
            open_places.remove(place)
            found.add(place)
    return frozenset(found)


def equal(field: FieldDefinition, truth: Any, got: Any, *, either_sign: bool = False) -> bool:
    """Return whether `got` says the same as `truth`: every value of a list, every row of a table, nothing to spare."""
    wanted = forms(field, truth, either_sign=either_sign)
    answered = forms(field, got, either_sign=either_sign)
    return len(wanted) == len(answered) == len(hits(wanted, answered))


def folded(value: Any) -> str:
    """Return the words of `value` without case, accents and punctuation, parted by single blanks."""
    text = unicodedata.normalize("NFKD", str(value)).casefold().replace("ß", "ss").replace("&", " and ")
    bare = "".join(letter for letter in text if letter not in ".'’`" and not unicodedata.combining(letter))
    return " ".join(re.findall(r"[^\W_]+", bare))


def _compact(value: Any) -> str:
    return folded(value).replace(" ", "")


def _exact(value: Any) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else str(value)


def _name(value: Any) -> str:
    return "".join(_LEGAL_FORMS.get(word, word) for word in folded(value).split())


def _day(value: Any) -> str:
    if isinstance(value, datetime):
        value = value.date()
    text = value.isoformat() if isinstance(value, date) else str(value).strip()
    if iso := _ISO_DAY.match(text):
        year, month, day = iso.groups()
        return f"{year}-{month:0>2}-{day:0>2}"
    for layout in _DAY_FORMATS:
        try:
            return datetime.strptime(text, layout).date().isoformat()
        except ValueError:
            continue
    return folded(text)


def _duration(value: Any) -> str:
    words = " ".join(re.findall(r"[\w.]+", str(value).casefold().replace("_", " ")))
    found = _LENGTH_OF_TIME.match(words)
    if not found:
        return folded(value)
    count, unit = found["count"], found["unit"]
    if not count[0].isdigit() and count not in _NUMBER_WORDS:
        return f"{count} {unit}"
    number = Decimal(_NUMBER_WORDS.get(count, count))
    if unit == "month" and number % 12 == 0:
        number, unit = Decimal(int(number) // 12), "year"
    return f"{number} {unit}"


def _money(value: Any, either_sign: bool) -> str:
    amount = _decimal(value)
    if amount is None:
        return folded(value)
    try:
        cents = amount.quantize(_CENT, context=_HALF_UP)
    except InvalidOperation:  # more digits than any amount has
        return folded(value)
    return format(cents.copy_abs() if either_sign or not cents else cents, "f")


def _number(value: Any) -> str:
    amount = _decimal(value)
    return folded(value) if amount is None else format(amount.normalize(), "f")


def _decimal(value: Any) -> Decimal | None:
    """A number as people write it; None if there is none. A lone comma before three digits groups thousands."""
    if isinstance(value, Decimal):
        return value
    text = "".join(re.findall(r"[\d.,()-]", str(value).replace("−", "-").replace("–", "-")))
    negative = text[:1] in ("-", "(") or text[-1:] == "-"
    digits = text.strip("()-.,")
    commas, points = digits.count(","), digits.count(".")
    if commas and points:
        decimal_mark = max(",.", key=digits.rfind)
        whole, _, fraction = digits.rpartition(decimal_mark)
        digits = re.sub("[,.]", "", whole) + "." + fraction
    elif commas + points > 1 or re.search(r",\d{3}$", digits):
        digits = re.sub("[,.]", "", digits)
    else:
        digits = digits.replace(",", ".")
    try:
        number = Decimal(digits)
        return number.copy_negate() if negative else number  # minus would round to 28 digits
    except InvalidOperation:
        return None


def _row_form(field: FieldDefinition, row: dict[str, Any], either_sign: bool) -> RowForm:
    words = next((column.name for column in field.columns if column.kind in (Kind.TEXT, Kind.CLAUSE)), None)
    amount = next((column.name for column in reversed(field.columns) if column.kind is Kind.MONEY), None)
    printed = row.get(amount) if amount else None
    return RowForm(
        folded(row.get(words) or "") if words else "",
        None if printed in (None, "") else _money(printed, either_sign),
    )


def _alike(truth: str | RowForm, got: str | RowForm) -> bool:
    if isinstance(truth, str) or isinstance(got, str):
        return truth == got
    return truth.amount in (None, got.amount) and _alike_words(truth.words, got.words)


def _alike_words(truth: str, got: str) -> bool:
    wanted, answered = truth.replace(" ", ""), got.replace(" ", "")
    if not wanted or not answered:
        return not wanted
    if wanted[:_SAME_START] == answered[:_SAME_START] or wanted in answered:
        return True
    if answered in wanted and len(answered) >= _SHORTEST_PART:
        return True
    wanted_words = set(truth.split())
    return len(wanted_words & set(got.split())) >= _SHARED_WORDS * len(wanted_words)


_NORMAL: dict[Comparator, Callable[[Any], str]] = {
    "exact": _exact,
    "text": _compact,
    "identifier": _compact,
    "name": _name,
    "date": _day,
    "duration": _duration,
    "number": _number,
}
