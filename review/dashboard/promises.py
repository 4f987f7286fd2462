"""What is promised about accepted values, as the dashboard shows it; whoever knows hands it in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from review.dashboard.thresholds import upper_bound


@dataclass(frozen=True, slots=True)
class PoolPromise:
    """Answers that are judged together: what is promised about them, or what is missing for a promise."""

    what: str  # "money on digital pages"
    maximum_error: float  # of accepted answers, at most
    labels: int
    missing: int  # further right labels before a certificate is possible; 0 where there is one
    threshold: float | None  # confidences from here on are accepted; None: no certificate is in force


@dataclass(frozen=True, slots=True)
class VoidPromise:
    """A certificate that no longer holds."""

    what: str
    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Promises:
    """Where the promises stand."""

    pools: Sequence[PoolPromise]
    voided: Sequence[VoidPromise]  # newest first
    audited: int  # accepted answers that a person judged without knowing that they were accepted
    audited_wrong: int
    pending: int  # documents that wait for a person because of an audit
    warnings: Sequence[str]
    labels: Sequence[tuple[float, bool]]  # the confidence of answers that people judged, and whether they were right

    @property
    def accuracy(self) -> float | None:
        """The share of audited answers that were right; None before the first audit."""
        return 1 - self.audited_wrong / self.audited if self.audited else None

    @property
    def at_least(self) -> float | None:
        """What the accuracy is above, with 95 %; None before the first audit."""
        bound = upper_bound(self.audited_wrong, self.audited)
        return None if bound is None else 1 - bound
