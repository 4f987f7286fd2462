"""Where a value stands among the visible words, looked up by its kind: amounts, days, currencies, texts.

What OCR misread is forgiven within bounds, and only on pages that OCR read: signs that look alike (O and 0, l and 1),
and of a text one letter in ten. A figure is never forgiven for another figure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import islice, pairwise

from extractors.page.amounts import AMOUNT, DIGITS
from extractors.page.quotes import QuoteFinder, plain
from extractors.page.runs import Layout, Passage, Run
from extractors.page.written_dates import find_written
from schemas.fields import Kind
from schemas.results import Value
from schemas.values.dates import DateOrder, find_dates
from schemas.values.money import CURRENCIES, parse_money, parse_number

ORDERS: tuple[DateOrder, ...] = ("day_first", "month_first")
SHORTEST = 2  # letters and digits below which a text is found everywhere and proves nothing
MOST_PLACES = 50  # of one value that are looked at; more prove nothing further
BREAK = 30  # characters on each side of a line's end in which a day may be parted
SLIPS = 0.34  # share of the signs of an amount that OCR may have taken for a letter
LOOK_ALIKE = str.maketrans("OoQlI|SsBZz", "00011155822")

_LAKHS = re.compile(r"(?<![\w.,])[0-9]{1,2}(?:,[0-9]{2})*,[0-9]{3}(?:\.[0-9]{1,2})?(?![\w]|[.,][0-9])")  # 12,34,567.00
_FIGURE = re.compile(rf"(?<![0-9.,])(?<![A-WYZa-wyz])(?:[-−–]\s?)?(?:{DIGITS})(?![0-9]|[.,][0-9])")
_BLURRED = re.compile(r"(?<![\w.,])[0-9OoQlI|SsBZz]+(?:\s?[.,]\s?[0-9OoQlI|SsBZz]+)*(?![\w])")
_CJK_DAY = re.compile(r"((?:19|20)[0-9]{2})\s?[年년]\s?([0-9]{1,2})\s?[月월]\s?([0-9]{1,2})\s?[日일]")
_MARKS = str.maketrans({"٫": ".", "٬": ",", "，": ",", "．": ".", "円": " ", "元": " ", "圓": " ", "원": " "})

Place = tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Hits:
    """The places of a value; `slips`: they were found only by forgiving what OCR misread."""

    places: tuple[Place, ...] = ()
    slips: bool = False


class Places:
    """The visible words of a document, ready to be searched for values."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self._read = {page.number for page in layout.pages if page.origin == "ocr"}

    @cached_property
    def quotes(self) -> QuoteFinder:
        """The words, ready to be searched for quotes."""
        return QuoteFinder(self.layout)

    def of(self, kind: Kind, value: Value) -> Hits:
        """Return where `value` stands, in reading order; by forgiving OCR only if it stands nowhere as it is."""
        found = tuple(islice(self._exact(kind, value), MOST_PLACES))
        if found or not self._read:
            return Hits(found)
        return Hits(tuple(islice(self._slipped(value), MOST_PLACES)), slips=True)

    def _exact(self, kind: Kind, value: Value) -> Iterator[Place]:
        if isinstance(value, Decimal):
            index = self._figures if kind is Kind.NUMBER else self._amounts
            yield from ((passage,) for passage in index.get(abs(value), ()))
        elif isinstance(value, date):
            days = self._days.get(value) or [passages for run in self.layout.runs for passages in written(run, value)]
            yield from days
        elif kind is Kind.CURRENCY:
            yield from ((hit,) for run in self.layout.runs for hit in currencies(run, value))
        else:
            in_a_row = list(islice(self.quotes.exact(value), MOST_PLACES))
            yield from in_a_row or split_texts(self.layout, value)

    def _slipped(self, value: Value) -> Iterator[Place]:
        runs = [run for run in self.layout.runs if run.page in self._read]
        if isinstance(value, Decimal):
            yield from ((hit,) for run in runs for read, hit in _blurred_amounts(run) if read == abs(value))
        elif isinstance(value, date):
            yield from ((hit,) for run in runs for hit in _blurred_days(run, value))
        else:
            place = self.quotes.blurred(value)
            if place is not None and all(part.run.page in self._read for part in place):
                yield place

    @cached_property
    def _amounts(self) -> dict[Decimal, list[Passage]]:
        return _index(self.layout.runs, amounts_in)

    @cached_property
    def _figures(self) -> dict[Decimal, list[Passage]]:
        return _index(self.layout.runs, figures_in)

    @cached_property
    def _days(self) -> dict[date, list[Place]]:
        out: dict[date, list[Place]] = {}
        for run in self.layout.runs:
            for value, start, end in days_in(run.text):
                out.setdefault(value, []).append((Passage(run, start, end),))
        for first, second in pairwise(self.layout.runs):
            if first.page == second.page:
                for value, place in _parted_days(first, second):
                    out.setdefault(value, []).append(place)
        return out


