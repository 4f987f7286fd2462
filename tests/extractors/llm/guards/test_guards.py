"""Tests of the guards that decide: retries, breaker, steps, rates, budget, kept answers."""

import random
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from zoneinfo import ZoneInfo

import pytest
from guard_calls import Canned, answer, call, completion

from extractors.llm.bounds import input_bound, worst_cost
from extractors.llm.guards.answered import Answered
from extractors.llm.guards.breaker import Breaker
from extractors.llm.guards.budget import Budget, Limits, dollars, next_period, scopes_of
from extractors.llm.guards.journal import Journal, is_servable, key_of
from extractors.llm.guards.network import Lost, NotSent
from extractors.llm.guards.rates import RateLimits, Rates
from extractors.llm.guards.retries import Retries
from extractors.llm.guards.steps import Steps
from extractors.llm.prices import FREE, Price, price_of
from schemas.calls import Answer, Shut
from schemas.errors import CallRefused, Reason, Unavailable
from store.ledger import StoredLedger
from store.responses import Responses
from store.store import Store

LOST = Lost(Reason.MODEL_UNAVAILABLE, "No whole answer.", "Again.")
NOT_SENT = NotSent(Reason.MODEL_UNAVAILABLE, "No connection.", "Again.")


def retries(end: Canned, clock, tries: int = 3) -> Retries:
    return Retries(end, tries, clock.now, clock.sleep, random.Random(1))


@pytest.mark.parametrize("first", [answer(429), answer(500), answer(502), answer(529), answer(408), LOST, NOT_SENT])
def test_what_may_work_the_next_time_is_tried_again_as_a_call_of_its_own(clock, first):
    """The second try has its own id and number, so that it is reserved, counted and traced by itself."""
    end = Canned(first, answer())
    assert retries(end, clock).send(call()).status == 200
    assert [each.attempt for each in end.calls] == [1, 2] and len({each.id for each in end.calls}) == 2
    assert len(clock.slept) == 1 and 0 <= clock.slept[0] <= 0.5


@pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 422])
def test_what_another_try_does_not_mend_is_not_tried_again(clock, status):
    """A bad request stays bad."""
    end = Canned(answer(status))
    assert retries(end, clock).send(call()).status == status
    assert len(end.calls) == 1


def test_tries_are_counted_and_the_last_failure_is_told(clock):
    """Three tries, then the last answer, or the last refusal."""
    end = Canned(answer(503))
    assert retries(end, clock).send(call()).status == 503 and len(end.calls) == 3
    end = Canned(LOST)
    with pytest.raises(Lost):
        retries(end, clock).send(call())
    assert len(end.calls) == 3


RETRY_INFO = b'{"error": {"code": 429, "details": [{"@type": "google.rpc.RetryInfo", "retryDelay": "7.25s"}]}}'


@pytest.mark.parametrize("form", ["seconds", "date", "milliseconds", "body"])
def test_retry_after_is_honoured(clock, form):
    """In seconds, as a date, in OpenAI's milliseconds or in Google's body; never less than was asked for."""
    date = format_datetime(clock.now() + timedelta(seconds=8), usegmt=True)
    busy = {
        "seconds": answer(429, Retry_After="7"),
        "date": answer(429, Retry_After=date),
        "milliseconds": answer(429, retry_after_ms="7000", Retry_After="1"),
        "body": answer(429, RETRY_INFO),
    }[form]
    retries(Canned(busy, answer()), clock).send(call(deadline=clock.now() + timedelta(minutes=5)))
    assert 6.9 <= clock.slept[0] < 9


@pytest.mark.parametrize("tries", [1, 3])
def test_a_pause_that_outlasts_the_document_puts_it_off_till_then(clock, tries):
    """No second call within the hour that the provider asks for; the refusal carries the moment."""
    end = Canned(answer(429, Retry_After="3600"), answer())
    with pytest.raises(CallRefused, match="pause") as refused:
        retries(end, clock, tries).send(call(deadline=clock.now() + timedelta(minutes=5)))
    assert len(end.calls) == 1 and not clock.slept
    assert refused.value.passing and refused.value.retry_at == clock.now() + timedelta(hours=1)


