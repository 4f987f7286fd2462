"""A model over the real protocol, through all guards: what is asked, what comes back, what is done about faults."""

from typing import Any

import pytest

from schemas.comparators import equal
from schemas.errors import Reason, Unavailable
from store.ledger import StoredLedger
from store.switches import Switches
from store.traces import Traces


def wrong(extraction, truth, schema) -> list[str]:
    """Names of fields that differ from the truth."""
    got = extraction.record()
    names = [name for name in truth.fields if name in got]
    return [name for name in names if not equal(schema.field(name), truth.fields[name], got[name])]


@pytest.mark.parametrize("mode", ["structured", "tools"])
def test_a_model_that_never_errs_gives_the_truth(simulator, settings_for, open_reader, truths, mode):
    """Amounts, dates, lists and rows survive the trip in both modes, each with its place on the page and a cost."""
    with open_reader(settings_for(simulator, mode=mode)) as reader:
        for name in ("invoice-02-window-de", "nda-01"):
            extraction = reader.read(name)
            assert wrong(extraction, truths[name], reader.line.schemas[truths[name].kind]) == []
            found = [each for each in extraction.fields.values() if each.answer == "found" and each.kind != "table"]
            assert found and all(each.source == "llm" and each.evidence for each in found)
            assert extraction.cost_nano_dollars > 0 and extraction.trace_id
            assert extraction.routes[0].model == "simulator/small" and not extraction.fallbacks


@pytest.mark.parametrize("simulator", ["lazy"], indirect=True)
def test_all_rows_come_back_from_a_model_that_stops_after_forty(simulator, settings_for, open_reader, truths):
    """120 rows in windows: all of them, none twice, in order."""
    with open_reader(settings_for(simulator)) as reader:
        extraction = reader.read("invoice-15-120-rows-en")
    assert len(extraction.rows["line_items"]) == 120
    assert "line_items" not in wrong(extraction, truths["invoice-15-120-rows-en"], reader.line.schemas["invoice"])


def test_a_long_contract_is_sent_as_passages(simulator, settings_for, open_reader, truths):
    """Sixty pages: what is asked for is in the passages, and with a second look still not all of it goes out."""
    name = "master-agreement-60-pages"
    with open_reader(settings_for(simulator)) as reader:
        extraction = reader.read(name)
        kept = [span.attributes for span in Traces(reader.line.store.database).of_document(extraction.document)]
        whole = sum(len(page.text) for page in reader._parsed[name].pages)
    assert wrong(extraction, truths[name], reader.line.schemas["contract"]) == []
    sent = [each["gen_ai.usage.input_tokens"] for each in kept if each["docassay.level"] == "attempt"]
    assert 1 <= len(sent) <= 2 and sent[0] < 0.45 * whole / 4 + 3000
    assert sum(sent) < 0.9 * whole / 4 + 6000


def test_rules_first_asks_only_for_what_is_not_proved(simulator, settings_for, open_reader):
    """Fields that rules proved are not sent to the model; the decision is kept with its inputs."""
    with open_reader(settings_for(simulator, route="rules-first")) as reader:
        extraction = reader.read("invoice-02-window-de")
    (decision,) = extraction.routes
    assert decision.route == "rules-first" and set(decision.fields) < set(extraction.fields)
    assert set(decision.confidences) == set(decision.fields)
    assert all(extraction.fields[name].source != "llm" for name in set(extraction.fields) - set(decision.fields))


def test_each_schema_may_have_a_rule_of_its_own(simulator, settings_for, open_reader):
    """One kind of document is never sent, another goes to a model of its own, the rest as the settings say."""
    own = {"contract": {"route": "rules-only"}, "invoice": {"name": "simulator/other", "route": "llm-first"}}
    with open_reader(settings_for(simulator, schemas=own)) as reader:
        assert not reader.read("nda-01").routes and not simulator.calls()
        refused = reader.read("invoice-02-window-de")
    assert [(each.model, each.route) for each in refused.routes] == [("simulator/other", "llm-first")]
    assert {each.reason for each in refused.fallbacks} == {Reason.PRICE_UNKNOWN}, "its own model needs its own price"
    priced = settings_for(simulator, schemas={"invoice": {"route": "rules-first"}})
    with open_reader(priced) as reader:
        assert reader.read("nda-01").routes[0].route == "llm-only"
        assert reader.read("invoice-02-window-de").routes[0].route == "rules-first"


