"""The text that was sent: its pages and lines, and where values stand in it."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property, lru_cache

from benchmarks.simulator import finders

PAGE = re.compile(r"^[ \t]*\[page (\d+)\][ \t]*$", re.MULTILINE)
LONGEST_QUOTE = 200  # characters: of a longer line the words around the value are quoted
AROUND = 80  # characters on either side of the value then
PARTS_APART = 400  # characters within which the parts of an address stand


def folded(text: str) -> str:
    """Return `text` in lower case without accents, as long as its characters have one counterpart each."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def letters(text: str) -> str:
    """Return letters and digits only, folded."""
    return "".join(char for char in folded(text) if char.isalnum())


class SentText:
    """What a request holds of a document."""

    def __init__(self, text: str) -> None:
        self.text = text
        marks = [(match.start(), match.end(), int(match[1])) for match in PAGE.finditer(text)]
        self._page_starts = [start for start, _, _ in marks]
        self._page_numbers = [number for _, _, number in marks]
        self._page_lines = {start for start, _, _ in marks}
        self._line_starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def page_at(self, position: int) -> int:
        """Return the number of the page on which the character stands; 1 before any page mark."""
        index = bisect_right(self._page_starts, position) - 1
        return self._page_numbers[index] if index >= 0 else 1

    def line_at(self, position: int) -> int:
        """Return the number of the line, from 0, that holds the character."""
        return bisect_right(self._line_starts, position) - 1

    def line(self, number: int) -> str:
        """Return the text of a line; empty where there is none."""
        if not 0 <= number < len(self._line_starts):
            return ""
        start = self._line_starts[number]
        end = self.text.find("\n", start)
        return self.text[start : end if end >= 0 else len(self.text)]

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """Lines with words in them, page marks left out."""
        found = (line.strip() for line in self.text.split("\n"))
        return tuple(line for line in found if line and not PAGE.match(line))

    @cached_property
    def _letters(self) -> tuple[str, list[int]]:
        """Letters and digits, with the place of each in the text; page marks left out."""
        out: list[str] = []
        places: list[int] = []
        inside_mark = {at for match in PAGE.finditer(self.text) for at in range(match.start(), match.end())}
        for index, char in enumerate(self.text):
            if index in inside_mark:
                continue
            for letter in (char.lower(),) if char.isascii() else folded(char):
                if letter.isalnum():
                    out.append(letter)
                    places.append(index)
        return "".join(out), places

    def places(self, kind: str, value: str) -> list[tuple[int, int]]:
        """Return where a canonical `value` of a `kind` stands, as (start, end), left to right."""
        return list(self._places(kind, value))

    def _places(self, kind: str, value: str) -> Iterator[tuple[int, int]]:
        if kind in ("money", "number"):
            yield from finders.number_places(self.text, value)
        elif kind == "currency":
            yield from finders.currency_places(self.text, value)
        elif kind in finders.READERS:
            wanted = finders.same(kind, value)
            yield from ((s, e) for s, e, found in self.found(kind) if finders.same(kind, found) == wanted)
            if kind == "date":  # 20260428, as data have it
                yield from (match.span() for match in re.finditer(rf"(?<!\d){value.replace('-', '')}(?!\d)", self.text))
        else:
            found = list(self.words_at(value))
            yield from found or (self._parts_at(value) if kind == "address" else ())

    def words_at(self, value: str) -> Iterator[tuple[int, int]]:
        """Yield where the letters and digits of `value` stand in a row, in whole words."""
        wanted = letters(value)
        text, places = self._letters
        at = text.find(wanted) if wanted else -1
        while at >= 0:
            start, end = places[at], places[at + len(wanted) - 1] + 1
            if not self.text[start - 1 : start].isalnum() and not self.text[end : end + 1].isalnum():
                yield start, end
            at = text.find(wanted, at + 1)

    def _parts_at(self, value: str) -> Iterator[tuple[int, int]]:
        """Yield where all parts of an address stand near each other, though other words stand between them."""
        parts = [part for part in re.split(r",\s*", value) if letters(part)]
        for start, end in self.words_at(parts[0]) if parts else ():
            spans = [
                next((span for span in self.words_at(part) if abs(span[0] - start) <= PARTS_APART), None)
                for part in parts[1:]
            ]
            if all(spans):
                yield start, max([end, *(span[1] for span in spans if span and span[0] > start)])
                return

    def found(self, kind: str) -> tuple[tuple[int, int, str], ...]:
        """Return (start, end, canonical value) of everything of a `kind` that stands in the text."""
        if kind not in self._found:
            self._found[kind] = tuple(finders.READERS[kind](self.text))
        return self._found[kind]

    @cached_property
    def _found(self) -> dict[str, tuple[tuple[int, int, str], ...]]:
        return {}

    def quote(self, start: int, end: int) -> str:
        """Return the line or lines of a span as printed; of a long line the words around the span."""
        first = self._line_starts[self.line_at(start)]
        last = self.text.find("\n", end)
        last = last if last >= 0 else len(self.text)
        if last - first > LONGEST_QUOTE:
            first = max(first, start - AROUND)
            first = start if first >= start else self._word_start(first, start)
            last = self._word_end(min(last, end + AROUND), end)
        return " ".join(PAGE.sub(" ", self.text[first:last]).split())

    def _word_start(self, position: int, limit: int) -> int:
        while position < limit and self.text[position - 1 : position].strip():
            position += 1
        return position

    def _word_end(self, position: int, limit: int) -> int:
        while position > limit and self.text[position : position + 1].strip():
            position -= 1
        return position


@lru_cache(maxsize=128)
def sent_text(text: str) -> SentText:
    """Return the text ready to be searched; the same documents come again and again."""
    return SentText(text)
