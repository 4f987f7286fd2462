"""A lesson is tried on the users' evaluation set: on its documents of the same layout, before it gives any value."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from delivery_office import Office, content, corrects, parsed

from docassay.commands import memory as commands
from docassay.entrance import Common
from flows.evaluation_set import EvaluationSet
from flows.process import process
from flows.settings import Memory, Settings
from flows.wiring import Line, open_line, open_memory, read_evaluation_set
from review.desk.acts import Desk
from schemas.errors import Reason, Refusal
from schemas.layouts import Lesson
from store.store import Store

OTHER = json.dumps([(60, 60 + 20 * row, f"Clause of another kind {'abcdef'[row]}") for row in range(6)]).encode()


@pytest.fixture
def office(
    settings: Settings,
    store: Store,
    line_with: Callable[..., Line],
    parser_reading: Callable[..., Any],
    truth: Path,
) -> Office:
    """An office with an evaluation set, in which nothing stands yet."""
    office = Office(settings, store, line_with, parser_reading)
    office.layouts.evaluation = EvaluationSet([truth], store, "p1", ("rules",))
    return office


@pytest.fixture
def truth(tmp_path: Path) -> Path:
    file = tmp_path / "truth.jsonl"
    file.write_text("")
    return file


def known(truth: Path, name: str, raw: bytes, kind: str = "note", **fields: str | None) -> None:
    """Add a document to the evaluation set."""
    (truth.parent / name).write_bytes(raw)
    row = {"id": name, "file": name, "kind": kind, "fields": fields}
    with truth.open("a") as file:
        file.write(json.dumps(row) + "\n")


def read(office: Office, told: list[str] | None = None) -> None:
    office.layouts.read_evaluation_set(parsed, (told if told is not None else []).append)


def taught(office: Office) -> Lesson:
    """The lesson of a correction that says the total stands below the table, where rules take another amount."""
    first = office.comes("QX-1001")
    office.corrects(first, "total", "120.00")
    (lesson,) = office.lessons()
    return lesson


def lesson_of(office: Office) -> Lesson:
    (lesson,) = office.layouts.memory.lessons()
    return lesson


def test_a_lesson_waits_until_the_set_was_read_and_is_then_promoted(office: Office, truth: Path) -> None:
    """Unread documents hold a lesson back and are read once; with nothing worse on them it gives values."""
    told: list[str] = []
    read(office, told)
    known(truth, "one.json", content("CT-3003", total="80.00", deposit="9.00"), total="80.00")
    known(truth, "other.json", OTHER, total="1.00")
    waiting = taught(office)
    assert (waiting.state, "2 documents" in waiting.why) == ("waiting", True)
    assert office.result(office.comes("RB-2002"), "total").source == "rules"
    read(office, told)
    read(office, told)
    assert [line.split(" new")[0] for line in told] == ["Reading 2"]
    assert lesson_of(office).state == "promoted"
    assert office.result(office.comes("DV-4004", rows=4), "total").source == "memory"


def test_a_lesson_that_makes_the_set_worse_is_refused_by_name(
    office: Office, truth: Path, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where the truth says what rules read already, the lesson stays in shadow, and the list tells which document."""
    known(truth, "deposit.json", content("CT-3003", deposit="9.00"), total="9.00")
    taught(office)
    read(office)
    refused = lesson_of(office)
    assert (refused.state, "deposit.json" in refused.why) == ("shadow", True)
    assert office.result(office.comes("RB-2002"), "total").source == "rules"
    commands.list_(common=Common(data=settings.data_folder))
    assert "would become wrong: deposit.json" in capsys.readouterr().out


def test_documents_that_the_set_grows_by_are_tried_on_promoted_lessons(office: Office, truth: Path) -> None:
    """What is confirmed later takes a lesson out of use that it speaks against; where it says nothing it does not."""
    known(truth, "silent.json", content("CT-3003", deposit="9.00"), number="CT-3003")
    taught(office)
    read(office)
    assert lesson_of(office).state == "promoted"
    known(truth, "deposit.json", content("DV-4004", deposit="8.00"), total="8.00")
    read(office)
    assert lesson_of(office).state == "shadow"


