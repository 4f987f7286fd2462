"""Tests of switches, breakers and rates: shared by processes through either database."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from schemas.errors import Reason, Refusal
from store.breakers import BreakerRule, Breakers
from store.rates import Rates
from store.store import Store
from store.switches import Switches

RULE = BreakerRule(failures=3, documents=2)


def test_a_switch_holds_for_everybody_until_it_is_released(store, clock, url, tmp_path):
    """Another process sees it, after a restart too; releasing one provider leaves the others stopped."""
    switches = Switches(store.database, clock)
    assert switches.stop("openai", "ann", "prices") and not switches.stop("openai", "bob", "again")
    other = Store.open(url, tmp_path / "files", clock)
    elsewhere = Switches(other.database, clock)
    assert "prices" in str(elsewhere.stopped("openai")) and elsewhere.stopped("ollama") is None
    switches.stop("", "ann", "everything")
    assert elsewhere.stopped("ollama") is not None
    assert elsewhere.resume("openai", "bob") == ["openai"]
    assert elsewhere.stopped("openai") is not None, "the switch of all still holds"
    assert elsewhere.resume("", "bob") == [""] and switches.stopped("openai") is None
    other.close()


@pytest.fixture
def breakers(store, clock) -> Breakers:
    return Breakers(store.database, clock, RULE, random.Random(1))


def fail(breakers, times: int, documents: str = "ab") -> None:
    for number in range(times):
        breakers.failed("openai", "m", f"c{number}", documents[number % len(documents)] * 64, "HTTP 503")


def test_a_breaker_opens_on_failures_of_several_documents_and_lets_one_probe_through(breakers, clock):
    """Open: nobody; after the pause: one; its success closes the breaker for all."""
    fail(breakers, 2)
    assert breakers.enter("openai", "m", "x") is None
    fail(breakers, 1)
    shut = breakers.enter("openai", "m", "x")
    assert shut is not None and shut.cause == "HTTP 503" and shut.until > clock()
    assert breakers.enter("openai", "other", "x") is None, "another model is not touched"
    clock.forward((shut.until - clock()).total_seconds())
    assert breakers.enter("openai", "m", "probe") is None
    assert breakers.enter("openai", "m", "second") is not None
    breakers.succeeded("openai", "m", "probe")
    assert breakers.enter("openai", "m", "second") is None and not breakers.states()


def test_one_document_alone_does_not_open_it(breakers):
    """A provider that chokes on one document is not down."""
    fail(breakers, 20, documents="a")
    assert breakers.enter("openai", "m", "x") is None


def test_failures_among_many_successes_do_not_open_it(breakers):
    """Half of the calls in the window have to fail."""
    fail(breakers, 1)
    for number in range(20):
        breakers.succeeded("openai", "m", f"s{number}")
    fail(breakers, 4)
    assert breakers.enter("openai", "m", "x") is None


def test_pauses_grow_and_have_an_end(breakers, clock):
    """Each failed probe doubles the pause, up to the longest."""
    fail(breakers, 3)
    pauses = []
    for number in range(8):
        shut = breakers.enter("openai", "m", f"w{number}")
        pauses.append((shut.until - clock()).total_seconds())
        clock.forward(pauses[-1])
        assert breakers.enter("openai", "m", f"p{number}") is None
        breakers.failed("openai", "m", f"p{number}", "a" * 64, "HTTP 503")
    assert 30 <= pauses[0] <= 36 and 60 <= pauses[1] <= 72
    assert pauses[-1] <= RULE.longest_pause.total_seconds() * 1.2


def test_a_probe_whose_process_died_is_given_up(breakers, clock):
    """After its lease another call is the probe; one that was not made after all frees the place at once."""
    fail(breakers, 3)
    clock.forward(60)
    assert breakers.enter("openai", "m", "dead") is None
    clock.forward(RULE.probe_lease.total_seconds() - 1)
    assert breakers.enter("openai", "m", "next") is not None
    clock.forward(1)
    assert breakers.enter("openai", "m", "next") is None
    breakers.given_up("openai", "m", "next")
    assert breakers.enter("openai", "m", "third") is None


def test_a_stampede_at_a_half_open_breaker_makes_one_probe(breakers, store, clock, url, tmp_path):
    """Forty callers of two processes' stores at once: exactly one gets through."""
    fail(breakers, 3)
    clock.forward(60)
    other = Store.open(url, tmp_path / "files", clock)
    doors = [breakers, Breakers(other.database, clock, RULE)]
    start = threading.Barrier(40)

    def enter(number: int) -> bool:
        start.wait()
        return doors[number % 2].enter("openai", "m", f"c{number}") is None

    with ThreadPoolExecutor(40) as threads:
        assert sum(threads.map(enter, range(40))) == 1
    other.close()


def test_rates_are_never_passed_in_any_minute(store, clock):
    """Over ten simulated minutes no minute holds more calls or tokens than allowed, and the room is used."""
    rates, dice = Rates(store.database, clock), random.Random(3)
    passed = []
    for number in range(200):
        clock.forward(dice.uniform(0, 6))
        tokens = dice.randrange(10, 400)
        if rates.enter("openai", f"c{number}", tokens, 8, 1500) is None:
            passed.append((clock(), tokens))
    for at, _ in passed:
        minute = [tokens for other, tokens in passed if at <= other < at + timedelta(minutes=1)]
        assert len(minute) <= 8 and sum(minute) <= 1500
    assert len(passed) > 40


def test_who_comes_too_early_is_told_when_to_come_again(store, clock):
    """The moment at which the oldest call leaves the minute; another provider is not held up."""
    rates = Rates(store.database, clock)
    assert rates.enter("openai", "a", 10, 1, None) is None
    assert rates.enter("openai", "b", 10, 1, None) == clock() + timedelta(minutes=1)
    assert rates.enter("ollama", "c", 10, 1, None) is None
    clock.forward(60)
    assert rates.enter("openai", "b", 10, 1, None) is None


def test_a_call_larger_than_a_minute_goes_alone(store, clock):
    """A document that has more tokens than the limit is not held back for ever."""
    rates = Rates(store.database, clock)
    assert rates.enter("openai", "a", 5000, None, 1000) is None
    assert rates.enter("openai", "b", 10, None, 1000) is not None


def test_documents_that_wait_for_a_cause_come_due_when_it_is_gone(store, clock):
    """Only those that wait for it, whenever their time would have come."""
    for number, reason in enumerate((Reason.STOPPED, Reason.STOPPED, Reason.BUDGET_EXHAUSTED)):
        store.add_document(b"%d" % number, f"{number}.txt")
        (claim,) = store.claim("w")
        store.defer(claim, Refusal(reason, "No call.", "Wait."), clock() + timedelta(hours=number), counted=False)
    assert store.hasten(Reason.STOPPED) == 2
    assert sorted(document.name for document in store.due_deferred()) == ["0.txt", "1.txt"]
