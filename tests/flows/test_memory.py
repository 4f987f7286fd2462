"""From a correction to the next document of its layout: what is taken, what is not, and what takes it back."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from delivery_office import NOTE, Office, content, parsed

from docassay.commands import memory as commands
from docassay.entrance import Common
from flows import memory
from flows.desk import open_desk
from flows.memory import LayoutMemory
from flows.process import process
from flows.settings import Settings
from flows.wiring import Line, extract_door
from review.desk.acts import Act, new_key
from review.desk.alike import Alike, applied
from review.desk.view import Seat
from schemas import reasons
from schemas.document import ParsedDocument
from store.store import Store


@pytest.fixture
def office(
    settings: Settings, store: Store, line_with: Callable[..., Line], parser_reading: Callable[..., Any]
) -> Office:
    return Office(settings, store, line_with, parser_reading)


def test_next_document_takes_the_value_from_the_corrected_place(office: Office) -> None:
    """A field that nobody could read is read on the next document of the layout, with its place, and says why."""
    first = office.comes("QX-1001")
    assert office.result(first).value != "QX-1001"
    office.corrects(first, "number", "QX-1001")
    second = office.comes("RB-2002", rows=7)
    found = office.result(second)
    assert (found.value, found.source, found.decision) == ("RB-2002", "memory", "review")
    assert reasons.REMEMBERED() in found.reasons
    assert found.evidence[0].quote == "RB-2002"
    assert found.confidence is not None and found.confidence > 0.5
    assert found.signals["layout_history"] > 0.9


def test_memory_overrules_a_rule_that_people_corrected(office: Office) -> None:
    """Where a label leads rules to the wrong amount on this layout, the corrected place leads; theirs stays offered."""
    first = office.comes("QX-1001")
    assert str(office.result(first, "total").value) == "15.00"
    office.corrects(first, "total", "120.00")
    found = office.result(office.comes("RB-2002", rows=5, total="77.10", deposit="9.00"), "total")
    assert (str(found.value), found.source) == ("77.10", "memory")
    assert [str(other.value) for other in found.alternatives][:1] == ["9.00"]


def test_a_remembered_place_proves_nothing(settings: Settings, office: Office) -> None:
    """A lesson and rules that agree are one witness about this document: nothing passes as proved by it."""
    first = office.comes("QX-1001")
    office.corrects(first, "number", "QX-1001")
    document = office.store.parsed(office.comes("RB-2002"))
    assert document is not None
    trusting = settings.model_copy(update={"accept_proved": True})
    record = extract_door(trusting, memory=office.layouts.lessons)(document, NOTE, None)  # type: ignore[arg-type]
    assert record.fields["number"].value == "RB-2002"
    assert record.fields["number"].decision == "review"


def test_a_lesson_needs_agreement(office: Office) -> None:
    """A person's later word against a lesson ends its use; who of the two erred is settled by the next documents."""
    first = office.comes("QX-1001")
    office.corrects(first, "number", "X-77")
    second = office.comes("RB-2002")
    assert office.result(second).value == "X-77"
    office.corrects(second, "number", "RB-2002")
    states = {lesson.document: lesson.state for lesson in office.lessons()}
    assert states[first] == "demoted"
    third = office.comes("CT-3003")
    assert office.result(third).source != "memory"
    office.corrects(third, "number", "CT-3003")
    assert office.result(office.comes("DV-4004")).value == "DV-4004"


def test_acceptance_speaks_for_a_lesson(office: Office) -> None:
    """What a person accepts, or decides with the whole record, counts for the lesson that gave it."""
    first = office.comes("QX-1001")
    office.corrects(first, "number", "QX-1001")
    office.accepts(office.comes("RB-2002"))
    office.accepts(office.comes("CT-3003"), path="")
    (lesson,) = office.lessons()
    assert (lesson.right, lesson.wrong, lesson.state) == (3, 0, "promoted")


def test_a_lesson_that_would_make_something_worse_stays_in_shadow(office: Office) -> None:
    """A place that is wrong on a document which people accepted as it is gives no values."""
    first, second = office.comes("QX-1001"), office.comes("RB-2002", deposit="9.00")
    office.accepts(first, "total")
    office.corrects(second, "total", "120.00")
    (lesson,) = office.lessons()
    assert lesson.state != "promoted"
    assert office.result(office.comes("CT-3003"), "total").source == "rules"


