"""The one method that all guards have."""

from __future__ import annotations

from typing import Protocol

from schemas.calls import Answer, Call


class Guard(Protocol):
    """One guard; `send` gives the answer of the next one, or raises CallRefused."""

    def send(self, call: Call) -> Answer:
        """Return the answer to `call`; raises CallRefused."""
        ...
