"""Keep claims alive while their documents are worked on, and give them back when the parent process is gone."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Iterable
from multiprocessing.connection import wait
from types import TracebackType

from schemas.errors import DocassayError, LeaseLost
from store.entities import Claim
from store.store import Store

BEATS_PER_LEASE = 3


class Heartbeat:
    """Renews the claims it holds from a thread of its own, a third of their time before they end.

    Each write of a worker carries its claim and is refused once that is lost, so a beat that fails stops nobody.
    """

    def __init__(self, store: Store, claims: Iterable[Claim], seconds: float) -> None:
        """Begin to hold `claims`, each for `seconds` from every beat."""
        self._store = store
        self._seconds = seconds
        self._held = {claim.document: claim for claim in claims}
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def __enter__(self) -> Heartbeat:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def done(self, document: str) -> None:
        """Stop renewing the claim on `document`: its work is stored."""
        with self._lock:
            self._held.pop(document, None)

    def give_back(self) -> None:
        """Release what is still held, so that the next worker need not wait for the lease to end."""
        with self._lock:
            held = list(self._held.values())
            self._held.clear()
        for claim in held:
            self._store.release(claim)

    def _beat(self) -> None:
        while not self._over.wait(self._seconds / BEATS_PER_LEASE):
            with self._lock:
                held = list(self._held.values())
            for claim in held:
                try:
                    self._store.renew(claim, self._seconds)
                except LeaseLost:
                    self.done(claim.document)
                except DocassayError:
                    continue  # the database is away for the moment: the next beat, or the worker's own write, will tell


def when_parent_ends(action: Callable[[], None], seconds: float = 0.0) -> None:
    """Run `action` when the parent process is gone, however it ended (SIGKILL too); `seconds` later end this one."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        wait([parent.sentinel])
        try:
            action()
            time.sleep(seconds)
        finally:
            os._exit(1)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()
