"""Whether today's documents still look like those of before: figures that need no label, and so can only warn."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from evaluation.measures import BINS

RECENT = 200  # documents of a schema that are compared
BEFORE = 800  # with so many that came before them
FEWEST = 100  # of each, below which nothing is said
SHIFTED = 0.25  # population stability index from which on a distribution counts as another one
CLEARLY = 3.3  # standard errors between two shares: about one false alarm in a thousand comparisons
MATTERS = 0.03  # least difference between two shares that is worth a word


@dataclass(frozen=True, slots=True)
class Look:
    """What one record looks like."""

    schema_name: str
    answers: int  # fields
    empty: int  # of these without a value
    unseen: int  # of these with a value that was not found on a page
    confidences: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Drift:
    """How the recent records of a schema differ from those before."""

    schema_name: str
    documents: int
    empty: tuple[float, float]  # share of empty fields before and now
    unseen: tuple[float, float]  # share of values that were not found on a page, before and now
    stability: float  # population stability index of the confidences
    warnings: tuple[str, ...]


def drift(looks: Sequence[Look]) -> Drift | None:
    """Return how the last records of one schema differ from those before them; None if there are too few.

    Args:
        looks: of one schema, newest first.
    """
    recent, before = looks[:RECENT], looks[RECENT : RECENT + BEFORE]
    if len(recent) < FEWEST or len(before) < FEWEST:
        return None
    name = looks[0].schema_name
    empty = _shares(before, recent, lambda look: (look.empty, look.answers))
    unseen = _shares(before, recent, lambda look: (look.unseen, look.answers - look.empty))
    index = stability(*([c for look in some for c in look.confidences] for some in (before, recent)))
    said = []
    for share, what in ((empty, "fields stay empty"), (unseen, "values are not found on their page")):
        if share.differs:
            said.append(
                f"{name}: {share.now:.0%} of its {what} in the last {len(recent)} documents, {share.was:.0%} before."
            )
    if index >= SHIFTED:
        said.append(
            f"{name}: the confidences of the last {len(recent)} documents are spread otherwise than before "
            f"(stability index {index:.2f}, {SHIFTED} is much)."
        )
    return Drift(name, len(recent), (empty.was, empty.now), (unseen.was, unseen.now), index, tuple(said))


def stability(before: Sequence[float], now: Sequence[float]) -> float:
    """Return the population stability index of two samples of shares, over bins that hold equally many of `before`.

    The sum of (q - p) * log(q / p), which is Jeffreys' divergence (Siddiqi, Credit Risk Scorecards, 2006); half a case
    is added to every bin, so that an empty one gives no infinity.
    """
    if not before or not now:
        return 0.0
    ranked = sorted(before)
    edges = sorted({ranked[len(ranked) * step // BINS] for step in range(1, BINS)})
    counts = [_binned(sample, edges) for sample in (before, now)]
    shares = [[(c + 0.5) / (sum(count) + 0.5 * len(count)) for c in count] for count in counts]
    return math.fsum((q - p) * math.log(q / p) for p, q in zip(*shares, strict=True))


def _binned(sample: Iterable[float], edges: Sequence[float]) -> list[int]:
    counts = [0] * (len(edges) + 1)
    for value in sample:
        counts[sum(value >= edge for edge in edges)] += 1
    return counts


@dataclass(frozen=True, slots=True)
class _TwoShares:
    was: float
    now: float
    differs: bool


def _shares(before: Sequence[Look], recent: Sequence[Look], counts: Callable[[Look], tuple[int, int]]) -> _TwoShares:
    (a, n), (b, m) = ([sum(column) for column in zip(*map(counts, some), strict=True)] for some in (before, recent))
    if not n or not m:
        return _TwoShares(0.0, 0.0, differs=False)
    was, now = a / n, b / m
    whole = (a + b) / (n + m)
    error = math.sqrt(whole * (1 - whole) * (1 / n + 1 / m))
    return _TwoShares(was, now, differs=abs(now - was) > max(MATTERS, CLEARLY * error))