@pytest.mark.parametrize(
    "said", ["inf", "1e300", "nan", "999999999999", "Fri, 31 Dec 99999 23:59:59 GMT", "soon", "-5"]
)
def test_an_odd_wait_is_no_error(clock, said):
    """Whatever a provider writes there, it is tried again, or put off by a day at most."""
    end = Canned(answer(429, Retry_After=said), answer())
    try:
        assert retries(end, clock).send(call(deadline=clock.now() + timedelta(minutes=5))).status == 200
    except CallRefused as refused:
        assert refused.retry_at == clock.now() + timedelta(days=1)


def test_a_stop_is_not_tried_again(clock):
    """Who threw the switch does not want another call."""
    end = Canned(Lost(Reason.STOPPED, "Called off.", "Resume."))
    with pytest.raises(Lost):
        retries(end, clock).send(call())
    assert len(end.calls) == 1


class Told:
    """A breaker that remembers what it is told."""

    def __init__(self, shut: Shut | None = None) -> None:
        self.shut = shut
        self.said: list[str] = []

    def enter(self, provider, model, call):
        return self.shut

    def succeeded(self, *_):
        self.said.append("succeeded")

    def failed(self, *_):
        self.said.append("failed")

    def given_up(self, *_):
        self.said.append("given up")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (answer(), "succeeded"),
        (answer(400), "succeeded"),
        (answer(404), "succeeded"),
        (answer(429), "failed"),
        (answer(500), "failed"),
        (answer(529), "failed"),
        (LOST, "failed"),
        (NOT_SENT, "failed"),
        (Lost(Reason.STOPPED, "Called off.", "Resume."), "given up"),
        (CallRefused(Reason.BUDGET_EXHAUSTED, "No room.", "Wait."), "given up"),
        (Unavailable(Reason.DATABASE_UNAVAILABLE, "down"), "given up"),
    ],
)
def test_only_what_speaks_of_the_provider_counts_against_it(given, said):
    """Request errors, our own guards and a stop say nothing of the provider, and free the place of the probe."""
    told = Told()
    with suppress(CallRefused, Unavailable):
        Breaker(Canned(given), told).send(call())
    assert told.said == [said]


def test_an_open_breaker_says_when_the_next_try_is():
    """Nothing is sent; the refusal carries the moment."""
    until, end = datetime(2026, 3, 1, tzinfo=UTC), Canned()
    with pytest.raises(CallRefused) as refused:
        Breaker(end, Told(Shut(until, "HTTP 503"))).send(call())
    assert refused.value.retry_at == until and refused.value.passing and not end.calls


def test_steps_and_time_of_a_document_have_an_end(clock):
    """After so many calls, or when its time is over, nothing is sent; other readings have counts of their own."""
    end = Canned()
    steps = Steps(end, 3, clock.now)
    for _ in range(3):
        steps.send(call(trace="1" * 32))
    with pytest.raises(CallRefused, match="3 calls") as refused:
        steps.send(call(trace="1" * 32))
    assert not refused.value.passing
    steps.send(call(trace="2" * 32))
    with pytest.raises(CallRefused, match="time"):
        steps.send(call(trace="3" * 32, deadline=clock.now()))
    assert len(end.calls) == 4


def test_rates_wait_as_long_as_the_document_may(clock):
    """A call that is too early sleeps until its moment; one whose document would be over is put off till then."""

    class Log:
        def __init__(self) -> None:
            self.at = clock.now() + timedelta(seconds=20)

        def enter(self, *_):
            return self.at if clock.now() < self.at else None

    Rates(Canned(), Log(), RateLimits(1, None), clock.now, clock.sleep).send(call())
    assert clock.slept == [20.0]
    with pytest.raises(CallRefused) as refused:
        soon = clock.now() + timedelta(seconds=5)
        Rates(Canned(), Log(), RateLimits(1, None), clock.now, clock.sleep).send(call(deadline=soon))
    assert refused.value.retry_at is not None and refused.value.passing


PRICE = Price(1_000_000_000, 4_000_000_000, 100_000_000, 1_000_000_000)  # 1, 4 and 0.1 dollars per million


