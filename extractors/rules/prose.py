"""The door to running text: fields that are read from sentences and the opening of a contract."""

from __future__ import annotations

from extractors.page.locale import locale_of
from extractors.page.runs import Layout
from extractors.rules import clauses, contract_parties, effective, notices, title
from extractors.rules.flow import Flow
from extractors.rules.sections import Sections
from extractors.rules.sightings import Sighting, candidates_of
from schemas.document import ParsedDocument
from schemas.fields import FieldDefinition, Kind
from schemas.results import Candidate
from schemas.schema import Schema
from schemas.values.dates import DateOrder

TERM_ENOUGH = 0.5  # a span of time below this belief belongs to something else; most contracts name no term
DATE_ENOUGH = 0.3


def candidates(document: ParsedDocument, schema: Schema) -> tuple[Candidate, ...]:
    """Return the candidates for the fields that prose answers; a field without any is not answered."""
    layout = Layout(document)
    if not layout.runs:
        return ()
    flow = Flow(layout)
    sections = Sections(flow.text)
    order = _date_order(layout)
    out: list[Candidate] = []
    for field in schema.fields:
        out.extend(candidates_of(field, _sightings(field, flow, sections, order)))
    return tuple(out)


def _sightings(field: FieldDefinition, flow: Flow, sections: Sections, order: DateOrder) -> list[Sighting]:
    if field.kind is Kind.JURISDICTION:
        return list(clauses.governing_law(flow))
    if field.kind is Kind.CLAUSE:
        return list(clauses.whole(flow, field, sections))
    if field.kind is Kind.DURATION:
        if "notice" in field.name:
            return [sighting for sighting in notices.notices(flow) if sighting.score >= notices.ENOUGH]
        return [sighting for sighting in clauses.terms(flow, sections) if sighting.score >= TERM_ENOUGH]
    if field.kind is Kind.PARTY and "preamble" in field.places:
        return list(contract_parties.parties(flow))
    if field.kind is Kind.TEXT and "preamble" in field.places:
        return list(title.titles(flow))
    if field.kind is Kind.DATE and "signature" not in field.places:
        return list(clauses.dated(flow, field, order))
    if field.kind is Kind.DATE:
        return [sighting for sighting in effective.effective_days(flow, order) if sighting.score >= DATE_ENOUGH]
    return []


def _date_order(layout: Layout) -> DateOrder:
    """Month first for contracts in English unless the document shows otherwise: most of them are American."""
    locale = locale_of(layout)
    return "month_first" if locale.languages[:1] == ("en",) and not locale.order_is_shown else locale.date_order
