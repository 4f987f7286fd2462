"""Retries: a few, counted, spread by chance, and each a call of its own for all guards below."""

from __future__ import annotations

import math
import random
import re
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
LONGEST_ERROR = 20_000  # bytes that are looked through
_RETRY_DELAY = re.compile(rb'"retryDelay"\s*:\s*"(\d{1,9}(?:\.\d{1,9})?)s"')
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
        """Return the first answer that is none of "later", or the last one.

        Raises:
            CallRefused: as the last try did; or the provider asks for a pause that outlasts the document's time.
        """
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
            asked = None if answer is None else retry_after(answer, self._now())
            wait = self._wait(attempt, asked)
            if attempt == self._tries or self._now() + timedelta(seconds=wait) >= call.purpose.deadline:
                if answer is None:
                    raise refusal
                if asked is not None:
                    raise _later(call, answer.status, self._now() + timedelta(seconds=asked))
                return answer
            self._sleep(wait)
        raise AssertionError("there is at least one try")

    def _wait(self, attempt: int, asked: float | None) -> float:
        """Seconds before the next try: what the provider asks for, else full jitter (Brooker, AWS, 2015)."""
        spread = self._dice.uniform(0, min(LONGEST_WAIT, FIRST_WAIT * 2 ** (attempt - 1)))
        return spread if asked is None else asked + spread


def _later(call: Call, status: int, until: datetime) -> CallRefused:
    """The refusal of a provider that says when it wants to be asked again: the document waits as long."""
    return CallRefused(
        Reason.MODEL_UNAVAILABLE,
        f"{call.provider}/{call.model} does not answer now (HTTP {status}) and asks for a pause.",
        f"It is asked again at {until:%Y-%m-%d %H:%M:%S} UTC, by itself.",
        retry_at=until,
    )


def retry_after(answer: Answer, now: datetime) -> float | None:
    """Return the seconds that an answer asks to wait; None if it asks for nothing.

    Retry-After in seconds or as a date (RFC 9110, 10.2.3), retry-after-ms (OpenAI, Azure), or retryDelay in the body
    (google.rpc.RetryInfo, as Gemini sends it).
    """
    said = {name.lower(): value for name, value in answer.headers}
    forms = (
        _number(said.get("retry-after-ms", "")) / 1000,
        _number(said.get("retry-after", "")),
        _until(said.get("retry-after", ""), now),
        _retry_delay(answer.body),
    )
    seconds = next((form for form in forms if not math.isnan(form)), None)
    return None if seconds is None else min(max(0.0, seconds), LONGEST_ASKED)


def _number(said: str) -> float:
    try:
        number = float(said)
    except ValueError:
        return math.nan
    return number if math.isfinite(number) else math.nan


def _retry_delay(body: bytes) -> float:
    """Seconds in the details of a Google error, such as "34.07s"; not a number if there are none."""
    found = _RETRY_DELAY.search(body[:LONGEST_ERROR])
    return float(found[1]) if found else math.nan


def _until(said: str, now: datetime) -> float:
    """Seconds until a date in the form of HTTP; not a number if it is none."""
    try:
        moment = parsedate_to_datetime(said)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return (moment - now).total_seconds()
    except (ValueError, OverflowError):
        return math.nan
