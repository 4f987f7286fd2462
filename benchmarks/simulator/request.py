"""What a request to the chat completions end point asks for."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MARKED = re.compile(r"<<<\s*([0-9a-fA-F]{8,64})\b\s*(.*?)\s*\b\1\s*>>>", re.DOTALL)
_WINDOW = re.compile(r"\brows?\s+(\d+)\s*(?:to|-|–|through)\s*(\d+)", re.IGNORECASE)
_ON_PAGE = re.compile(r"\brows?\s+(?:that\s+(?:stand|are)\s+)?(?:on|of|from)\s+pages?\s+(\d+)", re.IGNORECASE)


class BadRequest(ValueError):
    """The request is not one that the protocol knows; `parameter` names the culprit."""

    def __init__(self, message: str, parameter: str | None = None) -> None:
        super().__init__(message)
        self.parameter = parameter


@dataclass(frozen=True, slots=True)
class Request:
    """A request, read."""

    model: str
    prompt: str  # all that the model reads, in the order in which providers put it: schema, tools, messages
    pictures: int
    document: str  # the text between the markers; without markers, all that the user wrote
    question: str  # the words of the user that stand outside the markers
    schema: Mapping[str, Any] | None  # JSON schema of the answer; None: free text
    strict: bool  # the server holds itself to the schema
    tool: str | None  # name of the tool to call; None: the answer is the content
    most_tokens: int | None
    samples: int  # answers wanted
    sample: int  # number of the first one
    logprobs: bool
    top_logprobs: int

    @property
    def window(self) -> tuple[int, int] | None:
        """The rows asked for, from 1, both included."""
        found = _WINDOW.search(self.question)
        return (int(found[1]), int(found[2])) if found else None

    @property
    def page(self) -> int | None:
        """The page whose rows are asked for."""
        found = _ON_PAGE.search(self.question)
        return int(found[1]) if found else None


def read_request(body: bytes) -> Request:
    """Read the body of a request; raises BadRequest."""
    try:
        data = json.loads(body)
    except ValueError:
        raise BadRequest("We could not parse the JSON body of your request.") from None
    if not isinstance(data, dict):
        raise BadRequest("The body is no JSON object.")
    if not isinstance(data.get("model"), str) or not data["model"]:
        raise BadRequest("you must provide a model parameter", "model")
    messages = data.get("messages")
    if not isinstance(messages, list) or not messages or not all(isinstance(each, dict) for each in messages):
        raise BadRequest("Missing required parameter: 'messages'.", "messages")
    if data.get("stream"):
        raise BadRequest("This server does not stream. Leave out 'stream'.", "stream")
    schema, strict, tool = _wanted(data)
    said = [_words(message.get("content")) for message in messages]
    asked = "\n".join(
        text
        for message, (text, _) in zip(messages, said, strict=True)
        if message.get("role") not in ("system", "developer")
    )
    marked = [match[2] for match in MARKED.finditer(asked)]
    most = data.get("max_completion_tokens", data.get("max_tokens"))
    return Request(
        model=data["model"],
        prompt=_prompt(data, [(str(m.get("role")), text) for m, (text, _) in zip(messages, said, strict=True)]),
        pictures=sum(pictures for _, pictures in said),
        document="\n".join(marked) if marked else asked,
        question=MARKED.sub(" ", asked) if marked else asked,
        schema=schema,
        strict=strict,
        tool=tool,
        most_tokens=_whole(most, "max_completion_tokens", 1),
        samples=_whole(data.get("n"), "n", 1) or 1,
        sample=_whole(data.get("seed"), "seed") or 0,
        logprobs=bool(data.get("logprobs")),
        top_logprobs=_whole(data.get("top_logprobs"), "top_logprobs") or 0,
    )


def _whole(value: Any, name: str, least: int | None = None) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or (least is not None and value < least):
        raise BadRequest(f"Invalid value for '{name}': {value!r}.", name)
    return value


def _words(content: Any) -> tuple[str, int]:
    """Return the text of a message and the number of its pictures."""
    if isinstance(content, str):
        return content, 0
    parts = [part for part in content or () if isinstance(part, dict)]
    text = "\n".join(str(part.get("text", "")) for part in parts if part.get("type") == "text")
    return text, sum(part.get("type") == "image_url" for part in parts)


def _wanted(data: Mapping[str, Any]) -> tuple[Mapping[str, Any] | None, bool, str | None]:
    """Return the schema of the answer, whether it binds, and the tool that is to be called."""
    wish = data.get("response_format") or {}
    tools = data.get("tools") or []
    if tools and data.get("tool_choice") != "none":
        named = data.get("tool_choice")
        name = named["function"]["name"] if isinstance(named, dict) else None
        function = next((t["function"] for t in tools if name in (None, t["function"]["name"])), None)
        if function is None:
            raise BadRequest(f"Tool choice '{name}' is not among the tools.", "tool_choice")
        return function.get("parameters") or {}, bool(function.get("strict")), function["name"]
    if wish.get("type") == "json_schema":
        schema = wish.get("json_schema") or {}
        if not isinstance(schema.get("schema"), dict) or not schema.get("name"):
            raise BadRequest("Missing required parameter: 'response_format.json_schema'.", "response_format")
        return schema["schema"], bool(schema.get("strict")), None
    return None, False, None


def _prompt(data: Mapping[str, Any], messages: list[tuple[str, str]]) -> str:
    """Schema and tools come first, as providers put them: what changes there spoils the cache of all that follows."""
    head = [json.dumps(data[name], ensure_ascii=False) for name in ("tools", "response_format") if data.get(name)]
    return "\n".join([*head, *(f"{role}: {text}" for role, text in messages)])