def places_in(kind: Kind, value: Value, runs: Iterable[Run]) -> Iterator[Place]:
    """Yield where `value` stands within these runs only."""
    if isinstance(value, Decimal):
        read = figures_in if kind is Kind.NUMBER else amounts_in
        yield from ((Passage(run, *span),) for run in runs for found, *span in read(run.text) if found == abs(value))
    elif isinstance(value, date):
        for run in runs:
            yield from [(Passage(run, *span),) for found, *span in days_in(run.text) if found == value] or written(
                run, value
            )
    elif kind is Kind.CURRENCY:
        yield from ((hit,) for run in runs for hit in currencies(run, value))
    else:
        yield from texts(list(runs), value)


def amounts_in(printed: str) -> Iterator[tuple[Decimal, int, int]]:
    """Yield every amount without its sign (a credit note may print the other one), in each way to read it."""
    text = _latin(printed)
    if not any(char.isdigit() for char in text):
        return
    for match in AMOUNT.finditer(text):
        lead = len(match[0]) - len(match[0].lstrip())
        for value in {abs(read) for mark in ".," if (read := parse_money(match[0], mark)) is not None}:
            yield value, match.start() + lead, match.end()
    for match in _LAKHS.finditer(text) if "," in text else ():
        if parse_money(match[0]) is None:
            yield Decimal(match[0].replace(",", "")), match.start(), match.end()


def figures_in(printed: str) -> Iterator[tuple[Decimal, int, int]]:
    """Yield every number, also with a unit or a sign of percent behind it: "10 %", "12kg"."""
    text = _latin(printed)
    if not any(char.isdigit() for char in text):
        return
    for match in _FIGURE.finditer(text):
        bare = match[0].lstrip("-−– ")
        for value in {read for mark in ".," if (read := parse_number(bare, mark)) is not None}:
            yield value, match.start(), match.end()


def days_in(printed: str) -> Iterator[tuple[date, int, int]]:
    """Yield every day; one that can be read two ways is yielded as both."""
    text = _latin(printed)
    if not any(char.isdigit() for char in text):
        return
    seen: set[tuple[date, int]] = set()
    for order in ORDERS:
        for found in find_dates(text, order):
            if (found.value, found.start) not in seen:
                seen.add((found.value, found.start))
                yield found.value, found.start, found.end
    for match in _CJK_DAY.finditer(text):
        try:
            value = date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError:
            continue
        yield value, match.start(), match.end()


def has_currency(text: str, code: str) -> bool:
    """Return whether a sign or code of the currency stands in the text."""
    return any(_means(word, code) for word in text.split())


def written(run: Run, value: date) -> list[Place]:
    """Return where a day is written in words, or with a month of a language that rules do not read."""
    return [(Passage(run, start, end),) for start, end in find_written(run.text, value)]


def currencies(run: Run, code: str) -> Iterator[Passage]:
    """Yield the signs and codes of a currency."""
    for index, word in enumerate(run.words):
        if _means(word.text, code):
            yield Passage(run, run.starts[index], run.starts[index] + len(word.text))


def texts(runs: Sequence[Run], value: str) -> Iterator[Place]:
    """Yield where letters and digits of `value` stand in a row, within a run or over two runs of which one follows."""
    wanted = plain(value)
    if len(wanted) < SHORTEST:
        return
    for run in runs:
        if (span := span_of(run.text, wanted)) is not None:
            yield (Passage(run, *span),)
    for first, second in pairwise(runs):
        if first.page == second.page and 0 < second.box.y0 - first.box.y0 < 3 * first.box.height:
            yield from _over_two(first, second, wanted)


