"""Our own worker processes: extraction is Python and needs a process for each core; parsing is in their children."""

from __future__ import annotations

import asyncio
import multiprocessing
import signal
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from types import TracebackType

from flows.outcomes import Outcome
from flows.settings import Settings
from flows.work import open_worker, process_chunk, start_worker


class WorkerPool:
    """Worker processes that take chunks of documents; one that dies is replaced, its documents come again."""

    def __init__(self, settings: Settings, password: str | None = None) -> None:
        """Start the processes, which get ready in the background; `password` opens locked documents."""
        self.size = settings.worker_count
        self._password = password
        self._settings = settings
        # Not fork: the parent has threads and database connections that a child must not inherit.
        self._context = multiprocessing.get_context("spawn")
        self._stop = self._context.Event()
        self._executor = self._started()

    async def run(self, batch: str | None, documents: Sequence[str]) -> tuple[Outcome, ...]:
        """Return how those documents ended that a worker could claim; none if the worker died over them."""
        executor = self._executor
        try:
            future = executor.submit(process_chunk, self._settings, batch, documents, self._password)
            return await asyncio.wrap_future(future)
        except BrokenProcessPool:
            if executor is self._executor:
                self._executor = self._started()
                executor.shutdown(wait=False)
            return ()

    def stop(self) -> None:
        """Let the workers finish the document at hand and give back the others."""
        self._stop.set()

    def close(self) -> None:
        """Stop, and wait until the workers have ended."""
        self.stop()
        self._executor.shutdown(wait=True, cancel_futures=True)

    def __enter__(self) -> WorkerPool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _started(self) -> ProcessPoolExecutor:
        executor = ProcessPoolExecutor(
            self.size, mp_context=self._context, initializer=start_worker, initargs=(self._stop,)
        )
        with _interrupts_ignored():
            for _ in range(self.size):
                executor.submit(open_worker, self._settings)
        return executor


@contextmanager
def _interrupts_ignored() -> Iterator[None]:
    """Start processes that ignore Ctrl-C from their first instruction: it reaches all, the parent alone answers it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
