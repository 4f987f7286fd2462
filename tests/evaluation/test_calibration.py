"""Fitting keeps to the written scorecard without labels, learns with them, claims nothing on few documents."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from evaluation.calibration import compared, fitted, fold_of, isotonic, log_loss, out_of_fold, platt, refitted
from evaluation.measures import Case, area_under_roc, calibration_error
from extractors.assess.scorer import BUILT_IN, LEAST, MOST, Scorer, Weights, logistic
from schemas.fields import Kind
from schemas.results import Answer

PRIOR = Scorer("prior", Weights(0.0, {"rules_score": 1.0}), Weights(1.0))


@dataclass(frozen=True)
class Given:
    """A label as anybody may make one."""

    document: str
    right: bool
    signals: Mapping[str, float] = field(default_factory=dict)
    kind: Kind = Kind.MONEY
    answer: Answer = "found"


def drawn(number: int, *, seed: int = 1, answer: Answer = "found", per_document: int = 4) -> list[Given]:
    """Labels of a world where `rules_score` is honest, agreement tells much, and hits nothing."""
    chance = random.Random(seed)
    out = []
    for index in range(number):
        score, agrees = chance.uniform(0.2, 0.95), float(chance.random() < 0.4)
        truth = logistic(-0.5 + 3.0 * agrees + 0.8 * (score - 0.5) * 6)
        signals = {"rules_score": score, "agreeing": agrees, "hits": float(chance.randint(1, 9))}
        out.append(Given(f"{seed}-{index // per_document}", chance.random() < truth, signals, answer=answer))
    return out


def test_without_labels_the_prior_stays() -> None:
    """Nothing is learned from nothing, and the probabilities stay called a scorecard."""
    assert fitted([], PRIOR) == PRIOR and fitted([], PRIOR).status == "scorecard"


def test_few_labels_move_little_and_many_move_far() -> None:
    """A weight that the labels know of leaves its prior as they grow, towards what is true."""
    few, many = fitted(drawn(8), PRIOR), fitted(drawn(4000), PRIOR)
    assert abs(few.found.signals["agreeing"]) < 1.5 < many.found.signals["agreeing"] == pytest.approx(3.0, abs=0.5)
    assert abs(many.found.signals["hits"]) < 0.3
    assert many.labels == 4000 and many.documents == 1000 and many.status == "calibrated"


def test_the_same_labels_give_the_same_scorer() -> None:
    """Fitting has no chance in it: the version is the same."""
    assert fitted(drawn(300), PRIOR).version == fitted(drawn(300), PRIOR).version


def test_absent_answers_are_fitted_apart() -> None:
    """Labels of answers without a value move the model of absence and no other."""
    scorer = fitted(drawn(200, answer="not_found"), PRIOR)
    assert scorer.found == PRIOR.found and scorer.absent != PRIOR.absent


def test_kinds_are_pooled() -> None:
    """A kind with three labels hardly leaves the others, however wrong these three are."""
    rare = [Given(f"rare-{number}", False, {"rules_score": 0.9}, Kind.DATE) for number in range(3)]
    scorer = fitted([*drawn(400), *rare], PRIOR)
    assert -1.0 < scorer.found.kinds["date"] < 0.0


def test_fitted_probabilities_are_calibrated_on_new_documents() -> None:
    """What is called 80 % is right four times in five, on documents that were not fitted on."""
    for number in (600, 1500):  # by two numbers, and by steps
        scorer = fitted(drawn(number), PRIOR)
        assert scorer.found_calibration.method == ("platt" if number < 1000 else "isotonic")
        fresh = drawn(3000, seed=9)
        cases = [Case(scorer.probability(label.signals, label.kind), label.right) for label in fresh]
        before = [Case(PRIOR.probability(label.signals, label.kind), label.right) for label in fresh]
        assert calibration_error(cases) < 0.05 < calibration_error(before)
        assert (area_under_roc(cases) or 0) > (area_under_roc(before) or 0)


def test_folds_never_part_a_document() -> None:
    """Each label is judged once, by a scorer that saw no answer of its document."""
    labels = drawn(200)
    judged = list(out_of_fold(labels, PRIOR))
    assert sorted(label.document for label, _ in judged) == sorted(label.document for label in labels)
    one = next(label for label, _ in judged)
    flipped = [replace(label, right=not label.right) if label.document == one.document else label for label in labels]
    shares = {id(label.signals): share for label, share in judged}
    again = {id(label.signals): share for label, share in out_of_fold(flipped, PRIOR)}
    assert all(shares[key] == again[key] for key in shares if key == id(one.signals))


def test_a_new_scorer_wins_only_by_unseen_labels() -> None:
    """With a hundred documents a clear gain is believed; with ten it is not, however large it looks."""
    assert refitted(drawn(400), PRIOR, PRIOR).is_better
    few = refitted(drawn(40), PRIOR, PRIOR).against
    assert few.outcome == "not enough documents" and few.documents == 10
    best = fitted(drawn(4000, seed=5), PRIOR)
    assert not refitted(drawn(400), best, PRIOR).is_better


def test_many_answers_of_few_documents_are_few_witnesses() -> None:
    """Documents that disagree keep the interval wide although the answers are many."""
    labels = [Given(f"d{number % 40}", (number % 40) < 20) for number in range(4000)]
    verdict = compared(labels, [0.6] * 4000, [0.5] * 4000)
    assert verdict.low < 0 < verdict.high and verdict.outcome == "not enough documents"


@given(st.lists(st.tuples(st.floats(-7, 7), st.booleans()), min_size=1, max_size=60))
@example([(0.0, True), (-1.8538100467844484e-152, False)])  # one place, and zero with either sign
@example([(0.0, False)] * 2 + [(0.0, True), (-1.375, False), (-2.4296875, False), (-1.8e-152, False)])
@example([(6.9067549, True), (6.9067550, False)])  # at the end of the map
@settings(max_examples=200)
def test_maps_rise(points: list[tuple[float, bool]]) -> None:
    """Whatever the outcomes, a surer answer never gets the lower probability, and nothing is certain."""
    odds, right = [place for place, _ in points], [outcome for _, outcome in points]
    for calibration in (isotonic(odds, right), platt(odds, right)):
        shares = [calibration.probability(place) for place in sorted({*odds, -9.0, 0.0, 9.0})]
        assert shares == sorted(shares)
    knots = isotonic(odds, right).knots
    assert all(LEAST <= share <= MOST for _, share in knots)
    assert [place for place, _ in knots] == sorted({place for place, _ in knots})


def test_log_loss() -> None:
    """The loss of a coin is that of a coin; a sure and wrong answer costs much, and never infinitely much."""
    assert log_loss([(0.5, True), (0.5, False)]) == pytest.approx(0.693147, abs=1e-6)
    assert 6 < log_loss([(1.0, False)]) < 8
    assert fold_of("a") == fold_of("a") and BUILT_IN.labels == 0
