"""The head of a table: which column stands where, told by the labels of the schema's columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from extractors.page.labels import LabelHit
from extractors.page.runs import Run, folded, wording
from extractors.rules.grid import GridRow
from schemas.document import Box, Word, around
from schemas.fields import FieldDefinition, Kind

HEAD_LINES = 3  # rows over which one head can stretch
HEAD_GAP = 2.2  # line heights between the rows of one head
FEWEST = 2  # columns of the schema that a head must name
MOST_HEADS = 1_000  # of a document: a hostile one repeats words without end
SHIFT = 40.0  # points by which a column may stand elsewhere when the head comes again
WIDER = 1.6  # times the usual blank between words: a wider gap parts two cells of a head
MOST_WORDS = 6  # in one cell of a head: more are prose
NET = ("net", "netto", "neto", "nett")  # says of which kind the price or amount before it is
UNNAMED = "#"
IN_CURRENCY = re.compile(r"[(\[]?(?:in |en )?(?:€|\$|£|[A-Z]{3}|[Ee]uros?)[)\]]?")


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its head or, where nothing names it, by its figures; then `name` is "#" and a number."""

    name: str
    kind: Kind | None
    box: Box

    @property
    def wanted(self) -> bool:
        """Whether its head is one of the schema."""
        return not self.name.startswith("#")


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a table and the row after it."""

    columns: tuple[Column, ...]  # left to right
    first: int  # number of its first row
    after: int  # number of the row below it

    @property
    def names(self) -> set[str]:
        """Names of the schema's columns that it has."""
        return {column.name for column in self.columns if column.wanted}


def find_heads(
    rows: Sequence[GridRow], hits: Mapping[int, Sequence[LabelHit]], field: FieldDefinition, line: float
) -> list[Head]:
    """Return the heads of the field's table in the document; a table over pages has one on each."""
    found: list[Head] = []
    wanted = _wanted(field, rows)
    index = 0
    while index < len(rows) and len(found) < MOST_HEADS:
        head = _head_at(rows, index, hits, wanted, line)
        if head is None:
            index += 1
            continue
        found.append(head)
        index = head.after
    return found


def grouped(heads: Sequence[Head]) -> list[list[Head]]:
    """Return the heads of each table: one that names the same columns at the same places goes on with a table."""
    groups: list[list[Head]] = []
    for head in heads:
        group = next((group for group in groups if _is_again(head, group[0])), None)
        if group is None:
            groups.append([head])
        else:
            group.append(head)
    return groups


def _is_again(head: Head, first: Head) -> bool:
    if head.names != first.names:
        return False
    places = {column.name: column.box.x0 for column in first.columns}
    return all(abs(column.box.x0 - places[column.name]) < SHIFT for column in head.columns if column.wanted)


def _head_at(
    rows: Sequence[GridRow], start: int, hits: Mapping[int, Sequence[LabelHit]], wanted: _Wanted, line: float
) -> Head | None:
    """The head that begins with row `start`: rows are added while they name more columns and hold no amounts."""
    best: Head | None = None
    for after in range(start + 1, min(start + HEAD_LINES, len(rows) - 1) + 1):
        part = rows[start:after]
        if after - start > 1 and (part[-1].page != part[0].page or part[-1].top - part[-2].bottom > HEAD_GAP * line):
            break
        if any(_has_amount(run.text) for run in part[-1].runs) or _is_prose(part[-1], wanted.blank):
            break
        columns = _columns(part, hits, wanted)
        names = {column.name for column in columns if column.wanted}
        if len(names) >= FEWEST and (best is None or len(names) > len(best.names)):
            best = Head(tuple(columns), start, after)
    if best is None or not _is_head(best, wanted):
        return None
    for first in range(start + 1, best.after):  # a title above the head may hold a word of it
        columns = _columns(rows[first : best.after], hits, wanted)
        if len({column.name for column in columns if column.wanted}) >= len(best.names):
            best = Head(tuple(columns), first, best.after)
    # Rows of small print below the labels ("(Art)", "EUR") belong to the head as long as they hold no figures.
    after = best.after
    while (
        after < min(len(rows), best.after + 3)
        and rows[after].page == rows[start].page
        and _small_print(rows[after], rows[after - 1], line)
    ):
        after += 1
    return Head(best.columns, best.first, after)


def _is_head(head: Head, wanted: _Wanted) -> bool:
    """Whether it can be the head of items: an amount, and a text or a second figure beside it."""
    money = [name for name in head.names if wanted.kinds[name] is Kind.MONEY]
    return bool(money) and len(head.names) >= FEWEST


