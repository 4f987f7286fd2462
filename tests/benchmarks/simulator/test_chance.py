"""The simulator errs as often as its profile says, in the way that it says, and the same way again."""

import math

import pytest

from benchmarks.simulator import profiles
from benchmarks.simulator.draws import Draw
from benchmarks.simulator.errors import drawn_mistake
from benchmarks.simulator.logprobs import probability
from benchmarks.simulator.usage import BLOCK, PrefixCache
from evaluation.measures import Case, area_under_roc

TIMES = 20_000


@pytest.mark.parametrize("kind", ["money", "date", "identifier", "party", "clause"])
def test_each_mistake_is_made_as_often_as_the_profile_says(kind):
    """Within four standard deviations of the binomial, over twenty thousand readings."""
    rates = profiles.load("honest").rates_for(kind, "small")
    made = [drawn_mistake(rates, Draw(1, f"d{number}", kind, "small", 0)) for number in range(TIMES)]
    for name, rate in rates.items():
        spread = math.sqrt(rate * (1 - rate) / TIMES)
        assert abs(made.count(name) / TIMES - rate) < 4 * spread, name
    assert made.count(None) / TIMES == pytest.approx(1 - sum(rates.values()), abs=0.02)


def test_a_strong_model_errs_less_and_no_profile_errs_without_saying_so():
    """The factor of the profile holds for names that fit its pattern; the perfect one makes no mistake at all."""
    honest = profiles.load("honest")
    small, strong = (sum(honest.rates_for("money", name).values()) for name in ("small", "very-strong"))
    assert strong == pytest.approx(0.25 * small)
    assert profiles.load("perfect").rates_for("money", "small") == {}


def test_chance_depends_on_what_is_asked_and_on_nothing_else():
    """The same seed, document, field, model and sample: the same draw; any other: another one."""
    one = Draw(1, "d", "total", "m", 0)
    assert one.share("mistake") == Draw(1, "d", "total", "m", 0).share("mistake")
    others = [Draw(2, "d", "total", "m", 0), Draw(1, "e", "total", "m", 0), Draw(1, "d", "total", "m", 1)]
    assert len({one.share("mistake"), *(other.share("mistake") for other in others)}) == 4


@pytest.mark.parametrize("name", ["honest", "overconfident", "gullible"])
def test_log_probabilities_tell_right_from_wrong_as_well_as_the_profile_says(name):
    """The chance that a right value has the higher probability than a wrong one is the stated one."""
    certainty = profiles.load(name).certainty
    assert certainty is not None
    points = [(number + 0.5) / 400 for number in range(400)]
    cases = [Case(probability(certainty, right, point), right) for right in (True, False) for point in points]
    assert area_under_roc(cases) == pytest.approx(certainty.auroc, abs=0.02)


def test_a_prefix_that_was_seen_is_counted_as_cached_in_whole_blocks():
    """The same document before another question costs only the question; another model knows nothing of it."""
    cache, document = PrefixCache(), "word " * 2_000
    assert cache.seen("m", document + "first question?" * 50) == 0
    known = cache.seen("m", document + "another one!" * 50)
    assert known == len(document.encode()) // (BLOCK * 4) * BLOCK
    assert cache.seen("other", document) == 0
    cache.forget()
    assert cache.seen("m", document) == 0
