"""The log of calls: what the server saw, whatever the caller says it did. Safe for threads."""

from __future__ import annotations

import threading
import time
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(slots=True)
class SeenCall:
    """One call to the model."""

    number: int  # from 1, in the order of arrival
    arrived: float  # seconds since 1970
    bytes: int  # of the request's body
    model: str = ""
    document: str | None = None  # as the simulator recognised it
    fault: str | None = None
    status: int | None = None  # None: no answer was begun
    ended: float | None = None  # None: still in flight
    delivered: bool = False  # the whole answer was handed to the network
    billed_prompt: int = 0  # tokens that a provider would bill, whatever the answer states; 0: no model ran
    billed_completion: int = 0
    billed_cached: int = 0  # of those of the prompt


class CallLog:
    """All calls since the start or the last reset."""

    def __init__(self) -> None:
        self._calls: list[SeenCall] = []
        self._lock = threading.Lock()

    def arrived(self, size: int) -> SeenCall:
        """Log a call that has just come in."""
        with self._lock:
            call = SeenCall(len(self._calls) + 1, time.time(), size)
            self._calls.append(call)
        return call

    def all(self) -> list[dict[str, Any]]:
        """Return the calls as data."""
        with self._lock:
            return [asdict(call) for call in self._calls]

    def forget(self) -> None:
        """Start again at number 1."""
        with self._lock:
            self._calls = []
