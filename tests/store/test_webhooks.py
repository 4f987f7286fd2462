"""The outbox: events are kept with what happened, or not at all."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from schemas.confidence import Certificate, Pool
from schemas.document import ParsedDocument
from schemas.errors import Reason, Refusal
from store.confidence import ConfidenceStore
from store.store import Store
from store.switches import Switches
from store.webhooks import Webhooks, emit

LEASE = timedelta(seconds=30)


@pytest.fixture
def outbox(store: Store, clock) -> Webhooks:
    return Webhooks(store.database, clock)


def types_of(outbox: Webhooks) -> list[str]:
    return [message.type for message in reversed(outbox.messages("waiting"))]


def quarantined(store: Store) -> str:
    sha256, _ = store.add_document(b"%PDF-broken", "broken.pdf")
    (claim,) = store.claim("w")
    store.quarantine(claim, Refusal(Reason.BROKEN_STRUCTURE, "It is damaged.", "Send it again."))
    return sha256


def test_without_a_receiver_nothing_is_kept(store: Store, outbox: Webhooks) -> None:
    """An installation without webhooks writes no outbox."""
    quarantined(store)
    assert outbox.messages("waiting") == []


def test_what_happens_is_in_the_outbox(store: Store, outbox: Webhooks) -> None:
    """Documents that are put aside or decided, and the kill switch, are told with names and codes, without text."""
    outbox.register({"erp": ()})
    sha256 = quarantined(store)
    store.add_document(b"a mail", "mail.eml")
    (claim,) = store.claim("w")
    claim = store.save_parsed(claim, ParsedDocument(claim.document, "text/plain", ()), "p")
    store.send_to_review(claim, Refusal(Reason.UNSURE_SCHEMA, "It is not clear what it is.", "Name it."))
    switches = Switches(store.database, outbox._now)
    switches.stop("openai", "anna", "too dear")
    switches.stop("openai", "anna", "again")
    switches.resume("", "anna")
    messages = {message.type: json.loads(message.body) for message in outbox.messages("waiting")}
    assert sorted(messages) == ["calls.resumed", "calls.stopped", "document.decided", "document.quarantined"]
    assert len(outbox.messages("waiting")) == 4
    assert messages["document.quarantined"]["data"] == {
        "document": sha256,
        "name": "broken.pdf",
        "schema": None,
        "state": "quarantined",
        "version": 2,
        "who": "w",
        "reason": "broken_structure",
    }
    assert messages["document.decided"]["data"]["state"] == "in_review"
    assert messages["calls.stopped"]["data"] == {"provider": "openai", "who": "anna", "why": "too dear"}


def test_a_receiver_gets_only_the_types_it_wants(store: Store, outbox: Webhooks) -> None:
    """Each receiver has its own message, and none of a type that it did not ask for."""
    outbox.register({"all": (), "stops": ("calls.stopped",), "voids": ("certificate.voided",)})
    Switches(store.database).stop("", "anna", "")
    messages = outbox.messages("waiting")
    assert sorted(message.endpoint for message in messages) == ["all", "stops"]
    assert len({message.id for message in messages}) == 2


def test_an_event_that_is_rolled_back_is_never_told(store: Store, outbox: Webhooks, clock) -> None:
    """The outbox is written in the transaction of the event: both stay, or neither."""
    outbox.register({"erp": ()})
    with pytest.raises(RuntimeError), store.database.write() as connection:
        emit(connection, "certificate.voided", {"field": "gross_total"}, clock())
        raise RuntimeError
    assert outbox.messages("waiting") == []


def test_an_attempt_without_a_word_is_made_again_with_the_same_id(store: Store, outbox: Webhooks, clock) -> None:
    """A message is held by one sender; when that one dies, the message is due again, under the same id."""
    outbox.register({"erp": ()})
    quarantined(store)
    first = outbox.claim("erp", LEASE)
    assert first is not None
    assert outbox.claim("erp", LEASE) is None
    clock.forward(31)
    second = outbox.claim("erp", LEASE)
    assert second is not None
    assert (second.id, second.body, second.attempts) == (first.id, first.body, 2)
    outbox.failed(first, None, "the first sender wakes up late", None)
    assert [message.state for message in outbox.messages("waiting")] == ["waiting"]
    outbox.delivered(second, 204)
    outbox.failed(second, 500, "too late", None)
    (standing,) = outbox.standings()
    assert (standing.waiting, standing.delivered, standing.dead) == (0, 1, 0)


def test_dead_messages_are_seen_and_sent_again_by_hand(store: Store, outbox: Webhooks, clock) -> None:
    """What was given up stays visible with its error until a person lets it be sent again, with attempts at zero."""
    outbox.register({"erp": ()})
    quarantined(store)
    message = outbox.claim("erp", LEASE)
    assert message is not None
    outbox.failed(message, 500, "It answered 500.", None)
    (standing,) = outbox.standings()
    assert (standing.dead, standing.error) == (1, "It answered 500.")
    assert outbox.claim("erp", LEASE) is None
    assert outbox.retry("other") == 0
    assert outbox.retry("erp") == 1
    again = outbox.claim("erp", LEASE)
    assert again is not None
    assert (again.id, again.attempts) == (message.id, 1)


def test_what_waits_for_a_receiver_that_is_gone_is_given_up(store: Store, outbox: Webhooks, clock) -> None:
    """A receiver that leaves the settings is told nothing more; its messages do not wait forever and are forgotten."""
    outbox.register({"erp": (), "old": ()})
    quarantined(store)
    outbox.register({"erp": ()})
    assert [message.endpoint for message in outbox.messages("dead")] == ["old"]
    assert outbox.retry("old") == 0
    clock.forward(3600)
    assert outbox.forget(clock.now - timedelta(minutes=30)) == 1
    assert [standing.endpoint for standing in outbox.standings()] == ["erp"]


def test_a_void_certificate_is_told_once(store: Store, outbox: Webhooks, clock) -> None:
    """Receivers hear that a promise no longer holds, and why; one that was replaced or is void already is no news."""
    outbox.register({"erp": ()})
    confidence = ConfidenceStore(store.database, clock)
    pool = Pool(name="money", kinds=("money",), origins=("digital",), maximum_error=0.01)
    figures = {"scorer": "s", "threshold": 0.9, "delta": 0.1, "look": 1, "labels": 300, "wrong": 0}
    for name in ("one", "two"):
        confidence.issue(Certificate(id=name, pool=pool, schemas=("invoice",), at=clock(), **figures))
    confidence.end("one", "voided", "2 of 9 were wrong.")
    confidence.end("one", "voided", "again")
    confidence.end("two", "replaced", "")
    (message,) = outbox.messages("waiting")
    assert message.type == "certificate.voided"
    assert json.loads(message.body)["data"] == {"certificate": "one", "why": "2 of 9 were wrong."}
