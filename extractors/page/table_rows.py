"""The rows of a table as the layout shows them, counted before any source has read one.

A head names two columns or more; below it every line with a figure in the column of its rightmost amount is a row, over
page breaks and repeated heads, down to the totals. Where no head stands, the rows that a source gave show the column.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from extractors.page.labels import LabelHit
from extractors.page.runs import Layout, Run, folded, same_row
from schemas.checks import RowsSumCheck, SumCheck
from schemas.document import Box, Word, around
from schemas.fields import FieldDefinition, Kind
from schemas.schema import Schema
from schemas.values.money import parse_money

FEWEST = 2  # columns that a head must name
HEAD_GAP = 2.2  # line heights between the lines of one head
FURTHEST = 7.0  # line heights without anything after which a table has ended
EDGE = 8.0  # points by which a figure may stand off its column
ALIGNED = 3.0  # points by which the right edges of figures of one column differ
MARGIN = 0.14  # share of a page's height in which running heads and feet stand
_FIGURE = re.compile(r"[-−–+(]?(?:€|\$|£|[A-Z]{2,3})?[0-9][0-9.,'’]*(?:€|\$|£)?\)?-?\*?")
NO_ITEM = re.compile(
    r"\w*(?:summe|betrag|rabatt|nachlass|skonto)\b|\b(?:carried forward|brought forward|carry forward|"
    r"übertrag|uebertrag|zwischensumme|subtotal|sub-total|"
    r"sous-total|report|à reporter|suma y sigue|suma anterior|a riportare|riporto|transport(?:eren)?|discount|"
    r"remise|rabais|ristourne|descuento|sconto|korting|rounding)\b",
    re.IGNORECASE,
)
Labels = Mapping[int, Sequence[LabelHit]]


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A line of a page that is a row of a table."""

    page: int  # from 1
    box: Box
    text: str  # the words as printed
    amounts: frozenset[Decimal]  # the figure in the column of amounts, in each way to read it


@dataclass(frozen=True, slots=True)
class _Band:
    """What stands in one line across a page."""

    page: int
    runs: tuple[Run, ...]

    @property
    def box(self) -> Box:
        return around(tuple(run.box for run in self.runs))

    @property
    def text(self) -> str:
        return " ".join(run.text for run in self.runs)

    @property
    def words(self) -> Iterator[Word]:
        return (word for run in self.runs for word in run.words)


def shown_rows(layout: Layout, labels: Labels, schema: Schema, field: FieldDefinition) -> tuple[ShownRow, ...]:
    """Return the rows under the first head of the field's table and wherever that head stands again.

    Args:
        layout: the visible words.
        labels: where the labels of the schema stand, by number of the run.
        schema: its sums tell which labels end a table.
        field: the table.
    """
    bands = _bands(layout)
    running = _running(bands, layout)
    totals = total_owners(schema, field)
    heads = {at: head for at in range(len(bands)) if (head := _head(bands, at, labels, field, layout.line_height))}
    if not heads:
        return ()
    first = min(heads)
    out: list[ShownRow] = []
    column, names, index = heads[first][0], heads[first][2], heads[first][1]
    page, bottom = bands[first].page, None  # lower edge of what stands above in the table, after its first row
    while index < len(bands):
        band = bands[index]
        if index in heads and heads[index][2] == names:
            column, index = heads[index][0], heads[index][1]
            page, bottom = band.page, None
            continue
        ends = _ends(band, labels, totals) or (
            band.page == page and bottom is not None and band.box.y0 - bottom > FURTHEST * layout.line_height
        )
        again = [at for at in heads if at > index and heads[at][2] == names]
        on_page = [at for at in again if bands[at].page == band.page]
        if ends or (band.page != page and on_page):
            if not again:
                break
            index = min(on_page or again)
            continue
        page, bottom = band.page, bottom if band.page == page else None
        if index not in running and not NO_ITEM.search(band.text):
            found = tuple(_row(band, column))
            out.extend(found)
            bottom = band.box.y1 if found or bottom is not None else None
        index += 1
    return tuple(out)


