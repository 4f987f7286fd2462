"""Finding the words of a quote on the pages, however its lines were broken or its marks were printed."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from rapidfuzz import fuzz

from extractors.page.runs import Layout, Passage, Run, folded

SHORTEST = 2  # letters and digits below which a text is found everywhere and proves nothing
FUZZY_FROM = 12  # letters and digits a quote needs before slips of a letter are forgiven
SHORTEST_BLURRED = 4  # letters and digits below which look-alikes are not forgiven
MOST_ALIKE = 0.34  # share of a text's signs that may be look-alikes
LOOK_ALIKE = str.maketrans("oqlisbz|", "00115821")
SLIP = 90.0  # least similarity (0..100, rapidfuzz ratio) of a quote with slips, such as those of OCR


def plain(text: str) -> str:
    """Return letters and digits only, in lower case without accents: what two prints of the same words share."""
    return "".join(char for char in folded(text) if char.isalnum())


class QuoteFinder:
    """All visible words of a document as one string of letters and digits, with the way back to the page."""

    def __init__(self, layout: Layout) -> None:
        self._runs: list[Run] = []
        self._starts: list[int] = []  # where each run begins in the string
        self._places: list[list[int]] = []  # for each letter of a run, its character in the run's text
        parts: list[str] = []
        position = 0
        for run in layout.runs:
            letters, places = _letters(run.text)
            if not letters:
                continue
            self._runs.append(run)
            self._starts.append(position)
            self._places.append(places)
            parts.append(letters)
            position += len(letters)
        self._text = "".join(parts)

    def exact(self, quote: str) -> Iterator[tuple[Passage, ...]]:
        """Yield every place where the letters and digits of `quote` stand in a row, in whole words, in order."""
        wanted = plain(quote)
        if len(wanted) < SHORTEST:
            return
        at = self._text.find(wanted)
        while at >= 0:
            if (passages := self._passages(at, at + len(wanted))) is not None:
                yield passages
            at = self._text.find(wanted, at + 1)

    def fuzzy(self, quote: str) -> tuple[Passage, ...] | None:
        """Return the place that is most like `quote`, a few letters aside; None if none is alike enough."""
        wanted = plain(quote)
        if len(wanted) < FUZZY_FROM:
            return None
        best = fuzz.partial_ratio_alignment(wanted, self._text, score_cutoff=SLIP)
        # A quote longer than the document would be aligned the other way round: then the document is inside the quote.
        if best is None or best.dest_end - best.dest_start < len(wanted) // 2 or len(wanted) > len(self._text):
            return None
        return self._passages(best.dest_start, best.dest_end, whole_words=False)

    def blurred(self, quote: str) -> tuple[Passage, ...] | None:
        """Return a place where `quote` stands but for what OCR takes for each other; None if there is none.

        Signs that look alike may stand for each other, one in three; of a text without figures one letter in ten may
        be another.
        """
        wanted = plain(quote)
        if len(wanted) < SHORTEST_BLURRED:
            return None
        alike, sharp = self._text.translate(LOOK_ALIKE), wanted.translate(LOOK_ALIKE)
        at = alike.find(sharp)
        while at >= 0:
            slips = sum(one != other for one, other in zip(wanted, self._text[at : at + len(wanted)], strict=True))
            if slips <= max(1, MOST_ALIKE * len(wanted)) and (place := self._passages(at, at + len(wanted))):
                return place
            at = alike.find(sharp, at + 1)
        return None if any(char.isdigit() for char in wanted) else self.fuzzy(quote)

    def _passages(self, start: int, end: int, *, whole_words: bool = True) -> tuple[Passage, ...] | None:
        first = bisect_right(self._starts, start) - 1
        last = bisect_right(self._starts, end - 1) - 1
        out: list[Passage] = []
        for index in range(first, last + 1):
            run, places, base = self._runs[index], self._places[index], self._starts[index]
            begin = places[max(start - base, 0)]
            stop = places[min(end - base, len(places)) - 1] + 1
            out.append(Passage(run, begin, stop))
        if whole_words and not (_word_starts(out[0]) and _word_ends(out[-1])):
            return None
        return tuple(out)


def _letters(text: str) -> tuple[str, list[int]]:
    if text.isascii():  # nothing to take apart: ten times faster, and most lines
        places = [index for index, char in enumerate(text) if char.isalnum()]
        return "".join([text[index] for index in places]).lower(), places
    letters, places = [], []
    for index, char in enumerate(text):
        for letter in folded(char):
            if letter.isalnum():
                letters.append(letter)
                places.append(index)
    return "".join(letters), places


def _word_starts(passage: Passage) -> bool:
    return passage.start == 0 or not passage.run.text[passage.start - 1].isalnum()


def _word_ends(passage: Passage) -> bool:
    return passage.end == len(passage.run.text) or not passage.run.text[passage.end].isalnum()