@pytest.mark.parametrize("simulator", ["honest"], indirect=True)
def test_the_strong_model_is_asked_for_what_stays_unsure_and_missed_when_it_fails(simulator, settings_for, open_reader):
    """Fewer fields go to it than to the first one; when it does not answer, they say so and are worth waiting."""
    settings = settings_for(simulator, strong="simulator/large", strong_below=0.99)
    prices = {**settings.prices, "simulator/large": settings.prices["simulator/small"]}
    settings = settings.model_copy(update={"prices": prices})
    with open_reader(settings) as reader:
        both = reader.read("nda-01")
    first, second = both.routes
    assert second.model == "simulator/large" and set(second.fields) < set(first.fields) and not both.fallbacks
    assert {each["model"] for each in simulator.calls()} == {"small", "large"}
    simulator.faults([{"fault": "server_error", "status": 503, "when": {"model": "large"}}])
    with open_reader(
        settings.model_copy(update={"model": settings.model.model_copy(update={"responses": "record"})})
    ) as reader:
        alone = reader.read("nda-01")
    (fallback,) = alone.fallbacks
    assert set(fallback.fields) == set(second.fields) and fallback.passing
    for name in fallback.fields:
        assert any("The strong model did not read it" in said for said in alone.fields[name].reasons)


def test_a_second_reader_is_asked_otherwise_about_the_grey_band(simulator, settings_for, open_reader, truths):
    """It gets its own question about fewer fields, what it says is a reason, and the values stay those of the first."""
    asks = {"second_reading": "simulator/large", "second_from": 0.0, "second_below": 0.999}
    settings = settings_for(simulator, **asks)
    prices = {**settings.prices, "simulator/large": settings.prices["simulator/small"]}
    with open_reader(settings_for(simulator)) as reader:
        alone = reader.read("nda-01")
    with open_reader(settings.model_copy(update={"prices": prices})) as reader:
        extraction = reader.read("nda-01")
    first, second = extraction.routes
    assert second.model == "simulator/large" and second.second_from == 0.0 and second.threshold == 0.999
    assert extraction.record() == alone.record() and not extraction.fallbacks
    told = [name for name in second.fields if extraction.fields[name].signals.get("second_agrees")]
    assert told, "a reader that errs as seldom as the simulator must agree somewhere"
    for name in told:
        assert any("second reading" in reason for reason in extraction.fields[name].reasons)
        assert (extraction.fields[name].confidence or 0) > (alone.fields[name].confidence or 1)
    assert [each["model"] for each in simulator.calls()].count("large") == 1 and extraction.cost_nano_dollars > 0
    assert set(second.fields) <= set(first.fields)


def test_log_probabilities_become_signals(simulator, settings_for, open_reader):
    """Where the provider gives them, a value carries how sure the model was of its letters; else that nobody knows."""
    with open_reader(settings_for(simulator, logprobs=True)) as reader:
        told = reader.read("nda-01").fields["governing_law"].signals
    with open_reader(settings_for(simulator, logprobs=False)) as reader:
        silent = reader.read("nda-01").fields["governing_law"].signals
    assert "logprob_missing" not in told and told["logprob_least"] <= told["logprob_mean"] <= 0
    assert silent["logprob_missing"] == 1.0 and "logprob_mean" not in silent


def test_a_second_look_that_fails_is_not_taken_for_absence(simulator, settings_for, open_reader):
    """A field of a long contract whose second look met a dead provider says so and waits: only passages lack it."""
    simulator.faults([{"fault": "server_error", "status": 503, "when": {"from": 2}}])
    with open_reader(settings_for(simulator)) as reader:
        extraction = reader.read("master-agreement-60-pages")
    (fallback,) = extraction.fallbacks
    assert fallback.reason is Reason.MODEL_UNAVAILABLE and fallback.passing
    assert set(fallback.fields) < set(extraction.fields)
    assert all(extraction.fields[name].decision == "review" for name in fallback.fields)


