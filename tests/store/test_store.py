"""The store through its door, on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from store_worker import INVOICE, parsed, person, reading, walk

from schemas.errors import (
    ForbiddenTransition,
    InvalidValue,
    LeaseLost,
    Reason,
    Refusal,
    StaleVersion,
    UnknownDocument,
)
from store.documents import PAGE
from store.states import State
from store.store import Store

LOCKED = Refusal(Reason.PASSWORD_NEEDED, "a.pdf is locked with a password.", "Add it with --password.")
LATER = Refusal(Reason.MODEL_UNAVAILABLE, "No model answers.", "It is tried again by itself.")


def _decided(store: Store, content: bytes = b"one", decision: str = "accepted", **values: str) -> str:
    sha256, _ = store.add_document(content, "a.pdf", "/in/a.pdf")
    claim = store.claim("worker", documents=[sha256])[0]
    claim = store.save_parsed(claim, parsed(sha256), "parser-1")
    claim = store.save_extraction(claim, reading(sha256, decision=decision, **values), "extractor-1", INVOICE)
    store.decide(claim)
    return sha256


def test_same_content_is_one_document_with_all_its_names(store: Store) -> None:
    """The same content under two names is one document; each name from each place is kept once."""
    sha256, is_new = store.add_document(b"hello", "a.pdf", "/in/a.pdf", inbox="/in")
    again = store.add_document(b"hello", "b.pdf", "/in/b.pdf")
    store.add_document(b"hello", "b.pdf", "/in/b.pdf")
    assert is_new and again == (sha256, False)
    assert {alias.source for alias in store.aliases(sha256)} == {"/in/a.pdf", "/in/b.pdf"}
    assert store.counts() == {State.RECEIVED: 1}
    assert store.content(sha256) == b"hello"


def test_hostile_names_are_stored_and_shown(store: Store) -> None:
    """A name with NUL, a broken byte or thousands of characters is kept as text and stops nothing."""
    names = ["a\0b.pdf", b"\xff\xfe.pdf".decode("utf-8", "surrogateescape"), "../../etc/passwd", "é" * 5000, "-rf", ""]
    sha256 = ""
    for name in names:
        sha256, _ = store.add_document(b"x", name, name)
    assert len(store.aliases(sha256)) == len(names)
    assert store.document(sha256).name == "a\\x00b.pdf"


def test_attachment_knows_the_mail_it_came_in(store: Store) -> None:
    """An attachment is a document of its own, linked to every mail it came in."""
    mail, _ = store.add_document(b"mail", "m.eml")
    other, _ = store.add_document(b"other mail", "n.eml")
    child, _ = store.add_document(b"pdf", "i.pdf", parent=mail)
    store.add_document(b"pdf", "i.pdf", parent=other)
    assert store.children(mail) == store.children(other) == [child]
    assert {alias.parent for alias in store.aliases(child)} == {mail, other}


def test_find_takes_names_and_first_digits_and_refuses_to_guess(store: Store) -> None:
    """A person may name a document by file name or first digits; two matches are an error that lists them."""
    one, _ = store.add_document(b"one", "same.pdf", "/in/one/same.pdf")
    two, _ = store.add_document(b"two", "same.pdf", "/in/two/same.pdf")
    assert store.find(one[:8]).sha256 == one
    assert store.find("/in/two/same.pdf").sha256 == two
    with pytest.raises(UnknownDocument, match=one[:12]):
        store.find("same.pdf")
    with pytest.raises(UnknownDocument, match=r"nothing\.pdf"):
        store.find("nothing.pdf")
    with pytest.raises(UnknownDocument):
        store.find("%")


def test_a_document_goes_its_way_and_the_history_tells_it(store: Store) -> None:
    """Every step of the line is one transition with version, worker and reason."""
    sha256 = _decided(store)
    steps = [(step.from_state, step.to_state, step.version) for step in store.history(sha256)]
    assert steps == [
        (None, State.RECEIVED, 1),
        (State.RECEIVED, State.PARSED, 2),
        (State.PARSED, State.EXTRACTED, 3),
        (State.EXTRACTED, State.ACCEPTED, 4),
    ]
    document = store.document(sha256)
    assert (document.state, document.version, document.lease_owner) == (State.ACCEPTED, 4, None)
    assert store.parsed(sha256) == parsed(sha256)
    assert store.extraction(sha256) == reading(sha256)


def test_a_worker_that_lost_its_lease_cannot_write(store: Store, clock) -> None:
    """A result that comes after another worker took over is refused, and the other one's stays."""
    sha256, _ = store.add_document(b"slow", "slow.pdf")
    slow = store.claim("slow", seconds=60)[0]
    assert store.claim("quick") == []
    clock.forward(61)
    quick = store.claim("quick", seconds=60)[0]
    assert quick.token > slow.token and quick.attempts == 1
    for act in (
        lambda: store.save_parsed(slow, parsed(sha256), "parser-1"),
        lambda: store.quarantine(slow, LOCKED),
        lambda: store.defer(slow, LATER, clock.now),
        lambda: store.renew(slow),
    ):
        with pytest.raises(LeaseLost):
            act()
    assert not store.release(slow)
    walk(store, quick)
    assert store.document(sha256).state is State.ACCEPTED
    with pytest.raises(LeaseLost):
        store.save_parsed(quick, parsed(sha256), "parser-1")