def _columns(part: Sequence[GridRow], hits: Mapping[int, Sequence[LabelHit]], wanted: _Wanted) -> list[Column]:
    cells = [cell for row in part for run in row.runs for cell in _cells(run, hits.get(run.number, ()), wanted)]
    named: dict[str, list[_HeadCell]] = {}
    for cell in cells:
        if cell.name:
            named.setdefault(cell.name, []).append(cell)
    sure = {cell.name for cell in cells if cell.name and not cell.is_part}
    others = [cell.box for cell in cells if not cell.name]
    columns = []
    for name, places in named.items():
        ranked = sorted(places, key=lambda cell: (cell.is_part, cell.rank))
        if not ranked[0].is_part or len(sure) >= FEWEST:
            columns.append(Column(name, wanted.kinds[name], ranked.pop(0).box))
        others.extend(cell.box for cell in ranked)
    bare = max((cell.box for cell in cells if cell.is_currency), key=lambda box: box.x1, default=None)
    if bare is not None and len(sure) >= FEWEST and wanted.amount and wanted.amount not in named:
        columns.append(Column(wanted.amount, Kind.MONEY, bare))
    for box in others:
        if not any(_overlap(box, column.box) > 0.3 * min(box.width, column.box.width) for column in columns):
            columns.append(Column(UNNAMED, None, box))
    placed = sorted(_merged(columns), key=lambda column: column.box.x0)
    return [c if c.wanted else Column(f"{UNNAMED}{number}", None, c.box) for number, c in enumerate(placed)]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The columns of the schema's table."""

    table: str
    kinds: Mapping[str, Kind]
    wordings: Mapping[tuple[str, ...], str]  # which column each wording names, in any language
    amount: str | None  # the column of the rows' amounts
    blank: float  # heights of a word: a wider gap parts two cells


@dataclass(frozen=True, slots=True)
class _HeadCell:
    """Words of a head that stand together."""

    name: str  # of the column that they name, or nothing
    rank: tuple[int, int]  # the lower, the more telling
    is_part: bool  # whether the column's wording only begins somebody else's label: "Total" of "Total VAT"
    box: Box
    is_currency: bool = False  # "EUR" alone: what stands below are amounts


def _cells(run: Run, hits: Sequence[LabelHit], wanted: _Wanted) -> Iterator[_HeadCell]:
    """Yield the cells of a run: parted at gaps wider than a blank, and where another column's wording begins."""
    named = {hit.start: cell for hit in hits if (cell := _named(hit, wanted)) is not None}
    cuts = [0]
    for start, (before, word) in zip(run.starts[1:], pairwise(run.words), strict=True):
        apart = _gap(before, word) > wanted.blank
        inside = [hit.start for hit in hits if cuts[-1] <= hit.start < start]
        known = {named[at].name for at in inside if at in named}
        another = start in named and named[start].name not in known and folded(word.text) not in NET
        if apart or (inside and another):
            cuts.append(start)
    for start, end in pairwise([*cuts, len(run.text) + 1]):
        box = run.box_between(start, end)
        first = next((named[at] for at in sorted(named) if start <= at < end), None)
        yield replace(first, box=box) if first is not None else _unnamed(run.text[start:end], box)


def _unnamed(text: str, box: Box) -> _HeadCell:
    return _HeadCell("", (0, 0), False, box, IN_CURRENCY.fullmatch(text.strip()) is not None)


def _named(hit: LabelHit, wanted: _Wanted) -> _HeadCell | None:
    """The column that a label names, or that its first words name."""
    owned = [label for label in hit.labels if label.owner.startswith(f"{wanted.table}.")]
    if owned:
        best = min(owned, key=lambda label: label.rank)
        return _HeadCell(best.owner.partition(".")[2], (best.rank, -len(best.tokens)), False, hit.box)
    for length in range(len(hit.labels[0].tokens) - 1, 0, -1):
        name = wanted.wordings.get(hit.labels[0].tokens[:length])
        if name is not None:
            return _HeadCell(name, (0, -length), True, hit.box)
    return None


def _wanted(field: FieldDefinition, rows: Sequence[GridRow]) -> _Wanted:
    wordings = {
        tokens: column.name
        for column in reversed(field.columns)
        for texts in column.labels.values()
        for text in texts
        if (tokens := wording(text))
    }
    gaps = sorted(_gap(*pair) for row in rows for run in row.runs for pair in pairwise(run.words))
    money = [column.name for column in field.columns if column.kind is Kind.MONEY]
    blank = WIDER * gaps[len(gaps) // 2] if gaps else 0.0
    kinds = {column.name: column.kind for column in field.columns}
    return _Wanted(field.name, kinds, wordings, money[-1] if money else None, blank)


def _gap(before: Word, word: Word) -> float:
    """What parts two words, in heights of the second."""
    return (word.box.x0 - before.box.x1) / max(word.box.height, 1)


def _merged(columns: list[Column]) -> list[Column]:
    """Heads of unwanted columns that stand above each other are one."""
    out: list[Column] = []
    for column in sorted(columns, key=lambda each: (not each.wanted, each.box.x0)):
        twin = next((o for o in out if not column.wanted and not o.wanted and _overlap(o.box, column.box) > 0), None)
        if twin is None:
            out.append(column)
        else:
            out[out.index(twin)] = Column(UNNAMED, None, around([twin.box, column.box]))
    return out


def _overlap(one: Box, other: Box) -> float:
    return min(one.x1, other.x1) - max(one.x0, other.x0)


def _has_amount(text: str) -> bool:
    return any(char.isdigit() for char in text) and sum(char.isdigit() for char in text) >= sum(
        char.isalpha() for char in text
    )


def _is_prose(row: GridRow, blank: float) -> bool:
    """Whether words follow each other in the row as in a sentence."""
    for run in row.runs:
        length = 1
        for before, word in pairwise(run.words):
            length = length + 1 if _gap(before, word) <= blank else 1
            if length > MOST_WORDS:
                return True
    return False


def _small_print(row: GridRow, above: GridRow, line: float) -> bool:
    close = row.top - above.bottom < 0.8 * line
    return close and not any(char.isdigit() for char in row.text) and len(row.text) < 25