@pytest.fixture
def store(tmp_path) -> Store:
    store = Store.open(f"sqlite:///{tmp_path}/d.db", tmp_path / "files")
    yield store
    store.close()


def budget(store: Store, end: Canned, price=lambda _call: PRICE, now=lambda: datetime.now(UTC), **limits) -> Budget:
    return Budget(end, StoredLedger(store.database, now), Limits(**{"day": 10**9, **limits}), price, now)


def spent(store: Store) -> tuple[int, int]:
    return StoredLedger(store.database).totals()


@pytest.mark.parametrize(
    ("given", "cost"),
    [
        (answer(), 100 * 1000 + 10 * 4000),
        (answer(body=completion(usage=None)), "whole"),
        (answer(body=completion(usage={"prompt_tokens": 0, "completion_tokens": 0})), "whole"),
        (answer(body=completion(usage={"prompt_tokens": -5, "completion_tokens": 3})), "whole"),
        (answer(body=completion(usage={"prompt_tokens": 10**30, "completion_tokens": 3})), "whole"),
        (answer(body=completion(usage={"prompt_tokens": 100, "completion_tokens": 0})), "whole"),
        (answer(body=b"no JSON"), "whole"),
        (answer(400), 0),
        (answer(429), 0),
        (answer(503), 0),
        (answer(500), "whole"),
        (answer(502), "whole"),
        (LOST, "whole"),
        (RuntimeError("ours"), "whole"),
        (NOT_SENT, 0),
    ],
)
def test_what_comes_back_settles_the_reservation(store, given, cost):
    """Usage costs what it says; unknown usage, lost answers and mistakes of ours cost the whole; the unsent nothing."""
    made = call(body=b"x" * 1000)
    whole = (input_bound(made.body)) * 1000 + made.max_output_tokens * 4000
    with suppress(CallRefused, RuntimeError):
        budget(store, Canned(given)).send(made)
    assert spent(store) == (whole if cost == "whole" else cost, 0)


def test_cached_tokens_cost_less_and_costs_are_rounded_up(store):
    """The provider's prefix cache shows in the bill; a fraction of a nano-dollar is never lost."""
    usage = {"prompt_tokens": 100, "completion_tokens": 1, "prompt_tokens_details": {"cached_tokens": 90}}
    budget(store, Canned(answer(body=completion(usage=usage)))).send(call())
    assert spent(store)[0] == 10 * 1000 + 90 * 100 + 4000
    assert Price(1, 1, 1, 1).worst(1, 0) == 1


def test_a_call_that_could_pass_the_budget_is_not_made(store):
    """The refusal names the scope and says when it is worth asking again."""
    end = Canned()
    with pytest.raises(CallRefused) as refused:
        budget(store, end, day=1000).send(call())
    assert refused.value.reason is Reason.BUDGET_EXHAUSTED and not end.calls
    assert refused.value.passing and refused.value.retry_at is not None
    with pytest.raises(CallRefused, match="of this run") as refused:
        budget(store, end, run=1000).send(call())
    assert not refused.value.passing and not end.calls


def test_an_alarm_at_ten_times_and_a_stop_at_fifty_times_the_usual_cost(store, caplog):
    """The alarm is told once and recorded; the stop keeps the document from any further call."""
    guard = budget(store, Canned(), usual_document=50_000)
    ledger = StoredLedger(store.database)
    for _ in range(4):
        guard.send(call())
    key = f"document:{'a' * 64}:r"
    assert ledger.balance(key).alarm == "alarm"
    assert len([record for record in caplog.records if "times what is usual" in record.message]) == 1
    with pytest.raises(CallRefused, match="50 times") as refused:
        for _ in range(40):
            guard.send(call())
    assert not refused.value.passing and ledger.balance(key).alarm == "stopped"
    assert 50 * 50_000 <= ledger.balance(key).spent < 50 * 50_000 + 140_000, "no call after the one that reached it"


def test_a_kind_of_document_that_costs_little_is_not_stopped_for_the_worst_case_of_a_call(store):
    """Fifty times a small cost can be less than one reservation: the stop looks at what was paid."""
    guard = budget(store, Canned(), usual_document=1000)
    made = call()
    assert worst_cost(made, PRICE) > 50 * 1000
    guard.send(made)
    with pytest.raises(CallRefused, match="50 times"):
        guard.send(call())


