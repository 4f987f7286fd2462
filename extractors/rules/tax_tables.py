"""Summaries of tax by rates: columns of net and tax amounts under their heads, whose sums are the totals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import islice
from typing import cast

from extractors.page.labels import LabelHit
from extractors.page.locale import Locale
from extractors.page.runs import Layout, Passage, same_row
from extractors.rules import scoring
from extractors.rules.readers import amounts
from extractors.rules.sightings import Sighting
from extractors.rules.totals import LARGEST_TAX
from schemas import reasons
from schemas.checks import CENTS, SumCheck
from schemas.document import Box
from schemas.schema import Schema

REACH = 3.0  # line heights from one row of a summary to the next
MOST_ROWS = 12
EDGE = 4.0  # points by which an amount may stand outside of the columns of its head


@dataclass(frozen=True, slots=True)
class _Cell:
    value: Decimal
    passage: Passage


_Row = Mapping[str, _Cell]  # by field


def weighed(
    schema: Schema, seen: Mapping[str, Sequence[Sighting]], layout: Layout, hits: Sequence[LabelHit], locale: Locale
) -> dict[str, Sequence[Sighting]]:
    """Return the sightings of all fields with the sums of summaries by rates added and their parts doubted.

    A summary is a row of labels, of the parts of a sum check and perhaps its total, over two or more rows of amounts.
    Its totals are the last row, if the others add up to it, else the sums.
    """
    out = dict(seen)
    for check in schema.checks:
        if isinstance(check, SumCheck) and len(check.parts) == 2:
            for rows in _summaries(schema, check, layout, hits, locale):
                _add(rows, out, layout, locale, schema)
    return out


def _summaries(
    schema: Schema, check: SumCheck, layout: Layout, hits: Sequence[LabelHit], locale: Locale
) -> Iterator[list[_Row]]:
    names = (*check.parts, check.total)
    heads = [(hit, name) for hit in hits for name in names if (label := hit.of(name)) and label.owner == name]
    for first, name in heads:
        if name != check.parts[0]:
            continue
        row = {name: first.box}
        for other, its in heads:
            beside = other.run.page == first.run.page and same_row(other.box, first.box) and other.box != first.box
            if beside and its not in row and (its == check.total or other.box.x0 > first.box.x0):
                row[its] = other.box
        if check.parts[1] in row:
            found = list(islice(_rows(row, check, first.run.page, layout, locale, schema), MOST_ROWS))
            if len(found) > 1:
                yield found


def _rows(
    heads: Mapping[str, Box], check: SumCheck, page: int, layout: Layout, locale: Locale, schema: Schema
) -> Iterator[_Row]:
    """The rows of amounts under the heads, until one does not have them all."""
    field = schema.field(check.total)
    bottom, line = max(box.y1 for box in heads.values()), layout.line_height
    cells: list[tuple[str, _Cell]] = []
    for run in layout.within(page, bottom - 0.4 * line, bottom + REACH * line * MOST_ROWS):
        for reading in amounts(run.text, field, locale) if field else ():
            passage = Passage(run, reading.start, reading.end)
            name = next((name for name, head in heads.items() if _in_column(passage.box, head)), None)
            if name is not None and not reading.factors:
                cells.append((name, _Cell(cast(Decimal, reading.value), passage)))
    for top in [cell for name, cell in cells if name == check.parts[0]]:
        row = {name: cell for name, cell in cells if same_row(cell.passage.box, top.passage.box)}
        if top.passage.box.y0 - bottom > REACH * line or not _is_row(row, check):
            return
        bottom = top.passage.box.y1
        yield row


def _in_column(box: Box, head: Box) -> bool:
    return box.x1 > head.x0 - EDGE and box.x0 < head.x1 + EDGE


def _is_row(row: _Row, check: SumCheck) -> bool:
    net, tax, total = (row.get(name) for name in (*check.parts, check.total))
    if net is None or tax is None or abs(tax.value) > abs(net.value) * LARGEST_TAX:
        return False
    return total is None or abs(net.value + tax.value - total.value) <= CENTS


def _add(rows: list[_Row], out: dict[str, Sequence[Sighting]], layout: Layout, locale: Locale, schema: Schema) -> None:
    for name in rows[0]:
        cells = [row[name] for row in rows if name in row]
        *parts, last = cells
        sums = len(parts) > 1 and sum(part.value for part in parts) == last.value
        if not sums:
            parts = cells
        places = {(part.passage.run.number, part.passage.start) for part in parts}
        doubted = [
            sighting.weighed("part", scoring.PART_OF_SUM)
            if (sighting.passages[0].run.number, sighting.passages[0].start) in places
            else sighting
            for sighting in out.get(name, ())
        ]
        out[name] = [*doubted, _sum_row(last, parts) if sums else _sum_of(parts, layout, locale, schema, name)]


def _sum_row(last: _Cell, parts: Sequence[_Cell]) -> Sighting:
    said = reasons.SUM_OF(parts=" and ".join(str(part.value) for part in parts))
    return Sighting(last.value, (last.passage,), {"sum": scoring.SUM_ROW}, said)


def _sum_of(parts: Sequence[_Cell], layout: Layout, locale: Locale, schema: Schema, name: str) -> Sighting:
    value = sum((part.value for part in parts), Decimal())
    said = reasons.SUM_OF(parts=" and ".join(str(part.value) for part in parts))
    field = schema.field(name)
    for run in layout.runs:
        for reading in amounts(run.text, field, locale) if field else ():
            if reading.value == value:
                place = Passage(run, reading.start, reading.end)
                return Sighting(value, (place,), {"sum": scoring.SUM_OF_RATES}, said)
    printed = Sighting(value, tuple(part.passage for part in parts), {"sum": scoring.SUM_NOT_PRINTED}, said)
    return replace(printed, derived_from=tuple(str(part.value) for part in parts))
