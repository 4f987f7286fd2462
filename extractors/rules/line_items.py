"""The door to tables: typed rows for a table field of any schema, read from head, alignment and arithmetic."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from extractors.page.labels import LabelHit
from extractors.page.locale import Locale
from extractors.page.reading import PageReading
from extractors.page.runs import Run, folded
from extractors.page.table_rows import total_owners
from extractors.rules.alignment import WITH_CENTS, aligned_tables
from extractors.rules.arithmetic import Figures, Product, best_product, judge, multiplies
from extractors.rules.cell_values import FIGURES, figures_of, typed_row, with_text
from extractors.rules.columns import Head, find_heads, grouped
from extractors.rules.grid import GridRow, rows_of, running_rows
from extractors.rules.item_blocks import block_items
from extractors.rules.item_rows import Bounds, Item, gather
from extractors.rules.item_sums import past_sums, without_sums
from extractors.rules.pieces import cells_of
from extractors.rules.table_worth import Worth, adds_up, candidate_of, is_lone, row_arithmetic, sums_on
from extractors.rules.written_products import equations, with_written, written_products
from schemas.document import Box, ParsedDocument
from schemas.fields import FieldDefinition, Kind
from schemas.results import Candidate, CandidateRow
from schemas.schema import Schema
from schemas.values.money import parse_money

MOST_ROWS = 2_000  # below a head that are looked at for products
MOST_TABLES = 12  # heads or aligned tables of a document that are tried
MOST_LEAD = 3  # rows above a list without a head that its sum may leave out
SURE = 0.8  # worth of a table with a head from which on none without a head is looked for
_CARRIED = re.compile(
    r"\b(?:carried forward|brought forward|carry forward|übertrag|uebertrag|zwischensumme|subtotal|sub-total|"
    r"sous-total|à reporter|suma y sigue|suma anterior|a riportare|riporto)\b|"
    r"^\W*(?:report|transport(?:eren)?)\W*(?:\b\w{1,8}\b)?\W*[0-9.,'’ ]+\W*$",  # both words name services, too
    re.IGNORECASE,
)
_REDUCTION = re.compile(
    r"^\W*(?:abzgl|abzuglich|rabatt|discount|remise|rabais|ristourne|descuento|sconto|korting|less|skonto|zuschlag|abschlag|nachlass)\b|"
    r"^\S*(?:rabatt|nachlass)\b"
)


@dataclass(frozen=True)
class _Paper:
    """What is known of the document before any table is looked for."""

    rows: list[GridRow]
    labels: Mapping[int, Sequence[LabelHit]]
    heads: list[Head]
    bounds: Bounds
    line: float
    sums: Mapping[str, int]  # how often each figure stands on the document
    field: FieldDefinition
    schema: Schema
    locale: Locale

    @property
    def text_column(self) -> str:
        return next((column.name for column in self.field.columns if column.kind is Kind.TEXT), "")


def rows(document: ParsedDocument, schema: Schema, field: FieldDefinition, locale: Locale) -> Candidate | None:
    """Return the rows of `field`, or None where no table for it stands on the document.

    Tables under a head that names the schema's columns come first; without one, rows that end in amounts below each
    other count if they multiply out or add up to an amount on the document. The best by that scorecard is returned.
    """
    return rows_on(PageReading(document, schema), field, locale)


def rows_on(reading: PageReading, field: FieldDefinition, locale: Locale) -> Candidate | None:
    """Return what `rows` does, of a document whose labels somebody else looks for as well."""
    paper = _paper(reading, field, locale)
    groups = grouped(paper.heads)[:MOST_TABLES]
    found = [table for group in groups if (table := _under(group, paper)) is not None]
    best = max(found, key=_order, default=None)
    if best is None or best.score < SURE:
        bare = [*_without_head(paper), *_as_blocks(paper)]
        best = max([*found, *bare], key=_order, default=None)
    return candidate_of(best, field) if best is not None else None


def _order(table: Worth) -> tuple[float, bool, Decimal, int]:
    """Of tables of one worth: items stand before totals, amounts exceed the tax beside them, and all are listed."""
    return table.score, not table.is_late, abs(table.total or Decimal()), len(table.rows)


def _paper(reading: PageReading, field: FieldDefinition, locale: Locale) -> _Paper:
    schema, layout, hits = reading.schema, reading.layout, reading.labels_by_run
    grid = rows_of(layout)
    running = running_rows(grid, layout)
    totals = total_owners(schema, field)
    ends = [_is_total(row, hits, totals, field) and not _multiplies_out(row, locale) for row in grid]
    carried = [_CARRIED.search(row.text) is not None and not _multiplies_out(row, locale) for row in grid]
    bounds = Bounds(ends.__getitem__, running.__contains__, carried.__getitem__, frozenset())
    heads = find_heads(grid, hits, field, layout.line_height)
    return _Paper(grid, hits, heads, bounds, layout.line_height, sums_on(reading.document), field, schema, locale)


def _is_total(row: GridRow, hits: Mapping[int, list[LabelHit]], totals: set[str], field: FieldDefinition) -> bool:
    """Whether the row says a total: its first words are such a label, and an amount stands behind or below it."""
    if _heads_totals(row, hits, totals, field):
        return True
    for run in row.runs:
        for hit in hits.get(run.number, ()):
            owners = {label.owner for label in hit.labels}
            if owners & totals and (hit.start == 0 or run is not row.runs[0] or _only_lead(run.text[: hit.start])):
                before = [
                    other for other in row.runs if other.box.x1 <= run.box.x0 and any(c.isdigit() for c in other.text)
                ]
                figures = [c for other in row.runs for c in other.text[hit.end if other is run else 0 :] if c.isdigit()]
                return bool(figures) and (not before or _is_sole_label(row, run, hit))
    return False


def _is_sole_label(row: GridRow, run: Run, hit: LabelHit) -> bool:
    """Whether the run is the label alone and one amount stands behind it: what else is in the row stands beside."""
    behind = [other for other in row.runs if other.box.x0 >= run.box.x1]
    whole = hit.start == 0 and not run.text[hit.end :].strip()
    return whole and len(behind) == 1 and WITH_CENTS.search(behind[0].text) is not None


def _heads_totals(row: GridRow, hits: Mapping[int, list[LabelHit]], totals: set[str], field: FieldDefinition) -> bool:
    """Whether the row is the head of totals: half of it or more are their labels, none of texts or prices of items."""
    amount = _last_money(field)
    inner = {f"{field.name}.{column.name}" for column in field.columns if column.name != amount}
    first = [hits[run.number][0] for run in row.runs if hits.get(run.number) and hits[run.number][0].start == 0]
    owners = [{label.owner for label in hit.labels} for hit in first]
    named = sum(bool(each & totals) for each in owners)
    is_head = named > 1 and 2 * named >= len(row.runs) and not WITH_CENTS.search(row.text)
    return is_head and not any(each & inner for each in owners)


def _multiplies_out(row: GridRow, locale: Locale) -> bool:
    """Whether the last figures of the row are a product or a text spells one: "Total station rental" is an item."""
    figures = [parse_money(run.text, locale.decimal) for run in row.runs[-3:]]
    if any(
        multiplies(written.quantity, written.price, figure) and figure
        for run in row.runs
        for written in written_products(run.text, locale)
        for figure in figures
        if figure is not None
    ):
        return True
    one, other, total = figures if len(figures) == 3 else (None, None, None)
    return one is not None and other is not None and total is not None and multiplies(one, other, total)


def _only_lead(text: str) -> bool:
    """Whether the text before a total's label is a small word or a rate: "zzgl. 19 %"."""
    return len(text.split()) <= 3 and sum(char.isalpha() for char in text) <= 8


