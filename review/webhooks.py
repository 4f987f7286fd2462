"""Telling others: events of the outbox are posted, signed, and tried again until the receiver has them.

Signed as https://www.standardwebhooks.com describes: HMAC-SHA256 over id, time and body. Only the addresses of the
settings are called; a redirect is a failure, no proxy of the environment is used, and no answer's body is read.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx2

from schemas.errors import Unavailable
from store.instants import utc_now
from store.webhooks import Message, Webhooks

SECRET_PREFIX = "whsec_"  # noqa: S105 - how a secret begins, not a secret
LEASE_MARGIN = timedelta(seconds=30)  # beyond the time of an attempt, before it counts as lost
LOOK_SECONDS = 1.0  # between two looks into an empty outbox
LONGEST_PAUSE = timedelta(minutes=1)  # of a receiver that failed several times in a row
KEPT = timedelta(days=30)  # how long messages that ended are kept
HOUSE = timedelta(hours=1)  # between two rounds of deleting them
MOST_STEPS = 12  # of growing waits; far beyond the longest one
GONE = 410  # the receiver wants no more of this


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who is told, where, and how long we try."""

    name: str
    url: str
    secret: bytes
    timeout: timedelta = timedelta(seconds=10)  # wall clock of one attempt
    attempts: int = 12  # then a message is dead until a person lets it be sent again


@dataclass(frozen=True, slots=True)
class Backoff:
    """How long to wait after a failed attempt: three times as long after each, give or take half."""

    first: timedelta = timedelta(seconds=5)
    longest: timedelta = timedelta(hours=12)

    def wait(self, attempt: int, dice: random.Random) -> timedelta:
        """Return the wait after the attempt with this number, from 1."""
        return min(self.longest, self.first * float(3 ** min(attempt - 1, MOST_STEPS))) * dice.uniform(0.5, 1.5)

    def pause(self, failures: int) -> timedelta:
        """Return how long a receiver is left alone after so many failures in a row."""
        return min(LONGEST_PAUSE, self.first * float(2 ** min(failures - 1, MOST_STEPS)))


@dataclass(frozen=True, slots=True)
class Answer:
    """How an attempt ended."""

    status: int | None  # HTTP; None without an answer
    error: str  # one sentence; "" if it has the message
    may_help: bool = True  # whether another attempt can

    @property
    def is_taken(self) -> bool:
        """Whether the receiver has the message."""
        return not self.error


def secret_of(text: str) -> bytes:
    """Return the key that a secret like "whsec_…" stands for: base64 of 24 to 64 bytes; raises ValueError."""
    try:
        key = base64.b64decode(text.removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error:
        raise ValueError("a secret is base64, with or without whsec_ before it") from None
    if not 24 <= len(key) <= 64:
        raise ValueError(f"a secret is base64 of 24 to 64 bytes; this one has {len(key)}")
    return key


def signature(secret: bytes, message_id: str, timestamp: int, body: bytes) -> str:
    """Return the value of `webhook-signature`: "v1," and the HMAC-SHA256 of "id.timestamp.body" in base64."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()


def headers_of(receiver: Receiver, message: Message, now: datetime) -> dict[str, str]:
    """Return the headers of one attempt: the id stays, time and signature are of this attempt."""
    timestamp = int(now.timestamp())
    return {
        "content-type": "application/json",
        "user-agent": "Docassay",
        "webhook-id": message.id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(receiver.secret, message.id, timestamp, message.body.encode()),
    }


class Delivery:
    """Sends what is due, each receiver on its own, until it is stopped."""

    def __init__(
        self,
        outbox: Webhooks,
        receivers: Sequence[Receiver],
        said: Callable[[str], None],
        backoff: Backoff | None = None,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        """Deliver from an outbox to these receivers; `said` takes a line for the journal."""
        self._outbox = outbox
        self._receivers = receivers
        self._said = said
        self._backoff = backoff or Backoff()
        self._now = now
        self._dice = random.Random()  # noqa: S311 - spreads waits, guards nothing

    def run(self, stop: threading.Event) -> None:
        """Deliver until `stop` is set."""
        asyncio.run(self._run(stop))

    async def _run(self, stop: threading.Event) -> None:
        async with httpx2.AsyncClient(follow_redirects=False, trust_env=False) as client:
            await asyncio.gather(
                self._keep_house(stop), *(self._serve(client, receiver, stop) for receiver in self._receivers)
            )

    async def _serve(self, client: httpx2.AsyncClient, receiver: Receiver, stop: threading.Event) -> None:
        failures = 0
        was_down = ""
        while not stop.is_set():
            try:
                answer = await self._attempt(client, receiver)
                was_down = ""
            except Unavailable as error:
                if str(error) != was_down:
                    self._said(str(error))
                was_down = str(error)
                answer = None
            if answer is None:
                await _sleep(stop, LOOK_SECONDS)
            elif answer.is_taken:
                failures = 0
            else:
                failures += 1
                if failures == 1:
                    self._said(f"Webhook {receiver.name}: {answer.error}")
                await _sleep(stop, self._backoff.pause(failures).total_seconds())

    async def _attempt(self, client: httpx2.AsyncClient, receiver: Receiver) -> Answer | None:
        """Make one attempt at the message that is due longest; None when none is due."""
        message = await asyncio.to_thread(self._outbox.claim, receiver.name, receiver.timeout + LEASE_MARGIN)
        if message is None:
            return None
        answer = await self._post(client, receiver, message)
        if answer.is_taken:
            await asyncio.to_thread(self._outbox.delivered, message, answer.status or 0)
            return answer
        again: datetime | None = None
        if answer.may_help and message.attempts < receiver.attempts:
            again = self._now() + self._backoff.wait(message.attempts, self._dice)
        await asyncio.to_thread(self._outbox.failed, message, answer.status, answer.error, again)
        return answer

    async def _post(self, client: httpx2.AsyncClient, receiver: Receiver, message: Message) -> Answer:
        seconds = receiver.timeout.total_seconds()
        headers = headers_of(receiver, message, self._now())
        try:
            # Of the whole attempt: a receiver that trickles would outlast a limit for each read.
            async with asyncio.timeout(seconds):
                request = client.build_request("POST", receiver.url, content=message.body.encode(), headers=headers)
                response = await client.send(request, stream=True)
                await response.aclose()
        except TimeoutError:
            return Answer(None, f"No answer within {seconds:g} seconds.")
        except httpx2.HTTPError as error:
            return Answer(None, f"No answer ({type(error).__name__}). Check that the receiver runs and its address.")
        return _answer(response.status_code)

    async def _keep_house(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                await asyncio.to_thread(self._outbox.forget, self._now() - KEPT)
            except Unavailable as error:
                self._said(str(error))
            await _sleep(stop, HOUSE.total_seconds())


def _answer(status: int) -> Answer:
    if 200 <= status < 300:
        return Answer(status, "")
    if 300 <= status < 400:
        return Answer(status, f"It answered {status}; redirects are not followed. Put the right address into settings.")
    if status == GONE:
        return Answer(status, "It answered 410: it wants no more of this.", may_help=False)
    return Answer(status, f"It answered {status}.")


async def _sleep(stop: threading.Event, seconds: float) -> None:
    """Wait, but not longer than until `stop` is set."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while not stop.is_set() and (left := end - loop.time()) > 0:
        await asyncio.sleep(min(left, 0.2))
