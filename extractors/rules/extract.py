"""The door: a parsed document and a schema to candidates that rules read off the page."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import cast

from extractors.page.kindred import kindred_labels, with_kindred
from extractors.page.locale import Locale, locale_of
from extractors.page.reading import PageReading
from extractors.page.runs import Layout
from extractors.page.total_labels import with_totals
from extractors.page.wordings import Wording, completed, has_few, is_prose, wordings
from extractors.rules import addresses, line_items, owners, periods, prose, scoring, tax_tables, totals, unlabelled
from extractors.rules.labelled import Labelled
from extractors.rules.parties import Parties
from extractors.rules.sightings import Sighting, candidates_of
from schemas.document import ParsedDocument
from schemas.fields import FieldDefinition, Kind
from schemas.results import Candidate
from schemas.schema import Schema

VERSION = "1"


def candidates(document: ParsedDocument, schema: Schema) -> tuple[Candidate, ...]:
    """Return the candidates of every field, best first within a field. Words that no person sees are not read."""
    return candidates_on(PageReading(document, schema))


def candidates_on(reading: PageReading) -> tuple[Candidate, ...]:
    """Return what `candidates` does, of a document whose labels somebody else looks for as well."""
    document, schema, layout = reading.document, completed(reading.schema), reading.layout
    if not layout.runs:
        return ()
    locale = locale_of(layout)
    from_prose = {field.name for field in schema.fields if is_prose(field)}
    found = _on_the_page(reading, schema, locale, from_prose)
    tables = [
        table
        for field in schema.fields
        if field.kind is Kind.TABLE and (table := line_items.rows_on(reading, field, locale)) is not None
    ]
    settled = totals.settle(schema, found, _rows_total(tables), unlabelled.amounts_by_row(schema, layout, locale))
    read = [candidate for group in settled.values() for candidate in group]
    if from_prose:
        read.extend(c for c in prose.candidates(document, schema) if c.field in from_prose)
    return (*read, *tables)


def _on_the_page(reading: PageReading, schema: Schema, locale: Locale, without: set[str]) -> dict[str, list[Candidate]]:
    layout = reading.layout
    hits = with_totals(reading.labels, layout, schema)
    paired = list(periods.pairs(schema))
    partners = {one.name: other.name for pair in paired for one, other in (pair, pair[::-1])}
    labelled = Labelled(layout, hits, locale, partners)
    if akin := kindred_labels(layout, schema, _silent(schema, labelled, partners), labelled.title_words):
        labelled = Labelled(layout, with_kindred(hits, akin), locale, partners)
    parties = Parties(layout, {hit.run.number for hit in hits if hit.start <= 2})
    wanted = [field for field in schema.fields if field.kind is not Kind.TABLE and field.name not in without]
    seen: dict[str, Sequence[Sighting]] = {}
    for field in wanted:
        everywhere = [
            *labelled.sightings(field),
            *unlabelled.sightings(field, layout, locale),
            *_by_place(field, parties, layout),
        ]
        if "totals" not in field.places:  # these stand at the end
            everywhere = [_on_later_page(sighting) for sighting in everywhere]
        seen[field.name] = _against_larger(field, everywhere)
    seen = owners.weighed(schema, seen, parties.blocks, layout)
    seen = dict(tax_tables.weighed(schema, seen, layout, labelled.hits, locale))
    for first, last in paired:
        if first.name in seen and last.name in seen:
            for field, its_ends in periods.ends(first, last, labelled):
                seen[field.name] = [_on_later_page(each) for each in its_ends]
    return {field.name: candidates_of(field, seen[field.name]) for field in wanted}


def _silent(schema: Schema, labelled: Labelled, paired: Collection[str]) -> list[FieldDefinition]:
    """The fields of few wordings for which other labels are looked for.

    These lead nowhere likely, or share a wording with one of which that is so, or are an end of a period: that may be
    told elsewhere by one label for both.
    """
    few = [field for field in schema.fields if has_few(field)]
    silent = [f for f in few if f.name in paired or all(s.score < scoring.LIKELY for s in labelled.sightings(f))]
    unheard = set[Wording]().union(*(wordings(field) for field in silent))
    return [field for field in few if field in silent or unheard & set(wordings(field))]


def _by_place(field: FieldDefinition, parties: Parties, layout: Layout) -> list[Sighting]:
    if field.kind is Kind.PARTY and "letterhead" in field.places:
        return list(parties.letterhead())
    if field.kind is Kind.PARTY and "addressee" in field.places:
        return list(parties.addressee())
    if field.kind is Kind.ADDRESS:
        return list(addresses.at_the_head(layout))
    return []


def _against_larger(field: FieldDefinition, seen: list[Sighting]) -> list[Sighting]:
    """What is to be paid is the largest of the amounts that its labels lead to: smaller ones are parts of it."""
    if field.kind is not Kind.MONEY or "totals" not in field.places or not field.acceptance.required:
        return seen
    largest = max((abs(cast(Decimal, s.value)) for s in seen if s.score > scoring.UNLABELLED), default=Decimal())
    return [s.weighed("larger", scoring.MUCH_SMALLER) if abs(cast(Decimal, s.value)) * 2 < largest else s for s in seen]


def _on_later_page(sighting: Sighting) -> Sighting:
    page = sighting.passages[0].run.page
    return sighting if page == 1 else sighting.weighed("page", scoring.LATER_PAGE ** min(page - 1, 6))


def _rows_total(tables: list[Candidate]) -> Decimal | None:
    """The sum of the last money column of the first table: what a net total should be."""
    for table in tables:
        amounts = [_last_amount(row.cells) for row in table.rows]
        if amounts and None not in amounts:
            return sum(cast(list[Decimal], amounts), Decimal())
    return None


def _last_amount(cells: Mapping[str, Candidate]) -> Decimal | None:
    values = [cell.value for cell in cells.values() if cell.kind is Kind.MONEY]
    return cast(Decimal, values[-1]) if values else None