def _under(group: Sequence[Head], paper: _Paper) -> Worth | None:
    """The table under one head, which may come again on every page."""
    own = {head.first for head in group}
    foreign = frozenset(head.first for head in paper.heads if head.first not in own)
    last = _last_product(group, paper)
    bounds = Bounds(
        lambda number: number > last and paper.bounds.ends(number),
        paper.bounds.skipped,
        lambda number: paper.bounds.sums(number) or (number < last and paper.bounds.ends(number)),
        foreign,
    )
    names = group[0].names
    money = [column.name for column in paper.field.columns if column.kind is Kind.MONEY and column.name in names]
    items = gather(paper.rows, group, paper.text_column, money[-1], bounds, paper.line)
    if not items:
        return None
    figures = [figures_of(item, paper.locale) for item in items]
    places = {name: name for name in names} | {paper.text_column: paper.text_column}
    check = row_arithmetic(paper.schema, paper.field)
    product = None
    if check is not None:
        product = _fitted(figures, [column.name for column in group[0].columns], check, names)
    if product is not None and check is not None:
        places |= dict(zip(check, (*product.factors, product.total), strict=True))
    return _worth(items, places, product, money[-1], True, paper)


def _last_product(group: Sequence[Head], paper: _Paper) -> int:
    """Number of the last row that multiplies out under the head, -1 if none does; sums above it end no table."""
    check = row_arithmetic(paper.schema, paper.field)
    if check is None or not group[0].names.issuperset(check):
        return -1
    last, heads = -1, {head.after: head for head in group}
    head = group[0]
    for number in range(head.after, min(len(paper.rows), head.after + MOST_ROWS)):
        head = heads.get(number, head)
        item = Item(paper.rows[number].page, paper.rows[number].bottom)
        item.add(cells_of(paper.rows[number], head.columns, paper.text_column))
        figures = figures_of(item, paper.locale)
        if figures.keys() >= set(check) and multiplies(*(figures[name] for name in check)):
            last = number
    return last


