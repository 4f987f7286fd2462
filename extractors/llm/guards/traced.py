"""Traces: one span for each call and one for each attempt, refusals too. No text of documents stands in them.

Attributes follow OpenTelemetry's semantic conventions for generative AI (1.37); what they lack is called docassay.*.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Literal

from opentelemetry.trace import (
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    Tracer,
    use_span,
)
from opentelemetry.trace import set_span_in_context as within
from opentelemetry.trace.span import Span

from extractors.llm.guards.guard import Guard
from extractors.llm.wire import Said, read
from schemas.calls import Answer, Call
from schemas.errors import CallRefused

Cost = Callable[[Call, Answer | None], int | None]  # nano-dollars; None as the answer: none came, and it may be billed
LEVEL = "docassay.level"


class Traced:
    """Writes down what goes through."""

    def __init__(
        self,
        next_guard: Guard,
        tracer: Tracer,
        level: Literal["call", "attempt"],
        now: Callable[[], datetime],
        cost: Cost,
        *,
        content: bool = False,
    ) -> None:
        """Trace with `tracer`; `content` puts prompts and answers into the spans, for a collector of one's own."""
        self._next = next_guard
        self._tracer = tracer
        self._level = level
        self._now = now
        self._cost = cost
        self._content = content

    def send(self, call: Call) -> Answer:
        """Return the answer of the next guard; what it raises goes on."""
        span = self._tracer.start_span(
            f"{self._level} {call.model}",
            context=within(_parent(call)) if self._level == "call" else None,
            kind=SpanKind.CLIENT,
            attributes=_asked(call, self._level),
            start_time=_nanoseconds(self._now()),
            record_exception=False,
        )
        try:
            with use_span(span, record_exception=False, set_status_on_exception=False):
                answer = self._next.send(call)
            self._answered(span, call, answer)
            return answer
        except CallRefused as refusal:
            self._refused(span, call, refusal)
            raise
        except BaseException as error:
            span.set_attribute("error.type", type(error).__name__)
            span.set_status(Status(StatusCode.ERROR))
            raise
        finally:
            span.end(_nanoseconds(self._now()))

    def _answered(self, span: Span, call: Call, answer: Answer) -> None:
        said = read(call.wire, answer.body) if answer.status < 300 else None
        span.set_attributes(_told(answer, said))
        cost = self._cost(call, answer)
        if cost is not None:
            span.set_attribute("docassay.cost_nano_dollars", cost)
        if self._content:
            span.set_attribute("gen_ai.input.messages", call.body.decode("utf-8", "replace"))
            span.set_attribute("gen_ai.output.messages", said.text if said else "")
        if answer.status >= 400:
            span.set_attribute("error.type", str(answer.status))
            span.set_status(Status(StatusCode.ERROR))

    def _refused(self, span: Span, call: Call, refusal: CallRefused) -> None:
        span.set_attributes({"error.type": refusal.reason.value, "docassay.refusal": refusal.message})
        span.set_status(Status(StatusCode.ERROR))
        if type(refusal).__name__ == "Lost" and (cost := self._cost(call, None)) is not None:
            span.set_attribute("docassay.cost_nano_dollars", cost)


def _asked(call: Call, level: str) -> dict[str, str | int | tuple[str, ...]]:
    purpose = call.purpose
    return {
        LEVEL: level,
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": call.provider,
        "gen_ai.request.model": call.model,
        "gen_ai.request.max_tokens": call.max_output_tokens,
        "docassay.call": call.id,
        "docassay.attempt": call.attempt,
        "docassay.document": purpose.document,
        "docassay.run": purpose.run,
        "docassay.schema": purpose.schema_name,
        "docassay.fields": purpose.fields,
        "docassay.prompt": purpose.prompt,
        "docassay.route": purpose.route,
    }


def _told(answer: Answer, said: Said | None) -> dict[str, str | int | tuple[str, ...]]:
    told: dict[str, str | int | tuple[str, ...]] = {
        "http.response.status_code": answer.status,
        "docassay.served": answer.served,
    }
    if said is not None:
        told["gen_ai.response.finish_reasons"] = (said.finish,)
        if said.model:
            told["gen_ai.response.model"] = said.model
        if said.usage is not None:
            told["gen_ai.usage.input_tokens"] = said.usage.input
            told["gen_ai.usage.output_tokens"] = said.usage.output
            told["gen_ai.usage.cache_read.input_tokens"] = said.usage.cached
    return told


def _parent(call: Call) -> NonRecordingSpan:
    """The document's own trace: its id is in the record, so the calls must carry it."""
    trace = int(call.purpose.trace or call.id, 16)
    return NonRecordingSpan(SpanContext(trace, trace >> 64 or 1, is_remote=True, trace_flags=TraceFlags(1)))


def _nanoseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000) * 1_000
