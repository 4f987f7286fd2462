"""What travels to a model and back: a call with its purpose, and the answer; known to guards and store alike."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Wire = Literal["openai", "anthropic", "google"]  # whose protocol the bytes speak; ours, Ollama's, vLLM's: openai
Served = Literal["network", "store"]


def new_id() -> str:
    """Return 32 random hex digits."""
    return uuid.uuid4().hex


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a call is made for: every guard may read it, and nothing of it is sent."""

    document: str  # sha256
    name: str  # file name, for messages
    run: str  # batch, or "single" for a file on its own
    schema_name: str
    pages: int
    fields: tuple[str, ...]  # asked in this call
    prompt: str  # version of the prompt (its hash)
    route: str  # one sentence: why a model is asked, and this one
    marker: str  # what stands around the document in the prompt; left out of the key of a stored answer
    deadline: datetime  # the document's: no attempt may go on after it
    trace: str = ""  # trace id, 32 hex digits
    sample: int = 0  # numbers readings that are to be independent, so that the store does not answer the second


@dataclass(frozen=True, slots=True)
class Call:
    """One request to a provider; each attempt has its own `id`."""

    provider: str  # "openai", "anthropic", "google", "ollama", …: what settings call it
    model: str
    wire: Wire
    purpose: Purpose
    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = field(repr=False)  # with the key: never stored, logged or traced
    body: bytes = field(repr=False)
    max_output_tokens: int  # what the request allows, reasoning included
    attempt: int = 1
    id: str = field(default_factory=new_id)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, as it came."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = field(repr=False)
    seconds: float
    served: Served = "network"


@dataclass(frozen=True, slots=True)
class Shut:
    """Why a breaker lets no call through now."""

    until: datetime  # when the next probe may go, or the one under way is given up
    cause: str  # what was wrong the last time


@dataclass(frozen=True, slots=True)
class SpanRecord:
    """One span of a trace, as it is kept."""

    id: str  # 16 hex digits
    trace: str  # 32 hex digits
    parent: str | None
    document: str  # sha256
    name: str
    started_at: datetime
    ended_at: datetime
    ok: bool
    attributes: Mapping[str, Any]  # no text of documents
