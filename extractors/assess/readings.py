"""Candidates of one field gathered by value: each distinct value is a reading, with the sources that gave it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from extractors.assess import scorecard
from extractors.assess.summary import capital, sources
from schemas import reasons
from schemas.comparators import normal
from schemas.fields import FieldDefinition
from schemas.reasons import Sentence, listed
from schemas.results import Alternative, Candidate, Evidence, Source, Value
from schemas.validators import VALIDATORS, has_check_digits

ALTERNATIVES = 3
NEARLY_BEST = 0.95  # of a source's best score: from here on a candidate counts as its first choice
NAMING = ("label", "labelled", "e_invoice")  # signals of a candidate of which something says what it is
DISPUTE = 0.5  # belief of another source in another value from which on a person must look


@dataclass(frozen=True, slots=True)
class Reading:
    """One value of a field as one or more sources read it."""

    candidates: tuple[Candidate, ...]  # one for each source, the most trusted first
    belief: float  # which reading of a field is taken: the scorecard's word on it before checks and scorer speak
    reasons: tuple[Sentence, ...]
    validated: bool  # a strong validator (check digits) passed
    sound: bool  # no validator failed
    meant_by: frozenset[str] = frozenset()  # sources whose first choice it is: a second choice confirms nobody's word
    disputed: bool = False  # another source is rather sure of another value

    @property
    def value(self) -> Value:
        """The value as the most trusted source gave it."""
        value = self.candidates[0].value
        assert value is not None  # noqa: S101 - tables never become readings
        return value

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """The best evidence that any of the sources has."""
        ranked = sorted((c.evidence for c in self.candidates if c.evidence), key=lambda e: _GRADES[e[0].match])
        return ranked[0] if ranked else ()

    @property
    def derived_from(self) -> tuple[str, ...]:
        """What the value was worked out from; empty if any source read it as it stands."""
        parts = [candidate.derived_from for candidate in self.candidates]
        return parts[0] if all(parts) else ()

    @property
    def unread(self) -> bool:
        """Whether its words stand on the page and do not say it: it was worked out, or a model put it into words."""
        put = any(candidate.signals.get("value_in_quote", 1.0) == 0.0 for candidate in self.candidates)
        similar = bool(self.evidence) and all(place.match == "fuzzy" for place in self.evidence)
        return similar and (put or bool(self.derived_from))

    @property
    def hits(self) -> int:
        """Places of the pages where the value stands; 0 if nobody counted."""
        return max(int(candidate.signals.get("hits", 0)) for candidate in self.candidates)

    @property
    def agreeing(self) -> tuple[Source, ...]:
        """The sources whose first choice it is, the most trusted first."""
        return tuple(candidate.source for candidate in self.candidates if candidate.source in self.meant_by)

    @property
    def is_witnessed_twice(self) -> bool:
        """Whether two sources that read this document by themselves mean it; what was remembered of others is none."""
        return len(self.meant_by - {"memory"}) > 1

    @property
    def is_named(self) -> bool:
        """Whether a label or an e-invoice says what it is.

        Check digits tell that a number was read right, and not whose it is: many invoices print the buyer's VAT number.
        """
        return any(candidate.signals.get(sign) for candidate in self.candidates for sign in NAMING)

    @property
    def leads(self) -> bool:
        """Whether an embedded invoice says so: where it and the page differ, its data lead.

        The structured part of a hybrid invoice is the leading one (German ministry of finance, 15 October 2024). A
        person sees the difference and both values all the same, see `extractors.assess.embedded_page`.
        """
        return any(
            candidate.signals.get("e_invoice") and candidate.source in self.meant_by for candidate in self.candidates
        )

    @property
    def sources(self) -> frozenset[str]:
        """The sources that gave the value, if only as their second choice."""
        return frozenset(candidate.source for candidate in self.candidates)

    def alternative(self, field: FieldDefinition) -> Alternative:
        """The reading as something to offer a person."""
        first = self.candidates[0]
        return Alternative(
            kind=field.kind,
            value=self.value,
            source=first.source,
            evidence=self.evidence,
            confidence=self.belief,
        )


_GRADES = {"exact": 0, "normalized": 1, "fuzzy": 2}
# Who is believed first when several agree: only decides whose spelling of the value is kept.
_TRUST = {"person": 0, "embedded": 1, "llm": 2, "rules": 3, "memory": 4}


def readings(field: FieldDefinition, candidates: Iterable[Candidate]) -> list[Reading]:
    """Return the distinct values of `field`: what an embedded invoice says, then the most believed first."""
    groups: dict[str, list[Candidate]] = {}
    best: dict[str, float] = {}
    for candidate in candidates:
        if candidate.value is not None:
            groups.setdefault(normal(field, candidate.value), []).append(candidate)
            best[candidate.source] = max(candidate.score, best.get(candidate.source, 0.0))
    found = [_reading(field, group, best) for group in groups.values()]
    settled = [_contested(reading, found) for reading in found]
    # Stable: equals keep the order of their source.
    return sorted(settled, key=lambda reading: (not reading.leads, -reading.belief))


def _reading(field: FieldDefinition, group: Sequence[Candidate], best: Mapping[str, float]) -> Reading:
    of_source: dict[str, Candidate] = {}
    for candidate in sorted(group, key=lambda c: -c.score):
        of_source.setdefault(candidate.source, candidate)
    members = tuple(sorted(of_source.values(), key=lambda c: _TRUST[c.source]))
    meant = [c for c in members if field.many or c.score >= NEARLY_BEST * best[c.source]]
    belief = scorecard.agreed(candidate.score for candidate in members)
    said = [reason for candidate in members for reason in candidate.reasons]
    if len(meant) > 1:
        said.append(reasons.AGREE(sources=capital(sources(c.source for c in meant))))
    belief, seen = _by_evidence(belief, members)
    problems = [fault for name in field.validators if (fault := VALIDATORS[name](members[0].value)) is not None]
    validated = not problems and has_check_digits(field.validators)
    if problems:
        belief = scorecard.capped(belief * scorecard.VALIDATOR_FAILED)
    elif validated:
        belief = scorecard.confirmed(belief, scorecard.CHECK_DIGITS_PASSED)
        said.append(reasons.CHECK_DIGITS())
    meant_by = frozenset(candidate.source for candidate in meant)
    return Reading(members, belief, (*said, *seen, *problems), validated, not problems, meant_by)


def _by_evidence(belief: float, members: Sequence[Candidate]) -> tuple[float, tuple[Sentence, ...]]:
    places = [evidence for candidate in members for evidence in candidate.evidence]
    derived = next((candidate.derived_from for candidate in members if candidate.derived_from), ())
    if not places:
        return scorecard.capped(belief * scorecard.UNSEEN), (reasons.UNSEEN(),)
    if {evidence.match for evidence in places} == {"fuzzy"}:
        said = reasons.DERIVED(parts=listed(derived)) if derived else reasons.SIMILAR(page=places[0].page)
        return scorecard.capped(belief * scorecard.FUZZY), (said,)
    return belief, ()


def _contested(reading: Reading, every: Sequence[Reading]) -> Reading:
    """Take off belief for the strongest value of a source that does not share this one.

    A source that also gave this value, as its second choice, takes off nothing; but where it is rather sure of its
    first choice, a person must look.
    """
    rivals = [
        (candidate.score, other)
        for other in every
        if other is not reading
        for candidate in other.candidates
        if candidate.source not in reading.meant_by and candidate.source in other.meant_by
    ]
    against = [(score, other) for score, other in rivals if not other.meant_by <= reading.sources]
    disputed = any(score >= DISPUTE for score, _ in rivals)
    if not rivals:
        return reading
    _, other = max(rivals, key=lambda pair: pair[0])
    belief = reading.belief
    if against:
        score, other = max(against, key=lambda pair: pair[0])
        belief = scorecard.contested(belief, score)
    said = reasons.RIVAL(value=other.value)
    return replace(reading, belief=belief, reasons=(*reading.reasons, said), disputed=disputed)
