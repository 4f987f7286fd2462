"""The kill switch: read from the database, and from this machine's own stop for when that cannot be reached."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from extractors.llm.guards.guard import Guard
from schemas.calls import Answer, Call
from schemas.errors import CallRefused, Reason, Unavailable

FRESH_SECONDS = 0.25  # how old what is known of a switch may be
STOP_FILE = "STOP"  # in the data folder
STOP_VARIABLE = "DOCASSAY_STOP"
NOT_STOPPED = frozenset(("", "0", "false", "no"))


class Switches(Protocol):
    """Where switches are thrown."""

    def stopped(self, provider: str) -> str | None:
        """Return why calls to a provider are stopped, in a sentence; None if they are not."""
        ...


class SwitchWatch:
    """What is known of the switches at this moment; asked by every waiting call, it asks the database rarely."""

    def __init__(self, switches: Switches, folder: Path, clock: Callable[[], float] = time.monotonic) -> None:
        """Watch `switches`, and the stop file in `folder`; `clock` gives seconds that never go back."""
        self._switches = switches
        self._file = folder / STOP_FILE
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[str, tuple[float, str | None]] = {}

    def stopped(self, provider: str) -> str | None:
        """Return why no call may go to `provider`, in a sentence; a switch that cannot be read is on."""
        with self._lock:
            looked_at, why = self._known.get(provider, (float("-inf"), None))
            if self._clock() - looked_at >= FRESH_SECONDS:
                why = self._look(provider)
                self._known[provider] = (self._clock(), why)
            return why

    def _look(self, provider: str) -> str | None:
        if os.environ.get(STOP_VARIABLE, "").lower() not in NOT_STOPPED:
            return f"All calls of this machine are stopped by the variable {STOP_VARIABLE}."
        if self._file.exists():
            return "All calls of this machine are stopped by the file STOP in the data folder."
        try:
            return self._switches.stopped(provider)
        except Unavailable:
            return "The switch cannot be read: the database does not answer."


class Switch:
    """Lets no call through while its switch is thrown."""

    def __init__(self, next_guard: Guard, watch: SwitchWatch) -> None:
        self._next = next_guard
        self._watch = watch

    def send(self, call: Call) -> Answer:
        """Return the answer; raises CallRefused with `stopped`."""
        why = self._watch.stopped(call.provider)
        if why is not None:
            raise halted(why)
        return self._next.send(call)


def halted(why: str) -> CallRefused:
    """Return the refusal of a call while the switch is thrown."""
    return CallRefused(Reason.STOPPED, why, "Go on with: docassay resume")
