"""A second person where the rules ask for one: export waits, the first cannot approve, the second may enter blindly."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from desk_documents import SCHEMAS, new_document, reading, result

from review.desk.acts import Act, Desk, new_key
from review.desk.four_eyes import Rules, hidden_from
from review.desk.view import Seat, View, document_view
from review.queue import claim_next, refresh
from schemas.errors import InvalidValue
from schemas.fields import Kind
from store.claims import DeskClaims
from store.desk_queue import DeskQueue, Wanted
from store.entities import Document
from store.states import State
from store.store import Store

IBANS = ("DE89370400440532013000", "NL91ABNA0417164300")


class Open:
    """Hides nothing."""

    def hides(self, path: str) -> bool:
        return False

    def text(self, text: str) -> str:
        return text


def do(desk: Desk, document: Document, act: str, **more: Any) -> Any:
    return desk.do(desk.store.document(document.sha256), Act(key=new_key(), act=act, **more))


def decide_all(desk: Desk, document: Document) -> None:
    do(desk, document, "set", path="issue_date", value="2026-03-14")
    for path in ("gross_total", "line_items[1].quantity"):
        do(desk, document, "accept", path=path)


def invoice(store: Store, number: int, iban: str = IBANS[0], supplier: str = "Paper Ltd") -> Document:
    more = {
        "iban": result("iban", Kind.IDENTIFIER, iban, 0.9, decision="accepted"),
        "seller_name": result("seller_name", Kind.PARTY, supplier, 0.9, decision="accepted"),
    }
    return new_document(store, b"%d" % number, record=reading("0" * 64, **more))


def desks(store: Store, **rules: Any) -> tuple[Desk, Desk]:
    return tuple(Desk(store, SCHEMAS, who, Rules(**rules)) for who in ("anna", "ben"))


def told(store: Store, document: Document) -> str:
    record = store.extraction(document.sha256)
    assert record is not None
    return " ".join(problem.message for problem in record.problems)


def test_export_waits_for_a_second_person(store: Store) -> None:
    """A record above the amount stays in review until somebody else than who decided it approves."""
    anna, ben = desks(store, amount_above=Decimal(1000))
    one = invoice(store, 1)
    decide_all(anna, one)
    assert (store.document(one.sha256).state, "above 1000" in told(store, one)) == (State.IN_REVIEW, True)
    with pytest.raises(InvalidValue, match="second person"):
        do(anna, one, "approve")
    with pytest.raises(InvalidValue, match="second person"):
        do(anna, one, "accept_rest", paths=["gross_total"], version=store.document(one.sha256).version)
    do(ben, one, "approve")
    assert store.document(one.sha256).state is State.ACCEPTED
    do(ben, one, "undo")
    assert store.document(one.sha256).state is State.IN_REVIEW


def test_waiving_a_check_does_not_waive_the_second_person(store: Store) -> None:
    """Who accepts the whole document for a reason still needs the approval."""
    anna, ben = desks(store, amount_above=Decimal(1000))
    one = invoice(store, 1)
    do(anna, one, "accept", why="it is on the envelope")
    assert store.document(one.sha256).state is State.IN_REVIEW
    do(ben, one, "approve")
    assert store.document(one.sha256).state is State.ACCEPTED


def test_a_correction_after_the_approval_needs_another_one(store: Store) -> None:
    """An approval is for what was approved, and for nothing that comes later."""
    anna, ben = desks(store, amount_above=Decimal(1000))
    one = invoice(store, 1)
    decide_all(anna, one)
    do(ben, one, "approve")
    do(anna, one, "set", path="gross_total", value="2000.00")
    assert store.document(one.sha256).state is State.IN_REVIEW
    do(anna, one, "set", path="gross_total", value="20.00")
    assert store.document(one.sha256).state is State.ACCEPTED


def test_a_new_supplier_and_a_changed_account_are_noticed(store: Store) -> None:
    """The first record of a supplier, and an account that no accepted record of it names, ask for a second person."""
    anna, ben = desks(store, new_supplier=True, changed_account=True)
    first = invoice(store, 1)
    decide_all(anna, first)
    assert "first record of this supplier" in told(store, first)
    do(ben, first, "approve")
    refresh(store, SCHEMAS)
    same, other = invoice(store, 2), invoice(store, 3, iban=IBANS[1], supplier="PAPER  Ltd.")
    for document in (same, other):
        decide_all(anna, document)
    assert store.document(same.sha256).state is State.ACCEPTED
    assert "other accounts" in told(store, other)


def test_the_sample_is_drawn_by_the_document(store: Store) -> None:
    """The share of documents is drawn by their content: about so many, and the same ones every time."""
    anna, _ = desks(store, share=0.5)
    many = [invoice(store, number) for number in range(24)]
    for document in many:
        do(anna, document, "set", path="issue_date", value="2026-03-14")
    drawn = ["drawn" in told(store, document) for document in many]
    assert 5 <= sum(drawn) <= 19
    for document, before in zip(many, drawn, strict=True):
        do(anna, document, "accept", path="gross_total")
        assert ("drawn" in told(store, document)) == before


def test_the_second_entry_is_blind_and_compared_by_kind(store: Store) -> None:
    """The second person does not see the value and may write it another way; another value brings both forward."""
    anna, ben = desks(store, amount_above=Decimal(1000), second_entry=("iban",))
    one = invoice(store, 1)
    decide_all(anna, one)
    with pytest.raises(InvalidValue, match="entered once more"):
        do(ben, one, "approve")

    def shown(desk: Desk) -> dict[str, Any]:
        scene = desk.acts.scene(one.sha256, desk.who)
        return View(scene, SCHEMAS["invoice"], Seat(desk.who, Open())).field("iban")

    seen = shown(ben)
    assert (seen["value"], seen["four_eyes"]["state"], seen["doubtful"]) == (None, "second_entry", True)
    assert IBANS[0] not in str(seen) and shown(anna)["value"] == IBANS[0]
    do(ben, one, "set", path="iban", value=IBANS[1])
    record = store.extraction(one.sha256)
    assert record is not None and record.fields["iban"].decision == "review"
    assert record.fields["iban"].alternatives[0].value == IBANS[1]
    do(ben, one, "undo")
    do(ben, one, "set", path="iban", value="DE89 3704 0044 0532 0130 00")
    do(ben, one, "approve")
    record = store.extraction(one.sha256)
    assert record is not None and record.record()["iban"] == IBANS[0]
    assert store.document(one.sha256).state is State.ACCEPTED


def test_sending_back_asks_for_another_look(store: Store) -> None:
    """The second person may send a field back with a word; once it was looked at again, it can be approved."""
    anna, ben = desks(store, amount_above=Decimal(1000))
    one = invoice(store, 1)
    decide_all(anna, one)
    with pytest.raises(InvalidValue, match="looked at again"):
        do(ben, one, "send_back", path="gross_total")
    do(ben, one, "send_back", path="gross_total", why="is this with tax?")
    with pytest.raises(InvalidValue, match="cannot be approved yet"):
        do(ben, one, "approve")
    do(anna, one, "accept", path="gross_total")
    do(ben, one, "approve")
    assert store.document(one.sha256).state is State.ACCEPTED


def test_nothing_on_the_screen_gives_a_blind_value_away(store: Store) -> None:
    """Who is to enter the total blindly finds it in no sentence, no sum and no row of the screen and the queue."""
    anna, ben = desks(store, amount_above=Decimal(1000), second_entry=("gross_total",))
    one = invoice(store, 1)
    decide_all(anna, one)

    def screen(desk: Desk) -> str:
        scene, seat = desk.acts.scene(one.sha256, desk.who), Seat(desk.who, Open())
        return str(document_view(View(scene, SCHEMAS["invoice"], seat), scene, None, seat=seat))

    assert "1250" in screen(anna)
    assert "1250" not in screen(ben) and "1,250" not in screen(ben)


def test_a_yes_is_no_second_entry(store: Store) -> None:
    """Who should enter a value blindly cannot accept it unseen, and so stays a second person who may."""
    anna, ben = desks(store, amount_above=Decimal(1000), second_entry=("gross_total",))
    one = invoice(store, 1)
    decide_all(anna, one)
    with pytest.raises(InvalidValue, match="Enter the value"):
        do(ben, one, "accept", path="gross_total")
    scene = ben.acts.scene(one.sha256, "ben")
    assert scene.record is not None and hidden_from(scene.record, "gross_total", "ben", scene.hands)
    do(ben, one, "set", path="gross_total", value="1,250.00")
    do(ben, one, "approve")
    assert store.document(one.sha256).state is State.ACCEPTED


def test_what_is_left_for_a_second_person_is_in_their_queue(store: Store) -> None:
    """Also while a value is still to be entered once more, a document waits for approvers, not for who decided it."""
    anna, _ = desks(store, amount_above=Decimal(1000), second_entry=("gross_total",))
    one = invoice(store, 1)
    decide_all(anna, one)
    refresh(store, SCHEMAS)
    shelf = DeskQueue(store.database, store.now)
    (row,), _ = shelf.page(Wanted(reason="approval"), "worth", 10)
    assert (row.document.sha256, row.figures.cause) == (one.sha256, "A second person must approve")
    claims = DeskClaims(store.database, store.now)
    assert claim_next(store, claims, "anna", Wanted(), lambda *_: True) is None
    held = claim_next(store, claims, "ben", Wanted(), lambda *_: True)
    assert held is not None and held.document == one.sha256
