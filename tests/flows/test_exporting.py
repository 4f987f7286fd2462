"""An export of the command line writes what a target lacks, takes out what is not accepted any more, and says so."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flows.exporting import ExportJob, export_records
from flows.process import process
from flows.settings import Settings
from review.decisions import Decisions
from schemas.loader import builtin_schemas
from schemas.results import Extraction
from store.store import Store


@pytest.fixture
def accepted(store: Store, line_with: Callable[..., Any], extracted: Callable[..., Extraction]) -> Callable[[str], str]:
    """Return a function that takes a text through the line, accepted."""

    def add(text: str) -> str:
        line = line_with(extract=lambda document, schema, occasion: extracted(document, schema, decision="accepted"))
        sha256, _ = store.add_document(text.encode(), f"{text}.txt", "", schema_name="receipt")
        (claim,) = store.claim("worker", documents=[sha256])
        process(line, claim)
        return sha256

    return add


def names(path: Path) -> set[str]:
    with duckdb.connect(str(path), read_only=True) as database:
        return {row[0] for row in database.execute("select source_name from receipt__documents").fetchall()}


def test_what_was_rejected_leaves_a_database(settings: Settings, store: Store, accepted, tmp_path: Path) -> None:
    """A record that a person puts aside after it was exported is taken out by the next export, which says so."""
    job = ExportJob(str(tmp_path / "out.duckdb"))
    first, _ = accepted("one"), accepted("two")
    assert export_records(settings, job).records == 2
    assert export_records(settings, job).summary().endswith("is up to date; nothing was written.")
    Decisions(store, builtin_schemas(), "ann").reject(store.document(first), "not ours")
    assert export_records(settings, job, dry_run=True).changed == 1
    done = export_records(settings, job)
    assert (done.records, done.withdrawn) == (0, 1)
    assert done.summary().endswith(", 1 taken out")
    assert names(tmp_path / "out.duckdb") == {"two.txt"}


def test_a_target_that_was_removed_is_written_whole(settings: Settings, accepted, tmp_path: Path) -> None:
    """A database file that somebody deleted is not called up to date."""
    job = ExportJob(str(tmp_path / "out.duckdb"))
    accepted("one")
    export_records(settings, job)
    (tmp_path / "out.duckdb").unlink()
    assert export_records(settings, job).records == 1
    assert names(tmp_path / "out.duckdb") == {"one.txt"}


def test_asking_for_what_waits_writes_the_same_target_anew(
    settings: Settings, store: Store, line: Any, accepted, tmp_path: Path
) -> None:
    """A target that has the accepted records gets the waiting ones too once they are asked for."""
    target = str(tmp_path / "out.duckdb")
    accepted("one")
    sha256, _ = store.add_document(b"waits", "waits.txt", "", schema_name="receipt")
    (claim,) = store.claim("worker", documents=[sha256])
    process(line, claim)
    export_records(settings, ExportJob(target))
    assert names(Path(target)) == {"one.txt"}
    export_records(settings, ExportJob(target, review=True))
    assert names(Path(target)) == {"one.txt", "waits.txt"}
