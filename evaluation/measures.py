"""Figures over right and wrong answers. Pure functions; each names where its formula is defined.

A `Case` is one answered field: the confidence that was stated for it and whether it was right.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

BINS = 10
THRESHOLDS = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.975, 0.99, 0.999)


class Case(NamedTuple):
    """One answered field."""

    confidence: float  # 0..1
    right: bool


class Point(NamedTuple):
    """One threshold of the coverage/risk curve."""

    threshold: float
    coverage: float  # share of all cases at or above the threshold
    wrong_count: int
    wrong: float | None  # share of those that are wrong; None if there are none
    wrong_upper: float | None  # upper end of the 95 % interval of that share


class Count(NamedTuple):
    """Right answers, given answers and true values; sums of counts are counts."""

    right: int = 0
    answered: int = 0
    wanted: int = 0

    def plus(self, other: Count) -> Count:
        """Return the sum of both."""
        return Count(self.right + other.right, self.answered + other.answered, self.wanted + other.wanted)

    @property
    def precision(self) -> float:
        """Share of the answers that are right; 0 without answers."""
        return self.right / self.answered if self.answered else 0.0

    @property
    def recall(self) -> float:
        """Share of the true values that were found; 0 if there are none."""
        return self.right / self.wanted if self.wanted else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall (van Rijsbergen, Information Retrieval, 1979)."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def upper_bound(wrong: int, cases: int, alpha: float = 0.05) -> float:
    """Return the upper end of the two-sided interval of Clopper and Pearson (Biometrika 26, 1934) at level 1 - alpha.

    It is the share p for which a binomial variable is at most `wrong` with probability alpha / 2, found by halving.
    """
    if cases == 0 or wrong >= cases:
        return 1.0
    low, high = wrong / cases, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if at_most(wrong, cases, middle) > alpha / 2:
            low = middle
        else:
            high = middle
    return high


def at_most(wrong: int, cases: int, share: float) -> float:
    """Probability of at most `wrong` in `cases`: sum of binomial terms, each by logarithms so that none underflows."""
    if share <= 0.0 or share >= 1.0:
        return 1.0 if share <= 0.0 else 0.0
    log_share, log_rest = math.log(share), math.log1p(-share)
    log_all = math.lgamma(cases + 1)
    return math.fsum(
        math.exp(log_all - math.lgamma(k + 1) - math.lgamma(cases - k + 1) + k * log_share + (cases - k) * log_rest)
        for k in range(wrong + 1)
    )


def area_under_roc(cases: Iterable[Case]) -> float | None:
    """Return the chance that a right answer has the higher confidence than a wrong one, ties half.

    Mann-Whitney form of the area under the ROC curve (Hanley and McNeil, Radiology 143, 1982). None if all are right
    or all are wrong.
    """
    rank, rank_sum, positives = 0, 0.0, 0
    for _, tied in groupby(sorted(cases), key=lambda case: case.confidence):
        group = list(tied)
        right = sum(case.right for case in group)
        rank_sum += right * (rank + (len(group) + 1) / 2)
        rank += len(group)
        positives += right
    negatives = rank - positives
    if not positives or not negatives:
        return None
    return (rank_sum - positives * (positives + 1) / 2) / (positives * negatives)


def area_under_risk_coverage(cases: Sequence[Case]) -> float:
    """Return the mean share of wrong answers over all coverages (Geifman et al., ICLR 2019, AURC).

    Answers of equal confidence are taken together, since no threshold parts them.
    """
    wrong, seen, area = 0, 0, 0.0
    for _, tied in groupby(sorted(cases, reverse=True), key=lambda case: case.confidence):
        group = list(tied)
        seen += len(group)
        wrong += sum(not case.right for case in group)
        area += len(group) * wrong / seen
    return area / len(cases)


def calibration_error(cases: Sequence[Case], bins: int = BINS, *, equal_size: bool = False) -> float:
    """Return the mean gap between stated confidence and share right (ECE: Naeini, Cooper, Hauskrecht, AAAI 2015).

    Bins of equal width, or with `equal_size` of equally many cases (Nixon et al., 2019), which shows gaps that hide
    where nearly all confidences lie in one bin.
    """
    gaps: dict[int, float] = defaultdict(float)
    for place, case in enumerate(sorted(cases)):
        number = place * bins // len(cases) if equal_size else min(bins - 1, int(case.confidence * bins))
        gaps[number] += case.confidence - case.right
    return math.fsum(abs(gap) for gap in gaps.values()) / len(cases)


def risk_curve(cases: Sequence[Case], thresholds: Iterable[float] = THRESHOLDS) -> tuple[Point, ...]:
    """Return coverage and share of wrong answers at each threshold (El-Yaniv and Wiener, JMLR 11, 2010)."""
    points = []
    for threshold in thresholds:
        above = [case.right for case in cases if case.confidence >= threshold]
        wrong = len(above) - sum(above)
        share, upper = (wrong / len(above), upper_bound(wrong, len(above))) if above else (None, None)
        points.append(Point(threshold, len(above) / len(cases), wrong, share, upper))
    return tuple(points)
