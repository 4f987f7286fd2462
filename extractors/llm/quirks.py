"""What a server accepts: known from the outset for some models, learned from its own words for all others."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

Mode = Literal["structured", "tools"]
OutputLimit = Literal["max_tokens", "max_completion_tokens"]

# Models that think before they answer take no temperature (OpenAI, "Reasoning models", 2026).
_REASONING = re.compile(r"(o[1-9]|gpt-(5|6))(?![0-9])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Quirks:
    """How requests to one model are to be written."""

    mode: Mode
    output_limit: OutputLimit
    temperature: bool = True
    logprobs: bool = True
    strict: bool = True  # the provider is told to enforce the schema


def expected(provider: str, model: str, mode: str, *, own_server: bool) -> Quirks:
    """Return what is likely for a model before anything was heard of its server."""
    at_openai = provider == "openai" and not own_server
    return Quirks(
        mode="tools" if mode == "tools" else "structured",
        output_limit="max_completion_tokens" if at_openai else "max_tokens",
        temperature=not (provider == "openai" and _REASONING.match(model)),
    )


def lesson(quirks: Quirks, status: int, body: bytes, mode: str) -> Quirks | None:
    """Return other quirks that a refusal of the server asks for; None if it is about something else."""
    if status not in (400, 422):
        return None
    said = body[:20_000].decode("utf-8", "replace").lower()
    if "temperature" in said and quirks.temperature:
        return replace(quirks, temperature=False)
    if "logprobs" in said and quirks.logprobs:
        return replace(quirks, logprobs=False)
    if "max_completion_tokens" in said and quirks.output_limit == "max_tokens":
        return replace(quirks, output_limit="max_completion_tokens")
    if "max_tokens" in said and "max_completion_tokens" not in said and quirks.output_limit != "max_tokens":
        return replace(quirks, output_limit="max_tokens")
    formats = ("response_format", "json_schema", "output_format", "response_schema", "structured output", "grammar")
    if mode == "auto" and quirks.mode == "structured" and any(word in said for word in formats):
        return replace(quirks, mode="tools")
    if quirks.strict and any(word in said for word in ("strict", "schema", "additionalproperties")):
        return replace(quirks, strict=False)
    return None