def test_a_key_is_shown_only_to_the_provider_that_it_is_for(monkeypatch):
    """The key of the settings goes to the model they name; another provider gets the one of its own variable."""
    from flows.model import settings_of
    from flows.settings import Settings

    monkeypatch.setenv("ANTHROPIC_API_KEY", "for-anthropic")
    model = {"name": "openai/gpt-5-mini", "strong": "anthropic/claude-haiku-4-5", "api_key": "for-openai"}
    settings = Settings.model_validate({"model": model})
    assert settings_of(settings, "openai/gpt-5-mini").api_key == "for-openai"
    assert settings_of(settings, "anthropic/claude-haiku-4-5").api_key == "for-anthropic"
    assert settings_of(settings, "ollama/qwen3").api_key is None
    gateway = Settings.model_validate({"model": {**model, "base_url": "http://gateway/v1"}})
    assert settings_of(gateway, "anthropic/claude-haiku-4-5").api_key == "for-openai"


SLOW = ("stall_before_headers", "stall_after_headers", "drip", "delay")

UNUSABLE = [  # a fault, and what is said of it
    ({"fault": "refusal"}, Reason.MODEL_REFUSED),
    ({"fault": "content_filter"}, Reason.MODEL_REFUSED),
    ({"fault": "truncated"}, Reason.MODEL_REFUSED),
    ({"fault": "truncated_500"}, Reason.MODEL_UNAVAILABLE),
    ({"fault": "empty"}, Reason.MODEL_REFUSED),
    ({"fault": "schema_violation", "as": "wrong_type"}, Reason.MODEL_REFUSED),
    ({"fault": "schema_violation", "as": "missing"}, Reason.MODEL_REFUSED),
    ({"fault": "delay", "seconds": 30}, Reason.MODEL_UNAVAILABLE),
    ({"fault": "duplicate_keys"}, Reason.MODEL_REFUSED),
    ({"fault": "nan"}, Reason.MODEL_REFUSED),
    ({"fault": "unknown_model"}, Reason.MODEL_UNAVAILABLE),
    ({"fault": "context_length"}, Reason.MODEL_REFUSED),
    ({"fault": "server_error", "status": 500}, Reason.MODEL_UNAVAILABLE),
    ({"fault": "server_error", "status": 502}, Reason.MODEL_UNAVAILABLE),
    ({"fault": "server_error", "status": 529}, Reason.MODEL_UNAVAILABLE),
    ({"fault": "rate_limited"}, Reason.MODEL_UNAVAILABLE),
    ({"fault": "rate_limited", "retry_after": 1}, Reason.MODEL_UNAVAILABLE),
    ({"fault": "refused", "seconds": 30}, Reason.MODEL_UNAVAILABLE),
    ({"fault": "cut"}, Reason.MODEL_UNAVAILABLE),
    ({"fault": "stall_before_headers"}, Reason.MODEL_UNAVAILABLE),
    ({"fault": "stall_after_headers"}, Reason.MODEL_UNAVAILABLE),
    ({"fault": "drip"}, Reason.MODEL_UNAVAILABLE),
]


@pytest.mark.parametrize(("fault", "reason"), UNUSABLE, ids=lambda each: str(each))
def test_rules_stand_in_for_what_the_model_did_not_give(simulator, settings_for, open_reader, fault, reason):
    """Whatever goes wrong: no exception, the fields that a model was to read say why it did not, rules fill them."""
    simulator.faults([fault])
    patience = {"timeout_seconds": 1, "document_seconds": 6} if fault["fault"] in SLOW else {}
    with open_reader(settings_for(simulator, **patience)) as reader:
        extraction = reader.read("nda-01")
    assert extraction.fallbacks and {each.reason for each in extraction.fallbacks} == {reason}
    lost = {name for each in extraction.fallbacks for name in each.fields}
    for name in lost:
        result = extraction.fields[name]
        assert any("The model did not read it" in said for said in result.reasons)
        assert result.answer != "found" or result.source == "rules"
        assert result.answer == "found" or result.decision == "review"
    assert extraction.fields["governing_law"].value == "Delaware"


@pytest.mark.parametrize("fault", ["fenced", "usage_missing", "usage_zero", "usage_negative", "usage_inflated"])
def test_answers_that_can_still_be_used_are_used(simulator, settings_for, open_reader, fault):
    """JSON in a fence is read; without believable usage the whole reservation is the cost."""
    simulator.faults([{"fault": fault}])
    with open_reader(settings_for(simulator)) as reader:
        extraction = reader.read("nda-01")
        spent, held = StoredLedger(reader.line.store.database).totals()
    assert extraction.fields["governing_law"].source == "llm" and not extraction.fallbacks
    assert (spent, held) == (extraction.cost_nano_dollars, 0)
    assert spent > (10_000_000 if fault.startswith("usage") else 0)


