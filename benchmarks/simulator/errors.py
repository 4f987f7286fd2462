"""Reading one value, and getting it wrong in a chosen way."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from benchmarks.simulator import finders
from benchmarks.simulator.draws import Draw
from benchmarks.simulator.text import SentText

_CURRENCIES = ("EUR", "USD", "GBP", "CHF", "SEK", "PLN", "JPY")
_NAMES = ("Alderbrook", "Winterfeld", "Castellane", "Quarrymoor", "Ostrander", "Lumière", "Vanderhaag", "Fenwright")
_FORMS = ("Ltd", "GmbH", "SARL", "B.V.", "Inc.", "S.r.l.")
_LAWS = ("Nevada", "Ontario", "Scotland", "Bavaria", "Victoria", "Denmark")
_AMBIGUOUS = re.compile(r"\$|\bkr\b|\bfr\.", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reading:
    """What the model answers for one value."""

    value: str | None
    quote: str | None
    basis: str  # "stated", "inferred" or "absent"
    right: bool  # as the truth has it; an absent answer is right if the text does not hold the value
    mistake: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where the right value was found."""

    value: str
    start: int
    end: int


def locate(text: SentText, kind: str, values: Iterable[str], name: str) -> Place | None:
    """Return where one of the right `values` stands in what was sent, by preference near words of the field's name."""
    words = [word for word in name.casefold().split("_") if len(word) > 2]
    for value in values:
        places = text.places(kind, value)
        if places:
            start, end = max(
                places,
                key=lambda place: (_named(text, place[0], words), text.text[slice(*place)] == value, -place[0]),
            )
            return Place(value, start, end)
    return None


def _named(text: SentText, position: int, words: list[str]) -> int:
    number = text.line_at(position)
    around = f"{text.line(number - 1)} {text.line(number)}".casefold()
    return sum(word in around for word in words)


def right_reading(text: SentText, kind: str, place: Place) -> Reading:
    """Return the reading of a model that does not err."""
    printed = text.text[place.start : place.end]
    ambiguous = kind == "currency" and _AMBIGUOUS.search(printed) is not None
    return Reading(place.value, text.quote(place.start, place.end), "inferred" if ambiguous else "stated", True)


ABSENT = Reading(None, None, "absent", True)


def drawn_mistake(rates: dict[str, float], draw: Draw) -> str | None:
    """Return the mistake that is made, or None."""
    point, so_far = draw.share("mistake"), 0.0
    for name, rate in rates.items():
        so_far += rate
        if point < so_far:
            return name
    return None


@dataclass(frozen=True, slots=True)
class Scene:
    """What a mistake is made from."""

    text: SentText
    kind: str
    choices: tuple[str, ...]  # of a choice
    draw: Draw

    def other(self, like: str) -> tuple[str, str] | None:
        """Return another value of the same type that was sent, and the words around it."""
        if self.kind == "choice":
            value = self.draw.choice("other", (choice for choice in self.choices if choice != like))
            return (value, self.draw.choice("line", self.text.lines) or "") if value else None
        options = finders.others(self.kind, self.text.text, self.text.lines, like)
        value = self.draw.choice("other", options)
        if value is None:
            return None
        places = self.text.places(self.kind, value)
        return value, self.text.quote(*places[0]) if places else value

    def invented(self, like: str) -> str:
        """Return a value of the same type that stands nowhere in the text."""
        for attempt in range(20):
            value = _MADE_UP.get(self.kind, _made_up_text)(self.draw, f"invented{attempt}", like)
            if value != like and not self.text.places(self.kind, value):
                return value
        return value

    def false_quote(self, value: str) -> str:
        """Return words that do not hold the value: others from the text, or made up ones."""
        if self.draw.share("quote") < 0.5:
            lines = (line for line in self.text.lines if value not in line and len(line) > 3)
            if line := self.draw.choice("line", lines):
                return line
        return f"As agreed, the {self.kind} is set out by {_made_up_text(self.draw, 'quote words', '')}."


def wrong_reading(right: Reading, mistake: str, scene: Scene) -> Reading:
    """Return `right` with a mistake in it; unchanged where that mistake cannot be made with this value."""
    wrong = _MAKERS[mistake](right, scene)
    if wrong is None or wrong == right:
        return right
    return replace(wrong, mistake=mistake)


def answer_where_absent(scene: Scene, like: str) -> Reading:
    """Return the answer of a model that says something although the text does not hold the value."""
    found = scene.other(like)
    value, quote = found if found else (scene.invented(like), scene.false_quote(""))
    return Reading(value, quote, "inferred" if scene.draw.share("basis") < 0.5 else "stated", False, "absent_answered")


def _other_value(right: Reading, scene: Scene) -> Reading | None:
    found = scene.other(right.value or "")
    return replace(right, value=found[0], quote=found[1], right=False) if found else None


