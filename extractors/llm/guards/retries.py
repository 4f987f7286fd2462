"""Retries: a few, counted, spread by chance, and each a call of its own for all guards below."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from extractors.llm.guards.breaker import speaks_of_provider
from extractors.llm.guards.guard import Guard
from extractors.llm.guards.network import Lost, NotSent
from schemas.calls import Answer, Call, new_id
from schemas.errors import CallRefused, Reason

FIRST_WAIT = 0.5  # seconds; the longest first wait, doubled with each further one
LONGEST_WAIT = 20.0
LONGEST_ASKED = 86_400.0  # a provider that asks for more than a day is answered as if it asked for one
CONFLICT = 409  # some providers say so while a resource is busy


class Retries:
    """Tries again what may work the next time."""

    def __init__(
        self,
        next_guard: Guard,
        tries: int,
        now: Callable[[], datetime],
        sleep: Callable[[float], None],
        dice: random.Random | None = None,
    ) -> None:
        """Try `tries` times in all; waits are spread by `dice`."""
        self._next = next_guard
        self._tries = tries
        self._now = now
        self._sleep = sleep
        self._dice = dice or random.Random()  # noqa: S311 - spreads waits, guards nothing

    def send(self, call: Call) -> Answer:
        """Return the first answer that is none of "later", or the last one; raises CallRefused as the last try did."""
        for attempt in range(1, self._tries + 1):
            trying = call if attempt == 1 else replace(call, attempt=attempt, id=new_id())
            answer: Answer | None = None
            try:
                answer = self._next.send(trying)
            except (NotSent, Lost) as lost:
                if lost.reason is Reason.STOPPED or not lost.passing or attempt == self._tries:
                    raise
                refusal: CallRefused = lost
            if answer is not None and not (speaks_of_provider(answer.status) or answer.status == CONFLICT):
                return answer
            wait = self._wait(attempt, answer)
            if attempt == self._tries or self._now() + timedelta(seconds=wait) >= call.purpose.deadline:
                if answer is not None:
                    return answer
                raise refusal
            self._sleep(wait)
        raise AssertionError("there is at least one try")

    def _wait(self, attempt: int, answer: Answer | None) -> float:
        """Seconds before the next try: what the provider asks for, else full jitter (Brooker, AWS, 2015)."""
        asked = retry_after(answer, self._now()) if answer is not None else None
        spread = self._dice.uniform(0, min(LONGEST_WAIT, FIRST_WAIT * 2 ** (attempt - 1)))
        return spread if asked is None else asked + spread


def retry_after(answer: Answer, now: datetime) -> float | None:
    """Return the seconds that an answer asks to wait (Retry-After: RFC 9110, 10.2.3); None if it asks for nothing."""
    said = next((value for name, value in answer.headers if name.lower() == "retry-after"), None)
    if said is None:
        return None
    try:
        seconds = float(said)
    except ValueError:
        seconds = _until(said, now)
    if math.isnan(seconds):
        return None
    return min(max(0.0, seconds), LONGEST_ASKED)


def _until(said: str, now: datetime) -> float:
    """Seconds until a date in the form of HTTP; not a number if it is none."""
    try:
        moment = parsedate_to_datetime(said)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return (moment - now).total_seconds()
    except (ValueError, OverflowError):
        return math.nan
