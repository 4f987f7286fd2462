"""Run a batch from a command or a program: the door that decides whether Prefect is worth its seconds."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from flows.engine import Engine, open_engine, outcome_of
from flows.intake import Taken
from flows.outcomes import BatchOutcome, Outcome
from flows.progress import listener
from flows.quiet import quiet_prefect
from flows.server import ServerAtHand
from flows.settings import Settings
from flows.wiring import read_evaluation_set
from schemas.errors import DocassayError
from store.states import UNFINISHED

PREFECT_FROM = 50  # documents; fewer take less time than a server takes to start (5 s; 10 s the first time)


def run_batch(
    settings: Settings, paths: Iterable[Path], schema_name: str | None = None, password: str | None = None
) -> BatchOutcome:
    """Take what lies at `paths` through the line and return how it ended; done contents cost no work.

    Raises:
        SettingsError, SchemaError: before any work.
        Unavailable: database, disk or storage are down; what is done is kept, run it again to go on.
        KeyboardInterrupt: after the documents at hand were finished; run it again to go on.
    """
    started = time.perf_counter()
    given = [Path(path) for path in paths]
    with open_engine(settings, password) as engine, ServerAtHand(settings) as server:
        read_evaluation_set(settings, engine.store, listener().said)

        def found(count: int) -> None:
            if count == PREFECT_FROM:
                server.start()  # it gets ready while further files are taken in

        taken = engine.take(given, schema_name, ", ".join(map(str, given)), found)
        outcomes = run_taken(engine, taken, server)
        return outcome_of(taken, outcomes, started, engine.stopped)


def run_taken(engine: Engine, taken: Taken, server: ServerAtHand) -> Sequence[Outcome]:
    """Process what was taken in: as a Prefect flow where a server is at hand, else plainly.

    Raises:
        Unavailable: database, disk or storage are down.
    """
    if not taken.to_do:
        return ()
    if engine.settings.task_runner == "dask":
        server.start()
    engine.ended.clear()
    try:
        api_url = server.api_url()
        if api_url is not None:
            return _shown(engine, taken, api_url)
        if engine.settings.task_runner == "dask":
            listener().said("No Prefect server for the Dask cluster: the worker processes of this machine do it.")
        return asyncio.run(engine.process(taken.batch, taken.to_do))
    except KeyboardInterrupt:
        engine.stop()
        raise


def _shown(engine: Engine, taken: Taken, api_url: str) -> Sequence[Outcome]:
    """Run as a Prefect flow. Our database is the truth: when Prefect fails, the batch goes on without it."""
    try:
        return asyncio.run(_as_flow(engine, taken, api_url))
    except (DocassayError, ImportError):
        raise
    except Exception as error:  # noqa: BLE001 - Prefect raises whatever its server or its client trip over
        listener().said(f"Prefect fails ({type(error).__name__}); the batch goes on without being shown there.")
        done = list(engine.ended)
        left = [document.sha256 for document in engine.store.documents(UNFINISHED, batch=taken.batch)]
        return (*done, *asyncio.run(engine.process(taken.batch, left)))


async def _as_flow(engine: Engine, taken: Taken, api_url: str) -> Sequence[Outcome]:
    quiet_prefect(engine.settings)
    from prefect.settings import PREFECT_API_URL, temporary_settings

    from flows.batch import process_batch

    with temporary_settings({PREFECT_API_URL: api_url}):
        outcome = await process_batch(batch=taken.batch)
    return outcome.outcomes
