"""Fitting a scorer to answers whose outcome is known, and telling whether a new one is better than the old.

The weights are those of greatest posterior probability: a logistic likelihood, and a Gaussian around what the prior
says, so that few labels move them little and none leave the written scorecard as it is (MacKay, The evidence framework
applied to classification networks, 1992; found by Newton steps). Documents are never split between fitting and judging:
answers of one document err together.
"""

from __future__ import annotations

import hashlib
import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from extractors.assess.scorer import BUILT_IN, LEAST, MOST, Calibration, Scorer, Weights
from extractors.assess.signals import SIGNALS, SUREST, scaled
from schemas.fields import Kind
from schemas.results import Answer

FOLDS = 5
ISOTONIC_FROM = 1000  # labels: below, two numbers are all that they can tell (Niculescu-Mizil and Caruana, ICML 2005)
CALIBRATE_FROM = 50  # labels, of which some are wrong: below, the weights have to do alone
SLOPE_DEVIATION, OFFSET_DEVIATION = 0.5, 1.0  # of the two numbers of Platt around 1 and 0
ENOUGH_DOCUMENTS = 30  # below, no difference between two scorers is believed
RESAMPLES = 2000
SURE = 0.95  # share of the resamples in which the new scorer must be the better one
STEPS, STEP_LIMIT = 50, 1e-9
EDGE = round(math.log(SUREST / (1 - SUREST)), 6)  # log odds beyond which nothing is told apart

Numbers = NDArray[np.float64]
Outcome = Literal["better", "worse", "not enough documents"]


class Labelled(Protocol):
    """An answer whose outcome is known; schemas.confidence.LabelledAnswer is one."""

    @property
    def document(self) -> str:
        """Which document; answers of one are never parted."""
        ...

    @property
    def kind(self) -> Kind:
        """Of the field or column."""
        ...

    @property
    def answer(self) -> Answer:
        """What was answered."""
        ...

    @property
    def signals(self) -> Mapping[str, float]:
        """As they were stored with it."""
        ...

    @property
    def right(self) -> bool:
        """Whether a person would have left it as it is."""
        ...


class Comparison(NamedTuple):
    """Two scorers on the same labels."""

    outcome: Outcome
    difference: float  # mean log loss of the new one less that of the old one: below zero, the new one is better
    low: float  # interval of the difference in which it lies in nine of ten resamples of the documents
    high: float
    documents: int
    labels: int


@dataclass(frozen=True, slots=True)
class Refit:
    """A scorer fitted anew, and whether it may replace the one in force."""

    scorer: Scorer
    against: Comparison

    @property
    def is_better(self) -> bool:
        """Whether it does better on labels that it had not seen."""
        return self.against.outcome == "better"


def refitted(labels: Iterable[Labelled], current: Scorer, prior: Scorer = BUILT_IN) -> Refit:
    """Return a scorer fitted on all `labels`, compared with `current` on labels that it has not seen.

    The comparison leaves out each fold of documents in turn, fits on the others and judges on the fold. `current` may
    have seen them: that can only make it look better than it is.
    """
    every = tuple(labels)
    pairs = list(out_of_fold(every, prior))
    against = compared([label for label, _ in pairs], [share for _, share in pairs], shares(current, pairs))
    return Refit(fitted(every, prior), against)


def fitted(labels: Iterable[Labelled], prior: Scorer = BUILT_IN, *, title: str = "fitted") -> Scorer:
    """Return the scorer that `labels` make of `prior`; the same labels in the same order give the same scorer."""
    every = tuple(labels)
    found = [label for label in every if label.answer == "found"]
    absent = [label for label in every if label.answer in ("not_found", "stated_absent")]
    counted = (*found, *absent)
    if not counted:
        return prior
    return replace(
        prior,
        title=title,
        found=_weights(found, prior.found, prior),
        absent=_weights(absent, prior.absent, prior),
        found_calibration=_calibration(found, prior.found, prior),
        absent_calibration=_calibration(absent, prior.absent, prior),
        labels=len(counted),
        documents=len({label.document for label in counted}),
    )


def out_of_fold(
    labels: Sequence[Labelled], prior: Scorer = BUILT_IN, folds: int = FOLDS
) -> Iterator[tuple[Labelled, float]]:
    """Yield each label with the probability that a scorer fitted on the other folds of documents gives it."""
    for fold in range(folds):
        kept = [label for label in labels if fold_of(label.document, folds) == fold and label.answer != "not_looked"]
        if not kept:
            continue
        scorer = fitted([label for label in labels if fold_of(label.document, folds) != fold], prior)
        for label in kept:
            yield label, scorer.probability(label.signals, label.kind, label.answer)


