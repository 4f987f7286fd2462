"""Where spans go: into the database always, and to a collector where one is named. Neither can hold work up."""

from __future__ import annotations

import logging
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import StatusCode

from extractors.llm.guards.traced import LEVEL
from schemas.calls import SpanRecord
from schemas.errors import SettingsError

CONTENT = frozenset(("gen_ai.input.messages", "gen_ai.output.messages"))  # kept elsewhere, byte for byte
COLLECTOR_SECONDS = 5  # for one delivery
CLOSING_SECONDS = 2.0  # at the end, for what is still to be delivered

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Collector:
    """Where else spans go."""

    endpoint: str  # OTLP over HTTP, such as http://localhost:4318/v1/traces


def open_tracing(keep: Callable[[Iterable[SpanRecord]], None], collector: Collector | None) -> TracerProvider:
    """Return a provider of tracers of our own; the program's global one is left alone.

    Args:
        keep: writes spans into the database.
        collector: None sends nothing anywhere.

    Raises:
        SettingsError: the package for collectors is not installed.
    """
    resource = Resource({"service.name": "docassay", "service.version": version("docassay")})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(_ToDatabase(keep))
    if collector is not None:
        provider.add_span_processor(_to_collector(collector))
    return provider


def close_tracing(provider: TracerProvider) -> None:
    """Deliver what is left, for at most CLOSING_SECONDS: a dead collector must not keep a program from ending."""
    closing = threading.Thread(target=provider.shutdown, name="traces", daemon=True)
    closing.start()
    closing.join(CLOSING_SECONDS)


class _ToDatabase(SpanProcessor):
    """Writes the spans of a call, its attempts with it, in one transaction when the call has ended."""

    def __init__(self, keep: Callable[[Iterable[SpanRecord]], None]) -> None:
        self._keep = keep
        self._lock = threading.Lock()
        self._waiting: dict[int, list[SpanRecord]] = defaultdict(list)  # by the span id of the call

    def on_end(self, span: ReadableSpan) -> None:
        attributes = dict(span.attributes or {})
        is_call = attributes.get(LEVEL) == "call"
        key = span.context.span_id if is_call else (span.parent.span_id if span.parent else 0)
        with self._lock:
            self._waiting[key].append(_record(span, attributes))
            ended = self._waiting.pop(key) if is_call else []
        if ended:
            try:
                self._keep(reversed(ended))
            except Exception as error:  # noqa: BLE001 - a trace that cannot be kept must not cost the answer
                _log.warning("A trace was not kept: %s", type(error).__name__)


def _record(span: ReadableSpan, attributes: dict[str, Any]) -> SpanRecord:
    return SpanRecord(
        id=f"{span.context.span_id:016x}",
        trace=f"{span.context.trace_id:032x}",
        parent=f"{span.parent.span_id:016x}" if span.parent else None,
        document=str(attributes.get("docassay.document", "")),
        name=span.name,
        started_at=_moment(span.start_time),
        ended_at=_moment(span.end_time),
        ok=span.status.status_code is not StatusCode.ERROR,
        attributes={name: value for name, value in attributes.items() if name not in CONTENT},
    )


def _moment(nanoseconds: int | None) -> datetime:
    return datetime.fromtimestamp((nanoseconds or 0) / 1e9, UTC)


def _to_collector(collector: Collector) -> SpanProcessor:
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    except ImportError:
        raise SettingsError(
            "traces.endpoint names a collector, and the package that speaks to one is not installed. "
            "Install it with: pip install 'docassay[otlp]'"
        ) from None
    for name in ("opentelemetry.sdk.trace.export", "opentelemetry.exporter.otlp.proto.http.trace_exporter"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # a dead collector is not worth a line for each batch
    return BatchSpanProcessor(OTLPSpanExporter(endpoint=collector.endpoint, timeout=COLLECTOR_SECONDS))
