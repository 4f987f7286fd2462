"""Figures agree with what is in the store."""

from __future__ import annotations

import hashlib
import random
from datetime import timedelta

from sqlalchemy import insert
from store_worker import person

from schemas.document import ParsedDocument
from schemas.errors import Reason, Refusal
from schemas.fields import Kind
from schemas.loader import builtin_schemas
from schemas.money import Scope
from schemas.results import Extraction, FieldResult
from store.desk_tables import ActRow
from store.figures import Figures
from store.ledger import StoredLedger
from store.states import State
from store.store import Store

INVOICE = builtin_schemas()["invoice"]
EMPTY = Refusal(Reason.EMPTY, "It is empty.", "Send it again.")


def through(store: Store, content: bytes, end: str) -> str:
    """Take a document through the line to an end: straight, review, unclear, refused, deferred."""
    sha256, _ = store.add_document(content, "d.pdf")
    (claim,) = store.claim("w", documents=[sha256])
    if end == "refused":
        store.quarantine(claim, EMPTY)
        return sha256
    if end == "deferred":
        store.defer(claim, Refusal(Reason.BUDGET_EXHAUSTED, "No room.", "Wait."), store.now() + timedelta(days=1))
        return sha256
    claim = store.save_parsed(claim, ParsedDocument(sha256, "text/plain", ()), "p")
    if end == "unclear":
        store.send_to_review(claim, Refusal(Reason.UNSURE_SCHEMA, "Unclear.", "Name it."))
        return sha256
    decision = "accepted" if end == "straight" else "review"
    fields = {
        name: FieldResult(name=name, kind=kind, answer="found", value=value, source="rules", decision=decision)
        for name, kind, value in (("invoice_number", Kind.IDENTIFIER, "A-1"), ("gross_total", Kind.MONEY, "10.00"))
    }
    found = Extraction(document=sha256, schema_name="invoice", schema_version=INVOICE.version, fields=fields)
    store.decide(store.save_extraction(claim, found, "e", INVOICE))
    return sha256


def test_figures_count_what_happened(store: Store, clock) -> None:
    """In, straight through, to a person, by a person, refused and exported are what was done, over any span."""
    figures, dice = Figures(store.database, clock), random.Random(7)
    done: list[tuple[int, str]] = []
    for day in range(5):
        for number in range(dice.randrange(2, 6)):
            end = dice.choice(["straight", "review", "unclear", "refused", "deferred"])
            sha256 = through(store, f"{day} {number}".encode(), end)
            done.append((day, end))
            if end == "review" and dice.random() < 0.6:
                person(store).accept(store.document(sha256), why="it is right")
                done.append((day, "accepted"))
        clock.forward(86_400)
    window = store.export_window("t")
    store.mark_exported("t", window.until)
    ends = [end for _, end in done]
    flow = figures.flow()
    assert flow.received == sum(end != "accepted" for end in ends)
    assert flow.straight == ends.count("straight")
    assert flow.to_review == ends.count("review") + ends.count("unclear")
    assert flow.by_people == ends.count("accepted")
    assert flow.refused == ends.count("refused")
    assert flow.exported == flow.accepted == flow.straight + flow.by_people
    assert flow.straight_share == flow.straight / (flow.straight + flow.to_review)
    lately = figures.flow(clock.now - timedelta(days=2, hours=1))
    assert lately.received == sum(end != "accepted" for day, end in done if day >= 3)
    days = figures.days(7)
    assert len(days) == 7
    assert [day.received for day in days][1:6] == [
        sum(each == day and end != "accepted" for each, end in done) for day in range(5)
    ]
    assert sum(day.to_review for day in days) == flow.to_review
    assert sum(day.by_people for day in days) == flow.by_people
    backlog = figures.backlog()
    assert backlog.waiting == flow.to_review - flow.by_people
    assert backlog.states.get(State.DEFERRED, 0) == ends.count("deferred")
    assert backlog.unfinished == 0