WRONG = [
    "openai/gpt-5-minii", "openai/gpt5-mini", "openai/GPT-5", "openai/gpt-5-mini-turbo", "openai/", "openai/gpt",
    "openai/gpt-5-mini-2025-13-99x", "openai/o9", "anthropic/claude", "anthropic/claude-haiku",
    "anthropic/claude-haiku-4-5-foo",
    "anthropic/haiku", "google/gemini", "google/gemini-2.5-flsh", "google/gemini-9-ultra", "ollama/qwen3", "vllm/llama",
    "Openai/gpt-5", "openai /gpt-5", "nobody/nothing",
]  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_model_without_a_price_is_refused_before_any_call(store, name):
    """Twenty misspelt, made-up and unpriced models: nothing is sent, nothing reserved, another try does not help."""
    provider, _, model = name.partition("/")
    end = Canned()
    with pytest.raises(CallRefused) as refused:
        budget(store, end, price=lambda _call: price_of(provider, model, {}, datetime.now(UTC))).send(call())
    assert refused.value.reason is Reason.PRICE_UNKNOWN and not refused.value.passing
    assert not end.calls and spent(store) == (0, 0)


def test_a_price_of_ones_own_wins_and_the_list_says_nothing_of_other_servers():
    """A known name behind another address costs what its operator says, or is refused."""
    now = datetime.now(UTC)
    assert price_of("openai", "gpt-5-mini", {}, now).input > 0
    assert price_of("openai", "gpt-5-mini-2025-08-07", {}, now) == price_of("openai", "gpt-5-mini", {}, now)
    assert price_of("openai", "gpt-5-mini", {"openai/gpt-5-mini": FREE}, now).is_free
    with pytest.raises(CallRefused):
        price_of("openai", "gpt-5-mini", {}, now, own_server=True)


ZONES = {  # a day on which the clocks change, and how many hours it has
    "Europe/Berlin": [("2026-03-29", 23), ("2026-10-25", 25), ("2026-07-01", 24)],
    "America/New_York": [("2026-03-08", 23), ("2026-11-01", 25), ("2026-07-01", 24)],
    "America/Santiago": [("2026-09-06", 23), ("2026-04-04", 25)],  # midnight itself is skipped, or comes twice
    "Australia/Lord_Howe": [("2026-10-04", 23.5), ("2026-04-05", 24.5)],
    "Asia/Kolkata": [("2026-03-29", 24)],
    "UTC": [("2026-10-25", 24)],
}


@pytest.mark.parametrize(("zone", "day", "hours"), [(z, d, h) for z, days in ZONES.items() for d, h in days])
def test_a_day_is_a_calendar_day_of_its_zone(zone, day, hours):
    """Days of 23 to 25 hours are one scope from their first to their last moment, and the next begins right after."""
    wanted = datetime.fromisoformat(day).date()
    noon = datetime(wanted.year, wanted.month, wanted.day, 12, tzinfo=ZoneInfo(zone))
    end = next_period("day", noon, zone)
    begin = next_period("day", noon - timedelta(days=1), zone)
    assert (end - begin) == timedelta(hours=hours)
    limits = Limits(day=1, zone=zone)

    def scope(moment: datetime) -> str:
        return scopes_of(call().purpose, limits, moment, stop=1)[0].key

    assert {scope(begin + (end - begin) * step / 97) for step in range(97)} == {f"day:{day}"}
    assert scope(end) != f"day:{day}" != scope(begin - timedelta(seconds=1))


def test_a_month_ends_with_its_last_day():
    """December too, and in the zone of the budget."""
    moment = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    assert next_period("month", moment, "UTC") == datetime(2027, 1, 1, tzinfo=UTC)
    assert next_period("month", moment, "Europe/Berlin") == datetime(2027, 1, 31, 23, tzinfo=UTC)
    assert next_period("run", moment, "UTC") is None


