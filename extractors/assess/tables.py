"""Rows of a table field: one source's rows are taken whole, the others' confirm them row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from extractors.assess.circumstances import Heard, Surroundings, of_table
from extractors.assess.completeness import completeness, said_of
from extractors.assess.decide import NO_DOUBT, Policy
from extractors.assess.drafts import Draft, draft
from extractors.assess.row_pairs import paired
from extractors.assess.scorer import Scorer
from extractors.page.table_rows import ShownRow
from schemas import reasons
from schemas.checks import RowProductCheck, RowsSumCheck
from schemas.fields import FieldDefinition
from schemas.results import Candidate, CandidateRow, FieldResult, RowResult, Source
from schemas.schema import Schema

_ORDER: tuple[Source, ...] = ("person", "embedded", "llm", "rules", "memory")


@dataclass(frozen=True, slots=True)
class TableDraft:
    """The rows of one field and how sure they are as a whole."""

    field: FieldDefinition
    whole: Draft
    rows: tuple[Mapping[str, Draft], ...]
    adds_up: bool = False  # the rows make up an amount that stands on the document

    def beside(self, shown: Sequence[ShownRow], candidates: Sequence[Candidate]) -> TableDraft:
        """Return the table with how complete it is beside the rows of the pages; a missing one needs a person."""
        by_source = {candidate.source: len(candidate.rows) for candidate in candidates if candidate.rows}
        found = completeness(self.rows, shown, by_source, adds_up=self.whole.fits or self.adds_up)
        if found is None:
            return self
        signals = dict(self.whole.signals)
        if found.missing:
            signals["rows_missing"] = max(signals.get("rows_missing", 0.0), float(len(found.missing)))
        whole = replace(
            self.whole,
            completeness=found,
            reasons=(*self.whole.reasons, said_of(found)),
            signals=signals,
            blocked=self.whole.blocked or bool(found.missing),
        )
        return TableDraft(self.field, whole, self.rows)

    def values(self) -> list[dict[str, Any]]:
        """The bare rows, as checks read them."""
        return [{name: cell.value for name, cell in row.items()} for row in self.rows]

    def results(self, policy: Policy) -> tuple[FieldResult, tuple[RowResult, ...]]:
        """Return the answer for the field and for every cell; the field is accepted only if every cell is.

        Nor is it where something makes doubtful that these are all rows, however right the cells are.
        A cell that is empty passes with those that are proved: a row need not fill each column.
        """
        of_cells = replace(policy, blocked=policy.blocked or self.whole.blocked, absence_told=True)
        rows = tuple(
            RowResult(number=number, cells={name: cell.result(of_cells) for name, cell in row.items()})
            for number, row in enumerate(self.rows, 1)
        )
        field = self.whole.result(policy)
        if rows:
            passed = all(cell.decision == "accepted" for row in rows for cell in row.cells.values())
            sure = (self.whole.confidence or 0.0) >= NO_DOUBT
            field = field.model_copy(update={"decision": "accepted" if passed and sure else "review"})
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
    twins = [paired(field, chosen.rows, other.rows) for other in others]
    rows = tuple(_row(field, row, [each[number] for each in twins]) for number, row in enumerate(chosen.rows))
    agreeing = [other for other in others if len(other.rows) == len(rows)]
    same = [other for other, each in zip(others, twins, strict=True) if other in agreeing and None not in each]
    said = list(chosen.reasons)
    for other in others:
        if len(other.rows) != len(rows):
            said.append(reasons.ROWS_DIFFER(rows=len(rows), others=len(other.rows)))
    given, counted = chosen.signals.get("rows", 0.0), chosen.signals.get("counted", 0.0)
    whole = Draft(
        field,
        found=True,
        source=chosen.source,
        reasons=tuple(said),
        signals=of_table(chosen, others),
        blocked=len(agreeing) < len(others) or given < counted,  # the source itself may say that rows are missing
    )
    return TableDraft(field, whole, rows, adds_up=any(each.signals.get("sum") for each in (chosen, *same)))


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
    return replace(table, whole=whole, rows=tuple(rows))


def _row(field: FieldDefinition, row: CandidateRow, twins: Sequence[CandidateRow | None]) -> Mapping[str, Draft]:
    """The row with what the same row of each other source confirms and contests."""
    cells: dict[str, Draft] = {}
    for column in field.columns:
        same = (row, *(twin for twin in twins if twin is not None))
        cells[column.name] = draft(column, [each.cells[column.name] for each in same if column.name in each.cells])
    return cells
