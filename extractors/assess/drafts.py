"""A field's answer on its way to a result: checks may still confirm or block it, and a scorer gives the probability."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from extractors.assess.circumstances import Heard, Surroundings, of_list, of_reading, silences
from extractors.assess.decide import Policy, absent, decision, proved
from extractors.assess.readings import ALTERNATIVES, Reading, readings
from extractors.assess.scorer import Scorer
from extractors.assess.summary import summary
from schemas import reasons
from schemas.checks import Verdict
from schemas.comparators import normal
from schemas.fields import FieldDefinition, Kind
from schemas.reasons import Sentence
from schemas.results import (
    Alternative,
    Candidate,
    Completeness,
    ConfidenceStatus,
    Evidence,
    FieldResult,
    Source,
    Value,
)
from schemas.values.typed import as_text

ENOUGH_TO_LIST = 0.5  # a value of a field that holds many is listed from this belief on


@dataclass(frozen=True, slots=True)
class Draft:
    """The answer for one field before the checks over the record have spoken."""

    field: FieldDefinition
    found: bool
    value: Value | None = None
    values: tuple[Value, ...] = ()
    confidence: float | None = None  # None until a scorer has spoken
    confidence_status: ConfidenceStatus | None = None
    evidence: tuple[Evidence, ...] = ()
    source: Source | None = None
    alternatives: tuple[Alternative, ...] = ()
    reasons: tuple[Sentence, ...] = ()
    signals: Mapping[str, float] = dataclasses.field(default_factory=dict)
    derived_from: tuple[str, ...] = ()
    agreeing: tuple[Source, ...] = ()  # sources whose first choice the value is
    fits: bool = False  # a check over several fields confirmed it
    check_digits: bool = False
    stands: bool = False  # it has a place on the pages; of many values, every one has
    hits: int = 0  # places where it stands, 0 if nobody counted
    completeness: Completeness | None = None  # of a table
    confirmed: bool = False
    blocked: bool = False

    def judged(self, verdict: Verdict, *, strong: bool) -> Draft:
        """Return the draft after a check that it takes part in; `strong` checks confirm when they pass."""
        if not self.found:
            return self
        if verdict.outcome == "not_applicable":
            return self._counted("checks_untested") if strong else self
        said = (*self.reasons, verdict.message)
        if verdict.outcome == "failed":
            return replace(self._counted("checks_failed"), blocked=True, reasons=said)
        if not strong:
            return replace(self, signals={**self.signals, "order_passed": 1.0})
        return replace(self._counted("checks_passed"), confirmed=True, fits=True, reasons=said)

    def outdone(self, by: Value) -> Draft:
        """Return the draft after a sum that fits, while `by` may be the total just as well: this proves nothing."""
        return replace(self, reasons=(*self.reasons, reasons.OUTDONE(value=as_text(by)))) if self.found else self

    def _counted(self, name: str) -> Draft:
        return replace(self, signals={**self.signals, name: self.signals.get(name, 0.0) + 1.0})

    def read_again(self, candidates: Sequence[Candidate]) -> Draft:
        """Return the draft with what a second reading says: a signal and a reason, and another value is offered."""
        if not self.found:
            return self
        given = [candidate for candidate in candidates if candidate.value is not None]
        own = {normal(self.field, value) for value in (self.values or (self.value,))}
        again = {normal(self.field, candidate.value) for candidate in given}
        if not given:
            return self._second("second_silent", reasons.SECOND_SILENT())
        if own == again or (not self.field.many and own <= again):
            return self._second("second_agrees", reasons.SECOND_AGREES())
        others = [one for one in given if normal(self.field, one.value) not in own]
        said = " and ".join(as_text(one.value) for one in others if one.value is not None) or "fewer values"
        known = {normal(self.field, other.value) for other in self.alternatives}
        offered = [_offered(one) for one in others if normal(self.field, one.value) not in known]
        changed = self._second("second_disagrees", reasons.SECOND_DISAGREES(value=said))
        return replace(changed, alternatives=(*offered, *self.alternatives)[:ALTERNATIVES])

    def _second(self, signal: str, reason: Sentence) -> Draft:
        return replace(self, signals={**self.signals, signal: 1.0}, reasons=(*self.reasons, reason))

    def scored(self, scorer: Scorer, around: Surroundings, who: Heard, table: FieldDefinition | None = None) -> Draft:
        """Return the draft with all its signals and the probability that `scorer` makes of them.

        Args:
            scorer: weighs the signals.
            around: what the document says.
            who: which sources were asked.
            table: the field whose cell this is.
        """
        owner = table.name if table else self.field.name
        signals = {**self.signals, **silences(owner, self.signals, who)}
        signals |= around.of_answer(self.field, self.evidence, in_table=table is not None)
        if not self.found:
            signals |= around.of_absence(self.field, [other.confidence or 0.0 for other in self.alternatives])
        share = scorer.probability(signals, self.field.kind, "found" if self.found else "not_found")
        return replace(
            self,
            signals=signals,
            confidence=share,
            confidence_status=scorer.status,
            alternatives=tuple(_within(other, 1.0 - share) for other in self.alternatives),
        )

    def told(self, said: Sequence[Sentence]) -> Draft:
        """Return the draft with what these sentences say of its field; each of them needs a person."""
        return replace(self, reasons=(*self.reasons, *said), blocked=True) if said else self

    def result(self, policy: Policy) -> FieldResult:
        """Return the final answer."""
        policy = replace(policy, blocked=policy.blocked or self.blocked)
        is_proved = self.stands and proved(self.evidence, self.confidence or 0.0, confirmed=self.confirmed)
        decided = decision(self.field, policy, is_proved=is_proved) if self.found else absent(self.field, policy)
        said = (*self._summary(), *self.reasons) if self.found else self.reasons or (reasons.NOT_FOUND(),)
        return FieldResult(
            name=self.field.name,
            kind=self.field.kind,
            answer="found" if self.found else "not_found",
            value=self.value,
            values=self.values,
            confidence=self.confidence,
            confidence_status=self.confidence_status,
            evidence=self.evidence,
            source=self.source,
            alternatives=self.alternatives,
            reasons=tuple(dict.fromkeys(said)),
            derived_from=self.derived_from,
            completeness=self.completeness,
            signals=dict(sorted(self.signals.items())),
            blocked=policy.blocked,
            decision=decided,
        )

    def _summary(self) -> tuple[Sentence, ...]:
        """What speaks for the value, in one sentence; a table has none, its cells have."""
        if self.field.kind is Kind.TABLE or not self.found:
            return ()
        said = summary(
            self.evidence if self.stands else (),
            hits=self.hits,
            fits=self.fits,
            check_digits=self.check_digits,
            agreeing=self.agreeing,
            many=self.field.many,
        )
        return (said,)


def draft(field: FieldDefinition, candidates: Iterable[Candidate]) -> Draft:
    """Return the answer for a field of one or many values from the candidates of all sources."""
    found = readings(field, candidates)
    if not found:
        return Draft(field, found=False)
    return _many(field, found) if field.many else _single(field, found)


def _offered(candidate: Candidate) -> Alternative:
    assert candidate.value is not None  # noqa: S101 - only values are offered
    return Alternative(kind=candidate.kind, value=candidate.value, source=candidate.source, evidence=candidate.evidence)


def _within(other: Alternative, rest: float) -> Alternative:
    """Another value cannot be likelier than the chosen one is wrong."""
    belief = other.confidence
    return other if belief is None or belief <= rest else other.model_copy(update={"confidence": round(rest, 4)})


def _single(field: FieldDefinition, found: list[Reading]) -> Draft:
    best = found[0]
    return Draft(
        field,
        found=True,
        value=best.value,
        evidence=best.evidence,
        source=best.candidates[0].source,
        alternatives=tuple(reading.alternative(field) for reading in found[1 : 1 + ALTERNATIVES]),
        reasons=best.reasons,
        signals=of_reading(field, best, found[1:]),
        derived_from=best.derived_from,
        agreeing=best.agreeing,
        check_digits=best.validated,
        stands=bool(best.evidence),
        hits=best.hits,
        confirmed=best.is_witnessed_twice or _by_check_digits(best, found[1:]),
        blocked=not best.sound or best.disputed or best.unread,
    )


def _by_check_digits(best: Reading, others: Sequence[Reading]) -> bool:
    """Whether its check digits prove a value: only if it has the name of the field, and no other value has."""
    return best.validated and best.is_named and not any(other.validated or other.is_named for other in others)


def _many(field: FieldDefinition, found: list[Reading]) -> Draft:
    listed = [reading for reading in found if reading.belief >= ENOUGH_TO_LIST]
    rest = [reading for reading in found if reading not in listed]
    alternatives = tuple(reading.alternative(field) for reading in rest[:ALTERNATIVES])
    if not listed:
        return Draft(
            field,
            found=False,
            reasons=(reasons.NOT_SURE(),),
            alternatives=alternatives,
        )
    parts = [(of_reading(field, reading, []), reading.belief) for reading in listed]
    return Draft(
        field,
        found=True,
        values=tuple(reading.value for reading in listed),
        evidence=tuple(reading.evidence[0] for reading in listed if reading.evidence),
        source=listed[0].candidates[0].source,
        alternatives=alternatives,
        reasons=tuple(
            reasons.OF_VALUE(value=reading.value, said=reason) for reading in listed for reason in reading.reasons
        ),
        signals=of_list(parts, max((reading.belief for reading in rest), default=0.0)),
        agreeing=tuple(source for source in listed[0].agreeing if all(source in each.agreeing for each in listed)),
        stands=all(reading.evidence for reading in listed),
        confirmed=all(reading.is_witnessed_twice for reading in listed),
        blocked=any(not reading.sound or reading.disputed or reading.unread for reading in listed),
    )
