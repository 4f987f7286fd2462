"""From a real store, a target gets each change once, corrections again, and nothing that is not accepted."""

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from exports.changes import export_changes
from exports.records import ExportRecord
from exports.targets import Target, parse_target
from review.decisions import Decisions
from schemas.document import Page, ParsedDocument
from schemas.loader import builtin_schemas
from schemas.results import FieldResult
from store.states import State
from store.store import Store

SCHEMAS = builtin_schemas()
MakeRecord = Callable[..., ExportRecord]
Add = Callable[..., str]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store on SQLite."""
    store = Store.open(f"sqlite:///{tmp_path / 'store.db'}", tmp_path / "files")
    yield store
    store.close()


@pytest.fixture
def add(store: Store, make_record: MakeRecord) -> Add:
    """Return a function that brings a receipt into the store, accepted or waiting for a person."""

    def add(content: bytes, total: str, *, waits: bool = False, schema: str = "receipt") -> str:
        sha256, _ = store.add_document(content, f"{content.decode()}.pdf", "")
        claim = store.claim("worker", documents=[sha256])[0]
        claim = store.save_parsed(claim, ParsedDocument(sha256, "application/pdf", (Page(1, 595, 842, ()),)), "1")
        extraction = make_record(sha256, {"total": total}, schema=schema).extraction
        decision = "review" if waits else "accepted"
        fields = {name: _with(result, decision) for name, result in extraction.fields.items()}
        ready = extraction.model_copy(update={"fields": fields})
        store.decide(store.save_extraction(claim, ready, "1", SCHEMAS[schema]))
        return sha256

    return add


def _with(result: FieldResult, decision: Any) -> FieldResult:
    return result.model_copy(update={"decision": decision})


def _csv(folder: Path) -> dict[str, str]:
    with (folder / "out" / "receipt" / "documents.csv").open(encoding="utf-8", newline="") as file:
        return {row["document_id"]: row["total"] for row in csv.DictReader(file)}


def _duckdb(path: Path) -> dict[str, Any]:
    with duckdb.connect(str(path)) as connection:
        query = "SELECT document_id, total::VARCHAR, status, op FROM receipt__documents"
        return {row[0]: row[1:] for row in connection.execute(query).fetchall()}


def test_files_show_the_present_state_and_are_left_alone_when_nothing_changed(
    store: Store, add: Add, tmp_path: Path
) -> None:
    """Each export holds all accepted records; without a change nothing is written; a correction is."""
    target = parse_target(str(tmp_path / "out"), "csv")
    one, two = add(b"one", "1.00"), add(b"two", "2.00")
    first = export_changes(store, target, SCHEMAS)
    assert first is not None
    assert first.written == 2
    assert store.counts() == {State.EXPORTED: 2}
    assert export_changes(store, target, SCHEMAS) is None
    Decisions(store, SCHEMAS, "ada").set_value(store.document(one), "total", "1.50", "misread")
    again = export_changes(store, target, SCHEMAS)
    assert again is not None
    assert again.written == 2
    assert _csv(tmp_path) == {one: "1.50", two: "2.00"}


def test_a_database_gets_changes_only(store: Store, add: Add, tmp_path: Path) -> None:
    """The second export writes the new and the corrected record, and takes out what is not accepted any more."""
    path = tmp_path / "out.duckdb"
    target = parse_target(str(path))
    one, two = add(b"one", "1.00"), add(b"two", "2.00")
    export_changes(store, target, SCHEMAS)
    three = add(b"three", "3.00")
    Decisions(store, SCHEMAS, "ada").set_value(store.document(one), "total", "1.50", "misread")
    Decisions(store, SCHEMAS, "ada").reject(store.document(two), "no receipt")
    report = export_changes(store, target, SCHEMAS)
    assert report is not None
    assert (report.inserted, report.updated, report.withdrawn, report.unchanged) == (1, 1, 1, 0)
    assert _duckdb(path) == {
        one: ("1.5000000000", "reviewed", "update"),
        three: ("3.0000000000", "accepted", "insert"),
    }


def test_what_waits_comes_when_it_is_accepted(store: Store, add: Add, tmp_path: Path) -> None:
    """A record in review is held back, and exported after a person has accepted it."""
    target = parse_target(str(tmp_path / "out"), "csv")
    one, two = add(b"one", "1.00"), add(b"two", "2.00", waits=True)
    report = export_changes(store, target, SCHEMAS)
    assert report is not None
    assert (report.written, report.held_back) == (1, 1)
    Decisions(store, SCHEMAS, "ada").accept(store.document(two), why="looked at it")
    export_changes(store, target, SCHEMAS)
    assert set(_csv(tmp_path)) == {one, two}


def test_asking_for_all_and_back_writes_the_target_anew(store: Store, add: Add, tmp_path: Path) -> None:
    """What was in the target only because all were asked for goes when only accepted ones are."""
    path = tmp_path / "out.duckdb"
    target = parse_target(str(path))
    one, two = add(b"one", "1.00"), add(b"two", "2.00", waits=True)
    export_changes(store, target, SCHEMAS)
    export_changes(store, target, SCHEMAS, include="all")
    assert {document: row[1] for document, row in _duckdb(path).items()} == {one: "accepted", two: "in_review"}
    assert export_changes(store, target, SCHEMAS, include="all") is None
    export_changes(store, target, SCHEMAS)
    assert set(_duckdb(path)) == {one}


@pytest.mark.parametrize("name", ["out.duckdb", "out.sqlite", "out.xlsx", "tables"])
def test_a_target_that_was_removed_gets_everything(name: str, store: Store, add: Add, tmp_path: Path) -> None:
    """Deleting the file is the way to begin anew; the watermark does not get in the way."""
    target = parse_target(str(tmp_path / "to" / name))
    add(b"one", "1.00")
    assert export_changes(store, target, SCHEMAS) is not None
    assert export_changes(store, target, SCHEMAS) is None
    (tmp_path / "to").rename(tmp_path / "old")
    report = export_changes(store, target, SCHEMAS)
    assert report is not None
    assert report.written == 1


def test_records_of_an_unknown_schema_are_not_taken_for_exported(store: Store, add: Add, tmp_path: Path) -> None:
    """Without its schema a record is told and stays due; with the schema it is written."""
    target: Target = parse_target(str(tmp_path / "out"), "csv")
    one = add(b"one", "1.00")
    report = export_changes(store, target, {"invoice": SCHEMAS["invoice"]})
    assert report is not None
    assert report.without_schema == {"receipt": 1}
    assert store.document(one).state is State.ACCEPTED
    export_changes(store, target, SCHEMAS)
    assert set(_csv(tmp_path)) == {one}


def test_everything_can_be_asked_for(store: Store, add: Add, tmp_path: Path) -> None:
    """A full export writes what was written before; a database notes that it had it."""
    target = parse_target(str(tmp_path / "out.duckdb"))
    add(b"one", "1.00")
    export_changes(store, target, SCHEMAS)
    report = export_changes(store, target, SCHEMAS, everything=True)
    assert report is not None
    assert (report.written, report.unchanged) == (0, 1)