@pytest.mark.parametrize(
    "fault",
    [
        {"fault": "rate_limited", "retry_after": 1, "when": {"call": 1}},
        {"fault": "rate_limited", "retry_after": 1, "as": "date", "when": {"call": 1}},
        {"fault": "schema_violation", "as": "extra", "when": {"call": 1}},
        {"fault": "schema_violation", "as": "wrong_type", "when": {"call": 1}},
        {"fault": "delay", "seconds": 1},
    ],
    ids=str,
)
def test_what_passes_with_another_try_or_some_patience_costs_no_field(simulator, settings_for, open_reader, fault):
    """A wait that the provider asks for, a re-ask for an answer that does not fit, a slow answer: all fields come."""
    simulator.faults([fault])
    with open_reader(settings_for(simulator)) as reader:
        extraction = reader.read("nda-01")
    assert not extraction.fallbacks and extraction.fields["governing_law"].source == "llm"


def test_an_empty_budget_and_a_stop_leave_the_document_to_rules_and_wait(simulator, settings_for, open_reader):
    """Both pass: they say when, or that a person resumes; nothing is sent."""
    with open_reader(settings_for(simulator, budget={"day_dollars": 0.001})) as reader:
        (fallback,) = reader.read("nda-01").fallbacks
        assert fallback.reason is Reason.BUDGET_EXHAUSTED and fallback.passing and fallback.retry_at
    with open_reader(settings_for(simulator)) as reader:
        Switches(reader.line.store.database).stop("simulator", "ann", "test")
        (fallback,) = reader.read("nda-01").fallbacks
        assert fallback.reason is Reason.STOPPED and fallback.passing
    assert simulator.calls() == []


def test_a_missing_key_is_told_and_nothing_is_sent(simulator, settings_for, open_reader, monkeypatch):
    """A provider that needs a key, without one: rules, with the variable to set."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with open_reader(settings_for(simulator, name="openai/gpt-5-mini", base_url=None)) as reader:
        (fallback,) = reader.read("nda-01").fallbacks
    assert "OPENAI_API_KEY" in fallback.remedy and fallback.reason is Reason.MODEL_UNAVAILABLE
    assert not fallback.passing, "waiting brings no key: the document is not put off"


def without_cost(extraction) -> dict[str, Any]:
    return extraction.model_dump(mode="json", exclude={"cost_nano_dollars", "trace_id"})


@pytest.mark.parametrize("simulator", ["honest"], indirect=True)
def test_a_batch_replays_offline_to_identical_records(simulator, settings_for, open_reader):
    """Records made from kept answers equal the first ones, cost nothing, and reach no network."""
    names = ("invoice-02-window-de", "nda-01", "nda-07", "invoice-15-120-rows-en")
    with open_reader(settings_for(simulator)) as reader:
        first = [reader.read(name) for name in names]
    calls = len(simulator.calls())
    simulator.refuse(60)
    with open_reader(settings_for(simulator, responses="replay-strict")) as reader:
        again = [reader.read(name) for name in names]
        with pytest.raises(Unavailable):
            reader.read("master-agreement-60-pages")
    assert [without_cost(each) for each in again] == [without_cost(each) for each in first]
    assert all(each.cost_nano_dollars > 0 for each in first) and not any(each.cost_nano_dollars for each in again)
    with open_reader(settings_for(simulator, responses="replay")) as reader:
        assert {f.reason for f in reader.read("master-agreement-60-pages").fallbacks} == {Reason.MODEL_UNAVAILABLE}
    assert calls


def test_every_call_leaves_a_trace_without_the_documents_text(simulator, settings_for, open_reader):
    """Call and attempts with tokens, cost, route and prompt version; costs add up to the record's."""
    with open_reader(settings_for(simulator)) as reader:
        extraction = reader.read("nda-01")
        spans = Traces(reader.line.store.database).of_document(extraction.document)
    calls = [span for span in spans if span.attributes["docassay.level"] == "call"]
    attempts = [span for span in spans if span.attributes["docassay.level"] == "attempt"]
    assert calls and {span.trace for span in spans} == {extraction.trace_id}
    assert {span.parent for span in attempts} == {span.id for span in calls}
    assert sum(span.attributes["docassay.cost_nano_dollars"] for span in attempts) == extraction.cost_nano_dollars
    for span in spans:
        assert span.ended_at >= span.started_at and span.attributes["docassay.prompt"]
        assert "Delaware" not in str(span.attributes) and "llm-only" in span.attributes["docassay.route"]