def _fitted(
    figures: Sequence[Figures], columns: Sequence[str], check: tuple[str, str, str], names: set[str]
) -> Product | None:
    """The columns that multiply out; a column without a known head may take the place of one that is missing."""
    known = tuple(name if name in names else None for name in check)
    return best_product(figures, columns, (known[0], known[1], known[2]))


def _without_head(paper: _Paper) -> list[Worth]:
    """Tables without a head that arithmetic proves."""
    check = row_arithmetic(paper.schema, paper.field)
    total = check[2] if check else _last_money(paper.field)
    if total is None or not paper.text_column:
        return []
    found = []
    for table in aligned_tables(paper.rows, paper.bounds, paper.text_column)[:MOST_TABLES]:
        items = gather(paper.rows, [table.head], paper.text_column, table.anchor, paper.bounds, paper.line)
        figures = [figures_of(item, paper.locale) for item in items]
        columns = [column.name for column in table.head.columns if not column.wanted]
        product = best_product(figures, columns, (None, None, None)) if check else None
        places = {paper.text_column: paper.text_column, total: table.anchor}
        if product is not None and product.judged > 1 and check is not None:
            places |= dict(zip(check, (*product.factors, product.total), strict=True))
        worth = _worth(items, places, product, total, False, paper)
        above = (number for number in range(table.head.first) if paper.bounds.ends(number))
        if worth is not None and any(WITH_CENTS.search(paper.rows[number].text) for number in above):
            worth = replace(worth, is_late=True)
        if worth is not None and (worth.passed > 1 or (worth.total is not None and len(worth.rows) > 1)):
            found.append(worth)
    return found


def _as_blocks(paper: _Paper) -> Iterator[Worth]:
    """Items spelt out by labels or worked out in a line, that arithmetic proves."""
    check = row_arithmetic(paper.schema, paper.field)
    if check is None:
        return
    blocks = block_items(paper.rows, paper.labels, paper.field, paper.text_column, paper.line)
    lines = list(equations(paper.rows, check, paper.text_column, paper.line, paper.locale))
    places = {column.name: column.name for column in paper.field.columns}
    for items in (blocks, lines):
        worth = _worth(items, places, None, check[2], False, paper)
        if worth is not None and worth.passed:
            yield worth


def _last_money(field: FieldDefinition) -> str | None:
    return next((column.name for column in reversed(field.columns) if column.kind is Kind.MONEY), None)


