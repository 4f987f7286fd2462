"""The journal: an answer is on disk, as it came, before anybody parses or settles it."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from typing import Protocol
from urllib.parse import urlsplit

from extractors.llm.guards.guard import Guard
from extractors.llm.wire import read
from schemas.calls import Answer, Call

MARK = "0" * 16  # stands in the key in place of the document's mark, which differs from installation to installation


class Kept(Protocol):
    """Where answers are kept; see store.responses."""

    def keep(self, call: Call, key: str, answer: Answer, *, servable: bool) -> None:
        """Write an answer down; when this returns it is on disk."""
        ...

    def find(self, key: str) -> Answer | None:
        """Return the newest answer of that key that may be served."""
        ...


class Journal:
    """Writes every answer down as it comes."""

    def __init__(self, next_guard: Guard, kept: Kept) -> None:
        self._next = next_guard
        self._kept = kept

    def send(self, call: Call) -> Answer:
        """Return the answer of the next guard, kept."""
        answer = self._next.send(call)
        self._kept.keep(call, key_of(call), answer, servable=is_servable(call, answer))
        return answer


def key_of(call: Call) -> str:
    """Return what is the same for all requests that ask the same: 64 hex digits.

    Headers are left out (keys, versions of libraries), and so is the address but for its path: a cassette that was
    recorded behind a gateway plays elsewhere.
    """
    body = call.body.decode("utf-8", "replace")
    if call.purpose.marker:
        body = body.replace(call.purpose.marker, MARK)
    with suppress(ValueError):
        body = json.dumps(json.loads(body), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    path = urlsplit(call.url).path
    parts = (call.provider, call.model, call.wire, call.method, path, str(call.purpose.sample), body)
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def is_servable(call: Call, answer: Answer) -> bool:
    """Return whether an answer may be served again: whole, in its protocol, no refusal."""
    if not 200 <= answer.status < 300:
        return False
    said = read(call.wire, answer.body)
    return said is not None and said.finish in ("complete", "unknown") and bool(said.text)