def split_texts(layout: Layout, value: str) -> Iterator[Place]:
    """Yield where a text goes on beside or below the line in which it begins, whatever the reading order says."""
    wanted = plain(value)
    first_letters = plain(value.split()[0]) if value.split() else ""
    if len(wanted) < SHORTEST or not first_letters or first_letters == wanted:
        return
    for run in layout.runs:
        if run.tokens and any(first_letters in token.text for token in run.tokens):
            near = (*layout.right_of(run, run.box.x1)[:1], *layout.below(run.box, run.page, 2.5 * run.box.height)[:3])
            for other in near:
                if other is not run:
                    yield from _over_two(run, other, wanted)


def span_of(text: str, wanted: str, *, last: bool = False) -> tuple[int, int] | None:
    """Return first and last character of `wanted` in `text`, letters and digits compared only, in whole words."""
    letters, places = [], []
    for index, char in enumerate(text):
        for letter in plain(char):
            letters.append(letter)
            places.append(index)
    joined = "".join(letters)
    at = joined.rfind(wanted) if last else joined.find(wanted)
    while at >= 0:
        start, end = places[at], places[at + len(wanted) - 1] + 1
        if (start == 0 or not text[start - 1].isalnum()) and (end == len(text) or not text[end].isalnum()):
            return start, end
        if last:
            return None
        at = joined.find(wanted, at + 1)
    return None


def _means(word: str, code: str) -> bool:
    bare = re.sub(r"[0-9.,]", "", word.strip("()[]:;").lower()).strip("-+ ") or word.lower()
    signs = [sign for sign in CURRENCIES if CURRENCIES[sign] == code]
    return bare in (*signs, code.lower()) or any(sign in bare for sign in signs if not sign.isalpha())


def _over_two(first: Run, second: Run, wanted: str) -> Iterator[Place]:
    head, tail = plain(first.text), plain(second.text)
    cut = next((n for n in range(len(wanted) - 1, 0, -1) if head.endswith(wanted[:n])), 0)
    if cut and tail.startswith(wanted[cut:]):
        start, end = span_of(first.text, wanted[:cut], last=True), span_of(second.text, wanted[cut:])
        if start and end:
            yield (Passage(first, *start), Passage(second, *end))


def _index(
    runs: Iterable[Run], read: Callable[[str], Iterator[tuple[Decimal, int, int]]]
) -> dict[Decimal, list[Passage]]:
    out: dict[Decimal, list[Passage]] = {}
    for run in runs:
        for value, start, end in read(run.text):
            out.setdefault(value, []).append(Passage(run, start, end))
    return out


def _parted_days(first: Run, second: Run) -> Iterator[tuple[date, Place]]:
    """Days that begin at the end of a line and end at the start of the next."""
    head, tail = first.text[-BREAK:], second.text[:BREAK]
    if not any(char.isdigit() for char in tail):
        return
    joined, offset = _latin(f"{head} {tail}"), len(first.text) - len(head)
    seen: set[date] = set()
    for order in ORDERS:
        for found in find_dates(joined, order):
            if found.start < len(head) < found.end and found.value not in seen:
                seen.add(found.value)
                end = found.end - len(head) - 1
                yield (
                    found.value,
                    (Passage(first, offset + found.start, len(first.text)), Passage(second, 0, end)),
                )


def _blurred_amounts(run: Run) -> Iterator[tuple[Decimal, Passage]]:
    for start, end, text in _sharpened(run.text):
        for value in {abs(read) for mark in ".," if (read := parse_money(text, mark)) is not None}:
            yield value, Passage(run, start, end)


def _blurred_days(run: Run, value: date) -> Iterator[Passage]:
    text = run.text
    for start, end, sharp in _sharpened(run.text):
        text = text[:start] + sharp.ljust(end - start) + text[end:]
    for order in ORDERS:
        for found in find_dates(text, order):
            if found.value == value:
                yield Passage(run, found.start, found.end)
                return


def _sharpened(text: str) -> Iterator[tuple[int, int, str]]:
    """Stretches that are figures but for signs that look like figures, as figures without blanks."""
    for match in _BLURRED.finditer(text):
        bare = re.sub(r"\s", "", match[0])
        letters = sum(char.isalpha() or char == "|" for char in bare)
        if any(char.isdigit() for char in bare) and letters <= max(1, SLIPS * len(bare)):
            yield match.start(), match.end(), bare.translate(LOOK_ALIKE)


def _latin(text: str) -> str:
    """The text with the digits of any script as 0 to 9, character by character."""
    if text.isascii():
        return text
    return "".join(_digit(char) for char in text).translate(_MARKS)


def _digit(char: str) -> str:
    if char.isascii() or not char.isdecimal():
        return char
    return str(unicodedata.decimal(char))
