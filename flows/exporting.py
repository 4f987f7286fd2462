"""Records out of the store into a target, incrementally by the target's own watermark."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.settings import Settings
from flows.wiring import known_schemas, open_store
from schemas.errors import SettingsError
from schemas.results import Extraction
from schemas.schema import Schema

if TYPE_CHECKING:
    from store.store import Store


@dataclass(frozen=True, slots=True)
class ExportJob:
    """What to write where."""

    to: str  # may hold a password: never shown
    format: str | None = None
    review: bool = False  # also records that wait for a person


@dataclass(frozen=True, slots=True)
class ExportOutcome:
    """What an export did."""

    target: str  # without a password
    records: int  # written, or to be written
    dry_run: bool = False
    changed: int = 0  # records that the target lacked
    withdrawn: int = 0  # taken out of a database, because they are not accepted any more
    rows: dict[str, int] = field(default_factory=dict)  # by table
    files: tuple[Path, ...] = ()
    notes: tuple[str, ...] = ()
    is_written: bool = False

    def summary(self) -> str:
        """One line for people."""
        if self.dry_run:
            return f"{self.changed} records would be new in {self.target}. Nothing was written."
        if not self.is_written:
            return f"{self.target} is up to date; nothing was written."
        rows = ", ".join(f"{count} {table}" for table, count in self.rows.items())
        gone = f", {self.withdrawn} taken out" if self.withdrawn else ""
        return f"{self.records} records written to {self.target}{f' ({rows} rows)' if rows else ''}{gone}"

    def as_data(self) -> dict[str, Any]:
        """What a program reads."""
        return {
            "target": self.target,
            "records": self.records,
            "changed": self.changed,
            "withdrawn": self.withdrawn,
            "rows": self.rows,
            "files": [str(path) for path in self.files],
            "notes": list(self.notes),
            "dry_run": self.dry_run,
        }


def job_of(settings: Settings, name: str) -> ExportJob:
    """Return the export target of the settings that is called `name`; raises SettingsError."""
    if name not in settings.exports:
        known = ", ".join(settings.exports) or "none"
        raise SettingsError(f"There is no export target {name} in the settings. There are: {known}.")
    found = settings.exports[name]
    return ExportJob(found.to, found.format, found.review)


def export_records(settings: Settings, job: ExportJob, *, full: bool = False, dry_run: bool = False) -> ExportOutcome:
    """Write what the target lacks and note how far it came; the note follows the file, so that nothing is missed.

    Files hold one consistent state and are written whole when a record has changed; databases get the changes.

    Raises:
        SettingsError: the target cannot be written to.
        Unavailable: disk or database are down.
    """
    from exports.changes import export_changes, pending
    from exports.run import Include
    from exports.targets import parse_target

    target = parse_target(job.to, job.format)
    include: Include = "all" if job.review else "accepted"
    store = open_store(settings)
    try:
        changed = pending(store, target, include=include, everything=full)
        if dry_run:
            return ExportOutcome(target.name, 0, dry_run, changed)
        report = export_changes(store, target, known_schemas(settings), include=include, everything=full)
        if report is None:
            return ExportOutcome(target.name, 0)
        return ExportOutcome(
            target=report.target,
            records=report.written,
            changed=max(changed, report.written),
            withdrawn=report.withdrawn,
            rows=dict(report.rows),
            files=report.files,
            notes=report.notes,
            is_written=True,
        )
    finally:
        store.close()


def write_snapshot(
    store: Store,
    schemas: Mapping[str, Schema],
    folder: Path,
    format: str,
    review: bool,
    shown: Callable[[Extraction], Extraction | None],
) -> dict[str, Any]:
    """Write all records into a folder, each as `shown` gives it (None: left out), and note nothing about it.

    Returns `records`, `rows` by table, and `files` as names in the folder.

    Raises:
        Unavailable: disk or database are down.
    """
    from exports.records import of_stored
    from exports.run import export
    from exports.targets import parse_target
    from store.states import DECIDED

    window = replace(store.export_window("", DECIDED), since=0)
    seen = ((record, shown(record.extraction)) for record in store.changed_since(window, DECIDED))
    records = (of_stored(replace(record, extraction=as_shown)) for record, as_shown in seen if as_shown is not None)
    report = export(records, parse_target(str(folder), format), schemas, include="all" if review else "accepted")
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return {"records": report.written, "rows": dict(report.rows), "files": files}
