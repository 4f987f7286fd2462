"""An envelope is read in each provider's protocol; a usage that cannot be true is none."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.llm.wire import Usage, read


def openai(message: dict[str, Any], finish: str = "stop", usage: Any = None) -> bytes:
    return json.dumps(
        {"model": "m-1", "choices": [{"message": message, "finish_reason": finish}], "usage": usage}
    ).encode()


USAGE = {"prompt_tokens": 100, "completion_tokens": 20, "prompt_tokens_details": {"cached_tokens": 64}}


def test_openai_content_and_tool_call() -> None:
    """Structured output and a tool call give the same text."""
    said = read("openai", openai({"content": '{"a": 1}'}, usage=USAGE))
    assert said is not None and said.text == '{"a": 1}' and said.finish == "complete" and said.model == "m-1"
    assert said.usage == Usage(100, 20, 64)
    call = {"content": None, "tool_calls": [{"function": {"arguments": '{"a": 1}'}}]}
    tool = read("openai", openai(call, "tool_calls"))
    assert tool is not None and tool.text == '{"a": 1}' and tool.finish == "complete" and tool.usage is None


@pytest.mark.parametrize(
    ("message", "finish", "expected"),
    [
        ({"content": None, "refusal": "I cannot."}, "stop", "refusal"),
        ({"content": "x"}, "length", "length"),
        ({"content": ""}, "content_filter", "filtered"),
        ({"content": "x"}, "something_new", "unknown"),
        ({"content": "x"}, None, "unknown"),
    ],
)
def test_how_it_ended(message: dict[str, Any], finish: Any, expected: str) -> None:
    """A refusal with HTTP 200, a cut answer and a filtered one are told apart before anything is parsed."""
    said = read("openai", openai(message, finish))
    assert said is not None and said.finish == expected


@pytest.mark.parametrize(
    "usage",
    [
        None,
        {},
        {"prompt_tokens": 0, "completion_tokens": 0},
        {"prompt_tokens": -5, "completion_tokens": 3},
        {"prompt_tokens": "7", "completion_tokens": 3},
        {"prompt_tokens": 7, "completion_tokens": None},
        {"prompt_tokens": True, "completion_tokens": 3},
        {"prompt_tokens": 7, "completion_tokens": 3, "prompt_tokens_details": {"cached_tokens": 9}},
        {"prompt_tokens": 7.5, "completion_tokens": 3},
        {"prompt_tokens": 7, "completion_tokens": 0},
        {"prompt_tokens": 10**30, "completion_tokens": 3},
        {"prompt_tokens": 7, "completion_tokens": 10**9},
    ],
)
def test_unbelievable_usage(usage: Any) -> None:
    """Missing, zero, negative, astronomic and impossible figures count as unknown, never as free."""
    said = read("openai", openai({"content": "x"}, usage=usage))
    assert said is not None and said.usage is None


def test_anthropic() -> None:
    """Cached and written tokens are counted into the input; the tool's input is the text."""
    body = {
        "model": "c",
        "content": [{"type": "text", "text": "hm"}, {"type": "tool_use", "input": {"a": "1"}}],
        "stop_reason": "tool_use",
        "usage": {
            "input_tokens": 10,
            "output_tokens": 5,
            "cache_read_input_tokens": 90,
            "cache_creation_input_tokens": 20,
        },
    }
    said = read("anthropic", json.dumps(body).encode())
    assert said is not None and json.loads(said.text) == {"a": "1"} and said.usage == Usage(120, 5, 90, 20)
    refused = read("anthropic", json.dumps({"content": [], "stop_reason": "refusal"}).encode())
    assert refused is not None and refused.finish == "refusal"


def test_google() -> None:
    """Thinking is billed as output; a blocked prompt has no candidate."""
    body = {
        "modelVersion": "g",
        "candidates": [{"content": {"parts": [{"text": "{}"}]}, "finishReason": "STOP"}],
        "usageMetadata": {"promptTokenCount": 50, "candidatesTokenCount": 7, "thoughtsTokenCount": 30},
    }
    said = read("google", json.dumps(body).encode())
    assert said is not None and said.text == "{}" and said.finish == "complete" and said.usage == Usage(50, 37)
    blocked = read("google", json.dumps({"promptFeedback": {"blockReason": "SAFETY"}}).encode())
    assert blocked is not None and blocked.finish == "filtered"


@given(
    st.binary()
    | st.recursive(
        st.none() | st.integers() | st.text(),
        lambda x: (
            st.dictionaries(
                st.sampled_from(["choices", "message", "content", "usage", "candidates", "parts", "promptFeedback"]), x
            )
            | st.lists(x)
        ),
    ).map(lambda value: json.dumps(value).encode()),
    st.sampled_from(["openai", "anthropic", "google"]),
)
def test_nothing_makes_it_fail(body: bytes, wire: Any) -> None:
    """Whatever a server sends, reading it gives an answer or None."""
    read(wire, body)
