"""Where the embedded invoice and the visible page say different things: an error of the sender's software, or fraud.

The page is what a person pays by, the data is what a program pays by. What differs is told for each field and each cell
of a row, whatever any confidence says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from rapidfuzz import fuzz

from extractors.assess.readings import DISPUTE
from extractors.assess.row_pairs import paired
from schemas import reasons
from schemas.checks import SumCheck
from schemas.comparators import normal
from schemas.fields import FieldDefinition, Kind
from schemas.reasons import Sentence
from schemas.results import Candidate, CandidateRow
from schemas.schema import Schema
from schemas.values.typed import as_text

CHECK = "embedded_differs"  # name of the problem
SAME_WORDS = 50.0  # similarity (0..100, rapidfuzz token set ratio) from which two texts are one, worded differently
SURE = 0.9  # score of a labelled value on the page from which it counts against one that stands there without a label
PLAIN_KINDS = (Kind.MONEY, Kind.NUMBER, Kind.DATE, Kind.IDENTIFIER)  # a value of these is printed, or it is not there


def differences(
    schema: Schema, field: FieldDefinition, by_field: Mapping[str, Sequence[Candidate]]
) -> tuple[Sentence, ...]:
    """Return a sentence for each thing that page and embedded invoice say differently of `field`.

    Args:
        schema: its sums tell what follows from printed amounts without being printed itself.
        field: one of its fields.
        by_field: the candidates of all sources, by the name of their field.
    """
    candidates = by_field[field.name]
    embedded = [c for c in candidates if c.signals.get("e_invoice")]
    page = [c for c in candidates if c.source in ("rules", "llm")]
    if not embedded:
        return ()
    if field.kind is Kind.TABLE:
        said = [text for table in embedded for text in _of_rows(field, table, page)]
    else:
        follows = _follows(schema, field, by_field)
        said = [text for each in embedded if (text := _of_value(field, each, page, follows=follows)) is not None]
    return tuple(dict.fromkeys(said))


def _follows(schema: Schema, field: FieldDefinition, by_field: Mapping[str, Sequence[Candidate]]) -> bool:
    """Whether embedded amounts that are printed give the field by a sum: tax by rate is printed, and no sum of it."""
    sums = [check for check in schema.checks if isinstance(check, SumCheck) and field.name in check.fields]
    for check in sums:
        told = {name: c for name in check.fields for c in by_field[name] if c.signals.get("e_invoice")}
        printed = all(name in told and _stands(told[name]) for name in check.fields if name != field.name)
        if printed and check.verdict({name: c.value for name, c in told.items()}).outcome == "passed":
            return True
    return False


def _of_value(
    field: FieldDefinition, embedded: Candidate, page: Sequence[Candidate], *, follows: bool
) -> Sentence | None:
    if embedded.value is None or (_stands(embedded) and embedded.signals.get("labelled")):
        return None
    meant = [c for c in page if c.value is not None and c.evidence and c.score >= DISPUTE]
    best = max(meant, key=lambda other: other.score, default=None)
    if any(_same(field, embedded, other) for other in page) and (best is None or _same(field, embedded, best)):
        return None
    if _stands(embedded) and (best is None or best.score < SURE or field.kind not in (Kind.MONEY, Kind.DATE)):
        return None
    value = as_text(embedded.value)
    if best is not None and best.value is not None:
        return reasons.PAGE_AGAINST_EMBEDDED(shown=as_text(best.value), embedded=value)
    if not embedded.evidence and field.kind in PLAIN_KINDS and not follows:
        return reasons.EMBEDDED_UNSEEN(embedded=value)
    return None


def _of_rows(field: FieldDefinition, table: Candidate, page: Sequence[Candidate]) -> list[Sentence]:
    shown = max((other for other in page if other.rows), key=lambda other: other.score, default=None)
    if shown is None:
        return [text for number, row in enumerate(table.rows, 1) for text in _of_unseen(field, number, row)]
    if len(shown.rows) != len(table.rows) and shown.signals.get("sum", 1.0):
        return [reasons.ROWS_AGAINST_EMBEDDED(shown=len(shown.rows), embedded=len(table.rows))]
    pairs = enumerate(zip(table.rows, paired(field, table.rows, shown.rows), strict=True), 1)
    return [text for number, (row, other) in pairs for text in _of_cells(field, number, row, other)]


def _of_cells(field: FieldDefinition, number: int, row: CandidateRow, other: CandidateRow | None) -> list[Sentence]:
    if other is None:
        return _of_unseen(field, number, row)
    out = []
    for column in field.columns:
        embedded, seen = row.cells.get(column.name), other.cells.get(column.name)
        if embedded is None or embedded.value is None:
            continue
        if seen is None or seen.value is None:
            if not embedded.evidence and column.kind is Kind.MONEY:
                said = reasons.EMBEDDED_UNSEEN(embedded=as_text(embedded.value))
                out.append(reasons.IN_ROW(row=number, column=column.name, said=said))
        elif not _same(column, embedded, seen) and not _stands(embedded):
            said = reasons.PAGE_AGAINST_EMBEDDED(shown=as_text(seen.value), embedded=as_text(embedded.value))
            out.append(reasons.IN_ROW(row=number, column=column.name, said=said))
    return out


def _of_unseen(field: FieldDefinition, number: int, row: CandidateRow) -> list[Sentence]:
    """Amounts of a row that no source read on the page and that do not stand beside the row's text there."""
    out = []
    for column in field.columns:
        cell = row.cells.get(column.name)
        if column.kind is Kind.MONEY and cell is not None and cell.value is not None and not cell.evidence:
            said = reasons.EMBEDDED_UNSEEN(embedded=as_text(cell.value))
            out.append(reasons.IN_ROW(row=number, column=column.name, said=said))
    return out


def _same(field: FieldDefinition, one: Candidate, other: Candidate) -> bool:
    if one.value is None or other.value is None:
        return False
    if isinstance(one.value, Decimal) and isinstance(other.value, Decimal):
        return abs(one.value) == abs(other.value)  # a credit note prints the other sign
    if normal(field, one.value) == normal(field, other.value):
        return True
    if not isinstance(one.value, str) or not isinstance(other.value, str) or field.kind in PLAIN_KINDS:
        return False
    return fuzz.token_set_ratio(one.value.casefold(), other.value.casefold()) >= SAME_WORDS


def _stands(candidate: Candidate) -> bool:
    return bool(candidate.evidence) and all(place.match != "fuzzy" for place in candidate.evidence)
