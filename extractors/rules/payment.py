"""What was to be paid, from what was handed over and given back: cash less change is the total after rounding.

Where no change is given, as with a card, what was handed over is the total itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple, cast

from extractors.page.locale import Locale
from extractors.page.runs import Layout, Passage, Run, folded
from extractors.rules import scoring
from extractors.rules.readers import amounts
from extractors.rules.sightings import Sighting
from schemas import reasons
from schemas.fields import FieldDefinition
from schemas.reasons import Sentence

_GIVEN = re.compile(
    r"\W*(?:(?:amount|amt|total|cash|jumlah)\s+)*(?:cash|tendered?|tunai|paid|payment|received|bar|gegeben|especes|"
    r"efectivo|entregado|contanti|contant|visa|master(?:card)?|amex|(?:credit|debit|bank)\s?card|kad|ec-?karte|"
    r"girocard|kreditkarte|carte|tarjeta|carta|pin)\b"
)
_RETURNED = re.compile(
    r"\W*(?:(?:your|cash|total)\s+)?(?:change|baki|ruckgeld|zuruck|rendu|monnaie|cambio|vuelta|resto|wisselgeld|"
    r"terug)\b"
)


class _Amount(NamedTuple):
    value: Decimal
    passage: Passage


def paid(field: FieldDefinition, layout: Layout, locale: Locale) -> Iterator[Sighting]:
    """Yield printed amounts that are what was handed over less what was given back."""
    printed = [amount for run in layout.runs for amount in _amounts(run, field, locale)]
    change = _beside(_RETURNED, field, layout, locale)
    for given in _beside(_GIVEN, field, layout, locale):
        if not change:
            said = reasons.HANDED_OVER(given=given.value)
            yield from _printed_again(given.value, given, printed, scoring.PAID_EXACTLY, said)
        for returned in change:
            said = reasons.LEFT_OF_HANDED_OVER(returned=abs(returned.value), given=given.value)
            yield from _printed_again(given.value - abs(returned.value), given, printed, scoring.PAID, said)


def _printed_again(
    value: Decimal, given: _Amount, printed: list[_Amount], worth: float, said: Sentence
) -> Iterator[Sighting]:
    """The value where it is printed besides what was handed over: last above that, else first."""
    places = [each.passage for each in printed if each.value == value and each.passage != given.passage]
    above = [place for place in places if place.run.number < given.passage.run.number]
    if value > 0 and places:
        yield Sighting(value, ((above or places[:1])[-1],), {"paid": worth}, said)


def _beside(label: re.Pattern[str], field: FieldDefinition, layout: Layout, locale: Locale) -> list[_Amount]:
    """The amounts in the rows that begin with a label."""
    heads = [run for run in layout.runs if label.match(folded(run.text))]
    rows = [(head, *layout.right_of(head, head.box.x1)) for head in heads]
    return [amount for row in rows for run in row for amount in _amounts(run, field, locale)]


def _amounts(run: Run, field: FieldDefinition, locale: Locale) -> list[_Amount]:
    """The amounts in a line whose form leaves no doubt."""
    return [
        _Amount(cast(Decimal, reading.value), Passage(run, reading.start, reading.end))
        for reading in amounts(run.text, field, locale)
        if not reading.factors
    ]
