"""The same chunks on a Dask cluster: for several machines that share the database and the files."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from prefect import task
from prefect.cache_policies import NO_CACHE

from flows.drive import RunChunk
from flows.outcomes import Outcome
from flows.settings import Settings
from flows.work import process_chunk
from schemas.errors import SettingsError


@task(name="process-documents", cache_policy=NO_CACHE, persist_result=False)
def process_on_cluster(
    settings: Settings, batch: str | None, documents: Sequence[str], password: str | None
) -> tuple[Outcome, ...]:
    """Take a chunk of documents through the line, in a process of the cluster."""
    return process_chunk(settings, batch, documents, password)


@asynccontextmanager
async def cluster(settings: Settings, batch: str | None, password: str | None) -> AsyncIterator[RunChunk]:
    """Give what runs a chunk on the cluster of the settings, or on a local one.

    Raises:
        SettingsError: the extra `dask` is not installed.
    """
    try:
        from prefect_dask.task_runners import DaskTaskRunner
    except ModuleNotFoundError:
        raise SettingsError("task_runner = 'dask' needs its extra: pip install 'docassay[dask]'") from None
    if settings.dask_address is not None:
        runner = DaskTaskRunner(address=settings.dask_address)
    else:
        runner = DaskTaskRunner(
            cluster_kwargs={
                "n_workers": settings.worker_count,
                "threads_per_worker": 1,  # a worker process has one line
                "processes": True,
                "dashboard_address": None,
            }
        )
    _hush()
    with runner:

        async def run_chunk(documents: Sequence[str]) -> tuple[Outcome, ...]:
            future = runner.submit(
                process_on_cluster,
                {"settings": settings, "batch": batch, "documents": list(documents), "password": password},
            )
            outcomes: tuple[Outcome, ...] = await asyncio.to_thread(future.result)
            return outcomes

        yield run_chunk


def _hush() -> None:
    """Dask tells of every connection on its own loggers, each with a level of its own."""
    for name in logging.root.manager.loggerDict:
        if name.split(".")[0] == "distributed":
            logging.getLogger(name).setLevel(logging.ERROR)
