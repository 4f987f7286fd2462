"""Whose it is: a name belongs to one party, and a number that stands in a party's block to that party."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from extractors.page.runs import Layout, Run
from extractors.rules import scoring
from extractors.rules.blocks import Block
from extractors.rules.sightings import Sighting
from schemas.comparators import normal
from schemas.fields import FieldDefinition, Kind
from schemas.schema import Schema

LINES = 7  # of an address under a name
NEAR = 150.0  # points between a label and its number in one row

_READERS_OWN = re.compile(
    r"\b(?:your|customer(?:'s)?|client|buyer|ihre?|kunden?|votre|vos|su|vuestro|cliente|titular|vs|vostra|uw|klant)\b"
    r"[\W_]*(?:\w+[\W_]+){0,3}$",
    re.IGNORECASE,
)

Seen = Mapping[str, Sequence[Sighting]]


def weighed(schema: Schema, seen: Seen, blocks: Sequence[Block], layout: Layout) -> dict[str, Sequence[Sighting]]:
    """Return the sightings with those weighed that belong to another party.

    A name that two parties could have goes to the likelier one. A VAT number belongs to the party field whose name
    begins alike: `seller_vat_id` to `seller_name`.
    """
    parties = [field for field in schema.fields if field.kind is Kind.PARTY and seen.get(field.name)]
    out = {**seen, **_apart(parties, seen)}
    homes = {field.name: _home(field, out[field.name], blocks, layout) for field in parties}
    for field in schema.fields:
        if "eu_vat" not in field.validators or not seen.get(field.name):
            continue
        own = next((party for party in parties if _family(party) == _family(field)), None)
        if own is not None:
            others = set[int]().union(*(homes[party.name] for party in parties if party is not own))
            out[field.name] = _numbers(
                seen[field.name], own, homes[own.name] - others, others - homes[own.name], layout
            )
    return out


def _apart(parties: Sequence[FieldDefinition], seen: Seen) -> dict[str, Sequence[Sighting]]:
    """The names, weighed where the same one is the likeliest of another party, and likelier there."""
    taken: dict[str, tuple[str, float]] = {}  # party to its likeliest name and the score of it
    for field in parties:
        best = max(seen[field.name], key=lambda sighting: sighting.score)
        taken[field.name] = normal(field, best.value), best.score
    return {
        field.name: [_elsewhere(sighting, field, taken) for sighting in seen[field.name]]
        for field in parties
        if not field.many
    }


def _elsewhere(sighting: Sighting, field: FieldDefinition, taken: Mapping[str, tuple[str, float]]) -> Sighting:
    name = normal(field, sighting.value)
    mine = taken[field.name][1] if taken[field.name][0] == name else sighting.score
    likelier = any(best == name and score > mine for party, (best, score) in taken.items() if party != field.name)
    return sighting.weighed("role", scoring.OTHER_ROLE) if likelier else sighting


def _numbers(
    seen: Sequence[Sighting], own: FieldDefinition, home: set[int], others: set[int], layout: Layout
) -> list[Sighting]:
    """The numbers of one party, weighed by where they stand; where one stands at home, another party's are left out."""
    at_home = any(sighting.passages[0].run.number in home for sighting in seen)
    out = []
    for sighting in seen:
        number = sighting.passages[0].run.number
        if number in others or ("letterhead" in own.places and _is_readers(sighting, layout)):
            if not at_home:
                out.append(sighting.weighed("party", scoring.OTHER_PARTY))
        else:
            out.append(sighting.weighed("party", scoring.OWN_PARTY) if number in home else sighting)
    return out


def _is_readers(sighting: Sighting, layout: Layout) -> bool:
    """Whether words before a number, in its line or left of it, say that it is the reader's."""
    passage = sighting.passages[0]
    before = passage.run.text[: passage.start]
    if not any(char.isalnum() for char in before):
        beside = layout.left_of(passage.run)[:1]
        before = next((run.text for run in beside if passage.run.box.x0 - run.box.x1 < NEAR), "")
    return _READERS_OWN.search(f"{before} ") is not None


def _family(field: FieldDefinition) -> str:
    return field.name.partition("_")[0]


def _home(field: FieldDefinition, seen: Sequence[Sighting], blocks: Sequence[Block], layout: Layout) -> set[int]:
    """Numbers of the runs that stand with the likeliest party, wherever its name stands."""
    best = max(seen, key=lambda sighting: sighting.score)
    same = [each for each in seen if normal(field, each.value) == normal(field, best.value)]
    heads = {each.passages[0].run.number: each.passages[0].run for each in same}
    found = {run.number for head in heads.values() for run in _under(head, layout)}
    for block in blocks:
        numbers = {run.number for run in block.runs}
        if best.passages[0].run.number in numbers:
            found |= numbers
    return found


def _under(head: Run, layout: Layout) -> Iterable[Run]:
    """The line of a name and the lines that follow it closely, though their left edges differ."""
    lines = [head]
    while len(lines) < LINES:
        last = lines[-1]
        below = [run for run in layout.below(last.box, last.page, 0.8 * last.box.height) if run.box.y0 > last.box.y0]
        close = [run for run in below if run.box.y0 - last.box.y0 < 1.6 * last.box.height]
        if not close:
            break
        lines.append(close[0])
    return lines
