"""Steps: how many calls, and how much time, one reading of a document may take."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime

from extractors.llm.guards.guard import Guard
from schemas.calls import Answer, Call
from schemas.errors import CallRefused, Reason

REMEMBERED = 10_000  # readings; one is over long before so many others begin


class Steps:
    """Counts every attempt for a document, tries again included."""

    def __init__(self, next_guard: Guard, most: int, now: Callable[[], datetime]) -> None:
        self._next = next_guard
        self._most = most
        self._now = now
        self._lock = threading.Lock()
        self._counts: OrderedDict[str, int] = OrderedDict()

    def send(self, call: Call) -> Answer:
        """Return the answer; raises CallRefused when the calls or the time of the document are used up."""
        purpose = call.purpose
        if self._now() >= purpose.deadline:
            raise CallRefused(
                Reason.MODEL_UNAVAILABLE,
                f"The time for all calls about {purpose.name} is over.",
                "It is tried again by itself; model.document_seconds is the limit.",
            )
        if self._counted(purpose.trace) > self._most:
            raise CallRefused(
                Reason.BUDGET_EXHAUSTED,
                f"{purpose.name} has used up its {self._most} calls.",
                "Look at its trace; model.steps is the limit.",
                passing=False,
            )
        return self._next.send(call)

    def _counted(self, reading: str) -> int:
        with self._lock:
            count = self._counts.pop(reading, 0) + 1
            self._counts[reading] = count
            while len(self._counts) > REMEMBERED:
                self._counts.popitem(last=False)
            return count