def _invented(right: Reading, scene: Scene) -> Reading:
    value = scene.invented(right.value or "")
    quote = (right.quote or "").replace(right.value or "\0", value)
    return replace(right, value=value, quote=quote if value in quote else scene.false_quote(value), right=False)


def _digits_swapped(right: Reading, scene: Scene) -> Reading | None:
    value = right.value or ""
    pairs = [
        at
        for at in range(len(value) - 1)
        if value[at].isdigit() and value[at + 1].isdigit() and value[at] != value[at + 1]
    ]
    for attempt in range(len(pairs)):
        at = pairs[(scene.draw.number("pair", len(pairs)) + attempt) % len(pairs)]
        swapped = value[:at] + value[at + 1] + value[at] + value[at + 2 :]
        if scene.kind != "date" or _is_day(swapped):
            return replace(right, value=swapped, right=False)
    return None


def _missing(right: Reading, _scene: Scene) -> Reading:
    return replace(ABSENT, right=False) if right.value is not None else right


def _day_month_swapped(right: Reading, scene: Scene) -> Reading | None:
    if scene.kind != "date" or not _is_day(right.value or ""):
        return None
    year, month, day = (right.value or "").split("-")
    swapped = f"{year}-{day}-{month}"
    return replace(right, value=swapped, right=False) if swapped != right.value and _is_day(swapped) else None


def _wrong_currency(right: Reading, scene: Scene) -> Reading | None:
    if scene.kind != "currency":
        return None
    return replace(right, value=scene.draw.choice("code", set(_CURRENCIES) - {right.value or ""}), right=False)


def _false_quote(right: Reading, scene: Scene) -> Reading:
    return replace(right, quote=scene.false_quote(right.value or ""))


def _right_quote_wrong_value(right: Reading, scene: Scene) -> Reading:
    found = scene.other(right.value or "")
    return replace(right, value=found[0] if found else scene.invented(right.value or ""), right=False)


def _not_available(right: Reading, _scene: Scene) -> Reading:
    return replace(right, value="N/A", quote="N/A", right=False)


def _over_long(right: Reading, scene: Scene) -> Reading:
    rest = " ".join(scene.text.lines)[:600]
    return replace(right, value=f"{right.value}, as stated in the document: {rest}", right=False)


_MAKERS: dict[str, Callable[[Reading, Scene], Reading | None]] = {
    "other_value": _other_value,
    "invented": _invented,
    "digits_swapped": _digits_swapped,
    "missing": _missing,
    "day_month_swapped": _day_month_swapped,
    "wrong_currency": _wrong_currency,
    "false_quote": _false_quote,
    "right_quote_wrong_value": _right_quote_wrong_value,
    "not_available": _not_available,
    "over_long": _over_long,
}


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _made_up_amount(draw: Draw, purpose: str, like: str) -> str:
    number = finders.decimal(like) or Decimal("100.00")
    places = max(0, -int(number.as_tuple().exponent))
    cents = int(abs(number).scaleb(places))
    value = Decimal(cents + 1 + draw.number(purpose, max(10, cents))).scaleb(-places)
    return format(-value if number < 0 else value, "f")


def _made_up_day(draw: Draw, purpose: str, like: str) -> str:
    start = date.fromisoformat(like) if _is_day(like) else date(2025, 1, 1)
    return (start + timedelta(days=1 + draw.number(purpose, 400))).isoformat()


def _made_up_identifier(draw: Draw, purpose: str, like: str) -> str:
    shape = like or "INV-00000"
    return "".join(
        str(draw.number(f"{purpose}{at}", 10)) if char.isdigit() and at > 1 else char for at, char in enumerate(shape)
    )


def _made_up_span(draw: Draw, purpose: str, _like: str) -> str:
    return f"{2 + draw.number(purpose, 28)} {('days', 'months', 'years')[draw.number(purpose + 'unit', 3)]}"


def _made_up_text(draw: Draw, purpose: str, _like: str) -> str:
    form = _FORMS[draw.number(purpose + "form", len(_FORMS))]
    first, second = (_NAMES[draw.number(f"{purpose}{n}", len(_NAMES))] for n in (1, 2))
    return f"{first} & {second} {form}"


_MADE_UP: dict[str, Callable[[Draw, str, str], str]] = {
    "money": _made_up_amount,
    "number": _made_up_amount,
    "date": _made_up_day,
    "identifier": _made_up_identifier,
    "duration": _made_up_span,
    "currency": lambda draw, purpose, _like: _CURRENCIES[draw.number(purpose, len(_CURRENCIES))],
    "jurisdiction": lambda draw, purpose, _like: _LAWS[draw.number(purpose, len(_LAWS))],
}
