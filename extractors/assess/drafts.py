"""A field's answer on its way to a result: checks may still confirm or block it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from extractors.assess import scorecard
from extractors.assess.decide import decision, decision_on_absent, proved
from extractors.assess.readings import ALTERNATIVES, Reading, readings
from schemas.checks import Verdict
from schemas.fields import FieldDefinition
from schemas.results import Alternative, Candidate, Evidence, FieldResult, Source, Value

ENOUGH_TO_LIST = 0.5  # a value of a field that holds many is listed from this belief on


@dataclass(frozen=True, slots=True)
class Draft:
    """The answer for one field before the checks over the record have spoken."""

    field: FieldDefinition
    found: bool
    value: Value | None = None
    values: tuple[Value, ...] = ()
    confidence: float | None = None
    evidence: tuple[Evidence, ...] = ()
    source: Source | None = None
    alternatives: tuple[Alternative, ...] = ()
    reasons: tuple[str, ...] = ()
    signals: tuple[tuple[str, float], ...] = ()
    confirmed: bool = False
    blocked: bool = False

    def judged(self, verdict: Verdict, *, strong: bool) -> Draft:
        """Return the draft after a check that it takes part in; `strong` checks confirm when they pass."""
        if not self.found or verdict.outcome == "not_applicable":
            return self
        belief = self.confidence or 0.0
        if verdict.outcome == "failed":
            belief = scorecard.capped(belief * scorecard.CHECK_FAILED)
            return replace(self, confidence=belief, blocked=True, reasons=(*self.reasons, verdict.message))
        if not strong:
            return self
        belief = scorecard.confirmed(belief, scorecard.CHECK_PASSED)
        return replace(self, confidence=belief, confirmed=True, reasons=(*self.reasons, verdict.message))

    def result(self, *, blocked: bool, accept_proved: bool) -> FieldResult:
        """Return the final answer; `blocked` when something about the whole document needs a person."""
        stop = blocked or self.blocked
        if not self.found:
            decided = decision_on_absent(self.field, blocked=stop, accept_proved=accept_proved)
            return FieldResult(
                name=self.field.name,
                kind=self.field.kind,
                answer="not_found",
                reasons=self.reasons or ("No source found it.",),
                blocked=stop,
                decision=decided,
            )
        is_proved = proved(self.evidence, confirmed=self.confirmed)
        return FieldResult(
            name=self.field.name,
            kind=self.field.kind,
            answer="found",
            value=self.value,
            values=self.values,
            confidence=self.confidence,
            confidence_status="scorecard",
            evidence=self.evidence,
            source=self.source,
            alternatives=self.alternatives,
            reasons=tuple(dict.fromkeys(self.reasons)),
            signals=dict(self.signals),
            blocked=stop,
            decision=decision(self.field, is_proved=is_proved, blocked=stop, accept_proved=accept_proved),
        )


def draft(field: FieldDefinition, candidates: Iterable[Candidate]) -> Draft:
    """Return the answer for a field of one or many values from the candidates of all sources."""
    found = readings(field, candidates)
    if not found:
        return Draft(field, found=False)
    return _many(field, found) if field.many else _single(field, found)


def _single(field: FieldDefinition, found: list[Reading]) -> Draft:
    best = found[0]
    return Draft(
        field,
        found=True,
        value=best.value,
        confidence=best.confidence,
        evidence=best.evidence,
        source=best.candidates[0].source,
        alternatives=tuple(reading.alternative(field) for reading in found[1 : 1 + ALTERNATIVES]),
        reasons=best.reasons,
        signals=tuple(sorted(best.candidates[0].signals.items())),
        confirmed=best.validated or len(best.meant_by) > 1,
        blocked=not best.sound or best.disputed,
    )


def _many(field: FieldDefinition, found: list[Reading]) -> Draft:
    listed = [reading for reading in found if reading.confidence >= ENOUGH_TO_LIST]
    rest = [reading for reading in found if reading not in listed]
    if not listed:
        return Draft(
            field,
            found=False,
            reasons=("No candidate was sure enough to list.",),
            alternatives=tuple(reading.alternative(field) for reading in rest[:ALTERNATIVES]),
        )
    belief = 1.0
    for reading in listed:  # the list is right only if every value is
        belief *= reading.confidence
    return Draft(
        field,
        found=True,
        values=tuple(reading.value for reading in listed),
        confidence=scorecard.capped(belief),
        evidence=tuple(reading.evidence[0] for reading in listed if reading.evidence),
        source=listed[0].candidates[0].source,
        alternatives=tuple(reading.alternative(field) for reading in rest[:ALTERNATIVES]),
        reasons=tuple(f"{reading.value}: {reason}" for reading in listed for reason in reading.reasons),
        confirmed=all(len(reading.meant_by) > 1 for reading in listed),
        blocked=any(not reading.sound or reading.disputed for reading in listed),
    )