def fold_of(document: str, folds: int = FOLDS) -> int:
    """Return the fold of a document, by the hash of its name: it stays there as others come."""
    return int.from_bytes(hashlib.sha256(document.encode()).digest()[:8], "big") % folds


def shares(scorer: Scorer, pairs: Iterable[tuple[Labelled, float]]) -> list[float]:
    """Return the probabilities that `scorer` gives to the labels of `pairs`."""
    return [scorer.probability(label.signals, label.kind, label.answer) for label, _ in pairs]


def log_loss(outcomes: Iterable[tuple[float, bool]]) -> float:
    """Return the mean of -log of the probability that was given to what happened; 0 without outcomes."""
    losses = [_loss(share, right) for share, right in outcomes]
    return math.fsum(losses) / len(losses) if losses else 0.0


def compared(labels: Sequence[Labelled], new: Sequence[float], old: Sequence[float]) -> Comparison:
    """Return how the probabilities `new` compare with `old`, paired, by resampling whole documents.

    Resampling documents keeps what they have in common: a hundred answers of five documents are no hundred witnesses
    (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 8).
    """
    sums: dict[str, float] = defaultdict(float)
    counts: dict[str, int] = defaultdict(int)
    for label, one, other in zip(labels, new, old, strict=True):
        sums[label.document] += _loss(one, label.right) - _loss(other, label.right)
        counts[label.document] += 1
    documents = sorted(counts)
    if not documents:
        return Comparison("not enough documents", 0.0, 0.0, 0.0, 0, 0)
    gains = np.array([sums[name] for name in documents])
    sizes = np.array([counts[name] for name in documents], dtype=np.float64)
    drawn = np.random.default_rng(0).integers(0, len(documents), (RESAMPLES, len(documents)))
    means = gains[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)
    low, high = (float(x) for x in np.quantile(means, [1 - SURE, SURE]))
    difference = float(gains.sum() / sizes.sum())
    outcome: Outcome = "not enough documents"
    if len(documents) >= ENOUGH_DOCUMENTS and high < 0:
        outcome = "better"
    elif len(documents) >= ENOUGH_DOCUMENTS and low > 0:
        outcome = "worse"
    return Comparison(outcome, difference, low, high, len(documents), len(labels))


def _loss(share: float, right: bool) -> float:
    share = min(max(share, LEAST), MOST)
    return -math.log(share if right else 1.0 - share)


def _weights(labels: Sequence[Labelled], prior: Weights, scorer: Scorer) -> Weights:
    """The weights of greatest posterior probability."""
    if not labels:
        return prior
    signals = sorted({name for label in labels for name in label.signals if name in SIGNALS} | prior.signals.keys())
    kinds = sorted({label.kind.value for label in labels} | prior.kinds.keys())
    matrix = _matrix(labels, signals, kinds)
    right = np.array([label.right for label in labels], dtype=np.float64)
    before = np.array(
        [prior.start, *(prior.signals.get(n, 0.0) for n in signals), *(prior.kinds.get(n, 0.0) for n in kinds)]
    )
    spread = np.array([scorer.prior_deviation] * (1 + len(signals)) + [scorer.kind_deviation] * len(kinds))
    found = _newton(matrix, right, before, spread)
    start, of_signals, of_kinds = found[0], found[1 : 1 + len(signals)], found[1 + len(signals) :]
    return Weights(
        round(float(start), 6),
        {name: round(float(weight), 6) for name, weight in zip(signals, of_signals, strict=True)},
        {name: round(float(offset), 6) for name, offset in zip(kinds, of_kinds, strict=True)},
    )


def _matrix(labels: Sequence[Labelled], signals: Sequence[str], kinds: Sequence[str]) -> Numbers:
    rows = np.zeros((len(labels), 1 + len(signals) + len(kinds)))
    rows[:, 0] = 1.0
    place = {name: 1 + number for number, name in enumerate(signals)}
    kind = {name: 1 + len(signals) + number for number, name in enumerate(kinds)}
    for row, label in zip(rows, labels, strict=True):
        for name, value in label.signals.items():
            if name in place:
                row[place[name]] = scaled(name, value)
        row[kind[label.kind.value]] = 1.0
    return rows


