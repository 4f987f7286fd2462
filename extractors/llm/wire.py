"""Reading what all guards need to know of an answer's bytes, in each provider's protocol.

Sources: the providers' public API references (chat completions, messages, generateContent), November 2026.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from extractors.llm.certainty import TokenChance, token_chances
from schemas.calls import Wire

MOST_TOKENS = 10_000_000  # no model takes more in one call (November 2026); a figure above it is no count of tokens
Finish = Literal["complete", "length", "refusal", "filtered", "unknown"]
_FINISH: Mapping[str, Finish] = {
    "stop": "complete",
    "tool_calls": "complete",
    "function_call": "complete",
    "end_turn": "complete",
    "tool_use": "complete",
    "stop_sequence": "complete",
    "length": "length",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "refusal": "refusal",
    "content_filter": "filtered",
    "safety": "filtered",
    "recitation": "filtered",
    "blocklist": "filtered",
    "prohibited_content": "filtered",
    "spii": "filtered",
    "image_safety": "filtered",
}


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens that a provider says it billed. `input` holds the cached ones too."""

    input: int
    output: int  # with reasoning
    cached: int = 0  # read from the provider's prefix cache
    cache_written: int = 0


@dataclass(frozen=True, slots=True)
class Said:
    """What an answer's envelope says, apart from the content."""

    model: str | None  # as the provider names it
    finish: Finish
    usage: Usage | None  # None: not said, or not believable (zero, negative, no number, text without a token)
    text: str  # content of the first choice; arguments of its tool call
    refusal: str = ""
    tokens: tuple[TokenChance, ...] = ()  # of `text`, with log-probabilities; empty: not given


def read(wire: Wire, body: bytes) -> Said | None:
    """Return what the envelope of a successful answer says; None if it is no JSON object of that protocol."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict):
        return None
    try:
        said = _READERS[wire](data)
        free_text = said.text and said.usage is not None and said.usage.output == 0
        return replace(said, usage=None) if free_text else said
    except (KeyError, IndexError, TypeError, AttributeError, ValueError):
        return None


def _openai(data: dict[str, Any]) -> Said:
    choice = data["choices"][0]
    message = choice["message"]
    calls = message.get("tool_calls") or []
    text = calls[0]["function"]["arguments"] if calls else message.get("content")
    refusal = message.get("refusal") or ""
    usage = data.get("usage") or {}
    details = usage.get("prompt_tokens_details") or {}
    return Said(
        model=data.get("model"),
        finish="refusal" if refusal else _finish(choice.get("finish_reason")),
        usage=_usage(usage.get("prompt_tokens"), usage.get("completion_tokens"), details.get("cached_tokens"), None),
        text=text or "",
        refusal=refusal,
        tokens=() if calls else token_chances((choice.get("logprobs") or {}).get("content")),
    )


def _anthropic(data: dict[str, Any]) -> Said:
    parts = data["content"]
    tools = [json.dumps(part["input"]) for part in parts if part.get("type") == "tool_use"]
    text = tools[0] if tools else "".join(part.get("text", "") for part in parts)
    usage = data.get("usage") or {}
    cached, written = usage.get("cache_read_input_tokens") or 0, usage.get("cache_creation_input_tokens") or 0
    plain = usage.get("input_tokens")
    finish = _finish(data.get("stop_reason"))
    return Said(
        model=data.get("model"),
        finish=finish,
        usage=_usage(None if plain is None else plain + cached + written, usage.get("output_tokens"), cached, written),
        text=text,
        refusal=text if finish == "refusal" else "",
    )


def _google(data: dict[str, Any]) -> Said:
    blocked = (data.get("promptFeedback") or {}).get("blockReason")
    usage = data.get("usageMetadata") or {}
    answered, thought = usage.get("candidatesTokenCount"), usage.get("thoughtsTokenCount") or 0
    spent = _usage(
        usage.get("promptTokenCount"),
        thought if answered is None and blocked else None if answered is None else answered + thought,
        usage.get("cachedContentTokenCount"),
        None,
    )
    if blocked:
        return Said(data.get("modelVersion"), "filtered", spent, "", str(blocked))
    candidate = data["candidates"][0]
    parts = (candidate.get("content") or {}).get("parts") or []
    calls = [json.dumps(part["functionCall"].get("args", {})) for part in parts if "functionCall" in part]
    text = calls[0] if calls else "".join(part.get("text", "") for part in parts if not part.get("thought"))
    return Said(data.get("modelVersion"), _finish(candidate.get("finishReason")), spent, text)


_READERS = {"openai": _openai, "anthropic": _anthropic, "google": _google}


def _finish(said: Any) -> Finish:
    return _FINISH.get(str(said).lower(), "unknown")


def _usage(given: Any, answered: Any, cached: Any, written: Any) -> Usage | None:
    """Return the usage if it can be true: at least one token of input, nothing negative or beyond every model."""
    numbers = [given, answered, cached or 0, written or 0]
    if any(not isinstance(number, int) or isinstance(number, bool) for number in numbers):
        return None
    if not all(0 <= number <= MOST_TOKENS for number in numbers):
        return None
    if given == 0 or numbers[2] + numbers[3] > given:
        return None
    return Usage(given, answered, numbers[2], numbers[3])