def test_nothing_is_no_share(store: Store, clock) -> None:
    """Without documents there is no share and no oldest one, rather than a zero that looks like a figure."""
    figures = Figures(store.database, clock)
    assert figures.flow().straight_share is None
    assert figures.backlog().oldest is None
    assert figures.cost(clock.now).each is None
    assert figures.attention(clock.now).each is None
    assert figures.failures() == []


def test_failures_say_why_documents_stand(store: Store, clock) -> None:
    """Every document that stands still is counted under its reason, a rejected one under none."""
    for number, end in enumerate(["refused", "refused", "deferred", "unclear", "straight"]):
        through(store, str(number).encode(), end)
    person(store).reject(store.document(through(store, b"bad", "review")), "not ours")
    found = {(each.state, each.reason): each.count for each in Figures(store.database).failures()}
    assert found == {
        (State.QUARANTINED, "empty"): 2,
        (State.QUARANTINED, None): 1,
        (State.DEFERRED, "budget_exhausted"): 1,
        (State.IN_REVIEW, "unsure_schema"): 1,
    }


def test_corrections_are_counted_by_field(store: Store, clock) -> None:
    """A value that a person changed counts for its field; one that was confirmed does not, and rows are no fields."""
    for number, total in enumerate(["11.00", "12.00", "10.00"]):
        sha256 = through(store, str(number).encode(), "review")
        person(store).set_value(store.document(sha256), "gross_total", total)
        person(store).set_value(store.document(sha256), "line_items[1].quantity", str(number + 1))
        person(store).set_value(store.document(sha256), "line_items[2].quantity", "5")
    found = [(each.field, each.corrections) for each in Figures(store.database).corrected(clock.now)]
    assert found == [("line_items.quantity", 6), ("gross_total", 2)]
    clock.forward(10)
    assert Figures(store.database).corrected(clock.now) == []


def test_cost_is_that_of_the_ledger(store: Store, clock) -> None:
    """What documents cost is what was settled for them, and the average is over those that were paid for."""
    ledger = StoredLedger(store.database, clock)
    for number, cost in enumerate([100, 300, 0]):
        scopes = [Scope(f"document:{number}:run", "document", None, "invoice", 1)]
        ledger.reserve(f"call{number}", "p", "m", str(number), 1000, scopes, timedelta(minutes=1))
        ledger.settle(f"call{number}", cost, "usage")
    cost = Figures(store.database).cost(clock.now)
    assert (cost.documents, cost.spent, cost.each) == (2, 400, 200)


def test_attention_is_the_active_time_at_the_desk(store: Store, clock) -> None:
    """Seconds of a document are those of all acts on it; of a field those of the acts on it; unknown ones are none."""
    sha256 = through(store, b"one", "review")
    other = through(store, b"two", "review")
    acts = [
        (sha256, "gross_total", 4.0),
        (sha256, "line_items[3].quantity", 1.5),
        (other, "line_items[1].quantity", 0.5),
        (other, "", 2.0),
        (other, "gross_total", None),
    ]
    with store.database.write() as connection:
        for number, (document, path, seconds) in enumerate(acts):
            row = {"key": str(number), "request": hashlib.sha256().hexdigest(), "who": "anna", "at": clock.now}
            row |= {"document": document, "act": "set", "path": path, "why": "", "version": 1, "from_record": 1}
            row |= {"to_record": 1, "from_state": "in_review", "to_state": "in_review", "detail": "{}"}
            connection.execute(insert(ActRow), {**row, "seconds": seconds, "by": "", "shown": "[]", "answer": "{}"})
    found = Figures(store.database).attention(clock.now)
    assert (found.documents, found.seconds, found.each) == (2, 8.0, 4.0)
    assert [(each.field, each.acts, each.seconds) for each in found.fields] == [
        ("gross_total", 1, 4.0),
        ("line_items.quantity", 2, 2.0),
    ]
