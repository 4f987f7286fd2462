"""The dashboard: figures for whoever may see all, buttons for whoever may operate, no script needed."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient

from review.access.identity import cookie_name
from review.app import create_app
from review.context import Context
from review.dashboard.pages import dollars, duration
from review.dashboard.promises import PoolPromise, Promises, VoidPromise
from review.dashboard.reasons import advice
from review.dashboard.thresholds import STEPS
from schemas.errors import Reason, Refusal
from store.breakers import Breakers
from store.store import Store
from store.switches import Switches
from store.webhooks import Webhooks

FORM = {"content-type": "application/x-www-form-urlencoded"}
PAYLOAD = "<script>alert(1)</script>\"'><svg onload=alert(1)>"


def test_an_empty_line_says_what_to_do(signed_in):
    """Before the first document the page tells the next step and shows no figure that is none."""
    text = signed_in("viewer").get("/dashboard").text
    assert "Nothing has come in yet" in text
    assert "docassay run FOLDER" in text
    assert "0%" not in text


def test_figures_are_those_of_the_store(signed_in, store: Store, document):
    """What waits, came in and stands still is on the page, with what to do."""
    store.add_document(b"", "nothing.pdf")
    (claim,) = store.claim("w")
    store.quarantine(claim, Refusal(Reason.EMPTY, "It is empty.", "Send it again."))
    text = signed_in("viewer").get("/dashboard?days=1").text
    tiles = dict(re.findall(r"<dt>(?:<a[^>]*>)?([^<]+)(?:</a>)?</dt><dd>([^<]*)</dd>", text))
    assert tiles["Came in"] == "2"
    assert tiles["Waiting for a person"] == "1"
    assert tiles["Straight through"] == "0%"
    assert advice(Reason.EMPTY).todo in text
    assert "Nothing has come in yet" not in text


def test_only_who_may_operate_sees_buttons(signed_in):
    """A viewer sees the same figures and no button that would be refused."""
    assert "Stop all calls" in signed_in("operator", name="otto").get("/dashboard").text
    assert "Stop all calls" not in signed_in("viewer").get("/dashboard").text


@pytest.mark.parametrize("of", ["", "openai"])
def test_calls_are_stopped_and_resumed_after_a_question(signed_in, store: Store, of: str):
    """The button leads to a question, the answer throws the switch with who and why, and back; no script takes part."""
    otto, switches = signed_in("operator", name="otto"), Switches(store.database)
    del otto.headers["x-docassay-token"]  # a form of the page carries its own
    question = otto.get(f"/dashboard/act?act=stop&of={of}")
    token = re.search(r'<form method="post" action="/dashboard/act".*?name="token" value="(\w+)"', question.text, re.S)
    assert token
    assert switches.thrown() == []
    form = {"token": token[1], "act": "stop", "of": of, "why": "a drill"}
    answer = otto.post("/dashboard/act", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/dashboard?done=stop")
    (thrown,) = switches.thrown()
    assert (thrown.provider, thrown.who, thrown.why) == (of, "otto", "a drill")
    assert "a drill" in otto.get(answer.headers["location"]).text
    otto.post("/dashboard/act", data={"token": token[1], "act": "resume", "of": of})
    assert switches.thrown() == []


def test_without_the_token_of_a_form_nothing_happens(signed_in, store: Store):
    """Another site cannot stop calls in an operator's name."""
    otto = signed_in("operator", name="otto")
    del otto.headers["x-docassay-token"]
    assert otto.post("/dashboard/act", data={"act": "stop"}).status_code == 403
    assert Switches(store.database).thrown() == []


def test_a_breaker_is_closed_and_dead_events_are_sent_again(signed_in, store: Store):
    """What pauses or was given up is shown with its cause, and goes on by the button beside it."""
    otto, breakers, outbox = signed_in("operator", name="otto"), Breakers(store.database), Webhooks(store.database)
    for number in range(6):
        breakers.failed("openai", "gpt", f"c{number}", str(number) * 12, "It answered 503.")
    outbox.register({"erp": ()})
    Switches(store.database).stop("ollama", "anna", "")
    message = outbox.claim("erp", timedelta(seconds=9))
    assert message is not None
    outbox.failed(message, 500, "It answered 500.", None)
    text = otto.get("/dashboard").text
    assert "openai/gpt" in text and "It answered 503." in text and "It answered 500." in text and message.id in text
    for act, of in (("close", "openai"), ("resend", "erp")):
        assert otto.get(f"/dashboard/act?act={act}&of={of}").status_code == 200
        assert otto.post("/dashboard/act", data={"act": act, "of": of}).status_code == 303
    assert breakers.states() == []
    assert [each.state for each in outbox.messages("waiting")] == ["waiting"]


