"""How the answers for documents compare with the truth: counts per field, confidences, what passed without review."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from evaluation.certify import Label, Promise, certified
from evaluation.certify import Verdict as Certificate
from evaluation.measures import (
    Case,
    Count,
    Point,
    area_under_risk_coverage,
    area_under_roc,
    calibration_error,
    risk_curve,
    upper_bound,
)
from evaluation.predictions import Prediction
from evaluation.truth import Truth
from schemas.comparators import forms, hits, normal
from schemas.fields import FieldDefinition, Kind
from schemas.schema import Schema

_WHOLLY = 0.99  # a list counts as visible only if (nearly) all of it is

PROMISES = tuple(Promise(alpha, 0.1) for alpha in (0.01, 0.02, 0.05))

Verdict = Literal["right", "unsure", "wrong"]


class Outcome(NamedTuple):
    """One field of one document compared."""

    counts: Count
    right: bool  # the whole value is: nothing missing, nothing to spare


class Miss(NamedTuple):
    """A field that is not exactly right."""

    id: str
    field: str
    wanted: Any
    got: Any


class Refused(NamedTuple):
    """A document without an answer, and why."""

    id: str
    file: str
    reason: str  # code
    message: str


@dataclass(frozen=True, slots=True)
class Confidence:
    """How much the stated confidences are worth."""

    cases: int
    right: float  # share
    mean: float
    auroc: float | None
    aurc: float
    calibration_error: float
    calibration_error_equal_size: float
    curve: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Promised:
    """What a promise would let pass, shown on one answer of each document: answers of one document err together."""

    promise: Promise
    certificate: Certificate
    coverage: float  # share of all answered fields at or above the threshold; 0 without one


@dataclass(frozen=True, slots=True)
class StraightThrough:
    """What passed without a person."""

    offered: int  # answered fields
    accepted: int
    wrong: int

    @property
    def accepted_share(self) -> float:
        """Accepted fields of all answered ones."""
        return self.accepted / max(1, self.offered)

    @property
    def wrong_share(self) -> float | None:
        """Wrong fields among the accepted ones; None if none was accepted."""
        return self.wrong / self.accepted if self.accepted else None

    @property
    def wrong_upper(self) -> float | None:
        """Upper end of the 95 % interval of `wrong_share`."""
        return upper_bound(self.wrong, self.accepted) if self.accepted else None


@dataclass(frozen=True, slots=True)
class Scores:
    """All figures of one evaluation."""

    documents: int
    answered: int  # documents with a prediction
    perfect: int  # documents without a single error
    fields: Mapping[str, Count]  # by name
    confidence: Confidence | None  # None if no answer carried one
    straight_through: StraightThrough | None  # None if no prediction says what was accepted
    misses: tuple[Miss, ...]
    promised: tuple[Promised, ...] = ()  # for each of PROMISES; empty if no answer carried a confidence
    refused: tuple[Refused, ...] = ()
    classified: Mapping[Verdict, int] = field(default_factory=dict)  # documents by what the classifier said of them
    notes: tuple[str, ...] = ()  # what a reader of the figures must know
    seconds: tuple[float, ...] = ()  # per answered or refused document, in the order of the truth

    @property
    def micro(self) -> Count:
        """All fields together."""
        total = Count()
        for count in self.fields.values():
            total = total.plus(count)
        return total

    @property
    def macro_f1(self) -> float:
        """Mean F1 of the fields; 0 without fields."""
        return sum(count.f1 for count in self.fields.values()) / len(self.fields) if self.fields else 0.0


@dataclass
class Tally:
    """Counts as documents come in; holds figures, no documents."""

    schemas: Mapping[str, Schema]
    known: frozenset[str]  # names of the fields that the truth speaks of at all
    visible: bool = False  # count a truth only where the page prints it
    schema_name: str | None = None  # read every row with this schema, whatever its kind
    _documents: int = 0
    _answered: int = 0
    _perfect: int = 0
    _counts: dict[str, Count] = field(default_factory=lambda: defaultdict(Count))
    _cases: list[Case] = field(default_factory=list)
    _labels: list[Label] = field(default_factory=list)
    _passed: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("offered", "accepted", "wrong"), 0))
    _decides: bool = False
    _misses: list[Miss] = field(default_factory=list)
    _notes: dict[str, None] = field(default_factory=dict)

    def add(self, truth: Truth, prediction: Prediction | None) -> None:
        """Count one document; None means that nothing was predicted for it."""
        answers: Mapping[str, Any] = prediction.fields if prediction else {}
        self._documents += 1
        self._answered += prediction is not None
        self._decides = self._decides or (prediction is not None and prediction.accepted is not None)
        clean = True
        drawn: list[tuple[str, Label]] = []
        for name in sorted(self.known & (set(truth.fields) | set(answers))):
            outcome = compared(self._definition(truth, name), truth, answers.get(name), visible=self.visible)
            if outcome is None or not (outcome.counts.answered or outcome.counts.wanted):
                continue
            self._counts[name] = self._counts[name].plus(outcome.counts)
            if not outcome.right:
                clean = False
                self._misses.append(Miss(truth.id, name, truth.fields.get(name), answers.get(name)))
            if prediction and outcome.counts.answered:
                self._weigh(name, prediction, outcome.right)
                if name in prediction.confidence:
                    drawn.append((_lot(truth.id, name), Label(prediction.confidence[name], outcome.right)))
        if drawn:
            self._labels.append(min(drawn)[1])
        self._perfect += clean

    def scores(
        self,
        refused: Iterable[Refused] = (),
        classified: Mapping[Verdict, int] | None = None,
        seconds: Iterable[float] = (),
    ) -> Scores:
        """Return the figures so far, with what the caller knows beside them."""
        passed = StraightThrough(self._passed["offered"], self._passed["accepted"], self._passed["wrong"])
        return Scores(
            documents=self._documents,
            answered=self._answered,
            perfect=self._perfect,
            fields=dict(sorted(self._counts.items())),
            confidence=_confidence(self._cases) if self._cases else None,
            straight_through=passed if self._decides else None,
            misses=tuple(self._misses),
            promised=_promised(self._cases, self._labels) if self._cases else (),
            refused=tuple(refused),
            classified=dict(classified or {}),
            notes=tuple(self._notes),
            seconds=tuple(seconds),
        )

    def _weigh(self, name: str, prediction: Prediction, right: bool) -> None:
        self._passed["offered"] += 1
        if name in prediction.confidence:
            self._cases.append(Case(prediction.confidence[name], right))
        if (prediction.accepted or {}).get(name):
            self._passed["accepted"] += 1
            self._passed["wrong"] += not right

    def _definition(self, truth: Truth, name: str) -> FieldDefinition:
        schema = self.schemas.get(self.schema_name or truth.kind or "")
        if schema is not None:
            for definition in schema.fields:
                if definition.name == name:
                    return definition
        self._notes[
            f"The truth names {name}; the schema of {truth.kind} has no such field, so it counts as missed."
        ] = None
        return FieldDefinition(name=name, kind=Kind.TEXT, description="A field that only the truth knows.")


def compared(definition: FieldDefinition, truth: Truth, got: Any, *, visible: bool) -> Outcome | None:
    """Return how one answer compares with the truth; None if the truth does not count (unknown, or not printed)."""
    name, either = definition.name, truth.either_sign
    wanted = forms(definition, truth.fields.get(name), either_sign=either)
    answered = forms(definition, got, either_sign=either)
    if not wanted and name in truth.unknown:
        return None
    others = {normal(definition, other, either_sign=either) for other in truth.alternatives.get(name, ())}
    if answered and answered[0] in others:
        answered = [*wanted, *answered[1:]]
    found = hits(wanted, answered)
    if visible and wanted:
        if definition.kind is Kind.TABLE and len(truth.visible_items) == len(truth.fields[name]):
            return _visible_rows(truth.visible_items, found, len(answered))
        if truth.visible.get(name, 1.0) < _WHOLLY:
            return None
    count = Count(len(found), len(answered), len(wanted))
    return Outcome(count, count.right == count.answered == count.wanted)


def _visible_rows(seen: tuple[bool, ...], found: frozenset[int], answered: int) -> Outcome | None:
    """Rows that the page does not print are not wanted; an answer that may be one of them is forgiven."""
    hidden = frozenset(place for place, printed in enumerate(seen) if not printed)
    wanted = len(seen) - len(hidden)
    if not wanted:
        return None
    right, found_hidden = len(found - hidden), len(found & hidden)
    forgiven = min(len(hidden - found), answered - len(found))
    count = Count(right, max(right, answered - found_hidden - forgiven), wanted)
    return Outcome(count, count.right == count.answered == count.wanted)


def _lot(document: str, name: str) -> str:
    """A draw that knows neither confidence nor outcome, and is the same in every run."""
    return hashlib.sha256(f"{document}\x1f{name}".encode()).hexdigest()


def _promised(cases: list[Case], labels: list[Label]) -> tuple[Promised, ...]:
    promised = []
    for promise in PROMISES:
        certificate = certified(labels, promise)
        threshold = certificate.threshold
        above = sum(case.confidence >= threshold for case in cases) if threshold is not None else 0
        promised.append(Promised(promise, certificate, above / len(cases)))
    return tuple(promised)


def _confidence(cases: list[Case]) -> Confidence:
    return Confidence(
        cases=len(cases),
        right=sum(case.right for case in cases) / len(cases),
        mean=sum(case.confidence for case in cases) / len(cases),
        auroc=area_under_roc(cases),
        aurc=area_under_risk_coverage(cases),
        calibration_error=calibration_error(cases),
        calibration_error_equal_size=calibration_error(cases, equal_size=True),
        curve=risk_curve(cases),
    )
