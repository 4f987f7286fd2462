"""Batches and exports at set times."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from docassay.entrance import NO_FLAGS, Common, settings_of
from docassay.exit_codes import ExitCode
from docassay.terminal import data_json, progress_of_run, table, talk

app = App(name="schedule", help="Batches and exports at set times: list, run.", help_format="plaintext")
CommonFlags = Annotated[Common, Parameter(name="*")]


@app.command(name="list")
def list_(*, json: bool = False, common: CommonFlags = NO_FLAGS) -> int:
    """List the schedules of the settings and when each comes next; `docassay serve` runs them.

    Args:
        json: JSON lines.
    """
    from flows.schedule import job, next_time
    from store.instants import utc_now

    rows = []
    for schedule in settings_of(common).schedules:
        coming = next_time(schedule, utc_now())
        if json:
            data_json({"name": schedule.name, "cron": schedule.cron, "next": coming.isoformat(), "job": job(schedule)})
        rows.append((schedule.name, schedule.cron, f"{coming:%Y-%m-%d %H:%M %Z}", job(schedule)))
    if not json:
        table(f"{len(rows)} schedules", ("name", "cron", "next", "job"), rows)
    return ExitCode.DONE


@app.command
def run(name: str, *, dry_run: bool = False, json: bool = False, common: CommonFlags = NO_FLAGS) -> int:
    """Do at once what a schedule does.

    Args:
        name: of the schedule.
        dry_run: only say what it would do.
        json: how it ended as one JSON object.
    """
    from docassay.commands.run import exit_code, report
    from flows.exporting import ExportOutcome
    from flows.schedule import job, run_now, schedule_called

    settings = settings_of(common)
    schedule = schedule_called(settings, name)
    if dry_run:
        talk(f"{name} would {job(schedule)}. Nothing was written.")
        return ExitCode.DONE
    with progress_of_run():
        outcome = run_now(settings, schedule)
    if isinstance(outcome, ExportOutcome):
        if json:
            data_json(outcome.as_data())
        talk(outcome.summary())
        return ExitCode.DONE
    report(outcome, as_json=json)
    return exit_code(outcome, fail_on_review=False)
