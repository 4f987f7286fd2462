"""Documents that wait for a model: rules have filled what they can, and the rest is still worth a call."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flows.wiring import Line
from schemas.errors import Refusal
from schemas.results import Extraction, Fallback
from store.entities import Transition
from store.states import DECIDED, State
from store.store import WOKEN


@dataclass(frozen=True, slots=True)
class Wait:
    """Why a document is put off, and until when."""

    refusal: Refusal
    until: datetime


def worth_waiting(line: Line, document: str, extraction: Extraction) -> Wait | None:
    """Return how long the document should wait for a model; None when it is to be decided as it is.

    It waits while the cause can go away and a field is open that the model was to read, at most
    `model.patience_hours` in all; then a person decides with what rules found.
    """
    open_ones = [
        fallback for fallback in extraction.fallbacks if fallback.passing and _open_fields(extraction, fallback)
    ]
    if not open_ones:
        return None
    now = line.now()
    since = waiting_since(line.store.history(document)) or now
    end = since + timedelta(hours=line.settings.model.patience_hours)
    if now >= end:
        return None
    pause = timedelta(seconds=line.settings.retry.backoff_seconds)
    first = min(open_ones, key=lambda fallback: fallback.retry_at or now + pause)
    until = max(first.retry_at or now + pause, now + timedelta(seconds=1))
    names = sorted({name for fallback in open_ones for name in _open_fields(extraction, fallback)})
    fields = f"{len(names)} fields" if len(names) > 3 else ", ".join(names)
    remedy = f"Rules filled what they could; {fields} will be read when a model can be asked. {first.remedy}"
    return Wait(Refusal(first.reason, first.message, remedy), min(until, end))


def version_with(extractor_version: str, extraction: Extraction) -> str:
    """Return the extractor version that a record is kept under.

    One without the model is not the one with it, and what was decided under other certificates, or with other lessons
    of the layout memory, is another record.
    """
    missing = sorted(name for fallback in extraction.fallbacks for name in fallback.fields)
    parts = [extractor_version, f"scorer={extraction.scorer}"]
    parts += [f"certificates={','.join(extraction.certificates)}"] if extraction.certificates else []
    remembered = extraction.source_versions.get("memory")
    parts += [f"memory={remembered}"] if remembered else []
    parts += [f"without={','.join(missing)}"] if missing else []
    return ";".join(parts)


def waiting_since(history: Iterable[Transition]) -> datetime | None:
    """Return when the present wait of a document began; None if it has not waited since it was last decided on."""
    since: datetime | None = None
    for step in history:
        if step.to_state is State.DEFERRED:
            since = since or step.at
        elif step.to_state in (*DECIDED, State.QUARANTINED) or _begun_again(step):
            since = None
    return since


def _begun_again(step: Transition) -> bool:
    return step.to_state is State.RECEIVED and step.why != WOKEN


def _open_fields(extraction: Extraction, fallback: Fallback) -> list[str]:
    """Fields that no other source settled."""
    return [name for name in fallback.fields if extraction.fields[name].decision != "accepted"]