def _worth(
    items: Sequence[Item], places: dict[str, str], product: Product | None, anchor: str, has_head: bool, paper: _Paper
) -> Worth | None:
    read = [typed_row(item, paper.field, places, paper.locale) for item in items]
    check = row_arithmetic(paper.schema, paper.field)
    if check is not None:
        read = with_written(read, items, paper.field, check, paper.text_column, places[anchor], paper.locale)
    read = past_sums(read, [item.is_sum for item in items], anchor)
    rows = [row for row in _without_numbers(read, paper.text_column) if _is_item(row, paper.text_column, anchor)]
    kept = _without_reductions(rows, anchor, paper)
    if not has_head:
        kept = kept[_lead(kept, anchor, paper.sums) :]
    if not kept or is_lone(kept, anchor, paper.sums):
        return None
    passed, judged = (product.passed, product.judged) if product is not None else _multiplied(kept, paper)
    return Worth(tuple(kept), has_head, passed, judged, adds_up(kept, anchor, paper.sums))


def _lead(kept: Sequence[CandidateRow], anchor: str, sums: Mapping[str, int]) -> int:
    """How many rows stand above those that add up: an amount of a summary, a balance carried over."""
    most = min(MOST_LEAD, len(kept) - 2)
    return next((first for first in range(most + 1) if adds_up(kept[first:], anchor, sums) is not None), 0)


def _multiplied(kept: Sequence[CandidateRow], paper: _Paper) -> tuple[int, int]:
    """In how many rows the schema's own columns multiply out, and how many have all of them."""
    check = row_arithmetic(paper.schema, paper.field)
    if check is None:
        return 0, 0
    figures = [{n: c.value for n, c in row.cells.items() if isinstance(c.value, Decimal)} for row in kept]
    product = judge(figures, (check[0], check[1]), check[2], None)
    return product.passed, product.judged


def _without_numbers(read: Sequence[CandidateRow], text_column: str) -> list[CandidateRow]:
    """Take running numbers off the texts: every one begins with it, or several do with a dot behind."""
    texts = [_text(row, text_column).split(maxsplit=1) for row in read]
    plain = [bool(words) and words[0].rstrip(".") == str(number) for number, words in enumerate(texts, 1)]
    dotted = [bool(words) and words[0] == f"{number}." for number, words in enumerate(texts, 1)]
    numbered = plain if all(plain) else dotted
    if sum(numbered) < 2:
        return list(read)
    return [
        with_text(row, text_column, words[1]) if is_numbered and len(words) == 2 else row
        for row, words, is_numbered in zip(read, texts, numbered, strict=True)
    ]


def _without_reductions(rows: Sequence[CandidateRow], anchor: str, paper: _Paper) -> list[CandidateRow]:
    """The items; a reduction is one if it multiplies out, or if it is printed like them and their sum counts it."""
    named = [row for row in rows if _REDUCTION.search(folded(_text(row, paper.text_column)))]
    reductions = [row for row in named if _multiplied([row], paper) != (1, 1)]
    items = [row for row in rows if row not in reductions]
    kept = without_sums(items, anchor, paper.text_column, paper.sums)
    lefts = {round(box.x0) for row in items if (box := _place(row, paper.text_column)) is not None}
    fewest = min((_figures(row) for row in items), default=0)
    alike = [row for row in reductions if _figures(row) >= fewest]
    among = [row for row in alike if (box := _place(row, paper.text_column)) and round(box.x0) in lefts]
    if not among or adds_up(kept, anchor, paper.sums) is not None:
        return kept
    counted = [row for row in rows if row in among or row not in reductions]
    with_them = without_sums(counted, anchor, paper.text_column, paper.sums)
    return with_them if adds_up(with_them, anchor, paper.sums) is not None else kept


def _text(row: CandidateRow, text_column: str) -> str:
    return str(row.cells[text_column].value) if text_column in row.cells else ""


def _place(row: CandidateRow, column: str) -> Box | None:
    """Where the cell begins on the page."""
    cell = row.cells.get(column)
    return cell.evidence[0].boxes[0] if cell is not None and cell.evidence else None


def _is_item(row: CandidateRow, text_column: str, anchor: str) -> bool:
    return anchor in row.cells and (bool(_text(row, text_column)) or _figures(row) > 1)


def _figures(row: CandidateRow) -> int:
    return sum(cell.kind in FIGURES for cell in row.cells.values())
