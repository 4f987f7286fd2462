"""The most that a call can cost, known before it is made; and what it did cost, read from its answer."""

from __future__ import annotations

import json
import math
from typing import Any

from extractors.llm.prices import Price
from extractors.llm.wire import read
from schemas.calls import Answer, Call, Wire

# Most tokens of one picture: the largest figure among the providers' own reckonings (OpenAI 85 + 170 for each tile of
# 512 pixels, at most 8 after scaling, times 33.3 for its small models; Anthropic width x height / 750; Google 258 for
# each tile of 768 pixels). Pages are sent with at most 2,048 pixels a side.
PICTURE_TOKENS = 50_000
NO_ROOM = frozenset((503, 529))  # status codes by which a server says that it does not begin
ENVELOPE_TOKENS = 1_000  # what a provider adds: its own instructions for tools, marks of roles
HEADS = ("iVBORw0K", "/9j/")  # PNG and JPEG in base64; a message of ours never begins like that
SHORTEST_PICTURE = 1_000  # characters of base64: shorter ones count as text


def input_bound(body: bytes) -> int:
    """Return how many tokens a request can have at most.

    A tokenizer over bytes gives at most one token for each byte of text (byte-pair encoding: Sennrich et al., 2016,
    on bytes as in GPT-2, 2019); escapes of JSON only make the count larger. Pictures are counted by PICTURE_TOKENS.
    """
    try:
        pictures, length = _pictures(json.loads(body))
    except (ValueError, RecursionError):
        return len(body) + ENVELOPE_TOKENS
    return len(body) - length + pictures * PICTURE_TOKENS + ENVELOPE_TOKENS


def worst_cost(call: Call, price: Price) -> int:
    """Return the most that a call can cost, in nano-dollars."""
    return price.worst(input_bound(call.body), call.max_output_tokens)


def settled_cost(wire: Wire, answer: Answer, price: Price, hold: int) -> int:
    """Return what an answer costs, in nano-dollars; the whole hold where its usage is not said or not believable.

    Answers by which a provider declines before any work (bad request, no access, unknown model, too many requests, no
    room) cost nothing. Other errors may hide work that was done: behind a gateway that lost patience, for instance.
    """
    if 400 <= answer.status < 500 or answer.status in NO_ROOM:
        return 0
    said = read(wire, answer.body) if answer.status < 300 else None
    if said is None or said.usage is None:
        return hold
    return price.of(said.usage)


def _pictures(node: Any) -> tuple[int, int]:
    """Number of pictures in a request, and the characters that their data takes."""
    found = [_one(text) for text in _texts(node)]
    return sum(pictures for pictures, _ in found), sum(length for _, length in found)


def _texts(node: Any) -> list[str]:
    if isinstance(node, str):
        return [node]
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return [text for child in children for text in _texts(child)]


def _one(text: str) -> tuple[int, int]:
    data = text.partition(";base64,")[2] if text.startswith("data:image/") else text
    is_picture = len(data) >= SHORTEST_PICTURE and data.startswith(HEADS)
    return (1, len(data)) if is_picture else (0, 0)


def tokens_in(body: bytes) -> int:
    """Return about how many tokens a text has: four bytes each, as providers' own guides say. For forecasts only."""
    return math.ceil(len(body) / 4)
