"""Words of a page that can be the same on the next document: stretches without figures, told apart from values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from extractors.page.locale import Locale, locale_of
from extractors.page.runs import Layout, Run, Token
from schemas.document import Box, ParsedDocument

SHORTEST = 2  # letters of a phrase
LONGEST = 5  # words; of a longer one, such as a sentence, the first ones
WIDE_GAP = 1.2  # heights of a line: a gap this wide parts two phrases
PARTING = frozenset(":|·•;")  # marks that part two phrases


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something stands: page, edges and middle, in thousandths of the width of its page."""

    page: int
    left: float
    right: float
    middle: float  # of the line, from the top


@dataclass(frozen=True, slots=True)
class Phrase:
    """A stretch of a run without figures."""

    text: str  # folded words, joined by blanks
    run: Run
    start: int
    end: int


class Reader:
    """The visible words of a document, ready to be asked for phrases."""

    def __init__(self, document: ParsedDocument, layout: Layout | None = None) -> None:
        """Read a document; its `layout`, where somebody has made it already, is not made again."""
        self.layout = layout or Layout(document)
        self._widths = {page.number: max(page.width, 1.0) for page in document.pages}

    @cached_property
    def locale(self) -> Locale:
        """How the document writes numbers and days."""
        return locale_of(self.layout)

    @property
    def line(self) -> float:
        """Height of a line in thousandths of the width of the first page."""
        return self.layout.line_height * 1000 / next(iter(self._widths.values()), 595.0)

    def spot(self, run: Run, start: int, end: int) -> Spot:
        """Return where the characters start..end of a run stand."""
        return self.spot_of(run.page, run.box_between(start, end))

    def spot_of(self, page: int, box: Box) -> Spot:
        """Return a box of a page in thousandths of its width."""
        scale = 1000 / self._widths.get(page, 595.0)
        return Spot(page, box.x0 * scale, box.x1 * scale, (box.y0 + box.y1) / 2 * scale)

    def runs_at(self, page: int, middle: float, reach: float) -> Iterator[Run]:
        """Yield the runs whose middle is within `reach` of a height, both in thousandths of the page's width."""
        scale = self._widths.get(page, 595.0) / 1000
        wanted, far = middle * scale, reach * scale
        for run in self.layout.within(page, wanted - far - 4 * self.layout.line_height, wanted + far):
            if abs((run.box.y0 + run.box.y1) / 2 - wanted) <= far:
                yield run

    def phrases(self, *, without: Mapping[int, Sequence[Box]] | None = None) -> Iterator[Phrase]:
        """Yield the phrases in reading order.

        Args:
            without: boxes of values by page: what stands in them is no part of a phrase.
        """
        values = without or {}
        for run in self.layout.runs:
            yield from _in_run(run, values.get(run.page, ()))

    def occurrences(self, text: str) -> Iterator[tuple[Run, int, int]]:
        """Yield every stretch of a run that consists of these words."""
        words = text.split()
        for run, place in self._by_word.get(words[0], ()) if words else ():
            tokens = run.tokens[place : place + len(words)]
            if [token.text for token in tokens] == words:
                yield run, tokens[0].start, tokens[-1].end

    @cached_property
    def _by_word(self) -> dict[str, list[tuple[Run, int]]]:
        out: dict[str, list[tuple[Run, int]]] = {}
        for run in self.layout.runs:
            for place, token in enumerate(run.tokens):
                out.setdefault(token.text, []).append((run, place))
        return out


def _in_run(run: Run, values: Iterable[Box]) -> Iterator[Phrase]:
    kept: list[Token] = []
    boxes = [box for box in values if box.y0 < run.box.y1 and run.box.y0 < box.y1]
    for token in run.tokens:
        is_value = any(box.holds(run.box_between(token.start, token.end)) for box in boxes)
        ends = is_value or any(char.isdigit() for char in _word_around(run.text, token))
        if kept and (ends or _parted(run, kept[-1], token)):
            yield from _phrase(run, kept)
            kept = []
        if not ends:
            kept.append(token)
    yield from _phrase(run, kept)


def _word_around(text: str, token: Token) -> str:
    """What stands between the blanks around a token: "FV-2026/17" is one figure, not a word and two figures."""
    after = text.find(" ", token.end)
    return text[text.rfind(" ", 0, token.start) + 1 : after if after >= 0 else len(text)]


def _phrase(run: Run, tokens: Sequence[Token]) -> Iterator[Phrase]:
    words = tokens[:LONGEST]
    if sum(len(token.text) for token in words) >= SHORTEST:
        yield Phrase(" ".join(token.text for token in words), run, words[0].start, words[-1].end)


def _parted(run: Run, before: Token, after: Token) -> bool:
    between = run.text[before.end : after.start]
    if PARTING.intersection(between):
        return True
    gap = run.box_between(after.start, after.end).x0 - run.box_between(before.start, before.end).x1
    return " " in between and gap > WIDE_GAP * run.box.height
