"""A scorer is a value: it adds up what signals weigh, can be written down, and each state has a version."""

from __future__ import annotations

import json
import math
import tomllib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.assess.scorer import BUILT_IN, LEAST, MOST, WRITTEN, Calibration, Scorer, Weights, from_text, to_text
from extractors.assess.signals import SIGNALS
from schemas.errors import InputError
from schemas.fields import Kind

PLAIN = Scorer("plain", Weights(0.5, {"rules_score": 1.0, "agreeing": 2.0}, {"date": -1.0}), Weights(1.0))
WEIGHT = st.floats(-5, 5)
SIGNAL = st.sampled_from(sorted(SIGNALS))


def test_log_odds_are_added_up() -> None:
    """Start, offset of the kind and weighted signals make the sum; a share counts by its log odds."""
    sum_of_parts = 0.5 - 1.0 + math.log(0.8 / 0.2) + 2.0
    share = PLAIN.probability({"rules_score": 0.8, "agreeing": 1.0, "hits": 3.0}, Kind.DATE)
    assert share == pytest.approx(1 / (1 + math.exp(-sum_of_parts)), abs=1e-6)


def test_a_missing_signal_says_nothing() -> None:
    """An answer without a signal is not taken for one whose signal is zero."""
    assert PLAIN.log_odds({}, Kind.TEXT) == 0.5
    assert PLAIN.log_odds({"rules_score": 0.0}, Kind.TEXT) < -6


def test_absent_answers_have_a_model_of_their_own() -> None:
    """What speaks for a value is not what speaks for there being none, and nobody judges what nobody looked for."""
    assert PLAIN.probability({"agreeing": 1.0}, Kind.DATE, "not_found") == pytest.approx(
        1 / (1 + math.exp(-1)), abs=1e-6
    )
    with pytest.raises(ValueError, match="nobody looked"):
        PLAIN.probability({}, Kind.DATE, "not_looked")


@given(
    st.floats(-3, 3),
    st.dictionaries(SIGNAL, WEIGHT, max_size=8),
    st.dictionaries(SIGNAL, st.floats(-50, 50), max_size=8),
    st.sampled_from(list(Kind)),
)
def test_nothing_is_certain(start: float, weights: dict[str, float], signals: dict[str, float], kind: Kind) -> None:
    """Whatever the signals are, out of their range too, a probability stays between the two ends."""
    scorer = Scorer("any", Weights(start, weights), Weights(0.0))
    assert LEAST <= scorer.probability(signals, kind) <= MOST


@given(st.dictionaries(SIGNAL, WEIGHT, max_size=8), st.lists(st.tuples(st.floats(-5, 5), st.floats(0, 1)), max_size=6))
def test_round_trip(weights: dict[str, float], points: list[tuple[float, float]]) -> None:
    """A scorer survives its text, with the same version and the same probabilities."""
    places = sorted({place for place, _ in points})
    knots = tuple(zip(places, sorted(share for _, share in points[: len(places)]), strict=True))
    scorer = Scorer(
        "any", Weights(0.1, weights, {"money": 0.2}), Weights(1.0),
        found_calibration=Calibration("isotonic", knots=knots), labels=7, documents=3,
    )  # fmt: skip
    again = from_text(to_text(scorer))
    assert again == scorer and again.version == scorer.version
    assert again.probability({"rules_score": 0.7}, Kind.MONEY) == scorer.probability({"rules_score": 0.7}, Kind.MONEY)


def test_each_change_makes_another_version() -> None:
    """A probability can be traced to the very weights that gave it."""
    other = replace(PLAIN, found=replace(PLAIN.found, start=0.5001))
    assert other.version != PLAIN.version and from_text(to_text(PLAIN)).version == PLAIN.version
    assert PLAIN.status == "scorecard" and replace(PLAIN, labels=1).status == "calibrated"


def test_unreadable_texts() -> None:
    """A text that is no scorer, of another format, or names a signal that there is not, is refused in words."""
    data = json.loads(to_text(PLAIN))
    wrong = [
        ("{", "not JSON"),
        ("[]", "no scorer"),
        (json.dumps({**data, "format": 99}), "no scorer of format"),
        (json.dumps({**data, "found": {"start": 0, "signals": {"moon": 1}}}), "moon"),
        (json.dumps({**data, "found": {"start": "much"}}), "cannot be read"),
        (json.dumps({**data, "found": {"start": "nan"}}), "no number"),
        (json.dumps({**data, "found_calibration": {"method": "isotonic", "knots": [[0, 1], [1, 0]]}}), "do not rise"),
    ]
    for text, said in wrong:
        with pytest.raises(InputError, match=said):
            from_text(text)


def test_isotonic_maps_rise_and_are_straight_between() -> None:
    """Between two knots a map is straight, beyond them it stays."""
    steps = Calibration("isotonic", knots=((-1.0, 0.2), (1.0, 0.8)))
    assert [steps.probability(place) for place in (-5.0, -1.0, 0.0, 1.0, 9.0)] == pytest.approx(
        [0.2, 0.2, 0.5, 0.8, 0.8]
    )


def test_the_written_scorecard_speaks_of_signals_that_there_are() -> None:
    """Each weight of the file names a signal and has a comment that says why."""
    lines = WRITTEN.read_text(encoding="utf-8").splitlines()
    assert from_text(to_text(BUILT_IN)) == BUILT_IN and BUILT_IN.labels == 0
    data = tomllib.loads("\n".join(lines))
    for part in ("found", "absent"):
        for name in data[part]["signals"]:
            assert name in SIGNALS
            (line,) = [line for line in lines if line.startswith(f"{name} =") and _within(lines, line, part)]
            assert "#" in line, f"{name} in [{part}] has no reason"


def _within(lines: list[str], line: str, part: str) -> bool:
    places = [number for number, each in enumerate(lines) if each == line]
    heads = [number for number, each in enumerate(lines) if each.startswith("[")]
    return any(lines[max(head for head in heads if head < place)].startswith(f"[{part}.") for place in places)


def test_every_signal_has_a_meaning_and_a_range() -> None:
    """Names are plain, ranges are not empty, and each says what it means."""
    for name, signal in SIGNALS.items():
        assert name == name.lower() and signal.lowest < signal.highest and len(signal.meaning) > 10
