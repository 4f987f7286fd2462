"""Rates: calls and tokens per minute of all workers. Who comes too early waits, as long as its document may."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from extractors.llm.bounds import input_bound
from extractors.llm.guards.guard import Guard
from schemas.calls import Answer, Call
from schemas.errors import CallRefused, Reason

LEAST_WAIT = 0.05  # seconds


@dataclass(frozen=True, slots=True)
class RateLimits:
    """How much a minute may hold, of all workers together; None: no limit. Checked at birth."""

    calls: int | None = None
    tokens: int | None = None  # worst case: what is sent at most and what may be answered

    def __post_init__(self) -> None:
        if any(limit is not None and limit < 1 for limit in (self.calls, self.tokens)):
            raise ValueError(f"A rate is at least 1 per minute: {self}")


class RateLog(Protocol):
    """The calls of the last minute; see store.rates."""

    def enter(
        self, provider: str, call: str, tokens: int, most_calls: int | None, most_tokens: int | None
    ) -> datetime | None:
        """Count a call in (None), or return when it is worth asking again."""
        ...


class Rates:
    """Holds calls back until the minute has room."""

    def __init__(
        self,
        next_guard: Guard,
        log: RateLog,
        limits: RateLimits,
        now: Callable[[], datetime],
        sleep: Callable[[float], None],
    ) -> None:
        self._next = next_guard
        self._log = log
        self._limits = limits
        self._now = now
        self._sleep = sleep

    def send(self, call: Call) -> Answer:
        """Return the answer; raises CallRefused when the document's time would be over before the minute has room."""
        limits = self._limits
        if limits.calls is not None or limits.tokens is not None:
            tokens = input_bound(call.body) + call.max_output_tokens
            while (at := self._log.enter(call.provider, call.id, tokens, limits.calls, limits.tokens)) is not None:
                if at >= call.purpose.deadline:
                    raise CallRefused(
                        Reason.MODEL_UNAVAILABLE,
                        f"The rate limit for {call.provider} leaves no room before the document's time is over.",
                        "It is tried again by itself; the limits are model.calls_per_minute and tokens_per_minute.",
                        retry_at=at,
                    )
                self._sleep(max(LEAST_WAIT, (at - self._now()).total_seconds()))
        return self._next.send(call)