def test_a_heartbeat_keeps_the_document(store: Store, clock) -> None:
    """A renewed lease is not taken over at its first end; a released one is free at once, without an attempt."""
    store.add_document(b"x", "x.pdf")
    held = store.claim("one", seconds=60)[0]
    clock.forward(50)
    held = store.renew(held, seconds=60)
    clock.forward(50)
    assert store.claim("two") == []
    assert store.release(held)
    assert [claim.attempts for claim in store.claim("two")] == [0]


def test_a_claim_of_an_old_version_is_stale(store: Store) -> None:
    """The same worker cannot write one step twice."""
    sha256, _ = store.add_document(b"x", "x.pdf")
    claim = store.claim("one")[0]
    store.save_parsed(claim, parsed(sha256), "parser-1")
    with pytest.raises(StaleVersion):
        store.save_parsed(claim, parsed(sha256), "parser-1")
    assert len(store.history(sha256)) == 2


def test_a_step_that_the_state_does_not_allow_is_refused(store: Store) -> None:
    """A received document cannot be decided, nor an accepted one rescheduled; nothing is written."""
    sha256, _ = store.add_document(b"x", "x.pdf")
    claim = store.claim("one")[0]
    with pytest.raises(ForbiddenTransition):
        store.save_extraction(claim, reading(sha256), "extractor-1", INVOICE)
    assert store.extraction(sha256) is None
    with pytest.raises(ForbiddenTransition):
        store.decide(claim)
    with pytest.raises(ForbiddenTransition):
        person(store).accept(store.document(sha256))
    with pytest.raises(ForbiddenTransition):
        store.reschedule(sha256)
    assert len(store.history(sha256)) == 1


def test_the_same_key_makes_one_record(store: Store) -> None:
    """Content, schema version and extractor version make one record however often they run."""
    sha256 = _decided(store)
    store.retry(sha256, who="anna")
    walk(store, store.claim("again")[0])
    assert len(store.extractions(sha256)) == 1
    assert store.document(sha256).state is State.ACCEPTED


def test_quarantine_says_why_and_retry_brings_back(store: Store) -> None:
    """A quarantined document tells its reason and what to do; a retry starts it again, with another schema if asked."""
    sha256, _ = store.add_document(b"x", "a.pdf")
    store.quarantine(store.claim("one")[0], LOCKED)
    document = store.document(sha256)
    assert (document.state, document.reason, document.remedy) == (State.QUARANTINED, LOCKED.reason, LOCKED.remedy)
    assert store.claim("one") == []
    again = store.retry(sha256, who="anna", schema_name="invoice")
    assert (again.state, again.reason, again.message, again.attempts) == (State.RECEIVED, None, None, 0)
    assert store.claim("one")[0].schema_wanted == "invoice"