def test_an_act_that_is_taken_back_leaves_no_lesson(office: Office) -> None:
    """Undo at the desk takes the lesson of the correction out of use as well."""
    first = office.comes("QX-1001")
    office.corrects(first, "number", "QX-1001")
    assert [lesson.state for lesson in office.lessons()] == ["promoted"]
    office.desk().do(office.store.document(first), Act(key=new_key(), act="undo"))
    assert [lesson.state for lesson in office.lessons()] == ["demoted"]
    assert office.result(office.comes("RB-2002")).source != "memory"


def test_a_lesson_that_is_undone_stays_undone(office: Office) -> None:
    """What a person took back gives no values, whatever is accepted later."""
    first = office.comes("QX-1001")
    office.corrects(first, "number", "QX-1001")
    (lesson,) = office.lessons()
    assert office.layouts.undo(lesson.number, "ada").state == "undone"
    second = office.comes("RB-2002")
    assert office.result(second).source != "memory"
    office.accepts(first)
    assert [each.state for each in office.lessons()] == ["undone"]


def test_what_passed_by_itself_teaches_nothing(office: Office) -> None:
    """Records that no person touched feed no memory, and learning again changes nothing."""
    for code in ("QX-1001", "RB-2002", "CT-3003"):
        office.comes(code)
    assert office.lessons() == []
    first = office.comes("DV-4004")
    office.corrects(first, "number", "DV-4004")
    once = office.lessons()
    office.layouts._learn_from(first)
    assert office.lessons() == once


def test_reading_again_with_a_new_lesson_makes_a_new_record(office: Office) -> None:
    """A document that waits and is read again takes what was learned since; what a person decided on it stays."""
    first, waiting, decided = office.comes("QX-1001"), office.comes("RB-2002"), office.comes("CT-3003")
    office.desk().do(office.store.document(decided), Act(key=new_key(), act="set", path="number", value="CT-3003"))
    office.corrects(first, "number", "QX-1001")
    for sha256 in (waiting, decided):
        office.store.retry(sha256, who="ada")
        (claim,) = office.store.claim("w", documents=[sha256])
        process(office.line, claim)
    assert office.result(waiting).value == "RB-2002"
    assert (office.result(decided).value, office.result(decided).source) == ("CT-3003", "person")


