"""What tests of the guards are made of: calls, answers, a clock, the end of a chain, a scripted server."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler

from schemas.calls import Answer, Call, Purpose, new_id

USAGE = {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}


def completion(text: str = '{"a": 1}', usage: dict | None = USAGE, finish: str = "stop") -> bytes:
    """The body of a chat completion."""
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish}
    return json.dumps({"model": "m", "choices": [choice], "usage": usage}).encode()


@dataclass
class Server:
    """Hands every request to `script`, which writes the answer itself."""

    url: str = ""
    script: Callable[[BaseHTTPRequestHandler], None] = lambda handler: reply(handler)
    arrivals: list[float] = field(default_factory=list)


def reply(handler: BaseHTTPRequestHandler, status: int = 200, body: bytes | None = None, **headers: str) -> None:
    body = completion() if body is None else body
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def purpose(**changes: object) -> Purpose:
    given = {
        "document": "a" * 64, "name": "a.pdf", "run": "r", "schema_name": "invoice", "pages": 1, "fields": ("total",),
        "prompt": "p" * 64, "route": "all", "marker": "0123456789abcdef",
        "deadline": datetime.now(UTC) + timedelta(minutes=5), "trace": new_id(),
    }  # fmt: skip
    return Purpose(**{**given, **changes})  # type: ignore[arg-type]


def call(url: str = "http://127.0.0.1:9/v1/chat/completions", body: bytes = b"{}", **changes: object) -> Call:
    made = purpose(**changes)
    return Call("openai", "m", "openai", made, "POST", url, (("Authorization", "Bearer sk-secret123"),), body, 100)


class Canned:
    """A guard at the end of a chain: gives answers, or raises, in turn; the last one for all further calls."""

    def __init__(self, *given: Answer | Exception) -> None:
        self.given = given or (Answer(200, (), completion(), 0.0),)
        self.calls: list[Call] = []

    def send(self, made: Call) -> Answer:
        self.calls.append(made)
        one = self.given[min(len(self.calls), len(self.given)) - 1]
        if isinstance(one, Exception):
            raise one
        return one


def answer(status: int = 200, body: bytes | None = None, **headers: str) -> Answer:
    told = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Answer(status, told, completion() if body is None else body, 0.1)


class Clock:
    """A clock that moves only when somebody sleeps."""

    def __init__(self) -> None:
        self.at = datetime.now(UTC)
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += timedelta(seconds=seconds)
