"""What a person does at the desk happens once, on what they saw, and can be taken back."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from desk_documents import PASTED, SCHEMAS, decided, new_document
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from sqlalchemy import select

from review.desk.acts import Act, Desk, new_key
from review.desk.wrong import WrongPart
from schemas.errors import Conflict, InvalidValue, StaleField
from store.acts import Acts, Done
from store.entities import Document
from store.records import stands
from store.states import State
from store.store import Store
from store.tables import CorrectionRow


def do(desk: Desk, document: Document, act: str, **more: Any) -> Any:
    more.setdefault("key", new_key())
    return desk.do(desk.store.document(document.sha256), Act(act=act, **more), _told)


def _told(done: Done) -> dict[str, Any]:
    return {"state": done.scene.document.state.value, "version": done.scene.document.version}


@pytest.fixture
def document(store: Store) -> Document:
    return new_document(store, b"an invoice")


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store, SCHEMAS, "anna")


def test_a_hundred_replays_have_one_effect_and_one_answer(store: Store, document: Document, desk: Desk) -> None:
    """A client that sends a save again and again, even at once, gets the same answer, and it is saved once."""
    key = new_key()

    def save(_: int) -> Any:
        return do(desk, document, "set", path="gross_total", value="1300.00", version=1, key=key)

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(save, range(100)))
    assert all(answer == answers[0] for answer in answers)
    assert len(store.corrections(document.sha256)) == 1
    assert store.document(document.sha256).version == document.version + 1


def test_a_key_is_good_for_one_request_only(document: Document, desk: Desk) -> None:
    """The same key with another value is refused: it would otherwise be lost without a word."""
    key = new_key()
    do(desk, document, "set", path="gross_total", value="1.00", key=key)
    with pytest.raises(InvalidValue, match="key"):
        do(desk, document, "set", path="gross_total", value="2.00", key=key)


def test_a_stale_save_names_the_field_and_who_changed_it(store: Store, document: Document, desk: Desk) -> None:
    """Who saves a field that somebody else changed since they saw it is told so, and overwrites nothing."""
    do(Desk(store, SCHEMAS, "ben"), document, "set", path="gross_total", value="2.00", version=1)
    with pytest.raises(StaleField) as caught:
        do(desk, document, "set", path="gross_total", value="3.00", version=1)
    assert (caught.value.path, caught.value.who) == ("gross_total", "ben")
    record = store.extraction(document.sha256)
    assert record is not None and record.record()["gross_total"] == Decimal("2.00")
    do(desk, document, "set", path="issue_date", value="2026-03-14", version=1)  # another field is as it was


def test_people_may_type_as_the_document_writes(store: Store, desk: Desk) -> None:
    """On a document with decimal commas "1.234,50" is an amount and "14.03.2026" a day; nonsense names its field."""
    german = new_document(store, b"german", words=["Summe", "1.234,50", "EUR", "Datum", "31.01.2026", "und", "12,30"])
    do(desk, german, "set", path="gross_total", value="1.234,50")
    do(desk, german, "set", path="issue_date", value="14.03.2026")
    do(desk, german, "set", path="line_items[1].quantity", value="3.000")
    record = decided(store, german)
    assert (str(record["gross_total"]), str(record["issue_date"])) == ("1234.50", "2026-03-14")
    assert record["line_items"][0]["quantity"] == Decimal(3000)
    with pytest.raises(InvalidValue, match="amount"):
        do(desk, german, "set", path="gross_total", value="a lot")


def test_a_place_on_the_page_becomes_evidence_with_the_words_that_stand_there(store: Store, desk: Desk) -> None:
    """Boxes that a person draws are those of the words in them, and the quote is read from the page, not believed."""
    one = new_document(store, b"words", words=["Total", "1,300.00", "EUR"])
    span = {"page": 1, "boxes": [[55, 0, 105, 30]], "quote": "something else"}
    do(desk, one, "set", path="gross_total", value="1,300.00", evidence=span)
    record = store.extraction(one.sha256)
    assert record is not None
    (evidence,) = record.fields["gross_total"].evidence
    assert evidence.quote == "1,300.00"
    with pytest.raises(InvalidValue, match="no page 9"):
        do(desk, one, "set", path="gross_total", value="1.00", evidence={**span, "page": 9})


def test_rows_are_inserted_deleted_and_pasted(store: Store, document: Document, desk: Desk) -> None:
    """A new row moves the others down; pasted rows are read by the kind of each column, in the order of a heading."""
    do(desk, document, "insert_row", path="line_items[1]", value={"quantity": "7", "description": "First"})
    do(desk, document, "paste_rows", path="line_items", value=PASTED)
    rows = decided(store, document)["line_items"]
    assert [str(row.get("quantity")) for row in rows] == ["7", "3", "2", "1"]
    assert [row.get("description") for row in rows[2:]] == ["Paper", "Ink"]
    assert rows[2]["line_total"] == Decimal("1000.50")
    do(desk, document, "delete_row", path="line_items[2]")
    assert len(decided(store, document)["line_items"]) == 3
    with pytest.raises(WrongPart, match="Row 1: 'many'"):
        do(desk, document, "paste_rows", path="line_items", value="Pens\tmany\t1\t1")


def test_the_rest_is_accepted_where_nothing_speaks_against_it(store: Store, document: Document, desk: Desk) -> None:
    """Accepting the rest takes what was on the screen, refuses a field with a failing check, and skips what was not."""
    do(desk, document, "accept_rest", paths=["gross_total"], version=document.version)
    record = store.extraction(document.sha256)
    assert record is not None
    assert record.fields["gross_total"].decision == "accepted"
    assert record.rows["line_items"][0].cells["quantity"].decision == "review"
    with pytest.raises(WrongPart, match="failing check") as caught:
        do(desk, document, "accept_rest", paths=["issue_date"], version=store.document(document.sha256).version)
    assert caught.value.path == "issue_date"
    with pytest.raises(StaleField):
        do(desk, document, "accept_rest", paths=["line_items[1].quantity"], version=document.version)


def test_finish_needs_every_decision_and_a_reason_where_a_check_fails(desk: Desk, document: Document) -> None:
    """A document is finished when nothing waits; a failing check is waived only with a reason."""
    with pytest.raises(WrongPart, match="not decided yet"):
        do(desk, document, "finish")
    for path in ("gross_total", "issue_date", "line_items[1].quantity"):
        do(desk, document, "accept", path=path)
    with pytest.raises(WrongPart, match="Say why") as caught:
        do(desk, document, "finish")
    assert caught.value.path == "issue_date"
    assert do(desk, document, "finish", why="it is on the envelope")["state"] == "accepted"


def test_undo_goes_back_over_documents_and_ends_at_an_export(store: Store, desk: Desk) -> None:
    """Undo takes back the person's last act on whatever document, and nothing that was exported."""
    one, two = new_document(store, b"one"), new_document(store, b"two")
    for path, value in (("issue_date", "2026-03-14"), ("gross_total", "5.00")):
        do(desk, one, "set", path=path, value=value)
    do(desk, one, "accept", path="line_items[1].quantity")
    do(desk, two, "set", path="gross_total", value="6.00")
    assert desk.do(one, Act(key=new_key(), act="undo"), lambda done: {"in": done.scene.document.sha256}) == {
        "in": two.sha256
    }
    assert store.document(one.sha256).state is State.ACCEPTED
    window = store.export_window("csv")
    store.mark_exported("csv", window.until)
    with pytest.raises(Conflict, match="exported"):
        do(desk, two, "undo")


