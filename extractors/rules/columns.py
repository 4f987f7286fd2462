"""The head of a table: which column stands where, told by the labels of the schema's columns."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from extractors.page.labels import LabelHit
from extractors.page.runs import Run
from extractors.rules.grid import GridRow
from schemas.document import Box, around
from schemas.fields import FieldDefinition, Kind

HEAD_LINES = 3  # rows over which one head can stretch
HEAD_GAP = 2.2  # line heights between the rows of one head
FEWEST = 2  # columns of the schema that a head must name
MOST_HEADS = 1_000  # of a document: a hostile one repeats words without end
SHIFT = 40.0  # points by which a column may stand elsewhere when the head comes again
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
    index = 0
    while index < len(rows) and len(found) < MOST_HEADS:
        head = _head_at(rows, index, hits, field, line)
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
    rows: Sequence[GridRow], start: int, hits: Mapping[int, Sequence[LabelHit]], field: FieldDefinition, line: float
) -> Head | None:
    """The head that begins with row `start`: rows are added while they name more columns and hold no amounts."""
    best: Head | None = None
    for after in range(start + 1, min(start + HEAD_LINES, len(rows) - 1) + 1):
        part = rows[start:after]
        if after - start > 1 and (part[-1].page != part[0].page or part[-1].top - part[-2].bottom > HEAD_GAP * line):
            break
        if any(_has_amount(run.text) for run in part[-1].runs):
            break
        columns = _columns(part, hits, field)
        names = {column.name for column in columns if column.wanted}
        if len(names) >= FEWEST and (best is None or len(names) > len(best.names)):
            best = Head(tuple(columns), start, after)
    if best is None or not _is_head(best, field):
        return None
    # Rows of small print below the labels ("(Art)", "EUR") belong to the head as long as they hold no figures.
    after = best.after
    while (
        after < min(len(rows), best.after + 3)
        and rows[after].page == rows[start].page
        and _small_print(rows[after], rows[after - 1], line)
    ):
        after += 1
    return Head(best.columns, best.first, after)


def _is_head(head: Head, field: FieldDefinition) -> bool:
    """Whether it can be the head of items: an amount, and a text or a second figure beside it."""
    kinds = {column.name: column.kind for column in field.columns}
    money = [name for name in head.names if kinds[name] is Kind.MONEY]
    return bool(money) and len(head.names) >= FEWEST


def _columns(part: Sequence[GridRow], hits: Mapping[int, Sequence[LabelHit]], field: FieldDefinition) -> list[Column]:
    kinds = {column.name: column.kind for column in field.columns}
    named: dict[str, list[tuple[int, int, Box]]] = {}
    others: list[Box] = []
    for row in part:
        for run in row.runs:
            taken = 0
            for hit in hits.get(run.number, ()):
                owned = [label for label in hit.labels if label.owner.startswith(f"{field.name}.")]
                if hit.start > taken and run.text[taken : hit.start].strip():
                    others.append(run.box_between(taken, hit.start))
                if owned:
                    best = min(owned, key=lambda label: label.rank)
                    named.setdefault(best.owner.partition(".")[2], []).append(
                        (best.rank, -len(best.tokens), run.box_between(hit.start, _end_of_head(run, hit)))
                    )
                else:
                    others.append(hit.box)
                taken = hit.end
            rest = run.text[taken:].strip()
            if rest and not (taken and IN_CURRENCY.fullmatch(rest)):
                others.append(run.box_between(taken, len(run.text)))
    columns = []
    for name, places in named.items():
        ranked = sorted(places, key=lambda place: place[:2])
        columns.append(Column(name, kinds[name], ranked[0][2]))
        others.extend(place[2] for place in ranked[1:])
    for box in others:
        if not any(_overlap(box, column.box) > 0.3 * min(box.width, column.box.width) for column in columns):
            columns.append(Column(UNNAMED, None, box))
    placed = sorted(_merged(columns), key=lambda column: column.box.x0)
    return [c if c.wanted else Column(f"{UNNAMED}{number}", None, c.box) for number, c in enumerate(placed)]


def _end_of_head(run: Run, hit: LabelHit) -> int:
    """A currency behind the label belongs to the head: "Gesamt EUR"."""
    return len(run.text) if IN_CURRENCY.fullmatch(run.text[hit.end :].strip()) else hit.end


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


def _small_print(row: GridRow, above: GridRow, line: float) -> bool:
    close = row.top - above.bottom < 0.8 * line
    return close and not any(char.isdigit() for char in row.text) and len(row.text) < 25
