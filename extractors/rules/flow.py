"""The running text of a document: lines joined over pages without running heads, every character still on its page."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from extractors.page.runs import Layout, Passage, Run, folded

MARGIN = 0.09  # share of the page height at top and bottom in which running heads and feet stand
FEWEST_PAGES = 2  # numbers in a row that make lone numbers page numbers
PARAGRAPH_GAP = 1.75  # line heights from one line to the next from which on a paragraph begins
_PAGE_NUMBER = re.compile(
    r"^\W*(?:page|seite|pagina)?\W*(?:\d{1,4}|[ivxl]{1,6})\W*(?:(?:of|von|/)\W*\d{1,4}\W*)?$", re.IGNORECASE
)
_LONE_NUMBER = re.compile(r"^(?:Page\s+)?[-–]?\s*(\d{1,3})\s*[-–]?$", re.IGNORECASE)
_NO_END = re.compile(
    r"(?:\b(?:Inc|Corp|Ltd|Co|Cos|No|Nos|Mr|Mrs|Ms|Dr|St|Sec|Art|vs?|etc|e\.g|i\.e|U\.S|U\.S\.A|L\.P|L\.L\.C|N\.A|S\.A|B\.V|P\.O|Jr|Sr|Messrs|Attn|approx|"
    r"Ave|Blvd|Ste|Rd|bzw|Nr|Abs|z\.B|d\.h)|\b[A-Z])\.$"
)
_END = re.compile(r"[.!?;:]['”\"’)]*\s+|\n")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A stretch of the running text that ends with a stop or a paragraph."""

    text: str
    start: int


class Flow:
    """The running text and where each character of it stands."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        parts: list[str] = []
        self._offsets: list[int] = []
        self._runs: list[Run] = []
        position, last = 0, None
        words = {word.lower() for run in layout.runs for word in re.findall(r"[^\W\d_]+", run.text)}
        for run in _body(layout):
            if last is not None:
                joint = "\n" if _new_paragraph(last, run, layout) else " "
                if joint == " " and (split := _split_word(last.text, run.text)) is not None:
                    joint = ""
                    if split.lower() in words:  # a word parted at the end of the line, not a compound
                        parts[-1] = parts[-1][:-1]
                        position -= 1
                parts.append(joint)
                position += len(joint)
            self._offsets.append(position)
            self._runs.append(run)
            parts.append(run.text)
            position += len(run.text)
            last = run
        self.text = "".join(parts)

    def passages(self, start: int, end: int) -> tuple[Passage, ...]:
        """Return where the characters start..end stand, line by line."""
        out = []
        index = max(bisect_right(self._offsets, start) - 1, 0)
        while index < len(self._runs) and self._offsets[index] < end:
            run, offset = self._runs[index], self._offsets[index]
            first, last = max(start - offset, 0), min(end - offset, len(run.text))
            if first < last:
                out.append(Passage(run, first, last))
            index += 1
        return tuple(out)

    def sentences(self) -> Iterator[Sentence]:
        """Yield the sentences in reading order; abbreviations such as "Inc." do not end one."""
        start = 0
        for match in _END.finditer(self.text):
            head = self.text[start : match.start() + 1].rstrip()
            if match[0] != "\n" and _NO_END.search(head[-12:]):
                continue
            if self.text[start : match.end()].strip():
                yield Sentence(self.text[start : match.end()], start)
            start = match.end()
        if self.text[start:].strip():
            yield Sentence(self.text[start:], start)

    def whole_sentences(self) -> Iterator[Sentence]:
        """Yield sentences up to the full stop or the end of the paragraph: what semicolons part is one."""
        text, start = "", 0
        for part in self.sentences():
            start = start if text else part.start
            text += part.text
            if text.endswith("\n") or not text.rstrip(" ’”\"')").endswith((";", ":", ",")):
                yield Sentence(text, start)
                text = ""
        if text:
            yield Sentence(text, start)


def _body(layout: Layout) -> Iterator[Run]:
    """Runs without page numbers and without lines that stand again and again in the margins."""
    in_margin = [run for run in layout.runs if _at_edge(run, layout)]
    times = Counter(_pattern(run) for run in in_margin)
    pages = len(layout.by_page)
    edge = {run.number for run in in_margin}
    counted = set(_counting_on(layout.runs))
    for run in layout.runs:
        if run.number in counted:
            continue
        if run.number in edge and (_PAGE_NUMBER.match(run.text) or (pages > 2 and times[_pattern(run)] > pages / 2)):
            continue
        yield run


def _counting_on(runs: tuple[Run, ...]) -> Iterator[int]:
    """Yield the runs that are nothing but a number and count on from each other: pages of a text printed anew.

    A print-out of a web page keeps the page numbers of the original in the middle of its own pages.
    """
    alone = [(run, int(match[1])) for run in runs if (match := _LONE_NUMBER.match(run.text))]
    series: list[Run] = []
    wanted = 1
    for run, number in alone:
        if number == wanted or (not series and number == wanted + 1):
            series.append(run)
            wanted = number + 1
    if len(series) >= FEWEST_PAGES:
        yield from (run.number for run in series)


def _split_word(above: str, below: str) -> str | None:
    """Return the word that a hyphen parts at the end of a line, without the hyphen, or None."""
    head, tail = re.search(r"([^\W\d_]+)-$", above), re.match(r"[^\W\d_]+", below)
    return head[1] + tail[0] if head and tail else None


def _at_edge(run: Run, layout: Layout) -> bool:
    height = layout.height_of(run.page)
    return run.box.y1 < MARGIN * height or run.box.y0 > (1 - MARGIN) * height


def _pattern(run: Run) -> str:
    return re.sub(r"\d+", "0", folded(run.text))


def _new_paragraph(last: Run, run: Run, layout: Layout) -> bool:
    if run.page != last.page:  # a sentence goes on over the page unless it had ended
        return last.text.rstrip()[-1:] in ".:;" or (
            run.text[:1].isupper() and last.box.width < 0.5 * layout.width_of(last.page)
        )
    if run.text[:1].islower() and last.text.rstrip()[-1:] not in ".:;" and run.box.y0 > last.box.y1:
        return False  # a sentence goes on below a page number or a drawing
    gap = run.box.y0 - last.box.y0
    return gap > PARAGRAPH_GAP * max(last.box.height, 1.0) or gap < -1
