"""The visible text of a document as runs: what a reader takes in one go, with a box for every stretch of characters."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from schemas.document import Box, Line, Page, ParsedDocument, Word, around
from schemas.results import Evidence

# What people write for "number" is one token to us, so that a label needs to be listed once.
_NUMBER_SIGNS = {
    "nr": "no",
    "no": "no",
    "num": "no",
    "n": "no",
    "number": "no",
    "nummer": "no",
    "numero": "no",
    "numer": "no",
    "nro": "no",
    "cislo": "no",
    "#": "no",
}
_TOKEN = re.compile(r"(?<!\w)(?:[^\W\d_]\.){2,}(?:[^\W\d_](?!\w))?|[^\W_]+|#|°|º", re.UNICODE)
SAME_ROW = 0.5  # share of the lower of two heights that must overlap for two runs to stand in one row


@dataclass(frozen=True, slots=True)
class Token:
    """A word folded for comparison, with its place in the run's text."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Run:
    """One line's visible words. Runs are numbered in reading order through the document."""

    number: int
    words: tuple[Word, ...]
    text: str
    starts: tuple[int, ...]  # where each word begins in `text`
    box: Box
    page: int
    block: int
    tokens: tuple[Token, ...]

    def words_between(self, start: int, end: int) -> tuple[Word, ...]:
        """Return the words that the characters start..end touch."""
        spans = zip(self.words, self.starts, strict=True)
        return tuple(word for word, at in spans if at < end and at + len(word.text) > start)

    def box_between(self, start: int, end: int) -> Box:
        """Return the rectangle of the characters start..end; letters of a word are taken as equally wide."""
        parts: list[Box] = []
        for word, at in zip(self.words, self.starts, strict=True):
            first, last = max(start - at, 0), min(end - at, len(word.text))
            if first < last:
                step = word.box.width / len(word.text)
                parts.append(word.box._replace(x0=word.box.x0 + first * step, x1=word.box.x0 + last * step))
        return around(parts) if parts else self.box


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a run: where a value stands."""

    run: Run
    start: int
    end: int

    @property
    def text(self) -> str:
        """The characters as printed."""
        return self.run.text[self.start : self.end]

    @property
    def box(self) -> Box:
        """Their rectangle."""
        return self.run.box_between(self.start, self.end)


def evidence_of(passages: Sequence[Passage]) -> tuple[Evidence, ...]:
    """Return one evidence for each page that the passages touch, with a box per passage."""
    pages: dict[int, list[Passage]] = {}
    for passage in passages:
        pages.setdefault(passage.run.page, []).append(passage)
    return tuple(
        Evidence(page, tuple(part.box for part in parts), " ".join(part.text for part in parts))
        for page, parts in pages.items()
    )


class Layout:
    """All runs of a document and who stands beside and below whom."""

    def __init__(self, document: ParsedDocument) -> None:
        self.pages: tuple[Page, ...] = document.pages
        self.runs: tuple[Run, ...] = tuple(_runs(document))
        self.by_page: dict[int, list[Run]] = {}
        for run in self.runs:
            self.by_page.setdefault(run.page, []).append(run)
        self._tops: dict[int, list[float]] = {}
        for page, runs in self.by_page.items():
            runs.sort(key=lambda run: (run.box.y0, run.box.x0))
            self._tops[page] = [run.box.y0 for run in runs]
        heights = sorted(run.box.height for run in self.runs) or [10.0]
        self.line_height = heights[len(heights) // 2]

    def within(self, page: int, top: float, bottom: float) -> Iterator[Run]:
        """Yield the runs of a page whose upper edge lies between two heights, from the top."""
        runs, tops = self.by_page.get(page, []), self._tops.get(page, [])
        index = bisect_left(tops, top)
        while index < len(runs) and tops[index] <= bottom:
            yield runs[index]
            index += 1

    def right_of(self, run: Run, after: float) -> list[Run]:
        """Return the runs in the same row whose left edge is right of `after`, nearest first."""
        near = self.within(run.page, run.box.y0 - 1.5 * self.line_height, run.box.y1)
        found = [
            other for other in near if other is not run and other.box.x0 >= after - 2 and same_row(run.box, other.box)
        ]
        return sorted(found, key=lambda other: other.box.x0)

    def left_of(self, run: Run) -> list[Run]:
        """Return the runs in the same row left of `run`, nearest first."""
        near = self.within(run.page, run.box.y0 - 1.5 * self.line_height, run.box.y1)
        found = [
            other
            for other in near
            if other is not run and other.box.x1 <= run.box.x0 + 2 and same_row(run.box, other.box)
        ]
        return sorted(found, key=lambda other: -other.box.x1)

    def below(self, box: Box, page: int, reach: float) -> list[Run]:
        """Return the runs under `box` within `reach` points that share its column, nearest first."""
        found = []
        for other in self.within(page, box.y1 - 0.4 * box.height, box.y1 + reach):
            overlap = min(box.x1, other.box.x1) - max(box.x0, other.box.x0)
            aligned = abs(box.x0 - other.box.x0) < 4 or abs(box.x1 - other.box.x1) < 4
            if overlap > 0 or aligned:
                found.append(other)
        return found

    def height_of(self, page: int) -> float:
        """Return the height of a page in points."""
        return next((each.height for each in self.pages if each.number == page), 842.0)

    def width_of(self, page: int) -> float:
        """Return the width of a page in points."""
        return next((each.width for each in self.pages if each.number == page), 595.0)


def same_row(one: Box, other: Box) -> bool:
    """Return whether two boxes stand in one row."""
    overlap = min(one.y1, other.y1) - max(one.y0, other.y0)
    return overlap >= SAME_ROW * min(one.height, other.height)


def folded(text: str) -> str:
    """Return the text in lower case without accents, for comparison."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def tokens_of(text: str) -> tuple[Token, ...]:
    """Return the words of a text folded, signs for "number" as one token, "I.V.A." as "iva", with their places."""
    out: list[Token] = []
    for match in _TOKEN.finditer(text):
        plain = folded(match[0].replace(".", ""))
        if plain in ("°", "º") or (plain == "o" and _is_ring(text, match.start(), out)):
            continue  # the ring of "n°" belongs to the n
        out.append(Token(_NUMBER_SIGNS.get(plain, plain), match.start(), match.end()))
    return tuple(out)


@lru_cache(maxsize=16384)
def wording(text: str) -> tuple[str, ...]:
    """Return the folded words of a label that a schema lists; kept, because every document asks for the same ones."""
    return tuple(token.text for token in tokens_of(text))


def _is_ring(text: str, at: int, before: Sequence[Token]) -> bool:
    """Whether the o at `at` is the ring of the "n" before it: "no", "n.º"."""
    return bool(before) and before[-1].text == "no" and text[before[-1].end : at] in ("", ".")


def _runs(document: ParsedDocument) -> Iterator[Run]:
    number = 0
    for page in document.pages:
        for line in page.lines:
            run = _run(line, number)
            if run is not None:
                number += 1
                yield run


def _run(line: Line, number: int) -> Run | None:
    words = tuple(word for word in line.words if word.visible and word.text.strip())
    if not words:
        return None
    starts, position = [], 0
    for word in words:
        starts.append(position)
        position += len(word.text) + 1
    text = " ".join(word.text for word in words)
    box = around(tuple(word.box for word in words))
    return Run(number, words, text, tuple(starts), box, words[0].page, line.block, tokens_of(text))
