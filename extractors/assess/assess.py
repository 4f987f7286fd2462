"""The door: candidates of all sources to the extraction of a document."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from extractors.assess.circumstances import Surroundings, heard
from extractors.assess.decide import Policy
from extractors.assess.drafts import Draft, draft
from extractors.assess.embedded_page import CHECK, differences
from extractors.assess.scorer import BUILT_IN, Scorer
from extractors.assess.tables import TableDraft, checked, scored, table_draft
from extractors.page.places import amounts_in
from extractors.page.table_rows import ShownRow
from schemas import reasons
from schemas.checks import Check, OrderCheck, RowsSumCheck, SumCheck
from schemas.document import ParsedDocument
from schemas.fields import Kind
from schemas.reasons import Sentence
from schemas.results import Candidate, Extraction, FieldResult, Problem, RowResult, Value
from schemas.schema import Schema

POSSIBLE = 0.3  # score of another amount from which it may be the total
NOTHING_SHOWN: Mapping[str, Sequence[ShownRow]] = MappingProxyType({})


def assess(
    document: ParsedDocument,
    schema: Schema,
    candidates: Iterable[Candidate],
    *,
    accept_proved: bool,
    source_versions: Mapping[str, str],
    scorer: Scorer = BUILT_IN,
    asked_model: Collection[str] = (),
    second: Mapping[str, Sequence[Candidate]] = MappingProxyType({}),
    shown_rows: Mapping[str, Sequence[ShownRow]] = NOTHING_SHOWN,
) -> Extraction:
    """Return one answer per field with confidence, reasons and decision, and the checks that failed.

    Args:
        document: what parsing gave.
        schema: the fields to fill.
        candidates: of all sources, with evidence.
        accept_proved: accept values that are proved before thresholds are certified.
        source_versions: the sources that were asked.
        scorer: makes a probability of the signals of an answer.
        asked_model: fields that a model has answered about, if only to say that there is nothing.
        second: what a second reading gives for the fields that it was asked about: it confirms, and decides nothing.
        shown_rows: of each table, the rows that the layout shows.
    """
    by_field: dict[str, list[Candidate]] = {field.name: [] for field in schema.fields}
    given = tuple(candidates)
    for candidate in given:
        by_field[candidate.field].append(candidate)
    drafts = {f.name: draft(f, by_field[f.name]) for f in schema.fields if f.kind is not Kind.TABLE}
    tables = {f.name: table_draft(f, by_field[f.name]) for f in schema.fields if f.kind is Kind.TABLE}
    record: dict[str, Any] = {name: item.value for name, item in drafts.items()}
    record |= {name: table.values() for name, table in tables.items()}
    drafts, problems = _cross_checked(schema, drafts, record, by_field, document)
    tables = {
        name: checked(table, schema, record).beside(shown_rows.get(name, ()), by_field[name])
        for name, table in tables.items()
    }
    # A file that is data has no page that could say otherwise: its pages only list it.
    compared = () if document.is_data else schema.fields
    differing = dict.fromkeys(by_field, ()) | {f.name: differences(schema, f, by_field) for f in compared}
    drafts = {name: item.told(differing[name]) for name, item in drafts.items()}
    tables = {name: replace(table, whole=table.whole.told(differing[name])) for name, table in tables.items()}
    around, who = Surroundings(document), heard(given, source_versions, asked_model)
    drafts = {name: item.read_again(second[name]) if name in second else item for name, item in drafts.items()}
    drafts = {name: item.scored(scorer, around, who) for name, item in drafts.items()}
    tables = {name: scored(table, scorer, around, who) for name, table in tables.items()}
    problems = (*problems, *_differing(differing), *_missing(schema, drafts, tables), *_findings(document))
    policy = Policy(
        blocked=bool(_findings(document)),
        accept_proved=accept_proved,
        absence_told=any(candidate.signals.get("e_invoice") for candidate in given),
    )
    fields, rows = _results(schema, drafts, tables, policy)
    return Extraction(
        document=document.sha256,
        schema_name=schema.name,
        schema_version=schema.version,
        fields=fields,
        rows=rows,
        problems=problems,
        source_versions=dict(source_versions),
        scorer=scorer.version,
    )


def _cross_checked(
    schema: Schema,
    drafts: Mapping[str, Draft],
    record: Mapping[str, Any],
    by_field: Mapping[str, Sequence[Candidate]],
    document: ParsedDocument,
) -> tuple[dict[str, Draft], tuple[Problem, ...]]:
    out, problems = dict(drafts), []
    for check in schema.checks:
        verdict = check.verdict(record)
        if verdict.outcome == "failed":
            problems.append(Problem(check=check.kind, fields=check.fields, message=verdict.message))
        # Two dates in order prove neither of them; sums do.
        strong = not isinstance(check, OrderCheck)
        larger = _larger_total(check, record, by_field, document) if verdict.outcome == "passed" else None
        if larger is None and verdict.outcome == "passed" and _is_trivial(check, record):
            continue
        for name in check.fields:
            if larger is not None and name in out:
                out[name] = out[name].outdone(larger)
            elif name in out and not (isinstance(check, RowsSumCheck) and verdict.outcome == "failed"):
                out[name] = out[name].judged(verdict, strong=strong)
    return out, tuple(problems)


def _is_trivial(check: Check, record: Mapping[str, Any]) -> bool:
    """Whether a sum adds nothing to something: any amount that stands twice beside a zero fits it."""
    return isinstance(check, SumCheck) and any(record.get(part) == 0 for part in check.parts)


def _larger_total(
    check: Check, record: Mapping[str, Any], by_field: Mapping[str, Sequence[Candidate]], document: ParsedDocument
) -> Value | None:
    """An amount above the total of a sum that is a sum as well: the other may be that of one tax rate only.

    Tables of tax by rate hold a sum in every row. An e-invoice says itself which of them is the total.
    """
    if not isinstance(check, SumCheck) or any(c.signals.get("e_invoice") for c in by_field[check.total]):
        return None
    total = abs(record[check.total])
    larger = {
        abs(c.value)
        for c in by_field[check.total]
        if isinstance(c.value, Decimal) and c.evidence and c.score >= POSSIBLE and abs(c.value) > total
    }
    if not larger:
        return None
    printed = {abs(value) for line in document.text.splitlines() for value, _, _ in amounts_in(line)} - {Decimal()}
    return max((one for one in larger if any(one - other in printed for other in printed)), default=None)


def _differing(said: Mapping[str, Sequence[Sentence]]) -> tuple[Problem, ...]:
    return tuple(Problem(check=CHECK, fields=(name,), message=text) for name, every in said.items() for text in every)


def _missing(schema: Schema, drafts: Mapping[str, Draft], tables: Mapping[str, TableDraft]) -> tuple[Problem, ...]:
    found = {name: item.found for name, item in drafts.items()} | {n: t.whole.found for n, t in tables.items()}
    return tuple(
        Problem(check="required", fields=(field.name,), message=reasons.REQUIRED(field=field.name))
        for field in schema.fields
        if field.acceptance.required and not found[field.name]
    )


def _findings(document: ParsedDocument) -> tuple[Problem, ...]:
    return tuple(
        Problem(check="finding", fields=(), message=finding.message)
        for finding in document.findings
        if finding.needs_review
    )


def _results(
    schema: Schema, drafts: Mapping[str, Draft], tables: Mapping[str, TableDraft], policy: Policy
) -> tuple[dict[str, FieldResult], dict[str, tuple[RowResult, ...]]]:
    fields: dict[str, FieldResult] = {}
    rows: dict[str, tuple[RowResult, ...]] = {}
    for field in schema.fields:
        if field.kind is Kind.TABLE:
            fields[field.name], rows[field.name] = tables[field.name].results(policy)
        else:
            fields[field.name] = drafts[field.name].result(policy)
    return fields, rows
