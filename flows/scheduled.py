"""What schedules and work pools run, as Prefect flows beside flows.batch; each can be called without Prefect too."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prefect import flow
from prefect.artifacts import acreate_markdown_artifact

from flows.batch import process_batch
from flows.confidence import update_confidence
from flows.exporting import ExportJob, export_records, job_of
from flows.loading import load_settings
from flows.retry import retry_due
from flows.wiring import open_store, read_evaluation_set

if TYPE_CHECKING:
    from prefect.deployments.runner import RunnerDeployment

    from flows.settings import Schedule, Settings


@flow(name="export-records", persist_result=False)
async def export_to(target: str, config: str | None = None) -> dict[str, Any]:
    """Write what an export target of the settings lacks.

    Args:
        target: its name.
        config: settings file; None looks for it as every command does.
    """
    settings = load_settings(Path(config) if config else None).settings
    job: ExportJob = job_of(settings, target)
    done = await asyncio.to_thread(export_records, settings, job)
    await acreate_markdown_artifact(done.summary(), key="export-outcome", description=f"Export {target}")
    return done.as_data()


@flow(name="retry-deferred", persist_result=False)
async def retry_deferred(config: str | None = None) -> str:
    """Process deferred documents whose time has come; those tried often enough are put aside.

    Args:
        config: settings file; None looks for it as every command does.
    """
    settings = load_settings(Path(config) if config else None).settings
    outcome = await asyncio.to_thread(retry_due, settings)
    await acreate_markdown_artifact(outcome.summary(), key="retry-outcome", description="Deferred documents")
    return outcome.summary()


@flow(name="update-confidence", persist_result=False)
async def update_confidence_flow(config: str | None = None) -> str:
    """Take up what people said: labels, alarms, scorers, certificates, warnings, lessons that wait to be tried.

    Args:
        config: settings file; None looks for it as every command does.
    """
    settings = load_settings(Path(config) if config else None).settings

    def update() -> str:
        store = open_store(settings)
        try:
            told: list[str] = []
            read_evaluation_set(settings, store, told.append)
            return "\n".join((update_confidence(settings, store).summary(), *told))
        finally:
            store.close()

    summary = await asyncio.to_thread(update)
    await acreate_markdown_artifact(summary, key="confidence-outcome", description="Promises about accepted values")
    return summary


async def deployments(settings: Settings, config: Path | None) -> list[RunnerDeployment]:
    """Return the Prefect deployments, by module path, for any runner or work pool.

    One for each schedule of the settings, and one that keeps the promises about accepted values.
    """
    from prefect.schedules import Cron
    from prefect.types.entrypoint import EntrypointType

    made = [
        await update_confidence_flow.ato_deployment(
            name="update-confidence",
            schedule=Cron(settings.confidence.update, timezone="UTC"),
            parameters={"config": str(config.absolute())} if config else {},
            entrypoint_type=EntrypointType.MODULE_PATH,
            concurrency_limit=1,
        )
    ]
    for schedule in settings.schedules:
        made.append(
            await _flow_of(schedule).ato_deployment(
                name=schedule.name,
                schedule=Cron(schedule.cron, timezone=schedule.timezone),
                parameters=parameters_of(schedule, config),
                entrypoint_type=EntrypointType.MODULE_PATH,
                concurrency_limit=1,
            )
        )
    return made


def parameters_of(schedule: Schedule, config: Path | None) -> dict[str, Any]:
    """Return what the flow of a schedule is called with: plain data without secrets."""
    given: dict[str, Any] = {"config": str(config.absolute())} if config else {}
    if schedule.export is not None:
        return {"target": schedule.export, **given}
    if schedule.run is not None:
        return {"paths": [str(schedule.run.absolute())], "schema_name": schedule.schema_name, **given}
    return given


def _flow_of(schedule: Schedule) -> Any:
    if schedule.export is not None:
        return export_to
    return process_batch if schedule.run is not None else retry_deferred
