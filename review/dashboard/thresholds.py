"""What if the threshold were …: what labels say about accepting more or less. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

STEPS = tuple(number / 100 for number in (0, 50, 60, 70, 75, 80, 85, 90, 92, 94, 95, 96, 97, 98, 99, 99.5))
FEW = 50  # labels above a threshold; with fewer no share is worth showing without its bound
_Z = 1.6449  # one-sided 95 %


@dataclass(frozen=True, slots=True)
class Step:
    """What would be with one threshold."""

    threshold: float
    accepted: int  # labels at or above it
    wrong: int  # of these
    share: float  # of all labels that would be accepted
    wrong_share: float | None  # of the accepted ones; None without any
    bound: float | None  # what the share of wrong ones is below, with 95 % (Wilson 1927)

    @property
    def is_thin(self) -> bool:
        """Whether too few labels stand behind it to rely on the share."""
        return self.accepted < FEW


def what_if(labels: Iterable[tuple[float, bool]]) -> Sequence[Step]:
    """Return what labels say for each threshold.

    Args:
        labels: pairs of the confidence that an answer had and whether a person found it right.
    """
    known = sorted(labels, reverse=True)
    steps = []
    for threshold in STEPS:
        accepted = [right for confidence, right in known if confidence >= threshold]
        wrong = accepted.count(False)
        share = len(accepted) / len(known) if known else 0.0
        of_them = wrong / len(accepted) if accepted else None
        steps.append(Step(threshold, len(accepted), wrong, share, of_them, upper_bound(wrong, len(accepted))))
    return steps


def upper_bound(wrong: int, judged: int) -> float | None:
    """Return the upper end of Wilson's one-sided 95 % interval for a share; None without any."""
    if not judged:
        return None
    share, square = wrong / judged, _Z * _Z
    centre = share + square / (2 * judged)
    spread = _Z * sqrt(share * (1 - share) / judged + square / (4 * judged * judged))
    return min(1.0, (centre + spread) / (1 + square / judged))