def test_a_mistake_in_learning_stops_no_document(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be learned from is passed over once; documents that come next are read."""
    first, tried = office.comes("QX-1001"), []

    def trips(_reader: Any, *_given: Any) -> None:
        tried.append(1)
        raise ZeroDivisionError

    monkeypatch.setattr(memory, "place_of", trips)
    office.corrects(first, "number", "QX-1001")
    assert office.result(office.comes("RB-2002")).source != "memory"
    office.comes("CT-3003")
    assert len(tried) == 1


def test_a_document_that_is_not_stored_has_a_layout_all_the_same(office: Office) -> None:
    """Nothing is noted for it, and reading it goes on."""
    stranger = parsed(content("QX-1001"), "")
    known = office.layouts.layouts_of(stranger)
    assert len(known) == 1 and office.layouts.memory.layout_of(stranger.sha256) is None


def test_every_document_has_one_layout(office: Office) -> None:
    """Documents laid out alike share a layout; a page of other words has its own, and one of few words none."""
    alike = {office.layouts.memory.layout_of(office.comes(code, rows=rows)) for code, rows in (("A-1", 1), ("B-2", 9))}
    assert len(alike) == 1
    other = ParsedDocument("1" * 64, "", ())
    assert office.layouts.layouts_of(other) == ()


def test_a_correction_is_applied_to_documents_that_wait(office: Office) -> None:
    """Waiting documents of the layout get the value and go on waiting; what people decided stays, and undo works."""
    first, second, decided = office.comes("QX-1001"), office.comes("RB-2002", rows=5), office.comes("CT-3003")
    office.desk("bob").do(office.store.document(decided), Act(key=new_key(), act="set", path="number", value="CT-3003"))
    office.corrects(first, "number", "QX-1001")
    source, asked = office.store.document(first), Alike(key=new_key(), path="number")

    def applied_to(**more: Any) -> dict[str, Any]:
        wanted = asked.model_copy(update=more)
        return applied(office.desk(), source, wanted, office.alike, lambda _: Seat("ada", NothingHidden()))

    shown = applied_to()
    assert [(each["document"], each["old"], each["new"]) for each in shown["documents"]] == [(second, None, "RB-2002")]
    assert office.result(second).value is None, "a preview changes nothing"
    done = applied_to(preview=False, documents=(second, decided))
    assert (done["done"], len(done["documents"])) == (1, 1)
    found = office.result(second)
    assert (found.value, found.source, found.decision) == ("RB-2002", "memory", "review")
    assert office.result(decided).source == "person"
    assert applied_to()["documents"] == []
    assert [(lesson.right, lesson.wrong) for lesson in office.lessons()] == [(2, 0)], "applying is no agreement"
    office.desk().do(office.store.document(second), Act(key=new_key(), act="undo"))
    assert office.result(second).value is None


def test_the_desk_knows_the_documents_that_a_correction_fits(
    office: Office, settings: Settings, tmp_path: Path
) -> None:
    """The door that the desk is opened with learns what was just corrected, and gives the readings that it changes."""
    first, second = office.comes("QX-1001"), office.comes("RB-2002", rows=5)
    file = tmp_path / "note.yaml"
    file.write_text("schema: note\nfields:\n  number: {kind: identifier}\n  total: {kind: money, labels: [Amount]}\n")
    with open_desk(settings.model_copy(update={"schemas": (str(file),)})) as desk:
        assert desk.alike(first, "number") == []
        office.corrects(first, "number", "QX-1001")
        (found,) = desk.alike(first, "number")
    assert (found.document, found.result.value, found.result.source) == (second, "RB-2002", "memory")


def test_the_last_word_is_learned_last(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that learns slowly, while a person undoes and another process learns that, ends with what holds."""
    first, slow = office.comes("QX-1001"), LayoutMemory(office.store, office.layouts.schemas)
    office.corrects(first, "number", "QX-1001")
    keep, other = slow.memory.keep_trials, [office.layouts]

    def after_others(document: str, lessons: Any, outcomes: Any) -> None:
        if outcomes and other:
            office.desk().do(office.store.document(first), Act(key=new_key(), act="undo"))
            other.pop().catch_up()
        keep(document, lessons, outcomes)

    monkeypatch.setattr(slow.memory, "keep_trials", after_others)
    slow.catch_up()
    assert [(each.state, each.right) for each in office.layouts.memory.lessons()] == [("demoted", 0)]


def test_a_changed_correction_is_its_last_authors(office: Office) -> None:
    """Of two people who point to different places on one document, the later one teaches, by name."""
    first = office.comes("QX-1001")
    office.corrects(first, "number", "X-77", who="bob")
    assert office.result(office.comes("RB-2002")).value == "X-77"
    office.corrects(first, "number", "QX-1001", who="ada")
    (lesson,) = office.lessons()
    assert (lesson.who, lesson.state, lesson.right) == ("ada", "promoted", 1)
    assert office.result(office.comes("CT-3003")).value == "CT-3003"


def test_a_field_that_stands_nowhere_certain_teaches_only_so_often(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lessons that settle nothing do not pile up, so that a document never takes longer for them."""
    monkeypatch.setattr(memory, "MOST_LESSONS", 2)
    for code, words in (("QX-1001", "X-77"), ("RB-2002", "RB-2002"), ("CT-3003", "120.00")):
        office.corrects(office.comes(code), "number", words)
        office.lessons()
    assert len(office.lessons()) == 2


class NothingHidden:
    """Hides no bank data."""

    def hides(self, _path: str) -> bool:
        return False

    def text(self, text: str) -> str:
        return text


def test_lessons_are_listed_shown_and_taken_back_by_command(
    office: Office, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each promotion is listed with what speaks for it, and one command takes it back."""
    flags = Common(data=settings.data_folder)
    first = office.comes("QX-1001")
    office.corrects(first, "number", "QX-1001")
    office.accepts(office.comes("RB-2002"))
    (lesson,) = office.lessons()
    commands.list_(json=True, common=flags)
    listed = json.loads(capsys.readouterr().out)
    assert (listed["number"], listed["state"], listed["right"]) == (lesson.number, "promoted", 2)
    commands.list_(common=flags)
    assert "note.number" in capsys.readouterr().out
    commands.show(lesson.number, common=flags)
    shown = capsys.readouterr().out
    for part in ("promoted", "QX-1001.pdf", "RB-2002.pdf", "agrees", "consignment code"):
        assert part in shown
    commands.undo(lesson.number, common=flags)
    assert "no values any more" in capsys.readouterr().err
    assert [each.state for each in office.lessons()] == ["undone"]
