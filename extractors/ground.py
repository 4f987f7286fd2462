"""Finding a value that a source gave without a place: evidence is looked up in the visible words by its kind.

A source may say which words it read (its quote). They are believed only where they stand on a page, and the value must
stand within them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import islice, pairwise

from extractors.page.amounts import AMOUNT
from extractors.page.labels import LabelHit, find_labels
from extractors.page.quotes import QuoteFinder, plain
from extractors.page.runs import Layout, Passage, Run, evidence_of, folded, same_row
from schemas.document import Box, ParsedDocument
from schemas.fields import Kind
from schemas.results import Candidate, CandidateRow, Evidence, Match, Value
from schemas.schema import Schema
from schemas.values.dates import DateOrder, find_dates
from schemas.values.durations import find_durations
from schemas.values.jurisdictions import find_jurisdictions
from schemas.values.money import CURRENCIES, parse_money
from schemas.values.typed import as_text

ORDERS: tuple[DateOrder, ...] = ("day_first", "month_first")
SHORTEST = 2  # letters and digits below which a text is found everywhere and proves nothing
PLACES = 50  # of one quote that are looked at; more prove nothing further
NOT_ON_PAGE = "The words that the model says it read do not stand in the document."
NOT_IN_QUOTE = "The value does not stand in the words that the model says it read."
READ_OUT = (Kind.DURATION, Kind.JURISDICTION, Kind.CHOICE)  # kinds whose value is worded otherwise than it is printed


class Ground:
    """The visible words of a document, ready to be searched for values."""

    def __init__(self, document: ParsedDocument, schema: Schema) -> None:
        self.layout = Layout(document)
        from_ocr = any(page.origin == "ocr" for page in document.pages)
        self.labels: dict[int, list[LabelHit]] = {}
        for hit in find_labels(self.layout, schema, from_ocr=from_ocr):
            self.labels.setdefault(hit.run.number, []).append(hit)

    @cached_property
    def quotes(self) -> QuoteFinder:
        """The words, ready to be searched for quotes."""
        return QuoteFinder(self.layout)

    def grounded(self, candidates: Iterable[Candidate]) -> list[Candidate]:
        """Return the candidates; those without evidence get it where their value stands on a page."""
        return [candidate if candidate.evidence else self._placed(candidate) for candidate in candidates]

    def _placed(self, candidate: Candidate) -> Candidate:
        if candidate.rows:
            return replace(candidate, rows=tuple(self._placed_row(row) for row in candidate.rows))
        if candidate.value is None:
            return candidate
        return self._by_quote(candidate) if candidate.quote else self._by_value(candidate)

    def _by_quote(self, candidate: Candidate) -> Candidate:
        places = list(islice(self.quotes.exact(candidate.quote), PLACES))
        slips = self.quotes.fuzzy(candidate.quote) if not places else None
        if slips is not None:
            places = [slips]
        stands = 1.0 if slips is None and places else 0.5 if places else 0.0
        candidate = replace(candidate, signals={**candidate.signals, "quote_on_page": stands})
        if not places:
            return self._by_value(replace(candidate, reasons=(*candidate.reasons, NOT_ON_PAGE)))
        inside = [hit for place in places for hit in self._hits_inside(candidate, place)]
        if inside:
            best = next((hit for hit in inside if self._has_label(hit, candidate.field)), inside[0])
            evidence = _evidence(best, candidate.value or "", forgiving=slips is not None)
            signals = {**candidate.signals, "value_in_quote": 1.0}
            return replace(candidate, evidence=evidence, signals=signals)
        if candidate.kind in READ_OUT:
            grade: Match = "normalized" if _read_out(candidate) else "fuzzy"
            evidence = tuple(Evidence(e.page, e.boxes, e.quote, grade) for e in evidence_of(places[0]))
            return replace(candidate, evidence=evidence)
        signals = {**candidate.signals, "value_in_quote": 0.0}
        return self._by_value(replace(candidate, signals=signals, reasons=(*candidate.reasons, NOT_IN_QUOTE)))

    def _hits_inside(self, candidate: Candidate, place: tuple[Passage, ...]) -> Iterator[tuple[Passage, ...]]:
        """Places of the value whose first and last letters lie within the quote."""
        spans = {part.run.number: part for part in place}
        value = candidate.value or ""
        within = list(self._hits(candidate.kind, value, [part.run for part in place]))
        if not within and isinstance(value, str):
            within = list(islice(self.quotes.exact(value), PLACES))
        for hit in within:
            parts = [(part, spans.get(part.run.number)) for part in hit]
            if all(
                span is not None and span.start <= part.start + 1 and part.end - 1 <= span.end for part, span in parts
            ):
                yield hit

    def _by_value(self, candidate: Candidate) -> Candidate:
        if candidate.value is None:
            return candidate
        hits = list(self._hits(candidate.kind, candidate.value, self.layout.runs))
        if not hits and isinstance(candidate.value, str):
            hits = list(islice(self.quotes.exact(candidate.value), PLACES))  # over more lines than two
        if not hits:
            return candidate
        labelled = [hit for hit in hits if self._has_label(hit, candidate.field)]
        evidence = _evidence((labelled or hits)[0], candidate.value)
        reasons = candidate.reasons
        if len(hits) > 1 and len(labelled) != 1:
            reasons = (*reasons, f"The value stands at {len(hits)} places.")
        return replace(candidate, evidence=evidence, reasons=reasons)

    def _placed_row(self, row: CandidateRow) -> CandidateRow:
        """Place a row by its quote, or by its longest text; then its other cells beside and just below that."""
        quote = next((cell.quote for cell in row.cells.values() if cell.quote), "")
        for place in islice(self.quotes.exact(quote), PLACES) if quote else ():
            if row.page is None or place[0].run.page == row.page:
                cells = self._cells_beside(place, row.cells)
                if all(cell.evidence for cell in cells.values() if cell.kind is Kind.MONEY):
                    return CandidateRow(cells, place[0].run.page)
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
    wanted = plain(value)
    if len(wanted) < SHORTEST:
        return
    for run in runs:
        if (span := _span(run.text, wanted)) is not None:
            yield (Passage(run, *span),)
    for first, second in pairwise(runs):
        if first.page == second.page and 0 < second.box.y0 - first.box.y0 < 3 * first.box.height:
            head, tail = plain(first.text), plain(second.text)
            cut = next((n for n in range(len(wanted) - 1, 0, -1) if head.endswith(wanted[:n])), 0)
            if cut and tail.startswith(wanted[cut:]):
                start, end = _span(first.text, wanted[:cut], last=True), _span(second.text, wanted[cut:])
                if start and end:
                    yield (Passage(first, *start), Passage(second, *end))


def _read_out(candidate: Candidate) -> bool:
    """Whether our own reading of the quote gives the value."""
    if candidate.kind is Kind.DURATION:
        return any(found.value == candidate.value for found in find_durations(candidate.quote))
    if candidate.kind is Kind.JURISDICTION:
        return any(found.name == candidate.value for found in find_jurisdictions(candidate.quote))
    return False


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


def _evidence(hit: tuple[Passage, ...], value: Value, *, forgiving: bool = False) -> tuple[Evidence, ...]:
    """The evidence of a place; `forgiving`: it was found by a quote with slips, and proves less."""
    grade: Match = (
        "fuzzy" if forgiving else "exact" if " ".join(part.text for part in hit) == as_text(value) else "normalized"
    )
    return tuple(Evidence(e.page, e.boxes, e.quote, grade) for e in evidence_of(hit))
