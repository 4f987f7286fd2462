"""The one door: current records in, tables at a target out."""

from __future__ import annotations

import errno
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from exports.columns import FIELDS, TableLayout, layouts
from exports.records import ExportRecord
from exports.tables import as_chunk
from exports.targets import Format, Target
from exports.writers.table_files import AppendedFiles, ParquetFiles, append_csv, append_json_lines
from exports.writers.writer import Writer, Written
from schemas.errors import Reason, SettingsError, Unavailable
from schemas.schema import Schema

CHUNK = 1000  # records that are held at once
_MOST_NOTES = 20

Include = Literal["accepted", "all"]


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What an export has done."""

    target: str  # without a password
    written: int  # documents that are in the tables by this export
    rows: Mapping[str, int]  # rows written, by table or file
    files: tuple[Path, ...]
    inserted: int = 0  # of `written`; databases only, as the next three
    updated: int = 0
    unchanged: int = 0  # came, and were there already
    withdrawn: int = 0  # were there, and are not accepted any more
    held_back: int = 0  # wait for a person and were not asked for
    without_schema: Mapping[str, int] | None = None  # left out: name of a schema that is not known -> documents
    notes: tuple[str, ...] = ()  # sentences for a person; at most twenty, and how many more


def export(
    records: Iterable[ExportRecord],
    target: Target,
    schemas: Mapping[str, Schema],
    *,
    include: Include = "accepted",
    exported_at: datetime | None = None,
) -> ExportReport:
    """Write records to a target, all or nothing, and return what was done.

    To files (csv, xlsx, parquet, jsonl) give all current records: they are written anew as one consistent state. To
    databases (DuckDB, SQL) it is enough to give what has changed: a record replaces its earlier version, one that came
    before changes nothing, and one that is not accepted any more is taken out. See Target.incremental.

    Args:
        records: read once, one chunk at a time; a document must not come twice.
        target: see exports.targets.parse_target.
        schemas: by name.
        include: "all" also writes what waits for a person; its status column says so.
        exported_at: the time that is written into the rows; now if left out.

    Raises:
        SettingsError: the target cannot be written to, or a column there is of another type than the schema's.
        Unavailable: the disk is full.
    """
    at = exported_at or datetime.now(UTC)
    every = (*(layout for schema in schemas.values() for layout in layouts(schema)), FIELDS)
    counts: Counter[str] = Counter()
    strangers: Counter[str] = Counter()
    notes: list[str] = []
    with _told(target):
        writer = _writer(target, every)
        try:
            for some in _portions(records):
                known = [record for record in some if record.extraction.schema_name in schemas]
                strangers.update(r.extraction.schema_name for r in some if r.extraction.schema_name not in schemas)
                passed = [record for record in known if include == "all" or record.status != "in_review"]
                held = {record.document_id for record in known} - {record.document_id for record in passed}
                chunk = as_chunk(passed, schemas, at, withdrawn=sorted(held))
                writer.write(chunk)
                counts.update(written=len(passed), held_back=len(held))
                notes.extend(chunk.notes)
            done = writer.commit()
        finally:
            writer.close()
    return _report(target, done, counts, strangers, notes + done.notes)


def _report(
    target: Target, done: Written, counts: Counter[str], strangers: Counter[str], notes: list[str]
) -> ExportReport:
    for name, number in strangers.items():
        notes.insert(0, f"{number} documents were left out: there is no schema {name}. Name its file in the settings.")
    more = len(notes) - _MOST_NOTES
    return ExportReport(
        target=target.name,
        written=counts["written"] - done.unchanged,
        rows=dict(done.rows),
        files=done.files,
        inserted=done.inserted,
        updated=done.updated,
        unchanged=done.unchanged,
        withdrawn=done.withdrawn,
        held_back=counts["held_back"],
        without_schema=dict(strangers),
        notes=tuple(notes[:_MOST_NOTES] + ([f"And {more} more."] if more > 0 else [])),
    )


def _portions(records: Iterable[ExportRecord]) -> Iterator[list[ExportRecord]]:
    """Lists of at most CHUNK records; one empty list if there is none, so that a table is there all the same."""
    some: list[ExportRecord] = []
    came = False
    for record in records:
        some.append(record)
        if len(some) == CHUNK:
            came = True
            yield some
            some = []
    if some or not came:
        yield some


def _writer(target: Target, every: tuple[TableLayout, ...]) -> Writer:
    """The writer of the format; libraries that only one format needs are imported with it."""
    path = Path(target.location)
    match target.format:
        case Format.CSV:
            return AppendedFiles(path, ".csv", append_csv)
        case Format.JSONL:
            return AppendedFiles(path, ".jsonl", append_json_lines)
        case Format.PARQUET:
            return ParquetFiles(path)
        case Format.XLSX:
            from exports.writers.workbook import Workbook

            return Workbook(path)
        case Format.DUCKDB:
            from exports.writers.duckdb_file import DuckdbFile

            return DuckdbFile(path, every)
        case Format.SQL:
            from exports.writers.sql_tables import SqlTables

            return SqlTables(target.location, every)


@contextmanager
def _told(target: Target) -> Iterator[None]:
    """Errors of the file system as errors of ours."""
    try:
        yield
    except OSError as error:
        if error.errno == errno.ENOSPC:
            message = f"The disk is full; nothing was written to {target.name}. Free space and export again."
            raise Unavailable(Reason.DISK_FULL, message) from error
        raise SettingsError(
            f"{target.name} cannot be written to ({error.strerror or error}). Close the program that has it open, or "
            "name another target."
        ) from error
