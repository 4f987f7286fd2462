"""Whose number it is: a number that stands in a party's block belongs to that party."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from extractors.rules import scoring
from extractors.rules.blocks import Block
from extractors.rules.sightings import Sighting
from schemas.fields import FieldDefinition, Kind
from schemas.schema import Schema

_READERS_OWN = re.compile(
    r"\b(?:your|customer(?:'s)?|client|buyer|ihre?|kunden?|votre|vos|su|vuestro|cliente|vs|vostra|uw|klant)\b[\W_]*"
    r"(?:\w+[\W_]+){0,3}$",
    re.IGNORECASE,
)


def weighed(
    schema: Schema, seen: Mapping[str, Sequence[Sighting]], blocks: Sequence[Block]
) -> dict[str, Sequence[Sighting]]:
    """Return the sightings with those weighed that stand in the block of a party or are told to be the reader's.

    A VAT number belongs to the party field whose name begins alike: `seller_vat_id` to `seller_name`.
    """
    parties = [field for field in schema.fields if field.kind is Kind.PARTY and seen.get(field.name)]
    homes = {field.name: _home(seen[field.name], blocks) for field in parties}
    out = dict(seen)
    for field in schema.fields:
        if "eu_vat" not in field.validators or not seen.get(field.name):
            continue
        own = next((party for party in parties if _family(party) == _family(field)), None)
        if own is not None:
            others = set[int]().union(*(homes[party.name] for party in parties if party is not own))
            out[field.name] = [_weigh(each, own, homes[own.name], others) for each in seen[field.name]]
    return out


def _weigh(sighting: Sighting, own: FieldDefinition, home: set[int], others: set[int]) -> Sighting:
    passage = sighting.passages[0]
    number = passage.run.number
    if number in others - home:
        return sighting.weighed("party", scoring.OTHER_PARTY)
    if number in home - others:
        return sighting.weighed("party", scoring.OWN_PARTY)
    if "letterhead" in own.places and _READERS_OWN.search(passage.run.text[: passage.start]):
        return sighting.weighed("party", scoring.OTHER_PARTY)
    return sighting


def _family(field: FieldDefinition) -> str:
    return field.name.partition("_")[0]


def _home(seen: Sequence[Sighting], blocks: Sequence[Block]) -> set[int]:
    """Numbers of the runs in the block of the likeliest party."""
    best = max(seen, key=lambda sighting: sighting.score).passages[0].run.number
    return next(
        (numbers for block in blocks if best in (numbers := {run.number for run in block.runs})),
        set(),
    )
