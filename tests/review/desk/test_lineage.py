"""Documents taken apart and put together, with real files cut in a real parser child."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from desk_documents import SCHEMAS, new_document, reading
from reportlab.pdfgen.canvas import Canvas

from documents import page_ranges
from documents.jail import ParserPool
from documents.limits import Limits
from documents.parse import parse_bytes
from flows.wiring import cut_door
from review.desk.acts import Act, Desk, new_key
from review.desk.lineage import CutDoor, Merge, Split, merge, split
from schemas.errors import Conflict, InvalidValue, Refusal
from store.entities import Document
from store.states import State
from store.store import Store


@pytest.fixture(scope="module")
def cut() -> Iterator[CutDoor]:
    with ParserPool(Limits(), parser=page_ranges.PARSER) as pool:
        yield cut_door(pool)


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store, SCHEMAS, "anna")


@pytest.fixture
def stack(store: Store, tmp_path: Path) -> Document:
    """Three letters that were scanned as one."""
    return new_document(store, pdf(tmp_path, "one", "two", "three"), pages=3)


def pdf(folder: Path, *texts: str) -> bytes:
    file = folder / "-".join(texts)
    canvas = Canvas(str(file), invariant=1)
    for text in texts:
        canvas.drawString(100, 700, f"Letter {text}")
        canvas.showPage()
    canvas.save()
    return file.read_bytes()


def _nothing(_: object) -> dict[str, Any]:
    return {}


def test_a_split_makes_new_documents_and_keeps_the_original(
    store: Store, desk: Desk, stack: Document, cut: CutDoor
) -> None:
    """Each range becomes a document that goes through the line; the original is put aside, and says so."""
    asked = Split(key=new_key(), ranges=((1, 2), (3, 3)), schemas=("invoice",), version=stack.version)
    for _ in range(3):  # a replay changes nothing
        split(desk, stack, asked, cut, _nothing)
    original = store.document(stack.sha256)
    assert (original.state, "split into 2" in str(original.message)) == (State.QUARANTINED, True)
    children = [store.document(child) for child in store.children(stack.sha256)]
    assert sorted(parse_bytes(store.content(child.sha256)).text.split()[1] for child in children) == ["one", "three"]
    assert {child.schema_wanted for child in children} == {"invoice", None}
    assert {child.state for child in children} == {State.RECEIVED}
    assert store.content(stack.sha256)


def test_a_split_is_undone_until_somebody_worked_on_its_parts(
    store: Store, desk: Desk, stack: Document, cut: CutDoor
) -> None:
    """Undo puts the parts away and the original back, redo the other way; once a part was decided, it stays."""
    split(desk, stack, Split(key=new_key(), ranges=((1, 1), (2, 3))), cut, _nothing)
    children = store.children(stack.sha256)
    _act(desk, stack, "undo")
    assert store.document(stack.sha256).state is State.IN_REVIEW
    assert {store.document(child).state for child in children} == {State.QUARANTINED}
    _act(desk, stack, "redo")
    assert {store.document(child).state for child in children} == {State.RECEIVED}
    part = store.document(children[0])
    (claim,) = store.claim("w", documents=[part.sha256])
    claim = store.save_parsed(claim, parse_bytes(store.content(part.sha256)), "p")
    found = reading("0" * 64).model_copy(update={"document": part.sha256})
    store.decide(store.save_extraction(claim, found, "e", SCHEMAS["invoice"]))
    _act(Desk(store, SCHEMAS, "ben"), part, "accept", path="gross_total")
    with pytest.raises(Conflict, match="worked on"):
        _act(desk, stack, "undo")


def test_pages_belong_to_exactly_one_part(desk: Desk, stack: Document, cut: CutDoor) -> None:
    """A split that loses or doubles a page is refused."""
    for ranges in (((1, 1), (3, 3)), ((1, 2), (2, 3)), ((1, 2), (3, 9))):
        with pytest.raises(InvalidValue, match="exactly one part"):
            split(desk, stack, Split(key=new_key(), ranges=ranges), cut, _nothing)


def test_documents_are_joined_in_their_order(store: Store, desk: Desk, tmp_path: Path, cut: CutDoor) -> None:
    """Pages of several files become one document in the order given; undo brings every one of them back."""
    both = [new_document(store, pdf(tmp_path, "b")), new_document(store, pdf(tmp_path, "a"))]
    asked = Merge(key=new_key(), documents=tuple(each.sha256 for each in both))
    merge(desk, both, asked, cut, _nothing)
    (joined,) = store.children(both[0].sha256)
    assert parse_bytes(store.content(joined)).text.replace("\f", " ").split() == ["Letter", "b", "Letter", "a"]
    assert {store.document(each.sha256).state for each in both} == {State.QUARANTINED}
    _act(desk, both[0], "undo")
    assert {store.document(each.sha256).state for each in both} == {State.IN_REVIEW}
    assert store.document(joined).state is State.QUARANTINED


def test_what_has_no_pages_is_refused(store: Store, desk: Desk, cut: CutDoor) -> None:
    """A file without pages of its own is not cut, and the person is told what to do."""
    mail = new_document(store, b"Just a text.", pages=2)
    with pytest.raises(Refusal, match="only PDF and pictures"):
        split(desk, mail, Split(key=new_key(), ranges=((1, 1), (2, 2))), cut, _nothing)


def _act(desk: Desk, document: Document, name: str, **more: Any) -> Any:
    return desk.do(desk.store.document(document.sha256), Act(key=new_key(), act=name, **more), _nothing)
