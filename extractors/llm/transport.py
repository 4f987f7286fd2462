"""The transport under the SDK: every request goes through the guards, and what an answer's envelope says comes first.

The SDK, and instructor above it, believe that they speak HTTP. Whatever they try (a re-ask, another attempt) passes
here, becomes a Call and goes down the chain; nothing reaches a provider by another way.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import httpx2

from extractors.llm.guards.guard import Guard
from extractors.llm.wire import Said, read
from schemas.calls import Answer, Call, Purpose, Wire
from schemas.errors import CallRefused, Reason

_FRAMING = frozenset(["content-encoding", "content-length", "transfer-encoding", "connection"])


class Truncated(Exception):
    """The model stopped at the limit of its output: ask for less at once."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One request and what came back."""

    call: Call
    answer: Answer


@dataclass(slots=True)
class Exchange:
    """All that was sent and heard for one question: the first request, and at most one re-ask."""

    purpose: Purpose
    max_output_tokens: int
    strict: bool = True  # tell the provider to enforce the schema
    heard: list[Heard] = field(default_factory=list)
    usable: Said | None = None  # the last answer that is whole and no refusal; whether it fits is not known here
    usable_call: str = ""  # the id of its call
    raised: Exception | None = None  # as it was, before an SDK wraps it


_CURRENT: ContextVar[Exchange | None] = ContextVar("docassay_exchange", default=None)


@contextmanager
def exchanging(exchange: Exchange) -> Iterator[Exchange]:
    """Let the requests of this thread belong to `exchange`."""
    token = _CURRENT.set(exchange)
    try:
        yield exchange
    finally:
        _CURRENT.reset(token)


class GuardedTransport(httpx2.BaseTransport):
    """Hands the requests of one provider's SDK to the guards."""

    def __init__(self, chain: Guard, provider: str, model: str, wire: Wire) -> None:
        self._chain = chain
        self._provider = provider
        self._model = model
        self._wire: Wire = wire

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Return what the guards give for `request`.

        Raises:
            CallRefused: a guard refused it, the model did, or nobody said what it is for.
            Truncated: the answer ended at the limit of the output.
        """
        exchange = _CURRENT.get()
        if exchange is None:
            raise CallRefused(
                Reason.MODEL_UNAVAILABLE,
                "A request to a model without a purpose was not sent.",
                "This is a mistake in Docassay; please report it.",
                passing=False,
            )
        try:
            return self._exchange(request, exchange)
        except Exception as error:
            exchange.raised = error
            raise

    def _exchange(self, request: httpx2.Request, exchange: Exchange) -> httpx2.Response:
        call = Call(
            provider=self._provider,
            model=self._model,
            wire=self._wire,
            purpose=exchange.purpose,
            method=request.method,
            url=str(request.url),
            headers=tuple((name, value) for name, value in request.headers.items() if name.lower() not in _FRAMING),
            body=held_to_schema(self._wire, request.read()) if exchange.strict else request.read(),
            max_output_tokens=exchange.max_output_tokens,
        )
        answer = self._chain.send(call)
        exchange.heard.append(Heard(call, answer))
        if answer.status < 300:
            exchange.usable = _usable(read(self._wire, answer.body), call)
            exchange.usable_call = call.id
        headers = [(name, value) for name, value in answer.headers if name.lower() not in _FRAMING]
        return httpx2.Response(answer.status, headers=headers, content=answer.body, request=request)


def held_to_schema(wire: Wire, body: bytes) -> bytes:
    """Return the body with the provider told to enforce the schema, which instructor leaves out."""
    try:
        data = json.loads(body)
    except ValueError:
        return body
    _HOLD[wire](data)
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def _hold_openai(data: dict[str, Any]) -> None:
    wanted = (data.get("response_format") or {}).get("json_schema")
    tools = [tool.get("function") for tool in data.get("tools") or ()]
    for place in (wanted, *tools):
        if isinstance(place, dict):
            place["strict"] = True


def _hold_anthropic(data: dict[str, Any]) -> None:
    from anthropic import transform_schema

    for tool in data.get("tools") or ():
        if "input_schema" in tool:  # patterns and lengths, which it does not enforce, become words in descriptions
            tool |= {"input_schema": transform_schema(tool["input_schema"]), "strict": True}


def _hold_google(data: dict[str, Any]) -> None:
    """It enforces what it is given; a key of JSON Schema that its own schema lacks would have the request refused."""
    _without_extras((data.get("generationConfig") or {}).get("responseSchema"))


def _without_extras(node: Any) -> None:
    if isinstance(node, dict):
        if node.get("additional_properties") is False:
            del node["additional_properties"]
        for each in node.values():
            _without_extras(each)


_HOLD = {"openai": _hold_openai, "anthropic": _hold_anthropic, "google": _hold_google}


def _usable(said: Said | None, call: Call) -> Said:
    """Return what can be parsed; before instructor looks at it, which would pay for the same refusal again."""
    model = f"{call.provider}/{call.model}"
    if said is None:
        raise CallRefused(
            Reason.MODEL_UNAVAILABLE,
            f"{model} gave an answer that is not of its protocol.",
            "Check base_url in the settings, or try again later.",
        )
    if said.finish == "length":
        raise Truncated
    if said.finish in ("refusal", "filtered"):
        said_so = "refused to answer" if said.finish == "refusal" else "had its answer filtered by the provider"
        raise CallRefused(
            Reason.MODEL_REFUSED,
            f"{model} {said_so} about {', '.join(call.purpose.fields)}.",
            "Rules go on without it; ask another model or fill the fields in review.",
            passing=False,
        )
    return said
