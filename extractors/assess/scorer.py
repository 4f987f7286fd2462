"""From signals to a probability: a small logistic model with a version, and how it is written down.

The log odds of an answer are a sum: where it starts, an offset for its kind, and each signal times its weight. Answers
that say "there is no value" have a model of their own, since other signals speak of them. A calibration map, learned
from labels, may bend the sum at the end (Platt, 1999; isotonic: Zadrozny and Elkan, KDD 2002).
"""

from __future__ import annotations

import hashlib
import json
import math
import tomllib
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

from extractors.assess.signals import SIGNALS, scaled
from schemas.errors import InputError
from schemas.fields import Kind
from schemas.results import Answer, ConfidenceStatus

FORMAT = 1  # of the text
WRITTEN = Path(__file__).with_name("scorecard.toml")  # the weights before any label
LEAST, MOST = 0.001, 0.999  # nothing about a document is surer than this
DIGITS = 6  # of a probability: equal inputs print equal


@dataclass(frozen=True, slots=True)
class Weights:
    """One logistic model over signals."""

    start: float  # log odds where nothing else is known
    signals: Mapping[str, float] = field(default_factory=dict)  # name to weight; a signal that is not named counts 0
    kinds: Mapping[str, float] = field(default_factory=dict)  # kind to offset; shrunk to zero when fitted

    def log_odds(self, signals: Mapping[str, float], kind: Kind) -> float:
        """Return the weighted sum; a signal that is missing adds nothing."""
        total = self.start + self.kinds.get(kind.value, 0.0)
        return total + math.fsum(
            weight * scaled(name, signals[name]) for name, weight in self.signals.items() if name in signals
        )


@dataclass(frozen=True, slots=True)
class Calibration:
    """How log odds become a probability: straight (the logistic function), by two numbers, or by steps."""

    method: Literal["none", "platt", "isotonic"] = "none"
    slope: float = 1.0  # platt: probability = logistic(slope * log odds + offset)
    offset: float = 0.0
    knots: tuple[tuple[float, float], ...] = ()  # isotonic: (log odds, probability), both rising; straight between

    def probability(self, log_odds: float) -> float:
        """Return the probability for the sum of a model."""
        if self.method == "isotonic" and self.knots:
            return _between(self.knots, log_odds)
        return logistic(self.slope * log_odds + self.offset)


@dataclass(frozen=True, slots=True)
class Scorer:
    """Signals in, probability out. A value: whatever changes in it makes another version."""

    title: str
    found: Weights
    absent: Weights  # for answers that say there is no value
    prior_deviation: float = 1.0  # how far labels may pull a weight: standard deviation of the Gaussian around it
    kind_deviation: float = 0.5  # the same for the offsets of kinds, around zero
    found_calibration: Calibration = Calibration()
    absent_calibration: Calibration = Calibration()
    labels: int = 0  # answers with a known outcome that it was fitted on; 0: nobody has, it is as written
    documents: int = 0  # they come from

    @property
    def version(self) -> str:
        """Hash of all that makes a probability: first 12 hex digits of SHA-256 over its text."""
        return hashlib.sha256(to_text(self).encode()).hexdigest()[:12]

    @property
    def status(self) -> ConfidenceStatus:
        """What its probabilities are called: "calibrated" once labels have spoken."""
        return "calibrated" if self.labels else "scorecard"

    def log_odds(self, signals: Mapping[str, float], kind: Kind, answer: Answer = "found") -> float:
        """Return the weighted sum before calibration; raises ValueError for "not_looked", of which nothing is known."""
        if answer == "not_looked":
            raise ValueError("an answer that nobody looked for has no probability")
        return (self.found if answer == "found" else self.absent).log_odds(signals, kind)

    def probability(self, signals: Mapping[str, float], kind: Kind, answer: Answer = "found") -> float:
        """Return the probability that an answer is right: the value, or that there is none.

        Args:
            signals: by name, see extractors.assess.signals; names that the scorer does not weigh do not count.
            kind: of the field.
            answer: "found" for a value; "not_found" and "stated_absent" for none.

        Raises:
            ValueError: `answer` is "not_looked".
        """
        calibration = self.found_calibration if answer == "found" else self.absent_calibration
        share = calibration.probability(self.log_odds(signals, kind, answer))
        return round(min(max(share, LEAST), MOST), DIGITS)


