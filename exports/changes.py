"""What a target lacks, from the store to the target: the watermark moves only when everything is safely written."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path

from exports.records import of_stored
from exports.run import ExportReport, Include, export
from exports.targets import Format, Target
from schemas.schema import Schema
from store.states import DECIDED, State
from store.store import Store

# Not only what may be exported: a record that was written and is not accepted any more has to be taken out again.
_STATES = (*DECIDED, State.QUARANTINED)


def export_changes(
    store: Store,
    target: Target,
    schemas: Mapping[str, Schema],
    *,
    include: Include = "accepted",
    everything: bool = False,
) -> ExportReport | None:
    """Write to `target` what has changed since the last time and return what was done; None if nothing has.

    A database gets the changed records. Files are written anew with all current records, as one consistent state. A
    target that is not there (any more) gets everything. If the process dies in between, the next export writes the
    same again: no record is lost, none is there twice. Records of a schema that is not known keep the watermark where
    it is, so that they are written once it is.

    Args:
        store: where the records and the watermarks are.
        target: see exports.targets.parse_target.
        schemas: by name.
        include: "all" also writes what waits for a person. Changing it writes the target anew.
        everything: write all records again, whatever was written before.

    Raises:
        SettingsError, Unavailable: see exports.run.export.
    """
    key, other = _watermarks(target, include)
    window = store.export_window(key, _STATES)
    new = everything or _is_new(store, target, include)
    if not new and not window.count:
        return None
    if new or not target.incremental:
        window = dataclasses.replace(window, since=0)
    records = map(of_stored, store.changed_since(window, _STATES))
    report = export(records, target, schemas, include=include)
    if not report.without_schema:
        store.forget_export(other)
        store.mark_exported(key, window.until)
    return report


def pending(store: Store, target: Target, *, include: Include = "accepted", everything: bool = False) -> int:
    """Return how many records the target lacks; without `include="all"` some of them may still wait for a person."""
    new = everything or _is_new(store, target, include)
    return store.export_window("" if new else _watermarks(target, include)[0], _STATES).count


def _is_new(store: Store, target: Target, include: Include) -> bool:
    """Whether the target is not there (any more), or was last written with other records in it."""
    return _is_absent(target) or store.export_window(_watermarks(target, include)[1], _STATES).since > 0


def _watermarks(target: Target, include: Include) -> tuple[str, str]:
    """The names under which the store remembers the target: as it is written now, and as it may have been before."""
    accepted, every = target.name, f"{target.name} (all)"
    return (accepted, every) if include == "accepted" else (every, accepted)


def _is_absent(target: Target) -> bool:
    if target.format is Format.SQL:
        path = target.location.removeprefix("sqlite:///")
        return path != target.location and not Path(path).exists()
    return not Path(target.location).exists()