def test_a_failed_attempt_and_its_retry_are_two_spans(simulator, settings_for, open_reader):
    """The first 503 stands in the trace with its status, and what followed."""
    simulator.faults([{"fault": "server_error", "status": 503, "when": {"call": 1}}])
    with open_reader(settings_for(simulator)) as reader:
        extraction = reader.read("nda-01")
        spans = Traces(reader.line.store.database).of_document(extraction.document)
    tried = [span for span in spans if span.attributes["docassay.level"] == "attempt"]
    assert [span.ok for span in tried[:2]] == [False, True]
    assert [span.attributes["docassay.attempt"] for span in tried[:2]] == [1, 2]
    assert tried[0].attributes["http.response.status_code"] == 503 and not extraction.fallbacks


@pytest.mark.parametrize("kind", ["refuses", "hangs"])
def test_a_dead_collector_stops_nothing(simulator, settings_for, open_reader, kind):
    """Work goes on and ends in time whether the collector refuses connections or never answers."""
    import socket
    import time

    with socket.socket() as dead:
        dead.bind(("127.0.0.1", 0))
        if kind == "hangs":
            dead.listen(1)
        endpoint = f"http://127.0.0.1:{dead.getsockname()[1]}/v1/traces"
        settings = settings_for(simulator)
        settings = settings.model_copy(update={"traces": settings.traces.model_copy(update={"endpoint": endpoint})})
        started = time.monotonic()
        with open_reader(settings) as reader:
            assert not reader.read("nda-01").fallbacks
            read_in = time.monotonic() - started
        assert read_in < 10 and time.monotonic() - started < read_in + 4


def test_a_collector_gets_every_span_and_no_text_unless_asked(simulator, settings_for, open_reader):
    """OTLP over HTTP: spans arrive when the work ends; prompts and answers only with traces.content."""
    import threading
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    got: list[bytes] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    endpoint = f"http://127.0.0.1:{server.server_port}/v1/traces"
    try:
        for content in (False, True):
            got.clear()
            settings = settings_for(simulator, responses="record")
            traces = settings.traces.model_copy(update={"endpoint": endpoint, "content": content})
            with open_reader(settings.model_copy(update={"traces": traces})) as reader:
                reader.read("nda-01")
            sent = b"".join(got)
            assert b"gen_ai.request.model" in sent and b"docassay.cost_nano_dollars" in sent
            assert (b"Delaware" in sent) == content
    finally:
        server.shutdown()
        server.server_close()


def test_traces_are_deleted_after_their_days(simulator, settings_for, open_reader):
    """Spans as well as answers, by the housekeeping that every process does when it begins."""
    from datetime import timedelta

    from flows.model import housekeeping
    from store.instants import utc_now
    from store.responses import Responses

    settings = settings_for(simulator)
    with open_reader(settings) as reader:
        document = reader.read("nda-01").document
        database = reader.line.store.database
        housekeeping(settings, reader.line.store, lambda: utc_now() + timedelta(days=29))
        assert Traces(database).of_document(document) and Responses(database).of_document(document)
        housekeeping(settings, reader.line.store, lambda: utc_now() + timedelta(days=31))
        assert not Traces(database).of_document(document) and not Responses(database).of_document(document)


def test_what_a_dead_process_held_is_settled_by_the_next_one(simulator, settings_for, open_reader):
    """A reservation without a process is settled whole at the next start, once its time is over."""
    from datetime import timedelta

    from flows.model import housekeeping
    from schemas.money import Scope
    from store.instants import utc_now

    settings = settings_for(simulator)
    with open_reader(settings) as reader:
        ledger = StoredLedger(reader.line.store.database)
        scopes = (Scope("day:x", "day", None),)
        ledger.reserve("c" * 32, "simulator", "small", "d" * 64, 500, scopes, timedelta(minutes=3))
        housekeeping(settings, reader.line.store)
        assert ledger.totals() == (0, 500)
        housekeeping(settings, reader.line.store, lambda: utc_now() + timedelta(minutes=4))
        assert ledger.totals() == (500, 0)
