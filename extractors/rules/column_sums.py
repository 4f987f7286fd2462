"""The sum at the foot of a column of amounts: the one that those above it add up to."""

from __future__ import annotations

from decimal import Decimal

from extractors.page.labels import LabelHit
from extractors.page.locale import Locale
from extractors.page.runs import Layout, Passage, Run
from extractors.rules.readers import amounts
from schemas.fields import FieldDefinition

FEWEST = 2  # amounts that make a sum
MOST = 60  # amounts of a column that are looked at
ROW_GAP = 3.5  # line heights from one amount to the next
SAME_EDGE = 3.0  # points by which right edges of a column may differ


def sum_under(hit: LabelHit, field: FieldDefinition, layout: Layout, locale: Locale) -> Passage | None:
    """Return the amount below a label that is the sum of all between the two, None if there is none."""
    column = layout.below(hit.box, hit.run.page, ROW_GAP * layout.line_height)
    total, count = Decimal(), 0
    edge: float | None = None
    while column and count < MOST:
        found = next((each for run in column if run is not hit.run and (each := _alone(run, field, locale))), None)
        if found is None or (edge is not None and abs(found[0].run.box.x1 - edge) > SAME_EDGE):
            return None
        passage, value = found
        if count >= FEWEST and value == total and value:
            return passage
        total, count, edge = total + value, count + 1, passage.run.box.x1
        below = layout.below(passage.run.box, passage.run.page, ROW_GAP * layout.line_height)
        column = [run for run in below if abs(run.box.x1 - edge) <= SAME_EDGE and run is not passage.run]
    return None


def _alone(run: Run, field: FieldDefinition, locale: Locale) -> tuple[Passage, Decimal] | None:
    """The amount that a line consists of."""
    found = list(amounts(run.text, field, locale))
    if len(found) != 1 or found[0].factors or any(char.isalnum() for char in run.text[found[0].end :]):
        return None
    if any(char.isalpha() for char in run.text[: found[0].start]):
        return None
    return Passage(run, found[0].start, found[0].end), Decimal(str(found[0].value))
