"""Run a batch from a command or a program: the door that decides whether Prefect is worth its seconds."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path

from flows.engine import Engine, open_engine, outcome_of
from flows.intake import Taken
from flows.outcomes import BatchOutcome, Outcome
from flows.quiet import quiet_prefect
from flows.server import PrefectServer, ServerPlace, running_server
from flows.settings import Settings

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
    with open_engine(settings, password) as engine:
        taken = engine.take(given, schema_name, ", ".join(map(str, given)))
        outcomes = run_taken(engine, taken)
        return outcome_of(taken, outcomes, started, engine.stopped)


def run_taken(engine: Engine, taken: Taken, *, server_for_large: bool = True) -> Sequence[Outcome]:
    """Process what was taken in: as a Prefect flow where a server is at hand or the batch is large, else plainly.

    Args:
        server_for_large: whether to start a server when none is there and the batch is large.
    """
    if not taken.to_do:
        return ()
    try:
        with ExitStack() as closing:
            api_url = _server(engine.settings, len(taken.to_do), closing, may_start=server_for_large)
            if api_url is None and engine.settings.task_runner != "dask":
                return asyncio.run(engine.process(taken.batch, taken.to_do))
            return asyncio.run(_as_flow(engine, taken, api_url))
    except KeyboardInterrupt:
        engine.stop()
        raise


def _server(settings: Settings, documents: int, closing: ExitStack, *, may_start: bool) -> str | None:
    found = running_server(settings)
    if found is not None:
        return found
    if not (may_start and documents >= PREFECT_FROM) and settings.task_runner != "dask":
        return None
    place = ServerPlace(settings)
    if not place.take():
        return None  # another run has it; this one is not shown in Prefect, and done all the same
    closing.callback(place.leave)
    server = closing.enter_context(PrefectServer(settings))
    return server.api_url if server.wait() else None


async def _as_flow(engine: Engine, taken: Taken, api_url: str | None) -> Sequence[Outcome]:
    quiet_prefect(engine.settings)
    from prefect.settings import PREFECT_API_URL, temporary_settings

    from flows.batch import process_batch

    with temporary_settings({PREFECT_API_URL: api_url}):
        outcome = await process_batch(batch=taken.batch)
    return outcome.outcomes
