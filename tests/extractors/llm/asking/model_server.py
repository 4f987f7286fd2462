"""What a test's model server answers, in the envelopes of three protocols."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Reply:
    """What the server answers to one request."""

    text: str = ""
    finish: str = "stop"
    refusal: str | None = None
    status: int = 200
    body: bytes | None = None  # instead of an envelope


@dataclass
class ModelServer:
    """Answers requests in turn; the last reply serves all further ones."""

    url: str = ""
    replies: list[Reply | Callable[[dict[str, Any]], Reply]] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    def reply(self, path: str, body: dict[str, Any]) -> tuple[int, bytes]:
        self.requests.append(body)
        self.paths.append(path)
        chosen = self.replies[min(len(self.requests), len(self.replies)) - 1]
        reply = chosen(body) if callable(chosen) else chosen
        if reply.body is not None:
            return reply.status, reply.body
        if reply.status >= 400:
            return reply.status, json.dumps({"error": {"message": reply.text}}).encode()
        return 200, json.dumps(_envelope(path, body, reply)).encode()


def _envelope(path: str, body: dict[str, Any], reply: Reply) -> dict[str, Any]:
    if path.endswith("/messages") or "/messages?" in path:
        tools = body.get("tools")
        part = (
            {"type": "tool_use", "id": "t1", "name": tools[0]["name"], "input": json.loads(reply.text)}
            if tools
            else {"type": "text", "text": reply.text}
        )
        stop = {"stop": "tool_use" if tools else "end_turn", "length": "max_tokens"}.get(reply.finish, reply.finish)
        return {
            "id": "m1", "type": "message", "role": "assistant", "model": "m", "content": [part], "stop_reason": stop,
            "stop_sequence": None, "usage": {"input_tokens": 100, "output_tokens": 10},
        }  # fmt: skip
    if "generateContent" in path:
        part = {"text": reply.text}
        if body.get("tools"):
            name = body["tools"][0]["functionDeclarations"][0]["name"]
            part = {"functionCall": {"name": name, "args": json.loads(reply.text)}}
        return {
            "candidates": [{"content": {"role": "model", "parts": [part]}, "finishReason": reply.finish.upper()}],
            "usageMetadata": {"promptTokenCount": 100, "candidatesTokenCount": 10, "totalTokenCount": 110},
            "modelVersion": "m",
        }
    message: dict[str, Any] = {"role": "assistant", "content": reply.text, "refusal": reply.refusal}
    if body.get("tools"):
        name = body["tools"][0]["function"]["name"]
        call = {"id": "c1", "type": "function", "function": {"name": name, "arguments": reply.text}}
        message = {**message, "content": None, "tool_calls": [call]}
    return {
        "id": "c1", "object": "chat.completion", "created": 1, "model": "m",
        "choices": [{"index": 0, "message": message, "finish_reason": reply.finish}],
        "usage": {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110},
    }  # fmt: skip
