"""Figures of the queue follow the changes of documents, and only those."""

from __future__ import annotations

from store_worker import INVOICE, parsed, person, reading

from schemas.results import Extraction
from store.desk_queue import DeskQueue, Figures, Wanted
from store.entities import Document
from store.states import State
from store.store import Store


def test_only_what_changed_is_reckoned(store: Store) -> None:
    """A document is reckoned when it is decided on, again after a correction or with another formula, else never."""
    queue, asked = DeskQueue(store.database), []

    def reckon(document: Document, record: Extraction | None) -> Figures:
        assert record is not None and record.document == document.sha256
        asked.append(document.sha256)
        return Figures()

    first, second = _waiting(store, b"one"), _waiting(store, b"two")
    assert queue.refresh("1", reckon) == 2
    assert (queue.refresh("1", reckon), asked) == (None, [first, second])
    third = _waiting(store, b"three")
    person(store).set_value(store.document(first), "invoice_number", "B-2")
    assert (queue.refresh("1", reckon), asked[2:]) == (2, [third, first])
    store.add_document(b"four", "four.pdf")  # nobody has decided on it
    assert (queue.refresh("1", reckon), queue.refresh("2", reckon)) == (None, 3)


def test_a_slow_reckoning_never_replaces_a_later_one(store: Store) -> None:
    """Who read a record before it was changed writes no figures over those of the changed one."""
    queue, document, slow = DeskQueue(store.database), _waiting(store, b"one"), ["the first time"]

    def reckon(_: Document, record: Extraction | None) -> Figures:
        assert record is not None
        if slow:
            slow.clear()
            person(store).set_value(store.document(document), "invoice_number", "B-2")
            assert queue.refresh("1", reckon) == 1
        number = record.fields.get("invoice_number")
        return Figures(supplier=str(number.value) if number else "")

    assert queue.refresh("1", reckon) == 0
    rows, _ = queue.page(Wanted(states=tuple(State)), "worth", 10)
    assert [row.figures.supplier for row in rows] == ["B-2"]


def _waiting(store: Store, content: bytes) -> str:
    sha256, _ = store.add_document(content, "x.pdf")
    (claim,) = store.claim("worker", documents=[sha256])
    claim = store.save_parsed(claim, parsed(sha256), "p")
    store.decide(store.save_extraction(claim, reading(sha256), "e", INVOICE))
    return sha256
