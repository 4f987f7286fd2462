"""Tests of the promise about what is accepted: kept as often as it says, against known figures and the naive choice."""

import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.certify import GRID, Label, Promise, certified, labels_needed, must_abstain, spent
from evaluation.compare import score_predictions
from evaluation.report import as_dict, as_text
from schemas.loader import builtin_schemas

TABLE = [  # alpha, delta, labels needed with 0, 1, 2 and 5 errors: Clopper and Pearson, one-sided
    (0.05, 0.10, (45, 77, 105, 184)),
    (0.02, 0.10, (114, 194, 265, 462)),
    (0.01, 0.10, (230, 388, 531, 926)),
    (0.01, 0.05, (299, 473, 628, 1049)),
]


@pytest.mark.parametrize(("alpha", "delta", "needed"), TABLE)
def test_the_labels_needed_are_those_of_the_exact_interval(alpha, delta, needed):
    """The numbers of labels agree with the published table."""
    assert tuple(labels_needed(alpha, delta, wrong) for wrong in (0, 1, 2, 5)) == needed


def test_all_looks_together_spend_no_more_than_the_whole():
    """However often a pool is tested, the parts of delta add up to at most delta."""
    assert 0.099 < sum(spent(0.1, look) for look in range(1, 2000)) <= 0.1


def test_without_labels_nothing_is_certified_and_the_number_that_is_missing_is_told():
    """At 1 % and 90 % one test needs 230 labels, the first of many looks 279."""
    assert certified([], Promise(0.01, 0.1)).threshold is None
    assert certified([], Promise(0.01, 0.1)).missing == 230
    assert certified([], Promise(0.01, 0.1), look=1).missing == labels_needed(0.01, spent(0.1, 1)) == 279


def test_enough_right_labels_certify_and_an_error_too_many_ends_it():
    """All right: certified down to where labels end; errors below a point keep the threshold above it."""
    needed = labels_needed(0.02, 0.1)
    sure = [Label(0.995, True)] * (needed + 5)
    assert certified(sure, Promise(0.02, 0.1)).threshold == GRID[-1]
    shaky = [Label(0.9, False)] * 20
    verdict = certified([*sure, *shaky], Promise(0.02, 0.1))
    assert verdict.threshold is not None and 0.9 < verdict.threshold <= 0.995
    assert verdict.wrong == 0


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=400), st.integers(1, 4))
def test_a_certified_threshold_always_passes_its_own_test(pairs, look):
    """Whatever the labels: what is certified has enough of them, and few enough errors among them."""
    promise = Promise(0.1, 0.2)
    verdict = certified([Label(*pair) for pair in pairs], promise, look=look)
    above = [right for confidence, right in pairs if verdict.threshold and confidence >= verdict.threshold]
    if verdict.is_certified:
        assert verdict.labels == len(above) and verdict.wrong == above.count(False)
        assert verdict.labels >= labels_needed(promise.alpha, spent(promise.delta, look), verdict.wrong)
    else:
        assert verdict.missing > 0 or verdict.wrong > 0


@pytest.mark.slow
def test_the_promise_is_kept_as_often_as_it_says():
    """Over 300 draws of labels the true share of errors passes alpha in at most delta of them; the best threshold
    on the labels alone, without the test, breaks it far more often."""
    dice = random.Random(7)
    promise = Promise(0.02, 0.1)
    broken = naive_broken = certificates = 0
    for _ in range(300):
        labels = [draw(dice) for _ in range(1000)]
        verdict = certified(labels, promise)
        certificates += verdict.is_certified
        broken += verdict.threshold is not None and true_error(verdict.threshold) > promise.alpha
        naive_broken += true_error(naive(labels, promise.alpha)) > promise.alpha
    assert certificates > 150
    assert broken <= 0.1 * 300
    assert naive_broken > 2 * broken + 30


def draw(dice: random.Random) -> Label:
    """A confidence, and whether its value is right, as often as `chance` says."""
    confidence = 1 - dice.random() ** 2
    return Label(confidence, dice.random() < chance(confidence))


def chance(confidence: float) -> float:
    """How often a confidence is right: 99.8 % from 0.7 on, falling below, so that a loose threshold is worth having."""
    return 0.998 if confidence >= 0.7 else 0.95 * confidence + 0.3


def true_error(threshold: float) -> float:
    """Error among what is accepted, by summing over the density of confidences; uniform u with 1 - u²."""
    steps = [index / 4000 for index in range(1, 4001) if 1 - (index / 4000) ** 2 >= threshold]
    return sum(1 - chance(1 - u * u) for u in steps) / len(steps)


def naive(labels: list[Label], alpha: float) -> float:
    """The loosest threshold whose share of errors on the labels is at most alpha."""
    best = GRID[0]
    for threshold in GRID:
        above = [label.right for label in labels if label.confidence >= threshold]
        if above and above.count(False) <= alpha * len(above):
            best = threshold
    return best


def test_one_answer_of_each_document_counts_and_what_is_missing_is_said(tmp_path):
    """300 right documents of three answers each are 300 labels: enough for 5 %, 2 % and 1 %; 40 are enough for none."""
    truth, given = tmp_path / "truth.jsonl", tmp_path / "given.jsonl"
    fields = {"merchant_name": "A", "total": "1.00", "transaction_date": "2026-01-02"}
    for number, expected in ((300, [300, 300, 300]), (40, [None, None, None])):
        rows = [{"id": str(n), "file": "", "kind": "receipt", "fields": fields} for n in range(number)]
        truth.write_text("".join(json.dumps(row) + "\n" for row in rows))
        sure = dict.fromkeys(fields, 0.999)
        given.write_text(
            "".join(json.dumps({"id": r["id"], "fields": fields, "confidence": sure}) + "\n" for r in rows)
        )
        scores = score_predictions(truth, given, builtin_schemas())
        assert [p.certificate.labels if p.certificate.is_certified else None for p in scores.promised] == expected
        assert ("more documents without an error would be needed" in as_text(scores)) == (number == 40)
        assert [p["labels_missing"] > 0 for p in as_dict(scores)["promised"]] == [number == 40] * 3


def test_what_must_go_to_a_person_whatever_the_scorer():
    """8 % wrong at first and 1 % allowed: at least 7.07 % cannot be accepted."""
    assert must_abstain(0.08, 0.01) == pytest.approx(0.0707, abs=1e-4)
    assert must_abstain(0.005, 0.01) == 0
