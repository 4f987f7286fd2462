"""From a request to the bytes of an answer, in the form of the chat completions end point."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from benchmarks.simulator.answer import Answerer, Piece
from benchmarks.simulator.draws import Draw
from benchmarks.simulator.faults import REFUSAL, Fault, error, spoiled, stated_usage, too_long
from benchmarks.simulator.library import Known, Library
from benchmarks.simulator.logprobs import Token, logprobs, tokens
from benchmarks.simulator.profiles import Profile
from benchmarks.simulator.request import Request
from benchmarks.simulator.usage import PrefixCache, Usage, prompt_tokens


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer and what it costs."""

    status: int
    body: Mapping[str, Any]
    billed: Usage | None  # None: no model ran


class Model:
    """The simulated model: one library, one profile, one seed."""

    def __init__(self, library: Library, profile: Profile, seed: int = 0) -> None:
        self.library = library
        self.profile = profile
        self.seed = seed
        self.cache = PrefixCache()

    def recognise(self, request: Request) -> Known | None:
        """Return the document that a request is about."""
        return self.library.recognise(request.document)

    def reply(self, request: Request, known: Known | None, fault: Fault | None) -> Reply:
        """Answer a request; a fault spoils the answer where it lies in the answer."""
        prompt = prompt_tokens(request.prompt, request.pictures)
        wanted = prompt + (request.most_tokens or 0)
        if wanted > self.profile.context_tokens:
            return Reply(400, too_long(self.profile.context_tokens, wanted), None)
        cached = min(prompt, self.cache.seen(request.model, request.prompt))
        choices, completion = [], 0
        for index in range(request.samples):
            choice, count = self._choice(request, known, fault, index)
            choices.append(choice)
            completion += count
        billed = Usage(prompt, completion, cached)
        if fault is not None and fault.name == "truncated_500":
            message = "Failed to parse input at pos 512: unexpected end of input; the answer was cut at the limit."
            return Reply(500, error(message, "server_error", None), billed)
        digest = blake2b(request.prompt.encode(), digest_size=12).hexdigest()
        body = {
            "id": f"chatcmpl-{digest}",
            "object": "chat.completion",
            "created": int(time.time()),
            "model": request.model,
            "system_fingerprint": f"simulated-{self.profile.name}",
            "choices": choices,
        }
        usage = stated_usage(fault, billed.stated())
        return Reply(200, body if usage is None else {**body, "usage": usage}, billed)

    def _choice(
        self, request: Request, known: Known | None, fault: Fault | None, index: int
    ) -> tuple[dict[str, Any], int]:
        """Return one answer and the number of its tokens."""
        sample = request.sample + index
        name = fault.name if fault else ""
        if name in ("refusal", "content_filter"):
            refusal = REFUSAL if name == "refusal" else None
            finish = "stop" if name == "refusal" else "content_filter"
            message = {"role": "assistant", "content": None, "refusal": refusal}
            return _choice(index, message, finish, None), len(REFUSAL) // 4
        pieces: Sequence[Piece] = Answerer(request, known, self.profile, self.seed, sample).pieces()
        if fault is not None:
            plain = "".join(piece.text for piece in pieces)
            if (other := spoiled(fault, plain)) != plain:
                pieces = (Piece(other),)
        cut = tokens(pieces)
        finish = "tool_calls" if request.tool else "stop"
        limit = len(cut) // 2 if name.startswith("truncated") else request.most_tokens
        if limit is not None and len(cut) > limit:
            cut, finish = cut[:limit], "length"
        content = b"".join(token.data for token in cut).decode("utf-8", "ignore")
        if request.tool:
            return _choice(index, _tool_call(request.tool, content, sample), finish, None), len(cut)
        message = {"role": "assistant", "content": content, "refusal": None}
        return _choice(index, message, finish, self._certainties(request, known, sample, cut)), len(cut)

    def _certainties(
        self, request: Request, known: Known | None, sample: int, cut: Sequence[Token]
    ) -> dict[str, Any] | None:
        if not request.logprobs or self.profile.certainty is None:
            return None
        draw = Draw(self.seed, known.id if known else "", "", request.model, sample)
        return {"content": logprobs(cut, self.profile.certainty, draw, request.top_logprobs), "refusal": None}


def _choice(index: int, message: Mapping[str, Any], finish: str, certainties: Any) -> dict[str, Any]:
    return {"index": index, "message": message, "logprobs": certainties, "finish_reason": finish}


def _tool_call(name: str, arguments: str, sample: int) -> dict[str, Any]:
    digest = blake2b(f"{name}{arguments}{sample}".encode(), digest_size=12).hexdigest()
    function = {"name": name, "arguments": arguments}
    call = {"id": f"call_{digest}", "type": "function", "function": function}
    return {"role": "assistant", "content": None, "refusal": None, "tool_calls": [call]}


def to_bytes(body: Mapping[str, Any]) -> bytes:
    """Return the body as JSON."""
    return json.dumps(body, ensure_ascii=False).encode()