def test_deferred_documents_come_back_when_due_with_their_attempts_counted(store: Store, clock) -> None:
    """A deferred document is due at its time and not before; each deferral counts until it succeeds."""
    sha256, _ = store.add_document(b"x", "a.pdf")
    for attempt in (1, 2):
        store.defer(store.claim("one")[0], LATER, clock.now + timedelta(hours=1))
        assert store.document(sha256).attempts == attempt
        assert list(store.due_deferred()) == []
        clock.forward(3600)
        assert [document.sha256 for document in store.due_deferred()] == [sha256]
        store.reschedule(sha256)
    walk(store, store.claim("one")[0])
    assert store.document(sha256).attempts == 0


def test_unsure_of_the_schema_waits_for_a_person(store: Store) -> None:
    """A parsed document without a schema waits in review with its reason; naming a schema starts it again."""
    sha256, _ = store.add_document(b"x", "a.pdf")
    claim = store.save_parsed(store.claim("one")[0], parsed(sha256), "parser-1")
    store.send_to_review(claim, Refusal(Reason.UNSURE_SCHEMA, "a.pdf could be two things.", "Name the schema."))
    assert store.document(sha256).reason is Reason.UNSURE_SCHEMA
    with pytest.raises(UnknownDocument, match="--schema"):
        person(store).set_value(store.document(sha256), "gross_total", "1")
    store.retry(sha256, who="anna", schema_name="invoice")
    walk(store, store.claim("one")[0])
    assert store.document(sha256).state is State.ACCEPTED


def test_a_correction_keeps_the_first_reading(store: Store) -> None:
    """A person's value replaces a reading in the record, and the reading stays in the history and beside it."""
    sha256 = _decided(store, decision="review", gross="99.00")
    document = person(store).set_value(store.document(sha256), "gross_total", "12.50", "misread")
    assert document.state is State.ACCEPTED
    record = store.extraction(sha256)
    assert record is not None
    result = record.fields["gross_total"]
    assert (result.value, result.source, result.confidence) == (Decimal("12.50"), "person", None)
    assert result.alternatives[0].value == Decimal("99.00")
    event = store.corrections(sha256)[0]
    assert (event.act, event.path, event.old, event.new, event.who, event.why, event.version) == (
        "set", "gross_total", "99.00", "12.50", "anna", "misread", document.version,
    )  # fmt: skip
    assert [one.fields["gross_total"].value for one in store.extractions(sha256)] == [
        Decimal("99.00"),
        Decimal("12.50"),
    ]


def test_a_corrected_field_is_never_overwritten_by_a_later_extraction(store: Store) -> None:
    """A new extractor's reading becomes a record, but what a person set stays in the current one."""
    sha256 = _decided(store, decision="review", gross="99.00")
    person(store).set_value(store.document(sha256), "gross_total", "12.50")
    person(store).set_value(store.document(sha256), "line_items[1].quantity", "2")
    store.retry(sha256, who="anna")
    claim = store.save_parsed(store.claim("two")[0], parsed(sha256), "parser-2")
    store.save_extraction(claim, reading(sha256, gross="77.00", tax="2.50"), "extractor-2", INVOICE)
    record = store.extraction(sha256)
    assert record is not None
    assert record.fields["gross_total"].value == Decimal("12.50")
    assert record.rows["line_items"][0].cells["quantity"].value == Decimal("2")
    assert record.fields["tax_total"].value == Decimal("2.50")
    assert Decimal("77.00") in [one.fields["gross_total"].value for one in store.extractions(sha256)]


def test_two_reviewers_do_not_overwrite_each_other(store: Store) -> None:
    """The second of two who saw the same version is told, and nothing of theirs is written."""
    sha256 = _decided(store, decision="review")
    seen = store.document(sha256)
    person(store).set_value(seen, "gross_total", "12.51")
    with pytest.raises(StaleVersion):
        person(store, "ben").set_value(seen, "gross_total", "12.52")
    assert [event.who for event in store.corrections(sha256)] == ["anna"]


