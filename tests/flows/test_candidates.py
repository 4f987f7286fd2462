"""What people corrected becomes a candidate once, counts after a second look, and never touches other truth."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from delivery_office import Office

from docassay.commands import truth as commands
from docassay.entrance import Common
from evaluation.candidates import Known, candidates_left_out, read_candidates
from evaluation.truth import read_truth
from flows.candidates import collect
from flows.settings import Settings
from flows.wiring import Line
from review.desk.acts import Act, new_key
from schemas.errors import InputError
from schemas.results import Extraction
from store.store import Store


@pytest.fixture
def office(
    settings: Settings, store: Store, line_with: Callable[..., Line], parser_reading: Callable[..., Any]
) -> Office:
    return Office(settings, store, line_with, parser_reading)


def corrected(office: Office, code: str, who: str = "ada", rows: int = 2) -> str:
    """A document whose number a person set before finishing it."""
    sha256 = office.comes(code, rows=rows)
    office.corrects(sha256, "number", code, who=who)
    office.finishes(sha256, who=who)
    return sha256


def test_a_corrected_document_counts_after_a_second_look(
    office: Office,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """By the commands: collected with its original, not counted, not to be confirmed by who corrected it, counted."""
    file, flags = tmp_path / "set" / "grown.jsonl", Common(data=settings.data_folder)
    sha256 = corrected(office, "QX-1001")
    office.finishes(office.comes("RB-2002"))  # nothing was corrected in it
    commands.collect(file, common=flags)
    (row,) = [json.loads(line) for line in file.read_text().splitlines()]
    assert (row["kind"], row["fields"]["number"], row["candidate"]["decided_by"]) == ("note", "QX-1001", ["ada"])
    assert (file.parent / row["file"]).read_bytes() == office.store.content(sha256)
    assert (list(read_truth(file)), candidates_left_out(file)) == ([], 1)
    monkeypatch.setattr(commands, "person", lambda: "ada")
    with pytest.raises(InputError, match="second person"):
        commands.confirm(file, row["id"])
    monkeypatch.setattr(commands, "person", lambda: "bob")
    commands.show(file, row["id"])
    assert "number: QX-1001" in capsys.readouterr().out
    commands.confirm(file, row["id"])
    (truth,) = read_truth(file)
    assert (truth.fields["number"], candidates_left_out(file)) == ("QX-1001", 0)
    commands.collect(file, common=flags)
    assert [each.state for each in read_candidates(file)] == ["confirmed"], "collecting again changes nothing"


def test_what_nobody_looked_at_is_no_truth(office: Office, tmp_path: Path) -> None:
    """A field that passed by itself is not stated: the truth is silent on it."""
    read = office.line.extract

    def sure_of_the_total(*given: Any, **named: Any) -> Extraction:
        record = read(*given, **named)
        passed = record.fields["total"].model_copy(update={"decision": "accepted"})
        return record.model_copy(update={"fields": {**record.fields, "total": passed}})

    office.line = replace(office.line, extract=sure_of_the_total)
    corrected(office, "QX-1001")
    (candidate,) = collect(office.store, tmp_path / "grown.jsonl")
    assert (set(candidate.fields), candidate.unknown) == ({"number"}, ("total",))


def test_everybody_who_decided_on_something_is_no_second_person(office: Office, tmp_path: Path) -> None:
    """Who corrected one field cannot confirm the document that another person finished."""
    sha256 = office.comes("QX-1001")
    office.corrects(sha256, "number", "QX-1001", who="ada")
    office.corrects(sha256, "number", "X-77", who="bob")
    office.finishes(sha256, who="eve")
    (candidate,) = collect(office.store, tmp_path / "grown.jsonl")
    assert set(candidate.decided_by) == {"ada", "bob", "eve"}


def test_an_undone_correction_is_no_candidate(office: Office, tmp_path: Path) -> None:
    """What was taken back says nothing."""
    sha256 = office.comes("QX-1001")
    office.corrects(sha256, "number", "QX-1001")
    office.desk().do(office.store.document(sha256), Act(key=new_key(), act="undo"))
    office.finishes(sha256)
    assert collect(office.store, tmp_path / "grown.jsonl") == []


def test_what_stands_in_the_frozen_file_is_not_collected(office: Office, tmp_path: Path) -> None:
    """The same bytes are known; the frozen file is only read, and is refused as a file of candidates."""
    sha256, frozen = corrected(office, "QX-1001"), tmp_path / "truth.jsonl"
    (tmp_path / "one.json").write_bytes(office.store.content(sha256))
    text = json.dumps({"id": "one", "file": "one.json", "kind": "note", "fields": {"number": "QX-1001"}}) + "\n"
    frozen.write_text(text)
    assert collect(office.store, tmp_path / "grown.jsonl", [frozen]) == []
    with pytest.raises(InputError, match="no candidate"):
        collect(office.store, frozen)
    assert frozen.read_text() == text


def test_a_second_scan_is_the_same_document() -> None:
    """Other bytes with the same values are one document; a differing value, or too few shared ones, make two."""
    known = Known()
    known.add("a" * 64, "note", {"number": "7", "total": "12.00", "buyer": "Halden  Works", "day": None})
    same = {"number": "7", "total": "12.00", "buyer": "halden works", "rows": [{"a": "1"}]}
    assert known.holds("b" * 64, "note", same)
    assert not known.holds("b" * 64, "note", {**same, "total": "13.00"})
    assert not known.holds("b" * 64, "note", {"number": "7", "total": "12.00"})
    assert not known.holds("b" * 64, "receipt", same)
    assert known.holds("a" * 64, "receipt", {})
