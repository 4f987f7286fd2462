"""The door: a parsed document and a schema to candidates that rules read off the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from typing import cast

from extractors.page.kindred import kindred_labels, may_have_kin, with_kindred
from extractors.page.locale import Locale, locale_of
from extractors.page.reading import PageReading
from extractors.page.runs import Layout, wording
from extractors.page.total_labels import with_totals
from extractors.rules import addresses, line_items, owners, prose, scoring, tax_tables, totals, unlabelled
from extractors.rules.labelled import Labelled
from extractors.rules.parties import Parties
from extractors.rules.sightings import Sighting, candidates_of
from schemas import reasons
from schemas.document import ParsedDocument
from schemas.fields import FieldDefinition, Kind
from schemas.results import Candidate
from schemas.schema import Schema

VERSION = "1"
PROSE_KINDS = {Kind.CLAUSE, Kind.JURISDICTION, Kind.DURATION}
PROSE_PLACES = {"preamble", "signature"}


def candidates(document: ParsedDocument, schema: Schema) -> tuple[Candidate, ...]:
    """Return the candidates of every field, best first within a field. Words that no person sees are not read."""
    return candidates_on(PageReading(document, schema))


def candidates_on(reading: PageReading) -> tuple[Candidate, ...]:
    """Return what `candidates` does, of a document whose labels somebody else looks for as well."""
    document, schema, layout = reading.document, reading.schema, reading.layout
    if not layout.runs:
        return ()
    locale = locale_of(layout)
    from_prose = {field.name for field in schema.fields if is_prose(field)}
    found = _on_the_page(reading, locale, from_prose)
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


def is_prose(field: FieldDefinition) -> bool:
    """Return whether the field is read from sentences rather than from labels and places."""
    return field.kind in PROSE_KINDS or bool(PROSE_PLACES & set(field.places))


def _on_the_page(reading: PageReading, locale: Locale, without: set[str]) -> dict[str, list[Candidate]]:
    schema, layout, hits = reading.schema, reading.layout, reading.labels
    hits = with_totals(hits, layout, schema)
    labelled = Labelled(layout, hits, locale)
    if akin := kindred_labels(layout, schema, _silent(schema, labelled)):
        labelled = Labelled(layout, with_kindred(hits, akin), locale)
    parties = Parties(layout, {hit.run.number for hit in hits if hit.start <= 2})
    wanted = [field for field in schema.fields if field.kind is not Kind.TABLE and field.name not in without]
    seen: dict[str, Sequence[Sighting]] = {}
    for field in wanted:
        everywhere = [
            *labelled.sightings(field),
            *unlabelled.sightings(field, layout, locale),
            *_by_place(field, parties, layout),
        ]
        seen[field.name] = _against_larger(field, [_on_later_page(sighting) for sighting in everywhere])
    seen = owners.weighed(schema, seen, parties.blocks, layout)
    seen = tax_tables.weighed(schema, seen, layout, labelled.hits, locale)
    found = {field.name: candidates_of(field, seen[field.name]) for field in wanted}
    return _ranges(schema, layout, labelled, found)


def _silent(schema: Schema, labelled: Labelled) -> list[FieldDefinition]:
    """The fields to which no listed wording leads, and those that share a wording with one of them."""
    given = [field for field in schema.fields if field.labels]
    silent = [f for f in given if may_have_kin(f) and next(labelled.sightings(f), None) is None]
    unheard = set().union(*(_wordings(field) for field in silent))
    return [field for field in given if field in silent or unheard & _wordings(field)]


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


def _ranges(
    schema: Schema, layout: Layout, labelled: Labelled, found: dict[str, list[Candidate]]
) -> dict[str, list[Candidate]]:
    """Give the ends of a range to the two fields that share its label.

    Two date fields of a schema with a wording in common ("Flight dates") are first and last day of what stands there.
    """
    days = [field for field in schema.fields if field.kind is Kind.DATE and field.labels and field.name in found]
    for first, last in pairwise(days):
        shared = _wordings(first) & _wordings(last)
        if not shared:
            continue
        for field, position in ((first, 0), (last, -1)):
            found[field.name] = candidates_of(field, _ends(list(labelled.sightings(field)), layout, position))
    return found


def _ends(seen: list[Sighting], layout: Layout, position: int) -> list[Sighting]:
    """Keep of each line the first or the last day; a lone day is doubtful as the end of a range."""
    lines: dict[tuple[int, int], list[Sighting]] = {}
    for sighting in seen:
        run = sighting.passages[0].run
        lines.setdefault((run.page, round(run.box.y0 / layout.line_height)), []).append(sighting)
    out = []
    for group in lines.values():
        best = max(group, key=lambda s: s.score)
        beside = [s for s in group if s.passages[0].run is best.passages[0].run]
        if len({sighting.value for sighting in beside}) > 1:
            group = beside  # a whole range in one stretch of text: other days of the line are others' ("Last modified")
        places = sorted(group, key=lambda s: (s.passages[0].box.x0, s.passages[0].start))
        chosen = places[position]
        factors = dict(best.factors)
        factors["range"] = _range_worth(places)
        if best.score:
            out.append(replace(chosen, factors=factors, reason=reasons.END_OF_RANGE()))
    return out


def _range_worth(places: list[Sighting]) -> float:
    """How much a row of days looks like a range: two in one stretch of text do, one day alone hardly does."""
    if len({sighting.value for sighting in places}) < 2:
        return 0.5
    runs = [sighting.passages[0].run.number for sighting in places]
    return 1.05 if len(runs) == 2 and runs[0] == runs[1] else 0.85


def _wordings(field: FieldDefinition) -> set[tuple[str, ...]]:
    return {wording(text) for texts in field.labels.values() for text in texts}
