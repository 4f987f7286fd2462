"""Write records as tables."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from docassay.entrance import NO_FLAGS, Common, settings_of, stored
from docassay.exit_codes import ExitCode
from docassay.terminal import data, data_json, talk


def export(
    to: str | None = None,
    *,
    target: str | None = None,
    format: str | None = None,
    review: bool = False,
    full: bool = False,
    dry_run: bool = False,
    json: bool = False,
    common: Annotated[Common, Parameter(name="*")] = NO_FLAGS,
) -> int:
    """Write accepted records as tables; what a target has already is not written again.

    Args:
        to: a folder, a file such as out.xlsx or out.duckdb, or a database address.
        target: name of a target in the settings, instead.
        format: csv, xlsx, parquet or jsonl, for a folder; csv if left out.
        review: also records that wait for a person, marked as such.
        full: write everything again.
        dry_run: only say how many records would be written.
        json: what was written as one JSON object.
    """
    from flows.exporting import ExportJob, export_records, job_of
    from schemas.errors import InputError

    settings = settings_of(common)
    stored(settings).close()
    if (to is None) is (target is None):
        raise InputError("Say where to: docassay export out.xlsx, or --target NAME for one of the settings.")
    job = job_of(settings, target) if target is not None else ExportJob(str(to), format, review)
    done = export_records(settings, job, full=full, dry_run=dry_run)
    if json:
        data_json(done.as_data())
    elif not dry_run:
        for path in done.files:
            data(str(path))
    talk(done.summary())
    for note in done.notes:
        talk(note)
    return ExitCode.DONE
