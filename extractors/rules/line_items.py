"""The door to tables: typed rows for a table field of any schema, read from head, alignment and arithmetic."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import cast

from extractors.rules.columns import find_heads
from extractors.rules.grid import GridRow, rows_of
from extractors.rules.item_rows import Item, gather, kinds_of
from extractors.rules.labels import LabelHit, find_labels
from extractors.rules.locale import Locale
from extractors.rules.readers import amounts
from extractors.rules.runs import Layout, Passage, evidence_of, folded
from schemas.checks import CENTS, RowProductCheck, RowsSumCheck, SumCheck
from schemas.document import ParsedDocument
from schemas.fields import FieldDefinition, Kind
from schemas.results import Candidate, CandidateRow, Value
from schemas.schema import Schema

HEAD_FOUND = 0.6  # worth of a table whose head names its columns
PRODUCT = 0.25  # added by rows that multiply out, in proportion
SUM = 0.12  # added when the rows add up to an amount on the page
_CARRIED = re.compile(
    r"\b(?:carried forward|brought forward|übertrag|uebertrag|zwischensumme|subtotal|sub-total|sous-total|"
    r"report|à reporter|suma y sigue|"
    r"a riportare|riporto|transport(?:eren)?|suma anterior)\b",
    re.IGNORECASE,
)
_REDUCTION = re.compile(
    r"^\W*(?:abzgl|rabatt|discount|remise|descuento|sconto|korting|less|skonto|zuschlag|nachlass)\b", re.IGNORECASE
)


def rows(document: ParsedDocument, schema: Schema, field: FieldDefinition, locale: Locale) -> Candidate | None:
    """Return the rows of `field`, or None where no table for it stands on the document."""
    layout = Layout(document)
    from_ocr = any(page.origin == "ocr" for page in document.pages)
    hits: dict[int, list[LabelHit]] = {}
    for hit in find_labels(layout, schema, from_ocr=from_ocr):
        hits.setdefault(hit.run.number, []).append(hit)
    grid = rows_of(layout)
    heads = find_heads(grid, hits, field, layout.line_height)
    if not heads:
        return None
    columns = {column.name: column.kind for column in field.columns}
    text_column = next(iter(kinds_of(columns, Kind.TEXT)), "")
    anchors = [name for name in reversed(kinds_of(columns, Kind.MONEY)) if name in heads[0].names]
    totals = _total_owners(schema, field)
    items = gather(
        grid,
        heads,
        text_column,
        anchors[:1],
        lambda row: _is_total(row, hits, totals),
        lambda row: _CARRIED.search(row.text) is not None,
        layout.line_height,
    )
    read = [_read(item, field, locale) for item in items]
    kept = [row for row in _without_numbers(read, text_column) if _is_item(row, text_column, anchors)]
    return _candidate(kept, schema, field, document) if kept else None


def _total_owners(schema: Schema, field: FieldDefinition) -> set[str]:
    """Fields whose labels end a table: amounts of the totals block and what the rows add up to."""
    named = {f.name for f in schema.fields if f.kind is Kind.MONEY and "totals" in f.places}
    for check in schema.checks:
        if isinstance(check, RowsSumCheck) and check.rows == field.name:
            named.add(check.total)
        if isinstance(check, SumCheck):
            named.update(check.fields)
    return named


def _is_total(row: GridRow, hits: Mapping[int, Sequence[LabelHit]], totals: set[str]) -> bool:
    """Whether the row says a total: its first words are such a label, and an amount stands behind."""
    for run in row.runs:
        for hit in hits.get(run.number, ()):
            owners = {label.owner for label in hit.labels}
            if owners & totals and (hit.start == 0 or run is not row.runs[0] or _only_lead(run.text[: hit.start])):
                before = [
                    other for other in row.runs if other.box.x1 <= run.box.x0 and any(c.isdigit() for c in other.text)
                ]
                figures = [c for other in row.runs for c in other.text[hit.end if other is run else 0 :] if c.isdigit()]
                return bool(figures) and not before
    return False


def _only_lead(text: str) -> bool:
    """Whether the text before a total's label is a small word or a rate: "zzgl. 19 %"."""
    return len(text.split()) <= 3 and sum(char.isalpha() for char in text) <= 8


def _read(item: Item, field: FieldDefinition, locale: Locale) -> CandidateRow:
    cells: dict[str, Candidate] = {}
    for column in field.columns:
        passages = item.cells.get(column.name, [])
        if not passages:
            continue
        found = _value(column, passages, locale)
        if found is not None:
            value, used = found
            reason = "It stands in the column of this name."
            cells[column.name] = Candidate(
                column.name, column.kind, "rules", value, evidence_of(used), 0.8, {}, (reason,)
            )
    return CandidateRow(cells, item.page)