def test_text_from_outside_is_shown_as_text(signed_in, store: Store):
    """Names of documents, providers, causes and reasons cannot put a tag or script on the page."""
    otto = signed_in("operator", name="otto")
    Switches(store.database).stop(PAYLOAD[:60], "anna", PAYLOAD)
    outbox = Webhooks(store.database)
    outbox.register({"erp": ()})
    store.add_document(b"x", PAYLOAD)
    (claim,) = store.claim("w")
    store.quarantine(claim, Refusal(Reason.EMPTY, PAYLOAD, PAYLOAD))
    for path in ("/dashboard", f"/dashboard/act?act=stop&of={PAYLOAD}"):
        text = otto.get(path).text
        assert "<script>alert" not in text and "<svg onload" not in text


def test_pages_keep_the_content_policy(signed_in, document):
    """No inline style, script or handler, and nothing from elsewhere."""
    otto = signed_in("operator", name="otto")
    for path in ("/dashboard?days=30", "/dashboard/act?act=stop"):
        text = otto.get(path).text
        assert not re.search(r"\sstyle=|\son\w+=|<style|javascript:|https?://", text)


def test_every_chart_has_a_name_and_its_figures_in_a_table(signed_in, document):
    """Who cannot see a chart is told what it shows, and finds its figures in a table."""
    text = signed_in("viewer").get("/dashboard").text
    for drawing in re.findall(r"<svg.*?</svg>", text, re.S):
        assert 'role="img"' in drawing and "<title" in drawing and "aria-labelledby" in drawing
    ids = re.findall(r'\sid="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    assert text.count('<tr><th scope="row">20') == 30


def test_every_reason_has_its_advice():
    """Each code that a document can stand still for has a line with what to do."""
    for reason in Reason:
        assert advice(reason).what and advice(reason).todo.endswith(".")


def test_broken_parameters_are_refused(signed_in):
    """A span or act that there is none of is an error of the caller."""
    otto = signed_in("operator", name="otto")
    assert otto.get("/dashboard?days=9").status_code == 422
    assert otto.get("/dashboard/act?act=drop").status_code == 422
    assert otto.post("/dashboard/act", data={"act": "drop"}).status_code == 422


def test_amounts_and_spans_are_written_for_people():
    """Small amounts keep digits, no figure is no zero, and spans have a unit."""
    shown = [dollars(amount) for amount in (None, 0, 300_000, 12_340_000_000_000)]
    assert shown == ["–", "$0.00", "$0.0003", "$12,340.00"]
    assert [duration(each) for each in (None, 5, 600, 7200, 400_000)] == ["–", "5 s", "10 min", "2 h", "5 days"]


def promised(**changes: object) -> Promises:
    """Promises about two pools, with two hundred labels and some audits."""
    certified = PoolPromise("money on digital pages", 0.01, 320, 0, 0.97)
    missing = PoolPromise("date on scan pages", 0.02, 40, 110, None)
    ended = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
    void = VoidPromise("party on digital pages", ended, "3 of 20 audited were wrong.")
    labels = [(number / 200, number % 10 != 0 or number > 150) for number in range(200)]
    return replace(Promises((certified, missing), (void,), 400, 2, 3, ("money: new senders.",), labels), **changes)


def with_promises(context: Context, signed_in, promises: Promises) -> str:
    """The page of a service in which these promises stand."""
    signed_in("viewer")
    app = create_app(replace(context, promises=lambda: promises))
    client = TestClient(app, base_url="http://127.0.0.1")
    client.cookies.set(cookie_name(context.web), context.sessions.start("anna", timedelta(hours=1)))
    return client.get("/dashboard").text


def test_straight_through_stands_beside_what_audits_found(context: Context, signed_in):
    """Accuracy comes with the number of audits and its lower bound; without audits there is none."""
    text = with_promises(context, signed_in, promised())
    assert "99.5%" in text and "of 400 accepted values; at least 98.5%, 95 % sure" in text
    text = with_promises(context, signed_in, promised(audited=0, audited_wrong=0))
    assert "no accepted value was audited yet" in text


def test_certificates_say_what_holds_what_is_missing_and_what_is_void(context: Context, signed_in):
    """Whoever waits for a certificate sees how many labels it takes; a void one and a warning stand on top."""
    text = with_promises(context, signed_in, promised())
    assert "accepted from confidence 0.97 on" in text
    assert "110 more right labels needed" in text
    assert "3 of 20 audited were wrong." in text and "money: new senders." in text


def test_the_threshold_is_shown_without_a_script(context: Context, signed_in):
    """Each step stands in a table with its bound; the slider only reads it, and few labels are told as few."""
    text = with_promises(context, signed_in, promised())
    assert text.count("data-said=") == len(STEPS)
    assert "So few labels say little" not in text
    assert "So few labels say little" in with_promises(context, signed_in, promised(labels=[(0.9, True)] * 9))
    assert "nobody can say" in with_promises(context, signed_in, promised(labels=[]))
    assert re.search(r'<input type="range"[^>]* hidden', text)
