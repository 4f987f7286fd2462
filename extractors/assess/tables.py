"""Rows of a table field: one source's rows are taken whole, the others' confirm them row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from extractors.assess.circumstances import Heard, Surroundings, of_table
from extractors.assess.drafts import Draft, draft
from extractors.assess.scorer import Scorer
from schemas.checks import RowProductCheck, RowsSumCheck
from schemas.comparators import normal
from schemas.fields import FieldDefinition, Kind
from schemas.results import Candidate, CandidateRow, FieldResult, RowResult, Source
from schemas.schema import Schema

_ORDER: tuple[Source, ...] = ("person", "embedded", "llm", "rules")


@dataclass(frozen=True, slots=True)
class TableDraft:
    """The rows of one field and how sure they are as a whole."""

    field: FieldDefinition
    whole: Draft
    rows: tuple[Mapping[str, Draft], ...]

    def values(self) -> list[dict[str, Any]]:
        """The bare rows, as checks read them."""
        return [{name: cell.value for name, cell in row.items()} for row in self.rows]

    def results(self, *, blocked: bool, accept_proved: bool) -> tuple[FieldResult, tuple[RowResult, ...]]:
        """Return the answer for the field and for every cell; the field is accepted only if every cell is."""
        stop = blocked or self.whole.blocked
        rows = tuple(
            RowResult(
                number=number,
                cells={name: c.result(blocked=stop, accept_proved=accept_proved) for name, c in row.items()},
            )
            for number, row in enumerate(self.rows, 1)
        )
        field = self.whole.result(blocked=blocked, accept_proved=accept_proved)
        if rows:
            waiting = any(cell.decision == "review" for row in rows for cell in row.cells.values())
            field = field.model_copy(update={"decision": "review" if waiting else "accepted"})
        return field, rows


def scored(table: TableDraft, scorer: Scorer, around: Surroundings, who: Heard) -> TableDraft:
    """Return the table with the probability of each cell, and of all rows being there and right."""
    rows = tuple(
        {name: cell.scored(scorer, around, who, table.field) for name, cell in row.items()} for row in table.rows
    )
    return TableDraft(table.field, table.whole.scored(scorer, around, who), rows)


def table_draft(field: FieldDefinition, candidates: Sequence[Candidate]) -> TableDraft:
    """Return the rows of the most trusted source, confirmed by rows of other sources where they agree."""
    by_source = {c.source: c for c in sorted(candidates, key=lambda c: c.score) if c.rows}
    chosen = next((by_source[source] for source in _ORDER if source in by_source), None)
    if chosen is None:
        return TableDraft(field, Draft(field, found=False), ())
    others = [candidate for candidate in by_source.values() if candidate is not chosen]
    rows = tuple(_row(field, row, others) for row in chosen.rows)
    agreeing = [other for other in others if len(other.rows) == len(rows)]
    reasons = list(chosen.reasons)
    for other in others:
        if len(other.rows) != len(rows):
            reasons.append(f"{len(rows)} rows here, but another source counts {len(other.rows)}.")
    given, counted = chosen.signals.get("rows", 0.0), chosen.signals.get("counted", 0.0)
    whole = Draft(
        field,
        found=True,
        source=chosen.source,
        reasons=tuple(reasons),
        signals=of_table(chosen, others),
        blocked=len(agreeing) < len(others) or given < counted,  # the source itself may say that rows are missing
    )
    return TableDraft(field, whole, rows)


def checked(table: TableDraft, schema: Schema, record: Mapping[str, Any]) -> TableDraft:
    """Return the table after the checks of the schema on its rows and their sum."""
    rows, whole = list(table.rows), table.whole
    for check in schema.checks:
        if isinstance(check, RowProductCheck) and check.rows == table.field.name:
            for index, row in enumerate(rows):
                values = {name: cell.value for name, cell in row.items()}
                verdict = check.verdict({check.rows: [values]})
                touched = {*check.factors, check.product}
                rows[index] = {n: c.judged(verdict, strong=True) if n in touched else c for n, c in row.items()}
        elif isinstance(check, RowsSumCheck) and check.rows == table.field.name:
            verdict = check.verdict(record)
            whole = whole.judged(verdict, strong=True)
            if verdict.outcome == "passed":  # the rows are complete, so each of them is one
                rows = [{n: c.judged(verdict, strong=True) for n, c in row.items()} for row in rows]
    return TableDraft(table.field, whole, tuple(rows))


def _row(field: FieldDefinition, row: CandidateRow, others: Sequence[Candidate]) -> Mapping[str, Draft]:
    twins = [twin for other in others if (twin := _twin(field, row, other.rows)) is not None]
    cells: dict[str, Draft] = {}
    for column in field.columns:
        candidates = [r.cells[column.name] for r in (row, *twins) if column.name in r.cells]
        cells[column.name] = draft(column, candidates)
    return cells


def _twin(field: FieldDefinition, row: CandidateRow, rows: Sequence[CandidateRow]) -> CandidateRow | None:
    """The row of another source that says the same in its amounts, or the only one alike in its text."""
    columns = [c for c in field.columns if c.kind in (Kind.MONEY, Kind.NUMBER)]
    key = _key(columns, row)
    if not key:
        return None
    twins = [other for other in rows if _key(columns, other) == key]
    return twins[0] if len(twins) == 1 else None


def _key(columns: Sequence[FieldDefinition], row: CandidateRow) -> tuple[str, ...]:
    return tuple(
        normal(column, value)
        for column in columns
        if column.name in row.cells and (value := row.cells[column.name].value) is not None
    )