def test_a_value_that_is_wrong_with_and_without_a_lesson_is_not_worse(office: Office, truth: Path) -> None:
    """Only what is right now can be made worse."""
    known(truth, "neither.json", content("CT-3003", deposit="9.00"), total="1.00")
    taught(office)
    read(office)
    assert lesson_of(office).state == "promoted"


def test_only_documents_of_the_layout_are_looked_at(
    office: Office, truth: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To try a lesson, what was parsed of other documents of the set is not even opened."""
    known(truth, "one.json", content("CT-3003"), total="120.00")
    known(truth, "other.json", OTHER, total="1.00")
    taught(office)
    read(office)
    opened, get = [], office.store.files.get_parsed
    monkeypatch.setattr(office.store.files, "get_parsed", lambda *given: (opened.append(given[0]), get(*given))[1])
    second = office.comes("RB-2002")
    office.corrects(second, "number", "RB-2002")
    office.lessons()
    assert hashlib.sha256(content("CT-3003")).hexdigest() in opened
    assert hashlib.sha256(OTHER).hexdigest() not in opened


def test_what_cannot_be_read_holds_back_or_is_passed_over(office: Office, truth: Path) -> None:
    """A file that is not there keeps lessons waiting and says so; one that no parser can read is left out."""
    known(truth, "gone.json", content("CT-3003"), total="120.00")
    (truth.parent / "gone.json").unlink()
    waiting = taught(office)
    assert (waiting.state, "gone.json" in waiting.why) == ("waiting", True)
    (truth.parent / "gone.json").write_bytes(b"no document")

    def refuses(_raw: bytes, _name: str) -> Any:
        raise Refusal(Reason.BROKEN_STRUCTURE, "It is broken.", "Send it again.")

    office.layouts.read_evaluation_set(refuses, lambda _: None)
    assert lesson_of(office).state == "promoted"


def test_the_settings_name_the_set(office: Office, settings: Settings, store: Store, tmp_path: Path) -> None:
    """Every process opens the memory with the set of the settings; a truth file that is missing is told, not raised."""
    missing, schema = tmp_path / "none.jsonl", tmp_path / "note.yaml"
    schema.write_text("schema: note\nfields:\n  number: {kind: identifier}\n  total: {kind: money, labels: [Amount]}\n")
    given = settings.model_copy(update={"memory": Memory(evaluation=(missing,)), "schemas": (str(schema),)})
    assert open_memory(settings, store, {}).evaluation is None
    told: list[str] = []
    read_evaluation_set(given, store, told.append)
    assert told == [], "before there is a lesson nothing is looked for"
    taught(office)
    read_evaluation_set(given, store, told.append)
    assert [str(missing) in line for line in told] == [True]


def test_the_whole_way_with_real_files(tmp_path: Path) -> None:
    """A correction in a text file waits until the parser has read the set that the settings name, and is promoted."""
    text = "INVOICE\nHalden Timber Works\nConsignment mark: {}\nGoods stay ours till paid\nOak board\nTotal due: 9.00\n"
    truth = tmp_path / "truth.jsonl"
    known(truth, "second.txt", text.format("RB-2002").encode(), kind="invoice", order_reference="RB-2002")
    settings = Settings(data_folder=tmp_path / "data", memory=Memory(evaluation=(truth,)))
    with open_line(settings) as line:
        sha256, _ = line.store.add_document(text.format("QX-1001").encode(), "first.txt", schema_name="invoice")
        (claim,) = line.store.claim(line.owner)
        process(line, claim)
        corrects(Desk(line.store, line.schemas, "ada"), sha256, "order_reference", "QX-1001")
        memory = open_memory(settings, line.store, line.schemas)
        memory.catch_up()
        assert [each.state for each in memory.memory.lessons()] == ["waiting"]
        read_evaluation_set(settings, line.store, lambda _: None)
        assert [each.state for each in memory.memory.lessons()] == ["promoted"]
