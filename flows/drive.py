"""Drive the documents of a batch through whatever runs chunks, until none of them is left to do."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from flows.intake import waiting_for_work
from flows.outcomes import Outcome
from flows.progress import listener
from store.store import Store

RunChunk = Callable[[Sequence[str]], Awaitable[tuple[Outcome, ...]]]

SMALL_BATCH = 100  # up to here each document is a task of its own in Prefect
LARGEST_CHUNK = 25  # documents; what is lost when a worker dies is begun again by the next one
CHUNKS_PER_SLOT = 4  # so that the last ones to finish are short
AHEAD = 2  # chunks handed out for each worker: one at work, one at hand
LOOK_SECONDS = 0.5  # between two looks at documents that somebody else holds


def chunked(documents: Sequence[str], slots: int, together: int = 1) -> list[list[str]]:
    """Return the documents in chunks: one each (or `together`) in a small batch, else up to LARGEST_CHUNK."""
    size = 1 if len(documents) <= SMALL_BATCH else min(LARGEST_CHUNK, -(-len(documents) // (slots * CHUNKS_PER_SLOT)))
    size = max(size, together)
    return [list(documents[start : start + size]) for start in range(0, len(documents), size)]


async def drive(
    store: Store,
    documents: Sequence[str],
    run_chunk: RunChunk,
    slots: int,
    stopped: Callable[[], bool] = lambda: False,
    together: int = 1,
) -> tuple[Outcome, ...]:
    """Return how the documents ended, with those attached to them, in the order they ended.

    Documents that another worker holds are waited for: when it is done they are done, and when its lease ends they are
    taken over. A slot works on `together` documents at once, so chunks are at least as large.

    Raises:
        Unavailable: database, disk or storage are down.
    """
    outcomes: list[Outcome] = []
    to_do = list(dict.fromkeys(documents))
    every = set(to_do)
    told = False
    while to_do and not stopped():
        listener().begun(len(every))
        ended = await _round(to_do, run_chunk, slots, stopped, together)
        outcomes += ended
        done = {outcome.document for outcome in ended}
        children = [child for outcome in ended for child in outcome.children if child not in every]
        every.update(children)
        left = waiting_for_work(store, [*(sha256 for sha256 in to_do if sha256 not in done), *children])
        to_do = list(left)
        now = store.now()
        ends = [held.lease_until for held in left.values() if held.lease_until is not None]
        if to_do and len(ends) == len(to_do) and min(ends) > now:
            if not told:
                listener().said(
                    f"{len(to_do)} documents are held by another worker; if it died, they come free by "
                    f"{max(ends).astimezone():%H:%M:%S}."
                )
                told = True
            await asyncio.sleep(min(LOOK_SECONDS, (min(ends) - now) / timedelta(seconds=1)))
    return tuple(outcomes)


async def _round(
    documents: Sequence[str], run_chunk: RunChunk, slots: int, stopped: Callable[[], bool], together: int
) -> list[Outcome]:
    gate = asyncio.Semaphore(slots * AHEAD)
    outcomes: list[Outcome] = []

    async def one(chunk: list[str]) -> None:
        async with gate:
            if stopped():
                return
            ended = await run_chunk(chunk)
        outcomes.extend(ended)
        listener().ended(ended)

    tasks = [asyncio.create_task(one(chunk)) for chunk in chunked(documents, slots, together)]
    try:
        await asyncio.gather(*tasks)
    finally:  # one failed because something around us is down: the others would fail too
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return outcomes
