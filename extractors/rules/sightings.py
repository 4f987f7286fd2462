"""A sighting is one value at one place, with what speaks for it; sightings of a field become its candidates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from extractors.page.runs import Passage, evidence_of
from extractors.rules import scoring
from schemas import reasons
from schemas.comparators import normal
from schemas.fields import FieldDefinition
from schemas.reasons import Sentence
from schemas.results import Candidate, Value

KEPT = 12  # candidates of a field that are handed on; the pipeline shows three alternatives


@dataclass(frozen=True, slots=True)
class Sighting:
    """One value of one field at one place."""

    value: Value
    passages: tuple[Passage, ...]  # where it stands, line by line
    factors: Mapping[str, float]  # name of the circumstance to its worth, see scoring
    reason: Sentence
    derived_from: tuple[str, ...] = ()  # amounts as printed that it is the sum of; empty: it was read as it stands

    @property
    def score(self) -> float:
        """The product of its factors, 0 to 1."""
        return scoring.product(self.factors)

    def weighed(self, name: str, factor: float) -> Sighting:
        """Return the sighting with one more circumstance."""
        return replace(self, factors={**self.factors, name: self.factors.get(name, 1.0) * factor})


def candidates_of(field: FieldDefinition, sightings: Sequence[Sighting]) -> list[Candidate]:
    """Return one candidate per distinct value, best first; equal sightings support each other, others compete."""
    groups: dict[str, list[Sighting]] = {}
    for sighting in sightings:
        groups.setdefault(normal(field, sighting.value), []).append(sighting)
    ranked = sorted((_together(group) for group in groups.values()), key=_order)
    out = []
    for index, (score, best, times) in enumerate(ranked[:KEPT]):
        rivals = [other for position, (other, _, _) in enumerate(ranked) if position != index]
        final = scoring.against(score, max(rivals)) if rivals and not field.many else score
        said = [best.reason]
        if times > 1:
            said.append(reasons.SEEN_AGAIN(times=times))
        if index == 0 and rivals and max(rivals) > 0.6 * score and not field.many:
            said.append(reasons.NEARLY_AS_LIKELY(value=ranked[1][1].value))
        out.append(
            Candidate(
                field=field.name,
                kind=field.kind,
                source="rules",
                value=best.value,
                evidence=evidence_of(best.passages),
                score=round(final, 4),
                signals=dict(best.factors),
                reasons=tuple(said),
                derived_from=best.derived_from,
            )
        )
    return out


def _together(group: Sequence[Sighting]) -> tuple[float, Sighting, int]:
    ordered = sorted(group, key=lambda sighting: (-sighting.score, sighting.passages[0].run.number))
    # The same place reached through two labels is one sighting, not two.
    places: dict[tuple[int, int], Sighting] = {}
    for sighting in ordered:
        places.setdefault((sighting.passages[0].run.number, sighting.passages[0].start), sighting)
    distinct = list(places.values())
    score = scoring.seen_again(distinct[0].score, (other.score for other in distinct[1:4]))
    return score, ordered[0], len(distinct)


def _order(item: tuple[float, Sighting, int]) -> tuple[float, int]:
    score, best, _ = item
    return (-round(score, 6), best.passages[0].run.number)
