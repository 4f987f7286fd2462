"""Records out of the store into a target, incrementally by the target's own watermark."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flows.settings import Settings
from flows.wiring import known_schemas, open_store
from schemas.errors import SettingsError
from store.entities import Record
from store.states import State
from store.store import EXPORTABLE, Store


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
    rows: dict[str, int] = field(default_factory=dict)  # by table
    files: tuple[Path, ...] = ()
    notes: tuple[str, ...] = ()

    def summary(self) -> str:
        """One line for people."""
        if self.dry_run:
            return f"{self.changed} records would be new in {self.target}. Nothing was written."
        if not self.changed:
            return f"{self.target} is up to date; nothing was written."
        rows = ", ".join(f"{count} {table}" for table, count in self.rows.items())
        return f"{self.records} records written to {self.target}{f' ({rows} rows)' if rows else ''}"

    def as_data(self) -> dict[str, Any]:
        """What a program reads."""
        return {
            "target": self.target,
            "records": self.records,
            "changed": self.changed,
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
    from exports.records import of_stored
    from exports.run import export
    from exports.targets import parse_target

    target = parse_target(job.to, job.format)
    store = open_store(settings)
    try:
        states = (*EXPORTABLE, State.IN_REVIEW)  # also what left the accepted ones: databases take it out again
        if full and not dry_run:
            store.forget_export(target.name)
        window = store.export_window(target.name, states)
        if dry_run or (not window.count and _is_there(job.to, target.incremental)):
            return ExportOutcome(target.name, 0, dry_run, window.count)
        records = store.changed_since(window, states) if target.incremental else _all(store, states)
        report = export(
            (of_stored(record) for record in records),
            target,
            known_schemas(settings),
            include="all" if job.review else "accepted",
        )
        store.mark_exported(target.name, window.until)
        return ExportOutcome(
            target=report.target,
            records=report.written,
            changed=max(window.count, report.written),
            rows=dict(report.rows),
            files=report.files,
            notes=report.notes,
        )
    finally:
        store.close()


def _is_there(to: str, incremental: bool) -> bool:
    return incremental or Path(to).exists()


def _all(store: Store, states: tuple[State, ...]) -> Iterator[Record]:
    from dataclasses import replace

    window = store.export_window("", states)
    return store.changed_since(replace(window, since=0), states)
