"""What a run needs in this process: the settings, the store, the workers. Shared by runs with and without Prefect."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from flows.drive import RunChunk, drive
from flows.intake import Taken, files_under, take_in
from flows.outcomes import BatchOutcome, Outcome
from flows.pool import WorkerPool
from flows.progress import listener
from flows.settings import Settings
from flows.wiring import known_schemas, open_store, outdated_test
from store.store import Store


@dataclass
class Engine:
    """The store and the workers; the workers start when they are first asked for."""

    settings: Settings
    store: Store
    password: str | None = None  # opens locked documents; kept in memory only
    stopped: bool = False
    ended: list[Outcome] = field(default_factory=list)  # of the batch at work, also when it is broken off

    @cached_property
    def pool(self) -> WorkerPool:
        """Our worker processes."""
        return WorkerPool(self.settings, self.password)

    def get_ready(self) -> None:
        """Start the workers, while this process still takes files in."""
        if self.settings.task_runner == "process":
            _ = self.pool

    def take(
        self,
        paths: Iterable[Path],
        schema_name: str | None,
        label: str,
        found: Callable[[int], None] = lambda _count: None,
    ) -> Taken:
        """Store what lies at `paths` and say what is to do; raises Unavailable.

        Args:
            found: called with the number of contents so far that need work, when one more was found.
        """

        def one_more(count: int) -> None:
            self.get_ready()
            found(count)

        return take_in(
            self.store,
            files_under(paths),
            self.settings.limits,
            label=label,
            schema_name=schema_name,
            outdated=outdated_test(self.settings, self.store),
            seen=listener().taken,
            found=one_more,
        )

    async def process(
        self, batch: str | None, documents: Sequence[str], run_chunk: RunChunk | None = None
    ) -> tuple[Outcome, ...]:
        """Take the documents through the line and end their batch; raises Unavailable."""

        async def in_pool(chunk: Sequence[str]) -> tuple[Outcome, ...]:
            return await self.pool.run(batch, chunk)

        async def noted(chunk: Sequence[str]) -> tuple[Outcome, ...]:
            ended = await (run_chunk or in_pool)(chunk)
            self.ended.extend(ended)
            return ended

        settings = self.settings
        outcomes = await drive(
            self.store, documents, noted, settings.worker_count, lambda: self.stopped, settings.documents_at_once
        )
        if batch is not None and not self.stopped:
            self.store.finish_batch(batch)
        return outcomes

    def stop(self) -> None:
        """Finish the documents at hand, then stop."""
        self.stopped = True
        if "pool" in self.__dict__:
            self.pool.stop()

    def close(self) -> None:
        """End the workers."""
        if "pool" in self.__dict__:
            self.pool.close()
        self.store.close()


_engine: ContextVar[Engine | None] = ContextVar("engine", default=None)


@contextmanager
def open_engine(settings: Settings, password: str | None = None) -> Iterator[Engine]:
    """Give an engine, also to the flows that are called inside the block (see `engine_at_hand`).

    Raises:
        SchemaError, SettingsError, Unavailable: here, and not in some worker.
    """
    known_schemas(settings)
    engine = Engine(settings, open_store(settings), password)
    token = _engine.set(engine)
    try:
        yield engine
    finally:
        _engine.reset(token)
        engine.close()


def engine_at_hand() -> Engine | None:
    """Return the engine of the block around this call; None in a flow run that Prefect started by itself."""
    return _engine.get()


def outcome_of(taken: Taken, outcomes: Sequence[Outcome], started: float, stopped: bool) -> BatchOutcome:
    """Join what was taken in and how it ended; `started` is from time.perf_counter()."""
    return BatchOutcome(
        batch=taken.batch,
        seconds=time.perf_counter() - started,
        given=taken.given,
        known=taken.known,
        outcomes=tuple(outcomes),
        unread=taken.unread,
        interrupted=stopped,
    )
