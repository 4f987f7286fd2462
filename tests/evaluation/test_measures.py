"""Figures have the values that their definitions give on cases worked out by hand."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.measures import (
    Case,
    Count,
    area_under_risk_coverage,
    area_under_roc,
    calibration_error,
    risk_curve,
    upper_bound,
)

CASES = st.lists(
    st.builds(Case, st.floats(0, 1, allow_nan=False), st.booleans()),
    min_size=1,
    max_size=40,
)


def test_the_upper_bound_of_no_error_has_its_closed_form() -> None:
    """Without an error in n the bound solves (1 - p)^n = alpha / 2."""
    for cases in (1, 10, 300):
        assert upper_bound(0, cases) == pytest.approx(1 - 0.025 ** (1 / cases), abs=1e-9)
    assert upper_bound(5, 5) == 1.0
    assert upper_bound(0, 0) == 1.0


def test_the_upper_bound_equals_published_values() -> None:
    """Clopper and Pearson's 95 % interval for 1 in 10 ends at 0.4450, for 10 in 100 at 0.1762."""
    assert upper_bound(1, 10) == pytest.approx(0.4450, abs=5e-5)
    assert upper_bound(10, 100) == pytest.approx(0.1762, abs=5e-5)


@given(st.integers(1, 400), st.data())
def test_the_upper_bound_lies_above_the_share(cases: int, data: st.DataObject) -> None:
    """The bound is never below what was observed and falls with more cases of the same share."""
    wrong = data.draw(st.integers(0, cases))
    bound = upper_bound(wrong, cases)
    assert wrong / cases <= bound <= 1.0
    assert upper_bound(2 * wrong, 2 * cases) <= bound + 1e-9


@given(CASES)
def test_ranking_is_the_share_of_pairs_in_order(cases: list[Case]) -> None:
    """AUROC equals the count over all pairs of a right and a wrong answer, ties half."""
    right = [case.confidence for case in cases if case.right]
    wrong = [case.confidence for case in cases if not case.right]
    got = area_under_roc(cases)
    if not right or not wrong:
        assert got is None
        return
    pairs = [1.0 if r > w else 0.5 if r == w else 0.0 for r in right for w in wrong]
    assert got == pytest.approx(sum(pairs) / len(pairs))


def test_risk_over_coverage_by_hand() -> None:
    """With right, wrong, right in falling confidence the shares wrong are 0, 1/2, 1/3."""
    cases = [Case(0.9, True), Case(0.5, False), Case(0.1, True)]
    assert area_under_risk_coverage(cases) == pytest.approx((0 + 1 / 2 + 1 / 3) / 3)
    tied = [Case(0.5, True), Case(0.5, False)]
    assert area_under_risk_coverage(tied) == area_under_risk_coverage(tied[::-1]) == pytest.approx(0.5)


def test_calibration_error_by_hand() -> None:
    """Two bins: stated 0.95 and half right, stated 0.15 and none right."""
    cases = [Case(0.95, True), Case(0.95, False), Case(0.15, False), Case(0.15, False)]
    assert calibration_error(cases) == pytest.approx((abs(0.95 - 0.5) + 0.15) / 2)


@given(CASES, st.booleans())
def test_calibration_error_is_a_share(cases: list[Case], equal_size: bool) -> None:
    """The error lies between 0 and 1 and is 0 for answers that are right and sure."""
    assert 0 <= calibration_error(cases, equal_size=equal_size) <= 1 + 1e-12
    assert calibration_error([Case(1.0, True) for _ in cases], equal_size=equal_size) == 0


@given(CASES)
def test_coverage_falls_with_the_threshold(cases: list[Case]) -> None:
    """A stricter threshold never accepts more; threshold 0 accepts all."""
    coverages = [point.coverage for point in risk_curve(cases)]
    assert coverages == sorted(coverages, reverse=True)
    assert coverages[0] == 1.0


def test_counts_without_answers_are_zero_not_an_error() -> None:
    """Nothing answered and nothing true give 0, so that tables stay readable."""
    assert Count().f1 == Count().precision == Count().recall == 0.0
    assert Count(1, 2, 4).f1 == pytest.approx(2 / (2 + 4))
    assert not math.isnan(Count(0, 3, 0).f1)