def test_an_impossible_value_is_refused_and_nothing_is_written(store: Store) -> None:
    """A value of the wrong kind, an unknown field or an unknown row is an error with a remedy, and no event."""
    sha256 = _decided(store)
    before = store.document(sha256)
    for path, value in [
        ("gross_total", "twelve"),
        ("issue_date", "31.12.2026"),
        ("no_such_field", "1"),
        ("line_items", "1"),
        ("line_items[7].quantity", "1"),
        ("line_items[1].colour", "red"),
        ("gross_total[1].x", "1"),
        ("gross total", "1"),
    ]:
        with pytest.raises(InvalidValue):
            person(store).set_value(store.document(sha256), path, value)
    with pytest.raises(InvalidValue):
        person(store).accept(store.document(sha256), "line_items[9]")
    assert store.document(sha256) == before
    assert store.corrections(sha256) == []


def test_open_problems_are_waived_only_with_a_reason(store: Store) -> None:
    """A record whose checks fail is accepted whole only by a person who says why; what was waived stays on record."""
    sha256 = _decided(store)
    document = person(store).set_value(store.document(sha256), "tax_total", "3.00")
    assert document.state is State.IN_REVIEW
    with pytest.raises(InvalidValue, match="Say why"):
        person(store).accept(store.document(sha256))
    assert person(store).accept(store.document(sha256), why="printed so").state is State.ACCEPTED
    assert "apart" in store.corrections(sha256)[-1].old[0]
    after = person(store).set_value(store.document(sha256), "seller_name", "Paper Ltd")
    assert after.state is State.ACCEPTED, "a waived problem does not come back with an unrelated change"


def test_a_waived_problem_stays_waived_when_the_document_is_read_again(store: Store) -> None:
    """What a person accepted in spite of a failed check is accepted again after another extractor has read it."""
    sha256 = _decided(store, decision="review", gross="99.00")
    person(store).set_value(store.document(sha256), "tax_total", "3.00")
    assert person(store).accept(store.document(sha256), why="printed so").state is State.ACCEPTED
    store.retry(sha256, who="ben")
    claim = store.save_parsed(store.claim("two")[0], parsed(sha256), "parser-2")
    claim = store.save_extraction(claim, reading(sha256, gross="98.00"), "extractor-2", INVOICE)
    assert store.decide(claim) is State.ACCEPTED


def test_emptying_a_required_field_is_a_problem(store: Store) -> None:
    """A required field that a person says is absent keeps the record in review until it is waived or set again."""
    sha256 = _decided(store)
    assert INVOICE.field("gross_total").acceptance.required
    document = person(store).set_value(store.document(sha256), "net_total", "10.50")
    assert document.state is State.ACCEPTED
    document = person(store).set_value(store.document(sha256), "gross_total", None)
    record = store.extraction(sha256)
    assert document.state is State.IN_REVIEW and record is not None
    assert [problem.check for problem in record.problems] == ["required"]


def test_rows_can_be_added_and_dropped(store: Store) -> None:
    """A cell of the row after the last one makes a row; nothing for a row drops it."""
    sha256 = _decided(store)
    person(store).set_value(store.document(sha256), "line_items[2].description", "Ink")
    person(store).set_value(store.document(sha256), "line_items[1]", None)
    record = store.extraction(sha256)
    assert record is not None
    assert record.record()["line_items"] == [{"description": "Ink"}]


def test_rejected_documents_leave_the_exports_and_keep_their_record(store: Store) -> None:
    """A rejected document is quarantined with the person's words; its record stays and is not exported."""
    sha256 = _decided(store)
    document = person(store).reject(store.document(sha256), "not ours")
    assert document.state is State.QUARANTINED and "not ours" in (document.message or "")
    assert list(store.changed_since("csv")) == []
    assert store.extraction(sha256) is not None
    assert store.corrections(sha256)[0].act == "reject"