def _newton(matrix: Numbers, right: Numbers, before: Numbers, spread: Numbers) -> Numbers:
    """Weights that maximise likelihood times Gaussian prior: the function is convex, so a halved step always helps."""
    precision = 1.0 / spread**2
    weights = before.copy()
    height = _height(matrix, right, weights, before, precision)
    for _ in range(STEPS):
        share = _logistic(matrix @ weights)
        slope = matrix.T @ (right - share) - precision * (weights - before)
        curve = (matrix.T * (share * (1.0 - share))) @ matrix + np.diag(precision)
        step = np.linalg.solve(curve, slope)
        for _ in range(30):
            new = _height(matrix, right, weights + step, before, precision)
            if new >= height:
                break
            step /= 2.0
        weights, gained, height = weights + step, new - height, new
        if gained < STEP_LIMIT:
            break
    return weights


def _height(matrix: Numbers, right: Numbers, weights: Numbers, before: Numbers, precision: Numbers) -> float:
    odds = matrix @ weights
    likelihood = float(np.sum(right * odds - np.logaddexp(0.0, odds)))
    return likelihood - 0.5 * float(np.sum(precision * (weights - before) ** 2))


def _logistic(odds: Numbers) -> Numbers:
    return np.exp(-np.logaddexp(0.0, -odds))


def _calibration(labels: Sequence[Labelled], prior: Weights, scorer: Scorer) -> Calibration:
    """The map from log odds to probability, learned where the weights had not seen the answers."""
    wrong = sum(not label.right for label in labels)
    if len(labels) < CALIBRATE_FROM or not 0 < wrong < len(labels):
        return Calibration()
    odds: list[float] = []
    right: list[bool] = []
    for fold in range(FOLDS):
        kept = [label for label in labels if fold_of(label.document) == fold]
        weights = _weights([label for label in labels if fold_of(label.document) != fold], prior, scorer)
        odds += [weights.log_odds(label.signals, label.kind) for label in kept]
        right += [label.right for label in kept]
    return isotonic(odds, right) if len(labels) >= ISOTONIC_FROM else platt(odds, right)


def platt(odds: Sequence[float], right: Collection[bool]) -> Calibration:
    """Return slope and offset by which log odds fit outcomes best, held near 1 and 0 (Platt, 1999)."""
    matrix = np.column_stack([np.array(odds), np.ones(len(odds))])
    spread = np.array([SLOPE_DEVIATION, OFFSET_DEVIATION])
    slope, offset = _newton(matrix, np.array(list(right), dtype=np.float64), np.array([1.0, 0.0]), spread)
    return Calibration("platt", round(max(float(slope), 0.05), 6), round(float(offset), 6))


def _placed(log_odds: float) -> float:
    """Return log odds as knots keep them, six places; two that are the same there are one, and so are the two zeros."""
    return round(log_odds, 6) + 0.0


def isotonic(odds: Sequence[float], right: Sequence[bool]) -> Calibration:
    """Return the rising map that fits outcomes best, as points in the middle of its steps.

    Steps by pooling adjacent violators (Ayer et al., 1955). Between their middles the map is straight, so that answers
    of one step keep their order; the ends go to what nothing is surer than.
    """
    same: dict[float, list[float]] = {}  # answers of the same log odds are one step from the start
    for place, outcome in zip((_placed(one) for one in odds), right, strict=True):
        tie = same.setdefault(place, [0.0, 0.0, 0.0])
        same[place] = [tie[0] + place, tie[1] + outcome, tie[2] + 1.0]
    steps: list[list[float]] = []  # sum of log odds, right answers, answers
    for place in sorted(same):
        steps.append(same[place])
        while len(steps) > 1 and steps[-2][1] * steps[-1][2] >= steps[-1][1] * steps[-2][2]:
            last = steps.pop()
            steps[-1] = [one + other for one, other in zip(steps[-1], last, strict=True)]
    knots: list[tuple[float, float]] = [(-EDGE, LEAST)]
    for total, hits, size in steps:
        place, share = _placed(total / size), (hits + 0.5) / (size + 1.0)  # no step of a few answers is certain
        share = min(max(round(share, 6), knots[-1][1]), MOST)
        if knots[-1][0] < place < EDGE:
            knots.append((place, share))
    knots.append((EDGE, MOST))
    return Calibration("isotonic", knots=tuple(knots))
