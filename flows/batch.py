"""The flow of a batch: what `docassay run` calls for many files, what schedules call, what work pools are given."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from prefect import flow, task
from prefect.artifacts import acreate_markdown_artifact, acreate_table_artifact
from prefect.cache_policies import NO_CACHE

from flows.drive import RunChunk
from flows.engine import Engine, engine_at_hand, open_engine, outcome_of
from flows.intake import Taken
from flows.loading import load_settings
from flows.outcomes import BatchOutcome, Outcome, by_reason
from store.states import UNFINISHED

SHOWN_ROWS = 200  # of documents that did not go straight through, in the table of an artifact


@flow(name="process-batch", persist_result=False)
async def process_batch(
    paths: Sequence[str] = (), schema_name: str | None = None, batch: str | None = None, config: str | None = None
) -> BatchOutcome:
    """Take files in and through the line, and show in Prefect how it ended, without any text of theirs.

    Args:
        paths: files and folders.
        schema_name: the schema of all of them; None leaves it to classification.
        batch: a batch whose documents are stored already, instead of `paths`.
        config: settings file; None looks for it as every command does.

    Raises:
        Unavailable: database, disk or storage are down.
    """
    engine = engine_at_hand()
    if engine is not None:
        return await _process(engine, paths, schema_name, batch)
    with open_engine(load_settings(Path(config) if config else None).settings) as engine:
        return await _process(engine, paths, schema_name, batch)


async def _process(engine: Engine, paths: Sequence[str], schema_name: str | None, batch: str | None) -> BatchOutcome:
    started = time.perf_counter()
    if batch is not None:
        documents = tuple(document.sha256 for document in engine.store.documents(UNFINISHED, batch=batch))
        taken = Taken(len(documents), documents, 0, (), batch)
    else:
        label = ", ".join(paths)
        taken = engine.take([Path(path) for path in paths], schema_name, label)
    if engine.settings.task_runner == "dask":
        from flows.dask_tasks import cluster

        async with cluster(engine.settings, taken.batch, engine.password) as run_chunk:
            outcomes = await engine.process(taken.batch, taken.to_do, run_chunk)
    else:
        outcomes = await engine.process(taken.batch, taken.to_do, _in_our_pool(engine, taken.batch))
    outcome = outcome_of(taken, outcomes, started, engine.stopped)
    await _show(outcome)
    return outcome


def _in_our_pool(engine: Engine, batch: str | None) -> RunChunk:
    @task(name="process-documents", cache_policy=NO_CACHE, persist_result=False)
    async def process_documents(documents: Sequence[str]) -> tuple[Outcome, ...]:
        return await engine.pool.run(batch, documents)

    async def run_chunk(documents: Sequence[str]) -> tuple[Outcome, ...]:
        name = documents[0][:12] + (f" and {len(documents) - 1} more" if len(documents) > 1 else "")
        return await process_documents.with_options(task_run_name=name)(documents)

    return run_chunk


async def _show(outcome: BatchOutcome) -> None:
    lines = [f"**{outcome.summary()}**", "", "| ended as | documents |", "| --- | --- |"]
    lines += [f"| {state.replace('_', ' ')} | {count} |" for state, count in sorted(outcome.counts.items())]
    reasons = by_reason(outcome.outcomes)
    if reasons:
        lines += ["", "| reason | documents |", "| --- | --- |"]
        lines += [f"| {reason} | {count} |" for reason, count in reasons.items()]
    await acreate_markdown_artifact("\n".join(lines), key="batch-outcome", description="How the batch ended")
    rows = [
        {
            "document": one.document[:12],
            "ended as": one.state.value,
            "schema": one.schema_name or "",
            "reason": one.reason.value if one.reason else "",
            "pages": one.pages,
            "seconds": round(one.seconds, 2),
        }
        for one in sorted(outcome.outcomes, key=lambda one: one.reason is None)[:SHOWN_ROWS]
    ]
    if rows:
        await acreate_table_artifact(rows, key="batch-documents", description="Documents, refused ones first")