def rows_in_line(
    layout: Layout, labels: Labels, schema: Schema, field: FieldDefinition, known: Sequence[tuple[int, Box]]
) -> tuple[ShownRow, ...]:
    """Return the lines whose figure ends below or above `known` figures (page and box) of one column."""
    if len(known) < FEWEST:
        return ()
    totals, bands = total_owners(schema, field), _bands(layout)
    running = _running(bands, layout)
    right = sorted(box.x1 for _, box in known)[len(known) // 2]
    first = min((page, box.y0) for page, box in known)
    out: list[ShownRow] = []
    bottom: tuple[int, float] | None = None
    for index, band in enumerate(bands):
        if (band.page, band.box.y1) < first or index in running or NO_ITEM.search(band.text):
            continue
        far = bottom is not None and bottom[0] == band.page
        if _ends(band, labels, totals) or (far and bottom and band.box.y0 - bottom[1] > FURTHEST * layout.line_height):
            break
        bottom = (band.page, band.box.y1)
        figure = next((w for w in band.words if abs(w.box.x1 - right) < ALIGNED and _FIGURE.fullmatch(w.text)), None)
        if figure is not None and _readings(figure.text):
            out.append(ShownRow(band.page, band.box, band.text, _readings(figure.text)))
    return tuple(out)


def _bands(layout: Layout) -> list[_Band]:
    out: list[_Band] = []
    for page in sorted(layout.by_page):
        row: list[Run] = []
        for run in layout.by_page[page]:  # from the top
            if run.box.height > 3 * layout.line_height and run.box.height > run.box.width:
                continue  # text that runs up the page
            if row and not same_row(run.box, row[0].box):
                out.append(_Band(page, tuple(sorted(row, key=lambda each: each.box.x0))))
                row = []
            row.append(run)
        if row:
            out.append(_Band(page, tuple(sorted(row, key=lambda each: each.box.x0))))
    return out


def _running(bands: Sequence[_Band], layout: Layout) -> set[int]:
    """Heads and feet: bands in the margins whose words stand on most pages."""
    patterns: dict[str, list[int]] = {}
    pages = {band.page for band in bands}
    for number, band in enumerate(bands):
        height = layout.height_of(band.page)
        if band.box.y0 < MARGIN * height or band.box.y1 > (1 - MARGIN) * height:
            patterns.setdefault(re.sub(r"\d+", "0", folded(band.text)), []).append(number)
    return {
        number
        for numbers in patterns.values()
        if len(on := Counter(bands[number].page for number in numbers)) > 1
        and 2 * len(on) >= len(pages)
        and max(on.values()) == 1
        for number in numbers
    }


def total_owners(schema: Schema, field: FieldDefinition) -> set[str]:
    """Return the fields whose labels end a table: amounts of the totals block and what the rows add up to."""
    named = {each.name for each in schema.fields if each.kind is Kind.MONEY and "totals" in each.places}
    for check in schema.checks:
        if isinstance(check, RowsSumCheck) and check.rows == field.name:
            named.add(check.total)
        if isinstance(check, SumCheck):
            named.update(check.fields)
    return named


def _head(
    bands: Sequence[_Band], at: int, labels: Labels, field: FieldDefinition, line: float
) -> tuple[list[tuple[Box, bool]], int, frozenset[str]] | None:
    """The columns of a head that begins here, the one of amounts marked; the band after it; and their names."""
    kinds = {f"{field.name}.{column.name}": column.kind for column in field.columns}
    found: dict[str, Box] = {}
    others: list[Box] = []
    for after in range(at + 1, min(at + 3, len(bands) + 1)):
        band = bands[after - 1]
        if after > at + 1:
            above = bands[after - 2]
            if band.page != above.page or band.box.y0 - above.box.y1 > HEAD_GAP * line:
                return None
        if any(_FIGURE.fullmatch(word.text) for word in band.words):
            return None
        for run in band.runs:
            hits = labels.get(run.number, ())
            if not hits:
                others.append(run.box)
            for hit in hits:
                owned = [label.owner for label in hit.labels if label.owner in kinds]
                if owned:
                    found.setdefault(owned[0], hit.box)
                else:
                    others.append(hit.box)
        money = [name for name in found if kinds[name] is Kind.MONEY]
        if len(found) >= FEWEST and money:
            last = max(money, key=lambda name: found[name].x1)
            columns = [(box, name == last) for name, box in found.items()] + [(box, False) for box in others]
            return columns, after, frozenset(found)
        if not found:
            return None
    return None


def _ends(band: _Band, labels: Labels, totals: set[str]) -> bool:
    """Whether the band says a total: its first words are such a label, and a figure stands behind."""
    for run in band.runs:
        for hit in labels.get(run.number, ()):
            if any(label.owner in totals for label in hit.labels):
                before = run.text[: hit.start] + " ".join(o.text for o in band.runs if o.box.x1 <= run.box.x0)
                behind = run.text[hit.end :] + " ".join(o.text for o in band.runs if o.box.x0 >= run.box.x1)
                if sum(char.isalpha() for char in before) <= 8 and any(char.isdigit() for char in behind):
                    return not re.search(r"\d", before) or len(before.split()) <= 3
    return False


def _row(band: _Band, columns: Sequence[tuple[Box, bool]]) -> Iterator[ShownRow]:
    figures = [word for word in band.words if _FIGURE.fullmatch(word.text)]
    for word in reversed(figures):
        if _is_in_amounts(word.box, columns) and _readings(word.text):
            yield ShownRow(band.page, band.box, band.text, _readings(word.text))
            return


def _is_in_amounts(box: Box, columns: Sequence[tuple[Box, bool]]) -> bool:
    def distance(column: Box) -> float:
        middles = abs((box.x0 + box.x1 - column.x0 - column.x1) / 2)
        edges = min(abs(box.x0 - column.x0), abs(box.x1 - column.x1), middles)
        return 0.5 * edges if min(box.x1, column.x1) > max(box.x0, column.x0) else edges

    nearest, is_amount = min(columns, key=lambda each: distance(each[0]))
    return is_amount and box.x1 > nearest.x0 - EDGE


def _readings(text: str) -> frozenset[Decimal]:
    return frozenset(value for mark in ".," if (value := parse_money(text.rstrip("*"), mark)) is not None)
