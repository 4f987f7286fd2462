"""Evidence: every candidate of every source is looked up in the visible words by its kind, and graded.

A source may say which words it read (its quote). They are believed only where they stand on a page, and the value must
stand within them. Several places are settled by label, section and neighbours; else all of them are the evidence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import islice

from extractors.page.grades import grade_of, is_read_out
from extractors.page.labels import LabelHit
from extractors.page.places import MOST_PLACES, Place, Places, days_in, places_in
from extractors.page.reading import PageReading
from extractors.page.runs import Run, evidence_of, same_row
from extractors.page.table_rows import ShownRow, rows_in_line, shown_rows
from schemas import reasons
from schemas.document import Box
from schemas.fields import FieldDefinition, Kind
from schemas.results import Candidate, CandidateRow, Evidence, Match, Value
from schemas.schema import Schema

SHOWN_PLACES = 8  # of one value that are handed on as evidence; `hits` counts all
NEIGHBOUR = 2.5  # line heights within which labels of related fields speak for a place
WORDED = (Kind.DURATION, Kind.JURISDICTION, Kind.CHOICE)  # kinds whose value is worded otherwise than it is printed


class Ground:
    """The visible words of a document, ready to be searched for values."""

    def __init__(self, reading: PageReading) -> None:
        self.layout, self.schema = reading.layout, reading.schema
        self.reading = reading
        self.places = Places(self.layout)
        self.fields = _definitions(self.schema)

    @property
    def labels(self) -> Mapping[int, list[LabelHit]]:
        """The labels of each run, by its number."""
        return self.reading.labels_by_run

    def grounded(self, candidates: Iterable[Candidate]) -> list[Candidate]:
        """Return the candidates with evidence where their value stands, its grade, and the signal `hits`.

        Evidence that a source computed itself stays and is graded; a value that stands nowhere has none.
        """
        return [self._placed(candidate) for candidate in candidates]

    def shown_rows(self, field: FieldDefinition, candidates: Sequence[Candidate]) -> tuple[ShownRow, ...]:
        """Return the rows of a table that the layout shows; where no head names its columns, by those of candidates."""
        shown = shown_rows(self.layout, self.labels, self.schema, field)
        if shown:
            return shown
        tables = [candidate for candidate in candidates if candidate.field == field.name and candidate.rows]
        most = max(tables, key=lambda table: len(table.rows), default=None)
        known = _last_amounts(field, most.rows) if most is not None else []
        return rows_in_line(self.layout, self.labels, self.schema, field, known)

    def _placed(self, candidate: Candidate) -> Candidate:
        if candidate.rows:
            return replace(candidate, rows=tuple(self._placed_row(row) for row in candidate.rows))
        if candidate.value is None:
            return candidate
        if candidate.evidence:
            return self._graded(candidate, count=True)
        return self._by_quote(candidate) if candidate.quote else self._by_value(candidate)

    def _graded(self, candidate: Candidate, *, count: bool) -> Candidate:
        """The candidate with the grade of its own evidence; `count`: and with how often its value stands there."""
        if candidate.value is None:
            return candidate
        quote = " ".join(place.quote for place in candidate.evidence)
        grade = grade_of(candidate.kind, candidate.value, quote, self.fields.get(candidate.field))
        signals = dict(candidate.signals)
        if count and candidate.kind not in (*WORDED, Kind.CLAUSE):
            hits = len(self.places.of(candidate.kind, candidate.value).places)
            signals["hits"] = float(max(hits, grade != "fuzzy"))
        evidence = tuple(replace(place, match=grade) for place in candidate.evidence)
        return replace(candidate, evidence=evidence, signals=signals)

    def _by_quote(self, candidate: Candidate) -> Candidate:
        quotes = self.places.quotes
        places = list(islice(quotes.exact(candidate.quote), MOST_PLACES))
        slips = quotes.fuzzy(candidate.quote) if not places else None
        if slips is not None:
            places = [slips]
        stands = 1.0 if slips is None and places else 0.5 if places else 0.0
        candidate = replace(candidate, signals={**candidate.signals, "quote_on_page": stands})
        if not places:
            return self._by_value(replace(candidate, reasons=(*candidate.reasons, reasons.QUOTE_NOT_ON_PAGE())))
        inside = [hit for place in places for hit in self._hits_inside(candidate, place)]
        if inside:
            signals = {**candidate.signals, "value_in_quote": 1.0}
            return self._with_places(replace(candidate, signals=signals), inside, slips=slips is not None)
        if candidate.kind in WORDED:
            text = " ".join(part.text for part in places[0])
            value = candidate.value or ""
            grade: Match = "normalized" if is_read_out(candidate.kind, value, text, self._field(candidate)) else "fuzzy"
            evidence = tuple(replace(place, match=grade) for place in evidence_of(places[0]))
            signals = {**candidate.signals, "value_in_quote": float(grade == "normalized")}
            derived = _two_days(text) if candidate.kind is Kind.DURATION and grade == "fuzzy" else ()
            origin = candidate.derived_from or derived
            return replace(candidate, evidence=evidence, signals=signals, derived_from=origin)
        signals = {**candidate.signals, "value_in_quote": 0.0}
        return self._by_value(
            replace(candidate, signals=signals, reasons=(*candidate.reasons, reasons.VALUE_NOT_IN_QUOTE()))
        )

    def _hits_inside(self, candidate: Candidate, place: Place) -> Iterator[Place]:
        """Places of the value whose first and last letters lie within the quote."""
        spans = {part.run.number: part for part in place}
        value = candidate.value or ""
        within = list(places_in(candidate.kind, value, [part.run for part in place]))
        if not within:
            within = list(self.places.of(candidate.kind, value).places)
        for hit in within:
            parts = [(part, spans.get(part.run.number)) for part in hit]
            if all(
                span is not None and span.start <= part.start + 1 and part.end - 1 <= span.end for part, span in parts
            ):
                yield hit

    def _by_value(self, candidate: Candidate) -> Candidate:
        if candidate.value is None:
            return candidate
        hits = self.places.of(candidate.kind, candidate.value)
        if not hits.places:
            return replace(candidate, signals={**candidate.signals, "hits": 0.0})
        return self._with_places(candidate, hits.places, slips=hits.slips)

    def _with_places(self, candidate: Candidate, hits: Sequence[Place], *, slips: bool) -> Candidate:
        """The candidate with the place that is meant as its evidence; with all of them if that cannot be told."""
        settled = self._settled(hits, candidate.field)
        said = candidate.reasons
        if len(settled) > 1:
            said = (*said, reasons.PLACES(count=len(settled)))
        evidence = tuple(
            place for hit in settled[:SHOWN_PLACES] for place in self._evidence(hit, candidate, forgiving=slips)
        )
        counts = {
            "hits": len(hits),
            "ambiguous": len(settled) > 1,
            "labelled": self._has_label(settled[0], candidate.field),
        }
        signals = {**candidate.signals, **{name: float(count) for name, count in counts.items()}}
        return replace(candidate, evidence=evidence, reasons=said, signals=signals)

    def _settled(self, hits: Sequence[Place], field: str) -> Sequence[Place]:
        """The places that label, section and neighbours speak for most; the first of each pair of equal ones first."""
        worth = [self._worth(hit, field) if len(hits) > 1 else (0, 0) for hit in hits]
        return [hit for hit, each in zip(hits, worth, strict=True) if each == max(worth)]

    def _worth(self, hit: Place, field: str) -> tuple[int, int]:
        run = hit[0].run
        if self._has_label(hit, field):
            return 3, 0
        above = [other for other in self.layout.below(run.box, run.page, 0.0) if other.number < run.number]
        section = [other for other in (*above, *self._block_of(run)) if other.number < run.number]
        if any(label.of(field) for other in section for label in self.labels.get(other.number, ())):
            return 2, 0
        reach = NEIGHBOUR * self.layout.line_height
        near = self.layout.within(run.page, run.box.y0 - reach, run.box.y1 + reach)
        owners = {each.owner for other in near for label in self.labels.get(other.number, ()) for each in label.labels}
        return 0, len(owners & self._related(field))

    def _block_of(self, run: Run) -> list[Run]:
        return [other for other in self.layout.by_page.get(run.page, ()) if other.block == run.block]

    def _related(self, field: str) -> set[str]:
        """Fields that stand beside this one: of the same place, check or party."""
        own = self.fields.get(field)
        prefix = field.split("_")[0]
        related = {each.name for each in self.schema.fields if own is not None and set(own.places) & set(each.places)}
        related |= {each.name for each in self.schema.fields if "_" in field and each.name.split("_")[0] == prefix}
        for check in self.schema.checks:
            if field in check.fields:
                related |= set(check.fields)
        return related - {field}

    def _placed_row(self, row: CandidateRow) -> CandidateRow:
        """Place a row by its quote, or by its longest text; then its other cells beside and just below that.

        In a file that is data the cells of a row stand in one block, see `documents.xml_file`.
        """
        if any(cell.evidence for cell in row.cells.values()):
            return CandidateRow({name: self._graded(cell, count=False) for name, cell in row.cells.items()}, row.page)
        quote = next((cell.quote for cell in row.cells.values() if cell.quote), "")
        for place in islice(self.places.quotes.exact(quote), MOST_PLACES) if quote else ():
            if row.page is None or place[0].run.page == row.page:
                cells = self._cells_beside(place, row.cells)
                if all(cell.evidence for cell in cells.values() if cell.kind is Kind.MONEY):
                    return CandidateRow(cells, place[0].run.page)
        figures = (Kind.MONEY, Kind.NUMBER)  # the same figure stands in many rows, a text hardly does
        anchors = sorted(row.cells.values(), key=lambda cell: (cell.kind in figures, -len(str(cell.value))))
        best = row
        for anchor in anchors:
            for hit in self.places.of(anchor.kind, anchor.value or "").places:
                placed = CandidateRow(self._cells_beside(hit, row.cells), hit[0].run.page)
                if all(cell.evidence for cell in placed.cells.values() if cell.kind is Kind.MONEY):
                    return placed
                if anchor.kind not in figures and _seen(placed) > _seen(best):
                    best = placed  # its text stands there, but not all of its amounts
        return best

    def _cells_beside(self, hit: Place, cells: Mapping[str, Candidate]) -> dict[str, Candidate]:
        box = hit[0].box
        band = Box(0, box.y0 - 0.5 * box.height, 1e6, box.y1 + 2.0 * box.height)
        page = hit[0].run.page
        if self.reading.document.is_data:
            near = [run for run in self.layout.by_page[page] if run.block == hit[0].run.block]
        else:
            near = [run for run in self.layout.within(page, band.y0, band.y1) if run.box.y1 <= band.y1 + box.height]
        near.sort(key=lambda run: (not same_row(run.box, box), run.number))
        out: dict[str, Candidate] = {}
        for name, cell in cells.items():
            found = next(places_in(cell.kind, cell.value, near), None) if cell.value is not None else None
            out[name] = (
                replace(cell, evidence=self._evidence(found, cell)) if found and cell.value is not None else cell
            )
        return out

    def _evidence(self, hit: Place, candidate: Candidate, *, forgiving: bool = False) -> tuple[Evidence, ...]:
        """The evidence of a place; `forgiving`: it was found by a quote with slips, and proves less."""
        value: Value = candidate.value if candidate.value is not None else ""
        text = " ".join(part.text for part in hit)
        grade = grade_of(candidate.kind, value, text, self._field(candidate))
        if forgiving:
            grade = "fuzzy"
        elif grade == "fuzzy" and not isinstance(value, (Decimal, date)):
            grade = "normalized"  # the finder compared its letters, parted as the lines are
        return tuple(replace(place, match=grade) for place in evidence_of(hit))

    def _field(self, candidate: Candidate) -> FieldDefinition | None:
        return self.fields.get(candidate.field)

    def _has_label(self, hit: Place, field: str) -> bool:
        """Whether a label of the field stands before the value: in its line, left of it, or above."""
        passage = hit[0]
        own = [label for label in self.labels.get(passage.run.number, ()) if label.end <= passage.start + 1]
        beside = [label for run in self.layout.left_of(passage.run)[:1] for label in self.labels.get(run.number, ())]
        return any(label.of(field) is not None for label in (*own[-1:], *beside[-1:]))


def _two_days(text: str) -> tuple[str, ...]:
    """The two days of a text as printed, from which a span of time may have been worked out; else nothing."""
    printed = tuple(dict.fromkeys(text[start:end] for _, start, end in days_in(text)))
    return printed if len(printed) == 2 else ()


def _definitions(schema: Schema) -> dict[str, FieldDefinition]:
    out = {column.name: column for field in schema.fields for column in field.columns}
    return out | {field.name: field for field in schema.fields}


def _last_amounts(field: FieldDefinition, rows: Sequence[CandidateRow]) -> list[tuple[int, Box]]:
    """Page and box of the rightmost amount of each row that has a place."""
    money = {column.name for column in field.columns if column.kind is Kind.MONEY}
    out = []
    for row in rows:
        places = [
            c.evidence[0] for name, c in row.cells.items() if name in money and c.evidence and c.evidence[0].boxes
        ]
        if places:
            last = max(places, key=lambda place: place.boxes[0].x1)
            out.append((last.page, last.boxes[0]))
    return out


def _seen(row: CandidateRow) -> int:
    return sum(bool(cell.evidence) for cell in row.cells.values())
