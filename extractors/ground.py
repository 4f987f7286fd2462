"""Finding a value that a source gave without a place: evidence is looked up in the visible words by its kind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise

from extractors.page.amounts import AMOUNT
from extractors.page.labels import LabelHit, find_labels
from extractors.page.runs import Layout, Passage, Run, evidence_of, folded, same_row
from schemas.document import Box, ParsedDocument
from schemas.fields import Kind
from schemas.results import Candidate, CandidateRow, Evidence, Match, Value
from schemas.schema import Schema
from schemas.values.dates import DateOrder, find_dates
from schemas.values.money import CURRENCIES, parse_money
from schemas.values.typed import as_text

ORDERS: tuple[DateOrder, ...] = ("day_first", "month_first")
SHORTEST = 2  # letters and digits below which a text is found everywhere and proves nothing


class Ground:
    """The visible words of a document, ready to be searched for values."""

    def __init__(self, document: ParsedDocument, schema: Schema) -> None:
        self.layout = Layout(document)
        from_ocr = any(page.origin == "ocr" for page in document.pages)
        self.labels: dict[int, list[LabelHit]] = {}
        for hit in find_labels(self.layout, schema, from_ocr=from_ocr):
            self.labels.setdefault(hit.run.number, []).append(hit)

    def grounded(self, candidates: Iterable[Candidate]) -> list[Candidate]:
        """Return the candidates; those without evidence get it where their value stands on a page."""
        return [candidate if candidate.evidence else self._placed(candidate) for candidate in candidates]

    def _placed(self, candidate: Candidate) -> Candidate:
        if candidate.rows:
            return replace(candidate, rows=tuple(self._placed_row(row) for row in candidate.rows))
        if candidate.value is None:
            return candidate
        hits = list(self._hits(candidate.kind, candidate.value, self.layout.runs))
        if not hits:
            return candidate
        labelled = [hit for hit in hits if self._has_label(hit, candidate.field)]
        evidence = _evidence((labelled or hits)[0], candidate.value)
        reasons = candidate.reasons
        if len(hits) > 1 and len(labelled) != 1:
            reasons = (*reasons, f"The value stands at {len(hits)} places.")
        return replace(candidate, evidence=evidence, reasons=reasons)

    def _placed_row(self, row: CandidateRow) -> CandidateRow:
        """Place the longest text of a row, then its other cells in the lines beside and just below it."""
        figures = (Kind.MONEY, Kind.NUMBER)  # the same figure stands in many rows, a text hardly does
        anchors = sorted(row.cells.values(), key=lambda cell: (cell.kind in figures, -len(str(cell.value))))
        for anchor in anchors:
            for hit in self._hits(anchor.kind, anchor.value or "", self.layout.runs):
                cells = self._cells_beside(hit, row.cells)
                if all(cell.evidence for cell in cells.values() if cell.kind is Kind.MONEY):
                    return CandidateRow(cells, hit[0].run.page)
        return row

    def _cells_beside(self, hit: tuple[Passage, ...], cells: Mapping[str, Candidate]) -> dict[str, Candidate]:
        box = hit[0].box
        band = Box(0, box.y0 - 0.5 * box.height, 1e6, box.y1 + 2.0 * box.height)
        page = hit[0].run.page
        near = [run for run in self.layout.within(page, band.y0, band.y1) if run.box.y1 <= band.y1 + box.height]
        near.sort(key=lambda run: (not same_row(run.box, box), run.number))
        out: dict[str, Candidate] = {}
        for name, cell in cells.items():
            found = next(self._hits(cell.kind, cell.value, near), None) if cell.value is not None else None
            out[name] = replace(cell, evidence=_evidence(found, cell.value)) if found and cell.value else cell
        return out

    def _hits(self, kind: Kind, value: Value, runs: Iterable[Run]) -> Iterator[tuple[Passage, ...]]:
        if isinstance(value, Decimal):
            yield from ((hit,) for run in runs for hit in _amounts(run, value))
        elif isinstance(value, date):
            yield from ((hit,) for run in runs for hit in _days(run, value))
        elif kind is Kind.CURRENCY:
            yield from ((hit,) for run in runs for hit in _currencies(run, value))
        else:
            yield from _texts(list(runs), value)

    def _has_label(self, hit: tuple[Passage, ...], field: str) -> bool:
        """Whether a label of the field stands before the value: in its line, left of it, or above."""
        passage = hit[0]
        own = [label for label in self.labels.get(passage.run.number, ()) if label.end <= passage.start + 1]
        beside = [label for run in self.layout.left_of(passage.run)[:1] for label in self.labels.get(run.number, ())]
        return any(label.of(field) is not None for label in (*own[-1:], *beside[-1:]))


def _amounts(run: Run, value: Decimal) -> Iterator[Passage]:
    for match in AMOUNT.finditer(run.text):
        for mark in (".", ","):
            read = parse_money(match[0], mark)
            if read is not None and abs(read) == abs(value):  # a credit note may print the other sign
                lead = len(match[0]) - len(match[0].lstrip())
                yield Passage(run, match.start() + lead, match.end())
                break


def _days(run: Run, value: date) -> Iterator[Passage]:
    if not any(char.isdigit() for char in run.text):
        return
    for order in ORDERS:
        for found in find_dates(run.text, order):
            if found.value == value:
                yield Passage(run, found.start, found.end)
                return


def _currencies(run: Run, code: str) -> Iterator[Passage]:
    for index, word in enumerate(run.words):
        plain = word.text.strip("()[]:,;").lower()
        signs = [sign for sign in CURRENCIES if CURRENCIES[sign] == code]
        if plain in signs or any(sign in plain for sign in signs if not sign.isalpha()):
            yield Passage(run, run.starts[index], run.starts[index] + len(word.text))


def _texts(runs: list[Run], value: str) -> Iterator[tuple[Passage, ...]]:
    """Places where the letters and digits of `value` stand in a row, within a line or over two lines of a block."""
    wanted = _plain(value)
    if len(wanted) < SHORTEST:
        return
    for run in runs:
        if (span := _span(run.text, wanted)) is not None:
            yield (Passage(run, *span),)
    for first, second in pairwise(runs):
        if first.page == second.page and 0 < second.box.y0 - first.box.y0 < 3 * first.box.height:
            head, tail = _plain(first.text), _plain(second.text)
            cut = next((n for n in range(len(wanted) - 1, 0, -1) if head.endswith(wanted[:n])), 0)
            if cut and tail.startswith(wanted[cut:]):
                start, end = _span(first.text, wanted[:cut], last=True), _span(second.text, wanted[cut:])
                if start and end:
                    yield (Passage(first, *start), Passage(second, *end))


def _plain(text: str) -> str:
    return "".join(char for char in folded(text) if char.isalnum())


def _span(text: str, wanted: str, *, last: bool = False) -> tuple[int, int] | None:
    """First and last character of `wanted` in `text`, letters and digits compared only, at word boundaries."""
    plain, places = [], []
    for index, char in enumerate(text):
        for letter in folded(char):
            if letter.isalnum():
                plain.append(letter)
                places.append(index)
    joined = "".join(plain)
    at = joined.rfind(wanted) if last else joined.find(wanted)
    while at >= 0:
        start, end = places[at], places[at + len(wanted) - 1] + 1
        if (start == 0 or not text[start - 1].isalnum()) and (end == len(text) or not text[end].isalnum()):
            return start, end
        if last:
            return None
        at = joined.find(wanted, at + 1)
    return None


def _evidence(hit: tuple[Passage, ...], value: Value) -> tuple[Evidence, ...]:
    grade: Match = "exact" if " ".join(part.text for part in hit) == as_text(value) else "normalized"
    return tuple(Evidence(e.page, e.boxes, e.quote, grade) for e in evidence_of(hit))
