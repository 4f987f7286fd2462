"""Schedules without Prefect: when they come next, and running one now."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from flows.exporting import ExportOutcome, export_records, job_of
from flows.outcomes import BatchOutcome
from flows.retry import retry_due
from flows.run import run_batch
from flows.settings import Schedule, Settings
from schemas.errors import SettingsError


def schedule_called(settings: Settings, name: str) -> Schedule:
    """Return a schedule of the settings; raises SettingsError with those that there are."""
    for schedule in settings.schedules:
        if schedule.name == name:
            return schedule
    known = ", ".join(schedule.name for schedule in settings.schedules) or "none"
    raise SettingsError(f"There is no schedule {name} in the settings. There are: {known}.")


def next_time(schedule: Schedule, after: datetime) -> datetime:
    """Return when the schedule comes next after an aware time, in the schedule's own time zone."""
    from croniter import croniter  # type: ignore[import-untyped]

    begin = after.astimezone(ZoneInfo(schedule.timezone))
    found: datetime = croniter(schedule.cron, begin).get_next(datetime)
    return found


def job(schedule: Schedule) -> str:
    """Return in words what a schedule does."""
    if schedule.export is not None:
        return f"export {schedule.export}"
    if schedule.run is not None:
        return f"run {schedule.run}{f' as {schedule.schema_name}' if schedule.schema_name else ''}"
    return "retry deferred documents"


def run_now(settings: Settings, schedule: Schedule) -> BatchOutcome | ExportOutcome:
    """Do at once what a schedule does, and return how it ended; raises as that job does."""
    if schedule.export is not None:
        return export_records(settings, job_of(settings, schedule.export))
    if schedule.run is not None:
        return run_batch(settings, [schedule.run], schedule.schema_name)
    return retry_due(settings)
