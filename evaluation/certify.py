"""How low a threshold may be, so that a promise about the accepted values holds: a test, not a choice.

The promise: with probability 1 - `delta` over the audited labels, at most a share `alpha` of what is accepted is
wrong, as long as coming documents resemble the audited ones. Thresholds are tried from strict to loose in an order
fixed before the labels are seen; each is tested exactly, and the first failure ends it (fixed-sequence testing: Maurer,
Hothorn, Lehmacher, 1995; for risks: Angelopoulos, Bates, Candès, Jordan, Lei, Learn then Test, 2021). Picking the best
of many thresholds on the labels themselves breaks the promise about every second time.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from evaluation.measures import at_most

GRID = tuple(round(1 - share, 4) for share in (0.001, 0.0025, 0.005, 0.0075, *(step / 100 for step in range(1, 51))))
"""The thresholds that are tried, strict first; the same for everybody, so nobody's labels can have chosen them."""


class Label(NamedTuple):
    """One audited answer: drawn with the same probability as every other one, at most one of a document."""

    confidence: float  # 0..1, as it was when it was decided
    right: bool


@dataclass(frozen=True, slots=True)
class Promise:
    """What the user asks for; checked at birth: at most `alpha` wrong among what is accepted, 1 - `delta` sure."""

    alpha: float = 0.01
    delta: float = 0.1

    def __post_init__(self) -> None:
        if not (0 < self.alpha < 1 and 0 < self.delta < 1):
            raise ValueError(f"alpha and delta are shares between 0 and 1: {self.alpha}, {self.delta}")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the labels allow."""

    threshold: float | None  # confidences from here on are accepted; None: the promise cannot be given
    labels: int  # audited labels at or above the threshold; at the strictest one if there is none
    wrong: int  # of these
    missing: int  # further labels, all of them right, without which no threshold can be certified; 0 if one is

    @property
    def is_certified(self) -> bool:
        """Whether anything may be accepted."""
        return self.threshold is not None


def certified(labels: Iterable[Label], promise: Promise, *, look: int | None = None) -> Verdict:
    """Return the loosest threshold under which `promise` holds.

    Args:
        labels: of one pool of fields whose errors are alike.
        promise: what is to hold.
        look: how often this pool has been tested so far, this time included: each look spends its part of `delta`.
            None: it is tested this once, and the whole is spent.
    """
    ranked = sorted(labels, reverse=True)
    delta = promise.delta if look is None else spent(promise.delta, look)
    start = first_label_count(len(ranked), promise.alpha, delta)
    best: Verdict | None = None
    for threshold in GRID:
        seen, wrong = _above(ranked, threshold)
        if seen < start:  # nothing can be shown with so few: the sequence begins at the first point that can succeed
            continue
        if at_most(wrong, seen, promise.alpha) > delta:
            break
        best = Verdict(threshold, seen, wrong, 0)
    if best is not None:
        return best
    seen, wrong = _above(ranked, GRID[-1])
    first = next((threshold for threshold in GRID if _above(ranked, threshold)[0] >= start), None)
    if first is not None:
        seen, wrong = _above(ranked, first)
    return Verdict(None, seen, wrong, max(0, labels_needed(promise.alpha, delta, wrong) - seen))


def first_label_count(labels: int, alpha: float, delta: float) -> int:
    """Return how many labels above a threshold the sequence begins with: a count, never an outcome, decides it.

    With the least that can succeed one error at the top ends all; where labels are plentiful twice as many allow a few.
    """
    least = labels_needed(alpha, delta)
    return 2 * least if labels >= 4 * least else least


def spent(delta: float, look: int) -> float:
    """Return the part of `delta` for the look numbered `look`, from 1; all looks together spend at most `delta`.

    The parts fall as 1/k², whose sum is pi²/6 (alpha spending as in Ramdas et al., online testing).
    """
    if look < 1:
        raise ValueError(f"looks are numbered from 1: {look}")
    return delta * 6 / (math.pi * look) ** 2


def labels_needed(alpha: float, delta: float, wrong: int = 0) -> int:
    """Return how many labels with `wrong` errors among them show an error share below `alpha` (Clopper and Pearson)."""
    low, high = wrong, max(1, wrong)
    while at_most(wrong, high, alpha) > delta:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if at_most(wrong, middle, alpha) > delta else (low, middle)
    return high


def must_abstain(base_error: float, alpha: float) -> float:
    """Return the share of fields that has to go to a person whatever the scorer: a bound told before any wait.

    Accepting a share c leaves at least base_error - (1 - c) of all wrong, and at most alpha * c is allowed.
    """
    return max(0.0, (base_error - alpha) / (1 - alpha))


def _above(ranked: Sequence[Label], threshold: float) -> tuple[int, int]:
    above = [label.right for label in ranked if label.confidence >= threshold]
    return len(above), len(above) - sum(above)