def _value(
    column: FieldDefinition, passages: Sequence[Passage], locale: Locale
) -> tuple[Value, Sequence[Passage]] | None:
    if column.kind in (Kind.MONEY, Kind.NUMBER):
        for passage in passages:
            text = re.sub(r"(?<=[0-9])(?=[A-Za-z²³])", " ", passage.text)
            for reading in amounts(text, column, locale):
                return reading.value, [passage]
            if match := re.match(
                r"\s*([0-9][0-9.,]*)", passage.text
            ):  # a quantity with its unit: "5,000 kg", "12 Stk."
                for reading in amounts(match[1].rstrip(".,"), column, locale):
                    return reading.value, [Passage(passage.run, passage.start, passage.start + match.end())]
        return None
    text = " ".join(passage.text.strip() for passage in passages)
    return (text, passages) if any(char.isalnum() for char in text) else None


def _without_numbers(read: Sequence[CandidateRow], text_column: str) -> list[CandidateRow]:
    """Take a running number off the texts when every one begins with it."""
    texts = [str(row.cells[text_column].value) for row in read if text_column in row.cells]
    if len(texts) < 2 or not all(text.split()[0].rstrip(".") == str(number) for number, text in enumerate(texts, 1)):
        return list(read)
    out = []
    for row in read:
        cell = row.cells.get(text_column)
        if cell is None:
            out.append(row)
            continue
        shorter = str(cell.value).split(maxsplit=1)[-1]
        changed = Candidate(
            cell.field, cell.kind, cell.source, shorter, cell.evidence, cell.score, cell.signals, cell.reasons
        )
        out.append(CandidateRow({**row.cells, text_column: changed}, row.page))
    return out


def _is_item(row: CandidateRow, text_column: str, anchors: Sequence[str]) -> bool:
    if not any(name in row.cells for name in anchors):
        return False
    text = str(row.cells[text_column].value) if text_column in row.cells else ""
    figures = sum(cell.kind in (Kind.MONEY, Kind.NUMBER) for cell in row.cells.values())
    return not _REDUCTION.search(folded(text)) and (bool(text) or figures > 1)


def _candidate(
    read: Sequence[CandidateRow], schema: Schema, field: FieldDefinition, document: ParsedDocument
) -> Candidate:
    passed, judged = _products(read, schema, field)
    added = _adds_up(read, schema, field, document)
    score = HEAD_FOUND + (PRODUCT * passed / judged if judged else 0.0) + (SUM if added is not None else 0.0)
    reasons = [f"{len(read)} rows under the head of the table."]
    if judged:
        reasons.append(f"The figures multiply out in {passed} of {judged} rows.")
    if added is not None:
        reasons.append(f"The rows add up to {added}.")
    signals = {
        "rows": float(len(read)),
        "products": passed / judged if judged else 0.0,
        "sum": float(added is not None),
    }
    return Candidate(field.name, Kind.TABLE, "rules", None, (), round(score, 4), signals, tuple(reasons), tuple(read))


def _products(read: Sequence[CandidateRow], schema: Schema, field: FieldDefinition) -> tuple[int, int]:
    passed = judged = 0
    for check in schema.checks:
        if isinstance(check, RowProductCheck) and check.rows == field.name:
            for row in read:
                verdict = check.verdict({check.rows: [{name: cell.value for name, cell in row.cells.items()}]})
                judged += verdict.outcome != "not_applicable"
                passed += verdict.outcome == "passed"
    return passed, judged


def _adds_up(
    read: Sequence[CandidateRow], schema: Schema, field: FieldDefinition, document: ParsedDocument
) -> Decimal | None:
    """The sum of the rows if that amount stands somewhere on the document."""
    for check in schema.checks:
        if isinstance(check, RowsSumCheck) and check.rows == field.name:
            cells = [row.cells.get(check.column) for row in read]
            if not cells or any(cell is None for cell in cells):
                return None
            total = sum((cast(Decimal, cell.value) for cell in cells if cell is not None), Decimal())
            digits = re.sub(r"\D", "", f"{total:.2f}")
            shown = {re.sub(r"\D", "", word.text) for page in document.pages for word in page.words if word.visible}
            return total if len(read) > 1 and digits in shown and abs(total) > CENTS else None
    return None
