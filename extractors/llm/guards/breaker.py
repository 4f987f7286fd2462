"""The breaker: a provider that is down is left alone, and asked again by one call at a time."""

from __future__ import annotations

from typing import Protocol

from extractors.llm.guards.guard import Guard
from extractors.llm.guards.network import Lost, NotSent
from schemas.calls import Answer, Call, Shut
from schemas.errors import CallRefused, Reason

OVERLOADED = frozenset((408, 429, 529))  # beside all of 5xx: these too say that the provider has no room


class Breakers(Protocol):
    """The breakers that all processes share; see store.breakers."""

    def enter(self, provider: str, model: str, call: str) -> Shut | None:
        """Let a call through (None), when the pause is over just one, as the probe."""
        ...

    def succeeded(self, provider: str, model: str, call: str) -> None:
        """Note that the provider answered."""
        ...

    def failed(self, provider: str, model: str, call: str, document: str, cause: str) -> None:
        """Note a failure that speaks of the provider."""
        ...

    def given_up(self, provider: str, model: str, call: str) -> None:
        """Note that a call which might have been the probe was not made."""
        ...


class Breaker:
    """Asks the breaker before each attempt and tells it how the attempt ended."""

    def __init__(self, next_guard: Guard, breakers: Breakers) -> None:
        self._next = next_guard
        self._breakers = breakers

    def send(self, call: Call) -> Answer:
        """Return the answer; raises CallRefused with `model_unavailable` while the breaker is open."""
        shut = self._breakers.enter(call.provider, call.model, call.id)
        if shut is not None:
            raise CallRefused(
                Reason.MODEL_UNAVAILABLE,
                f"{call.provider}/{call.model} does not answer ({shut.cause}); calls to it pause.",
                f"The next try is at {shut.until:%Y-%m-%d %H:%M:%S} UTC, by itself.",
                retry_at=shut.until,
            )
        try:
            answer = self._next.send(call)
        except CallRefused as refusal:
            if isinstance(refusal, (NotSent, Lost)) and refusal.reason is Reason.MODEL_UNAVAILABLE:
                self._failed(call, refusal.message)
            else:  # our own guards, or somebody's stop: it says nothing of the provider
                self._breakers.given_up(call.provider, call.model, call.id)
            raise
        except BaseException:
            self._breakers.given_up(call.provider, call.model, call.id)
            raise
        if speaks_of_provider(answer.status):
            self._failed(call, f"HTTP {answer.status}")
        else:
            self._breakers.succeeded(call.provider, call.model, call.id)
        return answer

    def _failed(self, call: Call, cause: str) -> None:
        self._breakers.failed(call.provider, call.model, call.id, call.purpose.document, cause)


def speaks_of_provider(status: int) -> bool:
    """Return whether a status says that the provider, not the request, is at fault."""
    return status >= 500 or status in OVERLOADED