@pytest.mark.parametrize(
    ("nano", "said"), [(0, "$0.00"), (1, "less than $0.000001"), (1_234_500_000, "$1.2345"), (5 * 10**12, "$5,000.00")]
)
def test_amounts_read_as_dollars(nano, said):
    """Cents at least, further places only if they are needed."""
    assert dollars(nano) == said


@pytest.fixture
def kept(store) -> Responses:
    return Responses(store.database)


def test_an_answer_is_on_disk_before_anybody_reads_it_and_serves_the_same_question(kept):
    """Journal and cache are one: the second request reaches no network, even for another document's mark."""
    end = Canned()
    chain = Answered(Journal(end, kept), kept, "live")
    body = b'{"messages": [{"content": "<<<0123456789abcdef text"}], "b": 1}'
    first = chain.send(call(body=body))
    other = (
        body.replace(b"0123456789abcdef", b"fedcba9876543210").replace(b', "b": 1', b"").replace(b"{", b'{"b": 1, ', 1)
    )
    again = chain.send(call(body=other, marker="fedcba9876543210"))
    assert (first.served, again.served, again.body) == ("network", "store", first.body)
    assert len(end.calls) == 1
    assert chain.send(call(body=body, sample=1)).served == "network", "an independent reading is asked anew"


@pytest.mark.parametrize(
    "given",
    [
        answer(500),
        answer(400),
        answer(body=b"{"),
        answer(body=completion("", finish="stop")),
        answer(body=completion("{", finish="length")),
        answer(body=completion("no", finish="content_filter")),
        answer(body=completion("no", finish="refusal")),
    ],
)
def test_what_is_not_whole_is_kept_but_never_served(kept, given):
    """Errors, cut answers and refusals stand in the journal for the trace, and the next call goes to the network."""
    end = Canned(given)
    chain = Answered(Journal(end, kept), kept, "live")
    for _ in range(2):
        assert chain.send(call()).served == "network"
    assert len(end.calls) == 2 and len(kept.of_document("a" * 64)) == 2


def test_an_answer_that_was_found_wanting_is_not_served_again(kept):
    """What did not fit its schema is asked again the next time."""
    end = Canned()
    chain = Answered(Journal(end, kept), kept, "live")
    made = call()
    chain.send(made)
    kept.disown(key_of(made))
    assert chain.send(call()).served == "network"


def test_modes(kept):
    """record asks although an answer is kept; replay never asks; strict replay ends the work where one is missing."""
    end = Canned()
    journal = Journal(end, kept)
    for _ in range(2):
        assert Answered(journal, kept, "record").send(call()).served == "network"
    for mode in ("replay", "replay-strict"):
        assert Answered(journal, kept, mode).send(call()).served == "store"
    with pytest.raises(CallRefused) as refused:
        Answered(journal, kept, "replay").send(call(body=b'{"other": 1}'))
    assert not refused.value.passing
    with pytest.raises(Unavailable):
        Answered(journal, kept, "replay-strict").send(call(body=b'{"other": 1}'))
    assert len(end.calls) == 2


def test_keys_are_nowhere_in_the_store(kept, store, tmp_path):
    """Neither request headers nor answers' cookies are kept."""
    Journal(Canned(answer(Set_Cookie="session=abc", X_Request_Id="r1")), kept).send(call())
    store.database.close()
    raw = b"".join(path.read_bytes() for path in tmp_path.glob("d.db*"))
    assert b"sk-secret123" not in raw and b"session=abc" not in raw and b"r1" in raw


def test_kept_answers_are_deleted_after_their_days(store):
    """What is older goes, what is younger stays."""
    now = [datetime(2026, 3, 1, tzinfo=UTC)]
    kept = Responses(store.database, lambda: now[0])
    Journal(Canned(), kept).send(call())
    now[0] += timedelta(days=29)
    assert kept.purge(30) == 0
    now[0] += timedelta(days=2)
    assert kept.purge(30) == 1 and kept.find(key_of(call())) is None


def test_an_answer_is_servable_only_in_its_own_protocol():
    """Bytes of another protocol are no answer."""
    assert is_servable(call(), answer())
    assert not is_servable(call(), Answer(200, (), b'{"content": []}', 0.0))