def logistic(log_odds: float) -> float:
    """Return 1 / (1 + e^-x) without overflow."""
    if log_odds >= 0:
        return 1.0 / (1.0 + math.exp(-log_odds))
    power = math.exp(log_odds)
    return power / (1.0 + power)


def to_text(scorer: Scorer) -> str:
    """Return the scorer as JSON, the same for equal scorers; the store keeps this."""
    data = {
        "format": FORMAT,
        "title": scorer.title,
        "found": _weights(scorer.found),
        "absent": _weights(scorer.absent),
        "prior_deviation": scorer.prior_deviation,
        "kind_deviation": scorer.kind_deviation,
        "found_calibration": _calibration(scorer.found_calibration),
        "absent_calibration": _calibration(scorer.absent_calibration),
        "labels": scorer.labels,
        "documents": scorer.documents,
    }
    return json.dumps(data, ensure_ascii=False, sort_keys=True, allow_nan=False)


def from_text(text: str) -> Scorer:
    """Return the scorer that `to_text` wrote.

    Raises:
        InputError: it is none, or of a later release; says what is wrong with it.
    """
    try:
        data = json.loads(text)
    except ValueError:
        raise InputError("This is no scorer: it is not JSON. Fit a new one with: docassay confidence.") from None
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise InputError(f"This is no scorer of format {FORMAT}. Use the release that wrote it, or fit a new one.")
    try:
        return _scorer(data)
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"The scorer cannot be read ({error}). Fit a new one.") from None


def _scorer(data: Mapping[str, Any]) -> Scorer:
    return Scorer(
        title=str(data["title"]),
        found=_read_weights(data["found"]),
        absent=_read_weights(data["absent"]),
        prior_deviation=_number(data["prior_deviation"]),
        kind_deviation=_number(data["kind_deviation"]),
        found_calibration=_read_calibration(data.get("found_calibration", {})),
        absent_calibration=_read_calibration(data.get("absent_calibration", {})),
        labels=int(data.get("labels", 0)),
        documents=int(data.get("documents", 0)),
    )


def _weights(weights: Weights) -> dict[str, Any]:
    return {"start": weights.start, "signals": dict(weights.signals), "kinds": dict(weights.kinds)}


def _read_weights(data: Mapping[str, Any]) -> Weights:
    signals = {name: _number(weight) for name, weight in data.get("signals", {}).items()}
    if unknown := sorted(signals.keys() - SIGNALS.keys()):
        raise ValueError(f"it weighs {', '.join(unknown)}, and there is no such signal")
    kinds = {Kind(name).value: _number(offset) for name, offset in data.get("kinds", {}).items()}
    return Weights(_number(data["start"]), signals, kinds)


def _calibration(calibration: Calibration) -> dict[str, Any]:
    return {
        "method": calibration.method,
        "slope": calibration.slope,
        "offset": calibration.offset,
        "knots": [list(knot) for knot in calibration.knots],
    }


def _read_calibration(data: Mapping[str, Any]) -> Calibration:
    method = data.get("method", "none")
    if method not in ("none", "platt", "isotonic"):
        raise ValueError(f"it is calibrated by {method!r}, which is no way that is known")
    knots = tuple((_number(x), _number(y)) for x, y in data.get("knots", ()))
    if any(left[0] >= right[0] or left[1] > right[1] for left, right in pairwise(knots)):
        raise ValueError("the knots of its calibration do not rise")
    slope, offset = _number(data.get("slope", 1.0)), _number(data.get("offset", 0.0))
    return Calibration(method, slope, offset, knots)


def _number(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{value!r} is no number")
    return number


def _between(knots: tuple[tuple[float, float], ...], place: float) -> float:
    position = bisect_right(knots, (place, math.inf))
    if position == 0:
        return knots[0][1]
    if position == len(knots):
        return knots[-1][1]
    (x0, y0), (x1, y1) = knots[position - 1], knots[position]
    return min(y0 + (y1 - y0) * (place - x0) / (x1 - x0), y1)  # the last digit of a sum may pass the knot


BUILT_IN = _scorer(tomllib.loads(WRITTEN.read_text(encoding="utf-8")))
"""The written scorecard, with a comment for each weight in its file."""
