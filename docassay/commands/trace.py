"""What models were asked about a document, and what they said."""

from __future__ import annotations

import json as json_text
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from docassay.entrance import NO_FLAGS, Common, settings_of, stored
from docassay.exit_codes import ExitCode
from docassay.terminal import clean, data, data_json

if TYPE_CHECKING:
    from schemas.calls import SpanRecord
    from store.responses import Kept

LONGEST = 2_000  # characters of a prompt or answer that are shown; --full shows all


def trace(
    document: str,
    *,
    full: bool = False,
    json: bool = False,
    common: Annotated[Common, Parameter(name="*")] = NO_FLAGS,
) -> int:
    """Show every call about a document: why it was made, prompt, answer, tokens, cost, time, and each attempt.

    Args:
        document: file name, path, or the first digits of its sha256.
        full: prompts and answers in full.
        json: one JSON object per span.
    """
    from schemas.errors import UnknownDocument
    from store.responses import Responses
    from store.traces import Traces

    store = stored(settings_of(common))
    try:
        found = store.find(document)
        spans = Traces(store.database).of_document(found.sha256)
        kept = {each.call: each for each in Responses(store.database).of_document(found.sha256)}
    finally:
        store.close()
    if not spans:
        raise UnknownDocument(f"No calls about {found.name} are kept. Either no model was asked, or they are deleted.")
    if json:
        for span in spans:
            data_json(_as_data(span, kept))
        return ExitCode.DONE
    data(f"{found.name} ({found.sha256[:12]})")
    for call in (span for span in spans if span.attributes.get("docassay.level") == "call"):
        attempts = [span for span in spans if span.parent == call.id]
        for line in _call_lines(call, attempts, kept, None if full else LONGEST):
            data(clean(line))
    return ExitCode.DONE


def _call_lines(
    call: SpanRecord, attempts: Sequence[SpanRecord], kept: Mapping[str, Kept], longest: int | None
) -> list[str]:
    said = call.attributes
    lines = [
        f"├─ {call.started_at:%Y-%m-%d %H:%M:%S} UTC  {said.get('gen_ai.provider.name')}/"
        f"{said.get('gen_ai.request.model')}  {_outcome(call)}",
        f"│    fields  {', '.join(said.get('docassay.fields', ()))}",
        f"│    why     {said.get('docassay.route')}",
        f"│    prompt  version {str(said.get('docassay.prompt'))[:12]}, trace {call.trace[:12]}",
    ]
    for attempt in attempts:
        lines.append(f"│  ├─ attempt {attempt.attributes.get('docassay.attempt')}  {_outcome(attempt)}")
    asked = [str(attempt.attributes.get("docassay.call")) for attempt in reversed(attempts)]
    answered = next((kept[one] for one in asked if one in kept), None)
    if answered is not None:
        for role, text in _messages(answered):
            lines += _indented(f"{role}:", text, longest)
        lines += _indented("answer:", _answer(answered), longest)
    return lines


def _outcome(span: SpanRecord) -> str:
    from extractors.llm.guards.budget import dollars

    said = span.attributes
    parts = [f"{(span.ended_at - span.started_at).total_seconds():.2f} s"]
    if "gen_ai.usage.input_tokens" in said:
        parts.append(f"{said['gen_ai.usage.input_tokens']} tokens in, {said['gen_ai.usage.output_tokens']} out")
    if "docassay.cost_nano_dollars" in said:
        parts.append(dollars(said["docassay.cost_nano_dollars"]))
    if said.get("docassay.served") == "store":
        parts.append("answer kept from before")
    if not span.ok:
        parts.append(str(said.get("docassay.refusal") or f"failed: {said.get('error.type')}"))
    return ", ".join(parts)


def _messages(kept: Kept) -> list[tuple[str, str]]:
    """Who says what in the request, whatever its protocol; the raw body if it has no messages."""
    try:
        body = json_text.loads(kept.request)
    except ValueError:
        return [("request", kept.request.decode("utf-8", "replace"))]
    messages = body.get("messages") or body.get("contents") or []
    told = [("system", _text(body[key])) for key in ("system", "systemInstruction") if body.get(key)]
    return [*told, *((str(each.get("role", "")), _text(each.get("content", each.get("parts")))) for each in messages)]


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    if isinstance(content, dict):
        return _text(content.get("text", content.get("parts", "")))
    return "\n".join(_text(part) for part in content or ())


def _answer(kept: Kept) -> str:
    from extractors.llm.client import WIRES
    from extractors.llm.wire import read

    said = read(WIRES.get(kept.provider, "openai"), kept.answer.body)
    return said.text or said.refusal if said else kept.answer.body.decode("utf-8", "replace")


def _indented(head: str, text: str, longest: int | None) -> list[str]:
    shown = text if longest is None or len(text) <= longest else f"{text[:longest]}\n… (--full shows all)"
    return [f"│    {head}", *(f"│      {line}" for line in shown.splitlines())]


def _as_data(span: SpanRecord, kept: Mapping[str, Kept]) -> dict[str, Any]:
    answered = kept.get(str(span.attributes.get("docassay.call")))
    out: dict[str, Any] = {
        "trace": span.trace,
        "span": span.id,
        "parent": span.parent,
        "name": span.name,
        "started_at": span.started_at.isoformat(),
        "seconds": round((span.ended_at - span.started_at).total_seconds(), 6),
        "ok": span.ok,
        "attributes": dict(span.attributes),
    }
    if answered is not None and span.attributes.get("docassay.level") == "attempt":
        out["messages"] = [{"role": role, "text": text} for role, text in _messages(answered)]
        out["answer"] = _answer(answered)
    return out
