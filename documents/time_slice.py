"""A share of the time for a reader in pure Python that may run away; the rest of the document goes on without it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class SliceOver(Exception):
    """The time of this part of the work is used up."""


@contextmanager
def time_slice(seconds: float) -> Iterator[None]:
    """Raise SliceOver inside the block after `seconds` of wall clock.

    Works in the main thread where the system has interval timers (as in the parser child); elsewhere the block runs
    unbounded and the limit of the whole document holds.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return

    def ring(_number: int, _frame: object) -> None:
        raise SliceOver

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, 0.5)  # again, should a library swallow the first
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
