"""The layout memory in the store, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from schemas.errors import UnknownDocument
from schemas.layouts import Anchor, Fingerprint, Neighbour, ValuePlace
from store.memory import MemoryStore
from store.store import Store

PLACE = ValuePlace(width=60.0, neighbours=(Neighbour(text="invoice no", right=120.0, down=0.0, needed=True),))
PAGE = Fingerprint(anchors=(Anchor(text="invoice", x=100.0, y=80.0),))


@pytest.fixture
def memory(store: Store) -> MemoryStore:
    return MemoryStore(store.database, store.now)


def test_layouts_are_found_by_the_terms_they_share(memory: MemoryStore) -> None:
    """Of many layouts those come back that share at least three terms, the most alike first, as they were kept."""
    far = memory.add_layout(PAGE, [1, 2, 30, 40])
    near = memory.add_layout(PAGE, [1, 2, 3, 40])
    nearest = memory.add_layout(PAGE, [1, 2, 3, 4])
    assert memory.likely([1, 2, 3, 4]) == [(nearest, PAGE), (near, PAGE)]
    assert far not in [number for number, _ in memory.likely([1, 2, 3, 4])]
    assert memory.likely([]) == []


def test_a_document_has_one_layout(store: Store, memory: MemoryStore) -> None:
    """What is noted last about a document holds, and the documents of a layout are found by their state."""
    sha, _ = store.add_document(b"x", "x.pdf")
    one, other = memory.add_layout(PAGE, []), memory.add_layout(PAGE, [])
    assert memory.layout_of(sha) is None
    memory.assign(sha, one)
    memory.assign(sha, other)
    assert memory.layout_of(sha) == other
    assert memory.documents_of(other, ["received"]) == [sha]
    assert memory.documents_of(other, ["accepted"]) == memory.documents_of(one, ["received"]) == []


def test_history_of_a_lesson_is_counted_from_documents(store: Store, memory: MemoryStore) -> None:
    """Each document speaks once about a lesson, and its last word counts; what it no longer says is forgotten."""
    shas = [store.add_document(bytes([number]), f"{number}.pdf")[0] for number in range(3)]
    layout = memory.add_layout(PAGE, [])
    lesson = memory.add_lesson(layout, "invoice", "invoice_number", PLACE, shas[0], "ada")
    assert lesson is not None and (lesson.state, lesson.right, lesson.wrong, lesson.place) == ("shadow", 0, 0, PLACE)
    assert memory.add_lesson(layout, "invoice", "invoice_number", PLACE, shas[0], "bob") is None
    for sha, right in zip(shas, (True, True, False), strict=True):
        memory.keep_trials(sha, [lesson.number], {lesson.number: right})
    memory.keep_trials(shas[1], [lesson.number], {lesson.number: False})
    assert (memory.lesson(lesson.number).right, memory.lesson(lesson.number).wrong) == (1, 2)
    memory.keep_trials(shas[1], [lesson.number], {})
    assert memory.trials(lesson.number) == {shas[0]: True, shas[2]: False}


def test_lessons_are_of_a_layout_and_a_schema(store: Store, memory: MemoryStore) -> None:
    """Lessons of other layouts and schemas are not handed out; a state is kept with its reason."""
    sha, _ = store.add_document(b"x", "x.pdf")
    one, other = memory.add_layout(PAGE, []), memory.add_layout(PAGE, [])
    lesson = memory.add_lesson(one, "invoice", "invoice_number", PLACE, sha, "ada")
    assert lesson is not None
    promoted = memory.bring_to(lesson.number, "promoted", "Nothing got worse.")
    assert memory.lessons([one], "invoice") == memory.lessons() == [promoted]
    assert (promoted.state, promoted.why) == ("promoted", "Nothing got worse.")
    assert memory.lessons([other], "invoice") == memory.lessons([one], "receipt") == []
    with pytest.raises(UnknownDocument, match="memory list"):
        memory.lesson(99)


def test_a_lesson_that_was_taken_back_stays_so(store: Store, memory: MemoryStore) -> None:
    """A process that decides late about a lesson brings nothing back that a person took back meanwhile."""
    sha, _ = store.add_document(b"x", "x.pdf")
    lesson = memory.add_lesson(memory.add_layout(PAGE, []), "invoice", "invoice_number", PLACE, sha, "ada")
    assert lesson is not None
    undone = memory.bring_to(lesson.number, "undone", "Taken back by ada.")
    assert memory.bring_to(lesson.number, "promoted", "Nothing got worse.") == undone
    assert memory.teach_again(lesson.number, PLACE, "bob") == undone


def test_two_processes_may_note_the_same(store: Store, memory: MemoryStore) -> None:
    """Layouts and trials that are noted from several threads at once are noted once, and nobody fails."""
    sha, _ = store.add_document(b"x", "x.pdf")
    layout = memory.add_layout(PAGE, [])
    lesson = memory.add_lesson(layout, "invoice", "invoice_number", PLACE, sha, "ada")
    assert lesson is not None

    def note(_: int) -> None:
        memory.assign(sha, layout)
        memory.keep_trials(sha, [lesson.number], {lesson.number: True})

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(note, range(24)))
    assert (memory.layout_of(sha), memory.trials(lesson.number)) == (layout, {sha: True})


def test_documents_of_the_evaluation_set_are_remembered_by_parser(memory: MemoryStore) -> None:
    """What was read is known with its layout, if it has one; another version of the parser knows nothing of it."""
    layout = memory.add_layout(PAGE, [])
    memory.keep_evaluated("a" * 64, "p1", None)
    memory.keep_evaluated("b" * 64, "p1", layout)
    memory.keep_evaluated("a" * 64, "p1", layout)
    assert memory.evaluated("p1") == {"a" * 64: layout, "b" * 64: layout}
    memory.keep_evaluated("b" * 64, "p2", None)
    assert (memory.evaluated("p1"), memory.evaluated("p2")) == ({"a" * 64: layout}, {"b" * 64: None})


def test_acts_of_people_are_read_once(store: Store, memory: MemoryStore) -> None:
    """Without acts there is nothing to read, and a mark never goes back."""
    assert memory.touched() == ([], None)
    memory.mark_read(7)
    memory.mark_read(3)
    assert memory.touched() == ([], None)