def test_undo_does_not_take_back_what_somebody_else_changed(store: Store, document: Document, desk: Desk) -> None:
    """Two people on one document undo their own acts; a field that the other changed since stays."""
    ben = Desk(store, SCHEMAS, "ben")
    do(desk, document, "set", path="gross_total", value="2.00")
    do(ben, document, "set", path="issue_date", value="2026-03-14")
    do(desk, document, "undo")
    record = decided(store, document)
    assert (str(record["gross_total"]), str(record["issue_date"])) == ("1250.00", "2026-03-14")
    do(desk, document, "redo")
    do(ben, document, "set", path="gross_total", value="3.00")
    with pytest.raises(StaleField):
        do(desk, document, "undo")
    assert str(decided(store, document)["gross_total"]) == "3.00"


def test_an_undone_correction_says_nothing_to_later_readings(store: Store, document: Document, desk: Desk) -> None:
    """What was taken back is marked so in the history, and a new reading is not held to it."""
    do(desk, document, "set", path="gross_total", value="2.00")
    do(desk, document, "undo")
    first, second = store.corrections(document.sha256)
    assert (first.act, first.undone, second.act, second.new) == ("set", True, "undo", "1250.00")
    do(desk, document, "redo")
    assert [act.undone for act in store.corrections(document.sha256)] == [False, True, False]
    do(desk, document, "undo")
    with store.database.read() as connection:
        standing = connection.execute(select(CorrectionRow.act).where(stands()).order_by(CorrectionRow.id)).scalars()
        assert "set" not in list(standing)


