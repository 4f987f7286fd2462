"""Items as blocks of labels and values, one after the other, where there are no columns: "Qty: 2  Price: 9.50"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from extractors.page.labels import LabelHit
from extractors.page.runs import Passage, Run
from extractors.rules.grid import GridRow
from extractors.rules.item_rows import Item
from schemas.fields import FieldDefinition, Kind

MOST_ABOVE = 1.6  # line heights from the name of an item down to its first label
FEWEST = 2  # labels of columns that a block must have, each with its value
_FIGURES = (Kind.MONEY, Kind.NUMBER)


def block_items(
    rows: Sequence[GridRow], labels: Mapping[int, Sequence[LabelHit]], field: FieldDefinition, text: str, line: float
) -> list[Item]:
    """Return the items that labels of the field's columns spell out, each with a value behind every label.

    Args:
        rows: the rows of the document.
        labels: the labels of each run.
        field: the table.
        text: name of the column that takes the line above a block.
        line: height of a line in points.
    """
    items: list[Item] = []
    current: Item | None = None
    above: GridRow | None = None
    for row in rows:
        pairs = list(_pairs(row, labels, field))
        for name, passage in pairs:
            if current is None or name in current.cells:
                current = Item(row.page, row.bottom)
                items.append(current)
                if above is not None and above.page == row.page and row.top - above.bottom < MOST_ABOVE * line:
                    current.add([(text, Passage(run, 0, len(run.text))) for run in above.runs])
                if name == text:
                    current.cells.pop(text, None)
            current.add([(name, passage)])
        if pairs:
            above = None
        else:
            above = row
            current = current if current is not None and row.top - current.bottom < MOST_ABOVE * line else None
        if current is not None and pairs:
            current.bottom = row.bottom
    return [item for item in items if len(item.cells.keys() - {text}) >= FEWEST]


def _pairs(
    row: GridRow, labels: Mapping[int, Sequence[LabelHit]], field: FieldDefinition
) -> Iterator[tuple[str, Passage]]:
    """Each label of a column in the row with the value behind it, up to the next label."""
    kinds = {f"{field.name}.{column.name}": column.kind for column in field.columns}
    for place, run in enumerate(row.runs):
        hits = labels.get(run.number, ())
        for position, hit in enumerate(hits):
            owner = next((label.owner for label in hit.labels if label.owner in kinds), None)
            if owner is None or (position == 0 and hit.start > 0):
                continue
            end = hits[position + 1].start if position + 1 < len(hits) else len(run.text)
            value = Passage(run, hit.end, end)
            if not any(char.isalnum() for char in value.text):
                following = row.runs[place + 1] if place + 1 < len(row.runs) else None
                if following is None or labels.get(following.number):
                    continue
                value = _whole(following)
            elif not run.text[: hit.end].rstrip().endswith((":", "=")):
                continue
            if kinds[owner] not in _FIGURES or any(char.isdigit() for char in value.text):
                yield owner.partition(".")[2], value


def _whole(run: Run) -> Passage:
    return Passage(run, 0, len(run.text))
