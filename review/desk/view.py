"""What the screen shows of a document: every field with its value, its place, its version and why a person looks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from review.desk import four_eyes
from review.desk.acts import undecided
from review.desk.standing import standing
from review.desk.words import label, spoken
from schemas import reasons
from schemas.checks import RowsSumCheck, SumCheck
from schemas.fields import FieldDefinition, Kind
from schemas.results import Alternative, Evidence, Extraction, FieldResult, Problem, RowResult
from schemas.schema import Schema
from schemas.values.typed import as_text
from store.acts import Scene
from store.differences import ROWS, changed_paths
from store.page_index import PageIndex

HIDDEN = "Enter it without seeing what was entered first."


class Hides(Protocol):
    """Hides bank data from people who may not see it."""

    def hides(self, path: str) -> bool:
        """Return whether the value at a path is hidden."""

    def text(self, text: str) -> str:
        """Return a text with every account in it hidden."""


@dataclass(frozen=True, slots=True)
class Seat:
    """Who looks, and what they may."""

    who: str
    mask: Hides
    may_review: bool = True
    may_approve: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """One record as one person sees it."""

    scene: Scene
    schema: Schema
    seat: Seat

    @property
    def record(self) -> Extraction:
        """The record; to be asked for only where there is one."""
        assert self.scene.record is not None  # noqa: S101 - the caller looked
        return self.scene.record

    def fields(self, paths: Iterable[str] | None = None) -> list[dict[str, Any]]:
        """Return the fields that are no tables, all or those at these paths (cells too)."""
        if paths is None:
            wanted = [field.name for field in self.schema.fields if field.kind is not Kind.TABLE]
            return [self.field(name) for name in wanted if name in self.record.fields]
        return [self.field(path) for path in paths if self._result(path) and self._definition(path)]

    def tables(self, names: Iterable[str] | None = None) -> list[dict[str, Any]]:
        """Return the tables, all or these."""
        wanted = set(names) if names is not None else None
        return [
            self._table(field)
            for field in self.schema.fields
            if field.kind is Kind.TABLE
            and field.name in self.record.fields
            and (wanted is None or field.name in wanted)
        ]

    def field(self, path: str) -> dict[str, Any]:
        """Return one field or cell."""
        result, definition = self._result(path), self._definition(path)
        assert result is not None and definition is not None  # noqa: S101 - the caller looked
        masked = self.seat.mask.hides(path)
        second = four_eyes.hidden_from(self.record, path, self.seat.who, self.scene.hands)
        closed = masked or second
        return {
            "path": path,
            "label": label(definition.name),
            "description": definition.description,
            "kind": definition.kind.value,
            "many": definition.many,
            "choices": list(definition.choices),
            "value": None if closed or result.value is None else self.seat.mask.text(as_text(result.value)),
            "values": [] if closed else [self.seat.mask.text(as_text(value)) for value in result.values],
            "answer": result.answer,
            "decision": result.decision,
            "version": self.scene.version(path),
            "doubtful": result.decision == "review" or second,
            "required": definition.acceptance.required,
            "masked": masked,
            "reasons": [HIDDEN] if closed and second else self._reasons(path, result, definition, masked),
            "source": result.source,
            "evidence": [self._evidence(each, closed) for each in result.evidence],
            "alternatives": [] if closed else [self._alternative(each) for each in result.alternatives],
            "four_eyes": self._four_eyes(path, second),
            "confidence": result.confidence,
            "confidence_status": result.confidence_status,
        }

    def problems(self) -> list[dict[str, Any]]:
        """Return what is open, in words."""
        return [
            {"check": problem.check, "fields": list(problem.fields), "message": self._said(problem.message)}
            for problem in self.record.problems
        ]

    def can(self) -> dict[str, bool]:
        """Return which acts on the whole document would go through."""
        scene, who = self.scene, self.seat.who
        approvable = four_eyes.waits_for_approval(self.record) and who not in scene.hands
        return {
            "review": self.seat.may_review,
            "undo": scene.can_undo,
            "redo": scene.can_redo,
            "finish": self.seat.may_review and not undecided(self.record) and not open_checks(self.record),
            "approve": self.seat.may_approve and approvable,
        }

    def next_doubtful(self, after: str = "") -> str | None:
        """Return the next path that waits, in the order of the record, from the beginning again after the last."""
        waiting = undecided(self.record)
        every = [path for path in _order(self.record) if path in set(waiting) or path == after]
        if after in every:
            place = every.index(after)
            every = every[place + 1 :] + every[:place]
        return next((path for path in every if path in waiting), None)

    def _result(self, path: str) -> FieldResult | None:
        name, _, rest = path.partition("[")
        if not rest:
            return self.record.fields.get(name)
        number, _, column = rest.partition("].")
        row = next((row for row in self.record.rows.get(name, ()) if str(row.number) == number), None)
        return row.cells.get(column) if row else None

    def _definition(self, path: str) -> FieldDefinition | None:
        name, _, rest = path.partition("[")
        field = next((field for field in self.schema.fields if field.name == name), None)
        column = rest.partition("].")[2]
        if field is None or not column:
            return field
        return next((each for each in field.columns if each.name == column), None)

    def _reasons(self, path: str, result: FieldResult, definition: FieldDefinition, masked: bool) -> list[str]:
        """Sentences that say why a person looks: failed checks first; never none where a field waits."""
        name = path.partition("[")[0]
        failed: list[str] = [problem.message for problem in self.record.problems if name in problem.fields]
        said = failed + [reason for reason in result.reasons if reason not in failed]
        if masked:
            said = failed
        if not said and result.decision == "review":
            unproved = reasons.UNPROVED if result.answer == "found" else reasons.PERHAPS_ABSENT
            said = [reasons.ALWAYS_REVIEWED() if definition.acceptance.always_review else unproved()]
        return [self._said(reason) for reason in said]

    def _said(self, sentence: str) -> str:
        return self.seat.mask.text(spoken(sentence, self.schema))

    def _evidence(self, evidence: Evidence, closed: bool) -> dict[str, Any]:
        boxes = [[box.x0, box.y0, box.x1, box.y1] for box in evidence.boxes]
        quote = "" if closed else self.seat.mask.text(evidence.quote)
        return {"page": evidence.page, "boxes": boxes, "quote": quote, "match": evidence.match}

    def _alternative(self, other: Alternative) -> dict[str, Any]:
        evidence = [self._evidence(each, closed=False) for each in other.evidence]
        return {"value": self.seat.mask.text(as_text(other.value)), "source": other.source, "evidence": evidence}

    def _four_eyes(self, path: str, second: bool) -> dict[str, Any] | None:
        if not four_eyes.under_four_eyes(self.record, path):
            return None
        return {"state": "second_entry" if second else "waiting", "by": ", ".join(sorted(self.scene.hands))}

    def _table(self, table: FieldDefinition) -> dict[str, Any]:
        result = self.record.fields[table.name]
        rows = self.record.rows.get(table.name, ())
        completeness, hide = getattr(result, "completeness", None), self.seat.mask.text
        return {
            "path": table.name,
            "label": label(table.name),
            "field": self.field(table.name),
            "columns": [{"name": c.name, "label": label(c.name), "kind": c.kind.value} for c in table.columns],
            "rows": [self._row(table.name, row) for row in rows],
            "expected_rows": getattr(completeness, "expected", None),
            "missing_rows": [
                {"page": row.page, "box": [row.box.x0, row.box.y0, row.box.x1, row.box.y1], "text": hide(row.text)}
                for row in getattr(completeness, "missing", ())
            ],
            "totals": [
                {**total, "message": self._said(total["message"])}
                for total in totals(self.record, self.schema, table.name)
                if not four_eyes.hidden_from(self.record, total["field"], self.seat.who, self.scene.hands)
            ],
        }

    def _row(self, table: str, row: RowResult) -> dict[str, Any]:
        path = f"{table}[{row.number}]"
        cells = {column: self.field(f"{path}.{column}") for column in row.cells}
        return {"number": row.number, "version": self.scene.version(path), "cells": cells}


def document_view(
    view: View | None,
    scene: Scene,
    parsed: PageIndex | None,
    *,
    seat: Seat,
    attached: Sequence[tuple[str, str]] = (),
    claim: Mapping[str, Any] | None = None,
    following: str | None = None,
    note: str = "",
) -> dict[str, Any]:
    """Return all that the screen needs of a document; one without a record has no fields, and says how it stands.

    Args:
        view: of its record; None: it has none, or one of a schema that the settings do not know.
        scene: the document as it is stored, and what this person may take back.
        parsed: its pages and what was found about it; None: it was not parsed.
        seat: who looks.
        attached: sha256 and name of the documents that came in it and that may be seen.
        claim: who has it.
        following: sha256 of another document that this person has.
        note: of whoever could not decide.
    """
    mask, document = seat.mask, scene.document
    head = {
        "document": document.sha256,
        "name": mask.text(document.name),
        "schema": document.schema_name,
        "state": document.state.value,
        "version": document.version,
        "message": mask.text(document.message or ""),
        "note": mask.text(note),
        "claim": dict(claim) if claim else None,
        "next": following,
        "findings": [
            {"code": finding.code, "message": mask.text(finding.message), "page": finding.page}
            for finding in (parsed.findings if parsed else ())
        ],
        "pages": [
            {
                "number": page.number,
                "width": page.width,
                "height": page.height,
                "rotation": page.rotation,
                "origin": page.origin,
            }
            for page in (parsed.pages if parsed else ())
        ],
    }
    if view is None:
        # What was done to the document before, such as splitting it, can be taken back while this one is still read.
        back = {"undo": scene.can_undo, "redo": scene.can_redo}
        can = {"review": seat.may_review, **back, "finish": False, "approve": False}
        told = standing(document, attached, known=not document.record)
        told = {**told, "why": mask.text(told["why"])}
        return {**head, "problems": [], "fields": [], "tables": [], "can": can, "standing": told}
    return {
        **head,
        "standing": None,
        "problems": view.problems(),
        "fields": view.fields(),
        "tables": view.tables(),
        "can": view.can(),
    }


def answer_view(view: View, before: Extraction | None, path: str) -> dict[str, Any]:
    """Return what the screen needs after an act: what changed, and where to go next."""
    record = view.record
    paths = changed_paths(before, record) if before is not None else []
    tables = {changed.removesuffix(ROWS).partition("[")[0] for changed in paths if "[" in changed}
    if before is not None and before.problems != record.problems:
        # A sentence of a check stands beside every field that it looks at.
        named = {name for p in {*before.problems, *record.problems} for name in p.fields}
        paths += [name for name in record.fields if name in named and name not in paths]
        tables |= {name for name in named if name in record.rows}
    fields = [changed for changed in paths if not changed.endswith(ROWS)]
    document = view.scene.document
    return {
        "document": document.sha256,
        "changed": view.fields(fields),
        "tables": view.tables(tables),
        "problems": view.problems(),
        "can": view.can(),
        "state": document.state.value,
        "version": document.version,
        "next_doubtful": view.next_doubtful(path),
    }


def totals(record: Extraction, schema: Schema, table: str) -> list[dict[str, Any]]:
    """Return for each sum that a table takes part in how far it is off: signed, as canonical text, None if unknown."""
    values = record.record()
    out = []
    for check in schema.checks:
        if isinstance(check, RowsSumCheck) and check.rows == table:
            cells = [row.get(check.column) for row in values.get(table) or ()]
            known = [cell for cell in cells if isinstance(cell, Decimal)]
            total = values.get(check.total)
            verdict = check.verdict(values)
            off = sum(known, Decimal()) - total if isinstance(total, Decimal) and known else None
            out.append(_total(verdict.message, verdict.outcome, off, check.total, len(cells) - len(known)))
    linked = {total["field"] for total in out}
    for check in schema.checks:
        if isinstance(check, SumCheck) and linked & set(check.parts):
            parts = [value for name in check.parts if isinstance(value := values.get(name), Decimal)]
            total = values.get(check.total)
            verdict = check.verdict(values)
            off = None
            if isinstance(total, Decimal) and len(parts) == len(check.parts):
                off = sum(parts, Decimal()) - total
            out.append(_total(verdict.message, verdict.outcome, off, check.total, len(check.parts) - len(parts)))
    return out


def open_checks(record: Extraction) -> list[Problem]:
    """Return the problems that are not about a second person."""
    return [problem for problem in record.problems if problem.check not in four_eyes.CHECKS]


def _total(message: str, outcome: str, off: Decimal | None, field: str, unknown: int) -> dict[str, Any]:
    difference = None if off is None else f"{off:f}"
    return {"message": message, "difference": difference, "outcome": outcome, "field": field, "unknown": unknown}


def _order(record: Extraction) -> list[str]:
    out = []
    for name in record.fields:
        out.append(name)
        out += [f"{name}[{row.number}].{column}" for row in record.rows.get(name, ()) for column in row.cells]
    return out