FIELDS = st.sampled_from(
    ["gross_total", "issue_date", "invoice_number", "line_items[1].quantity", "line_items[2].quantity"]
)
ACTS = st.one_of(
    st.tuples(st.just("set"), FIELDS, st.sampled_from(["1.00", "2026-03-14", "A-7", "0"])),
    st.tuples(st.sampled_from(["accept", "absent"]), FIELDS, st.none()),
    st.tuples(st.just("insert_row"), st.sampled_from(["line_items[1]", "line_items[2]"]), st.none()),
    st.tuples(st.just("delete_row"), st.sampled_from(["line_items[1]", "line_items[2]"]), st.none()),
    st.tuples(st.just("paste_rows"), st.just("line_items"), st.just("Pens\t2\t1.00\t2.00")),
    st.tuples(st.sampled_from(["finish", "reject", "postpone", "approve"]), st.just(""), st.none()),
    st.tuples(st.just("reclassify"), st.just(""), st.just("receipt")),
    st.tuples(st.just("assign"), st.just(""), st.just("cara")),
    st.tuples(st.sampled_from(["undo", "redo"]), st.just(""), st.none()),
)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(8))  # of a thousand sequences together, so that processes can share them
def test_undoing_all_gets_back_to_the_start(tmp_path: Path, part: int) -> None:
    """After any of 1,000 sequences of acts of two people on two documents, undoing all gives the first state again."""
    store = Store.open(f"sqlite:///{tmp_path / 'd.db'}", tmp_path / "files")
    counter, shelf = itertools.count(), _Shelf(store)
    step = st.tuples(st.booleans(), st.booleans(), ACTS)

    @seed(part)
    @settings(max_examples=125, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(steps=st.lists(step, min_size=1, max_size=6))
    def there_and_back(steps: list[tuple[bool, bool, tuple[str, str, str | None]]]) -> None:
        number, both = next(counter), shelf.two()
        desks = [Desk(store, SCHEMAS, f"{name}-{number}") for name in ("anna", "ben")]
        before = [_all_of(store, one) for one in both]
        done = []
        for who, where, (act, path, value) in steps:
            if _tried(lambda: _do(desks[who], both[where], act, path, value)):  # noqa: B023
                done.append((act, desks[who]))
        for desk in reversed(_standing(done)):
            do(desk, both[0], "undo")
        assert [_all_of(store, one) for one in both] == before
        shelf.give_back(both)

    there_and_back()


class _Shelf:
    """Two documents that are used again as long as they come back as they were."""

    USES = 20

    def __init__(self, store: Store) -> None:
        self._store = store
        self._made = itertools.count()
        self._kept: list[Document] = []
        self._uses = 0

    def two(self) -> list[Document]:
        kept, self._kept = self._kept, []
        return kept or [new_document(self._store, b"%d" % next(self._made)) for _ in range(2)]

    def give_back(self, both: list[Document]) -> None:
        self._uses += 1
        self._kept = both if self._uses % self.USES else []


def _do(desk: Desk, document: Document, act: str, path: str, value: str | None) -> Any:
    if act == "reclassify":
        return do(desk, document, act, schema=value)
    if act == "assign":
        return do(desk, document, act, to=value)
    return do(desk, document, act, path=path, value=value, why="because")


def _tried(act: Callable[[], Any]) -> bool:
    try:
        act()
    except (Conflict, InvalidValue):
        return False
    return True


def _standing(done: list[tuple[str, Desk]]) -> list[Desk]:
    """The people whose acts stand, oldest first."""
    standing: list[Desk] = []
    for act, desk in done:
        if act == "undo":
            standing.pop(max(place for place, one in enumerate(standing) if one is desk))
        else:
            standing.append(desk)
    return standing


def _all_of(store: Store, document: Document) -> Any:
    now = store.document(document.sha256)
    acts = Acts(store.database)
    return now.state, now.schema_wanted, now.message, store.extraction(document.sha256), acts.personal(document.sha256)