def test_an_export_gets_each_change_once_and_corrections_again(store: Store) -> None:
    """A target gets new and corrected records, each once; another target is not concerned."""
    one, two = _decided(store, b"one"), _decided(store, b"two")
    waiting = _decided(store, b"three", decision="review")
    window = store.export_window("csv")
    assert {record.document.sha256 for record in store.changed_since(window)} == {one, two}
    assert window.count == 2 and store.mark_exported("csv", window.until) == 2
    assert list(store.changed_since("csv")) == []
    person(store).set_value(store.document(one), "gross_total", "12.51")
    person(store, "ben").accept(store.document(waiting))
    again = list(store.changed_since("csv"))
    assert {record.document.sha256 for record in again} == {one, waiting}
    assert {record.document.sha256: dict(record.reviewers) for record in again} == {
        one: {"gross_total": "anna"}, waiting: {"": "ben"},
    }  # fmt: skip
    assert len(list(store.changed_since("xlsx"))) == 3
    store.forget_export("csv")
    assert len(list(store.changed_since("csv"))) == 3


def test_a_change_during_an_export_is_in_the_next_one(store: Store) -> None:
    """A record corrected while it is being written is not taken for exported."""
    sha256 = _decided(store)
    window = store.export_window("csv")
    written = list(store.changed_since(window))
    person(store).set_value(store.document(sha256), "gross_total", "12.49")
    assert store.mark_exported("csv", window.until) == 0
    assert len(written) == 1
    assert store.document(sha256).state is State.ACCEPTED
    assert [record.extraction.record()["gross_total"] for record in store.changed_since("csv")] == [Decimal("12.49")]


def test_long_lists_come_page_by_page_and_whole(store: Store) -> None:
    """More documents than a page come once each, in the order they arrived."""
    batch = store.start_batch("many")
    known = [store.add_document(b"%d" % n, f"{n}.pdf", batch=batch)[0] for n in range(PAGE + 3)]
    assert sorted(document.sha256 for document in store.documents()) == sorted(known)
    assert len(list(store.documents([State.RECEIVED], batch=batch))) == len(known)
    assert list(store.documents([State.ACCEPTED])) == []


def test_a_batch_keeps_how_it_ended(store: Store) -> None:
    """A finished batch shows its counts as they were; a running one as they are."""
    batch = store.start_batch("inbox")
    sha256, _ = store.add_document(b"x", "x.pdf", batch=batch)
    store.add_document(b"y", "y.pdf")
    store.add_to_batch(batch, sha256)
    assert store.batch(batch).counts == {State.RECEIVED: 1}
    walk(store, store.claim("one", batch=batch)[0])
    assert store.claim("one", batch=batch) == []
    ended = store.finish_batch(batch)
    person(store).reject(store.document(sha256), "no")
    assert ended.counts == {State.ACCEPTED: 1}
    assert store.finish_batch(batch) == ended == store.batches()[0]
    with pytest.raises(UnknownDocument):
        store.batch("none")


def test_since_means_arrived_at_or_after(store: Store, clock) -> None:
    """Listing since an instant leaves out what came before it."""
    store.add_document(b"old", "old.pdf")
    clock.forward(10)
    new, _ = store.add_document(b"new", "new.pdf")
    assert [document.sha256 for document in store.documents(since=clock.now)] == [new]
    assert store.document(new).created_at == clock.now


def test_lost_file_is_noticed(store: Store, tmp_path: Path) -> None:
    """A stored original proves itself by its hash; a changed or vanished one does not, and coming again heals it."""
    sha256, _ = store.add_document(b"precious", "p.pdf")
    path = next((tmp_path / "files" / "originals").rglob(sha256))
    assert store.files.verify(sha256)
    path.write_bytes(b"damaged!")
    assert not store.files.verify(sha256)
    store.add_document(b"precious", "p.pdf")
    assert store.files.verify(sha256)
    path.unlink()
    assert not store.files.verify(sha256)
    with pytest.raises(UnknownDocument, match="moved or emptied"):
        store.content(sha256)
