"""What a worker process does: chunks of documents, claimed, kept alive, taken through one by one."""

from __future__ import annotations

import atexit
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from multiprocessing.synchronize import Event

from flows.heartbeat import Heartbeat, when_parent_ends
from flows.outcomes import Outcome
from flows.process import process
from flows.settings import Settings
from flows.wiring import Line, open_line
from schemas.errors import LeaseLost
from store.entities import Claim


@dataclass
class _Worker:
    """The line of this process and what it holds at the moment."""

    settings: Settings
    line: Line
    closing: ExitStack
    beats: set[Heartbeat] = field(default_factory=set)


_worker: _Worker | None = None
_stop: Event | None = None
_start = threading.Lock()


def start_worker(stop: Event) -> None:
    """Prepare this process: leave Ctrl-C to the parent, which sets `stop`; end when the parent is gone."""
    global _stop
    _stop = stop
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    when_parent_ends(_give_back)


def open_worker(settings: Settings) -> None:
    """Get the line of this process ready before there is work for it."""
    _worker_for(settings)


def process_chunk(
    settings: Settings, batch: str | None, documents: Sequence[str], password: str | None = None
) -> tuple[Outcome, ...]:
    """Take those of `documents` that nobody else holds through the line; return how they ended.

    Raises:
        Unavailable: database, disk or storage are down; what was not done stays for the next run.
    """
    worker = _worker_for(settings)
    line = worker.line
    claims = line.store.claim(
        line.owner, limit=len(documents), seconds=settings.lease_seconds, documents=list(documents)
    )
    with Heartbeat(line.store, claims, settings.lease_seconds) as beat:
        worker.beats.add(beat)

        def one(claim: Claim) -> Outcome | None:
            if _stop is not None and _stop.is_set():
                return None
            outcome = None
            with suppress(LeaseLost):  # then it is being done elsewhere
                outcome = process(line, claim, batch, password)
            beat.done(claim.document)
            return outcome

        try:
            ended = _each(one, claims, settings.documents_at_once)
        finally:
            worker.beats.discard(beat)
            beat.give_back()
    return tuple(outcome for outcome in ended if outcome is not None)


def _each(one: Callable[[Claim], Outcome | None], claims: Sequence[Claim], at_once: int) -> list[Outcome | None]:
    """Process the claims one by one, or several at once where most of the time is waiting for a model."""
    if at_once == 1 or len(claims) < 2:
        return [one(claim) for claim in claims]
    with ThreadPoolExecutor(at_once, thread_name_prefix="document") as threads:
        return list(threads.map(one, claims))


def _give_back() -> None:
    if _worker is not None:
        for beat in list(_worker.beats):
            beat.give_back()


def _worker_for(settings: Settings) -> _Worker:
    """The line of this process, opened once; other settings (a cluster serves several callers) open another."""
    global _worker
    with _start:
        if _worker is None or _worker.settings != settings:
            if _worker is not None:
                _worker.closing.close()
            closing = ExitStack()
            _worker = _Worker(settings, closing.enter_context(open_line(settings)), closing)
            atexit.register(closing.close)
        return _worker
