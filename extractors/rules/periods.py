"""First and last day: two date fields of a schema that are the ends of one period.

They share a wording ("Flight dates"), or one is called the beginning and the next the end ("Start date", "End date").
Two days with a dash or "to" between them are a period; whatever names one of the ends leads to both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import NamedTuple, cast

from extractors.page.locale import Locale
from extractors.page.runs import Layout, Passage
from extractors.page.wordings import wordings
from extractors.rules import scoring
from extractors.rules.labelled import Labelled
from extractors.rules.readers import read
from extractors.rules.sightings import Sighting
from schemas import reasons
from schemas.fields import FieldDefinition, Kind
from schemas.schema import Schema

_FIRST_WORDS = """
from start starts starting begin begins beginning first since von ab beginn anfang debut du desde inicio dal inizio van
vanaf od fran start fra
"""
_LAST_WORDS = """
to end ends ending last through thru till until bis ende au fin hasta al fine tot eind ate fim do til slut konec
"""
_FIRST, _LAST = frozenset(_FIRST_WORDS.split()), frozenset(_LAST_WORDS.split())
_BETWEEN = re.compile(
    r"\s*(?:[-–—/]|to|thru|through|until|till|bis(?:\s+zum)?|au|al?|hasta(?:\s+el)?|tot|t/m|até|do|til|till)\s*", re.I
)
FEWEST_DIGITS = 4  # of two days


class Period(NamedTuple):
    """Two days with a word or a mark between them that makes them one period."""

    first: Passage
    last: Passage
    days: tuple[date, date]

    def holds(self, passage: Passage) -> bool:
        """Whether a value stands in the period."""
        return passage.run is self.first.run and self.first.start <= passage.start and passage.end <= self.last.end


def pairs(schema: Schema) -> Iterator[tuple[FieldDefinition, FieldDefinition]]:
    """Yield the fields that are the first and the last day of one period; they follow each other in the schema."""
    days = [field for field in schema.fields if field.kind is Kind.DATE]
    for first, last in pairwise(days):
        if set(wordings(first)) & set(wordings(last)) or _opens(first, last):
            yield first, last


def _opens(first: FieldDefinition, last: FieldDefinition) -> bool:
    """Whether a name or wording of the one says the beginning of what one of the other says the end of."""
    beginnings = {each for each in map(frozenset, wordings(first)) if each & _FIRST}
    ends = {each for each in map(frozenset, wordings(last)) if each & _LAST}
    return bool({each - _FIRST for each in beginnings} & {each - _LAST for each in ends})


def ends(
    first: FieldDefinition, last: FieldDefinition, labelled: Labelled
) -> Iterator[tuple[FieldDefinition, list[Sighting]]]:
    """Yield what the labels of both fields lead to, for each field its end of it."""
    found = _periods(labelled.layout, first, labelled.locale)
    led_to = {first.name: list(labelled.sightings(first)), last.name: list(labelled.sightings(last))}
    shared = bool(set(wordings(first)) & set(wordings(last)))
    for field, position in ((first, 0), (last, -1)):
        seen = [
            end
            for sighting in (*led_to[first.name], *led_to[last.name])
            for period in found.get(sighting.passages[0].run.number, ())
            if (end := _end(sighting, period, position)) is not None
        ]
        lone = [_lone(each) for each in led_to[field.name] if not _in_period(each, found)]
        seen.extend(_in_rows(lone, labelled.layout, position) if shared else lone)
        seen.extend(_unlabelled(found, position))
        yield field, seen


def _periods(layout: Layout, field: FieldDefinition, locale: Locale) -> dict[int, list[Period]]:
    """The periods in each line, by its number."""
    out: dict[int, list[Period]] = {}
    for run in layout.runs:
        if sum(char.isdigit() for char in run.text) < FEWEST_DIGITS:
            continue
        days = read(Passage(run, 0, len(run.text)), field, locale)
        for one, other in pairwise(days):
            if _BETWEEN.fullmatch(run.text[one.end : other.start]) and one.value <= other.value:  # type: ignore[operator]
                ends = (Passage(run, one.start, one.end), Passage(run, other.start, other.end))
                out.setdefault(run.number, []).append(Period(*ends, (cast(date, one.value), cast(date, other.value))))
    return out


def _end(sighting: Sighting, period: Period, position: int) -> Sighting | None:
    """An end of a period to whose first day a label leads: the "to" between the days is no label."""
    if sighting.passages[0].start != period.first.start:
        return None
    place = (period.first, period.last)[position]
    factors = {**sighting.factors, "range": scoring.WHOLE_PERIOD}
    return replace(
        sighting, value=period.days[position], passages=(place,), factors=factors, reason=reasons.END_OF_RANGE()
    )


def _lone(sighting: Sighting) -> Sighting:
    """A day under a label heads a column more often than it is the end of the whole."""
    below = sighting.factors.get("relation", 1.0) <= scoring.RELATION["below"]
    return sighting.weighed("column", scoring.LONE_DAY_BELOW) if below else sighting


def _in_period(sighting: Sighting, found: Mapping[int, Sequence[Period]]) -> bool:
    passage = sighting.passages[0]
    return any(period.holds(passage) for period in found.get(passage.run.number, ()))


def _unlabelled(found: Mapping[int, Sequence[Period]], position: int) -> Iterator[Sighting]:
    """The ends of all periods: where no label says more, the first one printed is the likeliest."""
    for place, period in enumerate(each for group in found.values() for each in group):
        passage = (period.first, period.last)[position]
        factors = {"place": scoring.UNLABELLED * scoring.CANDIDATES_IN_BETWEEN ** min(place, 6)}
        yield Sighting(period.days[position], (passage,), factors, reasons.PERIOD_WITHOUT_LABEL())


def _in_rows(seen: Sequence[Sighting], layout: Layout, position: int) -> list[Sighting]:
    """Keep of each line the first or the last day; a lone day is doubtful as the end of a period."""
    lines: dict[tuple[int, int], list[Sighting]] = {}
    for sighting in seen:
        run = sighting.passages[0].run
        lines.setdefault((run.page, round(run.box.y0 / layout.line_height)), []).append(sighting)
    out = []
    for group in lines.values():
        best = max(group, key=lambda s: s.score)
        places = sorted(group, key=lambda s: (s.passages[0].box.x0, s.passages[0].start))
        factors = dict(best.factors)
        factors["range"] = scoring.LONE_DAY if len({each.value for each in places}) < 2 else scoring.DAYS_IN_ROW
        out.append(replace(places[position], factors=factors, reason=reasons.END_OF_RANGE()))
    return out
