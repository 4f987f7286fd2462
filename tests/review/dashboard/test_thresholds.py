"""What labels say about another threshold, and how little few of them say."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.dashboard.thresholds import FEW, STEPS, upper_bound, what_if

LABELS = st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=60)


@given(LABELS)
def test_a_higher_threshold_accepts_less(labels):
    """Shares fall with the threshold, wrong ones are among the accepted, and counts are those of the labels."""
    steps = what_if(labels)
    assert [step.threshold for step in steps] == list(STEPS)
    for lower, higher in pairwise(steps):
        assert lower.accepted >= higher.accepted and lower.wrong >= higher.wrong and lower.share >= higher.share
    for step in steps:
        above = [right for confidence, right in labels if confidence >= step.threshold]
        assert (step.accepted, step.wrong) == (len(above), above.count(False))
        assert (step.wrong_share is None) == (step.bound is None) == (not above)
        if above:
            assert step.wrong_share <= step.bound <= 1
    assert steps[0].accepted == len(labels)


@given(st.integers(1, 500).flatmap(lambda judged: st.tuples(st.integers(0, judged), st.just(judged))))
def test_the_bound_narrows_with_more_labels(pair):
    """Ten times as many labels with the same share give a tighter bound."""
    wrong, judged = pair
    assert upper_bound(wrong * 10, judged * 10) <= upper_bound(wrong, judged) + 1e-9


def test_few_labels_are_told_as_few():
    """None wrong among ten is no proof of none: the bound says so, and the step is marked as thin."""
    step = what_if([(0.99, True)] * 10)[0]
    assert step.is_thin and step.wrong_share == 0 and step.bound == pytest.approx(0.213, abs=0.01)
    assert not what_if([(0.99, True)] * FEW)[0].is_thin
    assert what_if([])[0].share == 0
